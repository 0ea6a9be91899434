"""Estimators against answers that are known."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy import stats
from scipy.special import ndtr, ndtri

from experiments.validation import estimators as est
from experiments.validation import plan
from experiments.validation.panel import Panel, attention, billing, sales_facts, signals
from experiments.validation.takes import HALF_YEARS, auc, by_half_year


def vasicek_worlds(rho: float, pd: np.ndarray, worlds: int, firms: int) -> dict[str, np.ndarray]:
    """Annual defaults of many worlds with one factor each; years may differ in risk."""
    rng = np.random.default_rng(5)
    z = rng.standard_normal((worlds, len(pd)))
    p = ndtr((ndtri(pd) - math.sqrt(rho) * z) / math.sqrt(1.0 - rho))
    n = rng.integers(firms // 2, firms, size=p.shape)
    return {"firms": n, "defaulted": rng.binomial(n, p)}


@pytest.mark.parametrize("rho", [0.0, 0.02, 0.1])
@pytest.mark.parametrize("firms", [100, 2_000])
def test_the_correlation_is_recovered_whatever_the_number_of_firms(rho: float, firms: int) -> None:
    record = vasicek_worlds(rho, np.array([0.01, 0.03, 0.05]), 3_000, firms)
    assert est.default_correlation(record) == pytest.approx(rho, abs=0.006)


def test_years_of_different_risk_are_no_correlation() -> None:
    record = vasicek_worlds(0.0, np.linspace(0.01, 0.09, 9), 400, 1_000)
    assert abs(est.default_correlation(record)) < 0.003


def test_without_defaults_there_is_no_correlation() -> None:
    record = {"firms": np.full((4, 2), 10), "defaulted": np.zeros((4, 2))}
    assert math.isnan(est.default_correlation(record))


@pytest.mark.parametrize("rho", [-0.4, 0.0, 0.05, 0.6])
def test_the_bivariate_normal_is_scipys(rho: float) -> None:
    for c in (-2.3, -0.5, 0.7):
        exact = stats.multivariate_normal([0, 0], [[1, rho], [rho, 1]]).cdf([c, c])
        assert est.both_below(c, rho) == pytest.approx(exact, abs=1e-5)


# --- intervals --------------------------------------------------------------------------------


def test_the_interval_covers_a_known_mean_as_often_as_it_says() -> None:
    rng = np.random.default_rng(1)
    hits = 0
    for trial in range(60):
        record = {"x": rng.normal(3.0, 1.0, 50)}
        found = est.estimate(est.mean("x"), [record], trial)
        hits += found.low < 3.0 < found.high
    assert 50 <= hits <= 60
    width = 2 * 1.96 / math.sqrt(50)
    assert found.high - found.low == pytest.approx(width, rel=0.35)


def test_arms_are_drawn_in_pairs() -> None:
    base = np.random.default_rng(2).gamma(4.0, 1.0, 40)
    found = est.estimate(est.change("x"), [{"x": 1.5 * base}, {"x": base}], 7)
    assert found == pytest.approx((0.5, 0.5, 0.5))
    apart = est.estimate(est.change("x"), [{"x": 1.5 * base[::-1]}, {"x": base}], 7)
    assert apart.low < 0.4 < 0.6 < apart.high


def test_one_world_has_no_interval() -> None:
    found = est.estimate(est.mean("x"), [{"x": np.array([2.0])}], 7)
    assert found.value == 2.0 and math.isnan(found.low) and math.isnan(found.high)


# --- levels and changes ------------------------------------------------------------------------


def test_ratios_are_of_sums() -> None:
    record = {"d": np.array([1.0, 9.0]), "n": np.array([10.0, 90.0]),
              "e": np.array([1.0, 0.0]), "m": np.array([20.0, 20.0])}  # fmt: skip
    assert est.ratio("d", "n", 12.0)(record) == pytest.approx(1.2)
    assert est.ratio_of_ratios("d", "n", "e", "m")(record) == pytest.approx(4.0)
    assert est.difference_of_ratios("d", "n", "e", "m")(record) == pytest.approx(0.075)
    assert math.isnan(est.ratio("d", "zero")({"d": np.ones(2), "zero": np.zeros(2)}))


def test_changes_of_mean_spread_and_ratio() -> None:
    arm = {"x": np.array([1.0, 5.0]), "n": np.array([2.0, 2.0])}
    base = {"x": np.array([1.0, 3.0]), "n": np.array([1.0, 1.0])}
    assert est.change("x")(arm, base) == pytest.approx(0.5)
    assert est.change("x", est.spread)(arm, base) == pytest.approx(1.0)
    assert est.difference("x")(arm, base) == pytest.approx(1.0)
    assert est.change_of_ratio("x", "n")(arm, base) == pytest.approx(-0.25)


def test_what_spreads_leaves_out_who_is_hit() -> None:
    """Two worlds of three firms; a strike on the first firm, and one on the second."""
    calm = {"hit": np.zeros((2, 3), bool), "defaults": np.array([[0, 0, 0], [0, 0, 1]])}
    wide = {"hit": np.array([[1, 0, 0]] * 2) > 0, "defaults": np.array([[1, 1, 1], [1, 0, 1]])}
    narrow = {"hit": np.array([[0, 1, 0]] * 2) > 0, "defaults": np.array([[0, 1, 0], [1, 1, 1]])}
    # Beyond who is hit: 2 and 0 in the worlds of the first, 0 and 1 in those of the second.
    assert est.spread_beyond("hit", "defaults")(wide, narrow, calm) == pytest.approx(1.0 - 0.5)
    assert est.spread_beyond("hit", "defaults")(calm, calm, calm) == 0.0


def test_a_step_down_is_the_least_step() -> None:
    arms = [{"x": np.array([value])} for value in (1.0, 1.2, 1.1)]
    assert est.least_step("x")(*arms) == pytest.approx(1.1 / 1.2 - 1.0)
    assert est.least_step("x")(*arms[:2]) == pytest.approx(0.2)


# --- world-years --------------------------------------------------------------------------------


def test_a_common_trend_is_neither_correlation_nor_skewness_nor_tail() -> None:
    rng = np.random.default_rng(3)
    trend = np.linspace(1.0, 4.0, 10)
    record = {"x": trend * rng.normal(1.0, 0.1, (400, 10)),
              "y": trend * rng.normal(1.0, 0.1, (400, 10))}  # fmt: skip
    assert abs(est.year_correlation("x", "y")(record)) < 0.05
    assert abs(est.skewness("x")(record)) < 0.2
    assert est.tail("x", 0.99)(record) == pytest.approx(1.0 + 2.326 * 0.1, abs=0.02)


def test_correlation_and_skewness_that_are_there_are_found() -> None:
    rng = np.random.default_rng(3)
    common = rng.gamma(4.0, 1.0, (500, 6))  # skewness 1
    record = {"x": common, "y": common + rng.normal(0.0, 2.0, common.shape)}
    assert est.year_correlation("x", "y")(record) == pytest.approx(math.sqrt(0.5), abs=0.04)
    assert est.skewness("x")(record) == pytest.approx(1.0, abs=0.15)


# --- recovery and hazard --------------------------------------------------------------------------


def test_the_slope_is_that_of_single_workouts() -> None:
    rng = np.random.default_rng(8)
    months = rng.integers(0, 36, 5_000)
    recovery = 0.9 - 0.1 * months / 12.0 + rng.normal(0.0, 0.2, len(months))
    record = {"sum": np.bincount(months, recovery, 36)[None], "n": np.bincount(months)[None]}
    exact = stats.linregress(months / 12.0, recovery).slope
    assert est.slope_per_year("sum", "n")(record) == pytest.approx(exact, rel=1e-9)


def test_the_hazard_of_made_up_contracts() -> None:
    """1,000 loans; 60 written off in months 12-17, 94 in 18-23 (a tenth of what is left)."""
    age = np.repeat([12, 17, 18, 23, 200], [30, 30, 47, 47, 5])
    taken = by_half_year(age, 1_000)
    assert len(taken["events"]) == HALF_YEARS
    record = {name: np.array([values]) for name, values in taken.items()}
    hazard = est.hazard(record)
    assert hazard[:5] == pytest.approx([0.0, 0.0, 0.01, 0.1 / 6.0, 0.0])
    assert est.peak_month((1.0,))(record) == 21.0
    assert est.hazard_over_peak(2, 3, (1.0,))(record) == pytest.approx(0.6)
    assert est.pooled_hazard((0.3, 0.7), record, record) == pytest.approx(hazard)
    none = {"events": 0 * record["events"], "at_risk": np.full_like(record["at_risk"], 10)}
    # A tenth of the loans, however many were simulated, never written off.
    mixed = est.pooled_hazard((0.9, 0.1), record, none)
    assert mixed[2] == pytest.approx(0.9 * 0.06 / 6.0)
    assert mixed[3] == pytest.approx(0.9 * 0.094 / 6.0 / (0.9 * 0.94 + 0.1))


SBA = {
    (1990, 2000): [0.1, 0.4, 2.4, 4.9, 5.4, 6.7, 8.5, 7.6, 6.9, 5.7, 5.2, 4.8, 2.8, 2.0],
    (2001, 2002): [0.2, 1.9, 7.9, 14.1, 11.0, 14.7, 17.7, 21.7, 19.3, 15.2, 13.5, 8.8, 9.0, 8.7],
}
"""Charge-offs per 10,000 SBA loans and month by half-year: docs/model-basis.md, fact 9."""


def sba_loans(folder: Any) -> Any:
    import pandas as pd

    loans = pd.read_parquet(folder / "sba_7a_disbursed_1990_2002.parquet")
    return loans[loans["term_orig_hat"].between(36, 90)]


@pytest.mark.parametrize(
    ("years", "peak", "first", "last"),
    [((1990, 2000), 39.0, 0.03, 0.24), ((2001, 2002), 45.0, 0.05, 0.40)],
)
def test_the_hazard_counts_as_the_published_one(
    years: tuple[int, int], peak: float, first: float, last: float, shared_data: Any
) -> None:
    """SBA loans, terms of 36-90 months: who has run to the end stays at risk."""
    loans = sba_loans(shared_data)
    loans = loans[loans["disbursement_date"].dt.year.between(*years)]
    copies = (100.0 * loans["weight"]).round().astype(int)
    age = (loans["chgoff_date"] - loans["disbursement_date"]).dt.days / 30.4375
    gone = age >= 0.0
    taken = by_half_year(np.repeat(age[gone].astype(int), copies[gone]), int(copies.sum()))
    record = {name: np.array([values]) for name, values in taken.items()}
    assert 1e4 * est.hazard(record) == pytest.approx(SBA[years], abs=0.06)
    assert est.peak_month((1.0,))(record) == peak
    assert est.hazard_over_peak(0, 2, (1.0,))(record) == pytest.approx(first, abs=0.005)
    assert est.hazard_over_peak(13, 14, (1.0,))(record) == pytest.approx(last, abs=0.005)


def test_the_mix_of_terms_is_that_of_the_sba_loans(shared_data: Any) -> None:
    loans = sba_loans(shared_data)
    band = np.digitize(loans["term_orig_hat"], [48, 72])
    shares = np.bincount(band, loans["weight"]) / loans["weight"].sum()
    assert shares == pytest.approx(list(plan.TENORS.values()), abs=0.005)


def test_the_hazard_of_two_events_of_the_same_loans() -> None:
    taken = by_half_year(np.repeat(18, 10), 100) | by_half_year(np.repeat(7, 20), 100, "default_")
    record = {name: np.array([values]) for name, values in taken.items()}
    assert est.peak_month((1.0,))(record) == 21.0
    assert est.peak_month((1.0,), of="default_")(record) == 9.0
    assert est.hazard_over_peak(1, 2, (1.0,))(record) == 0.0
    assert est.hazard_over_peak(1, 2, (1.0,), of="default_")(record) == 1.0


def test_variation_is_free_of_scale() -> None:
    values = np.random.default_rng(3).gamma(4.0, 1.0, 50)
    assert est.variation(3.0 * values) == pytest.approx(est.variation(values))
    assert est.variation(values) == pytest.approx(values.std(ddof=1) / values.mean())


# --- panels ---------------------------------------------------------------------------------------


def test_auc_is_the_chance_of_the_right_order() -> None:
    assert auc(np.array([3.0, 2.0]), np.array([1.0, 2.5])) == pytest.approx(0.75)
    assert auc(np.array([1.0]), np.array([1.0])) == pytest.approx(0.5)
    assert math.isnan(auc(np.array([1.0]), np.array([])))


def test_sales_facts_of_a_worked_example() -> None:
    sales = np.array([0.0, 1.0, 2.0, 0.0, 1.0, 2.0, 1.0, 2.0, 0.0])
    cv, related, empty = sales_facts(sales)
    life = sales[1:8]
    assert cv == pytest.approx(life.std() / life.mean())
    assert related == pytest.approx(-1.0) and empty == pytest.approx(1 / 7)


def test_the_sales_facts_of_the_invoices_are_the_published_ones(shared_data: Any) -> None:
    import pandas as pd

    rows = pd.read_csv(shared_data / "cn_firms_monthly_invoices.csv.gz")
    rows = rows[rows["kind"] == "output"]
    sales = rows.pivot_table(index="month", columns="firm", values="net", aggfunc="sum")
    found = billing(np.maximum(sales.fillna(0.0).to_numpy(), 0.0))
    values = [found[n] for n in ("cv_low", "cv", "cv_high", "autocorrelation", "empty")]
    assert values == pytest.approx([0.63, 0.89, 1.23, 0.17, 0.03], abs=0.01)


def a_panel(months: int = 30, rows: int = 4) -> dict[str, np.ndarray]:
    shape = (months, rows)
    return {
        "billed": np.ones(shape), "contract": np.tile(np.arange(rows), (months, 1)),
        "performing": np.ones(shape, dtype=bool), "cover": np.full(shape, 5.0),
        "weak": np.zeros(shape, dtype=bool), "seen": np.zeros(shape, dtype=np.int64),
    }  # fmt: skip


def test_cash_before_a_default_is_compared_with_that_of_loans_that_go_on() -> None:
    of = a_panel()
    of["performing"][20:, 0] = False  # row 0 defaults in month 20
    of["cover"][[8, 17], 0] = 9.0, 1.0  # rich 12 months before, poor 3 months before
    found = signals(Panel(**of))
    assert found["auc_3"] > 0.97 and found["auc_12"] == 0.0
    assert found["auc_6"] == pytest.approx(0.5, abs=0.02)  # as the others


def test_a_loan_that_is_repaid_is_no_default() -> None:
    of = a_panel()
    of["performing"][20:, 0] = False
    of["contract"][20:, 0] = -1
    assert math.isnan(signals(Panel(**of))["auc_3"])


def test_attention_is_counted_on_both_sides_of_the_turn() -> None:
    of = a_panel()
    of["weak"][10:, 0] = True
    of["seen"][5:, 0] += 1  # one visit before
    of["seen"][10:, 0] += 1  # one in the month of the turn, on neither side
    of["seen"][12:, 0] += 2  # two after
    of["weak"][:, 1] = True  # weak from the start: not looked at
    found = attention(Panel(**of))
    assert found == {"attention_before": 1, "months_before": 6,
                     "attention_after": 2, "months_after": 6}  # fmt: skip
