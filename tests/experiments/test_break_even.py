"""Break-even: variants of strategies, by hand, in words, on the command line."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from experiments import StudyError, cli
from experiments.break_even import COLUMNS, RUNGS, break_even, rungs
from experiments.break_even_table import cells, footnotes, page, throughout
from experiments.variants import (
    SHARES,
    Ladder,
    break_even_study,
    delayed,
    delays_of,
    free_of_charge,
    partial_effect,
)
from simulation import LoanPortfolio, Scenario
from simulation.management import managed_values, monthly_cost_fen

LADDER = Ladder("a", {0.0: "a 0", 0.5: "a half", 1.0: "a"}, {0: "a", 2: "a 2", 4: "a 4"}, "a free")
SPREAD = np.array([-1.0, 0.0, 1.0])
"""A spread of worlds whose interval of the mean is 2.48 to either side."""


def runs_of(mode: str = "fixed", cost: float = 4.0, **values: float) -> pd.DataFrame:
    """Runs of LADDER's arms. values: mean net present value by arm, blanks as in "a_half"."""
    rows = []
    for arm, value in {"baseline": 0.0, **values}.items():
        spread = np.zeros(3) if arm == "baseline" else SPREAD
        pays = 0.0 if arm in ("baseline", "a_free") else cost
        rows += [
            {"assumptions": mode, "replication": world, "strategy": arm.replace("_", " "),
             "risk_adjusted_profit": value + extra, "legacy_profit": 0.0,
             "strategy_cost": 0.75 * pays, "legacy_strategy_cost": 0.25 * pays}
            for world, extra in enumerate(spread)
        ]  # fmt: skip
    return pd.DataFrame(rows)


PAYS = {"a_0": -4.1, "a_half": 1.0, "a": 6.0, "a_2": 3.0, "a_4": -3.0, "a_free": 10.0}


def row_of(runs: pd.DataFrame) -> pd.Series:
    found = break_even(runs, [LADDER])
    assert tuple(found.columns) == COLUMNS and len(found) == 1
    return found.iloc[0]


def test_break_even_by_hand() -> None:
    row = row_of(runs_of(**PAYS))
    half = 2.484  # 4.303 x 1 / sqrt(3)
    assert row["npv"] == pytest.approx(6.0) and row["npv_low"] == pytest.approx(
        6.0 - half, abs=1e-3
    )
    # From -4.1 to 1 at half the effect: 0 is crossed at .402, the upper end crosses at .158.
    assert row["effect_share"] == pytest.approx(0.41)  # the first per cent above
    assert row["effect_share_low"] == pytest.approx(0.16)
    assert row["effect_share_high"] == pytest.approx(0.65)
    # 6, 4.5, 3, 0, -3 at delays 0 to 4.
    assert row["delay_months"] == 2.0
    assert (row["delay_months_low"], row["delay_months_high"]) == (2.0, 3.0)
    assert row["longest_delay"] == 4.0
    assert row["cost_limit"] == pytest.approx(10.0) and row["planned_cost"] == pytest.approx(4.0)
    assert row["cost_ratio"] == pytest.approx(2.5)
    assert row["cost_ratio_low"] == pytest.approx((10.0 - half) / 4.0, abs=1e-3)
    assert row["feedback"] == pytest.approx(0.0)


def test_a_strategy_that_does_not_pay_as_planned_has_a_cost_at_which_it_would() -> None:
    row = row_of(runs_of(**{**PAYS, "a_0": -4.0, "a_half": -4.0, "a": -3.0, "a_2": -2.0,
                            "a_4": -1.0, "a_free": 1.5}))  # fmt: skip
    for name in ("effect_share", "effect_share_low", "effect_share_high", "delay_months",
                 "delay_months_low", "delay_months_high"):  # fmt: skip
        assert math.isnan(row[name]), name
    assert row["cost_ratio"] == pytest.approx(0.25)
    assert row["feedback"] == pytest.approx(0.5)  # at no cost it earned 1.5, not 1
    told = cells(row)
    assert told[1] == told[2] == "none"


def test_what_is_not_sure_as_planned_has_no_unfavourable_end() -> None:
    row = row_of(runs_of(**{**PAYS, "a": 2.0, "a_half": 1.0, "a_2": 2.0, "a_4": 2.0}))
    assert not math.isnan(row["effect_share"]) and math.isnan(row["effect_share_high"])
    assert math.isnan(row["delay_months_low"]) and row["delay_months_high"] == 4.0
    told = cells(row)
    assert told[1] == "41 [16, none]" and told[2] == "4+ [none, 4+]"


def test_without_a_cost_there_is_no_share_of_it_and_without_worth_no_limit() -> None:
    row = row_of(runs_of(cost=0.0, **{**PAYS, "a": -1e6}))
    assert math.isnan(row["cost_ratio"])
    assert cells(row)[3].startswith("none: -1.0") and cells(row)[4] == "-"


def test_the_positive_end_is_the_one_that_holds_the_plan() -> None:
    row = row_of(runs_of(**{**PAYS, "a_0": 9.0, "a_half": -5.0, "a": 5.0, "a_2": -9.0, "a_4": 9.0}))
    assert row["effect_share"] == pytest.approx(0.76)
    assert row["delay_months"] == 0.0


def test_rungs_are_told_as_they_were_run_and_sentences_where_no_sign_changes() -> None:
    table = rungs(runs_of(**PAYS), [LADDER])
    assert tuple(table.columns) == RUNGS
    assert table["npv"].tolist() == pytest.approx([-4.1, 1, 6, 6, 3, -3, 10, 6])
    assert table["variant"].tolist() == (
        ["effect_share"] * 3 + ["delay_months"] * 3 + ["cost_ratio"] * 2
    )
    scenario = Scenario("x", "X", {})
    known = replace(scenario, strategies={"a": _strategy()})
    assert throughout(table, known) == []
    lost = rungs(runs_of(**{**dict.fromkeys(PAYS, -3.0), "a_free": 10.0}), [LADDER])
    assert [line.split(": ")[1] for line in throughout(lost, known)] == [
        "the mean is below 0 at every share of the effect and every start that was run."
    ]


def _strategy() -> object:
    from simulation import Strategy

    return Strategy("a", "A", "甲")


def test_a_part_of_the_effect_is_that_of_the_assumption_on_effects(tiny: Scenario) -> None:
    whole = tiny.strategies["pre_loan_process"]
    part = partial_effect(whole, 0.4)
    base = tiny.parameters
    for month in (0, 5, 20):
        assert managed_values(base, [part], month) == pytest.approx(
            managed_values(base, [whole], month, effect=0.4)
        )
        assert monthly_cost_fen([part], month, 7.0, 3.0, 1.0) == monthly_cost_fen(
            [whole], month, 7.0, 3.0, 1.0
        )


def test_a_rival_that_only_adds_is_scaled_in_what_it_adds(tiny: Scenario) -> None:
    rival = tiny.strategies["more_officers"]
    assert not rival.closes
    part = partial_effect(rival, 0.25)
    assert dict(part.adds) == {key: 0.25 * value for key, value in rival.adds.items()}
    assert part.per_officer_cny_per_year == rival.per_officer_cny_per_year


def test_a_delay_moves_effect_and_cost(tiny: Scenario) -> None:
    whole = tiny.strategies["risk_warning"]
    late = delayed(whole, 5)
    base = tiny.parameters
    assert managed_values(base, [late], 9) == managed_values(base, [whole], 4)
    assert monthly_cost_fen([late], 4, 1.0, 1.0, 1.0) == 0
    assert monthly_cost_fen([late], 5, 1.0, 1.0, 1.0) == monthly_cost_fen([whole], 0, 1.0, 1.0, 1.0)
    free = free_of_charge(whole)
    assert monthly_cost_fen([free], 0, 9.0, 9.0, 1.0) == 0
    assert managed_values(base, [free], 9) == managed_values(base, [whole], 9)


@pytest.mark.parametrize(("months", "delays"), [(24, [6, 12, 18]), (3, [1, 2]), (1, [])])
def test_delays_are_quarters_of_the_window(tiny: Scenario, months: int, delays: list[int]) -> None:
    assert delays_of(replace(tiny, months=months)) == delays


def test_the_study_runs_every_variant_of_every_arm_once(tiny: Scenario) -> None:
    arms = ["risk_warning", "risk_warning+tighter_cutoff"]
    study, ladders = break_even_study(tiny, arms, 2, 11, "fixed")
    assert [ladder.arm for ladder in ladders] == arms
    assert len(study.strategies) == 1 + 2 * (1 + len(SHARES) + 2 + 1)
    both = ladders[1].effects[0.5]
    assert both == "risk_warning effect 0.5+tighter_cutoff effect 0.5"
    assert all(s.kind == "experiment" for name, s in study.scenario.strategies.items()
               if " " in name)  # fmt: skip
    with pytest.raises(StudyError, match="unknown strategy"):
        break_even_study(tiny, ["nonsense"])


def test_variants_share_the_worlds_of_a_study(tiny: Scenario) -> None:
    study, _ = break_even_study(tiny, ["risk_warning"], 1, 11, "fixed")
    wanted = LoanPortfolio(tiny, strategies="risk_warning", seed=11).run()
    runs = study.run(jobs=1).runs.set_index("strategy")
    assert runs.loc["risk_warning", "risk_adjusted_profit"] == wanted["risk_adjusted_profit"]
    assert runs.loc["risk_warning free", "strategy_cost"] == 0.0
    assert runs.loc["risk_warning effect 0", "strategy_cost"] == pytest.approx(
        runs.loc["risk_warning", "strategy_cost"], rel=0.02
    )


def test_the_command_writes_tables_and_a_page(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    line = ["break-even", "l_bank", "--strategies", "risk_warning", "--replications", "2",
            "--enterprises", "60", "--months", "3", "--jobs", "1", "--assumptions", "fixed",
            "--out", str(tmp_path / "out")]  # fmt: skip
    assert cli.run([*line, "--markdown", str(tmp_path / "page.md")]) == 0
    printed = capsys.readouterr().out
    assert "Risk-warning" in printed and "every share of the effect" in printed
    table = pd.read_csv(tmp_path / "out" / "break-even.csv")
    assert table["strategy"].tolist() == ["risk_warning"] and table["npv"].iloc[0] < 0.0
    text = (tmp_path / "page.md").read_text(encoding="utf-8")
    assert "| Risk-warning technology | luck |" in text and "--strategies risk_warning" in text
    assert cli.run([*line, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["break-even"][0]["npv"] == pytest.approx(table["npv"].iloc[0])


@pytest.mark.parametrize("words", [["--strategies", "nonsense"], ["--assumptions", "perhaps"]])
def test_bad_input_of_the_command_is_told(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["break-even", "l_bank", *words]) == 2
    assert words[1] in capsys.readouterr().err


def test_footnotes_and_page_name_the_bank_and_the_worlds(tiny: Scenario) -> None:
    found = break_even(runs_of(**PAYS), [LADDER])
    notes = footnotes(found, tiny)
    assert notes[0].startswith("A bank with L Bank's") and " 3 worlds" in notes[0]
    assert "4 months were run" in notes[1]
    known = replace(tiny, strategies={"a": _strategy()})
    assert "| A | luck | +0.0" in page(found, known, "", notes)[3]


def test_a_failure_mode_that_is_switched_off_has_no_part(tiny: Scenario) -> None:
    with pytest.raises(StudyError, match="without_F01: a failure mode is off or on"):
        break_even_study(tiny, ["internal_control", "without_F01"])
