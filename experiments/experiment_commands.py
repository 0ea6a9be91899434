"""Commands that ask whether the model does what its sources say: failures, published."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

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
from experiments.study_output import records

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import RenderableType

    from simulation import Scenario

Replications = Annotated[int, number("Worlds.")]
Markdown = Annotated[str | None, typer.Option(metavar="FILE", help="Write a page as well.")]


class Order(NamedTuple):
    """What was asked for. command, source: as typed; scenario: as resolved; part: of a command
    whose results are of several kinds.
    """

    command: str
    source: str
    scenario: Scenario
    sizes: Mapping[str, int | str | bool | None]
    jobs: int | None
    out: str | None
    markdown: str | None
    as_json: bool
    part: str = ""

    @property
    def folder(self) -> Path:
        """Folder of results."""
        usual = f"results/{self.scenario.name}_{self.command}{self.part and f'_{self.part}'}"
        return Path(usual if self.out is None else self.out)

    @property
    def kind(self) -> str:
        """Kind of its results."""
        return " ".join(filter(None, (self.command, self.part, "study")))

    def made(self) -> str:
        """The command that makes the same again, as a block of code."""
        from experiments.markdown import made_with

        return made_with(self.command, self.source, **self.sizes, markdown=self.markdown)


class Findings(NamedTuple):
    """What a command has to tell: tables to write, what the screen shows, notes, the page.

    draw: writes pictures into a folder. failed: a line for each run that failed.
    """

    tables: dict[str, pd.DataFrame]
    screen: RenderableType
    notes: Sequence[str]
    page: Sequence[str]
    draw: Callable[[Path], object] | None = None
    failed: Sequence[str] = ()


def deliver(order: Order, run: Callable[[int, Callable[[int, int], None]], Findings]) -> None:
    """Check where results go, run, write and print. run: takes processes and progress."""
    from joblib import cpu_count

    from experiments.markdown import check_page, write_page
    from experiments.progress import progress, tell_of_compiling
    from experiments.results import check_folder, manifest_of, write_tables

    check_folder(order.folder, order.kind)
    page = None if order.markdown is None else Path(order.markdown)
    if page is not None:
        check_page(page)
    tell_of_compiling()
    with progress("worlds") as tell:
        findings = run(cpu_count() if order.jobs is None else order.jobs, tell)
    manifest = manifest_of(order.kind, order.scenario, **order.sizes)
    write_tables(order.folder, manifest, findings.tables, findings.draw)
    if page is not None:
        write_page(page, findings.page)
    _tell(order, findings)
    for line in findings.failed:
        print(f"loanlab: {line}", file=sys.stderr)
    if findings.failed:
        raise typer.Exit(1)


def _tell(order: Order, findings: Findings) -> None:
    """Print the findings, or their first table as JSON."""
    if order.as_json:
        told: dict[str, Any] = {"scenario": order.scenario.name, **order.sizes}
        told[order.command] = records(next(iter(findings.tables.values())))
        notes = {"notes": list(findings.notes), "out": str(order.folder)}
        print(json.dumps({**told, **notes}, ensure_ascii=False))
        return
    from experiments.tables import console

    screen = console()
    screen.print(findings.screen)
    screen.print()
    for line in findings.notes:
        screen.print(line, markup=False)
    from experiments.results import files_of

    page = [order.markdown] if order.markdown else []
    written = [*files_of(order.folder), *page]
    print("\nResults: " + ", ".join(str(path) for path in written))


def failures(
    scenario: ScenarioName,
    replications: Replications = 40,
    enterprises: Enterprises = None,
    months: Months = None,
    seed: Seed = 7,
    jobs: Jobs = None,
    out: Out = None,
    markdown: Markdown = None,
    as_json: AsJson = False,
) -> None:
    """Switch off each failure mode alone and compare with what its source says."""
    resolved = chosen_scenario(scenario, enterprises, months)
    from experiments import failure_study as modes

    sizes = {"replications": replications, "enterprises": enterprises, "months": months,
             "seed": seed}  # fmt: skip
    order = Order("failures", scenario, resolved, sizes, jobs, out, markdown, as_json)
    study = modes.failure_study(resolved, replications, seed)

    def run(jobs: int, tell: Callable[[int, int], None]) -> Findings:
        found = modes.effects(study.run(jobs, progress=tell).comparison())
        return Findings(
            {"failures": found, "runs": study.runs}, modes.failure_table(found),
            modes.footnotes(replications, resolved), modes.page(found, resolved, order.made()),
        )  # fmt: skip

    deliver(order, run)


def published(
    scenario: ScenarioName,
    replications: Replications = 40,
    enterprises: Enterprises = None,
    months: Months = None,
    seed: Seed = 7,
    jobs: Jobs = None,
    out: Out = None,
    markdown: Markdown = None,
    as_json: AsJson = False,
) -> None:
    """Repeat experiments whose outcome is published and compare the sizes."""
    resolved = chosen_scenario(scenario, enterprises, months)
    from experiments import published as book
    from experiments import published_report as report
    from experiments import published_runs as settings

    sizes = {"replications": replications, "enterprises": enterprises, "months": months,
             "seed": seed}  # fmt: skip
    order = Order("published", scenario, resolved, sizes, jobs, out, markdown, as_json)
    parts = settings.studies(resolved, book.EXPERIMENTS, replications, seed)
    missing = settings.left_out(resolved, book.EXPERIMENTS)

    def run(jobs: int, tell: Callable[[int, int], None]) -> Findings:
        runs = settings.run_parts(parts, jobs, tell)
        found = book.results(runs, book.EXPERIMENTS, seed)
        notes = [*report.footnotes(found, resolved), *missing]
        page = report.page(found, book.EXPERIMENTS, resolved, order.made(), missing)
        screen = report.published_table(found, book.EXPERIMENTS)
        return Findings({"published": found, "runs": runs}, screen, notes, page)

    deliver(order, run)
