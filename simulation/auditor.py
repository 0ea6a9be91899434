"""The auditor: finds traces of failure modes in the papers, and how well traces tell the truth.

Reads only what the bank's papers show (fields seen as ``observed`` or ``contract``); the true
``failures`` serve to score what it found. Source: docs/model-basis.md, section "Auditor".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from agents.enterprise import CIRCLE, REAL_ESTATE
from agents.failures import FAILURES
from agents.loan import FIELDS, SPECIAL_MENTION
from agents.officer import APPRAISAL, CIRCLE_MAP, OWNER, SOURCES, STATEMENTS

Papers = Mapping[str, NDArray[Any]]
Found = NDArray[np.bool_]

_NEAR = 0.25  # sd above the cut-off within which a proposal looks lifted
_LATE_SUIT_MONTHS = 3
_LATE_ANSWER_MONTHS = 2


def papers(loans: Any, list_rate: float | NDArray[np.float64]) -> dict[str, NDArray[Any]]:
    """What the papers of contracts show: column by field, without what only the model knows.

    list_rate: the bank's list price (1/year), one or one for each contract; it is in the column of
    that name.
    """
    shown = {name: loans[name] for name, field in FIELDS.items() if field.seen != "true"}
    return {**shown, "list_rate": np.broadcast_to(list_rate, len(loans))}


def _lacks(sheet: int) -> Callable[[Papers], Found]:
    """A check sheet that is not in the file."""
    return lambda file: (file["sheets"] & sheet) == 0


def _lifted(file: Papers) -> Found:
    """An old client's proposal that just reaches the cut-off."""
    above = file["proposed"] - file["cutoff"]
    return (file["previous"] >= 0) & (above >= 0.0) & (above < _NEAR)


def _as_asked(file: Papers) -> Found:
    """List price, or more money than the file's own need."""
    granted = file["principal_fen"] - file["capitalised_fen"]
    generous = (file["previous"] < 0) & (granted > file["stated_need_fen"])
    return (file["annual_rate"] == file["list_rate"]) | generous


def _ignored(file: Papers) -> Found:
    """Alerts without any action, or one that waited for months."""
    idle = (file["alerts"] > 0) & (file["actions"] == 0)
    return idle | (file["longest_wait"] >= _LATE_ANSWER_MONTHS)


def _hidden(file: Papers) -> Found:
    """More than 90 days past due and still special mention, on the day of the audit."""
    return (file["dpd"] > 90.0) & (file["loan_class"] == SPECIAL_MENTION)


TRACES: dict[str, Callable[[Papers], Found]] = {
    "F01": _lacks(STATEMENTS),
    "F02": _lacks(SOURCES),
    "F03": _lacks(OWNER),
    "F04": lambda file: (file["security"] == REAL_ESTATE) & _lacks(APPRAISAL)(file),
    "F05": lambda file: (file["security"] == CIRCLE) & _lacks(CIRCLE_MAP)(file),
    "F06": _lifted,
    "F07": lambda file: file["reviewed"] == 0,
    "F08": lambda file: (file["overridden"] == 1) | (file["score"] < file["cutoff"]),
    "F09": _as_asked,
    "F10": lambda file: (file["security"] == REAL_ESTATE) & (file["registered"] == 0),
    "F11": lambda file: file["entrusted"] == 0,
    "F12": lambda file: file["visits_logged"] < file["visits_due"],
    "F13": _ignored,
    "F14": lambda file: file["extensions"] > 0,
    "F15": lambda file: (
        (file["suit_month"] >= 0)
        & (file["suit_month"] - file["default_month"] >= _LATE_SUIT_MONTHS)
    ),
    "F16": _hidden,
}  # fmt: skip
"""Code of a mode -> what an auditor takes for its trace (of the papers)."""


def find_traces(file: Papers) -> pd.DataFrame:
    """Traces by contract. file: see ``papers``. Returns: one row a contract, a column a mode;
    False where nothing in the papers is taken for a trace of it.
    """
    none = np.zeros(len(file), dtype=np.bool_)
    return pd.DataFrame({
        mode.code: TRACES[mode.code](file) if mode.code in TRACES else none for mode in FAILURES
    })  # fmt: skip


def audit(model: Any) -> pd.DataFrame:
    """Hold the traces in the papers of new lending against what truly failed.

    Returns: one row a mode; columns occurred, found, hit (numbers of contracts), precision (hit
    over found) and recall (hit over occurred), NaN where there is nothing to share.
    """
    loans = model.loans[model.loans["start_month"] >= model.scenario.burn_in_months]
    traces = find_traces(papers(loans, model.list_rates(loans["start_month"])))
    rows = {}
    for mode in FAILURES:
        occurred, found = (loans["failures"] & mode.bit) != 0, traces[mode.code].to_numpy()
        rows[mode.code] = (int(occurred.sum()), int(found.sum()), int((occurred & found).sum()))
    table = pd.DataFrame.from_dict(rows, "index", columns=["occurred", "found", "hit"])
    return scored(table)


def scored(table: pd.DataFrame) -> pd.DataFrame:
    """Add precision and recall to counts (columns occurred, found, hit)."""
    return table.assign(
        precision=table["hit"] / table["found"].where(table["found"] > 0),
        recall=table["hit"] / table["occurred"].where(table["occurred"] > 0),
    )
