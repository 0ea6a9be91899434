"""Statistics of firms' sales: windows, worked examples, moments."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import variation

from experiments.calibration.sales import (
    LEAST_SALES,
    MOMENTS,
    bootstrap_covariance,
    firm_statistics,
    moments,
    windows,
)


def months(count: int) -> pd.PeriodIndex:
    return pd.period_range("2020-01", periods=count, freq="M")


@pytest.fixture(scope="module")
def net() -> pd.DataFrame:
    """40 firms: log-normal sales, a few credit notes, months without a row."""
    rng = np.random.default_rng(1)
    sales = np.exp(rng.normal(size=(36, 40)).cumsum(axis=0) * 0.2 + rng.normal(size=(36, 40)))
    sales[rng.random((36, 40)) < 0.1] = np.nan
    sales[rng.random((36, 40)) < 0.02] = -1.0
    return pd.DataFrame(sales, index=months(36))


def test_a_window_runs_from_the_first_to_the_last_sale() -> None:
    firm = [np.nan, -3.0, *[5.0] * 10, np.nan, -2.0, *[5.0] * 8, 0.0, np.nan]
    few = [1.0] * (LEAST_SALES - 1) + [np.nan] * (len(firm) - LEAST_SALES + 1)
    found = windows(pd.DataFrame({"a": firm, "few": few}, index=months(len(firm))))
    assert list(found.columns) == ["a"]
    kept = found["a"].to_numpy()
    assert np.isnan(kept[[0, 1, -2, -1]]).all()
    assert (kept[12:14] == 0.0).all()
    assert np.nansum(kept) == 18 * 5.0


def test_windows_of_windows_are_the_same(net: pd.DataFrame) -> None:
    once = windows(net)
    pd.testing.assert_frame_equal(windows(once), once)


def test_statistics_are_those_of_scipy_and_pandas(net: pd.DataFrame) -> None:
    sales = windows(net)
    found = firm_statistics(sales)
    for firm in list(sales.columns)[:5]:
        one = sales[firm].dropna()
        logs = np.log(one.where(one > 0.0))
        assert found.loc[firm, "cv"] == pytest.approx(variation(one.to_numpy()))
        assert found.loc[firm, "log_sd"] == pytest.approx(logs.std())
        for lag in (1, 6, 12):
            assert found.loc[firm, f"lag_{lag}"] == pytest.approx(logs.autocorr(lag))
        assert found.loc[firm, "empty"] == (one == 0.0).mean()


def test_empty_after_empty_is_counted_inside_the_window() -> None:
    firm = [*[2.0] * 9, 0.0, 0.0, 0.0, *[2.0] * 9, 0.0, *[2.0, 3.0], np.nan]
    found = firm_statistics(windows(pd.DataFrame({"a": firm}, index=months(len(firm))))).loc["a"]
    assert (found["after_empty"], found["empty_twice"]) == (4, 2)


def test_scale_of_a_firm_changes_no_moment(net: pd.DataFrame) -> None:
    scaled = net * np.exp(np.linspace(-3.0, 3.0, net.shape[1]))
    before, after = (moments(firm_statistics(windows(t))) for t in (net, scaled))
    np.testing.assert_allclose(after, before, atol=1e-9)


def test_bootstrap_errors_of_a_mean_are_its_standard_error(net: pd.DataFrame) -> None:
    firms = firm_statistics(windows(net))
    covariance = bootstrap_covariance(firms, 400, 3)
    assert list(covariance.columns) == list(MOMENTS)
    error = float(firms["empty"].std(ddof=0)) / len(firms) ** 0.5
    assert covariance.loc["empty_mean", "empty_mean"] ** 0.5 == pytest.approx(error, rel=0.15)
