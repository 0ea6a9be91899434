"""The chapter on what drives the answer: given-data analysis of the study's own drawn worlds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from experiments.arms import StudyError, arm_title
from experiments.report.gallery import Picture
from experiments.report.grid import Grid
from experiments.report.shown import shown_arm

if TYPE_CHECKING:
    from experiments.sensitivity.analysis import Finding
    from experiments.sensitivity.answer import Answer
    from experiments.study import Study

MEASURE = "loss_rate"

METHOD = "given"


class Part(NamedTuple):
    """A question of the chapter. grid: the leading assumptions; picture: the same, if drawn."""

    heading: str
    words: Sequence[str]
    grid: Grid | None = None
    picture: Picture | None = None


def drivers(study: Study) -> list[Part]:
    """What drives the loss rate, what drives the benefit of the arm that the pictures show, and
    under which assumptions another arm is first. Where the study cannot tell, a sentence says why.
    """
    from experiments.sensitivity.answer import answer_of_finished

    arm = shown_arm(study)
    try:
        found = answer_of_finished(study, [MEASURE], [] if arm is None else [arm], METHOD)
    except StudyError as error:
        reason = str(error).splitlines()[0].rstrip(".")
        reason = reason.removeprefix(f"What drives {MEASURE} cannot be told: ")
        return [Part("", [f"What drives the answer cannot be told from this study: {reason}."])]
    parts = [_part(study, number, finding, found) for number, finding in enumerate(found.findings)]
    return [*parts, *_break_down(found)]


def _part(study: Study, number: int, finding: Finding, found: Answer) -> Part:
    """One question with its table and picture."""
    from experiments.sensitivity.figures import draw_indices
    from experiments.sensitivity.report import SHOWN, index_lines, sentences

    arm = finding.question.strategy
    about = "the loss rate of the baseline" if arm is None else (
        f"what {arm_title(study.scenario, arm)} changes in the loss rate")  # fmt: skip
    headings, rows = index_lines(finding)
    grid = Grid(f"The {SHOWN} assumptions with the largest index, 95 % intervals.", headings, rows)
    above = int((finding.ranking["value"] > finding.floor).sum())
    title = (
        f"{above} of {len(finding.ranking)} assumptions lie above the noise floor; "
        f"{finding.verdict.partition(':')[0].lower()}"
    )
    figure = draw_indices(found.pictures[number]._replace(title=title), floor=finding.floor)
    picture = Picture(
        f"drivers_{number + 1}", f"What drives {about}",
        "A distance is never 0: only bars that pass the dotted line, the noise floor, may be more "
        "than chance, and 1 in 20 idle assumptions passes it, too.", figure, grid,
    )  # fmt: skip
    return Part(f"What drives {about}", sentences(finding), grid, picture)


def _break_down(found: Answer) -> list[Part]:
    """Under which assumptions another arm is first."""
    from experiments.sensitivity.breakdown import broken
    from experiments.sensitivity.report import break_lines, break_words

    parts = []
    for measure, bins in found.breakdowns.items():
        grid = None
        if len(broken(bins)):
            grid = Grid("Quarters of one assumption's range at a time.", *break_lines(bins))
        heading = "When the conclusion breaks down"
        parts.append(Part(heading, [break_words(found, measure)], grid))
    return parts
