"""The tables behind the pictures of a report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from experiments.arms import BASELINE, arm_title
from experiments.figures.fans import loss_paths
from experiments.figures.rolls import roll_rates
from experiments.figures.style import band
from experiments.figures.vintages import default_curves
from experiments.report.grid import Grid, by_arm, cells, change, level
from experiments.report.shown import two_arms
from experiments.risk import risk
from experiments.segments import MEASURES, group_title
from experiments.tables import LABELS, signed

if TYPE_CHECKING:
    from experiments.study import Study

MILLION = 1e-6


def changes(study: Study, comparison: pd.DataFrame) -> Grid:
    """Loss rate and profit of every arm in both kinds of worlds."""
    measures = ("loss_rate", "risk_adjusted_profit")
    rows = []
    for (arm, interval), part in by_arm(comparison).groupby(["strategy", "interval"], sort=False):
        own: Any = part.set_index("measure")
        told = cells(own, measures)
        rows.append([arm_title(study.scenario, str(arm)), LABELS[str(interval)], *told])
    headings = ("", "Worlds", "Loss rate, % of the baseline's", "Profit, m CNY")
    return Grid("Changes from the baseline, 95 % intervals of the mean.", headings, rows, 2)


def steps(study: Study, found: pd.DataFrame) -> Grid:
    """Steps of the waterfall."""
    names = {"baseline": "Baseline", "overlap": "Overlap", "all": "All together"}
    rows = [
        [names.get(name) or arm_title(study.scenario, name), change(row, 2, 1.0)
         if name not in ("baseline", "all") else level(row[0], 2, 1.0)]
        for name, row in zip(found.index, found.to_numpy(), strict=True)
    ]  # fmt: skip
    return Grid("Loss rate and its changes, points.", ("Step", "%"), rows)


def costs(study: Study, money: pd.DataFrame) -> Grid:
    """Cost and loss avoided of every arm, against both references."""
    words = {BASELINE: "baseline", "equal_volume": "equal volume"}
    rows = [
        [arm_title(study.scenario, row["strategy"]), LABELS[row["interval"]],
         words[row["reference"]],
         *(change((row[f"{name}{end}"] for end in ("", "_low", "_high")), scale=MILLION)
           for name in ("cost", "loss_avoided", "npv"))]
        for row in by_arm(money[money["reference"].isin(list(words))]).to_dict("records")
    ]  # fmt: skip
    headings = ("", "Worlds", "Against", "Cost", "Loss avoided", "Net present value")
    return Grid("Whole book, million CNY of the declared bank, discounted.", headings, rows, 3)


def losses(study: Study) -> Grid:
    """Expected loss and what the worlds carry of the tail."""
    found = risk(study.runs, measures=("loss_rate",), levels=(0.95,))
    rows = [
        [arm_title(study.scenario, row["strategy"]), LABELS[row["interval"]],
         level(row["expected_loss"], 2), level(row["standard_deviation"], 2),
         level(row["var"], 2), level(row["expected_shortfall"], 2)]
        for row in by_arm(found).to_dict("records")
    ]  # fmt: skip
    needed = int(found["worlds_needed"].max())
    return Grid(
        f"Loss rate over worlds, %. VaR and shortfall take at least {needed} worlds.",
        ("", "Worlds", "Mean", "Standard deviation", "VaR 95 %", "Shortfall 95 %"), rows, 2,
    )  # fmt: skip


def ratios(study: Study) -> Grid:
    """Median and band of both NPL ratios, twice a year."""
    months = study.months
    fixed = months[(months["assumptions"] == "fixed") & ((months["month"] + 1) % 6 == 0)]
    names = ("npl_ratio", "npl_ratio_true")
    rows = []
    for arm in two_arms(study):
        for month, part in fixed[fixed["strategy"] == arm].groupby("month"):
            told = [_band(100.0 * part[name].to_numpy()) for name in names]
            rows.append([arm_title(study.scenario, arm), f"{int(str(month)) + 1}", *told])
    headings = ("", "Month", "Reported", "True")
    return Grid("NPL ratio, % of the book: median [band].", headings, rows)


def _band(values: Any, digits: int = 2) -> str:
    """Median and band over worlds, in the values' own unit."""
    low, high, _ = band(len(values))
    middle, lower, upper = np.quantile(values, [0.5, low, high])
    return f"{middle:.{digits}f} [{lower:.{digits}f}, {upper:.{digits}f}]"


def paths(study: Study, found: pd.DataFrame) -> Grid:
    """Loss so far of both arms, year by year."""
    fixed = found[found["assumptions"] == "fixed"]
    of = {arm: loss_paths(fixed, arm) for arm in two_arms(study)}
    months = [m for m in of[BASELINE].index if m % 12 == 0]
    rows = [[f"{month}", *(_band(path.loc[month].to_numpy()) for path in of.values())]
            for month in months]  # fmt: skip
    names = [arm_title(study.scenario, arm) for arm in of]
    return Grid("Loss so far, % of new money: median [band].", ("Month", *names), rows, 0)


def vintages(study: Study, found: pd.DataFrame) -> Grid:
    """Share of each vintage that has defaulted at one, two and three years of age."""
    fixed = found[found["assumptions"] == "fixed"]
    rows = []
    for arm in two_arms(study):
        curves = default_curves(fixed, arm, study.scenario)
        for name, curve in curves.items():
            at = [float(curve.get(age, np.nan)) for age in (12, 24, 36)]
            rows.append([arm_title(study.scenario, arm), str(name), *(level(v, 2) for v in at)])
    headings = ("", "Lent in", "12 months", "24 months", "36 months")
    return Grid("Loans that have defaulted by age, %.", headings, rows, 2)


def rolls(study: Study, found: pd.DataFrame) -> Grid:
    """The matrix of both arms."""
    fixed = found[found["assumptions"] == "fixed"]
    tables = {arm: roll_rates(fixed, arm) for arm in two_arms(study)}
    rows = [
        [arm_title(study.scenario, arm), str(stage), *(level(float(v), 2) for v in shares)]
        for arm, table in tables.items()
        for stage, shares in zip(table.index, table.to_numpy(), strict=True)
    ]
    headings = ("", "At month end", *next(iter(tables.values())).columns)
    return Grid("Where loans stand a month later, % of the row.", headings, rows, 2)


def segments(study: Study, found: pd.DataFrame, arm: str) -> Grid:
    """Each group's level in the baseline and its change under one arm."""
    own = found[(found["strategy"] == arm) & (found["interval"] == "luck")]
    rows = []
    for (dimension, group), part in own.groupby(["dimension", "group"], sort=False):
        by_measure: Any = part.set_index("measure")
        told: list[str] = []
        for name in MEASURES:
            row = by_measure.loc[name]
            ends = (row["difference"], row["ci_low"], row["ci_high"])
            digits = 2 if name == "price" else 1
            told += [level(row["baseline_mean"], digits), change(ends, digits)]
        rows.append([group_title(str(dimension), str(group)), *told])
    headings = ["Group"]
    for measure in MEASURES.values():
        headings += [f"{measure.title}, {measure.unit}", "Change, points"]
    return Grid(
        f"{arm_title(study.scenario, arm)} beside the baseline, assumptions as declared, 95 % "
        "intervals of the change.", headings, rows,
    )  # fmt: skip


def approvals(study: Study, found: pd.DataFrame) -> Grid:
    """Change of each group's approvals under every arm; in brackets what is not resolved."""
    own = found[(found["measure"] == "approved") & (found["interval"] == "luck")]
    arms = list(dict.fromkeys(own["strategy"]))
    rows = []
    for (dimension, group), part in own.groupby(["dimension", "group"], sort=False):
        by_arm: Any = part.set_index("strategy")
        rows.append([group_title(str(dimension), str(group)),
                     *(_resolved(by_arm.loc[arm]) for arm in arms)])  # fmt: skip
    headings = ("Group", *(arm_title(study.scenario, arm) for arm in arms))
    return Grid(
        "Approved applications, change in points; in brackets where the 95 % interval covers 0.",
        headings, rows,
    )  # fmt: skip


def _resolved(row: Any) -> str:
    told = signed(100.0 * row["difference"])
    return told if row["ci_low"] > 0.0 or row["ci_high"] < 0.0 else f"({told})"
