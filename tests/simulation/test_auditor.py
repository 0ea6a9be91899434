"""The auditor reads papers only, and is scored against what truly failed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from agents.failures import FAILURES
from agents.loan import FIELDS
from agents.records import new_records
from simulation import LoanPortfolio
from simulation.auditor import TRACES, audit, find_traces, papers, scored

CLEAN = {
    "sheets": 31, "reviewed": 1, "entrusted": 1, "registered": 1, "stated_need_fen": 100,
    "principal_fen": 90, "annual_rate": 0.051, "score": 1.0, "proposed": 1.0, "cutoff": 0.0,
    "previous": -1, "suit_month": -1, "visits_due": 4, "visits_logged": 4,
}  # fmt: skip
DIRTY = {
    "F01": {"sheets": 30}, "F02": {"sheets": 29}, "F03": {"sheets": 27},
    "F04": {"sheets": 23, "security": 1}, "F05": {"sheets": 15, "security": 2},
    "F06": {"previous": 3, "proposed": 0.1}, "F07": {"reviewed": 0}, "F08": {"overridden": 1},
    "F09": {"annual_rate": 0.05}, "F10": {"registered": 0, "security": 1},
    "F11": {"entrusted": 0}, "F12": {"visits_logged": 3}, "F13": {"alerts": 1},
    "F14": {"extensions": 1}, "F15": {"suit_month": 9, "default_month": 5},
    "F16": {"dpd": 120.0, "loan_class": 1},
}  # fmt: skip


def contract(**fields: Any) -> Any:
    loans = new_records(FIELDS, 1)
    for name, value in {**CLEAN, **fields}.items():
        loans[name] = value
    return loans


def found(**fields: Any) -> set[str]:
    traces = find_traces(papers(contract(**fields), 0.05)).iloc[0]
    return set(traces.index[traces])


def test_clean_papers_show_nothing() -> None:
    assert found() == set()


@pytest.mark.parametrize("code", TRACES)
def test_each_trace_is_its_own_modes(code: str) -> None:
    assert found(**DIRTY[code]) == {code}


def test_the_papers_hold_nothing_that_only_the_model_knows() -> None:
    shown = papers(contract(), 0.05)
    hidden = {name for name, field in FIELDS.items() if field.seen == "true"}
    assert {"failures", "full_check_fen", "diverted_fen", "hidden_until"} <= hidden
    assert not hidden & shown.keys()
    assert list(TRACES) == [mode.code for mode in FAILURES]


def test_the_score_by_hand() -> None:
    loans = contract(failures=0)
    table = find_traces(papers(loans, 0.05)).sum().rename("found").to_frame()
    table["occurred"], table["found"], table["hit"] = 4, 2, 1
    assert (scored(table)["precision"] == 0.5).all() and (scored(table)["recall"] == 0.25).all()
    table[["occurred", "found", "hit"]] = 0
    assert scored(table)[["precision", "recall"]].isna().all(axis=None)


def test_an_audit_finds_most_and_errs_where_papers_lie(tiny: Any) -> None:
    """Missing sheets are certain; a sheet that found nothing, and a lifted proposal, are not."""
    model = LoanPortfolio(tiny(enterprises=1_000, months=12), seed=2)
    for _ in range(12):
        model.step()
    table = audit(model)
    made = model.loans[model.loans["start_month"] >= model.scenario.burn_in_months]
    assert table.loc["F01", "occurred"] == ((made["failures"] & 1) != 0).sum() > 50
    for code in ("F01", "F02", "F03", "F07", "F08", "F10", "F11"):
        assert table.loc[code, "precision"] == 1.0, code
    assert 0.5 < table.loc["F01", "recall"] < 1.0 and table.loc["F06", "recall"] < 0.9
    assert 0.5 < table.loc["F12", "recall"] < 1.0  # some visits are reported from the desk
    assert np.all(table["hit"] <= table[["occurred", "found"]].min(axis=1))


def test_a_mode_that_is_switched_off_is_not_found(tiny: Any) -> None:
    model = LoanPortfolio(tiny(months=12), "without_F07+without_F10", seed=2)
    for _ in range(12):
        model.step()
    table = audit(model)
    assert table.loc["F07", "occurred"] == table.loc["F07", "found"] == 0
    assert table.loc["F10", "occurred"] == table.loc["F10", "found"] == 0
