"""What a stored study is: its identity, its scenario, its plan; and whether two are the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from agents.compiled import rule_sources
from experiments.arms import StudyError
from experiments.references import Reference
from experiments.store.identity import Identity, identity_of, platform_of
from experiments.store.scenario_text import scenario_as_text, scenario_from_text
from scenarios.explaining import difference
from simulation.scenario import Scenario

SCHEMA = 1
"""Of the store. A store of a later schema is refused."""

_KINDS = {
    "study": "a study of strategies (loanlab compare)",
    "sensitivity": "a sensitivity study (repeat its loanlab sensitivity to go on)",
}

MANY = 3
"""Differences of two scenarios that are told one by one."""


class Stored(Protocol):
    """A study as its store and its folder know it."""

    @property
    def kind(self) -> str:
        """``study`` or ``sensitivity``."""

    @property
    def scenario(self) -> Scenario:
        """What it is about."""

    @property
    def seed(self) -> int:
        """Of all luck."""

    @property
    def identity(self) -> Identity:
        """What all its runs share."""

    @property
    def rules(self) -> Mapping[str, Callable[..., Any]]:
        """Replaced rules."""

    @property
    def plan(self) -> dict[str, Any]:
        """What is to be run."""

    @property
    def references(self) -> Sequence[Reference]:
        """References of equal volume and cost."""


def facts_of(study: Stored) -> dict[str, Any]:
    """A study's facts as its store keeps them."""
    return {
        "schema": SCHEMA,
        "kind": study.kind,
        "identity": list(study.identity),
        "scenario": scenario_as_text(study.scenario),
        "rules": sorted(study.rules),
        "rule_sources": {n: rule_sources({n: rule}) for n, rule in sorted(study.rules.items())},
        "plan": study.plan,
        "platform": platform_of(),
    }


def readable(
    facts: Mapping[str, Any], where: object, kind: str | None = "study"
) -> Mapping[str, Any]:
    """The facts, if this version reads them. kind: wanted; None for any. Raises: StudyError."""
    schema = facts.get("schema")
    if schema is None or not {"identity", "scenario", "plan", "platform"} <= set(facts):
        raise StudyError(f"{where}: the study was never wholly begun; choose another folder")
    if schema != SCHEMA:
        raise StudyError(
            f"{where}: was written by another version of loanlab (store {schema}, here {SCHEMA})"
        )
    held = facts.get("kind", "study")
    if kind not in (None, held):
        raise StudyError(f"{where}: holds {_KINDS.get(held, held)}, not {_KINDS[str(kind)]}")
    return facts


def scenario_of(facts: Mapping[str, Any], where: object) -> Scenario:
    """The study's scenario, to the last bit. Raises: StudyError where the text was changed."""
    try:
        scenario = scenario_from_text(facts["scenario"])
        same = identity_of(scenario, 0).scenario == Identity(*facts["identity"]).scenario
    except (KeyError, TypeError, ValueError):
        same = False
    if not same:
        raise StudyError(f"{where}: its scenario is not the one it was run with")
    return scenario


def differences(facts: Mapping[str, Any], study: Stored, where: object) -> list[str]:
    """In what a stored study is not this one, in words; empty where runs can be added."""
    old = Identity(*facts["identity"])
    new = study.identity
    told = []
    if facts.get("kind", "study") != study.kind:
        told.append(_KINDS[facts.get("kind", "study")])
    if old.model != new.model:
        told.append(f"another version of the model ({old.model}, here {new.model})")
    if old.seed != new.seed:
        told.append(f"seed {old.seed}, not {new.seed}")
    if old.rules != new.rules:
        names = ", ".join(facts.get("rules", [])) or "none"
        told.append(
            f"other replaced rules ({names}, here {', '.join(study.rules) or 'none'}); in Python: "
            "Study.opened(folder, rules={...}) with the rules that it was run with"
        )
    if old.scenario != new.scenario:
        told.append(_scenarios_apart(scenario_of(facts, where), study.scenario))
    return told


def _scenarios_apart(old: Scenario, new: Scenario) -> str:
    """In what two scenarios differ."""
    found = [f"{d.key} = {d.first}, not {d.second}" for d in difference(old, new)]
    more = f" and {len(found) - MANY} more" if len(found) > MANY else ""
    return "another scenario" + (f" ({'; '.join(found[:MANY])}{more})" if found else "")
