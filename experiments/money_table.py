"""The table of money that ``loanlab compare`` prints after its own."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd
from rich.console import Console

from experiments.arm_table import print_arm_table
from experiments.arms import BASELINE
from experiments.money import money
from experiments.pay_back import pay_back
from experiments.tables import signed

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
        "above 0; the cost is that on the whole book. What is no longer earned on loans not made "
        "is missing there, so a price below 1 is not yet a gain: see the net present value. Who "
        "lends less avoids loss too: the column at equal volume (left out of a narrow window) is "
        "against the baseline with its cut-off moved until it lends as much."
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


def money_cells(found: pd.DataFrame) -> dict[tuple[str, str], dict[str, str]]:
    """What is told of each arm in worlds of each kind. found: as from ``money_of``."""
    keys = ["strategy", "interval", "reference"]
    rows = {tuple(row[key] for key in keys): row for row in found.to_dict("records")}
    return {
        (arm, interval): _cells(row, rows.get((arm, interval, "equal_volume")))
        for (arm, interval, reference), row in rows.items()
        if reference == BASELINE
    }


def _cells(row: Any, at_equal_volume: Any) -> dict[str, str]:
    """Cells of an arm; at_equal_volume: None beyond the ladder."""
    parts = " / ".join(signed(MILLION * row[name]) for name in ("new_lending", "legacy"))
    return {
        "Net present value\nm CNY": amount(row, "npv"),
        "new / old\nm CNY": parts,
        "Positive\n% of worlds": f"{100.0 * row['probability_positive']:.0f}",
        "Pay-back\nmonth": _months(row),
        "Loss avoided\nm CNY": amount(row, "loss_avoided"),
        "Cost per CNY\nof it": _price(row),
        "The same at\nequal volume": "-" if at_equal_volume is None else _price(at_equal_volume),
    }


def amount(row: Any, name: str) -> str:
    """A signed amount in millions with its interval."""
    middle, low, high = (signed(MILLION * row[f"{name}{end}"]) for end in ("", "_low", "_high"))
    return middle if low == "-" else f"{middle} [{low}, {high}]"


def _price(row: Any) -> str:
    """Cost per CNY of loss avoided with its interval; a dash where there is none."""
    names = ("cost_per_loss_avoided", "cost_per_loss_low", "cost_per_loss_high")
    if math.isnan(row[names[0]]):
        return "-"
    middle, low, high = (f"{row[name] + 0.0:.2f}" for name in names)
    return f"{middle} [{low}, {high}]"


def _months(row: Any) -> str:
    """Pay-back month with its interval."""
    names = ("pay_back_month", "pay_back_early", "pay_back_late")
    middle, early, late = ("-" if math.isnan(row[name]) else f"{row[name]:.0f}" for name in names)
    return middle if early == late == "-" else f"{middle} [{early}, {late}]"


def print_money(study: Study, out: Console) -> None:
    """The money of each strategy, with what a reader must know."""
    if len(study.strategies) < 2:
        return
    print_arm_table(study.scenario, money_cells(money_of(study)), out)
    for line in WORDS:
        out.print(line, markup=False)
