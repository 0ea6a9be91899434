"""What a coalition is worth: the loss it avoids, at equal volume and as it comes.

Whoever lends less loses less. At equal volume a coalition is set beside the baseline with its
cut-off moved until it lends as much (experiments.equal), on a ladder with more and wider rungs
than a study's, because all stages together lend a third less. Pure functions of a table of runs.
"""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from experiments.arms import BASELINE, StudyError
from experiments.attribution.games import Game
from experiments.equal import Match, beyond, matches, reference_values
from experiments.references import Reference

LADDER = Reference(
    "equal_volume", "equal volume", "tighter_cutoff", "disbursed", (-1.0, 1.0, 2.0, 4.0, 6.0)
)

EQUAL_VOLUME, AS_IT_COMES = "equal_volume", "as_it_comes"
BASES = (EQUAL_VOLUME, AS_IT_COMES)
"""What a coalition is held against: the cut-off that lends as much, or the baseline."""

MEASURES = ("loss_rate", "net_credit_loss")
"""What is split; lower is better."""


def coalition_values(
    runs: pd.DataFrame, game: Game, coalitions: Iterable[int], basis: str, measure: str
) -> tuple[pd.DataFrame, list[str]]:
    """Loss avoided by each coalition in each world: above 0 is better. Nobody avoids 0.

    runs: of worlds of one kind, with all rungs. Returns: rows replications, columns
    coalitions, in the measure's unit; only worlds in which all have a value. And a sentence for
    each coalition beyond the ladder, whose column is NaN.
    """
    levels = runs.pivot(index="replication", columns="strategy", values=measure)
    columns, gaps = {}, []
    for coalition in coalitions:
        arm = game.arm(coalition)
        if basis == AS_IT_COMES or arm == BASELINE:
            columns[coalition] = levels[BASELINE] - levels[arm]
            continue
        match = next(iter(matches(runs, [arm], [LADDER])), None)
        if match is None:
            raise StudyError(f"{arm}: no world has run in it and in all rungs of its reference")
        if match.place is None:
            gaps.append(beyond(match))
        columns[coalition] = _reference(match, measure) - levels[arm]
    values = pd.DataFrame(columns)
    known = values.columns[values.notna().any()]
    return values.dropna(subset=list(known)), gaps


def _reference(match: Match, measure: str) -> pd.Series[float]:
    """The reference's measure by replication; NaN beyond the ladder."""
    if match.place is None:
        return pd.Series(float("nan"), index=pd.Index(match.runs["replication"].unique()))
    return reference_values(match)[measure]
