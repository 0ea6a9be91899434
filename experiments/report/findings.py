"""What a report tells of a study, computed once."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from experiments.money_table import money_of
from experiments.register import registered, shown_loans
from experiments.segments import compared

if TYPE_CHECKING:
    from experiments.study import Study


class Findings(NamedTuple):
    """A study and its tables: comparison (Study.comparison), money (experiments.money_table),
    segments (experiments.segments), register and shown (experiments.register).
    """

    study: Study
    comparison: pd.DataFrame
    money: pd.DataFrame
    segments: pd.DataFrame
    register: pd.DataFrame
    shown: pd.DataFrame


def findings(study: Study) -> Findings:
    """All tables of a study that was run."""
    comparison, register = study.comparison(), study.table("register")
    return Findings(
        study, comparison, money_of(study), compared(study.table("segments")),
        registered(register, comparison), shown_loans(register),
    )  # fmt: skip
