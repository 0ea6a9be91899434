"""The tables that the command line prints. Plain text where standard output is no terminal."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from experiments.arms import BASELINE, MODES, arm_title, is_combination
from experiments.comparison import paired_worlds
from experiments.precision import precision
from simulation.scenario import Scenario

if TYPE_CHECKING:
    from experiments.study import Study

WIDTH = 140
"""Columns of a table where standard output is no terminal."""

FEW_WORLDS = 30
"""Below so many worlds a footnote warns of the intervals."""

LABELS = {"luck": "luck", "assumptions": "both"}
KINDS = {"fixed": "Assumptions as declared", "drawn": "Assumptions drawn"}


def console() -> Console:
    """Standard output, as wide as the terminal or WIDTH columns of plain text."""
    return Console(
        width=None if sys.stdout.isatty() else WIDTH, highlight=False, soft_wrap=False,
        no_color=None if sys.stdout.isatty() else True,
    )  # fmt: skip


def signed(value: float, digits: int = 1) -> str:
    """A change with its sign; "-" where there is none to tell."""
    if math.isnan(value):
        return "-"
    return f"{round(value, digits) + 0.0:+.{digits}f}"


def with_interval(row: Any, unit: str, scale: float, digits: int) -> str:
    """A change with its interval. unit: ``relative`` or ``absolute``."""
    names = {
        "relative": ("relative_change", "relative_low", "relative_high"),
        "absolute": ("difference", "ci_low", "ci_high"),
    }[unit]
    middle, low, high = (signed(scale * row[name], digits) for name in names)
    return middle if low == "-" else f"{middle} [{low}, {high}]"


def _relative(row: Any) -> str:
    return signed(100.0 * row["relative_change"])


def _points(row: Any) -> str:
    return signed(100.0 * row["difference"])


CELLS: dict[str, Callable[[Any], str]] = {
    "loss_rate": lambda row: with_interval(row, "relative", 100.0, 1),
    "risk_adjusted_profit": lambda row: with_interval(row, "absolute", 1e-6, 1),
    "disbursed": _relative,
    "default_rate_24m": _points,
    "good_refused_share": _points,
    "decision_days": lambda row: signed(row["difference"]),
    "npl_ratio": _points,
    "npl_ratio_true": _points,
    "strategy_cost": lambda row: f"{1e-6 * row['strategy_mean']:.1f}",
}
"""How each measure of the table is told."""

HEADINGS: tuple[tuple[str, Literal["left", "right"]], ...] = (
    ("Strategy", "left"), ("", "left"), ("Loss rate\n%", "right"),
    ("Profit\nm CNY", "right"), ("New\nloans\n%", "right"), ("Default\n24 m.\npoints", "right"),
    ("Good\nrefused\npoints", "right"), ("Deci-\nsion\ndays", "right"),
    ("NPL, points\nrep. / true", "right"), ("Cost\nm CNY", "right"),
    ("First in\nloss/profit\n% of worlds", "right"),
)  # fmt: skip


NARROW = (0, 1, 2, 3, 10)
"""Columns that are left on a terminal too narrow for all."""


def comparison_table(study: Study, columns: Sequence[int], gap: int) -> Table:
    """Changes from the baseline, one line for each strategy and interval.

    columns: places in HEADINGS. gap: blanks between columns beyond the first.
    """
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, gap, 0, 0), show_edge=False)
    for heading, side in (HEADINGS[place] for place in columns):
        name = heading == "Strategy"
        table.add_column(
            heading, justify=side, no_wrap=not name, max_width=22 if name else None, overflow="fold"
        )
    comparison = study.comparison()
    if comparison.empty:
        return table
    firsts = study.ranking().set_index(["interval", "measure", "strategy"])["share"]
    for arm in study.strategies[1:]:
        rows = comparison[comparison["strategy"] == arm]
        lines = [
            [*_line(interval, part.set_index("measure")), _first(firsts, str(interval), arm)]
            for interval, part in rows.groupby("interval", sort=False)
        ]
        if not lines:
            continue
        cells = ["\n".join(column) for column in zip(*lines, strict=True)]
        cells = [arm_title(study.scenario, arm), *cells]
        table.add_row(*(cells[place] for place in columns))
    return table


def _line(interval: object, rows: pd.DataFrame) -> list[str]:
    """Cells of a strategy for one interval; rows: by measure."""
    cell = {name: told(rows.loc[name]) for name, told in CELLS.items()}
    return [
        LABELS[str(interval)], cell["loss_rate"], cell["risk_adjusted_profit"], cell["disbursed"],
        cell["default_rate_24m"], cell["good_refused_share"], cell["decision_days"],
        f"{cell['npl_ratio']} / {cell['npl_ratio_true']}", cell["strategy_cost"],
    ]  # fmt: skip


def _first(firsts: pd.Series[float], interval: str, arm: str) -> str:
    """Share of worlds in which the arm has the lowest loss rate / the highest profit."""
    if is_combination(arm):
        return "-"
    shares = (
        firsts.get((interval, m, arm), math.nan) for m in ("loss_rate", "risk_adjusted_profit")
    )
    return " / ".join("-" if math.isnan(share) else f"{100.0 * share:.0f}" for share in shares)


def baseline_line(study: Study, mode: str) -> str:
    """Levels of the baseline in words. mode: ``fixed`` or ``drawn`` assumptions."""
    runs = study.runs
    rows = runs[(runs["assumptions"] == mode) & (runs["strategy"] == BASELINE)]
    words = f"Baseline, {KINDS[mode].lower()}: "
    if rows.empty:
        return f"{words}no run is there."
    mean = rows.drop(columns=["assumptions", "strategy"]).mean()
    return (
        f"{words}loss rate {100 * mean['loss_rate']:.2f} % of new money lent, "
        f"profit {1e-6 * mean['risk_adjusted_profit']:+,.0f} m CNY, "
        f"new loans {1e-6 * mean['disbursed']:,.0f} m CNY, "
        f"default within 24 months {100 * mean['default_rate_24m']:.1f} %, "
        f"decision {mean['decision_days']:.1f} days, "
        f"{100 * mean['good_rejected_share']:.0f} % of those refused would have repaid, "
        f"NPL ratio {100 * mean['npl_ratio']:.1f} % reported / "
        f"{100 * mean['npl_ratio_true']:.1f} % true."
    )


def about(scenario: Scenario) -> str:
    """Which bank the numbers are about."""
    if scenario.name == "l_bank":
        return "a bank with L Bank's assumed weaknesses"
    return f"{scenario.title}: a bank with assumed weaknesses"


def footnotes(study: Study, share: float = 0.05) -> list[str]:
    """What a reader must know to read the table. share: of the loss rate, for the worlds needed."""
    interval = "luck; assumptions as declared"
    if study.assumptions == "drawn":
        interval = "luck / luck and assumptions drawn (both), of the mean over worlds"
    lines = [
        (
            f"Changes from the baseline, each arm in the same {worlds_text(study.replications)}; "
            f"{about(study.scenario)}; intervals 95 %: {interval}."
        ),
        (
            "Loss rate, new loans: % of the baseline's. Profit: of new lending over its life, "
            "after a charge for capital and the strategy's cost; cost: the part charged to new "
            "lending. "
            "Good refused: refused a new loan that they would have repaid, of all decided. "
            "First: lowest loss rate / highest profit, combinations left out"
            f"{_baseline_first(study)}."
        ),
        *unpaired(study),
    ]
    if study.replications < 2:
        lines.append("One world a strategy gives no interval; ask for at least 2 replications.")
        return lines
    found = precision(study.runs, share=share)
    luck = found[found["interval"] == "luck"]
    if study.replications < FEW_WORLDS:
        lines.append(rough_words())
    elif luck["replications_needed"].notna().any():
        worst = luck["replications_needed"].max()
        lines.append(
            f"To know every change of the loss rate to within {100.0 * share:g} % of the "
            f"baseline's, as far as luck goes, takes {worst:,.0f} worlds."
        )
    return lines


def unpaired(study: Study) -> list[str]:
    """How many worlds of an arm are missing beside the baseline, a sentence for each kind."""
    lines = []
    for mode in MODES[study.assumptions]:
        worlds = {arm: paired_worlds(study.runs, arm, mode) for arm in study.strategies[1:]}
        fewer = [number for number in worlds.values() if number < study.replications]
        if not fewer:
            continue
        none = [arm_title(study.scenario, arm) for arm, number in worlds.items() if not number]
        ends = dict.fromkeys(study.replications - number for number in (max(fewer), min(fewer)))
        lines.append(
            f"{KINDS[mode]}: {len(fewer)} of {len(worlds)} arms lack "
            f"{' to '.join(map(str, ends))} of {worlds_text(study.replications)}, as a run of the "
            "arm or of the baseline failed or was not made"
            + (f"; left out, without any world: {', '.join(none)}." if none else ".")
        )
    return lines


def rough_words() -> str:
    """What must be said where there are few worlds."""
    return f"Losses are skewed: with fewer than {FEW_WORLDS} worlds read the intervals as rough."


def worlds_text(number: int) -> str:
    """A number of worlds in words."""
    return "world" if number == 1 else f"{number:,} worlds"


def _baseline_first(study: Study) -> str:
    """How often nothing beats the baseline, for the footnote."""
    found = study.ranking()
    shares = found.set_index(["interval", "measure", "strategy"])["share"]
    told = [
        f"{_first(shares, interval, BASELINE)} % ({LABELS[interval]})"
        for interval in dict.fromkeys(found.dropna(subset="share")["interval"])
    ]
    if not told or found["strategy"].nunique() < 2:
        return ""
    return f", the baseline itself in {' and '.join(told)} of worlds"


def print_comparison(study: Study, share: float = 0.05) -> None:
    """The result of ``loanlab compare``, to standard output. share: as in ``footnotes``."""
    out = console()
    out.print(f"{study.scenario.title}: what the strategies change", style="bold", markup=False)
    for mode in MODES[study.assumptions]:
        out.print(baseline_line(study, mode), markup=False)
    out.print()
    every = range(len(HEADINGS))
    for columns, gap in ((every, 1), (every, 0), (NARROW, 1)):
        table = comparison_table(study, columns, gap)
        if Console(width=1000).measure(table).maximum <= out.width:
            break
    out.print(table)
    out.print()
    if columns == NARROW:
        out.print("More measures fit into a wider window; all are in comparison.csv.")
    for line in footnotes(study, share):
        out.print(line, markup=False)
