"""Which arm the pictures of one arm show beside the baseline, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from experiments.arms import BASELINE, all_together, arm_title, leaders

if TYPE_CHECKING:
    from experiments.study import Study


def shown_arm(study: Study) -> str | None:
    """All strategies together; else the single arm with the lowest mean loss rate, assumptions as
    declared, which the answer names. None where the baseline is alone in these worlds.
    """
    runs = study.runs
    there = set(runs.loc[runs["assumptions"] == "fixed", "strategy"])
    others = [arm for arm in study.strategies[1:] if arm in there]
    whole = all_together(study.scenario)
    if not others or whole in others:
        return whole if others else None
    means = runs[runs["assumptions"] == "fixed"].groupby("strategy")["loss_rate"].mean()
    known = means.reindex(leaders(study.scenario, others)).dropna()
    return str(known.idxmin()) if len(known) else others[-1]


def two_arms(study: Study) -> list[str]:
    """The baseline and the arm that is shown beside it."""
    arm = shown_arm(study)
    return [BASELINE] if arm is None else [BASELINE, arm]


def of_two(table: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Rows of these two arms."""
    return table[table["strategy"].isin(two_arms(study))]


def why_shown(study: Study) -> str:
    """A sentence for the page; "" where there is nothing to choose."""
    arm = shown_arm(study)
    if arm is None or len(study.strategies) < 3:
        return ""
    title = arm_title(study.scenario, arm)
    if arm == all_together(study.scenario):
        return f"Where a picture shows one alternative beside the baseline, it is: {title}."
    return (
        f"Where a picture shows one alternative beside the baseline, it is the one with the lowest "
        f"loss rate: {title}."
    )
