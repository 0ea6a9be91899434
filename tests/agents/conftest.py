"""Fixtures of the agents' tests: which functions are rules, and admissible arguments for them."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import strategies as st

import agents
from agents import bank, enterprise, loan, officer
from agents.compiled import plain_function
from scenarios import load_scenario
from simulation import Scenario

ROOT = Path(agents.__file__).resolve().parent.parent
TINY = {"enterprises": 60, "months": 6, "burn_in_months": 18, "run_off_months": 3}


@pytest.fixture(scope="session")
def tiny() -> Callable[..., Scenario]:
    """A function that loads a scenario, small unless keywords say otherwise."""

    def load(name: str = "l_bank", /, **overrides: Any) -> Scenario:
        return load_scenario(name, **{**TINY, **overrides})

    return load


def decorated(path: Path, decorator: str) -> Iterator[ast.FunctionDef]:
    """Functions of a source file that carry a decorator."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef):
            names = [d.id for d in node.decorator_list if isinstance(d, ast.Name)]
            if decorator in names:
                yield node


@pytest.fixture(scope="session")
def decorated_functions() -> Callable[[Path, str], list[ast.FunctionDef]]:
    """A function: syntax trees of the functions of a file with a decorator."""
    return lambda path, decorator: list(decorated(path, decorator))


@pytest.fixture(scope="session")
def rule_names() -> Callable[[ModuleType], set[str]]:
    """A function: names of the rules of a module, read from its source."""
    return lambda module: {node.name for node in decorated(Path(module.__file__ or ""), "rule")}


@pytest.fixture(scope="session")
def all_rules(rule_names: Any) -> dict[str, Callable[..., Any]]:
    """Every rule of the four agents' modules by name."""
    modules = (enterprise, loan, officer, bank)
    return {name: getattr(m, name) for m in modules for name in sorted(rule_names(m))}


OPEN_UNIT = st.floats(2.0**-53, 1.0 - 2.0**-53)
UNIT = st.floats(0.0, 1.0)
DEVIATION = st.floats(-5.0, 5.0)
FEN = st.integers(0, 10**13)
FLOW = st.floats(-1e12, 1e12)
HOURS = st.floats(0.0, 2_000.0)
FLAG = st.booleans()

DOMAIN: dict[str, st.SearchStrategy[Any]] = {
    **dict.fromkeys(("u", "v"), OPEN_UNIT),
    **dict.fromkeys(
        ("persistence", "probability", "willingness", "part", "share", "hazard", "cost",
         "compliance", "effort", "effort_given", "skill", "training", "turnover", "least",
         "priority", "audit", "detection", "false_alarms", "weight", "volume_weight", "sound_share",
         "rate", "desk_share", "shortfall", "restraint", "relation", "push", "cut", "regained",
         "lost", "asked_share", "whole", "contact", "impatience", "integrity", "factor",
         "capital_ratio", "capital_asked"), UNIT),
    **dict.fromkeys(
        ("demand", "common", "own", "normal_draw", "score", "cutoff", "capacity_index", "ease",
         "second_look", "seen_capacity", "error", "distance", "view", "threshold", "location",
         "flow_ratio", "quality"), DEVIATION),
    **dict.fromkeys(("setback",), st.floats(-20.0, 0.0)),
    **dict.fromkeys(("sd", "depth", "width", "strength", "stress", "dressing", "hidden_debt",
                     "demand_level", "liquidity_ratio", "source_sd", "step", "pull",
                     "view_sd"),
                    st.floats(0.0, 5.0)),
    **dict.fromkeys(("needed", "target", "claim", "other_claims", "balance", "arrears",
                     "instalment", "amount", "line", "usual", "diverted"), FEN),
    **dict.fromkeys(("usable", "cash", "liquid"), st.integers(-(10**13), 10**13)),
    **dict.fromkeys(("flow", "cash_flow"), FLOW),
    **dict.fromkeys(("due", "value", "revenue", "service", "security_fen", "asked", "need",
                     "serviceable", "pledge_limit"), st.floats(0.0, 1e12)),
    **dict.fromkeys(("wanted", "other", "available", "granted", "hours"), HOURS),
    "zero_share": st.floats(0.0, 0.9),
    "slope": st.floats(0.0, 3.0),
    "scale": st.floats(0.1, 10.0),
    "margin": st.floats(-0.5, 1.0),
    "fixed_cost": UNIT,
    "annual_rate": st.floats(0.0, 0.5),
    "monthly_rate": st.floats(0.0, 0.05),
    "base": st.floats(0.0, 0.5),
    "premium": st.floats(0.0, 0.1),
    "ratio": st.floats(-1.0, 2.0),
    "coverage": st.floats(0.5, 5.0),
    "npl_ratio": UNIT,
    "tolerance": UNIT,
    "hours_per_day": st.floats(0.1, 24.0),
    "review": st.floats(0.0, 60.0),
    "months_waited": st.integers(0, 24).map(float),
    "days": st.floats(0.0, 1_000.0),
    "dpd": st.floats(0.0, 800.0),
    "limit": st.floats(0.0, 360.0),
    "months": st.integers(0, 120),
    "handover": st.integers(0, 60),
    "alerts": st.integers(0, 200),
    "capacity": st.floats(0.1, 1e9),
    "gained": st.floats(0.0, 10.0),
    "months_unpaid": st.integers(0, 4),
    "files": st.integers(0, 60),
    "sources": st.integers(1, 3),
    "extensions": st.integers(0, 5),
    "month_of_year": st.integers(0, 11),
    "log_price": st.floats(-3.0, 3.0),
    "yearly_sd": st.floats(0.0, 2.0),
    "systematic": UNIT,
    "draw": DEVIATION,
    "sales": FEN,
    "inflation": st.floats(0.0, 2.0),
    "polish": st.floats(0.0, 20.0),
    "kind": st.sampled_from([loan.INSTALMENT, loan.BULLET]),
    **dict.fromkeys(("controlled", "last", "observed", "hidden", "has_arrears",
                     "under_observation", "shows_distress", "looks_sound", "verified",
                     "distressed"), FLAG),
}  # fmt: skip
"""What an argument of this name may be; a new name is to be entered here."""


@pytest.fixture(scope="session")
def admissible() -> Callable[[Callable[..., Any]], st.SearchStrategy[dict[str, Any]]]:
    """A function: strategy for the arguments of a rule by name."""

    def arguments(rule: Callable[..., Any]) -> st.SearchStrategy[dict[str, Any]]:
        names = list(inspect.signature(plain_function(rule)).parameters)
        unknown = [name for name in names if name not in DOMAIN]
        assert not unknown, f"tests/agents/conftest.py: DOMAIN lacks {unknown}"
        values = st.tuples(*(DOMAIN[name] for name in names))
        return values.map(lambda drawn: dict(zip(names, drawn, strict=True)))

    return arguments


@pytest.fixture(scope="session")
def moved(admissible: Any) -> Callable[..., Any]:
    """A function for ``data.draw``: arguments of a rule twice, one argument smaller and larger."""

    def strategy(rule: Callable[..., Any], argument: str) -> Any:
        def pair(values: tuple[dict[str, Any], Any]) -> tuple[dict[str, Any], dict[str, Any]]:
            low, high = sorted((values[0][argument], values[1]))
            return {**values[0], argument: low}, {**values[0], argument: high}

        return st.tuples(admissible(rule), DOMAIN[argument]).map(pair)

    return strategy
