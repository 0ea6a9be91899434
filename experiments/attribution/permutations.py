"""Shapley values of games with too many coalitions: players come one by one, in random order.

An order and its reverse are a pair (antithetic): who comes early in one comes late in the other,
so what depends on how many came before cancels. Sources: Castro, Gómez, Tejada 2009, "Polynomial
calculation of the Shapley value based on sampling", Computers & Operations Research; Mitchell
and others 2022, "Sampling permutations for Shapley value estimation", JMLR.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from experiments.attribution.shapley import Values

Orders = NDArray[np.int64]


def antithetic_orders(players: int, pairs: int, seed: int) -> Orders:
    """Orders of the players, each followed by its reverse; shape (2 pairs, players)."""
    generator = np.random.default_rng(seed)
    orders = [generator.permutation(players) for _ in range(pairs)]
    return np.array([order for forward in orders for order in (forward, forward[::-1])])


def coalitions_of(orders: Orders) -> list[int]:
    """Every coalition that is met when the players come in these orders, smallest number first."""
    return sorted({coalition for order in orders for coalition in _met(order)})


def contributions(values: Mapping[int, Values], orders: Orders) -> Values:
    """What each player adds when it comes, averaged over each pair of orders.

    values: coalition -> its value in each world (shape: worlds). orders: as from
    ``antithetic_orders``. Returns: shape (pairs, worlds, players); over the players it adds up
    to the value of all, in each world.
    """
    added = np.array([_added(values, order) for order in orders])
    averaged: Values = 0.5 * (added[0::2] + added[1::2])
    return averaged


def _added(values: Mapping[int, Values], order: NDArray[np.int64]) -> Values:
    """What each player adds in one order, shape (worlds, players)."""
    met = _met(order)
    steps = np.diff([values[coalition] for coalition in met], axis=0)
    return steps[np.argsort(order)].T


def _met(order: NDArray[np.int64]) -> list[int]:
    """The coalitions on the way from nobody to all."""
    return list(accumulate((1 << int(player) for player in order), int.__or__, initial=0))
