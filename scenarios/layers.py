"""The layers of a scenario: the file, the files it extends, the keywords on top."""

from __future__ import annotations

import copy
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from agents.parameters import SECTIONS
from scenarios.checking import checked
from scenarios.problems import ScenarioError, shown
from scenarios.schema import SCHEMA_VERSION, scenario_file
from scenarios.series import read_series
from scenarios.tape import read_tape
from scenarios.toml_files import find_scenario, read_toml
from simulation.scenario import Tape


@dataclass(frozen=True)
class Layer:
    """What one file, or the keywords, state: checked values, in the form of a file.

    label: its name in a history. path: the file, None for keywords. tape: the loan tape it
    names, in the tape's own unit of money. series: the observed series it names, by month.
    """

    label: str
    path: Path | None
    table: Mapping[str, Any]
    tape: Tape | None = None
    series: tuple[pd.Series, ...] = field(default=())


def file_layers(source: str | os.PathLike[str]) -> list[Layer]:
    """Layers of a scenario file, the one that extends nothing first.

    source: shipped name or path.
    Raises: ScenarioError listing every problem of all its files.
    """
    problems: list[str] = []
    layers: list[Layer] = []
    seen: list[Path] = []
    wanted: str | os.PathLike[str] | None = source
    beside: Path | None = None
    label = str(source)
    while wanted is not None:
        try:
            path = find_scenario(wanted, beside)
            name = str(wanted) if beside is None and path == Path(wanted) else path.name
            raw = read_toml(path, name)
        except ScenarioError as error:
            prefix = f"{label}: extends: " if layers else ""
            problems += [prefix + line for line in error.problems]
            break
        seen.append(path.resolve())
        if seen[-1] in seen[:-1]:
            circle = " → ".join(p.name for p in seen)
            problems.append(f"{label}: extends: the files extend each other: {circle}")
            break
        layers.insert(0, _layer(raw, name, path, problems))
        base = raw.get("extends")
        wanted = base if isinstance(base, str) and base.strip() else None
        beside, label = path.parent, name
    if problems:
        raise ScenarioError(problems)
    return layers


def keyword_layer(overrides: Mapping[str, Any]) -> Layer:
    """The layer of keyword overrides, checked like a file.

    overrides: keys of a scenario file, ``section.key`` or a parameter's bare name -> value.
    Raises: ScenarioError listing every problem.
    """
    homes = {name: section for section, known in SECTIONS.items() for name in known}
    own_keys = scenario_file().model_fields
    raw: dict[str, Any] = {"schema_version": SCHEMA_VERSION}
    problems: list[str] = []
    for key, value in overrides.items():
        if key in ("extends", "schema_version"):
            problems.append(f"keyword: {key}: can stand in a file only")
            continue
        *tables, last = key.split(".")
        if not tables and key in homes and key not in own_keys:
            tables = [homes[key]]
        place = raw
        for table in tables:
            place = place.setdefault(table, {})
            if not isinstance(place, dict):
                problems.append(f"keyword: {key}: {table} is given a second time")
                break
        else:
            both = isinstance(value, Mapping) and isinstance(place.get(last), dict)
            place[last] = {**place[last], **value} if both else _copied(value)
    layer = _layer(raw, "keyword", None, problems)
    if problems:
        raise ScenarioError(problems)
    return layer


def _copied(value: Any) -> Any:
    """A table given as keyword may be changed by a later keyword, so it is copied."""
    return copy.deepcopy(dict(value)) if isinstance(value, Mapping) else value


def _layer(raw: dict[str, Any], label: str, path: Path | None, problems: list[str]) -> Layer:
    """Check a table and read the tape that it names; problems are collected."""
    table = checked(raw, scenario_file(), label, problems)
    problems += [f"{label}: strategies: {line}" for line in _bad_names(raw.get("strategies"))]
    population = raw.get("population")
    named = population.get("tape") if isinstance(population, dict) else None
    tape = None
    if isinstance(named, str) and named.strip():
        folder = path.parent if path is not None else Path()
        try:
            tape = read_tape(folder / named, label=named)
        except ScenarioError as error:
            problems += [f"{label}: population.tape: {line}" for line in error.problems]
        if "sectors" in raw and tape is not None and tape.sector is not None:
            problems.append(f"{label}: sectors: not beside population.tape, whose loans give them")
    series = _series(table, label, path, problems)
    return Layer(path.name if path is not None else label, path, table, tape, series)


def _series(
    table: Mapping[str, Any], label: str, path: Path | None, problems: list[str]
) -> tuple[pd.Series, ...]:
    """The observed series that a table names; problems are collected."""
    folder = path.parent if path is not None else Path()
    found = []
    for place, entry in enumerate(table.get("series", []), 1):
        try:
            found.append(read_series(folder / entry["file"], entry["file"], entry))
        except ScenarioError as error:
            problems += [f"{label}: [[series]] number {place}: {line}" for line in error.problems]
    return tuple(found)


def _bad_names(strategies: Any) -> list[str]:
    """Problems with the names of own strategies, which must combine as ``a+b``."""
    names = list(strategies) if isinstance(strategies, Mapping) else []
    allowed = "allowed: a name of letters, digits, - and _, not baseline"
    return [
        f"the name {shown(name)} is not allowed; {allowed}"
        for name in names
        if name == "baseline" or not str(name).replace("-", "_").isidentifier()
    ]
