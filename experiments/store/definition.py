"""What a stored study is: its identity, its scenario, its plan; and whether two are the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from experiments.arms import StudyError
from experiments.store.identity import Identity, identity_of, platform_of
from experiments.store.scenario_text import scenario_as_text, scenario_from_text
from scenarios.explaining import difference
from simulation.scenario import Scenario

if TYPE_CHECKING:
    from experiments.study import Study

SCHEMA = 1
"""Of the store. A store of a later schema is refused."""

MANY = 3
"""Differences of two scenarios that are told one by one."""


def facts_of(study: Study) -> dict[str, Any]:
    """A study's facts as its store keeps them."""
    return {
        "schema": SCHEMA,
        "identity": list(study.identity),
        "scenario": scenario_as_text(study.scenario),
        "rules": sorted(study.rules),
        "plan": study.plan,
        "platform": platform_of(),
    }


def readable(facts: Mapping[str, Any], where: object) -> Mapping[str, Any]:
    """The facts, if this version reads them. Raises: StudyError."""
    schema = facts.get("schema")
    if schema is None or not {"identity", "scenario", "plan", "platform"} <= set(facts):
        raise StudyError(f"{where}: the study was never wholly begun; choose another folder")
    if schema != SCHEMA:
        raise StudyError(
            f"{where}: was written by another version of loanlab (store {schema}, here {SCHEMA})"
        )
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


def differences(facts: Mapping[str, Any], study: Study, where: object) -> list[str]:
    """In what a stored study is not this one, in words; empty where runs can be added."""
    old = Identity(*facts["identity"])
    new = study.identity
    told = []
    if old.model != new.model:
        told.append(f"another version of the model ({old.model}, here {new.model})")
    if old.seed != new.seed:
        told.append(f"seed {old.seed}, not {new.seed}")
    if old.rules != new.rules:
        names = ", ".join(facts.get("rules", [])) or "none"
        told.append(f"other replaced rules ({names}, here {', '.join(study.rules) or 'none'})")
    if old.scenario != new.scenario:
        told.append(_scenarios_apart(scenario_of(facts, where), study.scenario))
    return told


def _scenarios_apart(old: Scenario, new: Scenario) -> str:
    """In what two scenarios differ."""
    found = [f"{d.key} = {d.first}, not {d.second}" for d in difference(old, new)]
    more = f" and {len(found) - MANY} more" if len(found) > MANY else ""
    return "another scenario" + (f" ({'; '.join(found[:MANY])}{more})" if found else "")
