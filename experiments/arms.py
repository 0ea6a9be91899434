"""The arms of a study: which strategies are compared, and how they are called."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from scenarios.problems import nearest, shown
from simulation.scenario import Scenario

MODES = {"drawn": ("fixed", "drawn"), "fixed": ("fixed",)}
"""What a study's ``assumptions`` may be, and the worlds it then runs."""

BASELINE = "baseline"


class StudyError(ValueError):
    """A study that cannot be run as asked: a plain sentence that names what is allowed."""


def parts(arm: str) -> tuple[str, ...]:
    """Strategies of ``"a+b"``; the baseline has none."""
    names = [name.strip() for name in arm.split("+")]
    return tuple(name for name in names if name != BASELINE)


def is_combination(arm: str) -> bool:
    """Is an arm made of several strategies?"""
    return len(parts(arm)) > 1


def the_strategies(scenario: Scenario) -> tuple[str, ...]:
    """Names of the catalogue's strategies, without their rivals."""
    return tuple(s.name for s in scenario.strategies.values() if s.kind == "strategy")


def all_together(scenario: Scenario) -> str:
    """The arm in which all strategies (no rival) are in force."""
    return "+".join(the_strategies(scenario)) or BASELINE


def can_be_chosen(scenario: Scenario, arm: str) -> bool:
    """Can a bank choose an arm? It cannot switch a failure mode off."""
    catalogue = scenario.catalogue
    return all(catalogue[name].kind != "switch" for name in parts(arm))


def leaders(scenario: Scenario, arms: Iterable[str]) -> list[str]:
    """Arms out of which a headline names the best: strategies one by one; where there is none,
    single arms that can be chosen, single arms, or all.
    """
    all_arms = list(arms)
    single = [arm for arm in all_arms if not is_combination(arm)]
    own = [arm for arm in single if arm in the_strategies(scenario)]
    chosen = [arm for arm in single if can_be_chosen(scenario, arm)]
    return own or chosen or single or all_arms


def rivals(scenario: Scenario, arms: Iterable[str]) -> list[str]:
    """Single arms that can be chosen and are no leaders: a headline that says who is best must
    not hide them.
    """
    all_arms = list(arms)
    first = leaders(scenario, all_arms)
    return [arm for arm in all_arms if arm not in first and arm != BASELINE
            and not is_combination(arm) and can_be_chosen(scenario, arm)]  # fmt: skip


def default_arms(scenario: Scenario) -> list[str]:
    """Every strategy, all strategies together, every rival; neither experiments nor switches."""
    rivals = [s.name for s in scenario.strategies.values() if s.kind == "rival"]
    return list(dict.fromkeys([*the_strategies(scenario), all_together(scenario), *rivals]))


def checked_arms(scenario: Scenario, names: Sequence[str]) -> tuple[str, ...]:
    """The arms of a study, the baseline first, as ``a+b`` without blanks.

    names: strategies, arms without failure modes (``without_F01``), and combinations. Raises:
    StudyError for an unknown name, one named twice in a combination, or two arms that are the
    same.
    """
    if isinstance(names, str):
        raise StudyError(f"strategies = {shown(names)} is not allowed; allowed: a list of names")
    arms = [BASELINE]
    for name in names:
        members = _known_parts(scenario, name)
        arm = "+".join(members) or BASELINE
        twin = next((a for a in arms if set(parts(a)) == set(members)), None)
        if twin is None:
            arms.append(arm)
        elif twin != BASELINE:
            raise StudyError(f"strategies: {arm} and {twin} are the same; name it once")
    return tuple(arms)


def _known_parts(scenario: Scenario, arm: str) -> tuple[str, ...]:
    """Strategies and switches of an arm, each in the catalogue."""
    if not isinstance(arm, str):
        raise StudyError(f"strategies: {shown(arm)} is not a name")
    members = parts(arm)
    catalogue = scenario.catalogue
    if "" in members or not arm.strip():
        known = ", ".join(default_arms(scenario))
        raise StudyError(f"strategies: {shown(arm)}: a name is missing; allowed: {known} and more")
    for name in members:
        if name not in catalogue:
            switch = name.startswith("without")
            near = nearest(name, catalogue if switch else [BASELINE, *scenario.strategies])
            raise StudyError(
                f"strategies: {shown(name)}: unknown strategy{near or '; see loanlab scenarios'}"
            )
    if len(set(members)) < len(members):
        raise StudyError(f"strategies: {shown(arm)} names a strategy twice")
    return members


def arm_title(scenario: Scenario, arm: str) -> str:
    """An arm's name for people."""
    members = parts(arm)
    if not members:
        return "Baseline"
    if len(members) > 1 and set(members) == set(the_strategies(scenario)):
        number = {2: "Both", 3: "All three", 4: "All four"}.get(len(members), "All")
        return f"{number} strategies"
    catalogue = scenario.catalogue
    return " + ".join(catalogue[name].title for name in members)


def whole_number(name: str, value: object, least: int, most: int) -> int:
    """A whole number within bounds. Raises: StudyError that states the bounds."""
    if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
        return value
    allowed = f"a whole number from {least} to {most}"
    raise StudyError(f"{name} = {shown(value)} is not allowed; allowed: {allowed}")


def one_of(name: str, value: str, allowed: Iterable[str]) -> str:
    """A word out of a few. Raises: StudyError that lists them."""
    if value in allowed:
        return value
    words = " or ".join(allowed)
    raise StudyError(f"{name} = {shown(value)} is not allowed; allowed: {words}")
