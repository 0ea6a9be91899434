"""The tables of risk that ``loanlab compare`` prints: losses over worlds, all arms at once."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from experiments.arms import arm_title
from experiments.precision import precision
from experiments.regret import regret
from experiments.risk import refusals, risk
from experiments.simultaneous import HEADLINE, simultaneous
from experiments.tables import LABELS, signed

if TYPE_CHECKING:
    from experiments.study import Study

KEY = ["strategy", "interval"]


def risk_of(study: Study) -> dict[str, pd.DataFrame]:
    """Tables ``risk``, ``simultaneous``, ``regret`` and ``precision`` of a study's runs."""
    tables = {
        "risk": risk, "simultaneous": simultaneous, "regret": regret, "precision": precision,
    }  # fmt: skip
    return {name: table(study.runs) for name, table in tables.items()}


def _table(study: Study, headings: list[str], cells: dict[tuple[str, str], list[str]]) -> Table:
    """A line for each arm and kind of worlds. cells: by strategy and interval."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), show_edge=False)
    table.add_column("Strategy", max_width=22, overflow="fold")
    table.add_column("", no_wrap=True)
    for heading in headings:
        table.add_column(heading, justify="right", no_wrap=True)
    for arm in study.strategies:
        lines = [[LABELS[i], *cells[arm, i]] for i in LABELS if (arm, i) in cells]
        if lines:
            columns = [escape("\n".join(column)) for column in zip(*lines, strict=True)]
            table.add_row(arm_title(study.scenario, arm), *columns)
    return table


def loss_table(study: Study, found: pd.DataFrame) -> Table:
    """Loss rate over worlds, per cent; of VaR and shortfall the levels that the worlds carry."""
    rates = found[found["measure"] == "loss_rate"]
    carried = [float(x) for x in rates.dropna(subset="var")["level"].drop_duplicates()]
    headings = ["Expected\nloss, %", "Standard\ndeviation"]
    for level in carried:
        name = f"{100.0 * level:g} %"
        headings += [f"VaR\n{name}", f"Unexpected\nloss {name}", f"Shortfall\n{name}"]
    cells = {}
    for (arm, interval), part in rates.groupby(KEY, sort=False):
        rows = part.set_index("level")
        first = rows.iloc[0]
        line = [_range(first, "expected_loss", "expected_low", "expected_high"),
                _per_cent(first["standard_deviation"])]  # fmt: skip
        for level in carried:
            line += _tail_cells(rows.loc[level])
        cells[str(arm), str(interval)] = line
    return _table(study, headings, cells)


def _tail_cells(row: Any) -> list[str]:
    """VaR, unexpected loss and expected shortfall of one level."""
    shortfall = _per_cent(row["expected_shortfall"])
    if not math.isnan(row["shortfall_error"]):
        shortfall += f" ± {_per_cent(row['shortfall_error'])}"
    return [_range(row, "var", "var_low", "var_high"), _per_cent(row["unexpected_loss"]), shortfall]


def _per_cent(value: float) -> str:
    return "-" if math.isnan(value) else f"{100.0 * value:.2f}"


def _range(row: Any, *names: str) -> str:
    """A share with its interval, per cent."""
    middle, low, high = (_per_cent(row[name]) for name in names)
    return middle if low == "-" else f"{middle} [{low}, {high}]"


def together_table(study: Study, tables: dict[str, pd.DataFrame]) -> Table:
    """Intervals that hold for all arms at once, and what choosing each arm is expected to lose."""
    wide = {
        (row["strategy"], row["interval"], row["measure"]): row
        for row in tables["simultaneous"].to_dict("records")
    }
    lost = {
        (row["strategy"], row["interval"], row["measure"]): row
        for row in tables["regret"].to_dict("records")
    }
    cells = {
        (arm, interval): [
            _widened(wide.get((arm, interval, "loss_rate")), "relative", 100.0),
            _widened(wide.get((arm, interval, "risk_adjusted_profit")), "", 1e-6),
            _regret(lost.get((arm, interval, "loss_rate")), 100.0, 2),
            _regret(lost.get((arm, interval, "risk_adjusted_profit")), 1e-6, 1),
        ]
        for arm in study.strategies
        for interval in LABELS
        if any((arm, interval, measure) in {**wide, **lost} for measure in HEADLINE)
    }
    headings = ["Loss rate, %\nall at once", "Profit, m CNY\nall at once",
                "Regret\nloss rate, points", "Regret\nprofit, m CNY"]  # fmt: skip
    return _table(study, headings, cells)


def _widened(row: Any, kind: str, scale: float) -> str:
    """A change with the interval that holds for all arms. kind: ``relative`` or nothing."""
    if row is None:
        return "-"
    names = ("difference", "simultaneous_low", "simultaneous_high")
    if kind == "relative":
        names = ("relative_change", "relative_simultaneous_low", "relative_simultaneous_high")
    middle, low, high = (signed(scale * row[name]) for name in names)
    return middle if low == "-" else f"{middle} [{low}, {high}]"


def _regret(row: Any, scale: float, digits: int) -> str:
    """From least to most regret."""
    if row is None:
        return "-"
    least, most = (scale * row[name] for name in ("least_regret", "most_regret"))
    return f"{least:.{digits}f} to {most:.{digits}f}"


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


def print_risk(study: Study, out: Console) -> None:
    """Tables of risk, what the worlds cannot carry, and what a reader must know."""
    tables = risk_of(study)
    for table in (loss_table(study, tables["risk"]), together_table(study, tables)):
        out.print(table)
        out.print()
    for line in [*WORDS, *refusals(tables["risk"])]:
        out.print(line, markup=False)
