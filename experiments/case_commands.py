"""Commands on single cases and on the papers: loans, journal, traces."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

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

if TYPE_CHECKING:
    from simulation.journal import Journal

Loan = Annotated[int | None, number("Row of a loan; left out: new lending's costliest default.")]
Firm = Annotated[int | None, number("Row of a firm instead of a loan: the same firm in every arm.")]
Strategy = Annotated[str, typer.Option(metavar="A+B", help="In force.")]
Mode = Annotated[
    str | None, typer.Option(metavar="F01", help="Only contracts on which the mode occurred.")
]


def loans(
    scenario: ScenarioName,
    failure: Mode = None,
    most: Annotated[int, number("Rows to print.")] = 20,
    strategy: Strategy = "baseline",
    replication: Replication = 0,
    enterprises: Enterprises = None,
    months: Months = None,
    seed: Seed = 7,
    as_json: AsJson = False,
) -> None:
    """List the loans of a world, the costliest first, to choose one for the journal."""
    resolved = chosen_scenario(scenario, enterprises, months)
    from experiments.arms import whole_number
    from experiments.loan_list import loan_list

    whole_number("most", most, 1, 1_000_000)
    table = loan_list(resolved, strategy, seed, replication, failure)
    if as_json:
        print(json.dumps(records(table.head(most)), ensure_ascii=False))
        return
    print(f"{len(table):,} loans made after the fork; seed {seed}, world {replication}, {strategy}")
    print(table.head(most).to_string(index=False, float_format="{:,.0f}".format, na_rep="-"))
    print("made, default: months from the fork; lost: not discounted; full_check: what it would")
    print("have decided; modes: failure modes that occurred. Story: loanlab journal --loan ROW")


def journal(
    scenario: ScenarioName,
    loan: Loan = None,
    enterprise: Firm = None,
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
    if loan is not None and enterprise is not None:
        raise typer.BadParameter("--loan and --enterprise exclude each other")
    resolved = chosen_scenario(scenario, enterprises, months)
    from experiments.casework import journal_of, journal_of_firm
    from simulation.story.telling import as_data

    row, first, last = None, None, None
    if enterprise is None:
        row, kept, first, last = journal_of(resolved, strategy, seed, replication, loan)
    else:
        kept = journal_of_firm(resolved, strategy, seed, replication, enterprise)
    if as_json:
        head = {"loan": row, "enterprise": kept.row, "seed": seed, "replication": replication,
                "strategy": strategy, "sealed": sealed}  # fmt: skip
        print(json.dumps(head | as_data(kept, not sealed, first, last), ensure_ascii=False))
        return
    whose = f"Enterprise {kept.row}" if row is None else f"Loan {row} of enterprise {kept.row}"
    print(f"{whose}; seed {seed}, world {replication}, {strategy}")
    _print_story(kept, sealed, first, last)
    if row is not None and strategy != "baseline":
        print(
            f"Each arm counts its loans apart: in another, loan {row} may be another firm's. "
            f"The same firm there: --enterprise {kept.row}"
        )


def _print_story(kept: Journal, sealed: bool, first: int | None, last: int | None) -> None:
    """The lines, and a key to the codes in them."""
    from simulation.story.telling import key_to

    print("Months are counted from the fork, month 0; those before it have a minus.")
    for line in kept.lines(reveal=not sealed, first=first, last=last):
        print(line)
    key = {} if sealed else key_to(kept, first, last)
    if key:
        print("Failure modes: " + "; ".join(f"{code} {title}" for code, title in key.items()))


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
    from experiments.tables import worlds_text

    table = audited(resolved, strategy, seed, replications)
    if as_json:
        print(json.dumps(records(table), ensure_ascii=False))
        return
    worlds = "one world" if replications == 1 else worlds_text(replications)
    print(
        f"Papers of loans made in {resolved.months} months, on the last day; {strategy}; {worlds}"
    )
    print(table.to_string(index=False, float_format="{:.2f}".format, na_rep="-"))
    print("precision: part of what was found behind which the mode stood; recall: part of what")
    print("occurred that was found")
