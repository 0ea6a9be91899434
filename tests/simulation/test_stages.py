"""What holds in every month of every world, and single mechanisms in their purest form."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from agents.enterprise import (
    ALIVE,
    CIRCLE,
    CLOSED,
    IN_WORKOUT,
    NEW_FILE,
    REAL_ESTATE,
    UNBORN,
)
from agents.loan import (
    ARREARS,
    BULLET,
    CURRENT,
    DEFAULTED,
    OBSERVED,
    RENEWED,
    REPAID,
    SETTLED,
    WRITTEN_OFF,
    days_past_due,
)
from simulation import LoanPortfolio, Strategy
from simulation.shadows import JUDGED_AFTER

OPEN = (CURRENT, ARREARS, OBSERVED, DEFAULTED)


@pytest.fixture(scope="module")
def months(tiny: Any, eventful: dict[str, Any]) -> list[dict[str, Any]]:
    """Copies of all records at the end of each month of an eventful world."""
    scenario = tiny(**{**eventful, "enterprises": 200, "months": 36, "enterprises_per_officer": 50})
    model, seen = LoanPortfolio(scenario, ["internal_control"], seed=5), []
    while not model.finished:
        model.step()
        world = model._world
        seen.append(
            {
                "month": int(world.desk[0].month), "e": world.enterprises.copy(),
                "loans": model.loans.copy(), "officers": world.officers.copy(),
                "p": {n: float(world.desk[0].p[n]) for n in world.desk[0].p.dtype.names},
                "row": model._table.rows[-1],
            }
        )  # fmt: skip
    return seen


# --- every month --------------------------------------------------------------------------------


def test_a_firm_and_its_contract_point_to_each_other(months: Any) -> None:
    for now in months:
        e, loans = now["e"], now["loans"]
        rows = np.flatnonzero(e["loan"] >= 0)
        held = e["loan"][rows]
        assert len(set(held.tolist())) == len(held)
        assert np.array_equal(loans["enterprise"][held], rows)
        is_open = loans["closed_month"] < 0
        assert set(np.flatnonzero(is_open).tolist()) == set(held.tolist())
        assert np.isin(loans["status"][is_open], (*OPEN, WRITTEN_OFF)).all()
        assert np.isin(loans["status"][~is_open], (REPAID, RENEWED, SETTLED, WRITTEN_OFF)).all()


def test_statuses_of_firms_and_of_loans_agree(months: Any) -> None:
    for now in months:
        e, loans = now["e"], now["loans"]
        workout = e["status"] == IN_WORKOUT
        assert (e["loan"][workout] >= 0).all()
        assert np.isin(loans["status"][e["loan"][workout]], (DEFAULTED, WRITTEN_OFF)).all()
        assert (e["loan"][np.isin(e["status"], (CLOSED, UNBORN))] == -1).all()
        assert (e["status"][e["birth_month"] > now["month"]] == UNBORN).all()
        assert (e["status"][e["birth_month"] <= now["month"]] != UNBORN).all()


def test_the_dead_stay_dead_and_rows_never_move(months: Any) -> None:
    for before, now in itertools.pairwise(months):
        assert np.array_equal(before["e"]["entity"], now["e"]["entity"])
        closed = before["e"]["status"] == CLOSED
        assert (now["e"]["status"][closed] == CLOSED).all()
        known = len(before["loans"])
        for fixed in ("enterprise", "start_month", "previous", "annual_rate", "full_check_fen"):
            assert np.array_equal(before["loans"][fixed], now["loans"][fixed][:known])
        # What is drawn on a limit is new money, adds to the principal and is no longer undrawn.
        drawn, paid_out, left = (
            now["loans"][name][:known] - before["loans"][name]
            for name in ("principal_fen", "new_money_fen", "undrawn_fen")
        )
        assert (drawn >= 0).all() and np.array_equal(drawn, paid_out)
        assert (left <= -drawn).all()


def test_arrears_have_the_age_of_the_oldest_unpaid_item(months: Any) -> None:
    """Counted from the items themselves: the youngest items that cover what is unpaid."""
    aged = 0
    for now in months:
        loans = now["loans"][np.isin(now["loans"]["status"], (CURRENT, ARREARS, OBSERVED))]
        for one in loans:
            unpaid = int(one.interest_arrears_fen + one.principal_arrears_fen)
            if unpaid <= 0 or one.dpd == 0.0:
                continue
            k, left = 0, unpaid - int(one.due_fen[0])
            while left > 0 and k < 4:
                k += 1
                left -= int(one.due_fen[k])
            if now["e"]["last_action"][one.enterprise] == now["month"]:
                # Early collection after the debt service can only make the items younger.
                assert one.dpd in [days_past_due(n) for n in range(k, 4)]
            else:
                assert one.dpd == days_past_due(k)
                aged += 1
        calm = loans[(loans["interest_arrears_fen"] + loans["principal_arrears_fen"]) > 0]
        assert (calm["dpd"] > 0).all()
        assert (loans["dpd"] <= now["p"]["default_dpd"]).all()
    assert aged > 20


def test_a_default_is_more_than_90_days_or_a_closed_firm(months: Any) -> None:
    seen = 0
    for now in months:
        loans = now["loans"]
        fresh = loans[loans["default_month"] == now["month"]]
        assert (fresh["dpd"] > 90.0).all()
        assert (fresh["ead_fen"] > 0).all()
        seen += len(fresh)
    assert seen > 10


def test_defaulted_loans_earn_no_interest_and_age_by_months(months: Any) -> None:
    for before, now in itertools.pairwise(months):
        old, new = before["loans"], now["loans"][: len(before["loans"])]
        still = (old["status"] == DEFAULTED) & (new["status"] == DEFAULTED)
        still &= old["default_month"] == new["default_month"]
        interest = new["interest_arrears_fen"][still] == old["interest_arrears_fen"][still]
        assert interest.all()
        assert np.allclose(new["dpd"][still] - old["dpd"][still], 365.0 / 12.0)
        assert (new["balance_fen"][still] <= old["balance_fen"][still]).all()


def test_hours_are_bounded(months: Any) -> None:
    for now in months:
        o, p = now["officers"], now["p"]
        active = o["active"] == 1
        assert (o["hours_used"][active] <= p["hours_per_month"] + 1e-9).all()
        assert (o["file_hours_left"][active] >= -1e-6).all()
        assert (o["file_hours_left"] <= o["file_hours"] + 1e-9).all()
        for effort in ("file_effort", "watch_effort", "collection_effort"):
            assert ((o[effort] >= 0.0) & (o[effort] <= 1.0)).all()
        assert ((o["skill"] > 0.0) & (o["skill"] <= 1.0)).all()
        assert now["row"]["hours"] == pytest.approx(o["hours_used"][active].sum())


def test_money_of_firms_stays_money(months: Any) -> None:
    for now in months:
        e = now["e"]
        for name in ("receivables_fen", "assets_fen", "wealth_fen", "billed_fen"):
            assert (e[name] >= 0).all(), name
        assert (e["months_short"][e["status"] == ALIVE] < now["p"]["months_to_insolvency"]).all()
        assert ((e["runway"] >= 0) & (e["runway"] <= 999)).all()
        assert (np.abs(e["demand"]) < 20).all()


def test_tallies_count_what_the_records_show(months: Any) -> None:
    for before, now in itertools.pairwise(months):
        row, loans, t = now["row"], now["loans"], now["month"]
        made = loans[loans["start_month"] == t]
        assert row["approved"] == (made["previous"] < 0).sum()
        assert row["renewals_granted"] == (made["previous"] >= 0).sum()
        assert row["approved"] + row["renewals_granted"] == len(loans) - len(before["loans"])
        assert row["defaults"] == (loans["default_month"] == t).sum()
        assert row["approved"] <= row["decided"]
        for some, all_of in (("checks_made", "checks_due"), ("visits_made", "visits_due"),
                             ("true_alerts", "alerts"), ("overridden", "approved")):  # fmt: skip
            assert row[some] <= row[all_of], some
        open_now = loans["closed_month"] < 0
        for status, name in ((0, "current"), (1, "arrears"), (2, "observed"), (3, "defaulted")):
            assert row[f"loans_{name}"] == (loans["status"][open_now] == status).sum()


# --- one mechanism each -------------------------------------------------------------------------


def test_a_loan_renewed_at_its_maturity_is_not_papered_over_too(tiny: Any) -> None:
    """Renewal files that had to wait are decided in the month of maturity, in which the maturity
    also failed: the new contract is no failed maturity."""
    scenario = tiny(
        enterprises=900, months=36, bullet_share=1.0, file_hours=2.0, renewal_hours=100.0,
        evergreening=1.0, npl_tolerance=1.0,
    )  # fmt: skip
    model = LoanPortfolio(scenario)
    late = 0
    while not model.finished:
        model.step()
        loans = model.loans
        fresh = loans[loans["start_month"] == model._world.desk[0].month]
        renewals = fresh[fresh["previous"] >= 0]
        before = loans[renewals["previous"]]
        late += int((before["closed_month"] >= before["maturity_month"]).sum())
        assert (fresh["extensions"] == 0).all()
        life = fresh["maturity_month"] - np.maximum(fresh["start_month"], 0)
        assert (life[fresh["previous"] < 0] == fresh["tenor_months"][fresh["previous"] < 0]).all()
    assert late >= 3
    assert model._table.rows["evergreened"].sum() > 0


def test_extensions_end_at_three(tiny: Any) -> None:
    scenario = tiny(
        enterprises=300, months=40, bullet_share=1.0, bullet_tenor=3, evergreening=1.0,
        renewal_concession=-50.0, refinancing_ease=-50.0, fixed_cost=0.25,
    )  # fmt: skip
    model = LoanPortfolio(scenario)
    model.run()
    assert model.loans["extensions"].max() == 3
    assert model._table.rows["evergreened"].sum() == model.loans["extensions"].sum()
    never = model.loans["extensions"] == 0
    assert model.loans["capitalised_fen"][~never].sum() > 0
    assert model.loans["capitalised_fen"][never].sum() == 0


def test_without_guarantees_nobody_is_called(tiny: Any) -> None:
    hard = {"fixed_cost": 0.25, "months": 12}
    without = LoanPortfolio(tiny(**hard, guarantee_share=0.0))
    without.run()
    assert without._table.rows["defaults"].sum() > 3
    assert without._table.rows[["calls", "pulled"]].tolist() == [(0.0, 0.0)] * len(without.months)


def members_of(world: Any, number: int) -> np.ndarray:
    """Rows of a circle's members, its hub among them."""
    start, end = world.circle_start[number : number + 2]
    return np.asarray(world.circle_members[start:end])


@pytest.mark.parametrize("hub_share", [0.0, 0.3, 1.0])
def test_circles_are_of_one_sector_and_of_the_declared_size(tiny: Any, hub_share: float) -> None:
    """Besides its own members a circle has at most one hub, a member of another circle."""
    scenario = tiny(enterprises=2_000, burn_in_months=0, circle_size=4, hub_share=hub_share)
    world = LoanPortfolio(scenario)._world
    e, own, with_hub = world.enterprises, [], []
    for number in range(len(world.circle_start) - 1):
        members = members_of(world, number)
        assert len(set(members.tolist())) == len(members)
        assert len(set(e["sector"][members].tolist())) == 1
        assert (e["security"][members] == CIRCLE).all()
        at_home = e["circle"][members] == number
        own.append(int(at_home.sum()))
        with_hub.append(int((~at_home).sum()))
        assert (e["circle"][members[~at_home]] >= 0).all()
    sizes = np.array(own)
    assert ((sizes >= 2) & (sizes <= 4)).all() and (sizes == 4).mean() > 0.8
    assert set(with_hub) <= {0, 1}
    # Who is drawn as a hub of its own circle is none: a few circles go without.
    assert np.mean(with_hub) == pytest.approx(0.9 * hub_share, abs=0.1)
    assert ((e["circle"] >= 0) == (e["security"] == CIRCLE)).all()


def test_recoveries_never_exceed_the_claim_and_unregistered_estate_brings_nothing(
    tiny: Any,
) -> None:
    scenario = tiny(
        enterprises=400, months=60, fixed_cost=0.25, real_estate_share=1.0, asset_median=0.0,
        registration_share=0.5, sale_months=1.0, added_security_share=0.0, settled_share=1.0,
        cure_agreement=0.0, first_cash=0.0, drain_rate=1.0,
    )  # fmt: skip
    model = LoanPortfolio(scenario)
    model.run()
    loans = model.loans[(model.loans["default_month"] >= 0) & (model.loans["closed_month"] >= 0)]
    assert (loans["recovered_fen"] <= loans["ead_fen"]).all()
    registered = loans["registered"] == 1
    assert registered.sum() > 10 and (~registered).sum() > 10
    share = loans["recovered_fen"] / loans["ead_fen"]
    assert share[registered].mean() > 0.5
    assert share[~registered].mean() < 0.2


def test_nothing_is_charged_where_rates_are_zero(tiny: Any) -> None:
    model = LoanPortfolio(tiny(base_rate=0.0, score_premium=0.0, months=12))
    model.run()
    assert model.loans["interest_paid_fen"].sum() == 0
    assert model.loans["annual_rate"].max() == 0.0


def test_without_births_there_are_none(tiny: Any) -> None:
    model = LoanPortfolio(tiny(birth_rate=0.0, closure_hazard=0.0))
    assert len(model._world.enterprises) == 120
    born = LoanPortfolio(tiny(birth_rate=0.02))._world.enterprises
    months = np.bincount(born["birth_month"])
    assert months[0] == 120
    assert months[1:-1].sum() == pytest.approx(0.02 * 120 * (len(months) - 2), abs=2)
    assert (np.diff(born["birth_month"]) >= 0).all()  # what the model searches in each month


def test_collateral_is_the_need_over_the_true_ltv(tiny: Any) -> None:
    e = LoanPortfolio(tiny(enterprises=2_000, burn_in_months=0, months=1))._world.enterprises
    pledged = e["security"] == REAL_ESTATE
    ltv = e["need_fen"][pledged] / e["collateral_fen"][pledged]
    p = tiny().parameters
    assert np.median(ltv) == pytest.approx(p["true_ltv_median"], rel=0.03)
    assert np.log(ltv).std() == pytest.approx(p["true_ltv_spread"], rel=0.1)
    assert (e["collateral_fen"][~pledged] == 0).all()


def test_patience_ends(tiny: Any) -> None:
    """With no hours at all nothing is decided, and applicants leave after their patience."""
    model = LoanPortfolio(tiny(hours_per_month=1.0, file_hours=100.0, patience_months=2))
    model.run()
    assert model.loan_count == 0
    rows = model._table.rows
    assert rows["decided"].sum() == 0 and rows["dropped_out"].sum() > 30
    e = model._world.enterprises
    waiting = e["file_month"][(e["file"] == NEW_FILE) & (e["status"] == ALIVE)]
    assert (model._world.desk[0].month - waiting <= 2).all()


# --- shadow loans -------------------------------------------------------------------------------


def test_shadows_change_nothing_in_the_bank(tiny: Any) -> None:
    """Refused applications are followed without hours, bookings or effects."""
    parent = LoanPortfolio(tiny(months=12, run_off_months=30), seed=2)
    with_shadows, without = parent.fork(), parent.fork()
    without._follow_refused = lambda world: None  # type: ignore[method-assign]
    with_shadows.run()
    without.run()
    assert len(with_shadows._shadows.loans) > 10 and len(without._shadows.loans) == 0
    for name in ("enterprises", "officers"):
        ours, theirs = (getattr(m._world, name) for m in (with_shadows, without))
        assert all(np.array_equal(ours[f], theirs[f]) for f in ours.dtype.names)
    assert np.array_equal(with_shadows._table.rows, without._table.rows)


def test_every_refusal_in_the_window_has_a_shadow(tiny: Any) -> None:
    model = LoanPortfolio(tiny(months=12, run_off_months=0), seed=2)
    renewals = 0
    while not model.finished:
        before = model.loans["refused"].sum()
        model.step()
        renewals += int(model.loans["refused"].sum() - before)
    refused = model._table.rows["refused"][-12:].sum()
    assert len(model._shadows.loans) == refused - renewals > 10


def test_a_shadow_has_the_luck_of_its_firm(tiny: Any) -> None:
    """As long as both live, shadow and firm meet the same demand, margin and prices."""
    model = LoanPortfolio(tiny(enterprises=300, months=12, run_off_months=12), seed=2)
    compared = 0
    while not model.finished:
        model.step()
        count = len(model._shadows.loans)
        shadow, e = model._shadows._world.enterprises[:count], model._world.enterprises
        row = np.searchsorted(e["entity"], shadow["entity"])
        row = np.where(e["entity"][np.minimum(row, len(e) - 1)] == shadow["entity"], row, -1)
        both = (row >= 0) & (shadow["status"] == ALIVE)
        both &= e["status"][row] == ALIVE
        for field in ("demand", "setback", "quality"):
            assert np.array_equal(shadow[field][both], e[field][row[both]]), field
        compared += int(both.sum())
    assert compared > 300


def test_good_rejected_share_is_judged_after_two_years(tiny: Any) -> None:
    model = LoanPortfolio(tiny(enterprises=300, months=6, run_off_months=JUDGED_AFTER + 8,
                               settled_share=1.0), seed=2)  # fmt: skip
    share = model.run()["good_rejected_share"]
    loans = model._shadows.loans
    assert share == pytest.approx((loans["first_default"] < 0).mean())
    assert 0.0 < share < 1.0
    late = loans["first_default"] - loans["start_month"]
    assert late[loans["first_default"] >= 0].max() <= JUDGED_AFTER
    assert late[loans["first_default"] >= 0].min() >= 1


def test_where_all_firms_are_sound_all_refused_would_have_repaid(tiny: Any) -> None:
    sound = {"fixed_cost": 0.0, "setback_probability": 0.0, "strategic_hazard": 0.0}
    scenario = tiny(**sound, cutoff=100.0, months=6, run_off_months=30, override_probability=0.0)
    model = LoanPortfolio(scenario, [Strategy("idle", "Idle", "空")])
    measures = model.run()
    assert measures["approval_rate"] == 0.0 and len(model._shadows.loans) > 10
    assert measures["good_rejected_share"] == 1.0


def test_bullets_of_shadows_are_prolonged_while_served(tiny: Any) -> None:
    scenario = tiny(months=6, run_off_months=30, bullet_share=1.0, cutoff=100.0, bullet_tenor=6)
    model = LoanPortfolio(scenario)
    model.run()
    loans = model._shadows.loans
    assert (loans["kind"] == BULLET).all()
    life = loans["maturity_month"] - loans["start_month"]
    assert (life % 6 == 0).all() and (life > 6).any()
