"""Weights from pairwise judgements, and how consistent the judgements are.

A judgement matrix A has a_ij = how many times item i weighs item j, a_ji = 1 / a_ij, both
within 1/9 to 9. Method: Saaty 1980; docs/model-basis.md, section "Questionnaire".
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Matrix = NDArray[np.float64]
Weights = NDArray[np.float64]

SCALE: tuple[float, ...] = (*(1.0 / k for k in range(9, 1, -1)), *(float(k) for k in range(1, 10)))
"""Saaty's seventeen judgements, 1/9 to 9."""

RANDOM_INDICES: dict[str, tuple[float, ...]] = {
    # Saaty 1980, as most textbooks print it.
    "saaty": (0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45),
    # Mean CI of random matrices over SCALE: exact for 3 (all 4,913 of them), else of 600,000 to
    # 4,000,000 drawn ones, standard errors below .0004.
    "simulated": (0.0, 0.0, 0.524, 0.884, 1.109, 1.249, 1.341, 1.404, 1.451),
}
"""Mean consistency index of random judgements, for 1 to 9 items."""

MOST_ITEMS = 9


def eigenvector(matrix: Matrix) -> Weights:
    """The principal eigenvector, sum 1."""
    values, vectors = np.linalg.eig(matrix)
    principal = np.abs(vectors[:, np.argmax(values.real)].real)
    return np.asarray(principal / principal.sum())


def row_geometric_mean(matrix: Matrix) -> Weights:
    """Geometric means of the rows, sum 1: the logarithmic least squares solution."""
    means = stats.gmean(matrix, axis=1)
    return np.asarray(means / means.sum())


def column_normalised_mean(matrix: Matrix) -> Weights:
    """Columns brought to sum 1, then the mean of each row."""
    return np.asarray((matrix / matrix.sum(axis=0)).mean(axis=1))


DERIVATIONS: dict[str, Callable[[Matrix], Weights]] = {
    "eigenvector": eigenvector,
    "geometric": row_geometric_mean,
    "column": column_normalised_mean,
}
"""Ways from judgements to weights. With three items the first two agree exactly."""


class Consistency(NamedTuple):
    """How far judgements contradict each other.

    lambda_max: principal eigenvalue, the number of items where nothing contradicts. ci: its
    distance from there, over the items less one. cr: CI over that of random judgements; 0 for
    one or two items.
    """

    lambda_max: float
    ci: float
    cr: float


def reciprocal(items: int, upper: Sequence[float]) -> Matrix:
    """The matrix with the judgements of its upper triangle, row by row."""
    matrix = np.ones((items, items))
    rows, columns = np.triu_indices(items, 1)
    matrix[rows, columns] = upper
    matrix[columns, rows] = 1.0 / np.asarray(upper, dtype=np.float64)
    return matrix


def consistency(matrix: Matrix, table: str = "saaty") -> Consistency:
    """Consistency of a matrix. table: of random indices, a key of RANDOM_INDICES.

    Raises: ValueError beyond nine items, for which there is no random index.
    """
    items = len(matrix)
    if items > MOST_ITEMS:
        raise ValueError(f"{items} items are compared; allowed: at most {MOST_ITEMS}")
    if items <= 2:
        return Consistency(float(items), 0.0, 0.0)
    lambda_max = float(np.linalg.eigvals(matrix).real.max())
    ci = max(0.0, (lambda_max - items) / (items - 1))  # rounding may leave it below 0
    return Consistency(lambda_max, ci, ci / RANDOM_INDICES[table][items - 1])


def limit_for(items: int, strict: bool = False) -> float:
    """CR from which judgements go back to their expert. strict: Saaty's .05 and .08 for few."""
    return {3: 0.05, 4: 0.08}.get(items, 0.10) if strict else 0.10


class Hurt(NamedTuple):
    """The judgement that hurts consistency most.

    first, second: places of the items. judged, better: the judgement, and the one on Saaty's
    scale that would lower CR most. cr: CR with it.
    """

    first: int
    second: int
    judged: float
    better: float
    cr: float


def worst_judgement(matrix: Matrix, table: str = "saaty") -> Hurt | None:
    """The judgement whose replacement lowers CR most; None where none does."""
    found = consistency(matrix, table).cr
    best, rank = None, (round(found, 9), 0.0)
    for i, j in zip(*np.triu_indices(len(matrix), 1), strict=True):
        for better in SCALE:
            changed = matrix.copy()
            changed[i, j], changed[j, i] = better, 1.0 / better
            cr = consistency(changed, table).cr
            moved = abs(math.log(better / matrix[i, j]))  # of equal ones the smallest change
            if cr < found - 1e-9 and (round(cr, 9), moved) < rank:
                best = Hurt(int(i), int(j), float(matrix[i, j]), better, cr)
                rank = (round(cr, 9), moved)
    return best


def together(matrices: Sequence[Matrix], by: str, derive: Callable[[Matrix], Weights]) -> Weights:
    """Weights of a group of experts.

    by: ``judgements`` (geometric mean of their matrices, then weights) or ``weights`` (geometric
    mean of their weights, brought to sum 1).
    """
    if by == "judgements":
        return derive(mean_matrix(matrices))
    weights = stats.gmean([derive(matrix) for matrix in matrices], axis=0)
    return np.asarray(weights / weights.sum())


def mean_matrix(matrices: Sequence[Matrix]) -> Matrix:
    """Geometric mean, element by element; it stays reciprocal."""
    return np.asarray(stats.gmean(np.stack(matrices), axis=0))
