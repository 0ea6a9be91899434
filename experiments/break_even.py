"""How much may go wrong before a strategy no longer pays.

Each strategy is run again in the same worlds with a part of its assumed effect at the full cost,
with a later start, and at no cost (experiments.variants). Between rungs the net present value
(experiments.money) is taken as linear. It is linear in the cost as far as cost does not act back
through the bank's capital, which the arm at no cost tells. Source: docs/model-basis.md, section
"Comparison and money".
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from experiments.arms import BASELINE
from experiments.comparison import INTERVALS, Values, mean_of
from experiments.money import PARTS, mean_interval, ratio_of_means
from experiments.pay_back import first_of
from experiments.variants import Ladder

COLUMNS = (
    "interval", "strategy",
    *(f"{name}{end}" for name in ("npv", "effect_share", "delay_months", "cost_limit",
                                  "cost_ratio", "feedback") for end in ("", "_low", "_high")),
    "planned_cost", "longest_delay", "replications",
)  # fmt: skip

RUNGS = ("interval", "strategy", "variant", "value", "npv", "npv_low", "npv_high", "replications")

_STEPS = 101
"""Places between no effect and the whole: per cents."""


def break_even(runs: pd.DataFrame, ladders: Iterable[Ladder]) -> pd.DataFrame:
    """What each arm can bear, one row for each kind of worlds (columns COLUMNS).

    runs: a table of runs with the baseline and all variants. npv: as planned, CNY. effect_share:
    smallest part of the effect from which on the net present value is above 0 up to the whole;
    NaN if it is not above 0 as planned. delay_months: longest delay up to which it is;
    ``longest_delay`` was run. cost_limit: highest present cost in CNY, cost_ratio: the same over
    ``planned_cost``; NaN without a cost. feedback: net present value at no cost less that of the
    closed form. _low, _high: 95 %; for share and delay the places where the interval of the mean
    leaves 0 (NaN where it does not as planned), so the set is Fieller's.
    """
    kinds = _kinds(runs)
    return pd.DataFrame(
        [
            {"interval": interval, "strategy": ladder.arm, **_row(worlds, ladder)}
            for ladder in ladders
            for interval, worlds in kinds
        ],
        columns=list(COLUMNS),
    )


def rungs(runs: pd.DataFrame, ladders: Iterable[Ladder]) -> pd.DataFrame:
    """Net present value of every variant in CNY with its 95 % interval (columns RUNGS)."""
    kinds = _kinds(runs)
    rows = [
        (interval, ladder.arm, kind, value, *mean_interval(npv), len(npv))
        for ladder in ladders
        for interval, worlds in kinds
        for kind, arms in _variants(ladder).items()
        for value, npv in _present_values(worlds, arms, "npv").items()
    ]
    return pd.DataFrame(rows, columns=list(RUNGS))


def _variants(ladder: Ladder) -> dict[str, Mapping[Any, str]]:
    """Arms by what is varied and by its value."""
    return {
        "effect_share": ladder.effects, "delay_months": ladder.delays,
        "cost_ratio": {0.0: ladder.free, 1.0: ladder.arm},
    }  # fmt: skip


def _kinds(runs: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    """Worlds of each kind: measures by (strategy, replication)."""
    kinds = []
    for mode, interval in INTERVALS.items():
        part = runs[runs["assumptions"] == mode]
        if len(part):
            kinds.append((interval, part.set_index(["strategy", "replication"]).sort_index()))
    return kinds


def _present_values(
    worlds: pd.DataFrame, arms: Mapping[Any, str], amount: str
) -> dict[Any, Values]:
    """An amount of experiments.money of each arm in the worlds in which all have one."""
    measures = list(PARTS[amount])
    base = _measures(worlds, BASELINE, measures)
    table = pd.DataFrame(
        {key: (_measures(worlds, arm, measures) - base).sum(axis=1, skipna=False)
         for key, arm in arms.items()}
    ).dropna()  # fmt: skip
    return {key: table[key].to_numpy(dtype=np.float64) for key in arms}


def _measures(worlds: pd.DataFrame, arm: str, measures: list[str]) -> pd.DataFrame:
    """Measures of an arm by replication; none where it failed everywhere."""
    own = worlds[worlds.index.get_level_values("strategy") == arm]
    return own.droplevel("strategy")[measures]


def _row(worlds: pd.DataFrame, ladder: Ladder) -> dict[str, Any]:
    """What an arm can bear in worlds of one kind."""
    own = {1.0: ladder.arm}
    npv = _present_values(worlds, own, "npv")[1.0]
    cost = _present_values(worlds, own, "cost")[1.0]
    free = _present_values(worlds, {0: ladder.free, **own}, "npv")
    gross = npv + cost
    effect = _least(_present_values(worlds, ladder.effects, "npv"), np.linspace(0.0, 1.0, _STEPS))
    most = max(ladder.delays)
    delay = _least(_present_values(worlds, ladder.delays, "npv"), np.arange(most, -1.0, -1.0))
    row: dict[str, Any] = {
        "planned_cost": mean_of(cost), "longest_delay": most, "replications": len(npv),
    }  # fmt: skip
    ends = {
        "npv": mean_interval(npv), "effect_share": effect,
        "delay_months": (delay[0], delay[2], delay[1]), "cost_limit": mean_interval(gross),
        "cost_ratio": ratio_of_means(gross, cost) if cost.any() else (math.nan,) * 3,
        "feedback": mean_interval(free[0] - gross),
    }  # fmt: skip
    for name, values in ends.items():
        row |= dict(zip((name, f"{name}_low", f"{name}_high"), values, strict=True))
    return row


def _least(ladder: Mapping[Any, Values], places: Values) -> tuple[float, float, float]:
    """Place from which on the mean is above 0 up to the last place, and the same of the upper and
    of the lower end of its interval; NaN where the last place is not.
    """
    bounds = np.array([mean_interval(_between(ladder, place)) for place in places.tolist()])
    mean, low, high = bounds.T
    return first_of(places, mean), first_of(places, high), first_of(places, low)


def _between(ladder: Mapping[Any, Values], place: float) -> Values:
    """Each world's value between the two nearest rungs, linear."""
    rungs_run = sorted(ladder)
    above = min(int(np.searchsorted(rungs_run, place)), len(rungs_run) - 1)
    low, high = rungs_run[max(above - 1, 0)], rungs_run[above]
    part = (place - low) / (high - low) if high > low else 0.0
    return np.asarray((1.0 - part) * ladder[low] + part * ladder[high])
