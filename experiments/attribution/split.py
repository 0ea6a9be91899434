"""Split what all players avoid: parts, shares and interactions with their intervals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from experiments.attribution.estimates import Estimate, mean_of, share_of
from experiments.attribution.games import Game
from experiments.attribution.permutations import contributions
from experiments.attribution.plan import Plan
from experiments.attribution.shapley import Values, interactions, pairs_of, shapley_values
from experiments.attribution.volume import BASES, MEASURES, coalition_values
from experiments.comparison import INTERVALS

ALL = "all"
"""The player of rows on what all avoid together."""


class Attribution(NamedTuple):
    """What was found. shares: a row for each interval, basis, measure and player; pairs:
    interactions; coalitions: what each avoids; runs: of all arms; gaps: what cannot be told.
    """

    game: Game
    shares: pd.DataFrame
    pairs: pd.DataFrame
    coalitions: pd.DataFrame
    runs: pd.DataFrame
    gaps: list[str]


def split(plan: Plan, runs: pd.DataFrame) -> Attribution:
    """Split what all players avoid. runs: of the plan's study."""
    shares: list[dict[str, Any]] = []
    pairs: list[dict[str, Any]] = []
    coalitions: list[dict[str, Any]] = []
    gaps: list[str] = []
    for mode, interval in INTERVALS.items():
        part = _whole_worlds(runs[runs["assumptions"] == mode])
        for basis, measure in ((b, m) for b in BASES for m in MEASURES if len(part)):
            values, beyond = coalition_values(part, plan.game, plan.coalitions, basis, measure)
            gaps += beyond
            key = {"interval": interval, "basis": basis, "measure": measure}
            base = _baseline(part, measure, values.index)
            shares += _share_rows(plan, values, base, key)
            coalitions += _coalition_rows(plan.game, values, base, key)
            if plan.orders is None:
                pairs += _pair_rows(plan.game, values, base, key)
    return Attribution(
        plan.game, pd.DataFrame(shares), pd.DataFrame(pairs), pd.DataFrame(coalitions), runs,
        list(dict.fromkeys(gaps)),
    )  # fmt: skip


def _whole_worlds(runs: pd.DataFrame) -> pd.DataFrame:
    """Worlds in which every arm has every measure that is split."""
    whole = runs.dropna(subset=list(MEASURES))
    count = whole.groupby("replication")["strategy"].transform("size")
    return whole[count == runs["strategy"].nunique()]


def _baseline(runs: pd.DataFrame, measure: str, worlds: Iterable[Any]) -> Values:
    rows = runs[runs["strategy"] == "baseline"].set_index("replication")
    found: Values = rows.loc[list(worlds), measure].to_numpy(dtype=np.float64)
    return found


def samples_of(plan: Plan, values: pd.DataFrame) -> Values:
    """Each player's part of what all avoid, shape (pairs of orders, worlds, players).

    values: as from ``coalition_values``. Over the players it adds up to the value of all, in
    each world, to rounding.
    """
    if plan.orders is None:
        return shapley_values(values[list(plan.coalitions)].to_numpy())[np.newaxis]
    columns = {coalition: values[coalition].to_numpy() for coalition in plan.coalitions}
    return contributions(columns, plan.orders)


def _share_rows(
    plan: Plan, values: pd.DataFrame, base: Values, key: Mapping[str, str]
) -> list[dict[str, Any]]:
    """A row for each player and for all."""
    samples = samples_of(plan, values)
    total = values[plan.game.everybody].to_numpy()
    rows = []
    for place, player in enumerate(plan.game.players):
        own = samples[:, :, place]
        rows.append({**key, "player": player, **_amounts(own, base), **_shares(own, total)})
        if plan.orders is None:
            rest = plan.game.everybody & ~(1 << place)
            ends = {"alone": values[1 << place], "last": total - values[rest]}
            rows[-1] |= {
                name: share_of(found.to_numpy()[np.newaxis], base).value
                for name, found in ends.items()
            }
    whole = total[np.newaxis]
    rows.append({**key, "player": ALL, **_amounts(whole, base), **_shares(whole, total)})
    return rows


def _amounts(samples: Values, base: Values) -> dict[str, float]:
    """Mean in the measure's unit, and as a share of the baseline's mean."""
    own, relative = mean_of(samples), share_of(samples, base)
    return {
        **_named("", own), "error_worlds": own.error_worlds, "error_orders": own.error_orders,
        **_named("relative_", relative), "relative_error_worlds": relative.error_worlds,
        "relative_error_orders": relative.error_orders, "replications": len(base),
    }  # fmt: skip


def _shares(samples: Values, total: Values) -> dict[str, float]:
    """Share of what all avoid."""
    return _named("share_", share_of(samples, total))


def _named(prefix: str, found: Estimate) -> dict[str, float]:
    return {f"{prefix}{name}": getattr(found, name) for name in ("value", "low", "high")}


def _pair_rows(
    game: Game, values: pd.DataFrame, base: Values, key: Mapping[str, str]
) -> list[dict[str, Any]]:
    """A row for each pair of players."""
    found = interactions(values[list(range(game.everybody + 1))].to_numpy())
    return [
        {**key, "first": game.players[a], "second": game.players[b],
         **_amounts(found[:, place][np.newaxis], base)}
        for place, (a, b) in enumerate(pairs_of(len(game.players)))
    ]  # fmt: skip


def _coalition_rows(
    game: Game, values: pd.DataFrame, base: Values, key: Mapping[str, str]
) -> list[dict[str, Any]]:
    """A row for each coalition that was played."""
    return [
        {**key, "arm": game.arm(int(name)), **_amounts(values[name].to_numpy()[np.newaxis], base)}
        for name in values.columns
    ]
