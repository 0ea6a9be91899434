"""Which factors ``--factors`` names: by name, with a range, or by group."""

from __future__ import annotations

from agents.parameters import MARKS, SECTIONS, STAGES, all_parameters
from experiments.arms import StudyError
from experiments.sensitivity.factors import (
    KINDS,
    LAWS,
    NO_STAGE,
    Factor,
    declared,
    groups_of,
    in_doubt,
    is_in_doubt,
)
from scenarios.problems import nearest, shown
from simulation.scenario import Scenario

ALL = "all"


def chosen(scenario: Scenario, asked: str | None, law: str = "uniform") -> list[Factor]:
    """The factors that are asked for, in that order; None for all that are in doubt.

    asked: items apart by commas: ``name``, ``name=low:high``, ``name=low:high:law``,
    ``name=a|b|c``, ``stage:S``, ``agent:A``, ``strategy:S``, ``mark:M``, ``all``. A name that
    comes twice counts as it came last. Raises: StudyError.
    """
    if law not in LAWS:
        raise StudyError(f"--law {shown(law)}: unknown law; allowed: {', '.join(LAWS)}")
    found: dict[str, Factor] = {}
    for item in (ALL if asked is None else asked).split(","):
        for factor in _of_item(scenario, item.strip(), law):
            found[factor.name] = factor
    return list(found.values())


def _of_item(scenario: Scenario, item: str, law: str) -> list[Factor]:
    """Factors of one item."""
    if item == ALL:
        return in_doubt(scenario, law)
    name, given, span = item.partition("=")
    if given:
        return [_ranged(scenario, _known(name.strip()), span, law)]
    kind, is_group, group = item.partition(":")
    if is_group:
        return _of_group(scenario, kind, group, law)
    return [declared(scenario, _known(item), law=law)]


def _known(name: str) -> str:
    """A parameter's name. Raises: StudyError with the nearest."""
    if name not in all_parameters():
        raise StudyError(
            f"--factors: {shown(name)}: unknown factor{nearest(name, all_parameters())}"
        )
    return name


def _ranged(scenario: Scenario, name: str, text: str, law: str) -> Factor:
    """A factor with the range that was typed."""
    try:
        values = [float(v) for v in text.split("|")] if "|" in text else []
        low, high, *laws = ["nan", "nan"] if values else text.split(":")
        span = float(low), float(high)
    except ValueError:
        raise StudyError(
            f"--factors: {name}={text}: is no range; allowed: LOW:HIGH, LOW:HIGH:LAW or A|B|C"
        ) from None
    if values:
        return declared(scenario, name, values=values)
    return declared(scenario, name, span, laws[0] if laws else law)


def _of_group(scenario: Scenario, kind: str, group: str, law: str) -> list[Factor]:
    """Factors in doubt of a group. Raises: StudyError for one unknown or with none in doubt."""
    known = {
        "stage": [*STAGES, NO_STAGE], "agent": list(SECTIONS), "mark": list(MARKS),
        "strategy": list(scenario.strategies),
    }  # fmt: skip
    if kind not in known:
        raise StudyError(f"--factors: {shown(kind)}: unknown kind of group{nearest(kind, KINDS)}")
    if group not in known[kind]:
        raise StudyError(f"--factors: {kind}:{group}: unknown {kind}{nearest(group, known[kind])}")
    found = [
        declared(scenario, name, law=law)
        for name, parameter in all_parameters().items()
        if is_in_doubt(parameter) and _belongs(scenario, name, kind, group)
    ]
    if not found:
        raise StudyError(f"--factors: {kind}:{group}: none of its parameters is in doubt")
    return found


def _belongs(scenario: Scenario, name: str, kind: str, group: str) -> bool:
    """Is a parameter in a group? One that several strategies move is in the group of each."""
    if kind == "strategy":
        strategy = scenario.strategies[group]
        return name in strategy.closes or name in strategy.adds
    return groups_of(scenario, name)[kind] == group
