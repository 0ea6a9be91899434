"""Where a value comes from, what strategies would do to it, how two scenarios differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from agents.parameters import MARKS, SECTIONS, Parameter
from scenarios.problems import ScenarioError, nearest, number_text, range_text, shown
from scenarios.schema import RUN_KEYS
from simulation.management import managed_values
from simulation.scenario import Scenario, Strategy


class Difference(NamedTuple):
    """A key whose value is not the same in two scenarios; None where one lacks it."""

    key: str
    first: Any
    second: Any


def explain(scenario: Scenario, key: str) -> str:
    """A value, its history oldest first, and what each strategy would do to it.

    key: a parameter (``detection`` or ``bank.detection``) or any other key of a scenario file.
    Raises: ScenarioError where the key is unknown, with the nearest known one.
    """
    values = _values(scenario)
    parameters = {f"{s}.{n}": n for s, known in SECTIONS.items() for n in known}
    name = parameters.get(key, key)
    if name not in scenario.history:
        known = [*scenario.history, *parameters, *values]
        raise ScenarioError([f"{scenario.name}: {shown(key)}: unknown key{nearest(key, known)}"])
    for section, declared in SECTIONS.items():
        if name in declared:
            return _parameter_text(scenario, section, name, declared[name])
    lines = [
        f"{k} = {_told(v)}" for k, v in values.items() if k == name or k.startswith(name + ".")
    ]
    return "\n".join([*(lines or [f"{name} = none"]), "history:", *_indented(scenario, name)])


def strategy_effect(
    values: Mapping[str, float], parameter: Parameter, name: str, strategy: Strategy
) -> str:
    """What a strategy does to a parameter at full reach, in words; "" if nothing is meant.

    values: parameters without strategies. name: the parameter's name.
    """
    words = []
    if name in strategy.closes and parameter.strong is not None:
        share = number_text(100 * strategy.closes[name])
        words.append(f"closes {share} % of the gap to {number_text(parameter.strong)}")
    if name in strategy.adds:
        words.append(f"adds {number_text(strategy.adds[name])}")
    if not words:
        return ""
    full = replace(
        strategy, intensity=1.0, coverage=1.0, start_month=0, half_month=0.0, decay_per_year=0.0
    )
    after = managed_values(values, [full], 0).get(name)
    before = number_text(values[name])
    if after is None:
        return f"changes nothing: {before} is already as good"
    return f"{', '.join(words)}: {before} → {number_text(after)}"


def difference(a: Scenario, b: Scenario) -> list[Difference]:
    """Every key whose value differs between two scenarios, in the order of a file."""
    first, second = _values(a), _values(b)
    return [
        Difference(key, first.get(key), second.get(key))
        for key in dict.fromkeys([*first, *second])
        if first.get(key) != second.get(key)
    ]


def _parameter_text(scenario: Scenario, section: str, name: str, parameter: Parameter) -> str:
    """The explanation of a declared parameter."""
    value = scenario.parameters[name]
    low, high = parameter.allowed
    lines = [
        f"{section}.{name} = {number_text(value)} ({parameter.unit})",
        f"  {parameter.meaning}",
        f"  allowed: {range_text(low, high, parameter.integer)}",
    ]
    if parameter.doubt:
        lines.append("  range of doubt: {} to {}".format(*map(number_text, parameter.doubt)))
    if parameter.weak is not None and parameter.strong is not None:
        weak, strong = number_text(parameter.weak), number_text(parameter.strong)
        lines.append(f"  management.{parameter.stage}: {weak} at quality 0, {strong} at 1")
    lines.append(f"  evidence: {MARKS[parameter.mark]}; source: {parameter.source}")
    effects = {
        s.name: strategy_effect(scenario.parameters, parameter, name, s)
        for s in scenario.strategies.values()
    }
    lines += ["history:", *_indented(scenario, name), "strategies at full reach:"]
    lines += [f"  {who}: {effect}" for who, effect in effects.items() if effect] or ["  none"]
    return "\n".join(lines)


def _indented(scenario: Scenario, key: str) -> list[str]:
    return [f"  {step}" for step in scenario.history[key]]


def _told(value: Any) -> str:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return number_text(value) if is_number else shown(value)


def _values(scenario: Scenario) -> dict[str, Any]:
    """Every key of a scenario as it stands in a file -> its value, flat."""
    values: dict[str, Any] = {"title": scenario.title}
    values |= {key: getattr(scenario, key) for key in RUN_KEYS}
    values |= {f"management.{stage}": q for stage, q in scenario.management.items()}
    values |= {f"sectors.{sector}": share for sector, share in scenario.sectors.items()}
    values["population.tape"] = scenario.tape_path
    for number, stress in enumerate(scenario.stress, 1):
        values |= {f"stress.{number}.{field}": v for field, v in vars(stress).items()}
    values["fork_month"] = scenario.fork_month or None
    for number, series in enumerate(scenario.observed, 1):
        told = {field: v for field, v in vars(series).items() if field != "path"}
        values |= {f"series.{number}.{field}": v for field, v in told.items()}
    for section, declared in SECTIONS.items():
        values |= {f"{section}.{name}": scenario.parameters[name] for name in declared}
    for name, strategy in scenario.strategies.items():
        values |= _flat(f"strategies.{name}", vars(strategy))
    return values


def _flat(prefix: str, table: Mapping[str, Any]) -> dict[str, Any]:
    """A table with tables inside as one level of dotted keys."""
    flat: dict[str, Any] = {}
    for key, value in table.items():
        inside = isinstance(value, Mapping)
        flat |= _flat(f"{prefix}.{key}", value) if inside else {f"{prefix}.{key}": value}
    return flat
