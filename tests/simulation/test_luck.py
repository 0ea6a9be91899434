"""Luck is keyed: a strategy changes decisions, never draws."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from agents.enterprise import ALIVE, NEW_FILE, NO_FILE, REAL_ESTATE
from agents.officer import (
    APPRAISAL,
    OWNER,
    SOURCES,
    STATEMENTS,
    cares,
    check_is_made,
    check_succeeds,
    observation_sd,
    trained,
)
from scenarios import list_strategies
from simulation import LoanPortfolio, Scenario, Strategy
from simulation.draws import BORN_LATER, CHECKS, DISBURSEMENT, OBSERVATION, normal, uniforms
from simulation.nature import is_mapped, service_of, true_capacity

NAMES = [name for name, _ in list_strategies()]
SCRIPT = str(Path(__file__).with_name("fingerprints.py"))


@pytest.fixture(scope="module")
def parent(tiny: Any) -> LoanPortfolio:
    """A seasoned world at the fork; tests branch from it and leave it alone."""
    scenario = tiny(enterprises=250, months=12, burn_in_months=30, enterprises_per_officer=25)
    return LoanPortfolio(scenario, seed=4)


def ran(model: LoanPortfolio) -> LoanPortfolio:
    model.run()
    return model


def same_measures(one: LoanPortfolio, other: LoanPortfolio) -> bool:
    """Equal to the last bit; NaN, where nobody could be judged, equals NaN."""
    ours, theirs = one.measures(), other.measures()
    return list(ours) == list(theirs) and np.array_equal(
        list(ours.values()), list(theirs.values()), equal_nan=True
    )


# --- nothing done, nothing changed ----------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_a_strategy_of_intensity_zero_changes_no_bit(
    name: str, parent: LoanPortfolio, hashes: Any
) -> None:
    idle = replace(parent.scenario.strategies[name], intensity=0.0)
    assert hashes.differing_fields(ran(parent.fork([idle])), ran(parent.fork())) == []
    full = ran(parent.fork([name]))
    assert hashes.differing_fields(full, ran(parent.fork()))  # else the line above proves nothing


def test_an_idle_strategy_beside_another_changes_no_bit(parent: Any, hashes: Any) -> None:
    idle = replace(parent.scenario.strategies["internal_control"], intensity=0.0)
    both = ran(parent.fork(["pre_loan_process", idle]))
    assert hashes.fingerprint(both) == hashes.fingerprint(ran(parent.fork(["pre_loan_process"])))


def test_a_strategy_that_has_not_started_changes_no_bit(parent: Any, hashes: Any) -> None:
    later = replace(parent.scenario.strategies["risk_warning"], start_month=8)
    waiting, without = parent.fork([later]), parent.fork()
    for _ in range(8):
        waiting.step()
        without.step()
    assert hashes.fingerprint(waiting) == hashes.fingerprint(without)
    waiting.step()
    without.step()
    assert hashes.fingerprint(waiting) != hashes.fingerprint(without)


def test_the_order_of_two_strategies_changes_no_bit(parent: Any, hashes: Any) -> None:
    for one, other in itertools.combinations(NAMES, 2):
        left, right = parent.fork(f"{one}+{other}"), parent.fork(f"{other}+{one}")
        for _ in range(4):
            left.step()
            right.step()
        assert hashes.differing_fields(left, right) == [], (one, other)


def test_the_order_of_many_strategies_changes_no_bit(parent: Any, hashes: Any) -> None:
    worlds = {
        hashes.fingerprint(ran(parent.fork(list(names))))
        for names in (NAMES, NAMES[::-1], sorted(NAMES, key=lambda name: name[2:]))
    }
    assert len(worlds) == 1


# --- the same key, the same world -----------------------------------------------------------------


def test_the_same_key_gives_the_same_bytes(tiny: Any, hashes: Any) -> None:
    one = ran(LoanPortfolio(tiny(), ["staff_ability"], seed=5, replication=2))
    again = ran(LoanPortfolio(tiny(), ["staff_ability"], seed=5, replication=2))
    assert hashes.differing_fields(one, again) == []
    assert same_measures(one, again)


@pytest.mark.parametrize("key", [{"seed": 6, "replication": 2}, {"seed": 5, "replication": 3}])
def test_another_key_gives_another_world(key: Any, tiny: Any) -> None:
    one = LoanPortfolio(tiny(), seed=5, replication=2)
    other = LoanPortfolio(tiny(), **key)
    assert not np.array_equal(one._economy.systematic, other._economy.systematic)
    for field in ("quality", "revenue_fen", "willingness", "demand"):
        mine, theirs = one._world.enterprises[field], other._world.enterprises[field]
        assert (mine != theirs).mean() > 0.99, field


def test_seed_and_replication_do_not_stand_in_for_each_other(tiny: Any, hashes: Any) -> None:
    scenario = tiny(burn_in_months=0)
    keys = list(itertools.product(range(3), range(3)))
    worlds = {hashes.fingerprint(LoanPortfolio(scenario, (), *key)) for key in keys}
    assert len(worlds) == len(keys)


def test_what_ran_before_changes_nothing(tiny: Any, hashes: Any) -> None:
    scenario = tiny()
    first = hashes.fingerprint(ran(LoanPortfolio(scenario, seed=9)))
    np.random.seed(3)  # noqa: NPY002  (a stray global draw must not matter)
    disturbing = LoanPortfolio(tiny(enterprises=77), ["tighter_cutoff"], seed=1)
    again = LoanPortfolio(scenario, seed=9)
    while not again.finished:  # one month of each in turn
        again.step()
        if not disturbing.finished:
            disturbing.step()
        np.random.random(5)  # noqa: NPY002
        again.random.random()  # Mesa's own generator is no source of luck either
    assert hashes.fingerprint(again) == first


def test_looking_changes_nothing(tiny: Any, hashes: Any) -> None:
    watched = LoanPortfolio(tiny(), seed=2)
    while not watched.finished:
        watched.step()
        watched.months, watched.measures(), watched.loans
        watched.enterprises.shuffle().select(lambda e: e.cash_fen > 0).get("cash_fen")
        len(watched.agents), watched.agents_by_type, watched.bank.cash_fen
    assert hashes.fingerprint(watched) == hashes.fingerprint(ran(LoanPortfolio(tiny(), seed=2)))


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONHASHSEED": "1", "NUMBA_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
        {"NUMBA_DISABLE_JIT": "1"},
    ],
    ids=lambda environment: " ".join(f"{k}={v}" for k, v in environment.items()),
)
def test_another_process_gives_the_same_bytes(
    environment: dict[str, str], eventful: Any, tiny: Any, hashes: Any, python: Callable[..., str]
) -> None:
    strategies = ["risk_warning", "more_officers"]
    for seed in range(20):
        here = ran(LoanPortfolio(tiny(**eventful), strategies, seed=seed))
        rows = here._table.rows
        if all(rows[name].sum() for name in ("defaults", "cures", "evergreened", "calls")):
            break
    else:
        raise AssertionError("no such world within 20 seeds")
    asked = {
        "scenario": "l_bank", "overrides": eventful, "strategies": strategies, "seed": seed,
    }  # fmt: skip
    assert python(SCRIPT, json.dumps(asked), **environment) == hashes.fingerprint(here)


# --- arms -----------------------------------------------------------------------------------------


def test_a_fork_leaves_its_parent_unchanged(parent: LoanPortfolio, hashes: Any) -> None:
    before = hashes.fingerprint(parent)
    months, steps = parent.month, parent.steps
    for name in NAMES:
        ran(parent.fork([name]))
    assert hashes.fingerprint(parent) == before
    assert (parent.month, parent.steps, parent.strategies) == (months, steps, ())


def test_a_fork_without_strategies_is_the_parents_own_future(tiny: Any, hashes: Any) -> None:
    one = LoanPortfolio(tiny(), seed=8)
    twin = one.fork()
    assert hashes.fingerprint(twin) == hashes.fingerprint(one)
    one.run()
    assert hashes.fingerprint(ran(twin)) == hashes.fingerprint(one)
    assert same_measures(twin, one)


def test_a_fork_is_the_model_that_was_built_with_the_strategy(tiny: Any, hashes: Any) -> None:
    branched = LoanPortfolio(tiny(), seed=8).fork(["internal_control", "more_officers"])
    built = LoanPortfolio(tiny(), ["internal_control", "more_officers"], seed=8)
    assert hashes.differing_fields(ran(branched), ran(built)) == []


def test_a_fork_of_a_running_arm_goes_on_as_the_arm(tiny: Any, hashes: Any) -> None:
    """Also where a strategy has moved parameters and staffed posts by then."""
    arm = LoanPortfolio(tiny(), ["more_officers", "pre_loan_process"], seed=8)
    for _ in range(4):
        arm.step()
    twin = arm.fork(["more_officers", "pre_loan_process"])
    assert hashes.fingerprint(ran(twin)) == hashes.fingerprint(ran(arm))


def test_a_strategy_can_be_given_up_at_a_fork(tiny: Any) -> None:
    """A fork without the strategy works with the parameters of no strategy again."""
    arm = LoanPortfolio(tiny(), ["more_officers", "pre_loan_process"], seed=8)
    for _ in range(5):
        arm.step()
    given_up = arm.fork()
    given_up.step()
    p = given_up._world.desk[0].p
    assert {n: float(p[n]) for n in p.dtype.names} == given_up.parameters
    assert len(given_up.officers) == given_up._posts
    assert np.array_equal(given_up._world.enterprises["officer"], given_up._home)


EXOGENOUS = ("demand", "setback", "quality")


@pytest.mark.parametrize("name", [*NAMES, "+".join(NAMES[:4])])
def test_arms_share_all_shocks(name: str, parent: LoanPortfolio) -> None:
    base, arm = parent.fork(), parent.fork(name)
    other_decisions = False
    while not base.finished and not arm.finished:
        base.step()
        arm.step()
        ours, theirs = base._world.enterprises, arm._world.enterprises
        alive = (ours["status"] == ALIVE) & (theirs["status"] == ALIVE)
        assert alive.sum() > 100
        for field in EXOGENOUS:
            assert np.array_equal(ours[field][alive], theirs[field][alive]), field
        for field in ("systematic", "collateral_log", "season", "sectors"):
            assert np.array_equal(base._world.desk[field], arm._world.desk[field])
        other_decisions |= not np.array_equal(ours["cash_fen"], theirs["cash_fen"])
    assert other_decisions


def test_arms_share_the_price_path_of_each_property(tiny: Any) -> None:
    """Without wear, what a firm's real estate is worth is no matter of the bank's decisions."""
    scenario = tiny(enterprises=250, collateral_wear=0.0)
    parent = LoanPortfolio(scenario, seed=4)
    strict = Strategy("strict", "Strict", "严", adds={"cutoff": 1.0}, half_month=0.0)
    base, arm = ran(parent.fork()), ran(parent.fork([strict]))
    ours, theirs = base._world.enterprises, arm._world.enterprises
    both = (ours["status"] == ALIVE) & (theirs["status"] == ALIVE)
    both &= ours["security"] == REAL_ESTATE
    assert both.sum() > 50
    assert np.array_equal(ours["collateral_log"][both], theirs["collateral_log"][both])


# --- one enterprise more --------------------------------------------------------------------------

TRAITS = (
    "entity", "sector", "is_new", "employees", "revenue_fen", "quality", "lump_sd", "zero_share",
    "season_phase", "willingness", "polish", "over_asking", "need_fen", "wants_bullet",
    "hidden_service_fen", "buffer_fen", "line_fen", "wealth_fen", "demand",
    "cash_fen", "receivables_fen", "payables_fen", "assets_fen", "collateral_fen",
)  # fmt: skip


def common_rows(one: Any, other: Any) -> tuple[np.ndarray, np.ndarray]:
    """Rows of the same entities in two worlds."""
    _, mine, theirs = np.intersect1d(one["entity"], other["entity"], return_indices=True)
    return mine, theirs


def world_of(scenario: Scenario, **options: Any) -> Any:
    return LoanPortfolio(scenario, **options)._world


@pytest.mark.parametrize("more", [1, 7, 250])
def test_more_enterprises_leave_the_traits_of_the_others(more: int, tiny: Any) -> None:
    sizes = {"burn_in_months": 0, "months": 60}
    one = world_of(tiny(enterprises=250, **sizes)).enterprises
    other = world_of(tiny(enterprises=250 + more, **sizes)).enterprises
    mine, theirs = common_rows(one, other)
    assert len(mine) == len(one)  # all of them are there again, the later-born too
    assert (one["entity"] >= BORN_LATER).sum() > 20
    for field in TRAITS:
        assert np.array_equal(one[field][mine], other[field][theirs]), field
    # Who finds no partner for a circle has no security; nobody else's changes.
    mutual = (one["circle"][mine] >= 0) | (other["circle"][theirs] >= 0)
    changed = one["security"][mine] != other["security"][theirs]
    assert not (changed & ~mutual).any()


def test_one_enterprise_more_leaves_the_shocks_of_the_others(tiny: Any) -> None:
    one = world_of(tiny(enterprises=250, burn_in_months=24), seed=3).enterprises
    other = world_of(tiny(enterprises=251, burn_in_months=24), seed=3).enterprises
    mine, theirs = common_rows(one, other)
    alive = (one["status"][mine] == ALIVE) & (other["status"][theirs] == ALIVE)
    # A birth may shift by a month; those of the first day are compared.
    alive &= one["birth_month"][mine] == other["birth_month"][theirs]
    assert alive.sum() > 150
    for field in EXOGENOUS:
        assert np.array_equal(one[field][mine][alive], other[field][theirs][alive]), field


def circles_by_members(world: Any) -> dict[tuple[int, ...], int]:
    """Number of each circle by the entities of its members."""
    found = {}
    for number in range(len(world.circle_start) - 1):
        span = slice(world.circle_start[number], world.circle_start[number + 1])
        members = world.enterprises["entity"][world.circle_members[span]]
        found[tuple(sorted(members.tolist()))] = number
    return found


@pytest.mark.parametrize("more", range(1, 9))
def test_more_enterprises_leave_the_luck_of_unchanged_circles(more: int, tiny: Any) -> None:
    """A circle of the same members is on the bank's map, or not, as before."""
    sizes = {"burn_in_months": 0, "months": 1, "run_off_months": 0, "birth_rate": 0.0}
    one = world_of(tiny(enterprises=400, **sizes))
    other = world_of(tiny(enterprises=400 + more, **sizes))
    mine, theirs = circles_by_members(one), circles_by_members(other)
    same = mine.keys() & theirs.keys()
    assert len(same) > 5
    for members in same:
        firms = [
            world.enterprises[world.circle_members[world.circle_start[circles[members]]]]
            for circles, world in ((mine, one), (theirs, other))
        ]
        assert is_mapped(firms[0], one.desk[0]) == is_mapped(firms[1], other.desk[0]), members


# --- a decision that comes later ------------------------------------------------------------------

# What is seen of a file is its true capacity plus an error: nothing else stands in the way, and
# the money of a loan does not touch the cash, so that the truth can be read after the month.
BARE = {
    "enterprises": 250, "months": 12, "burn_in_months": 18, "dressing": 0.0,
    "hidden_debt_share": 0.0, "guarantee_share": 0.0, "proceeds_kept": 0.0,
    "churn": 0.0, "refinancing_ease": -50.0, "diversion_probability": 0.0,
    "patience_months": 6, "file_hours": 20.0, "turnover": 0.0, "rotation": 0.0,
}  # fmt: skip


def decided_files(model: LoanPortfolio) -> dict[tuple[int, int], dict[str, float]]:
    """New files decided in the next month, by (entity, ordinal): when, and with what luck."""
    before = model._world.enterprises.copy()
    model.step()
    world, found = model._world, {}
    w, p = world.desk[0], world.desk[0].p
    after = world.enterprises
    for row in np.flatnonzero((after["file"] == NO_FILE) & (after["status"] == ALIVE)):
        e = after[row]
        came = e.ordinal > before[row].ordinal and e.file_month == w.month
        waiting = before[row].file == NEW_FILE and before[row].ordinal == e.ordinal
        dropped = w.month - e.file_month >= p.patience_months
        had_loan = before[row].loan >= 0
        if not (came or waiting) or dropped or had_loan:
            continue
        post = world.officers[e.officer]
        care = cares(post.file_effort, p.volume_weight, p.care_slope)
        skill = trained(post.skill, p.training)
        sources = 3 if e.checks & SOURCES else 1
        truth = true_capacity(e, w, service_of(e.need_fen, p.base_rate))
        found[int(e.entity), int(e.ordinal)] = {
            "month": int(w.month),
            "checks": int(e.checks),
            "noise": (e.score - truth) / observation_sd(p.source_sd, sources, care, skill),
            "care": care,
            "skill": skill,
            "registered": world.loans[e.loan].registered if e.loan >= 0 else -1,
            "waited": int(w.month - e.file_month),
            "real_estate": e.security == REAL_ESTATE,
        }
    return found


@pytest.fixture(scope="module")
def two_paces(tiny: Any) -> list[dict[tuple[int, int], dict[str, float]]]:
    """The same world twice: with the usual hours and with so few that files wait."""
    parent = LoanPortfolio(tiny(**BARE), seed=6)
    slow = Strategy("slow", "Slow", "慢", adds={"hours_per_month": -80.0}, half_month=0.0)
    arms = []
    for arm in (parent.fork(), parent.fork([slow])):
        files: dict[tuple[int, int], dict[str, float]] = {}
        for _ in range(BARE["months"]):  # type: ignore[call-overload]
            files |= decided_files(arm)
        arms.append(files)
    return arms


def test_a_decision_that_comes_later_keeps_its_luck(two_paces: Any) -> None:
    usual, slow = two_paces
    both = usual.keys() & slow.keys()
    late = [key for key in both if slow[key]["month"] > usual[key]["month"]]
    assert len(late) >= 10
    for key in late:
        assert usual[key]["noise"] == pytest.approx(slow[key]["noise"], abs=1e-9)
        if usual[key]["registered"] >= 0 and slow[key]["registered"] >= 0:
            assert usual[key]["registered"] == slow[key]["registered"]


def test_the_luck_of_a_file_is_that_of_its_ordinal(two_paces: Any, tiny: Any) -> None:
    p = tiny(**BARE).parameters
    waited = 0
    for files in two_paces:
        assert len(files) > 10
        for (entity, ordinal), file in files.items():
            u = uniforms(6, 0, entity, ordinal, OBSERVATION, 0)
            assert file["noise"] == pytest.approx(normal(u[0]), abs=1e-9)
            made = uniforms(6, 0, entity, ordinal, CHECKS, 0)
            found = uniforms(6, 0, entity, ordinal, CHECKS, 1)
            bits = 0
            for k, bit in enumerate((STATEMENTS, SOURCES, OWNER, APPRAISAL)):
                if bit == APPRAISAL and not file["real_estate"]:
                    continue
                if check_is_made(p["check_compliance"], file["care"], made[k]):
                    bits += bit if check_succeeds(file["skill"], found[k]) else 0
            assert file["checks"] == bits
            if file["registered"] >= 0 and file["real_estate"]:
                luck = uniforms(6, 0, entity, ordinal, DISBURSEMENT, 0)[0]
                assert file["registered"] == int(luck < p["registration_share"])
            waited += file["waited"] > 0
    assert waited > 10


def test_each_file_of_a_firm_has_its_own_ordinal(tiny: Any) -> None:
    model = ran(LoanPortfolio(tiny(enterprises=200, burn_in_months=60)))
    loans = model.loans
    keys = set(zip(loans["enterprise"].tolist(), loans["ordinal"].tolist(), strict=True))
    assert len(keys) == len(loans)
    again = np.bincount(loans["enterprise"])
    assert again.max() >= 3  # repeat borrowing is there


def test_each_default_of_a_firm_has_its_own_occasion(tiny: Any, monkeypatch: Any) -> None:
    """The occasion of default luck rises with each default, however the one before ended."""
    scenario = tiny(
        enterprises=300, months=60, guarantee_share=1.0, real_estate_share=0.0, circle_share=1.0,
        guarantor_honours=1.0, guarantor_reserve=0.0, fixed_cost=0.1, owner_draw=0.0,
        need_median=0.3, strategic_hazard=0.1, standstill_months=12,
    )  # fmt: skip
    model = LoanPortfolio(scenario)
    occasions: dict[int, list[tuple[int, int]]] = {}
    while not model.finished:
        model.step()
        world = model._world
        fresh = np.flatnonzero(model.loans["default_month"] == world.desk[0].month)
        for loan in fresh:
            row = int(model.loans["enterprise"][loan])
            occasion = int(world.enterprises["defaults"][row])
            occasions.setdefault(row, []).append((int(loan), occasion))
    repeated = [firm for firm in occasions.values() if len(firm) > 1]
    assert len(repeated) >= 3
    for firm in repeated:
        assert len({occasion for _, occasion in firm}) == len(firm), firm
