"""Games run in small worlds: parts add up in every world, at equal volume, by hand and for real."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from experiments import StudyError
from experiments.attribution.estimates import mean_of
from experiments.attribution.games import game_of
from experiments.attribution.plan import Plan, planned
from experiments.attribution.split import ALL, Attribution, samples_of, split
from experiments.attribution.volume import BASES, LADDER, MEASURES, coalition_values
from experiments.equal import at_equal
from simulation import Scenario

WORLDS = 4


def hand_made(plan: Plan) -> pd.DataFrame:
    """Runs with volume and loss by hand. The ladder loses 0.04 + 0.0002 for each unit lent above
    100; stage n put right alone avoids 0.001 n of what that ladder would lose at its volume.
    """
    scales = dict(zip(LADDER.rungs.values(), LADDER.rungs, strict=True))
    rows = []
    for world, luck in enumerate([-0.002, 0.0, 0.001, 0.003]):
        for arm in plan.study.strategies:
            if arm in scales:
                volume, avoided = 100.0 - 10.0 * scales[arm], 0.0
            else:
                inside = [n + 1 for n, p in enumerate(plan.game.players) if p in arm]
                volume = 100.0 - 4.0 * sum(inside)
                avoided = 0.001 * sum(inside) + (0.002 if {1, 2} <= set(inside) else 0.0)
            loss = 0.04 + luck + 0.0002 * (volume - 100.0) - avoided
            rows.append({
                "assumptions": "fixed", "replication": world, "strategy": arm,
                "disbursed": volume, "loss_rate": loss, "net_credit_loss": loss * volume,
            })  # fmt: skip
    return pd.DataFrame(rows)


def shares_of(found: Attribution, basis: str = "equal_volume") -> pd.DataFrame:
    rows = found.shares[
        (found.shares["basis"] == basis) & (found.shares["measure"] == "loss_rate")
        & (found.shares["interval"] == "luck")
    ]  # fmt: skip
    return rows.set_index("player")


def test_every_coalition_is_an_arm_of_the_study(plan: Plan) -> None:
    arms = plan.study.strategies
    assert arms[0] == "baseline" and len(arms) == 8 + len(LADDER.scales)
    assert {plan.game.arm(c) for c in plan.coalitions} | set(LADDER.rungs.values()) == set(arms)


@pytest.mark.parametrize("basis", BASES)
@pytest.mark.parametrize("measure", MEASURES)
def test_parts_add_up_in_every_world(
    plan: Plan, found: Attribution, basis: str, measure: str
) -> None:
    for mode in ("fixed", "drawn"):
        runs = found.runs[found.runs["assumptions"] == mode]
        values, gaps = coalition_values(runs, plan.game, plan.coalitions, basis, measure)
        assert not gaps and len(values) == WORLDS
        assert (values[0] == 0.0).all() and (values[plan.game.everybody] != 0.0).any()
        parts = samples_of(plan, values)[0]
        np.testing.assert_allclose(parts.sum(axis=1), values[plan.game.everybody], rtol=1e-9)


def test_the_whole_at_equal_volume_is_that_of_the_comparison(
    plan: Plan, found: Attribution
) -> None:
    """What all avoid is minus the difference that experiments.equal tells, with its interval."""
    fixed = found.runs[found.runs["assumptions"] == "fixed"]
    arm = plan.game.arm(plan.game.everybody)
    rows, _ = at_equal(fixed, [arm], [LADDER])
    told = rows[rows["measure"] == "loss_rate"].iloc[0]
    whole = shares_of(found).loc[ALL]
    expected = (-told["difference"], -told["ci_high"], -told["ci_low"])
    assert (whole["value"], whole["low"], whole["high"]) == pytest.approx(expected, nan_ok=True)


def test_parts_by_hand(tiny: Scenario) -> None:
    plan = planned(game_of(tiny, "stage"), WORLDS, seed=11, assumptions="fixed")
    found = split(plan, hand_made(plan))
    shares = shares_of(found)
    # Alone 1, 2 and 3 thousandths; the first two avoid 2 more together: 1 each.
    assert shares["value"].tolist() == pytest.approx([0.002, 0.003, 0.003, 0.008])
    assert shares["share_value"].tolist() == pytest.approx([0.25, 0.375, 0.375, 1.0])
    mean = 0.04 + 0.0005
    assert shares["relative_value"].tolist() == pytest.approx(
        [v / mean for v in (0.002, 0.003, 0.003, 0.008)]
    )
    assert shares["alone"].tolist()[:3] == pytest.approx([v / mean for v in (0.001, 0.002, 0.003)])
    assert shares["last"].tolist()[:3] == pytest.approx([v / mean for v in (0.003, 0.004, 0.003)])
    # As it comes each also gets what lending less avoids: 4 units of volume, 0.0008, times n.
    raw = shares_of(found, "as_it_comes")["value"].tolist()
    assert raw == pytest.approx([0.0028, 0.0046, 0.0054, 0.0128])
    pairs = found.pairs[
        (found.pairs["basis"] == "equal_volume") & (found.pairs["measure"] == "loss_rate")
    ]  # fmt: skip
    assert pairs["value"].tolist() == pytest.approx([0.002, 0.0, 0.0], abs=1e-12)
    assert found.gaps == []


def test_money_is_split_at_equal_volume(tiny: Scenario) -> None:
    plan = planned(game_of(tiny, "stage"), WORLDS, seed=11, assumptions="fixed")
    found = split(plan, hand_made(plan))
    money = found.shares[
        (found.shares["basis"] == "equal_volume") & (found.shares["measure"] == "net_credit_loss")
    ].set_index("player")  # fmt: skip
    # All together lend 76; the ladder's loss in money is not linear between its rungs 80 and 60.
    low, high = (0.0405 + 0.0002 * (v - 100.0) for v in (80.0, 60.0))
    between = 0.8 * low * 80.0 + 0.2 * high * 60.0
    own = (0.0405 - 0.0002 * 24.0 - 0.008) * 76.0
    assert money.loc[ALL, "value"] == pytest.approx(between - own)
    assert money["value"].iloc[:3].sum() == pytest.approx(money.loc[ALL, "value"])


def test_a_world_that_lacks_a_value_is_left_out(tiny: Scenario) -> None:
    plan = planned(game_of(tiny, "stage"), WORLDS, seed=11, assumptions="fixed")
    runs = hand_made(plan)
    broken = runs.copy()
    broken.loc[(runs["replication"] == 2) & (runs["strategy"] == "right_approval"), "loss_rate"] = (
        math.nan
    )
    lost = broken.drop(broken.index[(runs["replication"] == 3) & (runs["strategy"] == "baseline")])
    assert set(split(plan, broken).shares["replications"]) == {3}
    assert set(split(plan, lost).shares["replications"]) == {2}
    left = split(plan, runs[runs["replication"].isin([0, 1])])
    pd.testing.assert_frame_equal(split(plan, lost).shares, left.shares)


def test_beyond_the_ladder_nothing_is_told_at_equal_volume(tiny: Scenario) -> None:
    plan = planned(game_of(tiny, "stage"), WORLDS, seed=11, assumptions="fixed")
    runs = hand_made(plan)
    everybody = plan.game.arm(plan.game.everybody)
    runs.loc[runs["strategy"] == everybody, "disbursed"] = 10.0
    found = split(plan, runs)
    assert [gap for gap in found.gaps if everybody in gap and "-90 %" in gap]
    assert shares_of(found)["value"].isna().all()
    assert shares_of(found, "as_it_comes")["value"].notna().all()


def test_failure_modes_by_permutations(modes: Attribution) -> None:
    assert len(modes.coalitions["arm"].unique()) <= 2 + 2 * 2 * 15
    assert modes.pairs.empty
    for basis in BASES:
        rows = shares_of(modes, basis)
        assert len(rows) == 17 and rows["value"].notna().all()
        assert rows["value"].iloc[:16].sum() == pytest.approx(rows.loc[ALL, "value"])
        assert rows.loc[ALL, "error_orders"] == 0.0
        assert (rows["error_orders"] > 0.0).any()


def test_a_seed_gives_the_same_orders(tiny: Scenario) -> None:
    def orders(seed: int) -> object:
        plan = planned(game_of(tiny, "failure"), 2, seed=seed, pairs=2)
        assert plan.orders is not None
        return plan.orders.tolist()

    assert orders(3) == orders(3) != orders(4)


def test_what_cannot_be_planned_is_refused(tiny: Scenario) -> None:
    without = {name: s for name, s in tiny.strategies.items() if name != "tighter_cutoff"}
    with pytest.raises(StudyError, match="the scenario has no strategy tighter_cutoff"):
        planned(game_of(replace(tiny, strategies=without), "stage"), 2)
    with pytest.raises(
        StudyError, match="permutations = 1 is not allowed; allowed: a whole number from 2"
    ):
        planned(game_of(tiny, "failure"), 2, pairs=1)
    with pytest.raises(StudyError, match="seed = -1"):
        planned(game_of(tiny, "failure"), 2, seed=-1)


def test_intervals_are_those_of_the_mean_over_worlds(plan: Plan, found: Attribution) -> None:
    fixed = found.runs[found.runs["assumptions"] == "fixed"]
    values, _ = coalition_values(fixed, plan.game, plan.coalitions, "as_it_comes", "loss_rate")
    own = mean_of(samples_of(plan, values)[:, :, 1])
    row = shares_of(found, "as_it_comes").loc["right_approval"]
    assert tuple(row[["value", "low", "high"]]) == pytest.approx(own[:3])
