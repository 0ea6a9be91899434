"""Equal volume and equal cost: hand-made ladders, rungs, what lies beyond, a bootstrap."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from experiments import Study
from experiments.equal import EQUAL_COLUMNS, at_equal, place_on
from experiments.references import REFERENCES, ladder, left_out, usable
from scenarios import load_scenario
from simulation import Scenario

VOLUME, COST = REFERENCES


def runs_of(mode: str = "fixed", **arms: dict[str, list[float]]) -> pd.DataFrame:
    """A table of runs; arms: measure -> value in each world."""
    rows = [
        pd.DataFrame(values).rename_axis("replication").reset_index()
        .assign(assumptions=mode, strategy=arm)
        for arm, values in arms.items()
    ]  # fmt: skip
    return pd.concat(rows, ignore_index=True)


def volume_ladder(**arms: dict[str, list[float]]) -> pd.DataFrame:
    """Volumes 120, 100, 80, 20 at scales -1, 0, 1, 4, on average; loss rates by hand."""
    return runs_of(**{
        "tighter_cutoff x -1": {"disbursed": [118.0, 122.0], "loss_rate": [0.06, 0.08]},
        "baseline": {"disbursed": [98.0, 102.0], "loss_rate": [0.04, 0.06]},
        "tighter_cutoff": {"disbursed": [78.0, 82.0], "loss_rate": [0.03, 0.05]},
        "tighter_cutoff x 4": {"disbursed": [20.0, 20.0], "loss_rate": [0.02, 0.02]},
        **arms,
    })  # fmt: skip


def row_of(rows: pd.DataFrame, measure: str = "loss_rate") -> pd.Series:
    found = rows[rows["measure"] == measure]
    assert len(found) == 1
    return found.iloc[0]


def test_places_are_found_by_hand() -> None:
    levels, scales = [120.0, 100.0, 80.0, 20.0], [-1.0, 0.0, 1.0, 4.0]
    assert place_on(levels, scales, 110.0) == (0, 0.5)
    assert place_on(levels, scales, 95.0) == (1, 0.25)
    assert place_on(levels, scales, 50.0) == (2, 0.5)
    for end in (120.0, 20.0):
        assert place_on(levels, scales, end) is not None
    assert place_on(levels, scales, 120.5) is None
    assert place_on(levels, scales, 19.5) is None
    assert place_on([0.0, 0.0], [0.0, 1.0], 0.0) == (0, 0.0)


def test_of_several_places_the_one_nearest_to_the_baseline_counts() -> None:
    levels, scales = [98.0, 90.0, 100.0, 80.0], [-1.0, 0.0, 1.0, 4.0]
    assert place_on(levels, scales, 97.0) == (1, pytest.approx(0.7))  # nor (0, 1/8), nor (2, 0.15)
    assert place_on(levels, scales, 85.0) == (2, 0.75)


def test_a_worked_example_at_equal_volume() -> None:
    runs = volume_ladder(a={"disbursed": [89.0, 91.0], "loss_rate": [0.02, 0.05]})
    rows, gaps = at_equal(runs, ["a"], [VOLUME])
    assert gaps == [] and tuple(rows.columns) == EQUAL_COLUMNS
    row = row_of(rows)
    # Half a rung up: loss rates 0.035 and 0.055, volumes 88 and 92. The slope is 0.01 for 20 of
    # volume, so one more and one less of volume moves them to 0.0355 and 0.0545.
    assert (row["reference"], row["position"]) == ("equal_volume", 0.5)
    assert row["baseline_mean"] == pytest.approx(0.045)
    assert row["strategy_mean"] == pytest.approx(0.035)
    assert row["difference"] == pytest.approx(-0.01)
    gaps_by_world = np.array([0.02 - 0.0355, 0.05 - 0.0545])
    assert row["standard_error"] == pytest.approx(gaps_by_world.std(ddof=1) / math.sqrt(2.0))
    assert row["relative_change"] == pytest.approx(-0.01 / 0.045)
    volume = row_of(rows, "disbursed")
    assert volume["difference"] == pytest.approx(0.0, abs=1e-12)
    assert volume["standard_error"] == pytest.approx(0.0, abs=1e-12)


def test_more_volume_than_the_baselines_is_met_by_a_lower_cutoff() -> None:
    runs = volume_ladder(a={"disbursed": [104.0, 106.0], "loss_rate": [0.05, 0.05]})
    row = row_of(at_equal(runs, ["a"], [VOLUME])[0])
    assert row["position"] == pytest.approx(-0.25)
    assert row["baseline_mean"] == pytest.approx(0.055)


def test_on_a_rung_nothing_is_left() -> None:
    runs = volume_ladder()
    twin = runs[runs["strategy"] == "tighter_cutoff x 4"].assign(strategy="twin")
    rows, _ = at_equal(pd.concat([runs, twin]), ["tighter_cutoff", "twin"], [VOLUME])
    assert rows["position"].tolist() == [1.0, 1.0, 4.0, 4.0]
    for name in ("difference", "ci_low", "ci_high", "standard_error", "relative_change"):
        assert (rows[name] == 0.0).all(), name


def test_beyond_the_ladder_there_is_no_number_but_a_sentence() -> None:
    runs = volume_ladder(a={"disbursed": [10.0, 12.0], "loss_rate": [0.01, 0.03]})
    rows, gaps = at_equal(runs, ["a"], [VOLUME])
    row = row_of(rows)
    assert row["strategy_mean"] == pytest.approx(0.02)
    unknown = ["baseline_mean", "difference", "ci_low", "ci_high", "relative_change",
               "relative_low", "relative_high", "standard_error", "position"]  # fmt: skip
    assert row[unknown].isna().all()
    assert gaps == [
        (
            "a (luck) has no comparison at equal volume: it changes volume by -89 %, "
            "tighter_cutoff was run from -80 % to +20 %."
        )
    ]


def test_a_world_without_a_value_counts_nowhere() -> None:
    """Its neighbours' values tell nothing about the slope either."""
    whole = {"disbursed": [89.0, 91.0, 90.0], "loss_rate": [0.02, 0.05, math.nan]}
    rungs = {}
    for arm, rows in volume_ladder().groupby("strategy"):
        values = rows[["disbursed", "loss_rate"]]
        # In a third world the lower rung alone has a loss rate, far from all others.
        third = 9.0 if arm == "baseline" else math.nan
        lost = [*values["loss_rate"], third]
        rungs[arm] = {"disbursed": [*values["disbursed"], values["disbursed"].mean()],
                      "loss_rate": lost}  # fmt: skip
    row = row_of(at_equal(runs_of(**rungs, a=whole), ["a"], [VOLUME])[0])
    assert row["replications"] == 2
    gaps = np.array([0.02 - 0.0355, 0.05 - 0.0545])  # as in the worked example
    assert row["difference"] == pytest.approx(gaps.mean())
    assert row["standard_error"] == pytest.approx(gaps.std(ddof=1) / math.sqrt(2.0))


def test_equal_cost_says_what_lies_beyond_in_money() -> None:
    runs = runs_of(
        baseline={"strategy_cost": [0.0, 0.0], "loss_rate": [0.04, 0.06]},
        a={"strategy_cost": [5e7, 5e7], "loss_rate": [0.03, 0.03]},
        b={"strategy_cost": [5e6, 5e6], "loss_rate": [0.03, 0.03]},
        more_officers={"strategy_cost": [1e7, 1e7], "loss_rate": [0.02, 0.04]},
        **{"more_officers x 4": {"strategy_cost": [4e7, 4e7], "loss_rate": [0.01, 0.03]}},
    )
    rows, gaps = at_equal(runs, ["a", "b"], [COST])
    assert gaps == [
        (
            "a (luck) has no comparison at equal cost: it costs 50.0 m CNY, more_officers was run "
            "from 0.0 to 40.0."
        )
    ]
    half = row_of(rows[rows["strategy"] == "b"])
    assert (half["position"], half["baseline_mean"]) == pytest.approx((0.5, 0.04))


def test_each_kind_of_worlds_has_its_own_place() -> None:
    fixed = volume_ladder(a={"disbursed": [89.0, 91.0], "loss_rate": [0.02, 0.05]})
    drawn = volume_ladder(a={"disbursed": [79.0, 81.0], "loss_rate": [0.02, 0.05]})
    rows, _ = at_equal(pd.concat([fixed, drawn.assign(assumptions="drawn")]), ["a"], [VOLUME])
    places = rows[rows["measure"] == "loss_rate"].set_index("interval")["position"]
    assert places.to_dict() == {"luck": 0.5, "assumptions": 1.0}


def test_the_interval_is_that_of_worlds_drawn_again() -> None:
    """The place on the ladder is estimated as well: a bootstrap moves it, and so do we."""
    rng = np.random.default_rng(3)
    worlds = 60
    base = rng.normal(100.0, 3.0, worlds)
    loss = 0.05 + 0.002 * (base - 100.0) + rng.normal(0.0, 0.002, worlds)
    arms = {}
    for scale, arm in VOLUME.rungs.items():
        lent = base - 10.0 * scale + rng.normal(0.0, 1.0, worlds)
        arms[arm] = {"disbursed": lent, "loss_rate": loss - 0.01 * scale}
    own = base - 15.0 + rng.normal(0.0, 6.0, worlds)  # volume of the arm swings from world to world
    arms["a"] = {"disbursed": own, "loss_rate": loss - 0.02}
    runs = runs_of(**arms)  # type: ignore[arg-type]
    found = row_of(at_equal(runs, ["a"], [VOLUME])[0])
    parts = dict(iter(runs.groupby("replication")))
    drawn = []
    for _ in range(150):
        again = [parts[w].assign(replication=i) for i, w in enumerate(rng.integers(0, worlds, 60))]
        drawn.append(row_of(at_equal(pd.concat(again), ["a"], [VOLUME])[0])["difference"])
    assert found["standard_error"] == pytest.approx(np.std(drawn, ddof=1), rel=0.2)


def test_the_rungs_are_the_users_own_rivals_scaled() -> None:
    scenario = load_scenario(
        "l_bank", strategies={"tighter_cutoff": {"adds": {"cutoff": 0.3}},
                              "more_officers": {"cost": {"running_cny_per_year": 8e6}}},
    )  # fmt: skip
    rungs = ladder(scenario)
    assert len(rungs) <= 5 and left_out(scenario) == {}
    assert rungs["tighter_cutoff x -1"].adds == {"cutoff": -0.3}
    assert rungs["tighter_cutoff x 4"].adds == {"cutoff": 1.2}
    assert rungs["more_officers x 4"].adds["extra_officers"] == pytest.approx(0.4)
    assert rungs["more_officers x 4"].running_cny_per_year == 3.2e7
    assert rungs["more_officers"] is scenario.strategies["more_officers"]
    assert {rung.name for rung in rungs.values()} == set(rungs)


def test_a_scenario_without_the_rival_is_told_why(tiny: Scenario) -> None:
    strategies = dict(tiny.strategies)
    del strategies["tighter_cutoff"]
    strategies["more_officers"] = replace(strategies["more_officers"], closes={"training": 0.5})
    scenario = replace(tiny, strategies=strategies)
    assert usable(scenario) == ()
    study = Study(scenario, ["risk_warning"], 1, assumptions="fixed").run(jobs=1)
    assert study.at_equal().empty and list(study.at_equal().columns) == list(EQUAL_COLUMNS)
    assert study.equal_gaps() == [
        "No comparison at equal volume: the scenario has no strategy tighter_cutoff.",
        (
            "No comparison at equal cost: more_officers closes gaps, which cannot be scaled; "
            "let it add amounts."
        ),
    ]


def test_the_ladder_shows_in_no_other_result(study: Study, tiny: Scenario) -> None:
    plain = Study(tiny, study.strategies, 3, 11, references=False).run(jobs=1)
    assert plain.at_equal().empty and plain.ladder_runs.empty
    pd.testing.assert_frame_equal(study.runs, plain.runs, check_exact=True)
    pd.testing.assert_frame_equal(study.months, plain.months, check_exact=True)
    pd.testing.assert_frame_equal(study.ranking(), plain.ranking())
    assert set(study.ladder_runs["strategy"]) == set(ladder(tiny))
    cost = study.ladder_runs.groupby("strategy")["strategy_cost"].mean()
    assert cost["more_officers x 4"] > 3.5 * cost["more_officers"] > 0.0


def test_a_rival_is_its_own_reference(study: Study) -> None:
    rows = study.at_equal()
    assert set(rows["strategy"]) == set(study.strategies[1:])
    own = rows[(rows["strategy"] == "tighter_cutoff") & (rows["reference"] == "equal_volume")]
    assert own["interval"].nunique() == 2
    volume = study.comparison().query("strategy == 'tighter_cutoff' and measure == 'disbursed'")
    moved = volume.loc[volume["difference"] != 0.0, "interval"]
    assert len(moved)  # in worlds this small it may refuse nobody, and then it is the baseline
    at_home = own["interval"].isin(moved)
    assert own["position"].tolist() == [1.0 if home else 0.0 for home in at_home]
    own = own[at_home]
    known = own[own["replications"] > 0]
    assert (known["difference"].abs() < 1e-9).all()
    may_be_unknown = {
        "good_rejected_share",
        "good_refused_share",
        "bad_accepted_share",
    }  # where there is nobody to judge
    assert set(own["measure"]) - set(known["measure"]) <= may_be_unknown
