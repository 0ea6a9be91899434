"""Shapley values and interactions of games whose every coalition was played. Pure functions.

A coalition is a number: player i is in it where bit i is set, so 0 is nobody and 2^n - 1 all.
Sources: Shapley 1953, "A value for n-person games"; Grabisch and Roubens 1999, "An axiomatic
approach to the concept of interaction among players in cooperative games", Int. J. Game Theory.
"""

from __future__ import annotations

from itertools import combinations
from math import factorial

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

MOST_PLAYERS = 8
"""So many players have 256 coalitions; with more the split is estimated from permutations."""


def shapley_values(values: Values) -> Values:
    """Each player's Shapley value, exact.

    values: of all coalitions, shape (..., 2^n), that of nobody 0 or taken off. Returns: shape
    (..., n); adds up to the value of all less that of nobody, to rounding.
    """
    return values @ shapley_weights(_players(values)).T


def interactions(values: Values) -> Values:
    """Shapley interaction index of each pair, exact: what two add together beyond each alone,
    averaged over the others. Below 0 they replace each other in part.

    values: as in ``shapley_values``. Returns: shape (..., pairs), pairs as in ``pairs_of``.
    """
    return values @ interaction_weights(_players(values)).T


def pairs_of(players: int) -> list[tuple[int, int]]:
    """Pairs of players, (0, 1) first."""
    return list(combinations(range(players), 2))


def shapley_weights(players: int) -> Values:
    """Weight of each coalition in each player's value, shape (players, 2^players)."""
    weights = np.zeros((players, 1 << players))
    for player in range(players):
        for coalition in _without(players, player):
            size = coalition.bit_count()
            share = factorial(size) * factorial(players - size - 1) / factorial(players)
            weights[player, coalition | 1 << player] += share
            weights[player, coalition] -= share
    return weights


def interaction_weights(players: int) -> Values:
    """Weight of each coalition in each pair's interaction, shape (pairs, 2^players)."""
    weights = np.zeros((len(pairs_of(players)), 1 << players))
    for row, (first, second) in enumerate(pairs_of(players)):
        for coalition in _without(players, first, second):
            size = coalition.bit_count()
            share = factorial(size) * factorial(players - size - 2) / factorial(players - 1)
            both = 1 << first | 1 << second
            weights[row, coalition | both] += share
            weights[row, coalition] += share
            weights[row, coalition | 1 << first] -= share
            weights[row, coalition | 1 << second] -= share
    return weights


def _without(players: int, *absent: int) -> list[int]:
    """Coalitions in which some players are not."""
    mask = sum(1 << player for player in absent)
    return [coalition for coalition in range(1 << players) if not coalition & mask]


def _players(values: Values) -> int:
    """Number of players. Raises: ValueError where the coalitions are not 2^n."""
    coalitions = int(values.shape[-1])
    if coalitions & (coalitions - 1) or not coalitions:
        raise ValueError(f"{coalitions} values are not those of all coalitions: not a power of 2")
    return coalitions.bit_length() - 1
