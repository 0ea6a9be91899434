"""What an assessment leaves: files, pictures, a scenario, and words for people or machines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from experiments.assessment import figures, frames, tables
from experiments.assessment.assessing import Assessed, heading
from experiments.assessment.belief import Gap, furthest
from experiments.assessment.hierarchy import STAGE_OF
from experiments.assessment.process import Process
from experiments.assessment.weights import Method
from experiments.results import files_of, manifest_of, results_folder
from experiments.study_output import records
from experiments.tables import console
from scenarios import quality_file

KIND = "assessment"
MADE_UP = "The staff of this comparison is made up: give your bank's with --answers FILE."


def write_scenario(found: Assessed, path: Path, base: str) -> None:
    """Write the scenario with staff's qualities; it loads, or nothing is written."""
    belief, file = found.belief, Path(found.answered.label)
    criteria = {stage: code for code, stage in STAGE_OF.items()}
    stated = {}
    for stage, q in belief.qualities.items():
        g = belief.graded[criteria[stage]]
        told = f"{g.score:.1f} points of risk, {g.grade}"
        interval = "" if belief.number < 2 else f"; 95 % interval {q.low:.2f} to {q.high:.2f}"
        stated[stage] = (round(q.value, 2), told + interval)
    made_up = " Its answers are made up." if found.is_made_up else ""
    whose = f"From {file.name}, by loanlab assess: {belief.number} respondents.{made_up}"
    quality_file(path, base, stated, [whose, tables.MAPPING])


def write(found: Assessed, folder: Path, method: Method, seed: int) -> None:
    """Tables, pictures and manifest."""
    manifest = manifest_of(
        KIND, found.scenario, seed=seed, questionnaire=found.answered.label,
        made_up=found.is_made_up,
        method=method._asdict(), worlds=found.process.evaluation.number if found.process else 0,
    )  # fmt: skip
    rows_of = {
        "grades": frames.grade_frame(found.belief, found.weighing),
        "consistency": frames.consistency_frame(found.weighing),
        "qualities": frames.quality_frame(found.belief),
    }
    if found.process is not None and found.gaps is not None:
        rows_of["process"] = frames.process_frame(found.process)
        rows_of["process_grades"] = frames.grade_frame(found.process.evaluation, found.weighing)
        rows_of["gaps"] = frames.gap_frame(found.gaps)
    with results_folder(folder, manifest) as partial:
        for name, rows in rows_of.items():
            rows.to_csv(partial / f"{name}.csv", index=False, lineterminator="\n")
        (partial / "figures").mkdir()
        picture = partial / "figures" / "hierarchy.png"
        figures.draw_hierarchy(found.belief, found.weighing, heading(found), picture)
        if found.process is not None:
            figures.draw_gaps(
                found.belief, found.process.evaluation,
                f"Scenario {found.scenario.title}; {heading(found)}",
                partial / "figures" / "gaps.png",
            )  # fmt: skip


def tell(found: Assessed, folder: Path, scenario: str | None, as_json: bool) -> None:
    """Print what was found."""
    if as_json:
        print(json.dumps(_machines(found, folder), ensure_ascii=False))
        return
    screen = console()
    screen.print(heading(found), style="bold", markup=False)
    screen.print(tables.grade_table(found.belief, found.weighing))
    for line in ("", tables.MAPPING, "", *tables.consistency_lines(found.weighing)):
        screen.print(line, markup=False)
    if found.process is not None and found.gaps is not None:
        _tell_gaps(found, found.process, found.gaps)
    if scenario is not None:
        print(f"\n{scenario}: written. Check it with: loanlab check {scenario}")
    files = [path for path in files_of(folder) if path.suffix in (".csv", ".png")]
    print("\nResults: " + ", ".join(str(path) for path in files))


def _tell_gaps(found: Assessed, process: Process, gaps: list[Gap]) -> None:
    """Print belief and process side by side."""
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
        *(["", MADE_UP] if found.is_made_up else []),
    ):  # fmt: skip
        screen.print(line, markup=False)


def _machines(found: Assessed, folder: Path) -> dict[str, Any]:
    """The same for machines."""
    told: dict[str, Any] = {
        "questionnaire": found.answered.label, "respondents": found.belief.number,
        "made_up": found.is_made_up,
        "grades": records(frames.grade_frame(found.belief, found.weighing)),
        "consistency": records(frames.consistency_frame(found.weighing)),
        "qualities": records(frames.quality_frame(found.belief)), "out": str(folder),
    }  # fmt: skip
    if found.process is not None and found.gaps is not None:
        told["process"] = records(frames.process_frame(found.process))
        told["process_qualities"] = records(frames.quality_frame(found.process.evaluation))
        told["gaps"] = records(frames.gap_frame(found.gaps))
    return told
