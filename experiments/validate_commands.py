"""The command that holds the model against what is known: validate."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from experiments.experiment_commands import Markdown
from experiments.study_commands import AsJson, Jobs, Out, Seed
from experiments.study_output import records

if TYPE_CHECKING:
    from experiments.validation.running import Validation

KIND = "validation"


def validate(
    facts: Annotated[
        str | None,
        typer.Option(metavar="3,9,17", help="Facts to measure; left out: all, and closed forms."),
    ] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="A few tiny worlds: shows that it runs, judges nothing.")
    ] = False,
    seed: Seed = 7,
    jobs: Jobs = None,
    out: Out = None,
    report: Annotated[bool, typer.Option("--report", help="Write report.html as well.")] = False,
    markdown: Markdown = None,
    as_json: AsJson = False,
) -> None:
    """Hold the model against stylised facts and closed forms."""
    from joblib import cpu_count

    from experiments.arms import whole_number
    from experiments.markdown import check_page, write_page
    from experiments.progress import progress, tell_of_compiling
    from experiments.results import check_folder
    from experiments.study import MOST_JOBS, MOST_SEED
    from experiments.validation import report as told
    from experiments.validation.closed_forms import CLOSED_FORMS
    from experiments.validation.facts import chosen_facts
    from experiments.validation.running import validate as run

    chosen = chosen_facts(facts)
    whole_number("seed", seed, 0, MOST_SEED)
    processes = whole_number("jobs", cpu_count() if jobs is None else jobs, 1, MOST_JOBS)
    folder, page = Path(out or "results/validation"), Path(markdown) if markdown else None
    check_folder(folder, KIND)
    if page is not None:
        check_page(page)
    if report:
        told.check_report()
    tell_of_compiling()
    with progress("worlds") as tell:
        found = run(
            chosen, CLOSED_FORMS if facts is None else (), seed, processes, quick, tell
        )  # fmt: skip
    command = _command(facts, quick, seed, markdown)
    _write(found, folder, told.html(found, command) if report else None, seed)
    if page is not None:
        write_page(page, told.page(found, f"```sh\n{command}\n```"))
    _tell(found, folder, page, as_json)
    if any(result.verdict == "misses" for result in found.forms):
        print("loanlab: a closed form does not hold", file=sys.stderr)
        raise typer.Exit(1)


def _command(facts: str | None, quick: bool, seed: int, markdown: str | None) -> str:
    """The command that makes the same again."""
    words = ["loanlab", "validate", *(["--facts", facts] if facts else [])]
    words += ["--quick"] if quick else []
    words += ["--seed", str(seed), *(["--markdown", markdown] if markdown else [])]
    return shlex.join(words)


def _write(found: Validation, folder: Path, html: str | None, seed: int) -> None:
    """Tables, report and manifest."""
    from experiments.results import manifest_of, results_folder
    from experiments.validation.running import fact_table, form_table
    from scenarios import load_scenario

    manifest = manifest_of(
        KIND, load_scenario("l_bank"), seed=seed, quick=found.quick, worlds=found.worlds,
        seconds=found.seconds,
    )  # fmt: skip
    with results_folder(folder, manifest) as partial:
        fact_table(found).to_csv(partial / "facts.csv", index=False, lineterminator="\n")
        if found.forms:
            path = partial / "closed_forms.csv"
            form_table(found).to_csv(path, index=False, lineterminator="\n")
        if html is not None:
            (partial / "report.html").write_text(html, encoding="utf-8")


def _tell(found: Validation, folder: Path, page: Path | None, as_json: bool) -> None:
    """Print the findings."""
    from experiments.validation.running import closing_line, fact_table, form_table

    if as_json:
        told: dict[str, Any] = {
            "facts": records(fact_table(found)), "closed_forms": records(form_table(found)),
            "closing": closing_line(found), "quick": found.quick, "worlds": found.worlds,
            "out": str(folder),
        }  # fmt: skip
        print(json.dumps(told, ensure_ascii=False))
        return
    from experiments.results import files_of
    from experiments.tables import console
    from experiments.validation.report import INTRODUCTION, screens

    screen = console()
    for heading, shown in screens(found):
        screen.print(heading, style="bold")
        screen.print(shown)
        screen.print()
    for line in INTRODUCTION:
        screen.print(line, markup=False)
    screen.print()
    screen.print(closing_line(found), style="bold", markup=False)
    files = [*files_of(folder), *([page] if page else [])]
    print("\nResults: " + ", ".join(str(path) for path in files))
