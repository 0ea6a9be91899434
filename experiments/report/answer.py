"""The answer of a study in a few sentences: the loss rate, at equal volume, the money."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from experiments.arms import (
    BASELINE,
    all_together,
    arm_title,
    can_be_chosen,
    leaders,
    rivals,
    the_strategies,
)
from experiments.comparison import differs
from experiments.report.grid import change

if TYPE_CHECKING:
    from experiments.report.findings import Findings
    from experiments.study import Study

WORLDS = {"luck": "with the assumptions as declared", "assumptions": "with the assumptions drawn"}

Rows = pd.DataFrame
"""Rows of a comparison by interval."""


def answer(found: Findings) -> list[str]:
    """What the study found: the arm that lowers the loss most, all together, and the money."""
    study, comparison = found.study, found.comparison
    losses = comparison[comparison["measure"] == "loss_rate"]
    if losses.empty:
        return ["The study holds the baseline alone, so there is nothing to compare."]
    declared = losses.loc[losses["interval"] == "luck", "relative_change"]
    if declared.empty:
        return ["No world with the assumptions as declared has run in any pair to be compared."]
    if declared.isna().all():
        return ["Nothing was lost with the assumptions as declared, so nothing can be compared."]
    if study.replications < 2:
        return ["One world tells a change from luck in nothing; run more replications."]
    best = _best(study, losses)
    whole = all_together(study.scenario)
    second = whole if whole in set(losses["strategy"]) and whole != best else None
    return [
        _lowest(study, losses, best),
        *_lower_rivals(study, losses, best),
        *([] if second is None else [_changes(study, losses, second)]),
        _at_equal_volume(study, second or best),
        *_paid(study, found.money),
    ]


def _lowest(study: Study, losses: pd.DataFrame, arm: str) -> str:
    """The first sentence: the best of the strategies, or of the single arms where there is none."""
    told, title = _told(_of(losses, arm)), arm_title(study.scenario, arm)
    arms = study.strategies[1:]
    of = "strategies" if arm in the_strategies(study.scenario) else "single alternatives"
    among = "" if len(leaders(study.scenario, arms)) < 2 else f"Of the {of} "
    luck = losses[(losses["strategy"] == arm) & (losses["interval"] == "luck")]
    if luck["relative_change"].iloc[0] >= 0.0:
        if not among:
            return f"{title} does not lower the loss rate of new lending: {told}."
        return f"{among}none lowers the loss rate of new lending; {title} comes nearest: {told}."
    if not luck["relative_high"].iloc[0] < 0.0:
        return (
            f"{among}{title} has the lowest loss rate of new lending, but luck alone could have "
            f"made the change: {told}."
        )
    most, near = (" most", _not_told_from(study, arm)) if among else ("", "")
    return f"{among}{title} lowers the loss rate of new lending{most}: {told}{near}."


def _lower_rivals(study: Study, losses: pd.DataFrame, arm: str) -> list[str]:
    """Rivals with a lower loss rate, as declared, than the best of the strategies."""
    luck = losses[losses["interval"] == "luck"].set_index("strategy")["relative_change"]
    lower = luck[rivals(study.scenario, luck.index)].sort_values()
    lower = lower[lower < luck[arm]]
    if lower.empty:
        return []
    told = "; ".join(
        f"{arm_title(study.scenario, name)}: {_told(_of(losses, name))}" for name in lower.index
    )
    near = [name for name in lower.index if not differs(study.runs, name, arm)]
    unsure = f" (not told from it: {_titles(study, near)})" if near else ""
    return [f"Lower still among their rivals{unsure}: {told}."]


def _not_told_from(study: Study, arm: str) -> str:
    """Other single arms whose loss rate is not told from the lowest one's, as declared."""
    others = leaders(study.scenario, study.strategies[1:])
    near = [name for name in others if name != arm and not differs(study.runs, name, arm)]
    return f"; in these worlds it is not told from {_titles(study, near)}" if near else ""


def _titles(study: Study, arms: list[str]) -> str:
    return ", ".join(arm_title(study.scenario, name) for name in arms)


def _changes(study: Study, losses: pd.DataFrame, arm: str) -> str:
    """What all together change."""
    return f"{arm_title(study.scenario, arm)}: {_told(_of(losses, arm))}."


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


def _at_equal_volume(study: Study, arm: str) -> str:
    """An arm against a cut-off that lends as much."""
    name = arm_title(study.scenario, arm)
    equal = study.at_equal()
    found = equal[
        (equal["measure"] == "loss_rate") & (equal["reference"] == "equal_volume")
        & equal["relative_change"].notna()
    ] if len(equal) else equal  # fmt: skip
    own = _of(found, arm) if len(found) else found
    if own.empty:
        return f"{name}: no reference of equal volume was run."
    return f"{name} against a baseline whose cut-off is moved until it lends as much: {_told(own)}."


def _paid(study: Study, money: pd.DataFrame) -> list[str]:
    """Whose net present value lies above 0 by its whole interval, and whose below, in both kinds
    of worlds.
    """
    rows = money[money["reference"] == BASELINE]
    rows = rows[[can_be_chosen(study.scenario, arm) for arm in rows["strategy"]]]
    if rows.empty:
        return ["No arm is one that a bank can choose, so no money is told."]
    return [_gains(study, rows[rows["interval"] == interval], interval)
            for interval in WORLDS if interval in set(rows["interval"])]  # fmt: skip


def _gains(study: Study, rows: pd.DataFrame, interval: str) -> str:
    """The sentence for one kind of worlds."""
    above = rows[rows["npv_low"] > 0.0].sort_values("npv", ascending=False)
    below = rows[rows["npv_high"] < 0.0].sort_values("npv")
    across = len(rows) - len(above) - len(below)
    return (
        f"{WORLDS[interval].capitalize()} the 95 % interval of the net present value for the bank "
        f"lies above 0 for {_amounts(study, above)}, below 0 for {_amounts(study, below)}, and "
        f"across it for {across} of {len(rows)} alternatives."
    )


def _amounts(study: Study, rows: pd.DataFrame) -> str:
    """Arms with their net present values; a rival is called one."""
    told = []
    for row in rows.to_dict("records"):
        ends = change((row["npv"], row["npv_low"], row["npv_high"]), scale=1e-6)
        one = study.scenario.catalogue.get(row["strategy"])
        kind = ", a rival" if one is not None and one.kind == "rival" else ""
        told.append(f"{arm_title(study.scenario, row['strategy'])} ({ends} m CNY{kind})")
    return ", ".join(told) or "none"
