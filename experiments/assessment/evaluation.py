"""Grades and scores of every indicator, stage and the whole; from staff or from any memberships."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from experiments.assessment import fuzzy
from experiments.assessment.hierarchy import GOAL, GRADES, GROUPS, INDICATORS, ITEMS, STAGE_OF
from experiments.assessment.questionnaire import Questionnaire
from experiments.assessment.weights import Method, Weighing

Real = NDArray[np.float64]

CODES = (*ITEMS, GOAL)
"""Everything that gets a grade: criteria, indicators, the whole."""

CONFIDENCE = 0.95
_BATCH = 200


class Graded(NamedTuple):
    """What a criterion, an indicator or the whole comes to.

    weight: in the whole. membership: in the five grades, sum 1. score: points of risk, 20 to
    100, with its 95 % interval, NaN where there is none. lead: of the largest membership over
    the next; the grade says little where it is small.
    """

    weight: float
    membership: tuple[float, ...]
    grade: str
    lead: float
    score: float
    low: float
    high: float


class Quality(NamedTuple):
    """Management quality of a stage, 0 weak to 1 strong, with its 95 % interval."""

    value: float
    low: float
    high: float


class Evaluation(NamedTuple):
    """graded: by code; what has no figure is missing. number: respondents or worlds."""

    graded: dict[str, Graded]
    number: int

    @property
    def qualities(self) -> dict[str, Quality]:
        """Management quality by stage: high risk is weak management."""
        found = {}
        for code, stage in STAGE_OF.items():
            if code in self.graded:
                g = self.graded[code]
                found[stage] = Quality(*(float(fuzzy.quality(v)) for v in (g.score, g.high, g.low)))
        return found


def levels(rows: Mapping[str, Real], weighing: Weighing, operator: str) -> dict[str, Real]:
    """Memberships of all levels from those of the indicators (..., grades).

    An indicator without a membership is left out and its criterion's other weights brought to
    sum 1; so is a criterion without indicators.
    """
    found = dict(rows)
    for group in reversed(GROUPS):  # the goal is the first of them
        codes = [code for code in GROUPS[group] if code in found]
        if not codes:
            continue
        weights = np.array([weighing.local(group, code) for code in codes])
        stacked = np.stack([found[code] for code in codes], axis=-2)
        found[group] = fuzzy.composed(weights / weights.sum(), stacked, operator)
    return found


def graded(
    found: Mapping[str, Real], weighing: Weighing, intervals: Mapping[str, tuple[float, float]]
) -> dict[str, Graded]:
    """Grades and scores of memberships. intervals: of the scores."""
    nothing = (float("nan"), float("nan"))
    return {
        code: Graded(
            weighing.overall(code), tuple(found[code].tolist()), fuzzy.grade(found[code]),
            fuzzy.lead(found[code]), float(fuzzy.score(found[code])),
            *intervals.get(code, nothing),
        )
        for code in CODES if code in found
    }  # fmt: skip


def one_hot(answered: Questionnaire) -> NDArray[np.float64]:
    """Answers (respondents, indicators, grades): 1 at the grade given, 0 where left out."""
    grades = answered.grades.to_numpy()
    return np.asarray(grades[..., None] == np.arange(1, len(GRADES) + 1), dtype=np.float64)


def believed(
    answered: Questionnaire, weighing: Weighing, method: Method, resamples: int, seed: int
) -> Evaluation:
    """What staff believes, with bootstrap intervals over respondents; the weights are held.

    resamples: bootstrap samples. seed: of their luck. One respondent gives no interval.
    """
    given = one_hot(answered)
    people = len(given)
    shares = _shares(given.sum(axis=0))
    found = levels(_by_code(shares), weighing, method.operator)

    def scores(chosen: NDArray[np.int64], axis: int) -> Any:
        counts = given[chosen].sum(axis=axis - 2)
        # Where nobody of a resample answered, the share of all respondents stands in.
        empty = counts.sum(axis=-1, keepdims=True) == 0.0
        resampled = np.where(empty, shares, _shares(np.where(empty, 1.0, counts)))
        every = levels(_by_code(resampled), weighing, method.operator)
        return np.stack([fuzzy.score(every[code]) for code in CODES])

    intervals: dict[str, tuple[float, float]] = {}
    if people > 1:
        limits = stats.bootstrap(
            (np.arange(people),), scores, n_resamples=resamples, batch=_BATCH, vectorized=True,
            confidence_level=CONFIDENCE, method="percentile", rng=np.random.default_rng(seed),
        ).confidence_interval  # fmt: skip
        intervals = dict(zip(CODES, zip(limits.low, limits.high, strict=True), strict=True))
    return Evaluation(graded(found, weighing, intervals), people)


def _shares(counts: Real) -> Real:
    """Counts of grades as shares of those who answered."""
    return np.asarray(counts / counts.sum(axis=-1, keepdims=True))


def _by_code(rows: Real) -> dict[str, Real]:
    """Memberships (..., indicators, grades) by indicator."""
    return {item.code: rows[..., k, :] for k, item in enumerate(INDICATORS)}
