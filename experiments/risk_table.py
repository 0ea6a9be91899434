"""The tables of risk that ``loanlab compare`` prints: losses over worlds, all arms at once."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd
from rich.console import Console

from experiments.arm_table import print_arm_table
from experiments.regret import regret
from experiments.risk import refusals, risk
from experiments.simultaneous import HEADLINE, simultaneous
from experiments.tables import LABELS, signed

if TYPE_CHECKING:
    from experiments.study import Study

Cells = dict[tuple[str, str], dict[str, str]]

WORDS = (
    (
        "Losses over worlds. Unexpected loss: VaR less expected loss. Shortfall: mean loss of the "
        "worst worlds, ± its bootstrap error, which is too small where few worlds are in the tail."
    ),
    (
        "All at once: 95 % that every interval of the column holds. Regret: what choosing the arm "
        "is expected to lose against the best single arm, from knowing nothing but the means to "
        "knowing each world's luck; what is lost by not knowing the assumptions lies between."
    ),
)


def risk_of(study: Study) -> dict[str, pd.DataFrame]:
    """Tables ``risk``, ``simultaneous`` and ``regret`` of a study's runs."""
    tables = {"risk": risk, "simultaneous": simultaneous, "regret": regret}
    return {name: table(study.runs) for name, table in tables.items()}


def loss_cells(found: pd.DataFrame) -> Cells:
    """Loss rate over worlds, per cent; VaR and shortfall of the levels that the worlds carry.

    found: as from experiments.risk.risk.
    """
    cells: Cells = {}
    for row in found[found["measure"] == "loss_rate"].to_dict("records"):
        line = cells.setdefault((row["strategy"], row["interval"]), {})
        line["Expected\nloss, %"] = _range(row, "expected_loss", "expected_low", "expected_high")
        line["Standard\ndeviation"] = _per_cent(row["standard_deviation"])
        if row["replications"] >= row["worlds_needed"]:
            line |= _tail_cells(row)
    return cells


def _tail_cells(row: Any) -> dict[str, str]:
    """VaR, unexpected loss and expected shortfall of one level."""
    shortfall = _per_cent(row["expected_shortfall"])
    if not math.isnan(row["shortfall_error"]):
        shortfall += f" ± {_per_cent(row['shortfall_error'])}"
    level = f"{100.0 * row['level']:g} %"
    return {
        f"VaR\n{level}": _range(row, "var", "var_low", "var_high"),
        f"Unexpected\nloss {level}": _per_cent(row["unexpected_loss"]),
        f"Shortfall\n{level}": shortfall,
    }


def _per_cent(value: float) -> str:
    return "-" if math.isnan(value) else f"{100.0 * value:.2f}"


def _range(row: Any, *names: str) -> str:
    """A share with its interval, per cent."""
    middle, low, high = (_per_cent(row[name]) for name in names)
    return middle if low == "-" else f"{middle} [{low}, {high}]"


def choice_cells(arms: tuple[str, ...], tables: dict[str, pd.DataFrame]) -> Cells:
    """Intervals that hold for all arms at once, and what choosing each arm is expected to lose.

    tables: as from ``risk_of``.
    """
    keys = ["strategy", "interval", "measure"]
    wide, lost = (
        {tuple(row[key] for key in keys): row for row in tables[name].to_dict("records")}
        for name in ("simultaneous", "regret")
    )
    return {
        (arm, interval): {
            "Loss rate, %\nall at once": _widened(
                wide.get((arm, interval, HEADLINE[0])), "relative_change", "relative_", 100.0
            ),
            "Profit, m CNY\nall at once": _widened(
                wide.get((arm, interval, HEADLINE[1])), "difference", "", 1e-6
            ),
            "Regret\nloss rate, points": _regret(lost.get((arm, interval, HEADLINE[0])), 100.0, 2),
            "Regret\nprofit, m CNY": _regret(lost.get((arm, interval, HEADLINE[1])), 1e-6, 1),
        }
        for arm in arms
        for interval in LABELS
        if any((arm, interval, measure) in {*wide, *lost} for measure in HEADLINE)
    }


def _widened(row: Any, middle: str, prefix: str, scale: float) -> str:
    """A change with the interval that holds for all arms."""
    if row is None:
        return "-"
    names = (middle, f"{prefix}simultaneous_low", f"{prefix}simultaneous_high")
    change, low, high = (signed(scale * row[name]) for name in names)
    return change if low == "-" else f"{change} [{low}, {high}]"


def _regret(row: Any, scale: float, digits: int) -> str:
    """From least to most regret."""
    if row is None:
        return "-"
    least, most = (scale * row[name] for name in ("least_regret", "most_regret"))
    return f"{least:.{digits}f} to {most:.{digits}f}"


def print_risk(study: Study, out: Console) -> None:
    """Tables of risk, what the worlds cannot carry, and what a reader must know."""
    tables = risk_of(study)
    for cells in (loss_cells(tables["risk"]), choice_cells(study.strategies, tables)):
        print_arm_table(study.scenario, cells, out)
    for line in [*WORDS, *refusals(tables["risk"])]:
        out.print(line, markup=False)
