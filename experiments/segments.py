"""Who gets less credit: what a strategy changes for groups of applicants.

Source: docs/model-basis.md, section "Segments and register".
"""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from experiments.comparison import comparison
from experiments.replication import KEYS


class Measure(NamedTuple):
    """A measure of a group. title: for people. above, below: columns of the table ``segments``
    whose sums are divided by each other. unit: of the measure in per cent.
    """

    title: str
    above: str
    below: tuple[str, ...]
    unit: str


DECIDED = ("granted", "refused")

MEASURES: dict[str, Measure] = {
    "approved": Measure("Approved", "granted", DECIDED, "% of applications decided"),
    "good_refused": Measure(
        "Refused, but would have repaid", "good_refused", DECIDED, "% of applications decided"
    ),
    "price": Measure("Price", "rate_cny", ("lent_cny",), "% a year on new money"),
}
"""Every measure by name."""

COLUMNS = (
    "strategy", "interval", "dimension", "group", "measure", "baseline_mean", "strategy_mean",
    "difference", "ci_low", "ci_high", "replications",
)  # fmt: skip

_RELATIONS = {"first loan here": "First loan at the bank", "client before": "Client before"}


def compared(segments: pd.DataFrame) -> pd.DataFrame:
    """Paired differences of every group from the baseline with 95 % intervals (COLUMNS).

    segments: as from Study.table("segments"). Values are shares and rates a year, means over the
    worlds in which both arms have somebody in the group to judge.
    """
    values = segments[[*KEYS, "dimension", "group"]].assign(**{
        name: segments[m.above] / segments[list(m.below)].sum(axis=1).where(lambda n: n > 0)
        for name, m in MEASURES.items()
    })  # fmt: skip
    # Each measure of each group is a measure of the run.
    long = values.melt([*KEYS, "dimension", "group"], var_name="of")
    long["measure"] = long["dimension"] + "/" + long["group"] + "/" + long["of"]
    runs = long.pivot(index=list(KEYS), columns="measure", values="value").reset_index()
    arms = list(dict.fromkeys(segments["strategy"]))  # a pivot sorts them
    runs = runs.sort_values("strategy", key=lambda names: names.map(arms.index), kind="stable")
    found = comparison(runs[[*KEYS, *dict.fromkeys(long["measure"])]])
    if found.empty:
        return pd.DataFrame(columns=list(COLUMNS))
    split = found["measure"].str.split("/", expand=True)
    return found.assign(dimension=split[0], group=split[1], measure=split[2])[list(COLUMNS)]


def group_title(dimension: str, group: str) -> str:
    """A group's name for people."""
    if dimension == "relation":
        return _RELATIONS[group]
    if group == "other":
        return "Other sectors"
    return group if dimension == "size" else group.capitalize()
