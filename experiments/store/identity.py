"""What makes two runs the same run: scenario, strategy, replication, model version, rules."""

from __future__ import annotations

import hashlib
import inspect
import json
import platform
from collections.abc import Callable, Mapping
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any, NamedTuple

import joblib

from agents.compiled import plain_function, rule_sources
from simulation.scenario import Scenario

_PACKAGES = ("loanlab", "numpy", "scipy", "pandas", "numba", "mesa", "joblib", "matplotlib")
_SOURCES = ("agents", "simulation", "experiments/run_tables", "experiments/replication.py")
"""What decides a run's results, from the root of the installation."""


class Identity(NamedTuple):
    """What all runs of a study share. Two studies with the same identity hold the same worlds.

    scenario: hash of the resolved scenario. seed: of all luck. model: version of the model.
    rules: hash of the rules that users replaced, "" where there are none: of their text, and of
    the values that they read from around it (see ``rules_hash``).
    """

    scenario: str
    seed: int
    model: str
    rules: str

    def of_run(self, assumptions: str, replication: int, strategy: str) -> str:
        """Identity of one run: 16 hexadecimal digits."""
        text = json.dumps([*self, assumptions, replication, strategy])
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def identity_of(
    scenario: Scenario, seed: int, rules: Mapping[str, Callable[..., Any]] | None = None
) -> Identity:
    """Identity of a study of this scenario, with this installation."""
    return Identity(scenario_hash(scenario), seed, model_version(), rules_hash(rules or {}))


def scenario_hash(scenario: Scenario) -> str:
    """SHA-256 of all that decides the model's results."""
    text = json.dumps(scenario.identity(), sort_keys=True, ensure_ascii=False, default=float)
    return hashlib.sha256(text.encode()).hexdigest()


def rules_hash(rules: Mapping[str, Callable[..., Any]]) -> str:
    """Hash of the text of replaced rules and of the values that they read, "" without any.

    Values of enclosing functions and of the rule's module count, and so do the functions that it
    calls there. What stands in another module (``config.SHIFT``) is not seen.
    """
    if not rules:
        return ""
    text = rule_sources(rules)
    read = [value for _, rule in sorted(rules.items()) for value in _read_by(rule, set())]
    return hashlib.sha256(f"{text}{read}".encode()).hexdigest()[:16]


def _read_by(function: Callable[..., Any], known: set[Any]) -> list[str]:
    """Names and hashes of the values that a function reads from around it."""
    source = plain_function(function)
    if source in known:
        return []
    known.add(source)
    around = inspect.getclosurevars(source)
    found = []
    for name, value in sorted({**around.globals, **around.nonlocals}.items()):
        if inspect.isfunction(getattr(value, "py_func", value)):
            found += [name, rule_sources({name: value}), *_read_by(value, known)]
        elif not inspect.ismodule(value):
            found += [name, joblib.hash(value)]
    return found


@cache
def model_version() -> str:
    """The package's version and a hash of the sources that decide a run's results."""
    root = Path(__file__).resolve().parents[2]
    digest = hashlib.sha256()
    for part in _SOURCES:
        place = root / part
        for path in [place] if place.is_file() else sorted(place.rglob("*.py")):
            digest.update(path.read_bytes())
    return f"{versions()['loanlab']}+{digest.hexdigest()[:12]}"


def platform_of() -> dict[str, str]:
    """The platform on which results are promised to the last bit."""
    found = versions()
    decisive = {name: found[name] for name in ("python", "numpy", "numba", "scipy")}
    return {"system": platform.system(), "machine": platform.machine(), **decisive}


@cache
def versions() -> dict[str, str]:
    """Versions of Python and of the packages that decide a result."""
    found = {"python": platform.python_version()}
    for package in _PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            found[package] = "not installed"
    return found
