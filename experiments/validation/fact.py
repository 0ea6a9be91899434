"""What a stylised fact declares before any number is read, and how it is judged."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from experiments.arms import BASELINE
from experiments.validation.estimators import Estimate, Estimator
from experiments.validation.samples import Sample

Verdict = Literal["holds", "misses", "open", "no interval", "too small to judge", "not judged"]
Unit = Literal["%", "change", "number", "area", "months", "points a year"]
Target = tuple[float, float]

POSITIVE: Target = (0.0, math.inf)
NEGATIVE: Target = (-math.inf, 0.0)
"""A sign alone."""


@dataclass(frozen=True)
class Part:
    """One number of a fact.

    what: is measured, in words. sample: the worlds. estimator: from their arms to a value.
    target: an open interval. because: why this one. arms: of the sample, in the estimator's
    order. judged: False for a line that informs and has no verdict.
    """

    what: str
    sample: Sample
    estimator: Estimator
    target: Target
    because: str
    unit: Unit = "number"
    arms: tuple[str, ...] = (BASELINE,)
    judged: bool = True


@dataclass(frozen=True)
class Fact:
    """A stylised fact.

    published: what is known. source, mark: who says so and how sure it is (V read, R recalled,
    A assumed, C computed from data). calibrated: parameters, and rules with constants in them,
    that were set with it in view; a fact without any is free: no parameter was set to make it come
    out. amended: how estimator or sample were changed after a first number was read, and what it
    was.
    """

    number: int
    name: str
    published: str
    source: str
    mark: str
    parts: tuple[Part, ...]
    calibrated: tuple[str, ...] = ()
    amended: str = ""


def half_to_twice(least: float, most: float | None = None) -> Target:
    """From half the smallest to twice the largest published size (of one sign)."""
    sizes = sorted((least, least if most is None else most), key=abs)
    low, high = sorted((0.5 * sizes[0], 2.0 * sizes[1]))
    return low, high


def judge(found: Estimate, target: Target) -> Verdict:
    """``holds`` with the whole interval inside the target, ``misses`` with all of it outside.

    ``open`` where it straddles an edge. The target is open: an effect of exactly nothing has
    no sign.
    """
    low, high = target
    if not found.low <= found.high:
        return "no interval"
    if low < found.low and found.high < high:
        return "holds"
    return "misses" if found.high <= low or found.low >= high else "open"


def of_parts(verdicts: Sequence[Verdict]) -> Verdict:
    """A fact holds if all its judged parts hold, and misses if one of them misses."""
    judged = [verdict for verdict in verdicts if verdict != "not judged"]
    order: tuple[Verdict, ...] = ("too small to judge", "misses", "no interval", "open")
    return next((verdict for verdict in order if verdict in judged), "holds")
