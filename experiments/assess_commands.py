"""The command that takes a bank's questionnaire, or holds it against the process: assess."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from experiments.study_commands import (
    AsJson,
    Enterprises,
    Months,
    Out,
    Seed,
    chosen_scenario,
    number,
    records,
)

if TYPE_CHECKING:
    from experiments.assessment.belief import Gap
    from experiments.assessment.evaluation import Evaluation
    from experiments.assessment.process import Process
    from experiments.assessment.questionnaire import Questionnaire
    from experiments.assessment.weights import Method, Weighing
    from simulation import Scenario

KIND = "assessment"
_MOST_RESAMPLES, _MOST_WORLDS, _MOST_PERSONS = 100_000, 1_000, 500


class Assessed(NamedTuple):
    """All that the command found. process, gaps: None where only a questionnaire was asked for."""

    answered: Questionnaire
    weighing: Weighing
    belief: Evaluation
    scenario: Scenario
    process: Process | None
    gaps: list[Gap] | None


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
    check_folder(folder, KIND)
    worlds = replications if name else 0
    found = _found(file, resolved, method, resamples, worlds, seed)
    if scenario is not None:
        _write_scenario(Path(scenario), base, file, found.belief)
    _write(found, folder, method, seed)
    _tell(found, folder, scenario, as_json)


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


def _found(
    file: Path, scenario: Scenario, method: Method, resamples: int, worlds: int, seed: int
) -> Assessed:
    """Evaluate the answers, and as many worlds beside them."""
    from experiments.assessment.belief import gaps
    from experiments.assessment.evaluation import believed
    from experiments.assessment.process import measured, simulated
    from experiments.assessment.questionnaire import read_questionnaire
    from experiments.assessment.records import observed
    from experiments.assessment.weights import weigh
    from experiments.progress import progress, tell_of_compiling

    answered = read_questionnaire(file)
    weighing = weigh(answered, method)
    belief = believed(answered, weighing, method, resamples, seed)
    if not worlds:
        return Assessed(answered, weighing, belief, scenario, None, None)
    tell_of_compiling()
    each = []
    with progress("worlds") as tell:
        for world in range(worlds):
            each.append(measured(observed(scenario, seed, world)))
            tell(world + 1, worlds)
    process = simulated(each, weighing, method.operator)
    apart = gaps(belief, process.evaluation)
    return Assessed(answered, weighing, belief, scenario, process, apart)


def _write_scenario(path: Path, base: str, file: Path, belief: Evaluation) -> None:
    """Write the scenario with staff's qualities; it loads, or nothing is written."""
    from experiments.assessment.belief import is_made_up
    from experiments.assessment.hierarchy import STAGE_OF
    from experiments.assessment.tables import MAPPING
    from scenarios import quality_file

    criteria = {stage: code for code, stage in STAGE_OF.items()}
    stated = {}
    for stage, q in belief.qualities.items():
        g = belief.graded[criteria[stage]]
        told = f"{g.score:.1f} points of risk, {g.grade}"
        interval = "" if belief.number < 2 else f"; 95 % interval {q.low:.2f} to {q.high:.2f}"
        stated[stage] = (round(q.value, 2), told + interval)
    made_up = " Its answers are made up." if is_made_up(file) else ""
    quality_file(
        path, base, stated,
        [f"From {file.name}, by loanlab assess: {belief.number} respondents.{made_up}", MAPPING],
    )  # fmt: skip


def _write(found: Assessed, folder: Path, method: Method, seed: int) -> None:
    """Tables, pictures and manifest."""
    from experiments.assessment import figures, tables
    from experiments.results import manifest_of, results_folder

    manifest = manifest_of(
        KIND, found.scenario, seed=seed, questionnaire=found.answered.label,
        method=method._asdict(), worlds=found.process.evaluation.number if found.process else 0,
    )  # fmt: skip
    frames = {
        "grades": tables.grade_frame(found.belief, found.weighing),
        "consistency": tables.consistency_frame(found.weighing),
        "qualities": tables.quality_frame(found.belief),
    }
    if found.process is not None and found.gaps is not None:
        frames["process"] = tables.process_frame(found.process)
        frames["process_grades"] = tables.grade_frame(found.process.evaluation, found.weighing)
        frames["gaps"] = tables.gap_frame(found.gaps)
    with results_folder(folder, manifest) as partial:
        for name, rows in frames.items():
            rows.to_csv(partial / f"{name}.csv", index=False, lineterminator="\n")
        (partial / "figures").mkdir()
        picture = partial / "figures" / "hierarchy.png"
        figures.draw_hierarchy(found.belief, found.weighing, _heading(found), picture)
        if found.process is not None:
            figures.draw_gaps(
                found.belief, found.process.evaluation,
                f"Scenario {found.scenario.title}; {_heading(found)}",
                partial / "figures" / "gaps.png",
            )  # fmt: skip


def _heading(found: Assessed) -> str:
    """Whose answers they are."""
    from experiments.assessment.belief import is_made_up

    file = Path(found.answered.label)
    many = {expert for judges in found.answered.judgements.values() for expert in judges}
    made_up = ", all made up" if is_made_up(file) else ""
    return f"{file.name}: {len(many)} experts, {found.belief.number} respondents{made_up}"


def _tell(found: Assessed, folder: Path, scenario: str | None, as_json: bool) -> None:
    """Print what was found."""
    from experiments.assessment import tables

    if as_json:
        print(json.dumps(_machines(found, folder), ensure_ascii=False))
        return
    from experiments.tables import console

    screen = console()
    screen.print(_heading(found), style="bold", markup=False)
    screen.print(tables.grade_table(found.belief, found.weighing))
    for line in ("", tables.MAPPING, "", *tables.consistency_lines(found.weighing)):
        screen.print(line, markup=False)
    if found.process is not None and found.gaps is not None:
        _tell_gaps(found, found.process, found.gaps)
    if scenario is not None:
        print(f"\n{scenario}: written. Check it with: loanlab check {scenario}")
    files = sorted(path for path in folder.rglob("*") if path.suffix in (".csv", ".png"))
    print("\nResults: " + ", ".join(str(path) for path in files))


def _tell_gaps(found: Assessed, process: Process, gaps: list[Gap]) -> None:
    """Print belief and process side by side."""
    from experiments.assessment import tables
    from experiments.assessment.belief import furthest
    from experiments.tables import console

    screen = console()
    worlds = process.evaluation.number
    many = "one world" if worlds == 1 else f"{worlds} worlds"
    screen.print(
        f"\n{found.scenario.title}: points of risk, belief against process in {many}",
        style="bold", markup=False,
    )  # fmt: skip
    screen.print(tables.gap_table(gaps, found.belief, process))
    for line in (
        "", "* The 95 % intervals, over respondents and over worlds, do not overlap.",
        tables.lacking_line(), "",
        *tables.quality_lines(found.scenario, found.belief, process.evaluation), "",
        "Where they part most:",
        *(f"  {line}" for line in tables.furthest_lines(furthest(gaps))),
    ):  # fmt: skip
        screen.print(line, markup=False)


def _machines(found: Assessed, folder: Path) -> dict[str, Any]:
    """The same for machines."""
    from experiments.assessment import tables

    told: dict[str, Any] = {
        "questionnaire": found.answered.label, "respondents": found.belief.number,
        "grades": records(tables.grade_frame(found.belief, found.weighing)),
        "consistency": records(tables.consistency_frame(found.weighing)),
        "qualities": records(tables.quality_frame(found.belief)), "out": str(folder),
    }  # fmt: skip
    if found.process is not None and found.gaps is not None:
        told["process"] = records(tables.process_frame(found.process))
        told["process_qualities"] = records(tables.quality_frame(found.process.evaluation))
        told["gaps"] = records(tables.gap_frame(found.gaps))
    return told
