"""Declarations: complete, consistent with what is published elsewhere here, judged by one rule."""

from __future__ import annotations

import math

import pytest

from agents import officer
from agents.parameters import all_parameters
from experiments.arms import StudyError
from experiments.published import EXPERIMENTS
from experiments.targets import half_to_twice
from experiments.validation import plan
from experiments.validation.closed_forms import CLOSED_FORMS
from experiments.validation.estimators import Estimate
from experiments.validation.fact import NEGATIVE, POSITIVE, judge, of_parts
from experiments.validation.facts import FACTS, chosen_facts, samples_of
from experiments.validation.samples import scenario_of


@pytest.mark.parametrize(
    ("low", "high", "target", "told"),
    [
        (1.1, 1.9, (1.0, 2.0), "holds"),
        (1.0, 1.9, (1.0, 2.0), "open"),  # the target is open
        (0.5, 1.1, (1.0, 2.0), "open"),
        (1.9, 2.1, (1.0, 2.0), "open"),
        (0.5, 2.5, (1.0, 2.0), "open"),
        (0.1, 0.9, (1.0, 2.0), "misses"),
        (2.1, 2.2, (1.0, 2.0), "misses"),
        (0.1, 9.0, POSITIVE, "holds"),
        (-0.1, 9.0, POSITIVE, "open"),
        (-0.2, -0.1, POSITIVE, "misses"),
        (0.0, 0.0, POSITIVE, "misses"),  # exactly nothing has no sign
        (0.0, 0.0, NEGATIVE, "misses"),
        (-9.0, -0.1, NEGATIVE, "holds"),
        (math.nan, math.nan, (1.0, 2.0), "no interval"),
    ],
)
def test_verdicts(low: float, high: float, target: tuple[float, float], told: str) -> None:
    assert judge(Estimate((low + high) / 2.0, low, high), target) == told


def test_a_fact_holds_if_all_its_judged_parts_do() -> None:
    assert of_parts(["holds", "holds", "not judged"]) == "holds"
    assert of_parts(["holds", "open"]) == "open"
    assert of_parts(["open", "misses", "holds"]) == "misses"
    assert of_parts(["no interval", "open"]) == "no interval"
    assert of_parts(["too small to judge", "not judged"]) == "too small to judge"


def test_half_to_twice_keeps_the_sign() -> None:
    assert half_to_twice(0.24) == pytest.approx((0.12, 0.48))
    assert half_to_twice(0.15, 0.40) == pytest.approx((0.075, 0.80))
    assert half_to_twice(-0.20) == pytest.approx((-0.40, -0.10))


def test_the_eighteen_facts_are_declared_in_full() -> None:
    assert [fact.number for fact in FACTS] == list(range(1, 19))
    for fact in FACTS:
        assert any(part.judged for part in fact.parts), fact.number
        assert fact.published and fact.source and set(fact.mark) <= set("VRAC/")
        for part in fact.parts:
            assert part.what and part.because and part.target[0] < part.target[1]
            assert set(part.arms) <= {arm.name for arm in part.sample.arms}
    assert {fact.number for fact in FACTS if fact.calibrated} == {
        1,
        2,
        3,
        4,
        5,
        7,
        9,
        10,
        12,
        16,
        18,
    }


def test_what_was_set_with_a_fact_in_view_are_parameters_and_rules() -> None:
    known = {*all_parameters(), *dir(officer)}
    assert [name for fact in FACTS for name in fact.calibrated if name not in known] == []


def test_every_sample_has_a_size_and_a_scenario_that_loads() -> None:
    samples = [*samples_of(FACTS), *(form.sample for form in CLOSED_FORMS)]
    assert len({sample.name for sample in samples}) == len(samples)
    assert {sample.name: sample.worlds for sample in samples_of(FACTS)} == plan.WORLDS
    for sample in samples:
        for arm in sample.arms:
            for quick in (False, True):
                scenario = scenario_of(sample, arm, quick)
                scenario.strategy_list(arm.strategies)
                assert len(scenario.stress) == (1 if arm.stress else 0)


def test_targets_are_half_to_twice_what_the_published_experiments_state() -> None:
    claims = {(e.arm, c.measure): c.published for e in EXPERIMENTS for c in e.claims}
    same = {
        (10, 0): ("volume_pay", "new_loans"), (10, 1): ("volume_pay", "default_rate"),
        (11, 0): ("caseload_doubled", "default_rate"),
        (12, 0): ("officers_leave", "delinquency_12m"),
        (12, 1): ("officers_leave", "legacy_default_rate"),
        (14, 0): ("independent_review", "default_rate"),
    }  # fmt: skip
    for (number, place), key in same.items():
        part = FACTS[number - 1].parts[place]
        assert part.target == pytest.approx(half_to_twice(*claims[key])), number


def test_facts_are_chosen_by_number() -> None:
    assert [fact.number for fact in chosen_facts(" 17,3, 9")] == [3, 9, 17]
    assert chosen_facts(None) == FACTS
    for wrong in ("19", "3,", "x", "3;9", "0"):
        with pytest.raises(StudyError, match="allowed: numbers from 1 to 18"):
            chosen_facts(wrong)
