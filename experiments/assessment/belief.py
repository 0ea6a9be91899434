"""Belief beside process: where staff and the simulated process part."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from experiments.assessment.evaluation import Evaluation
from experiments.assessment.hierarchy import GOAL, ITEMS
from scenarios.toml_files import SHIPPED_SCENARIOS

L_BANK = SHIPPED_SCENARIOS / "l_bank_answers.csv"
"""The questionnaire of ``l_bank``; its answers are made up."""


class Gap(NamedTuple):
    """Points of risk of process and belief on one code.

    points: process less belief, above 0 where the process is riskier than staff believes.
    clear: do the two 95 % intervals not overlap?
    """

    code: str
    believed: float
    done: float
    points: float
    clear: bool


def gaps(belief: Evaluation, process: Evaluation) -> list[Gap]:
    """Gaps of everything that both have, in the order of the hierarchy."""
    found = []
    for code in (*ITEMS, GOAL):
        if code not in process.graded or code not in belief.graded:
            continue
        b, p = belief.graded[code], process.graded[code]
        clear = p.low > b.high or p.high < b.low  # never with an interval that is missing
        found.append(Gap(code, b.score, p.score, p.score - b.score, clear))
    return found


def furthest(found: list[Gap], most: int = 3) -> list[Gap]:
    """The indicators that part most, clear ones only, the widest first."""
    apart = [gap for gap in found if gap.code.startswith("C") and gap.clear]
    return sorted(apart, key=lambda gap: -abs(gap.points))[:most]


def is_made_up(path: Path) -> bool:
    """Is it the questionnaire whose answers this project made up?"""
    return path.resolve() == L_BANK.resolve()
