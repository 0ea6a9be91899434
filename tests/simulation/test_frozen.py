"""One small world is what it was when it was frozen, bit by bit (tests/simulation/frozen.py)."""

from __future__ import annotations

import importlib.util
import json
import math
import warnings
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

HERE = Path(__file__).resolve().parent
TOLERANCE = 0.05
"""Elsewhere another C library may round exp and log differently, so that a decision at its edge
falls the other way: one firm of 120. Measures must then agree to within 5 %."""


@pytest.fixture(scope="module")
def frozen() -> ModuleType:
    """The module that lives and stores the run."""
    spec = importlib.util.spec_from_file_location("frozen", HERE / "frozen.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def apart(before: float, now: float) -> bool:
    """Is a measure further from the stored one than the tolerance? Both undefined is equal."""
    if math.isnan(before) or math.isnan(now):
        return math.isnan(before) != math.isnan(now)
    return not math.isclose(before, now, rel_tol=TOLERANCE, abs_tol=1e-9)


def test_the_frozen_run_is_what_it_was(
    frozen: ModuleType, hashes: ModuleType, eventful: dict[str, Any]
) -> None:
    stored = json.loads(frozen.STORE.read_text(encoding="utf-8"))
    now = frozen.lived(eventful, hashes.fingerprint)
    before, after = stored["measures"], now["measures"]
    assert before.keys() == after.keys(), "renew with: make frozen"
    if stored["machine"] == frozen.machine():
        moved = [name for name in after if repr(before[name]) != repr(after[name])]
        assert moved == [], "results changed; if they were meant to, renew with: make frozen"
        assert stored["fingerprint"] == now["fingerprint"], "fields changed; renew: make frozen"
        return
    moved = [name for name in after if apart(before[name], after[name])]
    assert moved == []
    warnings.warn(
        f"frozen on {stored['machine']}, here {frozen.machine()}: measures compared within "
        f"{TOLERANCE:.0%}, not bit by bit", stacklevel=1,
    )  # fmt: skip


def test_the_frozen_run_has_events(frozen: ModuleType) -> None:
    measures = json.loads(frozen.STORE.read_text(encoding="utf-8"))["measures"]
    assert measures["loss_rate"] > 0.0
    assert sum(value != 0.0 for value in measures.values()) > 0.8 * len(measures)


def test_a_measure_beyond_the_tolerance_is_found() -> None:
    assert apart(1.0, 1.06) and apart(math.nan, 1.0)
    assert not apart(1.0, 1.04) and not apart(math.nan, math.nan)
