"""The games: players, arms of coalitions, stages put right, and what is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agents.parameters import STAGES, all_parameters
from experiments import StudyError
from experiments.attribution.games import game_of, stage_put_right
from simulation import Scenario
from simulation.management import managed_values


def test_players_of_each_game(tiny: Scenario) -> None:
    assert game_of(tiny, "strategy").players == (
        "pre_loan_process", "risk_warning", "internal_control", "staff_ability",
    )  # fmt: skip
    assert game_of(tiny, "stage").players == ("right_pre_loan", "right_approval", "right_post_loan")
    without = game_of(tiny, "stage", "failures")
    assert without.players == ("without_pre_loan", "without_approval", "without_post_loan")
    assert list(without.titles.values()) == ["Pre-loan", "Approval", "Post-loan"]
    failure = game_of(tiny, "failure")
    assert len(failure.players) == 16 and not failure.exact
    assert failure.titles["without_F14"] == "F14 Evergreening"


def test_coalitions_are_arms(tiny: Scenario) -> None:
    game = game_of(tiny, "stage", "failures")
    assert game.arm(0) == "baseline" and game.everybody == 0b111
    assert game.arm(0b001) == "without_pre_loan"
    assert game.arm(0b110) == "without_approval+without_post_loan"


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_put_right_has_its_strong_values_from_the_first_month(
    stage: str, tiny: Scenario
) -> None:
    declared = all_parameters()
    values = managed_values(tiny.parameters, [stage_put_right(stage)], 0)
    of_stage = {name: p.strong for name, p in declared.items() if p.stage == stage}
    assert values == pytest.approx(of_stage) and len(values) > 4
    assert game_of(tiny, "stage").scenario.catalogue[f"right_{stage}"].kind == "experiment"
    assert not any(value for name, value in vars(stage_put_right(stage)).items() if "_cny" in name)


def test_what_cannot_be_played_is_refused(tiny: Scenario) -> None:
    with pytest.raises(StudyError, match='by = "stages" is not allowed; allowed: stage or'):
        game_of(tiny, "stages")
    with pytest.raises(StudyError, match='put-right = "x" is not allowed; allowed: management or'):
        game_of(tiny, "stage", "x")
    one = {name: s for name, s in tiny.strategies.items() if name == "staff_ability"}
    with pytest.raises(StudyError, match="the scenario has 1 of them; allowed: from 2 to 8"):
        game_of(replace(tiny, strategies=one), "strategy")
