"""The failure register as tables of the report."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from agents.failures import FAILURES
from experiments.report.grid import Grid, change, level
from experiments.tables import LABELS

HEADINGS = (
    "Mode", "Worlds", "On contracts (%)", "On defaulted (%)", "Default rate with / without, %",
    "Loss rate with / without, %", "Difference, points", "Loss given default with / without, %",
)  # fmt: skip
OFF = "Change of the bank's loss rate with the mode switched off, %"


def register_grid(found: pd.DataFrame) -> Grid:
    """How often each mode occurs and what is lost. found: as from experiments.register."""
    titles = {mode.code: f"{mode.code} {mode.title}" for mode in FAILURES}
    off = bool(found["switched_off"].notna().any())
    rows = []
    for row in found.sort_values("mode", kind="stable").to_dict("records"):
        often = [f"{row[n]:,} ({level(row[f'{n}_share'], 0)})" for n in ("loans", "defaulted")]
        cells = [titles[row["mode"]], LABELS[row["interval"]], *often, *_pairs(row)]
        rows.append([*cells, _switched_off(row)] if off else cells)
    return Grid(
        "New lending of the baseline. Rates: of the contracts of all worlds together; loss rate: "
        "loss over new money. Difference: of the loss rates within a world that has both kinds of "
        "contracts, mean over such worlds with its 95 % interval. Each world counts alike there, "
        "however much it lent, so the sign may be another than that of the rates beside it.",
        (*HEADINGS, OFF) if off else HEADINGS, rows, 2,
    )  # fmt: skip


def _pairs(row: Any) -> list[str]:
    """Cells of contracts with a mode beside those without."""
    with_without = {
        name: f"{level(row[f'{name}_with'])} / {level(row[f'{name}_without'])}"
        for name in ("default_rate", "loss_rate", "lgd")
    }
    gap = change((row[f"loss_gap{end}"] for end in ("", "_low", "_high")), 1)
    return [with_without["default_rate"], with_without["loss_rate"], gap, with_without["lgd"]]


def _switched_off(row: Any) -> str:
    """Change of the bank's loss rate without the mode."""
    if math.isnan(row["switched_off"]):
        return "-"
    return change(row[f"switched_off{end}"] for end in ("", "_low", "_high"))


def loans_grid(shown: pd.DataFrame) -> Grid:
    """The loans that show each mode best. shown: as from experiments.register.shown_loans."""
    rows = []
    for mode in FAILURES:
        own = shown[shown["mode"] == mode.code].to_dict("records")
        cells = [f"{row['run']}, loan {row['loan']}" for row in own]
        rows.append([f"{mode.code} {mode.title}", mode.trace, *cells, *[""] * (3 - len(cells))])
    headings = ("Mode", "Trace in the papers", "First", "Second", "Third")
    return Grid("Run and loan, as a replay takes them.", headings, rows, 5)
