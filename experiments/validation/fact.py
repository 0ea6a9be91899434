"""What a stylised fact declares before any number is read, and how it is judged."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from experiments.arms import BASELINE
from experiments.targets import Place, Target, place
from experiments.validation.estimators import Estimate, Estimator
from experiments.validation.samples import Sample

Verdict = Literal["holds", "misses", "open", "no interval", "too small to judge", "not judged"]
Unit = Literal["%", "change", "number", "area", "months", "points a year"]

POSITIVE: Target = (0.0, math.inf)
NEGATIVE: Target = (-math.inf, 0.0)
"""A sign alone."""

_VERDICTS: dict[Place, Verdict] = {
    "inside": "holds", "outside": "misses", "astride": "open", "no interval": "no interval",
}  # fmt: skip


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
    out. amended: how estimator, sample or target were changed after a first number was read, and
    what it was. note: what must be known beside the verdict.
    """

    number: int
    name: str
    published: str
    source: str
    mark: str
    parts: tuple[Part, ...]
    calibrated: tuple[str, ...] = ()
    amended: str = ""
    note: str = ""


def judge(found: Estimate, target: Target) -> Verdict:
    """``holds`` with the whole interval inside the target, ``misses`` with all of it outside.

    ``open`` where it straddles an edge.
    """
    return _VERDICTS[place(found.low, found.high, target)]


def of_parts(verdicts: Sequence[Verdict]) -> Verdict:
    """A fact holds if all its judged parts hold, and misses if one of them misses."""
    judged = [verdict for verdict in verdicts if verdict != "not judged"]
    order: tuple[Verdict, ...] = ("too small to judge", "misses", "no interval", "open")
    return next((verdict for verdict in order if verdict in judged), "holds")
