"""How much of the variance is luck.

Every replication has the same luck at all points, so points and replications are crossed, with
one answer in each cell: a two-way analysis of variance with random effects,

    answer = mean + assumptions(point) + luck(replication) + interplay(point, replication).

One-way analysis would take the luck that all points share for spread within a point and
subtract it from the spread between points, where it never was. Source: Searle, Casella and
McCulloch (1992), Variance Components, section 4.3 (docs/model-basis.md, "Sensitivity").
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from experiments.sensitivity.factors import Array


class Luck(NamedTuple):
    """Shares of the variance of one run's answer; they add up to 1. NaN with one replication.

    assumptions: of the factors. shared: of luck that moves all points alike (it drops out of
    the indices). interplay: of luck that acts otherwise at other points. left: share of the
    variance of the points' means, which the indices explain, that is interplay.
    """

    assumptions: float
    shared: float
    interplay: float
    left: float
    points: int
    replications: int

    @property
    def luck(self) -> float:
        """Share that is luck, of both kinds."""
        return self.shared + self.interplay


def luck_of(answers: Array) -> Luck:
    """Components of variance by the method of moments, none below 0.

    answers: shape (points, replications), no value missing.
    """
    points, replications = answers.shape
    none = float("nan")
    if replications < 2 or points < 2:
        return Luck(none, none, none, none, points, replications)
    mean = answers.mean()
    of_points, of_luck = answers.mean(axis=1), answers.mean(axis=0)
    rest = answers - of_points[:, None] - of_luck[None, :] + mean
    within = float((rest**2).sum() / ((points - 1) * (replications - 1)))
    means = float(of_points.var(ddof=1))
    between = max(0.0, means - within / replications)
    shared = max(0.0, float(of_luck.var(ddof=1)) - within / points)
    total = between + shared + within
    if not total:
        return Luck(none, none, none, none, points, replications)
    left = min(1.0, within / replications / means) if means else 1.0
    return Luck(between / total, shared / total, within / total, left, points, replications)


def luck_alone(answers: Array) -> Array | None:
    """Answers that hold nothing but luck, as much of it as the points' means hold.

    Half the difference of the mean over every other replication and the mean over the rest: the
    factors' effect is in both and drops out, what luck adds to them does not. None with one
    replication. answers: shape (points, replications).
    """
    replications = answers.shape[1]
    if replications < 2:
        return None
    first, second = answers[:, ::2], answers[:, 1::2]
    # Scaled to the variance 1/R of a mean, where the halves of an odd number differ in size.
    scale = np.sqrt((1.0 / replications) / (1.0 / first.shape[1] + 1.0 / second.shape[1]))
    return np.asarray(scale * (first.mean(axis=1) - second.mean(axis=1)))


def words(luck: Luck) -> str:
    """The shares in a sentence or two."""
    if np.isnan(luck.assumptions):
        return (
            "One replication a point: how much of the variance is luck cannot be told; ask for "
            "at least 2."
        )
    text = (
        f"Of the variance of one run {100 * luck.assumptions:.0f} % is the assumptions', "
        f"{100 * luck.shared:.0f} % luck that all points share and {100 * luck.interplay:.0f} % "
        f"luck that acts otherwise at other points. The indices explain the means of "
        f"{luck.replications} replications; {100 * luck.left:.0f} % of their variance is still "
        "luck."
    )
    if luck.left > 0.5:
        text += (
            " That is more than half: before more points take more replications, more firms or "
            "more months."
        )
    if luck.replications < 5:
        text += (
            f" With {luck.replications} replications the shared part is rough; the others come "
            "from all points."
        )
    return text


MOST_LEFT = 0.8
"""Share of luck in the points' means above which nothing is told net of it."""


def net_of_luck(indices: pd.DataFrame, of_luck: pd.DataFrame, left: float) -> pd.DataFrame:
    """Rows ``S1 net`` and ``ST net``: Sobol's indices of the expected answer.

    of_luck: indices of answers that hold nothing but luck (luck_alone). left: variance of these
    over that of the points' means. What luck adds to a factor's partial variance, points that
    share their luck included, is taken off: (index - left x index of luck) / (1 - left). No rows
    where more than MOST_LEFT is luck.
    """
    wanted = indices[indices["index"].isin(["S1", "ST"])]
    if left > MOST_LEFT or wanted.empty or of_luck.empty:
        return indices.iloc[:0]
    both = wanted.merge(of_luck, on=["factor", "index"], suffixes=("", "_luck"))
    value = (both["value"] - left * both["value_luck"]) / (1.0 - left)
    widths = (both["high"] - both["value"], left * (both["high_luck"] - both["value_luck"]))
    half = np.hypot(*widths) / (1.0 - left)
    return pd.DataFrame({
        "factor": both["factor"], "index": both["index"] + " net", "value": value,
        "low": value - half, "high": value + half,
    })  # fmt: skip
