"""The command that takes a bank's questionnaire, or holds it against the process: assess."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from experiments.study_commands import (
    AsJson,
    Enterprises,
    Months,
    Out,
    Seed,
    chosen_scenario,
    number,
)

_MOST_RESAMPLES, _MOST_WORLDS, _MOST_PERSONS = 100_000, 1_000, 500


def assess(
    source: Annotated[
        str | None,
        typer.Argument(
            metavar="ANSWERS|SCENARIO", help="Questionnaire (CSV or XLSX), or a scenario."
        ),
    ] = None,
    template: Annotated[
        str | None, typer.Option(metavar="FILE", help="Write an empty questionnaire and stop.")
    ] = None,
    experts: Annotated[int, number("Experts of the template.")] = 4,
    staff: Annotated[int, number("Staff of the template.")] = 20,
    answers: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="What staff believes of a scenario; left out: L Bank's."),
    ] = None,
    weights: Annotated[
        str,
        typer.Option(metavar="eigenvector|geometric|column", help="How weights are got."),
    ] = "eigenvector",
    random_index: Annotated[
        str, typer.Option(metavar="saaty|simulated", help="Table of random indices.")
    ] = "saaty",
    aggregate: Annotated[
        str, typer.Option(metavar="judgements|weights", help="Geometric mean of which.")
    ] = "judgements",
    operator: Annotated[
        str, typer.Option(metavar="weighted|min-max|product-max", help="Of the fuzzy evaluation.")
    ] = "weighted",
    strict: Annotated[
        bool, typer.Option("--strict", help="CR below .05 for three items, .08 for four.")
    ] = False,
    drop: Annotated[
        bool, typer.Option("--drop-inconsistent", help="Leave inconsistent experts out.")
    ] = False,
    resamples: Annotated[int, number("Bootstrap samples of respondents.")] = 2_000,
    replications: Annotated[int, number("Worlds of a scenario.")] = 10,
    enterprises: Enterprises = None,
    months: Months = None,
    seed: Seed = 7,
    scenario: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Write a scenario with the qualities that staff gives."),
    ] = None,
    base: Annotated[str, typer.Option("--from", help="Scenario that it extends.")] = "l_bank",
    out: Out = None,
    as_json: AsJson = False,
) -> None:
    """From a questionnaire to weights, grades and management qualities; belief against process."""
    from experiments.arms import whole_number
    from experiments.assessment import output
    from experiments.assessment.assessing import assessed
    from experiments.assessment.weights import Method
    from experiments.results import check_folder
    from experiments.study import MOST_SEED

    if template is not None:
        _write_template(template, experts, staff)
        return
    method = Method(weights, random_index, aggregate, operator, strict, drop).checked()
    whole_number("resamples", resamples, 100, _MOST_RESAMPLES)
    whole_number("replications", replications, 1, _MOST_WORLDS)
    whole_number("seed", seed, 0, MOST_SEED)
    file, name = _asked(source, answers)
    resolved = chosen_scenario(name or base, enterprises, months)
    folder = Path(out or "results/assessment")
    check_folder(folder, output.KIND)
    worlds = replications if name else 0
    found = assessed(file, resolved, method, resamples, worlds, seed)
    if scenario is not None:
        output.write_scenario(found, Path(scenario), base)
    output.write(found, folder, method, seed)
    output.tell(found, folder, scenario, as_json)


def _write_template(file: str, experts: int, staff: int) -> None:
    """Write an empty questionnaire and say what to do with it."""
    from experiments.arms import whole_number
    from experiments.assessment.template import write_template

    whole_number("experts", experts, 1, _MOST_PERSONS)
    whole_number("staff", staff, 1, _MOST_PERSONS)
    write_template(Path(file), experts, staff)
    print(f"{file}: written. Fill it in, then: loanlab assess {file}")


def _asked(source: str | None, answers: str | None) -> tuple[Path, str | None]:
    """The questionnaire, and the scenario to hold it against, if any."""
    from experiments.assessment.belief import L_BANK
    from experiments.assessment.sheets import ENDINGS
    from scenarios import ScenarioError

    if source is None:
        raise typer.BadParameter("name a questionnaire or a scenario, or --template FILE")
    ending = Path(source).suffix.lower()
    if ending in ENDINGS:
        if answers is not None:
            raise typer.BadParameter(f"--answers goes with a scenario, {source} is a questionnaire")
        return Path(source), None
    if ending not in ("", ".toml"):
        told = "neither a questionnaire (.csv, .xlsx) nor a scenario (a name or .toml)"
        raise ScenarioError([f"{source}: {told}"])
    return Path(answers) if answers else L_BANK, source
