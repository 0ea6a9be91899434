"""Worlds are run once, in all arms with the same luck, whatever the number of processes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from experiments.arms import StudyError
from experiments.validation import plan, takes
from experiments.validation.samples import Arm, Sample, run_samples
from simulation import LoanPortfolio

TINY = {"enterprises": 60, "months": 6, "burn_in_months": 18, "run_off_months": 12}


def luck(model: LoanPortfolio) -> dict[str, Any]:
    """The factor's path, the firms, and what the arm does."""
    model.run()
    months = model.months
    return {
        "factor": months["systematic"].iloc[:24].to_numpy(),
        "firms": len(model.enterprises.records),
        "approved": months["approved"].sum(), "replication": model.replication,
        "hidden": model.parameters["hiding"],
    }  # fmt: skip


SAMPLE = Sample(
    "tiny", "a tiny bank", 3, luck,
    (Arm(), Arm("tight", strategies="tighter_cutoff"), Arm("leave", stress="officers_leave"),
     Arm("open", overrides={"hiding": 0.0})), overrides=TINY,
)  # fmt: skip


def silent(done: int, total: int) -> None:
    """Progress that nobody sees."""


def test_arms_have_the_same_luck_and_other_decisions() -> None:
    worlds = run_samples([SAMPLE], 7, 1, False, silent)["tiny"].worlds
    base = worlds["baseline"]
    assert base["factor"].shape == (3, 24)
    assert base["replication"].tolist() == [0, 1, 2]
    for arm in ("tight", "leave", "open"):
        assert np.array_equal(worlds[arm]["factor"], base["factor"])
    assert not np.array_equal(worlds["tight"]["approved"], base["approved"])
    assert (worlds["open"]["hidden"] == 0.0).all() and (base["hidden"] > 0.0).all()


def test_a_strike_hits_whom_the_record_of_it_names() -> None:
    """As many firms in both strikes, all in circles; without one nobody."""
    sample = replace(plan.HUBS, worlds=2, overrides={**TINY, "enterprises": 300, "months": 36})
    taken = run_samples([sample], 7, 1, False, silent)["hubs"].worlds
    hubs, chance, calm = (taken[arm.name] for arm in sample.arms)
    assert calm["hit"].sum() == 0 < hubs["hit"].sum() == chance["hit"].sum()
    assert not np.array_equal(hubs["hit"], chance["hit"])
    assert hubs["defaults"].sum() > calm["defaults"].sum()


def test_the_result_does_not_depend_on_the_number_of_processes() -> None:
    # By name: a function of a test's file cannot be sent to another process.
    sample = replace(SAMPLE, take=takes.outcomes, worlds=4)
    alone = run_samples([sample], 7, 1, False, silent)["tiny"].worlds
    together = run_samples([sample], 7, 2, False, silent)["tiny"].worlds
    for arm, taken in alone.items():
        for name, values in taken.items():
            assert np.array_equal(values, together[arm][name], equal_nan=True), (arm, name)


def test_progress_counts_all_worlds_and_quick_takes_few() -> None:
    told: list[tuple[int, int]] = []
    two = [SAMPLE, replace(SAMPLE, name="other", worlds=500)]
    found = run_samples(two, 7, 1, True, lambda done, total: told.append((done, total)))
    assert told[-1] == (6, 6) and found["other"].count == 3
    assert found["other"].seconds > 0.0
    assert found["other"].worlds["baseline"]["firms"][0] > 60  # its own size, laid over


def test_two_samples_of_one_name_are_refused() -> None:
    with pytest.raises(StudyError, match="same name"):
        run_samples([SAMPLE, SAMPLE], 7, 1, True, silent)


def test_years_agree_with_the_books_of_the_same_world() -> None:
    sample = Sample("years", "a small bank", 1, takes.years,
                    overrides={"enterprises": 300, "months": 24, "burn_in_months": 84,
                               "run_off_months": 96})  # fmt: skip
    taken = run_samples([sample], 3, 1, False, silent)["years"].worlds["baseline"]
    years = taken["firms"].shape[1]
    assert years == (84 + 24 + 96 - takes.WORKOUT_MONTHS - takes.SETTLING_MONTHS) // 12
    assert (taken["defaulted"] <= taken["firms"]).all() and taken["defaulted"].sum() > 5
    assert (taken["low_lgd"] + taken["high_lgd"] <= taken["workouts"]).all()
    assert taken["resolved_by_month"].sum() <= taken["workouts"].sum()
    losses = taken["year_lgd"] * taken["year_default_rate"]
    known = taken["year_default_rate"] > 0.0
    assert losses[known] == pytest.approx(taken["year_loss_rate"][known])
