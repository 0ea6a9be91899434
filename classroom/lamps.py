"""Process lamps: how the work of the bank is going now, in four measures and a word each."""

from __future__ import annotations

from typing import Literal, NamedTuple

from classroom.ratios import WINDOW
from simulation import LoanPortfolio

State = Literal["good", "strained", "failing", "idle"]

LIMITS = {
    "hours_used": (0.85, 0.97),
    "checks_skipped": (0.2, 0.4),
    "visits_missed": (0.2, 0.4),
    "alerts_unanswered": (0.3, 0.6),
}
"""Measure -> share from which the lamp says strained, and failing (assumed)."""


class Lamp(NamedTuple):
    """A lamp. value: a share, NaN where there was nothing to do. part, whole: what it counts, over
    the last WINDOW months.
    """

    name: str
    value: float
    state: State
    part: float
    whole: float


def lamps(model: LoanPortfolio) -> list[Lamp]:
    """All lamps, in the order of LIMITS."""
    last = model.months.tail(WINDOW)
    total = last.sum()
    hours = model.parameters["hours_per_month"] * total["officers"]
    counts = {
        "hours_used": (total["hours"], hours),
        "checks_skipped": (total["checks_due"] - total["checks_made"], total["checks_due"]),
        "visits_missed": (total["visits_due"] - total["visits_made"], total["visits_due"]),
        "alerts_unanswered": (
            max(total["alerts"] - total["alerts_handled"], 0.0), total["alerts"]),
    }  # fmt: skip
    return [_lamp(name, *counts[name]) for name in LIMITS]


def _lamp(name: str, part: float, whole: float) -> Lamp:
    """A lamp from what it counts."""
    part, whole = float(part), float(whole)
    if not whole:
        return Lamp(name, float("nan"), "idle", part, whole)
    strained, failing = LIMITS[name]
    share = part / whole
    state: State = "failing" if share >= failing else "strained" if share >= strained else "good"
    return Lamp(name, share, state, part, whole)
