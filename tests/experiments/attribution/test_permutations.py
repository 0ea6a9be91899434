"""Permutations: each order with its reverse, exact where nothing is random, unbiased elsewhere."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.attribution.estimates import mean_of
from experiments.attribution.permutations import (
    antithetic_orders,
    coalitions_of,
    contributions,
)
from experiments.attribution.shapley import shapley_values

PLAYERS = 6


def game(strength: float, worlds: int = 2) -> np.ndarray:
    """Additive parts and interactions of all pairs, shape (worlds, 2^PLAYERS)."""
    generator = np.random.default_rng(5)
    parts = generator.normal(size=(worlds, PLAYERS))
    joint = strength * generator.normal(size=(worlds, PLAYERS, PLAYERS))
    inside = np.array([[c >> p & 1 for p in range(PLAYERS)] for c in range(1 << PLAYERS)], float)
    pairs = np.einsum("ci,wij,cj->wc", inside, np.triu(joint, 1), inside)
    return parts @ inside.T + pairs


def curved(worlds: int = 3) -> np.ndarray:
    """A game of diminishing returns with unequal players: interactions of every order."""
    generator = np.random.default_rng(8)
    parts = generator.uniform(0.2, 2.0, size=(worlds, PLAYERS))
    inside = np.array([[c >> p & 1 for p in range(PLAYERS)] for c in range(1 << PLAYERS)], float)
    return np.sqrt(parts @ inside.T)


def by_coalition(values: np.ndarray) -> dict[int, np.ndarray]:
    return {coalition: values[:, coalition] for coalition in range(values.shape[1])}


@given(st.integers(1, 16), st.integers(1, 9), st.integers(0, 2**63))
def test_each_order_is_followed_by_its_reverse(players: int, pairs: int, seed: int) -> None:
    orders = antithetic_orders(players, pairs, seed)
    assert orders.shape == (2 * pairs, players)
    assert (np.sort(orders, axis=1) == np.arange(players)).all()
    assert (orders[0::2] == orders[1::2, ::-1]).all()
    assert (orders == antithetic_orders(players, pairs, seed)).all()


def test_coalitions_on_the_way() -> None:
    assert coalitions_of(np.array([[2, 0, 1]])) == [0b000, 0b100, 0b101, 0b111]
    orders = antithetic_orders(16, 5, 7)
    met = coalitions_of(orders)
    assert met[0] == 0 and met[-1] == (1 << 16) - 1
    assert len(met) <= 2 + 5 * 2 * 15


def test_parts_by_hand() -> None:
    """Order 0, 1 and its reverse; alone 2 and 3, together 9: each gets half of what is beyond."""
    values = by_coalition(np.array([[0.0, 2.0, 3.0, 9.0]]))
    found = contributions(values, np.array([[0, 1], [1, 0]]))
    assert found.tolist() == [[[0.5 * (2.0 + 6.0), 0.5 * (7.0 + 3.0)]]]


@given(st.integers(1, 4), st.integers(0, 1000))
def test_adds_up_to_the_whole_in_every_world_and_pair(pairs: int, seed: int) -> None:
    values = curved()
    found = contributions(by_coalition(values), antithetic_orders(PLAYERS, pairs, seed))
    assert found.shape == (pairs, len(values), PLAYERS)
    np.testing.assert_allclose(
        found.sum(axis=2), np.broadcast_to(values[:, -1], found.shape[:2]), atol=1e-12
    )


def test_one_pair_is_exact_where_only_pairs_interact() -> None:
    """A player meets another before it in one of both orders: half of each pair's interaction."""
    values = game(strength=1.0)
    found = contributions(by_coalition(values), antithetic_orders(PLAYERS, 1, 3))
    np.testing.assert_allclose(found[0], shapley_values(values), atol=1e-12)


def test_within_its_error_of_the_exact_value() -> None:
    values = curved()
    exact = shapley_values(values).mean(axis=0)
    found = contributions(by_coalition(values), antithetic_orders(PLAYERS, 60, 1))
    errors = [mean_of(found[:, :, p]).error_orders for p in range(PLAYERS)]
    gaps = found.mean(axis=(0, 1)) - exact
    assert all(error > 0.0 for error in errors)
    assert (np.abs(gaps) < 3.5 * np.array(errors)).all()


def test_the_error_of_orders_is_the_spread_of_repeated_estimates() -> None:
    values = by_coalition(curved())
    found = [contributions(values, antithetic_orders(PLAYERS, 8, seed)) for seed in range(300)]
    spread = np.std([f[:, :, 0].mean() for f in found], ddof=1)
    told = np.sqrt(np.mean([mean_of(f[:, :, 0]).error_orders ** 2 for f in found]))
    assert told == pytest.approx(spread, rel=0.15)


@pytest.mark.parametrize("values", [curved(), game(strength=1.0)], ids=["curved", "pairs"])
def test_orders_with_their_reverse_vary_less_than_as_many_without(values: np.ndarray) -> None:
    by_number = by_coalition(values)

    def estimate(seed: int, *, reverse: bool) -> float:
        orders = antithetic_orders(PLAYERS, 8, seed)
        if not reverse:  # as many orders, each drawn by itself
            orders = antithetic_orders(PLAYERS, 16, seed)[0::2]
        return float(contributions(by_number, orders)[:, :, 0].mean())

    paired = np.var([estimate(seed, reverse=True) for seed in range(200)])
    plain = np.var([estimate(seed, reverse=False) for seed in range(200)])
    assert paired < 0.8 * plain
