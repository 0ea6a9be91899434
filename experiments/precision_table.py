"""How well each change of the loss rate is known, and how many worlds more would take."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from experiments.arms import arm_title
from experiments.precision import precision, reached
from experiments.tables import LABELS

if TYPE_CHECKING:
    from experiments.study import Study

HEADINGS = (
    "Known\nto %", "Worlds\nrun", "Variance\nratio", "Worlds for\n{} % of\nthe loss rate",
    "Worlds for\n{} % of\nthe change",
)  # fmt: skip


def precision_table(study: Study, share: float) -> Table:
    """One line for each strategy and interval. share: wanted half-width."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 2, 0, 0), show_edge=False)
    table.add_column("Strategy")
    table.add_column("")
    for heading in HEADINGS:
        table.add_column(heading.format(f"{100.0 * share:g}"), justify="right")
    found = precision(study.runs, share=share)
    for arm in study.strategies[1:]:
        rows = found[found["strategy"] == arm]
        for place, (_, row) in enumerate(rows.iterrows()):
            table.add_row(
                arm_title(study.scenario, arm) if place == 0 else "", LABELS[row["interval"]],
                _number(100.0 * row["half_width"], 1), f"{row['replications']:,}",
                _number(row["variance_ratio"], 1), _number(row["replications_needed"], 0),
                _number(row["replications_for_difference"], 0),
            )  # fmt: skip
    return table


def _number(value: float, digits: int) -> str:
    """A number, or a dash where there is none."""
    return f"{value:,.{digits}f}" if math.isfinite(value) else "-"


def print_precision(study: Study, share: float, out: Console) -> None:
    """The table, and whether what was wanted is reached."""
    out.print(precision_table(study, share))
    out.print()
    words = "is" if reached(study.runs, share) else "is not"
    out.print(
        f"Every change of the loss rate {words} known to within {100.0 * share:g} % of the "
        f"baseline's loss rate after {study.replications:,} worlds of each kind. Variance ratio: "
        "so many times more worlds it would take if the arms did not share their luck.",
        markup=False,
    )
