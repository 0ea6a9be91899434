"""The contract's rules: worked examples, limits, monotonicity; the table of legal moves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from agents import loan
from agents.compiled import plain_function
from agents.loan import (
    ARREARS,
    BULLET,
    CURRENT,
    DEFAULTED,
    DOUBTFUL,
    INSTALMENT,
    LOSS,
    NORMAL,
    OBSERVED,
    RENEWED,
    REPAID,
    SETTLED,
    SPECIAL_MENTION,
    SUBSTANDARD,
    WRITTEN_OFF,
    creditors_share,
    days_past_due,
    discount,
    five_class,
    guarantor_pays,
    honours_call,
    in_default,
    legal_transitions,
    monthly_interest,
    performing_status,
    principal_due,
    sale_proceeds,
)

Case = tuple[Callable[..., Any], tuple[Any, ...], Any]

EXAMPLES: list[Case] = [
    (monthly_interest, (1_200_000, 0.06), 6_000),  # 1.2 m x 6 % / 12
    (monthly_interest, (100, 0.06), 1),  # half a fen: up
    (monthly_interest, (99, 0.06), 0),
    (monthly_interest, (0, 0.06), 0),
    (monthly_interest, (1_000_000, 0.0), 0),
    (principal_due, (INSTALMENT, 1_000, 200, 100, False), 100),
    (principal_due, (INSTALMENT, 1_000, 950, 100, False), 50),  # no more than is left
    (principal_due, (INSTALMENT, 1_000, 1_000, 100, False), 0),
    (principal_due, (INSTALMENT, 1_000, 200, 100, True), 800),  # the last month: all the rest
    (principal_due, (BULLET, 1_000, 0, 0, False), 0),
    (principal_due, (BULLET, 1_000, 0, 0, True), 1_000),
    (principal_due, (BULLET, 1_000, 1_000, 0, True), 0),  # a month later: nothing twice
    (days_past_due, (0,), 1.0),
    (days_past_due, (1,), 31.416666666666668),  # 1 + 365 / 12
    (days_past_due, (3,), 92.25),
    (in_default, (90.0, 90.0), False),  # beyond, not at
    (in_default, (92.25, 90.0), True),
    (in_default, (0.0, 0.0), False),
    (five_class, (0.0, False, False), NORMAL),
    (five_class, (0.5, False, False), SPECIAL_MENTION),
    (five_class, (90.0, False, False), SPECIAL_MENTION),
    (five_class, (90.5, False, False), SUBSTANDARD),
    (five_class, (270.0, False, False), SUBSTANDARD),
    (five_class, (270.5, False, False), DOUBTFUL),
    (five_class, (360.0, False, False), DOUBTFUL),
    (five_class, (360.5, False, False), LOSS),
    (five_class, (0.0, True, False), SPECIAL_MENTION),  # under observation
    (five_class, (400.0, True, True), SPECIAL_MENTION),  # hidden
    (performing_status, (True, True), ARREARS),
    (performing_status, (True, False), ARREARS),
    (performing_status, (False, True), OBSERVED),
    (performing_status, (False, False), CURRENT),
    (discount, (0.12, 0), 1.0),
    (discount, (0.12, 2), 0.9802960494069208),  # 1 / 1.01^2
    (discount, (0.0, 120), 1.0),
    (sale_proceeds, (1_000_000.0, 0.7, 0.08, 700_000), 644_000),  # 1 m x .7 x .92
    (sale_proceeds, (1_000_000.0, 0.7, 0.08, 500_000), 500_000),  # never more than the claim
    (sale_proceeds, (1_000_000.0, -0.1, 0.08, 500_000), 0),  # a bad draw costs nothing
    (sale_proceeds, (1_000_000.0, 0.7, 1.0, 500_000), 0),
    (creditors_share, (100, 300, 700), 30),  # 100 x 300 / 1,000
    (creditors_share, (2_000, 300, 700), 300),  # enough for all
    (creditors_share, (100, 0, 0), 0),
    (creditors_share, (100, 300, 0), 100),  # the only creditor
    (honours_call, (0.35, 0.34), True),
    (honours_call, (0.35, 0.35), False),
    (honours_call, (0.0, 2.0**-53), False),
    (guarantor_pays, (1_000, 0.45, 0.4, 0.25), 500),  # sound: sqrt(.25) of the claim
    (guarantor_pays, (1_000, 0.45, 0.45, 0.25), 24),  # not: 1 - .75^(1/12) = .02369
    (guarantor_pays, (0, 0.45, 0.4, 0.25), 0),
]


def label(value: Any) -> str:
    return plain_function(value).__name__ if callable(value) else str(value)


@pytest.mark.parametrize(("rule", "given_values", "expected"), EXAMPLES, ids=label)
def test_worked_example(rule: Any, given_values: Any, expected: Any) -> None:
    for form in (rule, plain_function(rule)):
        result = form(*given_values)
        if isinstance(expected, float):
            assert result == pytest.approx(expected, rel=1e-12)
        else:
            assert result == expected


def test_every_rule_has_an_example(rule_names: Any) -> None:
    shown = {plain_function(rule).__name__ for rule, _, _ in EXAMPLES}
    assert shown == rule_names(loan)


MONOTONE = [
    (monthly_interest, "balance", 1), (monthly_interest, "annual_rate", 1),
    (days_past_due, "months_unpaid", 1),
    (in_default, "dpd", 1), (in_default, "limit", -1),
    (five_class, "dpd", 1),
    (discount, "annual_rate", -1), (discount, "months", -1),
    (sale_proceeds, "cost", -1), (sale_proceeds, "claim", 1),
    (creditors_share, "amount", 1), (creditors_share, "claim", 1),
    (creditors_share, "other_claims", -1),
    (honours_call, "share", 1), (honours_call, "u", -1),
    (guarantor_pays, "claim", 1), (guarantor_pays, "v", 1),
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
def test_nobody_pays_more_than_the_claim(data: st.DataObject, admissible: Any) -> None:
    for rule in (sale_proceeds, creditors_share, guarantor_pays):
        values = data.draw(admissible(rule))
        assert 0 <= rule(**values) <= values["claim"]


@settings(max_examples=200, deadline=None)
@given(
    kind=st.sampled_from([INSTALMENT, BULLET]),
    balance=st.integers(0, 10**12),
    arrears_part=st.floats(0.0, 1.0),
    instalment=st.integers(0, 10**12),
    last=st.booleans(),
)
def test_no_more_principal_falls_due_than_is_left(
    kind: int, balance: int, arrears_part: float, instalment: int, last: bool
) -> None:
    arrears = int(arrears_part * balance)
    due = principal_due(kind, balance, arrears, instalment, last)
    assert 0 <= due <= balance - arrears
    if last:
        assert due == balance - arrears


@pytest.mark.parametrize("tenor", [1, 7, 24, 36])
@pytest.mark.parametrize("amount", [1, 23, 100_000, 9_999_999])
def test_instalments_repay_the_loan_in_its_tenor(tenor: int, amount: int) -> None:
    """The instalment is the amount over the tenor, rounded up; the last one is the rest."""
    instalment, balance = -(-amount // tenor), amount
    for month in range(1, tenor + 1):
        balance -= principal_due(INSTALMENT, balance, 0, instalment, month == tenor)
        assert balance >= 0
    assert balance == 0


def test_three_months_unpaid_is_a_default_and_two_are_not() -> None:
    assert in_default(days_past_due(3), 90.0)
    assert not in_default(days_past_due(2), 90.0)
    assert five_class(days_past_due(3), False, False) == SUBSTANDARD


def test_guarantors_follow_their_distributions() -> None:
    claim = 10**12
    grid = (np.arange(400) + 0.5) / 400
    sound = [guarantor_pays(claim, 1.0, 0.5, float(v)) / claim for v in grid]
    weak = [guarantor_pays(claim, 0.0, 0.5, float(v)) / claim for v in grid]
    assert np.allclose(sound, stats.beta.ppf(grid, 2, 1), rtol=1e-9)
    assert np.allclose(weak, stats.beta.ppf(grid, 1, 12), rtol=1e-6, atol=1e-11)


def test_legal_moves() -> None:
    table = legal_transitions()
    assert table.dtype == np.bool_ and table.shape == (8, 8)
    assert not table.diagonal().any()  # to stay is no move
    for ended in (REPAID, RENEWED, WRITTEN_OFF, SETTLED):
        assert not table[ended].any()
    for performing in (CURRENT, ARREARS, OBSERVED):
        assert table[performing, DEFAULTED] and table[performing, REPAID]
        assert not table[performing, WRITTEN_OFF] and not table[performing, SETTLED]
    # Out of default only by cure under observation, write-off, or settlement.
    assert set(np.flatnonzero(table[DEFAULTED])) == {OBSERVED, WRITTEN_OFF, SETTLED}
    # Every status can be reached from the first one.
    reached, before = {CURRENT}, set()
    while reached != before:
        before = set(reached)
        reached |= {int(to) for status in before for to in np.flatnonzero(table[status])}
    assert reached == set(range(8))
