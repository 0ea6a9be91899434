"""Run a game: every coalition as an arm of one study, in the same worlds, then split its value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from experiments.arms import StudyError, whole_number
from experiments.attribution.estimates import Estimate, mean_of, share_of
from experiments.attribution.games import Game
from experiments.attribution.permutations import (
    Orders,
    antithetic_orders,
    coalitions_of,
    contributions,
)
from experiments.attribution.shapley import Values, interactions, pairs_of, shapley_values
from experiments.attribution.volume import BASES, LADDER, MEASURES, coalition_values
from experiments.comparison import INTERVALS
from experiments.references import ladder, left_out
from experiments.running import Progress
from experiments.study import Study

ALL = "all"
"""The player of rows on what all avoid together."""

MOST_PAIRS = 1_000


class Plan(NamedTuple):
    """A game and the study that plays it. orders: of the players, None where all is played."""

    game: Game
    coalitions: tuple[int, ...]
    study: Study
    orders: Orders | None


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


def planned(
    game: Game, replications: int, seed: int = 7, assumptions: str = "drawn", pairs: int = 6
) -> Plan:
    """The study of a game. pairs: of orders, where not every coalition is played.

    Raises: StudyError, also where the scenario has no cut-off to move.
    """
    for reason in left_out(game.scenario, [LADDER]).values():
        raise StudyError(reason)
    orders = None
    coalitions = list(range(game.everybody + 1))
    if not game.exact:
        pairs = whole_number("permutations", pairs, 2, MOST_PAIRS)
        orders = antithetic_orders(len(game.players), pairs, whole_number("seed", seed, 0, 2**63))
        coalitions = coalitions_of(orders)
    rungs = ladder(game.scenario, [LADDER])
    scenario = replace(game.scenario, strategies={**game.scenario.strategies, **rungs})
    arms = [*(game.arm(coalition) for coalition in coalitions), *rungs]
    study = Study(
        scenario, list(dict.fromkeys(arms)), replications, seed,
        assumptions, references=False,  # type: ignore[arg-type]
    )  # fmt: skip
    return Plan(game, tuple(coalitions), study, orders)


def attributed(
    plan: Plan, jobs: int, progress: Progress | None = None, out: Path | None = None
) -> Attribution:
    """Run the study of a game and split what all players avoid.

    out: folder of the study; one that holds its runs already is gone on with.
    """
    study = plan.study.run(jobs, out, progress)
    found = split(plan, study.runs)
    failed = len(study.failures)
    told = [f"{failed} runs failed; their worlds are left out."] if failed else []
    return found._replace(gaps=[*found.gaps, *told])


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
