"""Published experiments: does the model answer as the literature says real banks did?

Each experiment compares two arms, or two scenarios under the same seeds, on the measures for
which a size or a sign is published. The verdict is computed from the numbers: right sign with an
interval that excludes 0, and all of it within half to twice the published size.
Source: docs/model-basis.md, section "What the literature finds".
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from experiments.arms import BASELINE, StudyError
from experiments.comparison import CONFIDENCE, comparison
from experiments.targets import half_to_twice, place

HIGHER, LOWER = (0.0, math.inf), (-math.inf, 0.0)
"""Published is a sign alone."""

RESAMPLES = 5_000


class Claim(NamedTuple):
    """What is published on a measure.

    measure: name in simulation.measures. published: least and most relative change (shares);
    HIGHER or LOWER where only the sign is known. statistic: of the measure over worlds: its
    ``mean``, its standard deviation ``sd``, that over its mean ``cv``, or its 95th percentile
    ``q95``. stands_for: what was measured, where it is not quite this measure.
    """

    measure: str
    published: tuple[float, float]
    statistic: str = "mean"
    stands_for: str = ""


class Experiment(NamedTuple):
    """One experiment: ``arm`` against ``against``, and what is published about it.

    arm, against: settings, see experiments.published_runs. mark: V the source was read,
    R recalled, A assumed. note: what a reader must know.
    """

    title: str
    arm: str
    against: str
    claims: tuple[Claim, ...]
    source: str
    mark: str
    note: str = ""


NAIVE = "naive_hours"
"""Setting: the bank in which files first get the share of hours that volume has in pay."""

VOLUME_PAY = (Claim("new_loans", (0.31, 0.31)),
              Claim("default_rate", (0.24, 0.24)))  # fmt: skip

EXPERIMENTS: tuple[Experiment, ...] = (
    Experiment(
        "Volume pay", "volume_pay", BASELINE, VOLUME_PAY, "Agarwal and Ben-David 2018", "V"),
    Experiment(
        "Volume pay with the naive hours rule", f"{NAIVE}+volume_pay", NAIVE, VOLUME_PAY[1:],
        "Agarwal and Ben-David 2018", "V",
        "Another rule for hours: files first get the share that volume has in pay."),
    Experiment(
        "All officers leave", "officers_leave", BASELINE,
        (Claim("legacy_default_rate", (0.18, 0.18), stands_for="default of the officer's clients"),
         Claim("delinquency_12m", (0.22, 0.22))),
        "Drexler and Schoar 2014", "V"),
    Experiment(
        "Independent review", "independent_review", BASELINE,
        (Claim("default_rate", (-0.50, -0.50)),), "Berg 2015", "R",
        "Default more than halved, by a second line that can veto: an upper bound."),
    Experiment(
        "Caseload doubled", "caseload_doubled", BASELINE,
        (Claim("default_rate", (0.15, 0.40)),), "sign: Campbell and others 2019", "A"),
    Experiment(
        "Guarantee circles, against no joint liability", BASELINE, "no_joint_liability",
        (Claim("lgd", LOWER), Claim("default_rate", HIGHER, "cv"),
         Claim("default_rate", HIGHER, "sd"), Claim("loss_rate", HIGHER, "cv"),
         Claim("loss_rate", HIGHER, "sd"), Claim("loss_rate", HIGHER, "q95")),
        "Li and others 2019", "V"),
    Experiment(
        "Hubs of the guarantee network hit, against as many firms at random", "hub_shock",
        "random_shock", (Claim("default_rate", HIGHER), Claim("loss_rate", HIGHER)),
        "Li and others 2019", "V"),
)  # fmt: skip

STATISTICS: dict[str, Callable[..., Any]] = {
    "sd": lambda x, axis: np.std(x, ddof=1, axis=axis),
    "cv": lambda x, axis: np.std(x, ddof=1, axis=axis) / np.mean(x, axis=axis),
    "q95": lambda x, axis: np.quantile(x, 0.95, axis=axis),
}
"""Statistics over worlds beside the mean."""

COLUMNS = (
    "experiment", "arm", "against", "measure", "statistic", "relative_change", "relative_low",
    "relative_high", "replications", "published_least", "published_most", "source", "mark",
    "verdict",
)  # fmt: skip


def results(runs: pd.DataFrame, experiments: Sequence[Experiment], seed: int = 7) -> pd.DataFrame:
    """What the runs say on each claim (columns: COLUMNS).

    runs: a table of runs in which ``strategy`` is the setting. seed: of the bootstrap. An
    experiment of which a setting was not run is left out.
    """
    rows = [
        _row(experiment, claim, runs, seed)
        for experiment in experiments
        if {experiment.arm, experiment.against} <= set(runs["strategy"])
        for claim in experiment.claims
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _row(experiment: Experiment, claim: Claim, runs: pd.DataFrame, seed: int) -> dict[str, Any]:
    """One line of the results."""
    base, arm = (
        runs[runs["strategy"] == setting].assign(strategy=name)
        for setting, name in ((experiment.against, BASELINE), (experiment.arm, "arm"))
    )
    keys = ["assumptions", "replication", "strategy"]
    both = pd.concat([base, arm], ignore_index=True)[[*keys, claim.measure]]
    if claim.statistic == "mean":
        found = comparison(both)
        if found.empty:
            raise StudyError(f"{experiment.title}: no world has run in both of its settings")
        change = [found[f"relative_{end}"].iloc[0] for end in ("change", "low", "high")]
    else:
        change = list(_bootstrapped(both, claim, seed))
    return dict(zip(COLUMNS, (
        experiment.title, experiment.arm, experiment.against, claim.measure, claim.statistic,
        *change, both["replication"].nunique(), *claim.published, experiment.source,
        experiment.mark, verdict(claim.published, *change),
    ), strict=True))  # fmt: skip


def _bootstrapped(runs: pd.DataFrame, claim: Claim, seed: int) -> tuple[float, float, float]:
    """Relative change of a statistic over worlds, with a paired percentile bootstrap interval."""
    worlds = runs.pivot(index="replication", columns="strategy", values=claim.measure).dropna()
    arm, base = worlds["arm"].to_numpy(), worlds[BASELINE].to_numpy()
    statistic = STATISTICS[claim.statistic]

    def change(a: NDArray[np.float64], b: NDArray[np.float64], axis: int = -1) -> Any:
        return statistic(a, axis=axis) / statistic(b, axis=axis) - 1.0

    if len(worlds) < 2 or not statistic(base, axis=-1):
        return float("nan"), float("nan"), float("nan")
    with np.errstate(divide="ignore", invalid="ignore"), warnings.catch_warnings():
        # A resample may have no spread; then there is no interval, and the verdict says so.
        warnings.simplefilter("ignore", stats.DegenerateDataWarning)
        found = stats.bootstrap(
            (arm, base), change, paired=True, vectorized=True, method="percentile",
            n_resamples=RESAMPLES, confidence_level=CONFIDENCE,
            random_state=np.random.default_rng(seed),
        ).confidence_interval  # fmt: skip
    return float(change(arm, base)), float(found.low), float(found.high)


def verdict(published: tuple[float, float], change: float, low: float, high: float) -> str:
    """What the model's change says of the published one, in words.

    published: least and most change; change, low, high: the model's with its interval. The whole
    interval is judged, as in experiments.validation.
    """
    if not low <= high:
        return "no interval"
    if low <= 0.0 <= high:
        return "not resolved: the interval covers 0"
    if change * sum(published) < 0.0:
        return "wrong sign"
    return "right sign" + ("" if math.isinf(sum(published)) else _size(published, low, high))


def _size(published: tuple[float, float], low: float, high: float) -> str:
    """What an interval of the right sign says of the published size."""
    target = half_to_twice(*published)
    found = place(low, high, target)
    if found == "inside":
        return ", within half to twice the published size"
    if found == "astride":
        return ", size open: the interval covers half or twice the published size"
    less = max(abs(low), abs(high)) <= min(abs(end) for end in target)
    return f", {'less than half' if less else 'more than twice'} the published size"
