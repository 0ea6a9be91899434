"""A resolved scenario as text and back, so that a study can go on without its scenario file."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from typing import Any

import numpy as np

from simulation.scenario import Observed, Scenario, Strategy, Stress, Tape


def scenario_as_text(scenario: Scenario) -> str:
    """JSON of all fields of a scenario, a loan tape's columns included."""
    return json.dumps(asdict(scenario), ensure_ascii=False, default=_plain)


def _plain(value: Any) -> Any:
    """Arrays and numpy numbers as JSON knows them."""
    return value.tolist()


def scenario_from_text(text: str) -> Scenario:
    """The scenario of such a text."""
    found = json.loads(text)
    found["stress"] = tuple(Stress(**stress) for stress in found["stress"])
    found["strategies"] = {name: Strategy(**s) for name, s in found["strategies"].items()}
    found["history"] = {key: tuple(steps) for key, steps in found["history"].items()}
    if found["tape"] is not None:
        found["tape"] = _tape(found["tape"])
    found["observed"] = tuple(
        Observed(**{**series, "path": tuple(series["path"])})
        for series in found.get("observed", ())  # studies of before have none
    )
    return Scenario(**found)


def _tape(columns: dict[str, list[float] | None]) -> Tape:
    """A loan tape from its columns; those it lacks are None."""
    whole = {field.name for field in fields(Tape) if "int64" in str(field.type)}
    arrays: dict[str, Any] = {
        name: None
        if values is None
        else np.array(values, dtype=np.int64 if name in whole else np.float64)
        for name, values in columns.items()
    }
    return Tape(**arrays)
