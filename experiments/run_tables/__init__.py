"""The tables that a run leaves beside its measures: one function each, from the model at its end.

To add a table: write ``rows(model) -> DataFrame`` in a file here and name it in RUN_TABLES. A
study adds the columns that name the run, stores the rows, and gives them as
``Study.table(name)``. Values are numbers or text; rows come in a fixed order, and nothing
that differs from one execution to the next may be among them.
"""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from experiments.run_tables import (
    losses,
    money,
    months,
    register,
    rolls,
    segments,
    vintages,
)
from simulation import LoanPortfolio

RUN_TABLES: dict[str, Callable[[LoanPortfolio], pd.DataFrame]] = {
    "months": months.rows,
    "money": money.rows,
    "losses": losses.rows,
    "vintages": vintages.rows,
    "rolls": rolls.rows,
    "segments": segments.rows,
    "register": register.rows,
}
"""Every table by name."""
