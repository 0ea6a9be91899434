"""The bank's rules: worked examples, limits, monotonicity."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents import bank
from agents.bank import (
    affordable,
    approves,
    evergreens,
    is_audited,
    limit,
    looks_weak,
    months_of_delay,
    overrides,
    price,
    raises_alert,
    reviewed,
    suit_delay,
    swept,
    tightened,
    volume_pressure,
)
from agents.compiled import plain_function
from agents.loan import BULLET, INSTALMENT

Case = tuple[Callable[..., Any], tuple[Any, ...], Any]

EXAMPLES: list[Case] = [
    (reviewed, (1.0, 0.2, 0.25), 0.8),  # .75 x 1 + .25 x .2
    (reviewed, (1.0, 0.2, 0.0), 1.0),
    (reviewed, (1.0, 0.2, 1.0), 0.2),
    (approves, (0.25, 0.25), True),  # at the cut-off
    (approves, (0.2499, 0.25), False),
    (overrides, (0.2, 0.25, 0.1, 0.5, 0.4), True),  # .15 < .2 < .25
    (overrides, (0.2, 0.25, 0.1, 0.5, 0.5), False),  # the branch head does not
    (overrides, (0.1, 0.25, 0.1, 0.5, 0.4), False),  # too far below
    (overrides, (0.3, 0.25, 0.1, 0.5, 0.4), False),  # nothing to overturn
    (overrides, (0.2, 0.25, 0.0, 1.0, 0.4), False),  # no pressure, no depth
    (volume_pressure, (0, 1.0, 1.0, 0.0), 0.0),  # a quarter's start
    (volume_pressure, (4, 0.5, 1.0, 0.0), 0.15),  # its middle: .3 x .5
    (volume_pressure, (5, 0.5, 1.0, 0.0), 0.5),  # its end
    (volume_pressure, (11, 0.5, 1.0, 0.0), 0.75),  # December: 1.5 x .5
    (volume_pressure, (11, 1.0, 5.0, 1.0), 1.5),  # the most
    (volume_pressure, (0, 1.0, 1.0, 0.2), 0.2),  # stress does not wait
    (volume_pressure, (0, 1.0, 1.0, -0.2), 0.0),
    (volume_pressure, (11, 0.0, 5.0, 0.0), 0.0),  # the target is met
    (affordable, (12_000.0, 1.2, 0.005, INSTALMENT), 260_869.5652173913),  # 1e4 / (.005 + 1/30)
    (affordable, (12_000.0, 1.2, 0.005, BULLET), 387_096.7741935484),  # 1e4 / (.005 + 1/48)
    (affordable, (-5.0, 1.2, 0.005, BULLET), 0.0),
    (limit, (100.0, 80.0, 90.0, 70.0), 70.0),
    (limit, (100.0, 80.0, 90.0, 9e18), 80.0),
    (limit, (60.0, 80.0, 90.0, 70.0), 60.0),
    (limit, (100.0, 80.0, 50.0, 70.0), 50.0),
    (limit, (100.0, -1.0, 90.0, 70.0), 0.0),
    (price, (0.05, 0.004, -1.0), 0.054),
    (price, (0.05, 0.004, -3.0), 0.058),  # at most .8 points more
    (price, (0.05, 0.004, 3.0), 0.046),  # at most .4 points less
    (price, (0.0, 0.004, 3.0), 0.0),
    (price, (0.05, 0.0, -3.0), 0.05),
    (tightened, (0.05, 0.045, 0.12, 0.105, 0.3), 0.3),
    (tightened, (0.045, 0.045, 0.12, 0.105, 0.3), 0.0),  # beyond the tolerance, not at it
    (tightened, (0.0, 0.045, 0.104, 0.105, 0.3), 0.3),  # too little capital
    (tightened, (0.0, 0.045, 0.105, 0.105, 0.3), 0.0),  # below what is asked, not at it
    (tightened, (0.05, 0.045, 0.104, 0.105, 0.3), 0.3),  # both reasons: one step
    (tightened, (0.0, 0.0, math.inf, 0.105, 0.3), 0.0),  # an empty book needs no capital
    (raises_alert, (True, False, 0.2, 0.03, 0.19), True),
    (raises_alert, (True, False, 0.2, 0.03, 0.21), False),
    (raises_alert, (False, True, 0.2, 0.03, 0.029), True),  # a false alarm
    (raises_alert, (False, True, 0.2, 0.03, 0.1), False),
    (raises_alert, (False, False, 1.0, 1.0, 2.0**-53), False),  # neither sound nor distressed
    (raises_alert, (True, True, 0.0, 1.0, 2.0**-53), False),
    (months_of_delay, (45.0, 0.47), 2),  # 45 x 12 / 365 = 1.4795 months
    (months_of_delay, (45.0, 0.48), 1),
    (months_of_delay, (0.0, 2.0**-53), 0),
    (months_of_delay, (365.0, 0.5), 12),
    (looks_weak, (-0.6, -0.5), True),
    (looks_weak, (-0.5, -0.5), False),
    (swept, (1_000, 2_000, 0.25), 250),
    (swept, (10_000, 2_000, 0.25), 600),  # at most 30 % of the balance
    (swept, (-1_000, 2_000, 0.25), 0),
    (swept, (1_000, 0, 0.25), 0),
    (is_audited, (0.6, 1.0, 0.049), True),  # .6 a year, .05 a month
    (is_audited, (0.6, 1.0, 0.051), False),
    (is_audited, (0.0, 12.0, 2.0**-53), False),
    (suit_delay, (120.0, 1.0, 0.25), 90.0),  # 120 x (.5 + .25)
    (suit_delay, (120.0, 0.5, 0.25), 180.0),  # half the hours, twice as long
    (suit_delay, (120.0, 0.1, 0.25), 360.0),  # at most four times
    (suit_delay, (120.0, 0.0, 0.25), 360.0),
    (suit_delay, (0.0, 0.0, 0.25), 0.0),
    (evergreens, (0.35, 2, 0.34), True),
    (evergreens, (0.35, 2, 0.36), False),
    (evergreens, (1.0, 3, 2.0**-53), False),  # three times are enough
    (evergreens, (0.0, 0, 2.0**-53), False),
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
    assert shown == rule_names(bank)


MONOTONE = [
    (reviewed, "score", 1), (reviewed, "second_look", 1),
    (approves, "score", 1), (approves, "cutoff", -1),
    (overrides, "depth", 1), (overrides, "probability", 1), (overrides, "u", -1),
    (volume_pressure, "shortfall", 1), (volume_pressure, "strength", 1),
    (volume_pressure, "stress", 1),
    (affordable, "cash_flow", 1), (affordable, "coverage", -1), (affordable, "monthly_rate", -1),
    (affordable, "kind", 1),
    (limit, "asked", 1), (limit, "need", 1), (limit, "serviceable", 1),
    (limit, "pledge_limit", 1),
    (price, "base", 1), (price, "score", -1),
    (tightened, "npl_ratio", 1), (tightened, "tolerance", -1), (tightened, "step", 1),
    (tightened, "capital_ratio", -1), (tightened, "capital_asked", 1),
    (raises_alert, "detection", 1), (raises_alert, "false_alarms", 1), (raises_alert, "u", -1),
    (months_of_delay, "days", 1), (months_of_delay, "u", -1),
    (looks_weak, "view", -1), (looks_weak, "threshold", 1),
    (swept, "liquid", 1), (swept, "balance", 1), (swept, "share", 1),
    (is_audited, "audit", 1), (is_audited, "months", 1), (is_audited, "u", -1),
    (suit_delay, "days", 1), (suit_delay, "effort", -1), (suit_delay, "u", 1),
    (evergreens, "share", 1), (evergreens, "extensions", -1), (evergreens, "u", -1),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "argument", "sign"), MONOTONE, ids=label)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_monotone(rule: Any, argument: str, sign: int, data: st.DataObject, moved: Any) -> None:
    less, more = data.draw(moved(rule, argument))
    step = sign * (rule(**more) - rule(**less))
    assert step >= -1e-12 * max(1.0, abs(rule(**less)))


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_a_review_lies_between_the_two_looks(data: st.DataObject, admissible: Any) -> None:
    values = data.draw(admissible(reviewed))
    low, high = sorted((values["score"], values["second_look"]))
    assert low - 1e-12 <= reviewed(**values) <= high + 1e-12


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_bounds(data: st.DataObject, admissible: Any) -> None:
    assert 0.0 <= volume_pressure(**data.draw(admissible(volume_pressure))) <= 1.5
    values = data.draw(admissible(price))
    assert max(0.0, values["base"] - 0.004) - 1e-15 <= price(**values)
    assert price(**values) <= values["base"] + 0.008 + 1e-15
    sweep = data.draw(admissible(swept))
    assert 0 <= swept(**sweep) <= max(sweep["liquid"], 0) + 1
    assert swept(**sweep) <= 0.3 * sweep["balance"] + 1
    suit = data.draw(admissible(suit_delay))
    shortest = 0.5 * suit["days"]
    assert shortest <= suit_delay(**suit) <= 12.0 * shortest + 1e-9
    # With all hours the delay is the usual one, half of it more or less.
    assert suit_delay(**{**suit, "effort": 1.0}) <= 3.0 * shortest + 1e-9


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_an_override_needs_a_refusal(data: st.DataObject, admissible: Any) -> None:
    values = data.draw(admissible(overrides))
    if overrides(**values):
        assert not approves(values["score"], values["cutoff"])


@pytest.mark.parametrize("days", [0.0, 4.0, 45.0, 75.0, 364.9])
def test_a_delay_is_right_on_average(days: float) -> None:
    u = (np.arange(10_000) + 0.5) / 10_000
    drawn = [months_of_delay(days, float(x)) for x in u]
    assert max(drawn) - min(drawn) <= 1
    assert np.mean(drawn) == pytest.approx(days * 12.0 / 365.0, abs=1e-4)


def test_a_suit_takes_the_usual_time_on_average() -> None:
    u = (np.arange(1_000) + 0.5) / 1_000
    assert np.mean([suit_delay(120.0, 1.0, float(x)) for x in u]) == pytest.approx(120.0)


def test_pressure_peaks_at_quarter_ends_and_most_in_december() -> None:
    year = [volume_pressure(month, 0.6, 1.0, 0.0) for month in range(12)]
    assert [m for m in range(12) if year[m] == 0.0] == [0, 3, 6, 9]
    assert max(year) == year[11] > year[2] == year[5] == year[8] > year[1]


def test_the_loan_affordable_is_the_loan_whose_service_is_covered() -> None:
    flow, coverage, rate = 30_000.0, 1.25, 0.0044
    for kind, months in ((INSTALMENT, 30), (BULLET, 48)):
        amount = affordable(flow, coverage, rate, kind)
        assert coverage * (amount * rate + amount / months) == pytest.approx(flow, rel=1e-12)
