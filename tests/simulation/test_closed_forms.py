"""Limits in which the answer is known: reached by parameter values alone.

Formulas: Vasicek (2002), "Loan portfolio value"; the exact distribution at N loans is the
binomial mixed over the systematic factor.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import joblib
import numpy as np
import pytest
from scipy import stats
from scipy.special import ndtr, ndtri

from agents.enterprise import ALIVE, NEW_FILE, NO_FILE
from agents.loan import DEFAULTED
from scenarios import load_scenario
from simulation import LoanPortfolio, Scenario
from simulation.draws import SHOCK, fill_uniforms

MONTHS = 13  # shocks up to maturity, that of the month of lending among them


def default_count(scenario: Scenario, seed: int, replication: int) -> int:
    """Defaults among the loans of the first month."""
    model = LoanPortfolio(scenario, seed=seed, replication=replication)
    while not model.finished:
        model.step()
    first = model.loans[model.loans["start_month"] == 0]
    assert len(first) == scenario.enterprises  # everybody applies and is approved
    return int((first["first_default"] >= 0).sum())


def default_counts(scenario: Scenario, seed: int, replications: Iterable[int]) -> np.ndarray:
    return np.array([default_count(scenario, seed, r) for r in replications])


def pd_and_rho(scenario: Scenario) -> tuple[float, float]:
    """Default if log sales, standard normal at maturity, lie below the log of the need."""
    p = scenario.parameters
    assert p["demand_sd"] * math.sqrt(MONTHS) == pytest.approx(1.0, rel=1e-12)
    return float(ndtr(math.log(p["need_median"]))), p["systematic_share"]


def mixed_binomial(loans: int, pd: float, rho: float) -> np.ndarray:
    """Probability of each number of defaults, 0 to ``loans``."""
    z = np.linspace(-9.0, 9.0, 2_001)
    weight = stats.norm.pdf(z)
    p = ndtr((ndtri(pd) - math.sqrt(rho) * z) / math.sqrt(1.0 - rho))
    k = np.arange(loans + 1)
    chances = stats.binom.pmf(k[:, None], loans, p[None, :]) @ weight
    return np.asarray(chances / chances.sum())


def compare(counts: np.ndarray, chances: np.ndarray, quantiles: Iterable[float]) -> None:
    """Mean, standard deviation, quantiles and shape within three standard errors."""
    n = len(counts)
    k = np.arange(len(chances))
    mean = float(chances @ k)
    variance = float(chances @ (k - mean) ** 2)
    fourth = float(chances @ (k - mean) ** 4)
    assert abs(counts.mean() - mean) < 3.0 * math.sqrt(variance / n)
    error_of_variance = math.sqrt((fourth - variance**2) / n)
    error_of_sd = error_of_variance / (2.0 * math.sqrt(variance))
    assert abs(counts.std(ddof=1) - math.sqrt(variance)) < 3.0 * error_of_sd
    below = np.cumsum(chances)
    for q in quantiles:
        # Counts are whole: the share of worlds up to the exact quantile is what is tested.
        place = int(np.searchsorted(below, q))
        share, exact = float((counts <= place).mean()), float(below[place])
        assert abs(share - exact) < 3.0 * math.sqrt(exact * (1.0 - exact) / n), (q, place)
    edges = np.unique(np.searchsorted(below, np.linspace(0.05, 0.95, 10)))
    bins = np.searchsorted(edges, k)
    expected = np.bincount(bins, weights=chances) * n
    seen = np.bincount(np.searchsorted(edges, counts), minlength=len(expected))
    assert stats.chisquare(seen, expected).pvalue > 1e-3


# --- Vasicek ------------------------------------------------------------------------------------


def test_every_default_is_the_one_that_the_formula_names() -> None:
    """Firm by firm: X = sqrt(rho) Z + sqrt(1 - rho) e below the threshold, from the same draws."""
    scenario = load_scenario("vasicek", enterprises=1_500, systematic_share=0.3)
    pd, rho = pd_and_rho(scenario)
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
    scenario = load_scenario("vasicek", enterprises=500)
    chances = mixed_binomial(500, *pd_and_rho(scenario))
    compare(default_counts(scenario, 1, range(500)), chances, (0.5, 0.9, 0.99))


@pytest.mark.long
def test_vasicek_at_20_000_replications() -> None:
    scenario = load_scenario("vasicek", enterprises=500)
    chances = mixed_binomial(500, *pd_and_rho(scenario))
    default_count(scenario, 3, 0)  # compile once
    parts = joblib.Parallel(n_jobs=2)(
        joblib.delayed(default_counts)(scenario, 3, range(start, start + 500))
        for start in range(0, 20_000, 500)
    )
    compare(np.concatenate(parts), chances, (0.5, 0.9, 0.99, 0.999))


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
    pd, rho = pd_and_rho(load_scenario("vasicek"))
    assert pd == pytest.approx(0.02, rel=1e-5)
    assert rho == 0.05


def test_without_correlation_defaults_are_binomial() -> None:
    scenario = load_scenario("vasicek", enterprises=400, systematic_share=0.0)
    pd, _ = pd_and_rho(scenario)
    chances = stats.binom.pmf(np.arange(401), 400, pd)
    compare(default_counts(scenario, 5, range(250)), chances, (0.5, 0.9))


@pytest.mark.parametrize("rho", [1.0, 0.999999])
def test_with_full_correlation_it_is_all_or_nothing(rho: float) -> None:
    scenario = load_scenario("vasicek", enterprises=60, systematic_share=rho, need_median=1.0)
    shares, factors = [], []
    for replication in range(80):
        model = LoanPortfolio(scenario, seed=6, replication=replication)
        factors.append(model._economy.systematic[:MONTHS].sum() / math.sqrt(MONTHS))
        model.run()
        first = model.loans[model.loans["start_month"] == 0]
        shares.append(float((first["first_default"] >= 0).mean()))
    share, z = np.array(shares), np.array(factors)
    clear = np.abs(z) > 0.006  # six times the spread that 1 - rho leaves
    assert clear.sum() >= 78
    assert set(share[clear]) == {0.0, 1.0}
    assert np.array_equal(share[clear] == 1.0, z[clear] < 0.0)
    assert abs(share.mean() - 0.5) < 3.0 * 0.5 / math.sqrt(80)


def test_where_nothing_can_be_recovered_the_loss_is_the_default_rate() -> None:
    scenario = load_scenario("vasicek", enterprises=400, need_median=0.4, asset_median=0.0)
    for replication in range(5):
        measures = LoanPortfolio(scenario, replication=replication).run()
        assert measures["default_rate"] > 0.01
        assert measures["loss_rate"] == pytest.approx(measures["default_rate"], rel=1e-12)
        assert measures["lgd"] == pytest.approx(1.0, rel=1e-12)
        assert measures["unsettled_share"] == 0.0


def test_where_all_can_be_recovered_there_is_no_loss() -> None:
    """The same defaults to the firm, and not a fen lost."""
    poor = load_scenario("vasicek", enterprises=400, need_median=0.4)
    rich = load_scenario("vasicek", enterprises=400, need_median=0.4, asset_median=100.0,
                         asset_spread=0.0)  # fmt: skip
    for replication in range(5):
        with_loss = LoanPortfolio(poor, replication=replication).run()
        measures = LoanPortfolio(rich, replication=replication).run()
        assert measures["default_rate"] == with_loss["default_rate"] > 0.01
        assert measures["loss_rate"] == measures["lgd"] == measures["net_credit_loss"] == 0.0


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

SEES_ALL = {
    "enterprises": 400, "months": 12, "burn_in_months": 24, "run_off_months": 0,
    "source_sd": 0.0, "dressing": 0.0, "hidden_debt_share": 0.0, "review_error_sd": 0.0,
    "pressure": 0.0, "relation_shading": 0.0, "guarantee_share": 0.0, "formula_share": 0.0,
    "npl_tolerance": 1.0, "capital_ratio": 0.0, "hours_per_month": 1e6, "churn": 0.0,
    "refinancing_ease": -50.0, "impatience": 0.0,
    # So that the truth can still be read after the month of the decision.
    "proceeds_kept": 0.0, "diversion_probability": 0.0,
}  # fmt: skip


def truth_of_decided(model: LoanPortfolio) -> tuple[np.ndarray, np.ndarray]:
    """One month more; true capacity of the firms whose new file was decided, and if approved."""
    before = model._world.enterprises.copy()
    model.step()
    e, p = model._world.enterprises, model.parameters
    fresh = (e["ordinal"] > before["ordinal"]) & (before["loan"] < 0) & (e["file"] == NO_FILE)
    fresh &= e["status"] == ALIVE
    assert not ((e["status"] == ALIVE) & (e["file"] == NEW_FILE)).any()  # no file waits
    e = e[fresh]
    level = np.exp(e["demand"] + e["setback"])
    margin = 1.0 - p["variable_cost"] + e["quality"]
    flow = e["revenue_fen"] * (margin * level - p["fixed_cost"]) - e["hidden_service_fen"]
    service = e["need_fen"] * (p["base_rate"] / 12.0 + 1.0 / 24.0)
    spare = (e["cash_fen"] + e["line_fen"]) / np.maximum(e["buffer_fen"] + e["line_fen"], 1)
    raw = (flow - service) / e["revenue_fen"] / 0.04 + 0.6 * np.log(np.maximum(spare, 0.05))
    return (raw - p["score_location"]) / p["score_scale"], e["loan"] >= 0


@pytest.mark.parametrize("review_share", [0.0, 0.6, 1.0])
def test_with_perfect_information_the_best_are_accepted(review_share: float, tiny: Any) -> None:
    """Approved are exactly those at or above the cut-off."""
    scenario = tiny(**SEES_ALL, file_error_share=1.0, review_share=review_share)
    model = LoanPortfolio(scenario, seed=3)
    accepted = refused = 0
    for _ in range(12):
        truth, approved = truth_of_decided(model)
        clear = np.abs(truth - scenario.parameters["cutoff"]) > 1e-9
        assert np.array_equal(approved[clear], (truth >= scenario.parameters["cutoff"])[clear])
        accepted, refused = accepted + int(approved.sum()), refused + int((~approved).sum())
    assert accepted > 20 and refused > 20


def test_a_reviewer_with_an_own_look_accepts_a_top_share_too(tiny: Any) -> None:
    """The own look is milder to the weak, but keeps the order: nobody refused was better."""
    scenario = tiny(**SEES_ALL, file_error_share=0.0, review_share=1.0, review_weight=0.4)
    model = LoanPortfolio(scenario, seed=3)
    truths, decisions = zip(*(truth_of_decided(model) for _ in range(12)), strict=True)
    truth, approved = np.concatenate(truths), np.concatenate(decisions)
    assert approved.sum() > 20 and (~approved).sum() > 20
    assert truth[approved].min() > truth[~approved].max()


def test_with_errors_worse_firms_are_accepted_and_better_ones_refused(tiny: Any) -> None:
    """The test above could fail: with the usual errors it does."""
    usual = {k: v for k, v in SEES_ALL.items() if k not in ("source_sd", "review_error_sd")}
    model = LoanPortfolio(tiny(**usual, file_error_share=1.0), seed=3)
    truths, decisions = zip(*(truth_of_decided(model) for _ in range(12)), strict=True)
    truth, approved = np.concatenate(truths), np.concatenate(decisions)
    assert truth[approved].min() < truth[~approved].max() - 0.5


# --- no risk ------------------------------------------------------------------------------------


def test_without_demand_risk_nobody_defaults() -> None:
    scenario = load_scenario("vasicek", enterprises=300, demand_sd=0.0)
    model = LoanPortfolio(scenario)
    assert model.run()["default_rate"] == 0.0
    assert not (model.loans["status"] == DEFAULTED).any()
