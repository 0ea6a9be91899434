"""What an assessment comes to, on the screen."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

from rich.box import SIMPLE_HEAD
from rich.table import Table

from experiments.assessment.belief import Gap
from experiments.assessment.evaluation import Evaluation
from experiments.assessment.frames import local_weight
from experiments.assessment.hierarchy import (
    CRITERION_OF,
    GOAL,
    GROUPS,
    STAGE_OF,
    in_order,
    named,
    title,
)
from experiments.assessment.process import FIGURES, NOT_IN_THE_MODEL, Process
from experiments.assessment.weights import ExpertCheck, Weighing
from simulation import Scenario

MAPPING = (
    "Quality = (100 - points of risk) / 80: 20 points, very low risk, are 1; 100 points, very high "
    "risk, are 0."
)  # fmt: skip
CLOSE = 0.1
"""Lead of the largest membership below which the grade is marked as close."""


def grade_table(found: Evaluation, weighing: Weighing) -> Table:
    """Weights, grades and scores."""
    table = _table("Code", "What", "Weight in\nits stage %", "Weight\n%", "Risk", "Points of risk",
                   "Quality")  # fmt: skip
    for code in in_order():
        if code not in found.graded:
            continue
        g = found.graded[code]
        quality = found.qualities.get(STAGE_OF.get(code, ""))
        close = " (close)" if g.lead < CLOSE else ""
        table.add_row(
            "" if code == GOAL else code, title(code),
            f"{100 * local_weight(weighing, code):.3f}" if code in CRITERION_OF else "",
            f"{100 * g.weight:.3f}", g.grade + close, _with(g.score, g.low, g.high, 1),
            _with(*quality, 2) if quality else "", style="bold" if code in STAGE_OF else "",
        )  # fmt: skip
    return table


def consistency_lines(weighing: Weighing) -> list[str]:
    """Consistency of each group's experts, then of each expert whose judgements clash."""
    lines = []
    for group, weights in weighing.groups.items():
        lambda_max, ci, cr = weights.found
        each = ", ".join(f"{check.found.cr:.3f}" for check in weights.experts)
        left = "" if weights.kept == len(weights.experts) else f", {weights.kept} kept"
        lines.append(
            f"{named(group)}: experts' CR {each}{left}; together λmax {lambda_max:.4f}, "
            f"CI {ci:.4f}, CR {cr:.4f}"
        )
    return [*lines, *map(_told, weighing.inconsistent)]


def _told(check: ExpertCheck) -> str:
    """An inconsistent expert in one line."""
    said = f"{check.expert} on {named(check.group)}: CR {check.found.cr:.3f} is not below "
    said += f"{check.limit:.2f}"
    if check.hurt is None:
        return said
    codes, hurt = GROUPS[check.group], check.hurt
    pair = f"{codes[hurt.first]} against {codes[hurt.second]} = {fraction(hurt.judged)}"
    return f"{said}; {pair} hurts most: {fraction(hurt.better)} would give CR {hurt.cr:.3f}"


def fraction(judgement: float) -> str:
    """A judgement as experts write it: 3, 1/3 or 2.5."""
    close = Fraction(judgement).limit_denominator(9)
    is_plain = abs(float(close) - judgement) < 1e-6 and 1 in (close.numerator, close.denominator)
    return str(close) if is_plain else f"{judgement:.3g}"


def gap_table(found: Sequence[Gap], belief: Evaluation, process: Process) -> Table:
    """Belief and process side by side; a star where their intervals do not overlap."""
    table = _table("Code", "What", "Staff believes", "Process shows", "Gap", "From the process")
    by_code = {gap.code: gap for gap in found}
    for code in in_order():
        p, gap = process.evaluation.graded.get(code), by_code.get(code)
        b = belief.graded[code]
        told = "no figure" if p is None else f"{p.score:.0f} {p.grade}"
        table.add_row(
            "" if code == GOAL else code, title(code), f"{b.score:.0f} {b.grade}", told,
            f"{gap.points:+.0f}{' *' if gap.clear else ''}" if gap else "",
            figures_of(code, process), style="bold" if code in STAGE_OF else "",
        )  # fmt: skip
    return table


def figures_of(code: str, process: Process) -> str:
    """The figures of an indicator, told."""
    told = []
    for f in FIGURES:
        if f.indicator == code:
            value = process.values[f.name]
            shown = f"{100 * value:.0f} %" if f.unit == "share" else f"{value:.0f} days"
            told.append(f"{f.what}: {'nothing to count' if math.isnan(value) else shown}")
    return "; ".join(told)


def furthest_lines(apart: Sequence[Gap]) -> list[str]:
    """Where belief and process part most, in words."""
    if not apart:
        return ["Staff and process part on no indicator by more than their 95 % intervals."]
    side = {True: "riskier", False: "safer"}
    return [
        f"{title(gap.code)}: the process is {abs(gap.points):.0f} points {side[gap.points > 0]} "
        f"than staff believes ({gap.done:.0f} against {gap.believed:.0f})"
        for gap in apart
    ]


def quality_lines(scenario: Scenario, belief: Evaluation, process: Evaluation) -> list[str]:
    """Management quality of each stage: as the scenario has it, by staff, by the process."""
    lines = []
    for stage, stated in scenario.management.items():
        found = process.qualities.get(stage)
        done = "no figure of the process" if found is None else f"{found.value:.2f} by the process"
        by_staff = f"{belief.qualities[stage].value:.2f} by staff"
        lines.append(f"Quality {stage}: {stated:.2f} in the scenario, {by_staff}, {done}")
    return lines


def lacking_line() -> str:
    """What staff was asked and the model has no figure for."""
    told = "; ".join(f"{code} {what}" for code, what in NOT_IN_THE_MODEL.items())
    return f"The model has no figure for: {told}."


def _table(*headings: str) -> Table:
    """An empty table: words to the left, numbers to the right."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), show_edge=False)
    for heading in headings:
        number = heading.startswith(("Weight", "Points", "Quality", "Gap"))
        last = heading.startswith("From")
        table.add_column(heading, justify="right" if number else "left", no_wrap=not last)
    return table


def _with(value: float, low: float, high: float, digits: int) -> str:
    """A number with its interval, if it has one."""
    if math.isnan(low):
        return f"{value:.{digits}f}"
    return f"{value:.{digits}f} [{low:.{digits}f}, {high:.{digits}f}]"
