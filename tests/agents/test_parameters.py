"""Declarations of parameters and of records: consistent, complete, bounded."""

from __future__ import annotations

import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import agents
import simulation
from agents import bank, enterprise, loan, officer
from agents.parameters import (
    MARKS,
    SECTIONS,
    STAGES,
    Parameter,
    all_parameters,
    at_quality,
    declare,
    parameter_dtype,
)
from agents.records import column, new_records, record_dtype, visible, with_room
from simulation.assumptions import range_of_doubt

PARAMETERS = sorted(all_parameters().items())
MANAGED = [(name, p) for name, p in PARAMETERS if p.stage is not None]
POPULATIONS = {
    "enterprise": enterprise.FIELDS,
    "loan": loan.FIELDS,
    "officer": officer.FIELDS,
    "bank": bank.FIELDS,
}


def ids(items: Any) -> list[str]:
    return [name for name, _ in items]


# --- parameters --------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "p"), PARAMETERS, ids=ids(PARAMETERS))
def test_a_declaration_is_consistent(name: str, p: Parameter) -> None:
    low, high = p.allowed
    assert low < high and math.isfinite(low) and math.isfinite(high)
    assert low <= p.default <= high
    assert p.mark in MARKS
    assert p.unit and p.source
    assert p.meaning and not p.meaning.endswith(".")
    assert p.meaning[0].islower() or p.meaning.split()[0].isupper() or p.meaning[0].isdigit()
    if p.doubt is not None:
        assert low <= p.doubt[0] < p.doubt[1] <= high
        assert p.doubt[0] <= p.default <= p.doubt[1]
    if p.standard_error is not None:
        assert p.doubt == pytest.approx(
            (max(p.default - 2 * p.standard_error, low), p.default + 2 * p.standard_error)
        )
    if p.integer:
        whole = [p.default, *(p.doubt or ()), *(v for v in (p.weak, p.strong) if v is not None)]
        assert all(float(value).is_integer() for value in whole)


@pytest.mark.parametrize(("name", "p"), PARAMETERS, ids=ids(PARAMETERS))
def test_an_assumption_has_a_range_in_which_it_is_drawn(name: str, p: Parameter) -> None:
    span = range_of_doubt(p)
    if p.mark in ("A", "R"):
        assert span is not None
        assert span[0] < span[1]
        assert span[0] <= p.default <= span[1]
    else:
        assert span is None


@pytest.mark.parametrize(("name", "p"), MANAGED, ids=ids(MANAGED))
def test_quality_runs_from_weak_to_strong(name: str, p: Parameter) -> None:
    assert p.stage in STAGES
    assert p.weak != p.strong
    assert at_quality(p, 0.0) == p.weak
    assert at_quality(p, 1.0) == pytest.approx(p.strong, rel=1e-15)
    assert p.weak is not None and p.strong is not None
    assert at_quality(p, 0.5) == pytest.approx((p.weak + p.strong) / 2.0)
    # The default is what middling management makes of it.
    assert p.default == pytest.approx(at_quality(p, 0.5)), "default and quality 0.5 differ"
    low, high = p.allowed
    for quality in np.linspace(0.0, 1.0, 21):
        assert low - 1e-12 <= at_quality(p, float(quality)) <= high + 1e-12


@given(quality=st.floats(0.0, 1.0), better=st.floats(0.0, 1.0))
def test_better_management_never_moves_towards_weak(quality: float, better: float) -> None:
    for _, p in MANAGED:
        assert p.strong is not None
        less, more = sorted((quality, better))
        gap_less = abs(p.strong - at_quality(p, less))
        gap_more = abs(p.strong - at_quality(p, more))
        assert gap_more <= gap_less + 1e-12


def test_every_stage_manages_something() -> None:
    assert {p.stage for _, p in MANAGED} == set(STAGES)


def test_quality_moves_managed_parameters_only() -> None:
    with pytest.raises(ValueError, match="not set by management quality"):
        at_quality(all_parameters()["demand_sd"], 0.5)


def test_names_are_unique_and_tell_parameters_from_fields() -> None:
    names = [name for section in SECTIONS.values() for name in section]
    assert len(names) == len(set(names)) == len(all_parameters()) > 100
    assert all(name.isidentifier() and name == name.lower() for name in names)


def test_what_is_declared_twice_is_refused() -> None:
    before = {section: dict(known) for section, known in SECTIONS.items()}
    extra = Parameter(1.0, "share", "a test", (0.0, 1.0), "D", "test")
    with pytest.raises(ValueError, match=r"declared twice: another .*demand_sd"):
        declare("another", demand_sd=extra)
    with pytest.raises(ValueError, match="declared twice: bank"):
        declare("bank", unheard_of=extra)
    assert before == SECTIONS


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"default": 2.0}, "2.0 lies outside"),
        ({"doubt": (0.5, 1.5)}, "1.5 lies outside"),
        ({"mark": "A"}, "needs its range"),
        ({"mark": "R"}, "needs its range"),
        ({"mark": "D", "standard_error": 0.1}, "only a calibrated value has an error"),
        ({"mark": "C", "standard_error": 0.0}, "only a calibrated value has an error"),
        ({"stage": "approval", "weak": 0.1}, "needs weak and strong"),
        ({"stage": "approval", "weak": 0.1, "strong": -0.1}, "-0.1 lies outside"),
    ],
)
def test_a_contradiction_is_refused(changes: dict[str, Any], message: str) -> None:
    good: dict[str, Any] = {
        "default": 0.5, "unit": "share", "meaning": "a test", "allowed": (0.0, 1.0),
        "mark": "D", "source": "test",
    }  # fmt: skip
    Parameter(**good)
    with pytest.raises(ValueError, match=message):
        Parameter(**{**good, **changes})


def test_all_parameters_fit_one_record() -> None:
    made = parameter_dtype()
    assert made.names == tuple(all_parameters())
    assert {made[name] for name in made.names} == {np.dtype(np.float64)}
    assert made.itemsize == 8 * len(made.names)


def test_agents_alone_declare_what_their_rules_need() -> None:
    """Agents import nothing of simulation, and simulation declares only what is not theirs."""
    code = (
        "import sys, agents, agents.failures; from agents.parameters import SECTIONS;"
        "print(sorted(SECTIONS), 'simulation' in sys.modules)"
    )
    root = Path(agents.__file__).parent.parent
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    own, loaded = done.stdout.strip().rsplit(" ", 1)
    assert loaded == "False"
    theirs = set(SECTIONS) - set(eval(own))
    assert theirs == {"economy", "strategies"}
    assert simulation.LoanPortfolio is not None


# --- records -----------------------------------------------------------------------------------

KINDS = {"i1", "i2", "i4", "i8", "f8"}
# Amounts that no payment moves fen by fen.
REAL_MONEY = {"target_fen", "equity_fen", "allowance_fen"}


@pytest.mark.parametrize("name", POPULATIONS)
def test_fields_are_declared_in_full(name: str) -> None:
    for field_name, field in POPULATIONS[name].items():
        assert field.type in KINDS, field_name
        assert field.unit and field.meaning, field_name
        assert field.seen in ("true", "observed", "contract"), field_name
        money = field_name.endswith("_fen")
        assert not money or (field.type == "i8" or field_name in REAL_MONEY), field_name
        assert money == field.unit.startswith("fen") or field_name == "recovered_present"


@pytest.mark.parametrize("name", POPULATIONS)
def test_records_are_aligned_without_gaps(name: str) -> None:
    made = record_dtype(POPULATIONS[name])
    assert made.isalignedstruct
    assert set(made.names or ()) == set(POPULATIONS[name])
    used = sum(made[field].itemsize for field in made.names or ())
    assert 0 <= made.itemsize - used < made.alignment  # at the end only
    for field, (kind, offset, *_) in (made.fields or {}).items():
        assert offset % kind.base.alignment == 0, field


@pytest.mark.parametrize("name", POPULATIONS)
def test_new_rows_hold_the_initial_values(name: str) -> None:
    fields = POPULATIONS[name]
    records = new_records(fields, 3)
    assert isinstance(records, np.recarray) and len(records) == 3
    for field_name, field in fields.items():
        assert np.all(records[field_name] == field.initial), field_name
    assert len(new_records(fields, 0)) == 0


@pytest.mark.parametrize("name", POPULATIONS)
def test_room_keeps_the_rows_in_use(name: str) -> None:
    fields = POPULATIONS[name]
    records = new_records(fields, 5)
    rng = np.random.default_rng(1)
    for field_name in fields:
        shape = records[field_name].shape
        records[field_name] = rng.integers(1, 100, shape)
    before = records.copy()
    larger = with_room(records, 4, 12)
    assert isinstance(larger, np.recarray) and len(larger) == 12
    for field_name in fields:  # field by field: gaps at a row's end hold anything
        assert np.array_equal(larger[field_name][:4], before[field_name][:4])
        assert not larger[field_name][4:].any()
        larger[field_name][:] = 0  # its own memory
        assert np.array_equal(records[field_name], before[field_name])


def test_visibility_splits_the_fields() -> None:
    for fields in POPULATIONS.values():
        parts = [visible(fields, seen) for seen in ("true", "observed", "contract")]
        assert set().union(*parts) == set(fields)
        assert sum(map(len, parts)) == len(fields)
    # What the bank would have to find out is true, what it writes down is observed.
    true, observed = visible(enterprise.FIELDS, "true"), visible(enterprise.FIELDS, "observed")
    assert {"quality", "demand", "cash_fen", "hidden_service_fen", "willingness"} <= true
    assert {"score", "appraised_fen", "sheets", "alert"} <= observed
    # Whether a check found the truth, and what a full one would have done, is nobody's knowledge.
    assert {"checks", "full_check_fen"} <= true
    assert {"failures", "full_check_fen"} <= visible(loan.FIELDS, "true")


def test_a_column_is_a_view() -> None:
    records = new_records(loan.FIELDS, 4)
    column(records, "dpd")[2] = 31.0
    assert records[2].dpd == 31.0
    assert type(column(records, "dpd")) is np.ndarray
