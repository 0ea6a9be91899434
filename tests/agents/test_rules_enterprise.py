"""The enterprise's rules: worked examples, limits, monotonicity."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from agents import enterprise
from agents.compiled import plain_function
from agents.enterprise import (
    PARAMETERS,
    applies,
    capacity,
    diverts,
    expected_flow,
    gives_up,
    is_empty_month,
    lump,
    next_demand,
    next_line,
    next_price,
    next_quality,
    next_setback,
    owner_injects,
    owner_withdrawal,
    payment,
    refinances_elsewhere,
    refuses_to_pay,
    reported_sales,
    returned,
    runway_months,
    spoken_to,
    to_fen,
)

Case = tuple[Callable[..., Any], tuple[Any, ...], Any]

# Each by hand, from the rule's description; the arithmetic stands beside it.
EXAMPLES: list[Case] = [
    (reported_sales, (1_000, 0.10, 2.5, False), 1_250),  # 1,000 x (1 + .1 x 2.5)
    (reported_sales, (1_000, 0.10, 2.5, True), 1_000),
    (reported_sales, (1_000, 0.0, 9.0, False), 1_000),
    (next_demand, (0.5, 0.9, 0.1, 0.3, -0.8), 0.4),  # .9 x .5 + .1 x (.3 - .8) = .45 - .05
    (next_demand, (0.5, 0.0, 0.0, 3.0, 3.0), 0.0),  # nothing lasts, nothing comes
    (next_setback, (-0.4, 0.5, 0.01, 0.9, 0.005), -0.65),  # .5 x -.4 - .9 x .005 / .01
    (next_setback, (-0.4, 0.5, 0.01, 0.9, 0.01), -0.2),  # u = probability: no new one
    (next_setback, (0.0, 0.97, 0.0, 0.9, 1e-16), 0.0),  # probability 0: never
    (next_quality, (0.1, 0.6, 0.05, 2.0), 0.14),  # .06 + sqrt(1 - .36) x .05 x 2 = .06 + .08
    (next_quality, (0.1, 1.0, 0.05, 2.0), 0.1),  # full persistence: for ever the same
    (is_empty_month, (0.03, 0.029), True),
    (is_empty_month, (0.03, 0.03), False),
    (is_empty_month, (0.0, 2.0**-53), False),
    (lump, (0.3, 0.6, 0.2), 1.32651),  # (1 - .04 + .2 x .3)^3 / .8
    (lump, (0.0, 0.6, 0.0), 0.884736),  # .96^3
    (lump, (-5.0, 0.6, 0.0), 0.0),  # .96 - 1 is below zero
    (lump, (2.7, 0.0, 0.5), 2.0),  # no spread: billing only makes up for the empty months
    (next_price, (0.1, 0.12, 0.25, 2.0), 0.16),  # .12 x sqrt(.75 / 12) x 2 = .12 x .25 x 2
    (next_price, (0.1, 0.12, 1.0, 2.0), 0.1),  # moves with the index alone
    (expected_flow, (100_000.0, 1.1, 0.3, 0.25, 2_000.0), 6_000.0),  # 1e5 x (.33 - .25) - 2e3
    (owner_injects, (0.5, 0.6, 0.29), True),  # .5 x .6 = .30
    (owner_injects, (0.5, 0.6, 0.31), False),
    (owner_injects, (1.0, 0.0, 2.0**-53), False),  # an unwilling owner never
    (spoken_to, (0.5, 0.5, 1.0), 0.5),  # well asked: all of it
    (spoken_to, (0.5, 0.5, 0.2), 0.3),  # .5 x (1 - .5 x .8)
    (spoken_to, (1.0, 1.0, 0.0), 0.0),  # nobody asks, and all wait for it
    (payment, (1_000, 1_500, 0.5), 1_000),  # all if it can, whatever the part
    (payment, (1_000, 1_000, 0.0), 1_000),
    (payment, (1_000, 600, 0.5), 300),
    (payment, (1_000, 601, 0.5), 301),  # 300.5 fen: halves up
    (payment, (1_000, -50, 1.0), 0),  # an overdrawn firm pays nothing, it does not receive
    (payment, (0, 0, 1.0), 0),
    (owner_withdrawal, (1_000, 400, 0.25), 150),  # .25 x 600
    (owner_withdrawal, (400, 1_000, 0.25), 0),  # below the target nothing goes in or out
    (owner_withdrawal, (-400, 0, 1.0), 0),
    (refuses_to_pay, (0.1, 0.25, 900.0, 1_000, 0.07), True),  # .1 x .75 = .075
    (refuses_to_pay, (0.1, 0.25, 900.0, 1_000, 0.08), False),
    (refuses_to_pay, (1.0, 0.0, 1_000.0, 1_000, 0.01), False),  # the bank could seize it all
    (refuses_to_pay, (1.0, 1.0, 0.0, 1_000, 2.0**-53), False),  # a fully willing owner never
    (runway_months, (6_000.0, 1_000.0, 3_000.0), 3.0),  # 6,000 / (3,000 - 1,000)
    (runway_months, (6_000.0, 3_000.0, 3_000.0), 999.0),  # does not shrink
    (runway_months, (-5.0, 1_000.0, 3_000.0), 0.0),
    (runway_months, (6_000.0, -1.0, 0.0), 999.0),  # 6,000 months, cut at the end of the scale
    (capacity, (0.02, 1.0, -0.3, 2.0), 0.4),  # (.02 / .04 + .6 x ln 1 + .3) / 2
    (capacity, (0.0, math.e, 0.0, 1.0), 0.6),
    (capacity, (0.0, 0.0, 0.0, 1.0), -1.7974393641323946),  # .6 x ln .05: the floor
    (capacity, (0.0, -9.0, 0.0, 1.0), -1.7974393641323946),
    (applies, (0.08, 0.7, 1.2, 0.4, 0.079), True),  # the usual pay leaves the hazard as it is
    (applies, (0.08, 0.7, 1.2, 0.4, 0.081), False),
    (applies, (0.08, 0.95, 1.2, 0.4, 0.103), True),  # .08 x (1 + 1.2 x .25) = .104
    (applies, (0.08, 0.95, 1.2, 0.4, 0.105), False),
    (applies, (0.08, 0.45, 1.2, 0.4, 0.071), True),  # .08 x (1 - .4 x .25) = .072
    (applies, (0.08, 0.45, 1.2, 0.4, 0.073), False),
    (gives_up, (0.01, 100.0, 0.632), True),  # 1 - exp(-1) = .63212
    (gives_up, (0.01, 100.0, 0.6322), False),
    (gives_up, (0.0, 1_000.0, 2.0**-53), False),  # nobody is in a hurry
    (gives_up, (1.0, 0.0, 2.0**-53), False),  # decided at once
    (next_line, (1_000, 1_000, True, 0.15, 0.1), 850),
    (next_line, (850, 1_000, False, 0.15, 0.1), 865),  # a tenth of the 150 that are missing
    (next_line, (1_000, 1_000, False, 0.15, 0.1), 1_000),  # no more than usual
    (next_line, (0, 1_000, True, 1.0, 1.0), 0),
    (next_line, (1_000, 1_000, True, 1.0, 0.1), 0),
    (next_line, (0, 1_000, False, 0.0, 1.0), 1_000),
    (returned, (1_000, 0.75), 750),
    (returned, (1_001, 0.5), 501),  # 500.5 fen: halves up
    (returned, (1_000, 0.0), 0),  # an unwilling owner brings nothing back
    (returned, (0, 1.0), 0),
    (refinances_elsewhere, (-1.0, 0.9, -0.2), True),  # -.2 < -.1
    (refinances_elsewhere, (-1.0, 0.9, 0.0), False),
    (refinances_elsewhere, (5.0, -50.0, -8.0), False),  # ease of -50: nobody lends
    (diverts, (0.12, 0.75, False, 0.119), True),  # .12 x 4 x .25 = .12
    (diverts, (0.12, 0.75, False, 0.121), False),
    (diverts, (1.0, 0.0, True, 2.0**-53), False),  # the payee is controlled
    (diverts, (1.0, 1.0, False, 2.0**-53), False),
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
    assert shown == rule_names(enterprise)


# (rule, argument, +1 where the result rises with it and -1 where it falls)
MONOTONE = [
    (reported_sales, "sales", 1), (reported_sales, "inflation", 1),
    (reported_sales, "polish", 1), (reported_sales, "verified", -1),
    (next_demand, "demand", 1), (next_demand, "common", 1), (next_demand, "own", 1),
    (next_setback, "setback", 1), (next_setback, "depth", -1), (next_setback, "persistence", -1),
    (next_quality, "quality", 1), (next_quality, "normal_draw", 1),
    (is_empty_month, "zero_share", 1), (is_empty_month, "u", -1),
    (lump, "normal_draw", 1), (lump, "zero_share", 1),
    (next_price, "log_price", 1), (next_price, "draw", 1),
    (expected_flow, "margin", 1),
    (expected_flow, "fixed_cost", -1), (expected_flow, "service", -1),
    (owner_injects, "probability", 1), (owner_injects, "willingness", 1),
    (owner_injects, "u", -1),
    (spoken_to, "whole", 1), (spoken_to, "asked_share", -1), (spoken_to, "contact", 1),
    (payment, "usable", 1), (payment, "part", 1),
    (owner_withdrawal, "cash", 1), (owner_withdrawal, "target", -1),
    (owner_withdrawal, "share", 1),
    (refuses_to_pay, "hazard", 1), (refuses_to_pay, "willingness", -1),
    (refuses_to_pay, "security_fen", -1), (refuses_to_pay, "balance", 1),
    (refuses_to_pay, "u", -1),
    (runway_months, "flow", 1), (runway_months, "due", -1),
    (capacity, "flow_ratio", 1), (capacity, "liquidity_ratio", 1), (capacity, "location", -1),
    (applies, "hazard", 1), (applies, "volume_weight", 1), (applies, "u", -1),
    (applies, "gained", 1), (applies, "lost", -1),
    (gives_up, "impatience", 1), (gives_up, "days", 1), (gives_up, "u", -1),
    (next_line, "line", 1), (next_line, "usual", 1), (next_line, "cut", -1),
    (returned, "diverted", 1), (returned, "willingness", 1),
    (refinances_elsewhere, "capacity_index", 1), (refinances_elsewhere, "ease", 1),
    (refinances_elsewhere, "normal_draw", -1),
    (diverts, "probability", 1), (diverts, "willingness", -1), (diverts, "controlled", -1),
    (diverts, "u", -1),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "argument", "sign"), MONOTONE, ids=label)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_monotone(rule: Any, argument: str, sign: int, data: st.DataObject, moved: Any) -> None:
    less, more = data.draw(moved(rule, argument))
    step = sign * (rule(**more) - rule(**less))
    assert step >= -1e-9 * max(1.0, abs(rule(**less)))


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_a_payment_lies_between_nothing_and_what_is_needed(
    data: st.DataObject, admissible: Any
) -> None:
    values = data.draw(admissible(payment))
    paid = payment(**values)
    assert 0 <= paid <= values["needed"]
    assert paid <= max(values["usable"], 0)


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_runway_stays_on_its_scale(data: st.DataObject, admissible: Any) -> None:
    values = data.draw(admissible(runway_months))
    assert 0.0 <= runway_months(**values) <= 999.0


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_a_new_setback_is_no_deeper_than_the_depth(data: st.DataObject, admissible: Any) -> None:
    values = data.draw(admissible(next_setback))
    left = values["persistence"] * values["setback"]
    after = next_setback(**values)
    assert left - values["depth"] * (1 + 1e-12) <= after <= left


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_suppliers_credit_stays_between_nothing_and_what_there_was_or_is_usual(
    data: st.DataObject, admissible: Any
) -> None:
    values = data.draw(admissible(next_line))
    line, usual, after = values["line"], values["usual"], next_line(**values)
    if values["distressed"]:
        assert 0 <= after <= line
    else:
        assert min(line, usual) <= after <= max(line, usual)


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_no_more_comes_back_than_had_gone(data: st.DataObject, admissible: Any) -> None:
    values = data.draw(admissible(returned))
    assert 0 <= returned(**values) <= values["diverted"]


@pytest.mark.parametrize("amount", [0.0, 0.49, 0.5, 1.5, 2.5, -0.5, -0.51, 1e13 + 0.5])
def test_fen_are_rounded_half_up(amount: float) -> None:
    assert to_fen(amount) == math.floor(amount + 0.5)
    assert isinstance(int(to_fen(amount)), int)


# --- what the rules promise on average ---------------------------------------------------------


@pytest.mark.parametrize(
    ("sd", "zero_share", "off"), [(0.75, 0.03, 0.001), (0.2, 0.6, 1e-6), (1.5, 0.0, 0.02)]
)
def test_billing_follows_demand_on_average(sd: float, zero_share: float, off: float) -> None:
    """A month with sales makes up for those without; its spread is the stated one."""
    z = stats.norm.ppf((np.arange(20_000) + 0.5) / 20_000)
    values = (1.0 - zero_share) * np.array([lump(float(x), sd, zero_share) for x in z])
    assert values.mean() == pytest.approx(1.0, abs=off)
    assert values.std() == pytest.approx(sd, rel=0.02)  # as its text says


@pytest.mark.parametrize("sd", [0.3, 0.75, 1.0])
def test_lumps_are_gamma_distributed(sd: float) -> None:
    u = np.linspace(0.05, 0.95, 19)
    values = [lump(float(stats.norm.ppf(x)), sd, 0.0) for x in u]
    assert values == pytest.approx(stats.gamma.ppf(u, 1.0 / sd**2, scale=sd**2), abs=0.03)


def test_margins_keep_their_spread() -> None:
    """Variance after a month: p^2 sd^2 + (1 - p^2) sd^2 = sd^2."""
    persistence, sd = 0.985, 0.07
    slope = next_quality(1.0, persistence, sd, 0.0)
    shock = next_quality(0.0, persistence, sd, 1.0)
    assert slope**2 * sd**2 + shock**2 == pytest.approx(sd**2, rel=1e-12)


def test_a_new_setback_is_uniform() -> None:
    p, depth = 0.01, 0.9
    u = (np.arange(2_000) + 0.5) / 2_000 * p
    depths = np.array([-next_setback(0.0, 0.9, p, depth, float(x)) for x in u])
    assert stats.kstest(depths, "uniform", args=(0.0, depth)).pvalue > 0.99


def test_diversion_happens_as_often_as_declared() -> None:
    """4 x (1 - willingness) averages one over owners of mean willingness 3/4."""
    a, b = PARAMETERS["willingness_a"].default, PARAMETERS["willingness_b"].default
    p = PARAMETERS["diversion_probability"].default
    willingness = stats.beta.ppf((np.arange(4_000) + 0.5) / 4_000, a, b)
    u = (np.arange(500) + 0.5) / 500
    chances = [min(1.0, p * 4.0 * (1.0 - w)) for w in willingness]
    assert np.mean(chances) == pytest.approx(p, rel=0.01)
    for w in willingness[::1_000]:
        share = np.mean([diverts(p, float(w), False, float(x)) for x in u])
        assert share == pytest.approx(p * 4.0 * (1.0 - w), abs=1.0 / 500)
