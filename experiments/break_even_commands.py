"""The command that asks how much may go wrong before a strategy no longer pays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer

from experiments.experiment_commands import Findings, Markdown, Order, deliver
from experiments.study_commands import (
    AsJson,
    Enterprises,
    Jobs,
    Months,
    Out,
    ScenarioName,
    Seed,
    chosen_scenario,
    number,
)


def break_even(
    scenario: ScenarioName,
    strategies: Annotated[
        str | None,
        typer.Option(metavar="A,B,A+B", help="Arms; left out: all, together, and rivals."),
    ] = None,
    replications: Annotated[int, number("Worlds for each kind of interval.")] = 20,
    enterprises: Enterprises = None,
    months: Months = None,
    seed: Seed = 7,
    jobs: Jobs = None,
    assumptions: Annotated[
        str, typer.Option(metavar="drawn|fixed", help="Draw the assumptions as well, or not.")
    ] = "drawn",
    out: Out = None,
    markdown: Markdown = None,
    as_json: AsJson = False,
) -> None:
    """Find the least effect, latest start and highest cost at which each strategy pays."""
    resolved = chosen_scenario(scenario, enterprises, months)
    from rich.console import Group

    from experiments import break_even as found
    from experiments import break_even_table as report
    from experiments.arm_table import arm_tables
    from experiments.tables import console
    from experiments.variants import break_even_study

    sizes = {"strategies": strategies, "replications": replications, "enterprises": enterprises,
             "months": months, "seed": seed, "assumptions": assumptions}  # fmt: skip
    order = Order("break-even", scenario, resolved, sizes, jobs, out, markdown, as_json)
    arms = None if strategies is None else strategies.split(",")
    study, ladders = break_even_study(resolved, arms, replications, seed, assumptions)

    def run(jobs: int, tell: Callable[[int, int], None]) -> Findings:
        runs = study.run(jobs, progress=tell).runs
        table, rungs = found.break_even(runs, ladders), found.rungs(runs, ladders)
        notes = [*report.footnotes(table, resolved), *report.throughout(rungs, resolved)]
        return Findings(
            {order.command: table, "rungs": rungs, "runs": runs},
            Group(*arm_tables(resolved, report.break_even_cells(table), console().width)), notes,
            report.page(table, resolved, order.made(), notes),
        )  # fmt: skip

    deliver(order, run)
