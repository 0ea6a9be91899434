"""Weights and consistency: the panel, sizes 1 to 9, published examples, ahpy, random matrices."""

from __future__ import annotations

from itertools import combinations

import ahpy
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from experiments.assessment.ahp import (
    DERIVATIONS,
    RANDOM_INDICES,
    SCALE,
    consistency,
    eigenvector,
    limit_for,
    mean_matrix,
    reciprocal,
    row_geometric_mean,
    together,
    worst_judgement,
)

PANEL = [reciprocal(3, upper) for upper in ((1, 7, 4), (2, 3, 4), (3, 4, 1), (3, 6, 4))]
PANEL_WEIGHTS = (0.58237, 0.30290, 0.11473)

# Saaty 1990, How to make a decision: choosing a house by eight criteria.
HOUSE = reciprocal(8, [
    5, 3, 7, 6, 6, 1 / 3, 1 / 4,
    1 / 3, 5, 3, 3, 1 / 5, 1 / 7,
    6, 3, 4, 6, 1 / 5,
    1 / 3, 1 / 4, 1 / 7, 1 / 8,
    1 / 2, 1 / 5, 1 / 6,
    1 / 5, 1 / 6,
    1 / 2,
])  # fmt: skip
HOUSE_WEIGHTS = (0.173, 0.054, 0.188, 0.018, 0.031, 0.036, 0.167, 0.333)

# Saaty 2008, Decision making with the AHP: which drink is consumed most in the USA.
DRINKS = reciprocal(7, [
    9, 5, 2, 1, 1, 1 / 2,
    1 / 3, 1 / 9, 1 / 9, 1 / 9, 1 / 9,
    1 / 3, 1 / 4, 1 / 3, 1 / 9,
    1 / 2, 1, 1 / 3,
    2, 1 / 2,
    1 / 3,
])  # fmt: skip
DRINKS_WEIGHTS = (0.177, 0.019, 0.042, 0.116, 0.190, 0.129, 0.327)

judgements = st.sampled_from(SCALE)


@st.composite
def matrices(draw: st.DrawFn) -> np.ndarray:
    items = draw(st.integers(3, 9))
    pairs = items * (items - 1) // 2
    return reciprocal(items, draw(st.lists(judgements, min_size=pairs, max_size=pairs)))


# --- the panel ---


@pytest.mark.parametrize("by", ["judgements", "weights"])
@pytest.mark.parametrize("derivation", ["eigenvector", "geometric"])
def test_the_panel_to_five_digits(by: str, derivation: str) -> None:
    found = together(PANEL, by, DERIVATIONS[derivation])
    assert np.round(found, 5) == pytest.approx(PANEL_WEIGHTS, abs=1e-9)


def test_the_panel_by_normalised_columns_differs_in_the_fourth_digit() -> None:
    found = together(PANEL, "judgements", DERIVATIONS["column"])
    assert np.round(found, 5) == pytest.approx((0.58199, 0.30310, 0.11491), abs=1e-9)
    # By hand: columns of the mean matrix brought to sum 1, then means of rows.
    mean = mean_matrix(PANEL)
    by_hand = [sum(mean[i, j] / sum(mean[:, j]) for j in range(3)) / 3 for i in range(3)]
    assert found == pytest.approx(by_hand)


def test_the_panels_consistency() -> None:
    assert [round(consistency(m).cr, 3) for m in PANEL] == [0.030, 0.093, 0.008, 0.046]
    assert round(consistency(mean_matrix(PANEL)).cr, 3) == 0.004
    assert [consistency(m).cr < limit_for(3, strict=True) for m in PANEL] == [
        True, False, True, True,
    ]  # fmt: skip


def test_a_simple_matrix_near_the_same_weight() -> None:
    found = eigenvector(reciprocal(3, (2, 5, 3)))
    assert np.round(found, 6) == pytest.approx((0.581552, 0.308996, 0.109452), abs=1e-9)
    assert round(consistency(reciprocal(3, (2, 5, 3))).cr, 4) == 0.0032


def test_four_items_with_the_same_weight() -> None:
    found = eigenvector(reciprocal(4, (2, 6, 7, 1, 2, 1)))
    assert np.round(found, 5) == pytest.approx((0.58237, 0.19533, 0.12466, 0.09765), abs=1e-9)
    assert round(consistency(reciprocal(4, (2, 6, 7, 1, 2, 1))).cr, 3) == 0.048


# --- sizes and limits ---


@pytest.mark.parametrize("derive", DERIVATIONS.values(), ids=DERIVATIONS)
@pytest.mark.parametrize("items", [1, 2, 9])
def test_consistent_judgements_give_their_weights_back(items: int, derive: object) -> None:
    weights = np.arange(1.0, items + 1.0)
    weights /= weights.sum()
    upper = [weights[i] / weights[j] for i, j in combinations(range(items), 2)]
    matrix = reciprocal(items, upper)
    assert derive(matrix) == pytest.approx(weights)  # type: ignore[operator]
    found = consistency(matrix)
    assert found.lambda_max == pytest.approx(items)
    assert found.ci == pytest.approx(0.0, abs=1e-12) and found.cr == pytest.approx(0.0, abs=1e-12)
    assert worst_judgement(matrix) is None


def test_two_items_are_always_consistent() -> None:
    assert consistency(reciprocal(2, [9])) == (2.0, 0.0, 0.0)
    assert eigenvector(reciprocal(2, [9])) == pytest.approx([0.9, 0.1])


def test_barely_consistent_and_barely_not() -> None:
    # Of three items lambda_max is 1 + t + 1 / t with t the cube root of a12 a23 / a13; CR is .1
    # where t + 1 / t is 2 + 2 * .058, so a12 a23 / a13 is 2.76.
    good, bad = reciprocal(3, (1, 1 / 2.75, 1)), reciprocal(3, (1, 1 / 2.77, 1))
    assert 0.098 < consistency(good).cr < 0.1 < consistency(bad).cr < 0.102


def test_beyond_nine_items_there_is_no_random_index() -> None:
    with pytest.raises(ValueError, match="10 items are compared; allowed: at most 9"):
        consistency(np.ones((10, 10)))


# --- published examples ---


@pytest.mark.parametrize(
    ("matrix", "weights", "cr"),
    [(HOUSE, HOUSE_WEIGHTS, 0.169), (DRINKS, DRINKS_WEIGHTS, 0.022)],
    ids=["house", "drinks"],
)
def test_published_weights_and_consistency(
    matrix: np.ndarray, weights: tuple[float, ...], cr: float
) -> None:
    assert np.round(eigenvector(matrix), 3) == pytest.approx(weights, abs=1e-9)
    assert round(consistency(matrix).cr, 3) == cr


def test_the_house_and_its_worst_judgement() -> None:
    found = consistency(HOUSE)
    assert round(found.lambda_max, 3) == 9.669 and round(found.ci, 3) == 0.238
    worst = worst_judgement(HOUSE)
    assert worst is not None
    # Saaty's own choice: neighbourhood against condition, judged 6, better 1/2.
    assert (worst.first, worst.second, worst.judged, worst.better) == (2, 6, 6.0, 0.5)
    mended = HOUSE.copy()
    mended[2, 6], mended[6, 2] = 0.5, 2.0
    assert worst.cr == pytest.approx(consistency(mended).cr) and worst.cr < 0.1 < found.cr


# --- another implementation ---


@given(matrices())
@settings(max_examples=40, deadline=None)
def test_weights_and_consistency_as_ahpy_has_them(matrix: np.ndarray) -> None:
    names = [f"item {k}" for k in range(len(matrix))]
    pairs = {(names[i], names[j]): matrix[i, j] for i, j in combinations(range(len(matrix)), 2)}
    other = ahpy.Compare("all", pairs, precision=8, random_index="saaty", iterations=10_000)
    expected = [other.local_weights[name] for name in names]
    assert eigenvector(matrix) == pytest.approx(expected, abs=1e-6)
    # ahpy has Saaty's table of 2005: compare CI, on which both agree.
    newer = {3: 0.52, 4: 0.89, 5: 1.11, 6: 1.25, 7: 1.35, 8: 1.40, 9: 1.45}[len(matrix)]
    assert consistency(matrix).ci == pytest.approx(other.consistency_ratio * newer, abs=1e-5)


# --- properties ---


@given(matrices())
@settings(max_examples=60, deadline=None)
def test_weights_are_positive_and_sum_to_one(matrix: np.ndarray) -> None:
    for derive in DERIVATIONS.values():
        weights = derive(matrix)
        assert weights.sum() == pytest.approx(1.0) and (weights > 0).all()
    assert consistency(matrix).lambda_max >= len(matrix) - 1e-9


@given(st.lists(judgements, min_size=3, max_size=3))
def test_of_three_items_eigenvector_and_row_means_agree(upper: list[float]) -> None:
    matrix = reciprocal(3, upper)
    assert eigenvector(matrix) == pytest.approx(row_geometric_mean(matrix), abs=1e-9)


@given(matrices())
@settings(max_examples=20, deadline=None)
def test_a_better_judgement_lowers_cr(matrix: np.ndarray) -> None:
    worst = worst_judgement(matrix)
    if worst is None:
        return
    matrix = matrix.copy()
    matrix[worst.first, worst.second] = worst.better
    matrix[worst.second, worst.first] = 1.0 / worst.better
    assert consistency(matrix).cr == pytest.approx(worst.cr)


def test_the_simulated_random_indices_can_be_simulated() -> None:
    rng = np.random.default_rng(3)
    for items in range(4, 10):
        rows, columns = np.triu_indices(items, 1)
        drawn = np.ones((20_000, items, items))
        drawn[:, rows, columns] = rng.choice(SCALE, (len(drawn), len(rows)))
        drawn[:, columns, rows] = 1.0 / drawn[:, rows, columns]
        index = (np.linalg.eigvals(drawn).real.max(axis=1) - items) / (items - 1)
        error = index.std() / np.sqrt(len(index))
        assert RANDOM_INDICES["simulated"][items - 1] == pytest.approx(
            index.mean(), abs=3.5 * error + 0.0005
        )


def test_the_random_index_of_three_items_is_exact() -> None:
    first, outer, last = np.meshgrid(SCALE, SCALE, SCALE)
    t = np.cbrt(outer / (first * last))
    exact = ((1.0 + t + 1.0 / t - 3.0) / 2.0).mean()
    assert round(exact, 3) == RANDOM_INDICES["simulated"][2]
