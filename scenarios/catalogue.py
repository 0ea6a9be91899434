"""Strategies: read from their files, completed from their tables."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from scenarios.checking import checked
from scenarios.problems import ScenarioError
from scenarios.schema import strategy_file
from scenarios.toml_files import SHIPPED_STRATEGIES, read_toml, shipped
from simulation.scenario import Strategy

_FIRST = ("pre_loan_process", "risk_warning", "internal_control", "staff_ability")
"""The strategies in the order of a loan's life; others follow by name."""

_KINDS = ("strategy", "rival", "experiment")
"""Kinds of strategies that files state, in the order of the catalogue."""


def strategy_table(path: str | Path) -> dict[str, Any]:
    """The checked table of a strategy file, without its schema version.

    path: the TOML file.
    Raises: ScenarioError listing every problem of the file.
    """
    path = Path(path)
    problems: list[str] = []
    table = checked(read_toml(path, path.name), strategy_file(), path.name, problems)
    if problems:
        raise ScenarioError(problems)
    del table["schema_version"]
    return table


@cache
def shipped_strategies() -> Mapping[str, dict[str, Any]]:
    """Name -> checked table of every shipped strategy, to be read only.

    Strategies, then rivals, then experiments; in the order of ``_FIRST``, then by name.
    """
    tables = {name: strategy_table(path) for name, path in shipped(SHIPPED_STRATEGIES).items()}

    def place(name: str) -> tuple[int, int, str]:
        kind = _KINDS.index(tables[name].get("kind", _KINDS[0]))
        return kind, _FIRST.index(name) if name in _FIRST else len(_FIRST), name

    return {name: tables[name] for name in sorted(tables, key=place)}


def list_strategies(kind: str | None = None) -> list[tuple[str, str]]:
    """Name and title of every shipped strategy, the strategies before their rivals.

    kind: only those of a kind: ``strategy``, ``rival`` or ``experiment``.
    """
    every = (strategy(name, table) for name, table in shipped_strategies().items())
    return [(s.name, s.title) for s in every if kind is None or s.kind == kind]


def strategy(name: str, table: Mapping[str, Any]) -> Strategy:
    """The strategy that a checked table states; what it leaves out has its default.

    name: its name in the catalogue. table: in the form of a strategy file.
    """
    title = table.get("title") or name
    return Strategy(
        name=name,
        title=title,
        title_zh=table.get("title_zh") or title,
        kind=table.get("kind", "strategy"),
        closes=dict(table.get("closes", {})),
        adds=dict(table.get("adds", {})),
        **table.get("adoption", {}),
        **table.get("cost", {}),
    )


def merged(base: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    """A table with the keys of another written over it, tables inside key by key."""
    result = dict(base)
    for key, value in change.items():
        old = result.get(key)
        if isinstance(old, Mapping) and isinstance(value, Mapping):
            value = merged(old, value)
        result[key] = value
    return result
