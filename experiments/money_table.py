"""The table of money that ``loanlab compare`` prints after its own."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pandas as pd
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from experiments.arms import BASELINE, arm_title
from experiments.money import money
from experiments.pay_back import pay_back
from experiments.tables import LABELS, signed

if TYPE_CHECKING:
    from experiments.study import Study

MILLION = 1e-6

WORDS = (
    (
        "Net present value: change of what the whole book earns from the fork to the end of the "
        "run-off, after the strategy's cost; new: of new lending, old: of the legacy book. What a "
        "strategy does to lending after the window is left out, its set-up is not."
    ),
    (
        "Positive: share of worlds in which the value is above 0, luck included. Pay-back: month "
        "from which the mean of what has come in stays above 0, in brackets where the ends of its "
        "interval do; a dash: not before the end of the run-off."
    ),
    (
        "Cost per CNY: of credit loss avoided, only where the interval of the loss avoided lies "
        "above 0. Who lends less avoids loss too: the last column is against the baseline with "
        "its cut-off moved until it lends as much."
    ),
)


def money_of(study: Study) -> pd.DataFrame:
    """Money of every arm of a study, a row for each kind of worlds and reference.

    Returns: columns of experiments.money, and those of experiments.pay_back, which are NaN at
    equal volume.
    """
    volume = [r for r in study.references if r.name == "equal_volume"]
    found = money(study.all_runs, study.strategies[1:], volume)
    months = pay_back(study.table("money")).assign(reference=BASELINE)
    return found.merge(months, how="left", on=["interval", "strategy", "reference"])


def money_table(study: Study, found: pd.DataFrame) -> Table:
    """A line for each arm and kind of worlds. found: as from ``money_of``."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), show_edge=False)
    table.add_column("Strategy", max_width=22, overflow="fold")
    table.add_column("", no_wrap=True)
    for heading in CELLS:
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("The same at\nequal volume", justify="right", no_wrap=True)
    rows: Any = found.set_index(["reference", "strategy", "interval"])
    for arm in study.strategies[1:]:
        kinds = [i for i in LABELS if (BASELINE, arm, i) in rows.index]
        lines = [_line(rows, arm, interval) for interval in kinds]
        if lines:
            cells = [escape("\n".join(column)) for column in zip(*lines, strict=True)]
            table.add_row(arm_title(study.scenario, arm), *cells)
    return table


def amount(row: Any, name: str, scale: float = MILLION, digits: int = 1) -> str:
    """A signed amount with its interval."""
    middle, low, high = (
        signed(scale * row[f"{name}{end}"], digits) for end in ("", "_low", "_high")
    )
    return middle if low == "-" else f"{middle} [{low}, {high}]"


def _price(row: Any) -> str:
    """Cost per CNY of loss avoided with its interval."""
    ends = [
        row[name] for name in ("cost_per_loss_avoided", "cost_per_loss_low", "cost_per_loss_high")
    ]
    if math.isnan(ends[0]):
        return "-"
    middle, low, high = (f"{end + 0.0:.2f}" for end in ends)
    return f"{middle} [{low}, {high}]"


def _months(row: Any) -> str:
    """Pay-back month with its interval."""
    names = ("pay_back_month", "pay_back_early", "pay_back_late")
    middle, early, late = ("-" if math.isnan(row[name]) else f"{row[name]:.0f}" for name in names)
    return middle if early == late == "-" else f"{middle} [{early}, {late}]"


def _line(rows: Any, arm: str, interval: str) -> list[str]:
    """Cells of an arm in one kind of worlds. rows: by reference, strategy and interval."""
    key = ("equal_volume", arm, interval)
    equal = _price(rows.loc[key]) if key in rows.index else "-"
    own = rows.loc[(BASELINE, arm, interval)]
    return [LABELS[interval], *(told(own) for told in CELLS.values()), equal]


CELLS: dict[str, Callable[[Any], str]] = {
    "Net present value\nm CNY": lambda row: amount(row, "npv"),
    "new / old\nm CNY": lambda row: (
        f"{signed(MILLION * row['new_lending'])} / {signed(MILLION * row['legacy'])}"
    ),
    "Positive\n% of worlds": lambda row: f"{100.0 * row['probability_positive']:.0f}",
    "Pay-back\nmonth": _months,
    "Loss avoided\nm CNY": lambda row: amount(row, "loss_avoided"),
    "Cost per CNY\nof it": _price,
}
"""Columns of the table and how each is told."""


def print_money(study: Study, out: Console) -> None:
    """The money of each strategy, with what a reader must know."""
    if len(study.strategies) < 2:
        return
    out.print(money_table(study, money_of(study)))
    out.print()
    for line in WORDS:
        out.print(line, markup=False)
