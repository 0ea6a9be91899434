"""At equal volume and at equal cost: each strategy against the reference that does as much.

A strategy is set beside the baseline with its cut-off moved until it lends the same amount, and
beside more officers for the same money (experiments.references). Between the rungs of a ladder
everything is linear; beyond its last rung nothing is said. Pure functions of a table of runs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise, product
from typing import NamedTuple

import numpy as np
import pandas as pd

from experiments.arms import BASELINE
from experiments.comparison import COLUMNS, INTERVALS, comparison
from experiments.references import Reference

EQUAL_COLUMNS = (*COLUMNS, "reference", "position")
"""Columns of equal.csv. ``baseline_mean`` is the reference's mean; ``position``: the multiple
of the rival that is the reference."""

_UNKNOWN = tuple(name for name in COLUMNS[2:11] if name != "strategy_mean")


class Match(NamedTuple):
    """Where on a ladder a strategy is met, in worlds of one kind.

    runs: of these worlds, the arm's and the rungs'. levels: mean of the reference's measure on
    each rung; target: the strategy's. place: lower rung and part of the way to the next; None
    beyond the ladder.
    """

    reference: Reference
    strategy: str
    runs: pd.DataFrame
    levels: tuple[float, ...]
    target: float
    place: tuple[int, float] | None


def at_equal(
    runs: pd.DataFrame, arms: Sequence[str], references: Sequence[Reference]
) -> tuple[pd.DataFrame, list[str]]:
    """Paired differences of each arm from its references, with 95 % intervals.

    runs: a table of runs with the baseline, the arms and all rungs. Returns: one row for each
    reference, strategy, measure and interval (EQUAL_COLUMNS), NaN beyond the ladder, and a
    sentence for each strategy that lies there, and for those that no world has with all rungs.
    """
    found = list(matches(runs, arms, references))
    tables = [_compared(match) for match in found]
    empty = pd.DataFrame(columns=list(EQUAL_COLUMNS))
    rows = pd.concat(tables, ignore_index=True) if tables else empty
    return rows, [
        *(beyond(match) for match in found if match.place is None),
        *_unmatched(runs, arms, references, found),
    ]


def _unmatched(
    runs: pd.DataFrame, arms: Sequence[str], references: Sequence[Reference], found: list[Match]
) -> list[str]:
    """Which arms have no world with all rungs of a reference, a sentence a kind of worlds."""
    told = []
    met = {(m.reference.name, m.runs["assumptions"].iloc[0], m.strategy) for m in found}
    for reference, mode in product(references, INTERVALS):
        there = set(runs.loc[runs["assumptions"] == mode, "strategy"])
        asked = [arm for arm in arms if arm in there and arm != reference.rival]
        without = [arm for arm in asked if (reference.name, mode, arm) not in met]
        if without:
            told.append(
                f"No comparison at {reference.words} ({INTERVALS[mode]}) for {', '.join(without)}: "
                f"no world holds the arm and all of {', '.join(reference.rungs.values())}."
            )
    return told


def matches(
    runs: pd.DataFrame, arms: Sequence[str], references: Sequence[Reference]
) -> Iterator[Match]:
    """The place of each arm on each ladder, in worlds of each kind. runs: as in ``at_equal``.

    A ladder is met on average, so its worlds are those in which the arm and all rungs are there;
    an arm without such a world has no place.
    """
    for reference, arm, mode in product(references, arms, INTERVALS):
        names = {arm, *reference.rungs.values()}
        part = runs[(runs["assumptions"] == mode) & runs["strategy"].isin(names)]
        part = part[part.groupby("replication")["strategy"].transform("size") == len(names)]
        if part.empty:
            continue
        means = part.groupby("strategy")[reference.measure].mean()
        levels = tuple(float(means[rung]) for rung in reference.rungs.values())
        target = float(means[arm])
        place = place_on(levels, tuple(reference.rungs), target)
        yield Match(reference, arm, part, levels, target, place)


def place_on(
    levels: Sequence[float], scales: Sequence[float], target: float
) -> tuple[int, float] | None:
    """Where a ladder reaches a level: lower rung and part of the way to the next, in [0, 1].

    levels: of the rungs; scales: of the rungs, rising. Where the ladder is not monotonous, the
    place nearest to the baseline (scale 0). Returns: None where the ladder does not reach it.
    """
    places = []
    for rung, (low, high) in enumerate(pairwise(levels)):
        if min(low, high) <= target <= max(low, high):
            part = (target - low) / (high - low) if high != low else 0.0
            position = scales[rung] + part * (scales[rung + 1] - scales[rung])
            places.append((abs(position), rung, part))
    return min(places)[1:] if places else None


def reference_values(match: Match) -> pd.DataFrame:
    """The reference's measures in each world (rows: replications, columns: measures).

    Each world's measures are interpolated at the place that makes the means equal, then moved
    along the ladder's mean slope to the strategy's own level in that world. The move is 0 on
    average; it carries the error of the place into the interval (delta method, as for a
    control variate). Raises: ValueError beyond the ladder.
    """
    if match.place is None:
        raise ValueError(f"{match.strategy} lies beyond the ladder")
    rung, part = match.place
    neighbours = list(match.reference.rungs.values())[rung : rung + 2]
    low, high = (_worlds(match.runs, arm) for arm in neighbours)
    between = (1.0 - part) * low + part * high
    step = (high - low).mean()  # of the worlds in which both have a value
    rise = step[match.reference.measure]
    slope = step / rise if rise else 0.0 * step
    own = _worlds(match.runs, match.strategy)[match.reference.measure]
    move = (own - between[match.reference.measure]).to_numpy()
    return between + np.outer(move, slope)


def _worlds(runs: pd.DataFrame, arm: str) -> pd.DataFrame:
    """Measures of an arm by replication."""
    rows = runs[runs["strategy"] == arm].set_index("replication").sort_index()
    return rows.drop(columns=["assumptions", "strategy"])


def _compared(match: Match) -> pd.DataFrame:
    """Rows of a strategy against its reference; without numbers beyond the ladder."""
    mode = match.runs["assumptions"].iloc[0]
    own = match.runs[match.runs["strategy"] == match.strategy]
    if match.place is None:
        base, position = match.runs[match.runs["strategy"] == BASELINE], float("nan")
    else:
        rung, part = match.place
        low, high = list(match.reference.rungs)[rung : rung + 2]
        position = low + part * (high - low)
        keys = {"assumptions": mode, "strategy": BASELINE}
        base = reference_values(match).reset_index().assign(**keys)
    rows = comparison(pd.concat([base, own], ignore_index=True))
    if match.place is None:
        rows[list(_UNKNOWN)] = float("nan")
    return rows.assign(reference=match.reference.name, position=position)


def beyond(match: Match) -> str:
    """Why a strategy has no reference, in words."""
    interval = INTERVALS[match.runs["assumptions"].iloc[0]]
    base = match.levels[list(match.reference.rungs.values()).index(BASELINE)]
    low, high = min(match.levels), max(match.levels)
    if match.reference.measure == "disbursed" and base:
        said = [f"{100.0 * (x / base - 1.0):+.0f} %" for x in (match.target, low, high)]
        what = f"changes volume by {said[0]}"
    else:
        said = [f"{1e-6 * x:.1f}" for x in (match.target, low, high)]
        what = f"costs {said[0]} m CNY"
    return (
        f"{match.strategy} ({interval}) has no comparison at {match.reference.words}: it {what}, "
        f"{match.reference.rival} was run from {said[1]} to {said[2]}."
    )
