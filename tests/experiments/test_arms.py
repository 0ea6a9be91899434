"""Arms that a headline may name, and that a bank can choose."""

from __future__ import annotations

import pytest

from experiments.arms import can_be_chosen, leaders, rivals
from simulation import Scenario


@pytest.mark.parametrize(
    ("arms", "led"),
    [
        (["tighter_cutoff", "without_F01", "risk_warning"], ["risk_warning"]),
        (["tighter_cutoff", "without_F01"], ["tighter_cutoff"]),
        (["without_F01", "without_F02+risk_warning"], ["without_F01"]),
        (["risk_warning+staff_ability"], ["risk_warning+staff_ability"]),
    ],
)
def test_a_headline_names_strategies_before_others(
    tiny: Scenario, arms: list[str], led: list[str]
) -> None:
    assert leaders(tiny, arms) == led


def test_rivals_are_what_else_a_bank_can_choose(tiny: Scenario) -> None:
    arms = [
        "baseline",
        "tighter_cutoff",
        "without_F01",
        "risk_warning",
        "staff_ability+risk_warning",
    ]
    assert rivals(tiny, arms) == ["tighter_cutoff"]
    assert rivals(tiny, ["tighter_cutoff", "without_F01"]) == []


def test_a_bank_cannot_switch_failures_off(tiny: Scenario) -> None:
    assert can_be_chosen(tiny, "baseline")
    assert can_be_chosen(tiny, "risk_warning+tighter_cutoff")
    assert not can_be_chosen(tiny, "risk_warning+without_F08")
