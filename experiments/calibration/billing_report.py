"""The calibration of billing for people: tables on a screen and a page."""

from __future__ import annotations

from typing import Any

import pandas as pd
from rich.box import SIMPLE_HEAD
from rich.table import Table

from agents.enterprise import PARAMETERS as DECLARED
from experiments.calibration.billing import Calibration
from experiments.calibration.sales import LEAST_SALES, MOMENTS
from experiments.markdown import table


def parameters(found: Calibration, declared: dict[str, float]) -> pd.DataFrame:
    """A row a parameter: declared value, estimate, standard error, range of two errors."""
    values, errors = found.estimate.values, found.estimate.errors
    return pd.DataFrame({
        "parameter": values.index, "unit": [DECLARED[str(n)].unit for n in values.index],
        "declared": [declared[str(name)] for name in values.index],
        "estimate": values.to_numpy(), "standard_error": errors.to_numpy(),
    })  # fmt: skip


def moment_rows(found: Calibration) -> pd.DataFrame:
    """A row a moment: data and its error, model, difference in errors of both."""
    noise = found.errors * (1.0 + 1.0 / found.worlds) ** 0.5
    model = found.estimate.moments
    return pd.DataFrame({
        "moment": list(MOMENTS), "meaning": [m.meaning for m in MOMENTS.values()],
        "fitted": [m.fitted for m in MOMENTS.values()],
        "data": found.data.to_numpy(), "standard_error": found.errors.to_numpy(),
        "model": model.to_numpy(), "difference": ((model - found.data) / noise).to_numpy(),
        "model_as_declared": found.start.to_numpy(),
    })  # fmt: skip


def _cells(rows: pd.DataFrame, names: tuple[str, ...]) -> list[list[str]]:
    """Cells of a table: words as they are, numbers with three digits, differences with one."""

    def cell(name: str, value: Any) -> str:
        if isinstance(value, str):
            return value
        return f"{value:+.1f}" if name == "difference" else f"{value:.3f}"

    return [[cell(name, row[name]) for name in names] for _, row in rows.iterrows()]


PARAMETER_COLUMNS = {
    "parameter": "Parameter", "unit": "Unit", "declared": "Declared", "estimate": "Estimate",
    "standard_error": "Standard error",
}  # fmt: skip
MOMENT_COLUMNS = {
    "meaning": "Moment", "data": "Data", "standard_error": "Its error", "model": "Model",
    "difference": "Difference in errors", "model_as_declared": "Model as declared",
}  # fmt: skip


def _screen_table(headings: dict[str, str], rows: pd.DataFrame) -> Table:
    screen = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for name, heading in headings.items():
        words = name in ("parameter", "meaning", "unit")
        screen.add_column(heading, justify="left" if words else "right")
    for line in _cells(rows, tuple(headings)):
        screen.add_row(*line)
    return screen


def screens(found: Calibration, declared: dict[str, float]) -> list[Table]:
    """Parameters; fitted moments; moments at which the fit did not aim."""
    rows = moment_rows(found)
    return [
        _screen_table(PARAMETER_COLUMNS, parameters(found, declared)),
        _screen_table(MOMENT_COLUMNS, rows[rows["fitted"]]),
        _screen_table({**MOMENT_COLUMNS, "meaning": "Not fitted"}, rows[~rows["fitted"]]),
    ]


def verdict(found: Calibration) -> str:
    """The over-identification test in a sentence."""
    e = found.estimate
    rejected = "is rejected" if e.p_value < 0.05 else "is not rejected"
    return (
        f"Over-identification: J = {e.statistic:.1f} with {e.freedom} degrees of freedom, "
        f"p = {e.p_value:.2g}: that the model makes all fitted moments {rejected} at 5 %. "
        f"Sum of squared differences {min(e.starts):.0f}; from {found.searches} starts: "
        f"{', '.join(f'{cost:.0f}' for cost in e.starts)}."
    )


def sample(found: Calibration) -> str:
    """What was fitted to, in a sentence."""
    return (
        f"{found.firms} firms with at least {LEAST_SALES} months of sales, {found.months:,} "
        f"months; {found.worlds} simulated worlds with the same windows; errors of the data's "
        f"moments from {found.samples} bootstrap samples of firms."
    )


def page(found: Calibration, declared: dict[str, float], command: str) -> list[str]:
    """Paragraphs of the page. command: that made it."""
    rows = moment_rows(found)
    fitted, free = rows[rows["fitted"]], rows[~rows["fitted"]]
    headings = list(MOMENT_COLUMNS.values())
    return [
        "# Calibration of billing", f"Made with:\n\n```sh\n{command}\n```",
        (f"{sample(found)} Method, choice of moments and what does not fit: "
         "[model-basis.md](model-basis.md#calibration-of-billing)."),
        table(list(PARAMETER_COLUMNS.values()),
              _cells(parameters(found, declared), tuple(PARAMETER_COLUMNS))),
        verdict(found),
        "## Moments", table(headings, _cells(fitted, tuple(MOMENT_COLUMNS))),
        "## Moments at which the fit did not aim",
        table(headings, _cells(free, tuple(MOMENT_COLUMNS))),
    ]  # fmt: skip
