"""The simulated method of moments on linear models, whose answers are known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from experiments.calibration.smm import Estimate, fit

MOMENTS = ("a", "b", "c", "d")
SLOPES = np.array([[1.0, 0.2], [0.5, -1.0], [0.3, 0.8], [-0.4, 0.6]])
SPREAD = np.array(
    [[0.04, 0.01, 0.0, 0.0], [0.01, 0.09, 0.0, 0.02], [0.0, 0.0, 0.01, 0.0], [0.0, 0.02, 0.0, 0.16]]
)
TRUTH = np.array([1.5, 0.7])
BOUNDS = {"x": (0.0, 5.0), "y": (0.0, 5.0)}


def linear(values: object) -> pd.Series:
    return pd.Series(SLOPES @ np.array([values["x"], values["y"]]), MOMENTS)  # type: ignore[index]


def fitted(target: np.ndarray, copies: int = 10, **options: int) -> Estimate:
    covariance = pd.DataFrame(SPREAD, MOMENTS, MOMENTS)
    return fit(
        linear, pd.Series(target, MOMENTS), covariance, BOUNDS, {"x": 1.0, "y": 1.0}, MOMENTS,
        copies=copies, **options,
    )  # fmt: skip


def test_exact_moments_give_the_parameters_and_no_misfit() -> None:
    found = fitted(SLOPES @ TRUTH)
    assert found.values.to_numpy() == pytest.approx(TRUTH, abs=1e-4)
    assert found.statistic == pytest.approx(0.0, abs=1e-5)
    assert found.p_value == pytest.approx(1.0, abs=1e-4)


def test_errors_are_those_of_the_sandwich() -> None:
    weights = np.diag(1.0 / np.diag(SPREAD))
    to_theta = np.linalg.solve(SLOPES.T @ weights @ SLOPES, SLOPES.T @ weights)
    expected = np.sqrt(np.diag(to_theta @ (1.1 * SPREAD) @ to_theta.T))
    assert fitted(SLOPES @ TRUTH).errors.to_numpy() == pytest.approx(expected, rel=1e-4)


def test_over_repeated_samples_errors_and_test_have_their_size() -> None:
    rng = np.random.default_rng(5)
    samples = rng.multivariate_normal(SLOPES @ TRUTH, SPREAD, size=300)
    found = [fitted(sample, copies=1_000_000) for sample in samples]
    estimates = np.array([f.values.to_numpy() for f in found])
    assert estimates.std(axis=0) == pytest.approx(found[0].errors.to_numpy(), rel=0.12)
    statistics = np.array([f.statistic for f in found])
    assert found[0].freedom == 2
    assert statistics.mean() == pytest.approx(2.0, abs=4 * 2.0 / 300**0.5)
    rejected = np.mean([f.p_value < 0.05 for f in found])
    assert 0.01 <= rejected <= 0.10


def test_fewer_copies_widen_the_errors() -> None:
    few, many = (fitted(SLOPES @ TRUTH, copies=n).errors for n in (1, 1_000_000))
    assert (few / many).to_numpy() == pytest.approx(2.0**0.5, rel=1e-4)


def test_a_model_that_cannot_make_the_moments_is_rejected() -> None:
    apart = np.linalg.svd(SLOPES)[0][:, -1]  # a direction no parameter reaches
    assert fitted(SLOPES @ TRUTH + 3.0 * apart).p_value < 1e-6


def test_every_search_is_told() -> None:
    assert len(fitted(SLOPES @ TRUTH, searches=3).starts) == 3


def test_too_few_moments_are_refused() -> None:
    with pytest.raises(ValueError, match="1 moments cannot tell 2 parameters"):
        fit(linear, pd.Series({"a": 1.0}), pd.DataFrame([[1.0]], ["a"], ["a"]), BOUNDS,
            {"x": 1.0, "y": 1.0}, ("a",), copies=1)  # fmt: skip
