"""Fuzzy comprehensive evaluation: from shares of grades to a grade and a score of risk.

Memberships are arrays (..., five grades) that sum to 1 over the grades. Source:
docs/model-basis.md, section "Questionnaire".
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from experiments.assessment.hierarchy import GRADES, SCORES

Real = NDArray[np.float64]


def _weighted(weights: Real, rows: Real) -> Real:
    """M(·,+): the weighted mean of memberships."""
    return np.asarray(np.einsum("i,...ig->...g", weights, rows))


def _min_max(weights: Real, rows: Real) -> Real:
    """M(∧,∨): the largest of the smaller of weight and membership."""
    return np.asarray(np.minimum(weights[:, None], rows).max(axis=-2))


def _product_max(weights: Real, rows: Real) -> Real:
    """M(·,∨): the largest product of weight and membership."""
    return np.asarray((weights[:, None] * rows).max(axis=-2))


OPERATORS: dict[str, Callable[[Real, Real], Real]] = {
    "weighted": _weighted, "min-max": _min_max, "product-max": _product_max,
}  # fmt: skip
"""Ways to put indicators together. Only the first uses every indicator."""


def composed(weights: ArrayLike, rows: ArrayLike, operator: str = "weighted") -> Real:
    """Membership of the whole, sum 1. weights: (items,), sum 1. rows: (..., items, grades)."""
    whole = OPERATORS[operator](np.asarray(weights, float), np.asarray(rows, float))
    return np.asarray(whole / whole.sum(axis=-1, keepdims=True))


def score(membership: ArrayLike) -> Any:
    """Points of risk, 20 to 100, of memberships (..., grades)."""
    return np.asarray(membership) @ np.asarray(SCORES)


def grade(membership: ArrayLike) -> str:
    """The grade of the largest membership; of equal ones the worse."""
    values = np.asarray(membership, float)
    return GRADES[len(GRADES) - 1 - int(np.argmax(np.round(values[::-1], 12)))]


def lead(membership: ArrayLike) -> float:
    """Largest membership less the second largest: the grade says little where it is small."""
    last = np.sort(np.asarray(membership, float))
    return float(last[-1] - last[-2])


def quality(points: ArrayLike) -> Any:
    """Management quality in [0, 1] from points of risk: 20 points are 1, 100 points are 0."""
    return (SCORES[-1] - np.asarray(points)) / (SCORES[-1] - SCORES[0])


def triangular(value: float, lowest: float, highest: float) -> Real:
    """Memberships of a figure in the five grades, by triangles with peaks at equal distances.

    lowest, highest: values at which the risk is very low and very high; either may be the
    larger. Beyond them the membership is 1 in the end grade.
    """
    place = np.clip((value - lowest) / (highest - lowest), 0.0, 1.0) * (len(GRADES) - 1)
    return np.asarray(np.maximum(0.0, 1.0 - np.abs(place - np.arange(len(GRADES)))))
