"""The answer of a study in three sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from experiments.arms import BASELINE, all_together, arm_title, can_be_chosen, leaders
from experiments.report.grid import change

if TYPE_CHECKING:
    from experiments.report.findings import Findings
    from experiments.study import Study

WORLDS = {"luck": "with the assumptions as declared", "assumptions": "with the assumptions drawn"}

Rows = pd.DataFrame
"""Rows of a comparison by interval."""


def answer(found: Findings) -> list[str]:
    """What the study found: the strategy that lowers the loss most, all together, and the money."""
    study, comparison = found.study, found.comparison
    losses = comparison[comparison["measure"] == "loss_rate"]
    if losses.empty:
        return ["The study holds the baseline alone, so there is nothing to compare."]
    if losses["relative_change"].isna().all():
        return ["Nothing was lost in these worlds, so there is nothing to compare."]
    if study.replications < 2:
        return ["One world tells a change from luck in nothing; run more replications."]
    best = _best(study, losses)
    whole = all_together(study.scenario)
    second = whole if whole in set(losses["strategy"]) and whole != best else best
    return [
        _lowest(study, losses, best),
        _at_equal_volume(study, losses, second),
        _paid(study, found.money),
    ]


def _lowest(study: Study, losses: pd.DataFrame, arm: str) -> str:
    """The first sentence."""
    told, title = _told(_of(losses, arm)), arm_title(study.scenario, arm)
    luck = losses[(losses["strategy"] == arm) & (losses["interval"] == "luck")]
    if luck["relative_change"].iloc[0] >= 0.0:
        return f"None lowers the loss rate of new lending; {title} comes nearest: {told}."
    if not luck["relative_high"].iloc[0] < 0.0:
        return (
            f"{title} has the lowest loss rate of new lending, but luck alone could have made "
            f"the change: {told}."
        )
    return f"{title} lowers the loss rate of new lending most: {told}."


def _best(study: Study, losses: pd.DataFrame) -> str:
    """The single strategy that lowers the loss rate most, as declared; else the single arm."""
    luck = losses[losses["interval"] == "luck"].set_index("strategy")["relative_change"]
    return str(luck.loc[leaders(study.scenario, luck.index)].idxmin())


def _of(rows: pd.DataFrame, arm: str) -> Rows:
    return rows[rows["strategy"] == arm].set_index("interval")


def _told(rows: Rows) -> str:
    """A relative change by kind of worlds, and where it is not resolved."""
    told = []
    for interval in [name for name in WORLDS if name in rows.index]:
        row: Any = rows.loc[interval]
        ends = row["relative_change"], row["relative_low"], row["relative_high"]
        unclear = "" if ends[1] > 0.0 or ends[2] < 0.0 else ", which is not resolved"
        told.append(f"{change(ends)} % {WORLDS[interval]}{unclear}")
    return " and ".join(told)


def _at_equal_volume(study: Study, losses: pd.DataFrame, arm: str) -> str:
    """An arm as it is, and against a cut-off that lends as much."""
    name = arm_title(study.scenario, arm)
    equal = study.at_equal()
    found = equal[
        (equal["measure"] == "loss_rate") & (equal["reference"] == "equal_volume")
        & equal["relative_change"].notna()
    ] if len(equal) else equal  # fmt: skip
    own = _of(found, arm) if len(found) else found
    if own.empty:
        return f"{name}: {_told(_of(losses, arm))}; no reference of equal volume was run."
    return (
        f"{name}: {_told(_of(losses, arm))}; against a baseline whose cut-off is moved until it "
        f"lends as much, {_told(own)}."
    )


def _paid(study: Study, money: pd.DataFrame) -> str:
    """Whose net present value lies above 0 by its whole interval, and whose below."""
    intervals = [name for name in WORLDS if name in set(money["interval"])]
    rows = money[(money["reference"] == BASELINE) & (money["interval"] == intervals[-1])]
    rows = rows[[can_be_chosen(study.scenario, arm) for arm in rows["strategy"]]]
    if rows.empty:
        return "No arm is one that a bank can choose, so no money is told."
    gains = rows[rows["npv_low"] > 0.0].sort_values("npv", ascending=False)
    loses = int((rows["npv_high"] < 0.0).sum())
    names = [
        f"{arm_title(study.scenario, row['strategy'])} "
        f"({change((row['npv'], row['npv_low'], row['npv_high']), scale=1e-6)} m CNY)"
        for row in gains.to_dict("records")
    ]
    above = f"above 0 for {', '.join(names)}" if names else "above 0 for none"
    return (
        f"{WORLDS[intervals[-1]].capitalize()} the interval of the net present value for the bank "
        f"lies {above}, below 0 for {loses} and across it for {len(rows) - len(names) - loses} of "
        f"{len(rows)} alternatives."
    )
