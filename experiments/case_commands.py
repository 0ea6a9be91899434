"""Commands on single cases and on the papers: journal, traces."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from experiments.study_commands import (
    AsJson,
    Enterprises,
    Months,
    Replication,
    ScenarioName,
    Seed,
    chosen_scenario,
    number,
)
from experiments.study_output import records

Loan = Annotated[int | None, number("Row of a loan; left out: new lending's costliest default.")]
Strategy = Annotated[str, typer.Option(metavar="A+B", help="In force.")]


def journal(
    scenario: ScenarioName,
    loan: Loan = None,
    strategy: Strategy = "baseline",
    replication: Replication = 0,
    enterprises: Enterprises = None,
    months: Months = None,
    seed: Seed = 7,
    sealed: Annotated[
        bool, typer.Option("--sealed", help="Only what the bank could know.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Tell the story of one loan: what was true, what the file said, what was decided."""
    resolved = chosen_scenario(scenario, enterprises, months)
    from experiments.casework import journal_of

    row, kept, first, last = journal_of(resolved, strategy, seed, replication, loan)
    if as_json:
        decisions = [
            d._asdict() | {"gap": d.gap, "full_check": d.full_check,
                           "checks": [note._asdict() for note in d.checks]}
            for d in kept.decisions
        ]  # fmt: skip
        print(json.dumps(
            {"loan": row, "enterprise": kept.row, "events": [e._asdict() for e in kept.events],
             "decisions": decisions}, ensure_ascii=False))  # fmt: skip
        return
    print(f"Loan {row} of enterprise {kept.row}; seed {seed}, world {replication}, {strategy}")
    for line in kept.lines(reveal=not sealed, first=first, last=last):
        print(line)


def traces(
    scenario: ScenarioName,
    replications: Annotated[int, number("Worlds.")] = 10,
    strategy: Strategy = "baseline",
    enterprises: Enterprises = None,
    months: Months = None,
    seed: Seed = 7,
    as_json: AsJson = False,
) -> None:
    """Let an auditor look for failure modes in the papers, and score what was found."""
    resolved = chosen_scenario(scenario, enterprises, months)
    from experiments.casework import audited

    table = audited(resolved, strategy, seed, replications)
    if as_json:
        print(json.dumps(records(table), ensure_ascii=False))
        return
    print(f"Papers of loans made in {resolved.months} months, on the last day; {strategy}")
    print(table.to_string(index=False, float_format="{:.2f}".format, na_rep="-"))
