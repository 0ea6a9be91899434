"""Process figures: what they are taken from, and that a better bank looks better in all of them."""

from __future__ import annotations

import math
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from agents.failures import F09, F12
from agents.officer import STATEMENTS
from agents.parameters import STAGES
from experiments.assessment import fuzzy
from experiments.assessment.hierarchy import CRITERION_OF, INDICATORS, STAGE_OF
from experiments.assessment.process import FIGURES, NOT_IN_THE_MODEL, measured, simulated
from experiments.assessment.questionnaire import Questionnaire
from experiments.assessment.records import Records, observed
from experiments.assessment.weights import Method, Weighing, weigh
from scenarios import load_scenario
from scenarios.problems import number_text
from simulation import LoanPortfolio, Scenario

NAMES = {figure.name: figure for figure in FIGURES}


@cache
def bank(quality: float) -> Scenario:
    """A small bank with the same quality in all stages."""
    return load_scenario(
        "l_bank", enterprises=800, months=18, burn_in_months=60, run_off_months=1,
        management=dict.fromkeys(STAGES, quality),
    )  # fmt: skip


@cache
def worlds(quality: float) -> list[dict[str, float]]:
    return [measured(observed(bank(quality), 7, world)) for world in range(3)]


@cache
def records() -> Records:
    return observed(bank(0.5), 7, 0)


@pytest.fixture(scope="module")
def weighing(l_bank: Questionnaire) -> Weighing:
    return weigh(l_bank, Method())


def test_every_indicator_has_a_figure_with_two_ends() -> None:
    assert {f.indicator for f in FIGURES} == {i.code for i in INDICATORS}
    assert len(NAMES) == len(FIGURES) and all(f.strong != f.weak for f in FIGURES)
    assert set(NOT_IN_THE_MODEL) <= set(CRITERION_OF)


def test_figures_are_those_of_the_contracts_and_months() -> None:
    model = LoanPortfolio(bank(0.5), seed=7, replication=0)
    for _ in range(18):
        model.step()
    loans, months = model.loans, model.months
    new = loans[(loans["start_month"] >= 60) & (loans["previous"] < 0)]
    window = months[months["month"].between(0, 17)].sum()
    found = measured(records())
    assert found["statements_checked"] == np.mean(new["sheets"] & STATEMENTS != 0)
    assert found["by_formula"] == 1.0 - np.mean(new["failures"] & F09 != 0)
    assert found["visits_made"] == window["visits_made"] / window["visits_due"]
    assert found["overridden"] == window["overridden"] / window["approved"]
    papered = window["evergreened"] / (window["evergreened"] + window["extensions_refused"])
    assert found["evergreened"] == papered


def test_first_checks_and_waits_are_those_of_the_window() -> None:
    made, due = records().first_checks
    model = LoanPortfolio(bank(0.5), seed=7, replication=0)
    for _ in range(18):
        model.step()
    loans = model.loans
    started = (loans["start_month"] >= 59) & (loans["start_month"] < 77) & (loans["previous"] < 0)
    seen = loans[started & (loans["visits_due"] > 0)]
    # Who was never missed on a visit had the first check; others may have missed a later one.
    assert due == len(seen)
    assert 0 < (seen["failures"] & F12 == 0).sum() <= made < due
    alerts = records().total["alerts"]
    assert len(records().waits) == pytest.approx(alerts, abs=0.02 * alerts + 2)
    assert min(records().waits) >= 0


def test_figures_approach_their_ends_with_quality() -> None:
    """Where hours do not decide, a bank of quality 0 and 1 stands at the declared ends."""
    for name in ("circle_mapped", "by_formula", "entrusted", "alert_days"):
        figure = NAMES[name]
        for quality, end in ((0.0, figure.weak), (1.0, figure.strong)):
            value = np.mean([world[name] for world in worlds(quality)])
            assert value == pytest.approx(end, abs=0.12 * abs(figure.strong - figure.weak)), name


def test_a_better_bank_looks_better_on_every_indicator_and_stage(weighing: Weighing) -> None:
    weak = simulated(worlds(0.0), weighing, "weighted").evaluation
    strong = simulated(worlds(1.0), weighing, "weighted").evaluation
    for code in (*CRITERION_OF, *STAGE_OF):
        assert strong.graded[code].score < weak.graded[code].score, code
    for stage in STAGES:
        assert weak.qualities[stage].value < 0.35 < strong.qualities[stage].value


def test_one_stage_alone_moves_its_own_indicators(weighing: Weighing) -> None:
    base = simulated(worlds(0.5), weighing, "weighted").evaluation
    changed = load_scenario(
        "l_bank", enterprises=800, months=18, burn_in_months=60, run_off_months=1,
        management={"post_loan": 1.0},
    )  # fmt: skip
    each = [measured(observed(changed, 7, world)) for world in range(3)]
    found = simulated(each, weighing, "weighted").evaluation
    moved = {c: found.graded[c].score - base.graded[c].score for c in CRITERION_OF}
    assert all(moved[c] < -5.0 for c in ("C11", "C12", "C13", "C14"))
    assert all(abs(moved[c]) < 8.0 for c in ("C1", "C3", "C4", "C7", "C9", "C10"))


def test_memberships_are_means_over_figures_and_worlds(weighing: Weighing) -> None:
    values = dict.fromkeys(NAMES, 0.6)
    values |= {"alert_days": 45.0, "alerts_handled": 0.35, "suit_days": 100.0}
    other = values | {"alerts_handled": 0.85}
    found = simulated([values, other], weighing, "weighted")
    first = (fuzzy.triangular(0.35, 0.85, 0.35) + fuzzy.triangular(45, 15, 75)) / 2
    second = (fuzzy.triangular(0.85, 0.85, 0.35) + fuzzy.triangular(45, 15, 75)) / 2
    c13 = found.evaluation.graded["C13"]
    assert c13.membership == pytest.approx((first + second) / 2)
    assert found.values["alerts_handled"] == pytest.approx(0.6)
    assert c13.low < c13.score < c13.high
    assert simulated([values], weighing, "weighted").evaluation.graded["C13"].low != c13.low


def test_intervals_stay_on_the_scale(weighing: Weighing) -> None:
    good = {f.name: f.strong for f in FIGURES}
    bad = {f.name: f.weak for f in FIGURES}
    found = simulated([good, bad], weighing, "weighted").evaluation.graded["B1"]
    assert (found.low, found.score, found.high) == pytest.approx((20.0, 60.0, 100.0))


def test_where_there_is_nothing_to_count_there_is_no_figure(weighing: Weighing) -> None:
    values = {f.name: f.strong for f in FIGURES}
    values |= {"hidden": math.nan, "evergreened": math.nan, "suit_days": math.nan}
    values |= {"registered": math.nan, "entrusted": NAMES["entrusted"].weak}
    found = simulated([values], weighing, "weighted").evaluation.graded
    assert "C14" not in found and found["B3"].score == pytest.approx(20.0)
    assert found["C10"].score == pytest.approx(100.0)  # of the one figure that there is


def test_a_bank_that_lends_nothing_has_records_of_nothing() -> None:
    closed = load_scenario(
        "l_bank", enterprises=60, months=2, burn_in_months=6, run_off_months=1,
        **{"bank.cutoff": 50.0},
    )  # fmt: skip
    found = measured(observed(closed, 7, 0))
    assert math.isnan(found["reviewed"]) and math.isnan(found["overridden"])
    assert math.isnan(found["suit_days"]) and 0.0 <= found["checks_made"] <= 1.0


def test_the_page_lists_every_figure_with_its_ends() -> None:
    page = (Path(__file__).parents[3] / "docs" / "assessment.md").read_text(encoding="utf-8")
    for f in FIGURES:
        ends = f"{number_text(f.strong)} | {number_text(f.weak)}"
        assert f"| {f.indicator} | {f.what} | {ends} | {f.source} |" in page
