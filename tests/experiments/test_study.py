"""A study: the same worlds for all arms, whatever the order and number of processes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from experiments import Study, StudyError
from experiments.arms import arm_title, checked_arms, default_arms
from experiments.replication import KEYS, run_replication
from scenarios import load_scenario
from simulation import LoanPortfolio, Scenario
from simulation.measures import UNITS

BOTH = "pre_loan_process+risk_warning"
MAY_BE_UNKNOWN = {
    "good_rejected_share",
    "good_refused_share",
    "bad_accepted_share",
}  # where there is nobody to judge


def test_there_is_a_row_for_each_mode_world_and_arm(study: Study) -> None:
    runs = study.runs
    assert list(runs.columns) == [*KEYS, *UNITS]
    assert len(runs) == 2 * 3 * 5
    assert runs["strategy"].tolist()[:5] == list(study.strategies)
    assert runs["assumptions"].tolist() == ["fixed"] * 15 + ["drawn"] * 15
    assert set(study.comparison()["interval"]) == {"luck", "assumptions"}


def test_the_number_of_processes_changes_no_byte(
    study: Study, tiny: Scenario, tmp_path: Path
) -> None:
    other = Study(tiny, study.strategies, replications=3, seed=11).run(jobs=2, out=tmp_path / "2")
    pd.testing.assert_frame_equal(other.runs, study.runs, check_exact=True)
    pd.testing.assert_frame_equal(other.months, study.months, check_exact=True)
    study.comparison().to_csv(tmp_path / "1.csv", index=False, lineterminator="\n")
    written = (tmp_path / "2" / "comparison.csv").read_bytes()
    assert written == (tmp_path / "1.csv").read_bytes()


def test_worlds_differ_and_so_do_seeds(study: Study, tiny: Scenario) -> None:
    baseline = study.runs[study.runs["strategy"] == "baseline"]
    assert baseline["disbursed"].nunique() == 6
    other = run_replication(tiny, ["baseline"], 12, 0, "fixed").runs[0].measures["disbursed"]
    assert other not in baseline["disbursed"].to_numpy()


def test_a_world_is_the_models_own(study: Study, tiny: Scenario) -> None:
    model = LoanPortfolio(tiny, strategies="risk_warning", seed=11, replication=2)
    expected = model.run()
    runs = study.runs.set_index(list(KEYS))
    assert runs.loc[("fixed", 2, "risk_warning")].to_dict() == exactly(expected)


def exactly(measures: dict[str, float]) -> object:
    """Equal to the last bit; a measure without a number is one in both."""
    return pytest.approx(measures, rel=0.0, abs=0.0, nan_ok=True)


def test_more_worlds_and_other_arms_leave_the_old_rows(study: Study, tiny: Scenario) -> None:
    fewer = Study(tiny, [BOTH], replications=1, seed=11, assumptions="fixed").run(jobs=1)
    old = study.runs.set_index(list(KEYS))
    new = fewer.runs.set_index(list(KEYS))
    pd.testing.assert_frame_equal(new, old.loc[new.index], check_exact=True)


def test_a_strategy_of_intensity_zero_differs_by_exactly_nothing() -> None:
    scenario = load_scenario(
        "l_bank", enterprises=60, months=3, burn_in_months=6, run_off_months=4,
        strategies={"risk_warning": {"adoption": {"intensity": 0.0}}},
    )  # fmt: skip
    study = Study(scenario, ["risk_warning"], replications=2).run(jobs=1)
    arms = [study.runs[study.runs["strategy"] == arm] for arm in study.strategies]
    base, same = (rows.drop(columns="strategy").reset_index(drop=True) for rows in arms)
    pd.testing.assert_frame_equal(same, base, check_exact=True)
    rows = study.comparison()
    known = rows[rows["replications"] == 2]
    assert set(UNITS) - set(known["measure"]) <= MAY_BE_UNKNOWN
    for name in ("difference", "ci_low", "ci_high", "standard_error"):
        assert (known[name] == 0.0).all(), name


def test_without_drawn_assumptions_there_is_luck_alone(tiny: Scenario) -> None:
    study = Study(tiny, ["risk_warning"], replications=1, assumptions="fixed").run(jobs=1)
    assert set(study.comparison()["interval"]) == {"luck"}


def test_the_default_arms_are_strategies_all_together_and_rivals(tiny: Scenario) -> None:
    arms = default_arms(tiny)
    together = "pre_loan_process+risk_warning+internal_control+staff_ability"
    assert arms[:5] == [*together.split("+"), together]
    assert set(arms[5:]) == {"tighter_cutoff", "more_officers", "pay_for_quality"}
    assert arm_title(tiny, together) == "All four strategies"
    assert Study(tiny).strategies == ("baseline", *arms)
    kinds = {s.name: s.kind for s in tiny.catalogue.values()}
    assert {"experiment", "switch"} <= set(kinds.values())
    assert {kinds[name] for arm in arms for name in arm.split("+")} == {"strategy", "rival"}


def test_switches_are_arms_alone_and_in_combinations(tiny: Scenario) -> None:
    arms = ["without_F01", "without_post_loan+risk_warning"]
    study = Study(tiny, arms, replications=1, assumptions="fixed", references=False).run(jobs=1)
    assert study.runs["strategy"].tolist() == ["baseline", *arms]
    assert arm_title(tiny, arms[0]) == "Without F01"
    assert arm_title(tiny, arms[1]).endswith("+ Risk-warning technology")
    alone = LoanPortfolio(tiny, seed=7).fork("without_F01").run()
    assert study.runs.loc[1, list(alone)].to_dict() == exactly(alone)


def test_rules_of_a_study_hold_from_the_fork_in_every_arm(tiny: Scenario) -> None:
    arms = ["tighter_cutoff"]
    plain = run_replication(tiny, ["baseline", *arms], 7, 0, "fixed")
    rules = {"approves": refuses_all}
    ruled = Study(tiny, arms, 1, 7, "fixed", rules=rules).run(jobs=1)
    assert ruled.rules == rules
    assert ruled.failures["error"].tolist() == []
    assert (ruled.runs["approval_rate"] == 0.0).all()
    assert all(run.measures["approval_rate"] > 0.0 for run in plain.runs)
    before, expected = (
        months[months["month"] < 0].reset_index(drop=True)
        for months in (ruled.months, plain.tables["months"])
    )
    pd.testing.assert_frame_equal(before, expected, check_exact=True)


def refuses_all(score: float, cutoff: float) -> bool:
    return score >= cutoff + 1000.0


def test_an_arm_is_told_once(tiny: Scenario) -> None:
    assert checked_arms(tiny, ["baseline", "baseline + risk_warning"]) == (
        "baseline", "risk_warning",
    )  # fmt: skip
    with pytest.raises(StudyError, match="are the same"):
        checked_arms(tiny, [BOTH, "risk_warning+pre_loan_process"])


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda s: Study(s, ["risk_warnin"]), "nearest known: risk_warning"),
        (lambda s: Study(s, ["risk_warning+risk_warning"]), "twice"),
        (lambda s: Study(s, ["without_f03"]), "nearest known: without_F03"),
        (lambda s: Study(s, ["pre_lon"]), "nearest known: pre_loan_process"),
        (lambda s: Study(s, ["risk_warning+without_post"]), "nearest known: without_post_loan"),
        (lambda s: Study(s).at_equal(), "call run"),
        (lambda s: Study(s, "risk_warning"), "a list of names"),
        (lambda s: Study(s, [3]), "not a name"),
        (lambda s: Study(s, replications=0), "replications = 0 is not allowed"),
        (lambda s: Study(s, replications=2.5), "a whole number"),
        (lambda s: Study(s, replications=True), "a whole number"),
        (lambda s: Study(s, seed=-1), "seed = -1"),
        (lambda s: Study(s, seed=2**63), "from 0 to 9223372036854775807"),
        (lambda s: Study(s, assumptions="none"), "allowed: drawn or fixed"),
        (lambda s: Study(s).run(jobs=0), "jobs = 0"),
        (lambda s: Study(s).comparison(), "call run"),
    ],
)
def test_bad_arguments_are_told(
    tiny: Scenario, make: Callable[[Scenario], object], words: str
) -> None:
    with pytest.raises(StudyError, match=words):
        make(tiny)


def test_progress_counts_worlds(tiny: Scenario) -> None:
    seen: list[tuple[int, int]] = []
    study = Study(tiny, [], replications=2)
    study.run(jobs=1, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_an_error_in_a_world_is_a_row(tiny: Scenario) -> None:
    broken = replace(tiny, parameters={})
    study = Study(broken, [], replications=1).run(jobs=1)
    assert study.runs.empty
    assert study.failures["assumptions"].tolist() == ["fixed", "drawn"]
    assert study.failures["error"].str.startswith("KeyError").all()
    assert study.failures["traceback"].str.contains("Traceback").all()
