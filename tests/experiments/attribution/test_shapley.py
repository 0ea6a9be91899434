"""Exact Shapley values: brute force over all orders, axioms, known games, interactions."""

from __future__ import annotations

from itertools import permutations
from math import factorial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from experiments.attribution.shapley import (
    MOST_PLAYERS,
    interaction_weights,
    interactions,
    pairs_of,
    shapley_values,
    shapley_weights,
)

NUMBERS = st.floats(-1e3, 1e3, allow_nan=False)


@st.composite
def games(draw: st.DrawFn, most: int = 5) -> np.ndarray:
    """Three worlds of a game in which nobody avoids 0."""
    players = draw(st.integers(1, most))
    values = draw(arrays(np.float64, (3, 1 << players), elements=NUMBERS))
    values[:, 0] = 0.0
    return values


def by_brute_force(values: np.ndarray) -> np.ndarray:
    """Mean over all n! orders of what each player adds."""
    players = values.shape[-1].bit_length() - 1
    found = np.zeros((len(values), players))
    for order in permutations(range(players)):
        inside = 0
        for player in order:
            found[:, player] += values[:, inside | 1 << player] - values[:, inside]
            inside |= 1 << player
    return found / factorial(players)


@given(games())
def test_equal_to_the_mean_over_all_orders(values: np.ndarray) -> None:
    np.testing.assert_allclose(shapley_values(values), by_brute_force(values), atol=1e-9)


@given(games())
def test_adds_up_to_the_whole_in_every_world(values: np.ndarray) -> None:
    np.testing.assert_allclose(shapley_values(values).sum(axis=1), values[:, -1], atol=1e-9)


@given(games(), games())
def test_the_sum_of_two_games_has_the_sum_of_their_values(a: np.ndarray, b: np.ndarray) -> None:
    if a.shape != b.shape:
        return
    both = shapley_values(a) + shapley_values(b)
    np.testing.assert_allclose(shapley_values(a + b), both, atol=1e-9)


@given(games(most=4), NUMBERS)
def test_a_dummy_gets_what_it_brings_alone(values: np.ndarray, own: float) -> None:
    whole = np.concatenate([values, values + own], axis=1)  # the last player adds `own` always
    found = shapley_values(whole)
    np.testing.assert_allclose(found[:, -1], own, atol=1e-9)
    np.testing.assert_allclose(found[:, :-1], shapley_values(values), atol=1e-9)
    of_dummy = [
        row for row, pair in enumerate(pairs_of(found.shape[1])) if found.shape[1] - 1 in pair
    ]
    np.testing.assert_allclose(interactions(whole)[:, of_dummy], 0.0, atol=1e-9)


@given(games(most=4))
def test_players_who_bring_the_same_get_the_same(values: np.ndarray) -> None:
    players = values.shape[-1].bit_length() - 1
    sizes = [coalition.bit_count() for coalition in range(values.shape[-1])]
    symmetric = values[:, : players + 1][:, sizes]  # the value depends on the number alone
    found = shapley_values(symmetric)
    np.testing.assert_allclose(found, found[:, :1] + np.zeros_like(found), atol=1e-9)


def test_the_glove_game() -> None:
    """Player 0 has a left glove, 1 and 2 a right one; a pair is worth 1: 4/6, 1/6, 1/6."""
    values = np.array([float(c & 1 and c > 1) for c in range(8)])
    np.testing.assert_allclose(shapley_values(values), [4 / 6, 1 / 6, 1 / 6], atol=1e-12)
    # 0 with 1: worth 1 without player 2, nothing with it; 1 with 2: 0 or -1.
    np.testing.assert_allclose(interactions(values), [0.5, 0.5, -0.5], atol=1e-12)


def test_two_players_interact_by_what_is_beyond_the_sum() -> None:
    assert interactions(np.array([0.0, 2.0, 3.0, 9.0])) == pytest.approx([4.0])


@given(games(most=4))
def test_interactions_by_the_definition(values: np.ndarray) -> None:
    players = values.shape[-1].bit_length() - 1
    for row, (i, j) in enumerate(pairs_of(players)):
        expected = np.zeros(len(values))
        for order in permutations(p for p in range(players) if p not in (i, j)):
            # The pair comes as one player at each of the n - 1 places.
            for place in range(players - 1):
                t = sum(1 << p for p in order[:place])
                a, b = 1 << i, 1 << j
                expected += (
                    values[:, t | a | b] - values[:, t | a] - values[:, t | b] + values[:, t]
                )
        expected /= factorial(players - 1)
        np.testing.assert_allclose(interactions(values)[:, row], expected, atol=1e-9)


@pytest.mark.parametrize("players", range(2, MOST_PLAYERS + 1))
def test_weights_of_everybody_are_those_of_the_whole(players: int) -> None:
    """Summed over players, only the coalition of all counts; a pair's weights cancel."""
    weights = shapley_weights(players).sum(axis=0)
    expected = np.zeros(1 << players)
    expected[0], expected[-1] = -1.0, 1.0
    np.testing.assert_allclose(weights, expected, atol=1e-12)
    np.testing.assert_allclose(interaction_weights(players).sum(axis=1), 0.0, atol=1e-12)


def test_values_that_are_not_of_all_coalitions_are_refused() -> None:
    with pytest.raises(ValueError, match="6 values are not those of all coalitions"):
        shapley_values(np.zeros(6))
