"""The officer's rules: worked examples, limits, monotonicity."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents import officer
from agents.compiled import plain_function
from agents.officer import (
    attention,
    belief,
    cares,
    check_is_made,
    check_succeeds,
    contact,
    days_to_decision,
    effort,
    file_hours_granted,
    follows_formula,
    keeps_quiet,
    leaves,
    next_skill,
    notices_distress,
    observation_sd,
    resists,
    shading,
    skill_with,
    trained,
    view_error,
)

Case = tuple[Callable[..., Any], tuple[Any, ...], Any]

EXAMPLES: list[Case] = [
    (file_hours_granted, (50.0, 40.0, 100.0, 0.7, 0.0), 50.0),  # enough for everything
    (file_hours_granted, (60.0, 40.0, 100.0, 0.7, 0.0), 60.0),  # just enough
    (file_hours_granted, (100.0, 80.0, 136.0, 0.7, 0.0), 82.78260869565217),  # .7 / 1.15 x 136
    (file_hours_granted, (100.0, 80.0, 136.0, 0.7, 0.25), 68.0),  # .7 / 1.40 x 136
    (file_hours_granted, (200.0, 10.0, 136.0, 0.7, 0.0), 126.0),  # what the others leave
    (file_hours_granted, (80.0, 80.0, 136.0, 0.7, 0.0), 80.0),  # no more than wanted
    (file_hours_granted, (100.0, 200.0, 136.0, 0.0, 0.0), 0.0),  # no priority, nothing left
    (effort, (60.0, 100.0, 0.35), 0.6),
    (effort, (10.0, 100.0, 0.35), 0.35),  # the least
    (effort, (100.0, 80.0, 0.35), 1.0),
    (effort, (0.0, 0.0, 0.35), 1.0),  # nothing to do is done in full
    (effort, (0.0, 100.0, 0.0), 0.0),
    (cares, (1.0, 0.7, 0.8), 1.0),  # the usual pay
    (cares, (1.0, 0.95, 0.8), 0.8),  # 1 - .8 x .25
    (cares, (0.1, 0.95, 0.8), 0.15),  # never below
    (cares, (1.0, 0.0, 0.8), 1.0),  # never above
    (cares, (0.5, 0.2, 0.8), 0.7),  # .5 x (1 + .8 x .5)
    (follows_formula, (0.6, 0.7, 0.8, 0.59), True),  # the usual pay
    (follows_formula, (0.6, 0.95, 0.8, 0.47), True),  # .6 x (1 - .8 x .25) = .48
    (follows_formula, (0.6, 0.95, 0.8, 0.49), False),
    (follows_formula, (0.6, 0.2, 0.8, 0.61), False),  # pay for quality adds nothing
    (check_is_made, (0.5, 1.0, 0.49), True),
    (check_is_made, (0.5, 1.0, 0.5), False),
    (check_is_made, (0.5, 0.25, 0.189), True),  # .25^.7 = .3789; half of it .18946
    (check_is_made, (0.5, 0.25, 0.190), False),
    (check_is_made, (1.0, 0.0, 2.0**-53), False),
    (check_is_made, (1.0, 1.0, 1.0 - 2.0**-53), True),
    (check_succeeds, (0.5, 0.824), True),  # .5 + .5 x .65 = .825
    (check_succeeds, (0.5, 0.826), False),
    (check_succeeds, (0.0, 0.5), False),  # without skill a coin
    (check_succeeds, (1.0, 1.0 - 2.0**-53), True),
    (observation_sd, (0.9, 1, 1.0, 0.4), 0.9),  # reference effort and skill
    (observation_sd, (0.9, 3, 1.0, 0.4), 0.519615242270663),  # / sqrt 3
    (observation_sd, (0.8, 1, 0.25, 0.4), 1.6),  # / sqrt(1/4)
    (observation_sd, (0.9, 1, 0.0, 0.4), 2.846049894151541),  # bounded: / sqrt(1/10)
    (observation_sd, (0.0, 1, 1.0, 0.4), 0.0),
    (belief, (0.5, 0.3, 0.2, -0.4), 0.6),
    (belief, (0.5, 0.0, 0.0, 0.0), 0.5),  # all checked and no error: the truth
    (shading, (0.3, 0.5, 0.4, 0.25, 0.15), 0.5),  # .4 + .25 - .15
    (shading, (0.5, 0.5, 0.4, 0.0, 0.0), 0.4),  # just within the width
    (shading, (0.51, 0.5, 0.4, 0.25, 0.15), 0.0),  # too far
    (shading, (0.0, 0.5, 0.4, 0.25, 0.15), 0.0),  # needs none
    (shading, (-0.3, 0.5, 0.4, 0.25, 0.15), 0.0),
    (shading, (0.3, 0.5, 0.1, 0.0, 0.15), 0.0),  # nobody is marked down
    (resists, (0.25, 0.6), 0.1),  # .25 x .4
    (resists, (0.25, 1.0), 0.0),  # full integrity: nothing is left
    (resists, (0.25, 0.0), 0.25),
    (keeps_quiet, (0.5, 0.6, 0.19), True),  # .5 x .4 = .2
    (keeps_quiet, (0.5, 0.6, 0.21), False),
    (keeps_quiet, (1.0, 1.0, 2.0**-53), False),  # full integrity: never
    (keeps_quiet, (0.0, 0.0, 2.0**-53), False),
    (skill_with, (0.5, 5, 6, 0.7), 0.35),  # the sixth month: .7 x .5
    (skill_with, (0.5, 6, 6, 0.7), 0.5),  # six months are over
    (skill_with, (0.5, 0, 0, 0.7), 0.5),  # no handover needed
    (contact, (0.8, 6, 6, 0.7), 0.8),  # six months are over
    (contact, (0.8, 5, 6, 0.7), 0.56),  # .7 x .8
    (contact, (0.8, -1, 6, 0.7), 0.56),  # a vacant post knows nobody
    (contact, (0.0, 60, 6, 0.7), 0.0),  # no hours
    (attention, (4, 8.0), 1.0),
    (attention, (8, 8.0), 1.0),  # just as many as can be taken seriously
    (attention, (32, 8.0), 0.25),  # 8 / 32
    (attention, (0, 0.5), 0.5),  # none counts as one
    (view_error, (0.6, 0.5), 0.6),  # the reference skill
    (view_error, (0.6, 0.125), 1.2),  # x sqrt(.5 / .125) = 2
    (view_error, (0.6, 0.0), 1.8973665961010275),  # bounded: x sqrt(.5 / .05)
    (view_error, (0.0, 0.1), 0.0),
    (notices_distress, (0.5, 0.69), True),  # .5 + .4 x .5 = .7
    (notices_distress, (0.5, 0.71), False),
    (notices_distress, (1.0, 0.91), False),
    (days_to_decision, (1.0, 0.5, 12.0, 3.0, 4.0), 47.62083333333333),  # 30.417 x 1.25 + 5.6 + 4
    (days_to_decision, (0.0, 0.0, 0.0, 3.0, 0.0), 0.0),
    (next_skill, (0.5, 0.004, 8), 0.502),  # .5 + .004 x .5 x 1
    (next_skill, (0.5, 0.004, 100), 0.504),  # more than 16 files teach no more
    (next_skill, (0.5, 0.004, 0), 0.5),
    (next_skill, (1.0, 1.0, 100), 1.0),
    (trained, (0.5, 0.3), 0.65),
    (trained, (0.5, 0.0), 0.5),
    (trained, (0.5, 1.0), 1.0),
    (leaves, (0.012, 0.011), True),
    (leaves, (0.012, 0.012), False),
    (leaves, (0.0, 2.0**-53), False),
]


def label(value: Any) -> str:
    return plain_function(value).__name__ if callable(value) else str(value)


@pytest.mark.parametrize(("rule", "given_values", "expected"), EXAMPLES, ids=label)
def test_worked_example(rule: Any, given_values: Any, expected: Any) -> None:
    for form in (rule, plain_function(rule)):
        result = form(*given_values)
        if isinstance(expected, float):
            assert result == pytest.approx(expected, rel=1e-12, abs=1e-15)
        else:
            assert result == expected


def test_every_rule_has_an_example(rule_names: Any) -> None:
    shown = {plain_function(rule).__name__ for rule, _, _ in EXAMPLES}
    assert shown == rule_names(officer)


MONOTONE = [
    (file_hours_granted, "wanted", 1), (file_hours_granted, "other", -1),
    (file_hours_granted, "available", 1), (file_hours_granted, "priority", 1),
    (file_hours_granted, "audit", -1),
    (effort, "granted", 1), (effort, "wanted", -1), (effort, "least", 1),
    (cares, "effort_given", 1), (cares, "volume_weight", -1),
    (follows_formula, "share", 1), (follows_formula, "volume_weight", -1),
    (follows_formula, "u", -1),
    (check_is_made, "compliance", 1), (check_is_made, "effort_given", 1),
    (check_is_made, "u", -1),
    (check_succeeds, "skill", 1), (check_succeeds, "u", -1),
    (observation_sd, "source_sd", 1), (observation_sd, "sources", -1),
    (observation_sd, "effort_given", -1), (observation_sd, "skill", -1),
    (belief, "seen_capacity", 1), (belief, "dressing", 1), (belief, "hidden_debt", 1),
    (belief, "error", 1),
    (shading, "push", 1), (shading, "relation", 1), (shading, "restraint", -1),
    (shading, "width", 1),
    (resists, "pull", 1), (resists, "integrity", -1),
    (keeps_quiet, "share", 1), (keeps_quiet, "integrity", -1), (keeps_quiet, "u", -1),
    (skill_with, "skill", 1), (skill_with, "months", 1), (skill_with, "handover", -1),
    (skill_with, "factor", 1),
    (contact, "effort_given", 1), (contact, "months", 1), (contact, "handover", -1),
    (contact, "factor", 1),
    (attention, "alerts", -1), (attention, "capacity", 1),
    (view_error, "view_sd", 1), (view_error, "skill", -1),
    (notices_distress, "skill", 1), (notices_distress, "u", -1),
    (days_to_decision, "months_waited", 1), (days_to_decision, "desk_share", 1),
    (days_to_decision, "hours", 1), (days_to_decision, "hours_per_day", -1),
    (days_to_decision, "review", 1),
    (next_skill, "files", 1), (next_skill, "rate", 1),
    (trained, "skill", 1), (trained, "training", 1),
    (leaves, "turnover", 1), (leaves, "u", -1),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "argument", "sign"), MONOTONE, ids=label)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_monotone(rule: Any, argument: str, sign: int, data: st.DataObject, moved: Any) -> None:
    less, more = data.draw(moved(rule, argument))
    step = sign * (rule(**more) - rule(**less))
    assert step >= -1e-12 * max(1.0, abs(rule(**less)))


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_hours_are_bounded_by_the_day(data: st.DataObject, admissible: Any) -> None:
    """Nobody gets more than wanted, nor more than there is."""
    values = data.draw(admissible(file_hours_granted))
    granted = file_hours_granted(**values)
    assert 0.0 <= granted <= values["wanted"] + 1e-9
    assert granted <= values["available"] + 1e-9


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_shares_stay_shares(data: st.DataObject, admissible: Any) -> None:
    values = data.draw(admissible(effort))
    assert values["least"] <= effort(**values) <= 1.0
    assert 0.15 <= cares(**data.draw(admissible(cares))) <= 1.0
    assert 0.0 <= contact(**data.draw(admissible(contact))) <= 1.0
    assert 0.0 < attention(**data.draw(admissible(attention))) <= 1.0
    pull = data.draw(admissible(resists))
    assert 0.0 <= resists(**pull) <= pull["pull"]
    with_client = data.draw(admissible(skill_with))
    assert 0.0 <= skill_with(**with_client) <= with_client["skill"]
    skill = data.draw(admissible(trained))
    assert skill["skill"] <= trained(**skill) <= 1.0 + 1e-15


@settings(max_examples=200, deadline=None)
@given(skill=st.floats(0.0, 1.0), rate=st.floats(0.0, 0.5), files=st.integers(0, 60))
def test_learning_never_overshoots(skill: float, rate: float, files: int) -> None:
    """At most twice the normal month's lesson: with a rate up to one half, never beyond full."""
    assert skill <= next_skill(skill, rate, files) <= 1.0 + 1e-15


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_shading_lifts_within_its_width_only(data: st.DataObject, admissible: Any) -> None:
    values = data.draw(admissible(shading))
    added = shading(**values)
    assert added >= 0.0
    if not 0.0 < values["distance"] <= values["width"]:
        assert added == 0.0
