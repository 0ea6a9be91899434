"""A world that is wound back and lived again is the same world."""

from __future__ import annotations

import itertools

import pytest

from agents.records import packed_bytes
from classroom import charts
from classroom.band import WORLDS, band, lived, others
from classroom.flow import MOST_LISTED, NODES, flow, listed, loans_of_firm, refused_files
from classroom.lamps import LIMITS, lamps
from classroom.ratios import SERIES, ratios
from classroom.settings import MOST_LUCK, Settings
from classroom.timeline import DecisionError, Timeline, journal_of
from classroom.twin import differences
from classroom.words import LANGUAGES, said
from classroom.world import (
    BUDGET,
    YEARS,
    points,
    price_of_point,
    running_cny,
    scenario_of,
    yearly_cny,
)
from simulation import LoanPortfolio

LESSON = Settings(enterprises=200, months=30, strategies=[{"strategy": "risk_warning", "month": 4}])


@pytest.fixture(scope="module")
def lesson() -> Timeline:
    timeline = Timeline(LESSON)
    timeline.go_to(30)
    return timeline


def state(model: LoanPortfolio) -> list[bytes]:
    return [packed_bytes(part) for part in (model.loans, model._world.enterprises)]


def test_winding_back_and_forth_changes_nothing(lesson: Timeline) -> None:
    other = Timeline(LESSON)
    for month in (17, 3, 25, 12, 0, 30):
        other.go_to(month)
        assert other.month == month
    assert state(other.model) == state(lesson.model)
    assert other.model.months.equals(lesson.model.months)


def test_it_ends_where_the_lesson_ends(lesson: Timeline) -> None:
    timeline = Timeline(LESSON)
    timeline.go_to(1_000)
    assert timeline.ended and timeline.month == LESSON.months
    timeline.step()
    assert timeline.month == LESSON.months
    timeline.go_to(-5)
    assert timeline.month == 0


def test_other_settings_are_lived_to_the_same_month(lesson: Timeline) -> None:
    strong = LESSON.but(pre_loan=1.0)
    twin = lesson.with_settings(strong)
    assert twin.month == lesson.month
    alone = Timeline(strong)
    alone.go_to(30)
    assert state(twin.model) == state(alone.model) != state(lesson.model)
    names = [difference.name for difference in differences(lesson.model, twin.model)]
    assert names == ["lent", "refused", "defaults", "lost", "result"]
    for difference in differences(lesson.model, lesson.model):
        assert difference.own == difference.twin
        assert all(difference.sentence(language) for language in LANGUAGES)
    with pytest.raises(ValueError, match="cannot be compared"):
        differences(lesson.model, Timeline(LESSON).model)


def test_a_journal_is_of_the_same_world(lesson: Timeline) -> None:
    row = int(lesson.model.loans["enterprise"][-1])
    journal = journal_of(LESSON, row, 30)
    assert journal.row == row and journal.events
    assert max(event.month for event in journal.events) < 30


def test_management_costs_what_is_told(lesson: Timeline) -> None:
    months = lesson.model.months
    booked = months.loc[months["month"].between(0, 3), "strategy_cost_cny"] * lesson.model.scale
    scenario = lesson.model.scenario
    assert booked.sum() * 3 == pytest.approx(yearly_cny(LESSON, scenario), rel=1e-4)
    assert points(LESSON) == 150
    assert lesson.model.strategies[0].name == BUDGET and not lesson.model.strategies[0].closes


def test_a_preset_moves_to_strong_with_the_quality_of_its_stage() -> None:
    def share(quality: float) -> float:
        lesson = Settings(preset="unregistered_collateral", enterprises=200, approval=quality)
        scenario = scenario_of(lesson)
        return float(scenario.parameters["registration_share"])

    assert share(0.0) == share(0.5) == 0.3
    assert share(1.0) == pytest.approx(0.98)
    assert 0.3 < share(0.75) < 0.98


def test_the_flow_adds_up(lesson: Timeline) -> None:
    bands = flow(lesson.model)
    for node in NODES:
        came = sum(b.number for b in bands if b.target == node)
        went = sum(b.number for b in bands if b.source == node)
        assert not came or not went or came == pytest.approx(went), node
    new = [b for b in bands if b.target == "granted"]
    lent = lesson.model.measures()["disbursed"]
    assert sum(b.amount for b in new) == pytest.approx(lent, rel=0.05)  # renewals may lend more
    failed = next(b for b in bands if b.target == "defaulted")
    rows = listed(lesson.model, failed.loans)
    assert len(rows) == failed.number
    assert all(row.status in ("defaulted", "written_off", "settled") for row in rows)


def test_lamps_tell_their_state_in_a_word(lesson: Timeline) -> None:
    found = lamps(lesson.model)
    assert [lamp.name for lamp in found] == list(LIMITS)
    for lamp in found:
        assert lamp.state == "idle" or lamp.value == pytest.approx(lamp.part / lamp.whole)
        assert f"state.{lamp.state}" in LANGUAGES["en"]
    skipped = {lamp.name: lamp.value for lamp in lamps(strong().model)}
    weak = {lamp.name: lamp.value for lamp in found}
    assert skipped["checks_skipped"] < weak["checks_skipped"]
    assert skipped["visits_missed"] < weak["visits_missed"]


def strong() -> Timeline:
    timeline = Timeline(LESSON.but(pre_loan=1.0, post_loan=1.0))
    timeline.go_to(30)
    return timeline


def test_pictures_have_their_series_in_both_languages(lesson: Timeline) -> None:
    own = ratios(lesson.model)
    assert list(own.columns) == list(SERIES) and own.index[-1] == 29
    worlds = [lived(s) for _, s in zip(range(3), others(LESSON), strict=False)]
    assert [w.equals(own) for w in worlds] == [False] * 3
    behind = band(worlds)
    assert (behind["npl_ratio"]["low"] <= behind["npl_ratio"]["high"]).all()
    for language in LANGUAGES:
        option = charts.lines(own, ["npl_ratio", "npl_ratio_true"], language, 30, behind, 3)
        assert len(option["series"]) == 5
        _, width, low, high = option["series"][1]["data"][-1]
        ends = 100 * behind["npl_ratio"].iloc[-1]
        assert (low, high) == (round(ends["low"], 3), round(ends["high"], 3))
        assert width == pytest.approx(high - low, abs=0.002)
        told = option["aria"]["label"]["description"]
        assert said(language, "series.npl_ratio") in told and charts.FLOOR not in told
        assert option["series"][-2]["data"][-1] == [29, round(100 * own["npl_ratio"].iloc[-1], 3)]
        flows = charts.sankey(flow(lesson.model), language)["series"][0]
        assert {link["source"] for link in flows["links"]} <= {n["name"] for n in flows["data"]}


def test_a_strategy_costs_what_its_catalogue_says() -> None:
    """Staff is paid a head, the pre-loan process a file: neither is free."""
    scenario = scenario_of(LESSON)
    staff = scenario.strategies["staff_ability"]
    assert staff.running_cny_per_year == 0.0
    assert running_cny(staff, scenario) == staff.per_officer_cny_per_year * scenario.bank_officers
    own = [one for one in scenario.strategies.values() if one.kind == "strategy"]
    a_year = sum(one.set_up_cny / YEARS + running_cny(one, scenario) for one in own)
    assert price_of_point(scenario) * 150 == pytest.approx(a_year)


def test_lists_have_every_refused_file_and_every_loan_of_a_firm(lesson: Timeline) -> None:
    model = lesson.model
    files = refused_files(model)
    assert len(files) == min(len(model.refused.loans), MOST_LISTED)
    assert all(a.lent_cny >= b.lent_cny for a, b in itertools.pairwise(files))
    firms = len(model.enterprises.records)
    assert {one.enterprise for one in files} <= set(range(firms))
    assert max(one.enterprise for one in files) >= LESSON.enterprises  # new firms, too
    for one in files[:3]:
        journal = journal_of(LESSON, one.enterprise, 30)
        assert (one.month, "refused") in [(d.month, d.outcome) for d in journal.decisions]
    firm = int(model.loans["enterprise"][-1])
    own = model.loans[model.loans["enterprise"] == firm]
    chains = loans_of_firm(model, firm)
    fork = model.scenario.burn_in_months
    assert {one.month for one in chains} == set((own["chain_month"] - fork).tolist())
    assert [one.enterprise for one in chains] == [firm] * len(chains)


def test_a_decision_that_has_become_impossible_is_named() -> None:
    """Under stronger approval the file of month 13 is not there. The firm 5,000 never is."""
    lesson = Settings(enterprises=300, months=36, seed=5)
    for firm, approval in ((346, 0.8), (5_000, 0.5)):
        taken = [{"month": 13, "enterprise": firm, "order": "approve"}]
        timeline = Timeline(lesson.but(approval=approval, decisions=taken))
        timeline.go_to(13)
        with pytest.raises(DecisionError, match=f"of month 13 .*: approve for enterprise {firm}"):
            timeline.step()


def test_other_luck_is_other_at_the_end_of_the_numbers_too() -> None:
    for world in (0, MOST_LUCK):
        own = Settings(replication=world)
        assert len({other.replication for other in others(own)} - {world}) == WORLDS
