"""How strategies reach the parameters, month by month, and what they cost.

A strategy closes a share of the gap that is left between a parameter and its declared strong
value. Shares of several strategies multiply the gaps left, so a+b = b+a, nothing that is
already better gets worse, and intensity 0 changes nothing. Source: docs/model-basis.md,
section "Strategies".
"""

from __future__ import annotations

import difflib
import functools
import math
from collections.abc import Mapping, Sequence

from agents.parameters import all_parameters
from agents.records import FEN_PER_CNY
from simulation.scenario import Strategy, StrategyError


@functools.lru_cache(maxsize=4096)
def adoption(months_since: float, half_month: float, spread_months: float) -> float:
    """Share of the organisation that works the new way, in [0, 1]; 0 before the start.

    A logistic curve, moved so that it starts at 0: (f(t) - f(0)) / (1 - f(0)).
    """
    if months_since <= 0:
        return 0.0
    if half_month <= 0:
        return 1.0

    def curve(t: float) -> float:
        return 1.0 / (1.0 + math.exp(-(t - half_month) / spread_months))

    return (curve(months_since) - curve(0.0)) / (1.0 - curve(0.0))


def reach(strategy: Strategy, month: int) -> float:
    """Reach in [0, 1] in a month counted from the fork (0 is the first): how much is in force."""
    since = month + 1 - strategy.start_month
    decay = (1.0 - strategy.decay_per_year) ** (max(since, 0) / 12.0)
    adopted = adoption(since, strategy.half_month, strategy.spread_months)
    return strategy.intensity * strategy.coverage * adopted * decay


def checked(strategy: Strategy) -> Strategy:
    """A strategy that was made in Python, as a file would be taken.

    Raises: StrategyError for a parameter that is not declared, or not managed where a gap is to be
    closed, and for a share outside [0, 1].
    """
    declared = all_parameters()
    managed = [name for name, parameter in declared.items() if parameter.strong is not None]
    for what, names, known in (
        ("closes", strategy.closes, managed), ("adds", strategy.adds, list(declared))
    ):  # fmt: skip
        for name in set(names) - set(known):
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"; nearest known: {near[0]}" if near else ""
            raise StrategyError(f"strategy {strategy.name}: {what} {name!r} is unknown{hint}")
    shares = {f"closes {name}": share for name, share in strategy.closes.items()}
    for name in ("intensity", "coverage", "decay_per_year"):
        shares[name] = getattr(strategy, name)
    for name, share in shares.items():
        if not 0.0 <= share <= 1.0:
            raise StrategyError(
                f"strategy {strategy.name}: {name} = {share} is not allowed; allowed: 0 to 1"
            )
    return strategy


def managed_values(
    base: Mapping[str, float], strategies: Sequence[Strategy], month: int, effect: float = 1.0
) -> dict[str, float]:
    """Parameters that the strategies move, with their values in a month from the fork.

    base: values without strategies. effect: part of the planned effect that is reached, in
    [0, 1]; hours and head-count that a strategy adds come in full. Returns: only parameters
    that differ.
    """
    declared = all_parameters()
    left: dict[str, float] = {}
    added: dict[str, float] = {}
    for strategy in sorted(strategies, key=lambda s: s.name):  # so that no order changes a bit
        share = reach(strategy, month)
        for name, closes in strategy.closes.items():
            left[name] = left.get(name, 1.0) * (1.0 - closes * effect * share)
        for name, amount in strategy.adds.items():
            added[name] = added.get(name, 0.0) + amount * share
    values: dict[str, float] = {}
    for name, gap_left in left.items():
        parameter = declared[name]
        strong, weak = parameter.strong, parameter.weak
        start = parameter.default if weak is None else weak
        if strong is None or _is_better(base[name], strong, start):
            continue
        if gap_left < 1.0:
            values[name] = strong + (base[name] - strong) * gap_left
    for name, amount in added.items():
        if amount:
            low, high = declared[name].allowed
            values[name] = min(high, max(low, values.get(name, base[name]) + amount))
    return values


def _is_better(value: float, strong: float, start: float) -> bool:
    """Is a value already at or beyond the strong end, coming from ``start``?"""
    return value >= strong if strong > start else value <= strong


def monthly_cost_fen(
    strategies: Sequence[Strategy], month: int, applications: float, posts: float, scale: float
) -> int:
    """Cost of a month (fen of the simulated sample).

    applications: files handled in the sample; posts: officers in the sample; scale: declared
    bank over sample. Set-up and running cost are stated for the declared bank.
    """
    cost = 0.0
    for strategy in strategies:
        since = month - strategy.start_month
        if since < 0 or strategy.intensity == 0.0:
            continue
        whole_bank = strategy.running_cny_per_year / 12.0
        if since == 0:
            whole_bank += strategy.set_up_cny
        per_post = strategy.per_officer_cny_per_year / 12.0 * posts
        handled = strategy.per_application_cny * applications * reach(strategy, month)
        cost += strategy.intensity * (whole_bank / scale + per_post) + handled
    return math.floor(cost * FEN_PER_CNY + 0.5)
