"""What SALib does without a word, and what is done about it here."""

from __future__ import annotations

import copy
import warnings
from pathlib import Path

import numpy as np
import pytest
from functions import factors, ishigami_study
from SALib.analyze import sobol as salib_sobol

from experiments import StudyError
from experiments.sensitivity.analysis import Question, finding
from experiments.sensitivity.convergence import growing
from experiments.sensitivity.methods import METHODS, method_named
from experiments.sensitivity.methods.base import Problem

PROBLEM = Problem(("x1", "x2", "x3"))
MOSTLY_QUICK = [
    pytest.param(name, marks=pytest.mark.long if name == "delta" else ()) for name in METHODS
]


@pytest.mark.parametrize("name", METHODS)
def test_a_missing_answer_never_reaches_salib(name: str) -> None:
    method = METHODS[name]
    points = method.points(PROBLEM, 64, 1)
    y = points.sum(axis=1)
    y[3] = np.nan
    with pytest.raises(StudyError, match=f"1 of {len(y)} points have no answer"):
        method.indices(PROBLEM, points, y, 1)


def test_salib_would_have_made_zeros_of_it() -> None:
    """The reason for the check: should this fail, SALib has learnt to complain."""
    points = METHODS["sobol"].points(PROBLEM, 64, 1)
    y = points[:, 0].copy()
    y[3] = np.nan
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = salib_sobol.analyze(PROBLEM.salib(), y, calc_second_order=False)
    assert (found["S1"] == 0.0).all()


@pytest.mark.parametrize("name", METHODS)
def test_a_constant_answer_has_no_indices(name: str) -> None:
    points = METHODS[name].points(PROBLEM, 64, 1)
    with pytest.raises(StudyError, match="the same at all points"):
        METHODS[name].indices(PROBLEM, points, np.full(len(points), 0.25), 1)


@pytest.mark.parametrize("name", MOSTLY_QUICK)
def test_the_same_seed_gives_the_same_intervals_and_leaves_global_luck_alone(name: str) -> None:
    """Zero, too, which SALib's Sobol takes for no seed."""
    method = METHODS[name]
    points = method.points(PROBLEM, 64, 0)
    y = points[:, 0] + points[:, 1] * points[:, 2]
    before = copy.deepcopy(np.random.get_state()[1])  # noqa: NPY002
    first = method.indices(PROBLEM, points, y, 0)
    assert (np.random.get_state()[1] == before).all()  # noqa: NPY002
    assert first.equals(method.indices(PROBLEM, points, y, 0))
    assert first["low"].notna().any()


def test_every_problem_is_new() -> None:
    first = PROBLEM.salib()
    first["names"].append("x4")
    assert PROBLEM.salib()["names"] == ["x1", "x2", "x3"]


@pytest.mark.parametrize("name", METHODS)
def test_more_samples_only_add_points(name: str) -> None:
    """So that an extended study runs nothing again, and a part is a design of its own."""
    method = METHODS[name]
    small, large = (method.points(PROBLEM, n, 5) for n in (64, 128))
    assert len(large) == 2 * len(small) == 128 * method.block(PROBLEM)
    np.testing.assert_array_equal(large[: len(small)], small)


@pytest.mark.parametrize(
    ("name", "samples", "words"),
    [
        ("sobol", 100, "a power of two; allowed: 64 or 128"),
        ("sobol2", 500, "allowed: 256 or 512"),
        ("sobol", 8, "at least 16"),
        ("morris", 3, "at least 4 trajectories"),
        ("given", 10, "at least 64"),
    ],
)
def test_samples_that_will_not_do(name: str, samples: int, words: str) -> None:
    with pytest.raises(StudyError, match=words):
        METHODS[name].check(PROBLEM, samples)


@pytest.mark.parametrize("name", ["given", "pawn", "delta", "regional"])
def test_methods_that_cannot_take_groups_say_so(name: str) -> None:
    grouped = Problem(("x1", "x2"), ("a", "b"))
    with pytest.raises(StudyError, match="cannot take groups; allowed with groups: morris, sobol"):
        METHODS[name].check(grouped, 128)
    METHODS["morris"].check(grouped, 8)


@pytest.mark.parametrize("name", ["fast", "enhanced_hdmr"])
def test_methods_with_traps_are_not_there(name: str) -> None:
    with pytest.raises(StudyError, match="unknown method"):
        method_named(name)


def test_failed_points_are_tried_again_then_analysed_by_given_data(tmp_path: Path) -> None:
    study = ishigami_study("sobol", 64, fails=lambda x: bool(x[0] > 2.5))
    got = finding(study.run(jobs=1, out=tmp_path / "s"), Question("loss_rate"))
    assert got.method.name == "given" and 10 < got.failed.sum() < len(got.failed) / 4
    assert "after a second try: sobol needs every point" in got.remarks[0]
    assert set(study._written.volatile()["attempts"]) == {1, 2}
    first = got.map.iloc[0]
    assert (first["factor"], first["ks"]) == ("x1", 1.0)
    assert first["low_failed"] > 2.5 and first["p_value"] < 1e-6
    assert (got.map["factor"] == "x2").any()
    assert got.map.set_index("factor").loc["x2", "p_value"] > 0.01
    assert len(study.failures) == len(set(study.failures["assumptions"]))


def test_morris_leaves_out_whole_trajectories() -> None:
    study = ishigami_study("morris", 30, fails=lambda x: bool(x[0] > 2.5 and x[1] < -2.5))
    got = finding(study.run(jobs=1), Question("loss_rate"))
    assert got.method.name == "morris" and "their trajectories are left out" in got.remarks[0]
    broken = got.failed.reshape(-1, 4).any(axis=1).sum()
    assert 0 < broken < 20 and got.luck.points == 4 * (30 - broken)
    assert got.map["factor"].iloc[0] in ("x1", "x2")


def test_points_of_a_design_are_not_counted_as_independent() -> None:
    """Trajectories move one factor at a time: a test of all their points finds what is not."""
    for name, number in (("morris", 64), ("sobol", 128), ("sobol2", 128), ("given", 64)):
        method = METHODS[name]
        points = method.points(PROBLEM, 64, 3)
        apart = points[method.independent(PROBLEM, len(points))]
        assert len(apart) == number
        if name != "morris":  # whose levels are four
            assert all(len(np.unique(column)) == number for column in apart.T)
    from experiments.sensitivity.answer import answer_of

    study = ishigami_study("morris", 8, replications=2, strategies=["risk_warning"])
    answer = answer_of(study.run(jobs=1), ["loss_rate"])
    assert not answer.breakdowns
    assert "8 points of this design were drawn apart, it takes 20" in answer.about[-1]
    study = ishigami_study("sobol", 16, replications=2, strategies=["risk_warning"])
    answer = answer_of(study.run(jobs=1), ["loss_rate"])
    assert answer.breakdowns["loss_rate"]["worlds"].sum() == 3 * 32
    assert "32 points that were drawn apart" in answer.about[-1]


def test_a_method_of_any_points_leaves_failed_ones_out() -> None:
    study = ishigami_study("given", 128, fails=lambda x: bool(x[0] > 2.5)).run(jobs=1)
    got = finding(study, Question("loss_rate"))
    assert got.method.name == "given" and "they are left out" in got.remarks[0]


def test_too_few_answers_are_told() -> None:
    study = ishigami_study("given", 64, fails=lambda x: bool(x[0] > 0)).run(jobs=1)
    with pytest.raises(StudyError, match="points of use have an answer; given needs 64"):
        finding(study, Question("loss_rate"))


def test_one_factor_is_too_few() -> None:
    from experiments.sensitivity.study import SensitivityStudy
    from scenarios import load_scenario

    with pytest.raises(StudyError, match="one factor has nothing to be compared with"):
        SensitivityStudy(load_scenario("l_bank"), factors(1), METHODS["morris"])


@pytest.mark.parametrize("samples", [64, 80, 160])
def test_a_part_of_few_points_has_no_first_order(samples: int) -> None:
    """SALib divides by zero where a part has twice as many points as harmonics."""
    method = METHODS["given"]
    points = method.points(PROBLEM, samples, 1)
    y = points[:, 0] + 0.1 * points[:, 1]
    rows = method.indices(PROBLEM, points[:20], y[:20], 1, resamples=0)
    assert rows[rows["index"] == "S1"]["value"].isna().all()
    assert len(growing(method, PROBLEM, points, y, 1))
