"""Fuzzy evaluation: worked examples of the three operators, grades, scores, triangles."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.assessment import fuzzy
from experiments.assessment.hierarchy import GRADES

WEIGHTS = (0.5, 0.3, 0.2)
ROWS = (
    (0.1, 0.2, 0.4, 0.2, 0.1),
    (0.0, 0.1, 0.3, 0.4, 0.2),
    (0.3, 0.4, 0.2, 0.1, 0.0),
)


@pytest.mark.parametrize(
    ("operator", "before_sum"),
    [
        ("weighted", (0.11, 0.21, 0.33, 0.24, 0.11)),
        ("min-max", (0.2, 0.2, 0.4, 0.3, 0.2)),
        ("product-max", (0.06, 0.10, 0.20, 0.12, 0.06)),
    ],
)
def test_operators_by_hand(operator: str, before_sum: tuple[float, ...]) -> None:
    expected = np.array(before_sum) / sum(before_sum)
    assert fuzzy.composed(WEIGHTS, ROWS, operator) == pytest.approx(expected)


@pytest.mark.parametrize("operator", fuzzy.OPERATORS)
def test_one_indicator_is_the_whole(operator: str) -> None:
    assert fuzzy.composed([1.0], [ROWS[0]], operator) == pytest.approx(ROWS[0])


@pytest.mark.parametrize("operator", fuzzy.OPERATORS)
def test_many_samples_at_once_are_as_each_alone(operator: str) -> None:
    many = np.random.default_rng(1).dirichlet(np.ones(5), size=(7, 3))
    together = fuzzy.composed(WEIGHTS, many, operator)
    assert together.shape == (7, 5)
    for rows, found in zip(many, together, strict=True):
        assert found == pytest.approx(fuzzy.composed(WEIGHTS, rows, operator))


def test_score_grade_and_lead() -> None:
    membership = (0.11, 0.21, 0.33, 0.24, 0.11)
    assert fuzzy.score(membership) == pytest.approx(60.6)
    assert fuzzy.grade(membership) == "medium"
    assert fuzzy.lead(membership) == pytest.approx(0.09)


def test_of_two_equal_grades_the_worse_counts() -> None:
    assert fuzzy.grade((0.0, 0.4, 0.2, 0.4, 0.0)) == "high"


def test_high_risk_is_weak_management() -> None:
    assert [fuzzy.quality(points) for points in (20.0, 60.0, 100.0)] == [1.0, 0.5, 0.0]


@pytest.mark.parametrize(
    ("value", "membership"),
    [
        (0.9, (1, 0, 0, 0, 0)), (1.0, (1, 0, 0, 0, 0)), (0.5, (0, 0, 1, 0, 0)),
        (0.1, (0, 0, 0, 0, 1)), (0.45, (0, 0, 0.75, 0.25, 0)),
    ],
)  # fmt: skip
def test_triangles(value: float, membership: tuple[float, ...]) -> None:
    assert fuzzy.triangular(value, 0.9, 0.1) == pytest.approx(membership)


@given(st.floats(-10, 10), st.floats(-5, 5), st.floats(0.1, 5), st.booleans())
def test_triangles_sum_to_one_and_worsen_towards_the_weak_end(
    value: float, strong: float, width: float, rising: bool
) -> None:
    weak = strong + width if rising else strong - width
    here = fuzzy.triangular(value, strong, weak)
    further = fuzzy.triangular(value + (weak - strong) * 0.1, strong, weak)
    assert here.sum() == pytest.approx(1.0) and here.shape == (len(GRADES),)
    assert fuzzy.score(further) >= fuzzy.score(here) - 1e-9
