"""From layers to a resolved scenario: every value, and in words where it comes from."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from agents.parameters import SECTIONS, STAGES, Parameter, at_quality
from scenarios.catalogue import merged, shipped_strategies, strategy
from scenarios.layers import Layer, file_layers, keyword_layer
from scenarios.problems import ScenarioError, number_text, shown
from scenarios.schema import RUN_KEYS, Management, RunTable
from scenarios.series import observed
from scenarios.toml_files import SHIPPED_SCENARIOS, is_name, read_toml, shipped
from simulation.scenario import SECTORS, Observed, Scenario, Strategy, Stress, Tape

History = dict[str, tuple[str, ...]]


def load_scenario(source: str | os.PathLike[str], /, **overrides: Any) -> Scenario:
    """A scenario, resolved and checked.

    source: a shipped name (``"l_bank"``) or the path of a TOML file.
    overrides: any key of a scenario file, in its unit: ``enterprises=5_000``, a parameter by
    name, a table (``management={"pre_loan": 0.8}``) or ``**{"management.pre_loan": 0.8}``.
    Raises: ScenarioError listing every problem of all files and keywords involved.
    """
    problems: list[str] = []
    layers: list[Layer] = []
    try:
        layers += file_layers(source)
    except ScenarioError as error:
        problems += error.problems
    if overrides:
        try:
            layers.append(keyword_layer(overrides))
        except ScenarioError as error:
            problems += error.problems
    if problems:
        raise ScenarioError(problems)
    return _resolved(str(source) if is_name(source) else Path(source).stem, layers)


def list_scenarios() -> list[tuple[str, str]]:
    """Name, and title with summary, of every shipped scenario."""
    rows = []
    for name, path in shipped(SHIPPED_SCENARIOS).items():
        table = read_toml(path, path.name)
        rows.append((name, f"{table.get('title', name)}: {table.get('summary', '')}"))
    return rows


def check(source: str | os.PathLike[str]) -> list[str]:
    """Every problem of a scenario, one line each; empty where it is good.

    source: a shipped name or the path of a TOML file.
    """
    try:
        load_scenario(source)
    except ScenarioError as error:
        return list(error.problems)
    return []


def _resolved(name: str, layers: Sequence[Layer]) -> Scenario:
    """Lay the layers over the declared defaults."""
    file_layer = [layer for layer in layers if layer.path is not None][-1]
    history: History = {}
    run = {key: _run_value(key, layers, history) for key in RUN_KEYS}
    management = {stage: _quality(stage, layers, history) for stage in STAGES}
    parameters = _parameters(layers, management, history)
    tape, tape_path = _tape(layers, parameters["tape_unit_cny"], history)
    fork_month, driven = _observed(layers, run, parameters, history)
    return Scenario(
        name=name,
        title=file_layer.table.get("title", name),
        **run,
        management=management,
        parameters=parameters,
        sectors=_sectors(layers, tape, history),
        stress=_stress(layers, history),
        strategies=_strategies(layers, history),
        tape=tape,
        tape_path=tape_path,
        fork_month=fork_month,
        observed=driven,
        history=history,
    )


def _stated(layers: Sequence[Layer], *keys: str) -> Iterator[tuple[Layer, Any]]:
    """Each layer that states a key, oldest first, with its value."""
    for layer in layers:
        place: Any = layer.table
        for key in keys:
            place = place.get(key) if isinstance(place, dict) else None
        if place is not None:
            yield layer, place


def _sets(layer: Layer, value: object) -> str:
    """The line of a history for a layer that states a value."""
    told = number_text(value) if isinstance(value, int | float) else shown(value)
    return f"{layer.label} sets {told}"


def _run_value(key: str, layers: Sequence[Layer], history: History) -> int:
    """A whole number of the top level."""
    value: int = RunTable.model_fields[key].default
    steps = [f"default {value}"]
    for layer, value in _stated(layers, key):
        steps.append(_sets(layer, value))
    history[key] = tuple(steps)
    return value


def _quality(stage: str, layers: Sequence[Layer], history: History) -> float:
    """Management quality of a stage."""
    value: float = Management.model_fields[stage].default
    steps = [f"default {number_text(value)}"]
    for layer, value in _stated(layers, "management", stage):
        steps.append(_sets(layer, value))
    history[f"management.{stage}"] = tuple(steps)
    return value


def _parameters(
    layers: Sequence[Layer], management: dict[str, float], history: History
) -> dict[str, float]:
    """Every declared parameter: default, then management quality, then what layers state."""
    values: dict[str, float] = {}
    for section, declared in SECTIONS.items():
        for name, parameter in declared.items():
            value, steps = _before_overrides(parameter, management)
            for layer, stated in _stated(layers, section, name):
                value = float(stated)
                steps.append(_sets(layer, stated))
            values[name] = value
            history[name] = tuple(steps)
    return values


def _before_overrides(
    parameter: Parameter, management: dict[str, float]
) -> tuple[float, list[str]]:
    """A parameter's value by its declaration and the quality of its stage, with the steps."""
    value = float(parameter.default)
    steps = [f"declared default {number_text(value)} [{parameter.mark}, {parameter.source}]"]
    if parameter.stage is not None:
        quality = management[parameter.stage]
        value = at_quality(parameter, quality)
        value = float(round(value)) if parameter.integer else value
        steps.append(
            f"management.{parameter.stage} = {number_text(quality)} → {number_text(value)}"
        )
    return value, steps


def _sectors(layers: Sequence[Layer], tape: Tape | None, history: History) -> dict[str, float]:
    """Share of each sector: the tape's weighted shares, else the last table, else equal."""
    if tape is not None and tape.sector is not None:
        counts = np.bincount(tape.sector, weights=tape.weight, minlength=len(SECTORS))
        history["sectors"] = ("shares of the tape's loans",)
        return dict(zip(SECTORS, (counts / counts.sum()).tolist(), strict=True))
    shares = dict.fromkeys(SECTORS, 1.0 / len(SECTORS))
    steps = ["default: equal shares"]
    for layer, stated in _stated(layers, "sectors"):
        shares = {sector: float(stated.get(sector, 0.0)) for sector in SECTORS}
        steps.append(f"{layer.label} sets the shares")
    history["sectors"] = tuple(steps)
    return shares


def _stress(layers: Sequence[Layer], history: History) -> tuple[Stress, ...]:
    """The stress paths of the last layer that states any."""
    paths: tuple[Stress, ...] = ()
    steps = ["default: none"]
    for layer, stated in _stated(layers, "stress"):
        paths = tuple(Stress(**entry) for entry in stated)
        steps.append(f"{layer.label} sets {len(paths) or 'none'}")
    history["stress"] = tuple(steps)
    return paths


def _observed(
    layers: Sequence[Layer], run: dict[str, int], values: dict[str, float], history: History
) -> tuple[str, tuple[Observed, ...]]:
    """The month of the fork and the series of the last layer that states any."""
    months = [(layer, stated) for layer, stated in _stated(layers, "fork_month")]
    history["fork_month"] = ("default: none", *(_sets(layer, m) for layer, m in months))
    fork_month = months[-1][1] if months else ""
    stated = list(_stated(layers, "series"))
    counts = (f"{layer.label} sets {len(entries) or 'none'}" for layer, entries in stated)
    history["series"] = ("default: none", *counts)
    if not stated or not stated[-1][1]:
        return fork_month, ()
    layer, entries = stated[-1]
    after = run["months"] + run["run_off_months"]
    found = observed(entries, layer.series, layer.label, fork_month, run["burn_in_months"], after)
    if values["demand_persistence"] >= 1.0 and any(s.drives == "systematic" for s in found):
        raise ScenarioError([
            f"{layer.label}: series: a series cannot drive systematic where demand_persistence is 1"
        ])  # fmt: skip
    return fork_month, found


def _strategies(layers: Sequence[Layer], history: History) -> dict[str, Strategy]:
    """The shipped catalogue with each layer's own strategies laid over it, key by key."""
    tables = dict(shipped_strategies())
    steps = {name: ["shipped"] for name in tables}
    for layer, stated in _stated(layers, "strategies"):
        own = {name: table for name, table in stated.items() if isinstance(table, dict)}
        for name, table in own.items():
            steps.setdefault(name, []).append(f"{layer.label} sets {', '.join(table) or 'it'}")
            tables[name] = merged(tables.get(name, {}), table)
    history.update({f"strategies.{name}": tuple(lines) for name, lines in steps.items()})
    return {name: strategy(name, table) for name, table in tables.items()}


def _tape(
    layers: Sequence[Layer], unit_cny: float, history: History
) -> tuple[Tape | None, str | None]:
    """The tape of the last layer that names one, its amounts in CNY, and its path."""
    tape: Tape | None = None
    path: str | None = None
    steps = ["default: none"]
    for layer, named in _stated(layers, "population", "tape"):
        tape = layer.tape
        folder = layer.path.parent if layer.path is not None else Path()
        path = str(folder / named) if tape is not None else None
        steps.append(_sets(layer, named))
    history["population.tape"] = tuple(steps)
    if tape is not None:
        tape = replace(tape, amount_cny=tape.amount_cny * unit_cny)
    return tape, path
