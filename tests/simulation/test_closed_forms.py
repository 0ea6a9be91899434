"""Limits in which the answer is known: reached by parameter values alone.

The formulas and checks are those of ``loanlab validate`` (experiments.validation.closed_forms).
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy import stats
from scipy.special import ndtri

from agents.loan import DEFAULTED
from experiments.validation.closed_forms import (
    CLOSED_FORMS,
    SEES_ALL,
    ClosedForm,
    against_exact,
    mixed_binomial,
    pd_and_rho,
)  # fmt: skip
from experiments.validation.limits import MONTHS, decided
from experiments.validation.samples import Worlds, run_samples
from scenarios import load_scenario
from simulation import LoanPortfolio
from simulation.draws import SHOCK, fill_uniforms

FORMS = {form.name: form for form in CLOSED_FORMS}


def worlds_of(form: ClosedForm, seed: int, jobs: int = 1, **changes: Any) -> Worlds:
    sample = replace(form.sample, **changes)
    found = run_samples([sample], seed, jobs, quick=False, progress=lambda done, total: None)
    return found[sample.name].worlds


def failing(form: ClosedForm, worlds: Worlds) -> list[Any]:
    checks = form.check(worlds)
    assert checks
    return [check for check in checks if not check.holds]


# --- Vasicek ------------------------------------------------------------------------------------


def test_every_default_is_the_one_that_the_formula_names() -> None:
    """Firm by firm: X = sqrt(rho) Z + sqrt(1 - rho) e below the threshold, from the same draws."""
    scenario = load_scenario("vasicek", enterprises=1_500, systematic_share=0.3)
    pd, rho = pd_and_rho(scenario.parameters)
    hits = 0
    for replication in range(4):
        model = LoanPortfolio(scenario, seed=2, replication=replication)
        own = np.zeros(scenario.enterprises)
        u = np.empty((scenario.enterprises, 4))
        for month in range(MONTHS):
            entities = np.arange(scenario.enterprises)
            fill_uniforms(u, 2, replication, entities, month, SHOCK, 0)
            own += ndtri(u[:, 0])
        z = model._economy.systematic[:MONTHS].sum() / math.sqrt(MONTHS)
        x = math.sqrt(rho) * z + math.sqrt(1.0 - rho) * own / math.sqrt(MONTHS)
        model.run()
        first = model.loans[model.loans["start_month"] == 0]
        failed = np.zeros(scenario.enterprises, dtype=bool)
        failed[first["enterprise"]] = first["first_default"] >= 0
        clear = np.abs(x - ndtri(pd)) > 1e-6  # money is whole fen
        assert clear.mean() > 0.999
        assert np.array_equal(failed[clear], (x < ndtri(pd))[clear])
        hits += int(failed.sum())
        months = np.unique(first["first_default"][first["first_default"] >= 0])
        assert set(months.tolist()) <= {15}  # maturity in month 12, 90 days later
    assert hits > 20


def test_vasicek() -> None:
    form = FORMS["Vasicek"]
    worlds = worlds_of(form, 1)
    assert len(worlds["baseline"]["defaults"]) == 500
    assert (worlds["baseline"]["loans"] == 500).all()  # everybody applies and is approved
    assert failing(form, worlds) == []


@pytest.mark.long
def test_vasicek_at_20_000_replications() -> None:
    form = FORMS["Vasicek"]
    worlds = worlds_of(form, 3, jobs=2, worlds=20_000)
    chances = mixed_binomial(500, *pd_and_rho(load_scenario("vasicek").parameters))
    checks = against_exact(worlds["baseline"]["defaults"], chances, (0.5, 0.9, 0.99, 0.999))
    assert [check for check in checks if not check.holds] == []


def test_another_correlation_or_default_probability_is_told_apart() -> None:
    """The checks could fail: they do for counts of another distribution."""
    chances = mixed_binomial(500, 0.02, 0.05)
    rng = np.random.default_rng(4)
    for pd, rho in ((0.025, 0.05), (0.02, 0.10), (0.02, 0.0)):
        counts = rng.choice(501, size=500, p=mixed_binomial(500, pd, rho))
        assert not all(check.holds for check in against_exact(counts, chances, (0.5, 0.9, 0.99)))
    counts = rng.choice(501, size=500, p=chances)
    assert all(check.holds for check in against_exact(counts, chances, (0.5, 0.9, 0.99)))


def test_the_exact_distribution_is_the_published_one() -> None:
    """PD 2 %, rho 5 %, N 2,000: sd 1.1825 %, quantiles 1.75, 3.55, 5.90, 8.25 %."""
    chances = mixed_binomial(2_000, 0.02, 0.05)
    k = np.arange(2_001) / 2_000
    assert chances @ k == pytest.approx(0.02, rel=1e-6)
    assert math.sqrt(chances @ (k - 0.02) ** 2) == pytest.approx(0.011825, abs=5e-7)
    below = np.cumsum(chances)
    quantiles = [k[np.searchsorted(below, q)] for q in (0.5, 0.9, 0.99, 0.999)]
    assert quantiles == pytest.approx([0.0175, 0.0355, 0.0590, 0.0825])


def test_the_file_states_the_default_probability_it_names() -> None:
    pd, rho = pd_and_rho(load_scenario("vasicek").parameters)
    assert pd == pytest.approx(0.02, rel=1e-5)
    assert rho == 0.05


def test_without_correlation_defaults_are_binomial() -> None:
    form = FORMS["No correlation"]
    assert failing(form, worlds_of(form, 5)) == []
    assert mixed_binomial(400, 0.02, 1e-12) == pytest.approx(
        stats.binom.pmf(np.arange(401), 400, 0.02), abs=1e-6
    )  # the mixture tends to it


def test_log_sales_that_are_not_standard_normal_are_refused() -> None:
    with pytest.raises(ValueError, match="standard normal"):
        pd_and_rho(load_scenario("vasicek", demand_sd=0.3).parameters)


@pytest.mark.parametrize("rho", [1.0, 0.999999])
def test_with_full_correlation_it_is_all_or_nothing(rho: float) -> None:
    form = FORMS["Full correlation"]
    overrides = {**form.sample.overrides, "systematic_share": rho}
    worlds = worlds_of(form, 6, overrides=overrides)
    assert (np.abs(worlds["baseline"]["factor"]) > 0.006).sum() >= 78
    assert failing(form, worlds) == []
    worlds["baseline"]["defaults"][0] = 30  # half of the firms of one world
    assert failing(form, worlds) != []


def test_what_can_be_recovered_decides_the_loss_between_nothing_and_all() -> None:
    """The same defaults: without assets all is lost, with great ones not a fen."""
    form = FORMS["Full recovery"]
    worlds = worlds_of(form, 0)
    assert failing(form, worlds) == []
    assert (worlds["rich"]["lgd"] == 0.0).all()
    assert worlds["poor"]["lgd"] == pytest.approx(np.ones(5), rel=1e-12)


def test_half_of_the_assets_recover_half() -> None:
    """Assets worth half the need, no other creditor, no delay: LGD one half."""
    scenario = load_scenario("vasicek", enterprises=400, need_median=0.4, asset_median=0.2,
                             asset_spread=0.0)  # fmt: skip
    measures = LoanPortfolio(scenario).run()
    assert measures["default_rate"] > 0.01
    assert measures["lgd"] == pytest.approx(0.5, rel=1e-6)
    assert measures["loss_rate"] == pytest.approx(0.5 * measures["default_rate"], rel=1e-6)


# --- a constant hazard --------------------------------------------------------------------------


def test_a_constant_hazard_gives_a_geometric_curve() -> None:
    """Firms that could always pay stop with a constant hazard: defaults follow three months on."""
    hazard, tenor, firms = 0.02, 36, 6_000
    scenario = load_scenario(
        "vasicek", enterprises=firms, run_off_months=45, bullet_share=0.0,
        instalment_tenor=tenor, demand_sd=0.0, need_median=0.5, strategic_hazard=hazard,
        willingness_a=0.1, willingness_b=100.0,
    )  # fmt: skip
    model = LoanPortfolio(scenario, seed=1)
    willingness = model._world.enterprises["willingness"][:firms].copy()
    model.run()
    first = model.loans[model.loans["start_month"] == 0]
    assert len(first) == firms
    assert not (first["dpd"][first["first_default"] < 0] > 0).any()
    leave = hazard * (1.0 - willingness)  # chance of each firm in each month
    # The first instalment is due in month 1; who stops in month t is in default in month t + 3.
    for month in (3, 4, 10, 20, 36, 39):
        stopped = min(max(month - 3, 0), tenor)
        expected = 1.0 - (1.0 - leave) ** stopped
        error = math.sqrt((expected * (1.0 - expected)).sum()) / firms
        failed = first["first_default"]
        share = float(((failed >= 0) & (failed <= month)).mean())
        assert abs(share - expected.mean()) <= 3.0 * error, month
    assert first["first_default"].max() <= tenor + 3


# --- perfect information ------------------------------------------------------------------------


@pytest.mark.parametrize("review_share", [0.0, 0.6, 1.0])
def test_with_perfect_information_the_best_are_accepted(review_share: float) -> None:
    """Approved are exactly those at or above the cut-off."""
    form = FORMS["Perfect information"]
    overrides = {**form.sample.overrides, "review_share": review_share}
    assert failing(form, worlds_of(form, 3, overrides=overrides, worlds=1)) == []


def decisions_of(**overrides: Any) -> tuple[np.ndarray, np.ndarray]:
    """True capacity and approval of a year's files."""
    model = LoanPortfolio(load_scenario("l_bank", **{**SEES_ALL, **overrides}), seed=3)
    found = [decided(model) for _ in range(12)]
    return np.concatenate([f[0] for f in found]), np.concatenate([f[1] for f in found])


def test_a_reviewer_with_an_own_look_accepts_a_top_share_too() -> None:
    """The own look is milder to the weak, but keeps the order: nobody refused was better."""
    truth, approved = decisions_of(file_error_share=0.0, review_share=1.0, review_weight=0.4)
    assert approved.sum() > 20 and (~approved).sum() > 20
    assert truth[approved].min() > truth[~approved].max()


def test_with_errors_worse_firms_are_accepted_and_better_ones_refused() -> None:
    """The tests above could fail: with the usual errors they do."""
    usual = {"source_sd": load_scenario("l_bank").parameters["source_sd"], "review_error_sd": 0.5}
    truth, approved = decisions_of(**usual)
    assert truth[approved].min() < truth[~approved].max() - 0.5
    form = FORMS["Perfect information"]
    overrides = {**form.sample.overrides, **usual}
    assert failing(form, worlds_of(form, 3, overrides=overrides, worlds=1)) != []


# --- nothing done ---------------------------------------------------------------------------


def test_strategies_that_do_nothing_leave_every_byte() -> None:
    form = FORMS["Nothing done"]
    worlds = worlds_of(form, 2, worlds=1)
    assert failing(form, worlds) == []
    assert worlds["baseline"]["compared"][0] > 100_000


# --- no risk ------------------------------------------------------------------------------------


def test_without_demand_risk_nobody_defaults() -> None:
    scenario = load_scenario("vasicek", enterprises=300, demand_sd=0.0)
    model = LoanPortfolio(scenario)
    assert model.run()["default_rate"] == 0.0
    assert not (model.loans["status"] == DEFAULTED).any()
