"""What every rule has in common: form, names, and the same bits compiled and plain."""

from __future__ import annotations

import ast
import inspect
import math
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import agents
import simulation
from agents import bank, enterprise, loan, officer
from agents.compiled import PLAIN, called_rules, plain_function
from agents.records import visible
from simulation.model import BODIES, LOOPS

AGENTS = Path(agents.__file__).parent
STAGES = Path(simulation.__file__).parent / "stages"
MODULES = {"enterprise": enterprise, "loan": loan, "officer": officer, "bank": bank}
SOURCES = sorted(path.name for path in AGENTS.glob("*.py"))
MOST_ARGUMENTS = 6


def bits(value: Any) -> tuple[type, Any]:
    """A result so that equal means equal bit by bit."""
    if isinstance(value, float):
        return float, struct.pack("<d", value)
    return type(value), value


# --- form -------------------------------------------------------------------------------------


@pytest.mark.parametrize("source", SOURCES)
def test_a_rule_is_documented_typed_and_short(source: str, decorated_functions: Any) -> None:
    for node in decorated_functions(AGENTS / source, "rule"):
        where = f"{source}:{node.lineno} {node.name}"
        assert ast.get_docstring(node), where
        arguments = node.args
        assert len(arguments.args) <= MOST_ARGUMENTS, where
        assert not arguments.defaults and not arguments.kwonlyargs, where
        assert arguments.vararg is None and arguments.kwarg is None, where
        types = [a.annotation for a in arguments.args] + [node.returns]
        named = [t.id if isinstance(t, ast.Name) else None for t in types]
        assert set(named) <= {"float", "int", "bool"}, where


def test_rules_live_with_the_agents_only(decorated_functions: Any) -> None:
    with_rules = {s for s in SOURCES if decorated_functions(AGENTS / s, "rule")}
    assert with_rules == {f"{name}.py" for name in MODULES}
    for path in Path(simulation.__file__).parent.rglob("*.py"):
        assert not decorated_functions(path, "rule"), path


def test_rule_names_are_unique(rule_names: Any, all_rules: Any) -> None:
    assert len(all_rules) == sum(len(rule_names(module)) for module in MODULES.values())
    assert len(all_rules) > 40


def test_rules_hold_no_state(decorated_functions: Any) -> None:
    """A rule is a pure function: it neither writes to anything but locals nor declares globals."""
    for source in SOURCES:
        for node in decorated_functions(AGENTS / source, "rule"):
            for inner in ast.walk(node):
                where = f"{source} {node.name}"
                assert not isinstance(inner, ast.Global | ast.Nonlocal), where
                written = isinstance(inner, ast.Attribute | ast.Subscript)
                assert not (written and isinstance(inner.ctx, ast.Store)), where


# --- who knows what ---------------------------------------------------------------------------


@pytest.mark.parametrize("module", [officer, bank], ids=["officer", "bank"])
def test_no_rule_of_officer_or_bank_takes_a_true_field(module: Any, rule_names: Any) -> None:
    true = visible(enterprise.FIELDS, "true") | visible(loan.FIELDS, "true")
    true |= visible(bank.FIELDS, "true")
    assert {"quality", "demand", "cash_fen", "willingness", "runway", "diverted_fen"} <= true
    for name in rule_names(module):
        taken = set(inspect.signature(plain_function(getattr(module, name))).parameters)
        assert not taken & true, name


def test_an_officers_own_skill_works_through_nature_not_through_decisions(rule_names: Any) -> None:
    """Skill is true of the officer: it decides what is seen and learnt, never what is decided.

    Integrity is true of him too: it decides what he makes of a relation, and nothing else.
    """
    assert visible(officer.FIELDS, "true") == {"skill", "integrity"}

    def taking(argument: str) -> set[str]:
        return {
            name
            for module in MODULES.values()
            for name in rule_names(module)
            if argument in inspect.signature(plain_function(getattr(module, name))).parameters
        }

    assert taking("skill") == {
        "check_succeeds", "observation_sd", "notices_distress", "next_skill", "trained",
        "skill_with", "view_error",
    }  # fmt: skip
    assert taking("integrity") == {"resists", "keeps_quiet"}


# Decisions of officer and bank: what they are given must have been observed or agreed.
DECISIONS = {
    "approves", "overrides", "reviewed", "limit", "affordable", "price", "tightened", "shading",
    "evergreens", "looks_weak", "file_hours_granted", "effort",
}  # fmt: skip
TRUTH = {"true_capacity", "normal_flow", "liquid", "market_value", "is_distressed"}


def reads_truth(node: ast.expr, tainted: set[str], true: set[str]) -> list[str]:
    """True fields, functions of nature and tainted names that an expression reads."""
    found = []
    for inner in ast.walk(node):
        if isinstance(inner, ast.Attribute) and isinstance(inner.value, ast.Name):
            if inner.value.id in ("e", "loan", "old", "member") and inner.attr in true:
                found.append(f"{inner.value.id}.{inner.attr}")
        elif isinstance(inner, ast.Name) and inner.id in TRUTH | tainted:
            found.append(inner.id)
    return found


def is_observation(node: ast.expr) -> bool:
    """Is a value read with an error of its own, or handed back by another of our functions?"""
    calls = [inner for inner in ast.walk(node) if isinstance(inner, ast.Call)]
    if any(getattr(call.func, "id", None) == "normal" for call in calls):
        return True
    whole = node.func if isinstance(node, ast.Call) else None
    return isinstance(whole, ast.Name) and whole.id not in {"float", "int", "min", "max", *TRUTH}


def decisions_on_truth(function: ast.FunctionDef, true: set[str]) -> Iterator[str]:
    """Calls of decisions in a stage with an argument that was read from the truth."""
    tainted: set[str] = set()
    for _ in range(2):  # a second round follows what a loop hands on
        for inner in ast.walk(function):
            if isinstance(inner, ast.Assign | ast.AugAssign):
                targets = inner.targets if isinstance(inner, ast.Assign) else [inner.target]
                if reads_truth(inner.value, tainted, true) and not is_observation(inner.value):
                    tainted |= {t.id for t in targets if isinstance(t, ast.Name)}
    for inner in ast.walk(function):
        named = isinstance(inner, ast.Call) and isinstance(inner.func, ast.Name)
        if named and inner.func.id in DECISIONS:
            for argument in inner.args:
                for read in reads_truth(argument, tainted, true):
                    yield f"{function.name}: {inner.func.id}() is given {read}"


def test_stages_hand_no_true_field_to_a_decision(decorated_functions: Any) -> None:
    true = visible(enterprise.FIELDS, "true") | visible(loan.FIELDS, "true")
    paths = sorted([*STAGES.glob("*.py"), *STAGES.parent.glob("*.py")])
    assert {"approval.py", "investigation.py", "monitoring.py"} <= {path.name for path in paths}
    found = [
        breach
        for path in paths
        for function in decorated_functions(path, "kernel")
        for breach in decisions_on_truth(function, true)
    ]
    assert found == []


# --- replaceable ------------------------------------------------------------------------------


def test_every_rule_is_used_and_can_be_replaced(all_rules: Any) -> None:
    """``LoanPortfolio(rules=...)`` reaches exactly what ``called_rules`` finds."""
    reached = called_rules(LOOPS)
    assert set(all_rules) - set(reached) == set()


def test_views_act_with_the_same_rules_as_the_loops(all_rules: Any) -> None:
    from_loops = set(called_rules(LOOPS)) & set(all_rules)
    from_bodies = set(called_rules(BODIES)) & set(all_rules)
    assert from_loops == from_bodies


# --- compiled and plain -----------------------------------------------------------------------


def every_rule() -> list[str]:
    """Names of all rules, for parametrising."""
    names = []
    for module in MODULES.values():
        tree = ast.parse(Path(module.__file__ or "").read_text(encoding="utf-8"))
        names += [
            node.name
            for node in tree.body
            if isinstance(node, ast.FunctionDef)
            and any(getattr(d, "id", None) == "rule" for d in node.decorator_list)
        ]
    return names


@pytest.mark.skipif(PLAIN, reason="nothing is compiled under NUMBA_DISABLE_JIT=1")
@pytest.mark.parametrize("name", every_rule())
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_compiled_equals_plain(
    name: str, data: st.DataObject, all_rules: Any, admissible: Callable[..., Any]
) -> None:
    rule = all_rules[name]
    arguments = data.draw(admissible(rule))
    compiled, plain = rule(*arguments.values()), plain_function(rule)(*arguments.values())
    promised = inspect.signature(plain_function(rule)).return_annotation
    assert bits(promised_type(promised, compiled)) == bits(promised_type(promised, plain))
    if promised == "float":
        assert math.isfinite(compiled)


def promised_type(promised: str, value: Any) -> Any:
    """A result in the type that the rule's signature promises, without loss."""
    made = {"float": float, "int": int, "bool": bool}[promised](value)
    assert made == value or value != value
    return made
