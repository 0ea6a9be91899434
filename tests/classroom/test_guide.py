"""What the facilitator's guide says of the lessons is what they come to."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from agents.failures import FAILURES
from agents.loan import LEGACY, NEW_LENDING
from agents.parameters import STAGES
from agents.records import FEN_PER_CNY
from classroom.case_file import case_of
from classroom.flow import loans_of_firm
from classroom.presets import PRESETS
from classroom.quiz import Life, answer, is_saved, life_of, questions
from classroom.ratios import ratios
from classroom.roles import ROLES
from classroom.settings import Settings
from classroom.timeline import Timeline, journal_of
from classroom.twin import MEASURES, differences
from classroom.words import said
from classroom.world import found
from simulation import LoanPortfolio
from simulation.story.records import Event

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "facilitator.md"
WORLDS = 100
SEATS = ("customer_manager", "reviewer", "branch_head", "collector")
NAMED = {"ask for security": "collateral"}
"""Words of the guide for orders that are called otherwise."""


def lesson(preset: str = "l_bank", month: int = 60, **changes: object) -> Timeline:
    """A lesson as it opens, played to a month."""
    timeline = opened(Settings(preset=preset).but(**changes)).branch()
    timeline.go_to(month)
    return timeline


@functools.lru_cache(maxsize=6)
def opened(settings: Settings) -> Timeline:
    """A lesson's timeline; who plays it takes a branch."""
    return Timeline(settings)


@functools.lru_cache(maxsize=12)
def put_right(preset: str, month: int, *switches: str, watch: int = -1) -> LoanPortfolio:
    """A lesson's world lived with some stages or failures put right together."""
    start = found(Settings(preset=preset), (watch,)) if watch >= 0 else lesson(preset, 0).model
    catalogue = start.scenario.catalogue
    model = start.fork([*start.strategies, *(catalogue[f"without_{one}"] for one in switches)])
    while model.month < month:
        model.step()
    return model


def saved(preset: str, *choices: Sequence[str]) -> list[int]:
    """How many firms are in default at month 60, for an empty choice; else how many of them are
    saved with a choice put right.
    """
    usual = put_right(preset, 60)
    firms = set(firms_of(usual, 999))
    return [
        sum(is_saved(life_of(usual, firm), life_of(put_right(preset, 60, *switches), firm))
            for firm in firms) if switches else len(firms)
        for switches in choices
    ]  # fmt: skip


def firms_of(model: LoanPortfolio, most: int) -> list[int]:
    """Firms of the costliest defaults."""
    return [int(model.loans["enterprise"][row]) for row in questions(model, most)]


def judged(
    preset: str, firm: int, month: int | None = None, order: str = "", until: int = 60
) -> Life:  # fmt: skip
    """What has become of a firm's loans by a month, with an order if one is given."""
    timeline = lesson(preset, 0 if month is None else month, months=until)
    if month is not None:
        timeline = timeline.decide(firm, order)
    timeline.go_to(until)
    return life_of(timeline.model, firm)


def story_of(preset: str, firm: int, *switches: str) -> list[Event]:
    """What happened to a firm by month 60."""
    return put_right(preset, 60, *switches, watch=firm).journals[firm].events


def happened(preset: str, firm: int, *switches: str) -> set[tuple[str, int]]:
    """The same as names of events with their months."""
    return {(event.what, event.month) for event in story_of(preset, firm, *switches)}


def cny(events: Sequence[Event], what: str, month: int, fact: str) -> str:
    """A sum that an event of a month tells."""
    event = next(e for e in events if e.what == what and e.month == month)
    return f"{event.facts[fact] / FEN_PER_CNY:,.0f}"


def booked(model: LoanPortfolio, column: str, first: int, end: int | None = None) -> float:
    """What stands in a column of the months from first to before end (m CNY of the bank)."""
    months = model.month_records
    there = (months["month"] >= first) & (months["month"] < (model.month if end is None else end))
    return float(months[column][there].sum()) * model.scale / FEN_PER_CNY / 1e6


def came_to(timeline: Timeline) -> dict[str, float]:
    """All measures of a lesson."""
    return {measure.name: measure.read(timeline.model) for measure in MEASURES}


@pytest.fixture(scope="module")
def guide() -> str:
    """Its text, with the breaks between lines taken out."""
    return re.sub(r"\s+", " ", GUIDE.read_text(encoding="utf-8"))


def test_the_sums_of_the_lessons(guide: str) -> None:
    at_24, at_60 = came_to(lesson(month=24)), came_to(lesson())
    unverified = came_to(lesson("unverified_statements"))
    unregistered = came_to(lesson("unregistered_collateral"))
    stamp, late = came_to(lesson("rubber_stamp")), came_to(lesson("late_watch_list"))
    for told in (
        (
            f"{at_24['defaults']:.0f} contracts have defaulted by month 24, "
            f"{at_60['defaults']:.0f} by month 60"
        ),
        (
            f"by month 60 {unverified['defaults']:.0f} contracts have defaulted and "
            f"{unverified['lost']:.0f} m CNY are lost, against {at_60['defaults']:.0f} and "
            f"{at_60['lost']:.0f} m CNY"
        ),
        f"earned {unverified['result']:.0f} m CNY instead of {at_60['result']:.0f}",
        (
            f"{unregistered['defaults']:.0f} defaults against {at_60['defaults']:.0f}, but "
            f"{unregistered['lost']:.0f} m CNY lost"
        ),
        f"result of −{-unregistered['result']:.0f} m CNY against +{at_60['result']:.0f}",
        f"there are {stamp['defaults']:.0f} defaults against L Bank's {at_60['defaults']:.0f}",
        f"({late['result']:.0f} m CNY against {at_60['result']:.0f})",
    ):
        assert told in guide, told


def test_what_evergreening_hides(guide: str) -> None:
    models = [lesson(preset).model for preset in ("evergreening", "l_bank")]
    hidden, usual = (100 * ratios(model) for model in models)
    last, other = hidden.iloc[-1], usual.iloc[-1]
    assert (
        f"reports {last['npl_ratio']:.1f} % non-performing, about as much as L Bank "
        f"({other['npl_ratio']:.1f} %); true are {last['npl_ratio_true']:.1f} % (L Bank "
        f"{other['npl_ratio_true']:.1f} %)"
    ) in guide
    assert (hidden["evergreened_share"].loc[-12:55] == 100.0).all() and "until month 55" in guide
    first = hidden.loc[-1]  # what is shown in month 0
    gaps = [lines["npl_ratio_true"] - lines["npl_ratio"] for lines in (hidden, usual)]
    assert (
        f"At month 0 {first['npl_ratio']:.1f} % are reported and {first['npl_ratio_true']:.1f} % "
        f"true, a gap of {gaps[0].loc[-1]:.1f} points that grows to {gaps[0].iloc[-1]:.1f} "
        f"(L Bank {gaps[1].loc[-1]:.1f} and {gaps[1].iloc[-1]:.1f})"
    ) in guide
    counts = [model.months.query("month >= 0").sum() for model in models]
    extended = [f"{c['evergreened']:.0f} of {c['evergreened'] + c['extensions_refused']:.0f}"
                for c in counts]  # fmt: skip
    assert f"{extended[0]} in the lesson (L Bank {extended[1]})" in guide


def test_the_twin_of_the_second_plan(guide: str) -> None:
    for month, words in (
        (
            24,
            (
                "{lent:.0f} m CNY less at month 24, refused {refused:.0f} applicants "
                "more and lost {lost:.0f} m CNY less"
            ),
        ),
        (60, "lost {lost:.0f} m CNY less and yet earned {result:.0f} m CNY less"),
    ):
        own, twin = lesson(month=month).model, lesson(month=month, pre_loan=0.8).model
        gaps = differences(own, twin)
        assert words.format(**{gap.name: abs(gap.twin - gap.own) for gap in gaps}) in guide
    less = {
        name: sum(booked(own, column, 0) - booked(twin, column, 0) for column in columns)
        for name, columns in {
            "interest": ("legacy_interest_fen", "new_lending_interest_fen"),
            "old": ("legacy_late_recovery_fen",), "cost": ("strategy_cost_fen",),
        }.items()
    }  # fmt: skip
    aside = booked(own, "provision_fen", -1, 0) - booked(twin, "provision_fen", -1, 0)
    for told in (
        f"{less['interest']:.0f} m CNY less interest",
        f"management costs {-less['cost']:.0f} m CNY more",
        f"recovers {less['old']:.0f} m CNY more and for which it had {aside:.0f} m CNY more put",
    ):
        assert told in guide, told


def test_what_the_seats_know_of_the_first_case(guide: str) -> None:
    timeline = lesson("unverified_statements", 22)
    journal = journal_of(timeline.settings, 1351, 22)
    decision = next(d for d in journal.decisions if d.month == 21)
    assert not any(note.made for note in decision.checks) and decision.full_check_fen == 0
    told = guide.replace("−", "-")
    assert (
        f"believed {decision.believed:+.2f} sd of repayment capacity, true were "
        f"{decision.true:+.2f} sd, the cut-off lay at {decision.cutoff:+.2f}"
    ) in told
    own_look, together = "-0.27 sd", "+0.40 sd"
    said_so = f"the reviewer's own look says {own_look}; together {together}"
    for seat, knows in (("reviewer", True), ("customer_manager", False)):
        papers = case_of(journal, "en", role=seat, first=21).documents
        assert any(said_so in line.text for paper in papers for line in paper.lines) is knows
    assert decision.cutoff > -0.27
    assert f"the reviewer's own look said {own_look}, below the cut-off" in told
    assert f"Weighed with the officer's {decision.believed:+.2f} it came to +0.40" in told


def test_what_the_seats_order_in_the_first_case(guide: str) -> None:
    timeline = lesson("unverified_statements", 60)
    ways = {"approve", "cut", "refuse"}
    possible: dict[int, set[str]] = {}
    for month in range(36, 18, -1):
        timeline.go_to(month)
        possible[month] = set(timeline.possible_orders(1351))
    assert possible[21] == ways | {"collateral"}
    assert possible[22] == possible[23] == {"collateral", "visit", "restructure"}
    assert possible[25] == {"sue"}
    assert not any(possible[month] for month in possible if month not in (21, 22, 23, 25))
    for row, months in {
        "| 21, the file is decided | ask for security | cut, refuse, ask for security | approve, "
        "cut, refuse, ask for security | nothing |": (21,),
        "| 22 and 23, it is not yet in default | visit, ask for security | ask for security | ask "
        "for security, restructure | nothing |": (22, 23),
        "| 24, it fails in this month | nothing | nothing | nothing | nothing |": (24,),
        "| 25, in default | nothing | nothing | nothing | sue |": (25,),
    }.items():
        assert row in guide
        for cell, seat in zip(row.split(" | ")[1:], SEATS, strict=True):
            names = {NAMED.get(name, name) for name in cell.strip(" |").split(", ")} - {"nothing"}
            for month in months:
                assert possible[month] & set(ROLES[seat].orders) == names, (seat, month)


def test_what_orders_bring_in_the_first_case(guide: str) -> None:
    usual = Life(1_085_971.68, 310_660.42, defaulted=True)
    assert judged("unverified_statements", 1351) == usual
    for month, order, lent, lost in (
        (21, "refuse", 0, 0), (21, "cut", 542_986, 0), (21, "collateral", 1_085_972, 310_660),
        (22, "collateral", 1_085_972, 0), (23, "collateral", 1_085_972, 0),
        (22, "visit", 1_085_972, 310_660), (23, "restructure", 1_085_972, 310_660),
        (25, "sue", 1_085_972, 318_948),
    ):  # fmt: skip
        life = judged("unverified_statements", 1351, month, order)
        assert (round(life.lent_cny), round(life.lost_cny)) == (lent, lost), (month, order)
        assert life.defaulted is (order != "refuse")
    assert "the loss is 318,948 CNY instead of 310,660" in guide
    life = judged("unverified_statements", 365, 35, "sue")
    assert f"*Sue* in month 35 leaves {life.lost_cny:,.0f}" in guide


def test_what_differs_between_36_and_60(guide: str) -> None:
    preset = "unverified_statements"
    timeline = lesson(preset, 36)
    costliest = {36: firms_of(timeline.model, 8)}
    timeline.go_to(60)
    costliest[60] = firms_of(timeline.model, 8)
    assert costliest[36][:2] == [365, 1351] and 1079 in costliest[36]
    saving = {
        (firm, month): {stage for stage in STAGES if is_saved(
            life_of(put_right(preset, month), firm), life_of(put_right(preset, month, stage), firm)
        )} for month in (36, 60) for firm in (*costliest[36], *costliest[60])
    }  # fmt: skip
    assert [f for f in costliest[36] if saving[f, 36] != saving[f, 60]] == [365, 1315, 243, 1254]
    assert "four are judged otherwise at 60 (365, 1315, 243 and 1254)" in guide
    by_pre_loan = [sum("pre_loan" in saving[firm, month] for firm in costliest[listed])
                   for listed, month in ((36, 36), (36, 60), (60, 60))]  # fmt: skip
    assert by_pre_loan == [6, 6, 7]
    assert "six of the eight in both months, and seven of the eight" in guide
    told = {
        (firm, month): answer(timeline.settings, firm, month, ("F01", "F13", "F16"))
        for month in (36, 60) for firm in (365, 1351)
    }  # fmt: skip
    for month in (36, 60):
        plain = told[1351, month]
        assert plain.saving == ("pre_loan",) and plain.catching == ("F01",)
    assert saving[365, 36] == {"pre_loan", "post_loan"} and told[365, 36].catching == ("F13",)
    assert saving[365, 60] == {"pre_loan"} and told[365, 60].catching == ("F16",)
    lost = {(firm, month): life_of(put_right(preset, month), firm).lost_cny
            for month in (36, 60) for firm in costliest[36]}  # fmt: skip
    assert f"{lost[1351, 36]:,.0f} CNY not recovered at 36" in guide
    assert f"{lost[1351, 60]:,.0f} are lost in the end" in guide
    assert f"loses {told[365, 60].modes['F16'].lost_cny:,.0f} CNY instead of " in guide
    assert f"instead of {lost[365, 60]:,.0f}; *Sue*" in guide
    assert f"{lost[1079, 36]:,.0f} CNY not recovered at 36, nothing lost at 60" in guide
    assert lost[1079, 60] == 0.0


def test_what_becomes_of_the_defaults_of_the_first_plan(guide: str) -> None:
    settings = Settings(preset="unverified_statements")
    sale = cny(story_of("unverified_statements", 1351), "recovery", 54, "recovered_fen")
    assert f"In month 54 its registered mortgage is sold for {sale} CNY" in guide
    assert ("default", 47) in happened("unverified_statements", 365, "F13")
    assert ("default", 47) in happened("unverified_statements", 365, "post_loan")
    story = journal_of(settings.but(months=108), 365, 108).events
    assert {("hiding", 34), ("surfacing", 88), ("end", 107)} <= {(e.what, e.month) for e in story}
    end = next(e for e in story if e.what == "end")
    assert end.facts["lost_fen"] == 0


def test_one_loan_is_three_losses(guide: str) -> None:
    usual, refused = (
        lesson("unverified_statements", 36, decisions=decisions)
        for decisions in ([], [{"month": 21, "enterprise": 1351, "order": "refuse"}])
    )
    row = int(np.flatnonzero(usual.model.loans["enterprise"] == 1351)[-1])
    assert usual.model.scale == 24.0 and "a bank 24 times as large" in guide
    sums, granted = {}, {}
    for month in (36, 60):
        usual.go_to(month), refused.go_to(month)
        own, twin, loans = came_to(usual), came_to(refused), usual.model.loans
        new = (loans["cohort"] == NEW_LENDING) & (loans["previous"] < 0)
        granted[month] = f"{int(new.sum()):,}"
        open_fen = loans["ead_fen"][row] - loans["recovered_fen"][row]
        sums[month] = [
            f"{one:.1f}" for one in (
                24.0 * open_fen / FEN_PER_CNY / 1e6, own["lost"] - twin["lost"],
                twin["result"] - own["result"], twin["result"], own["result"],
            )
        ]  # fmt: skip
        if month == 36:
            before = [booked(one.model, "result_fen", 0) for one in (usual, refused)]
            provisions = twin["result"] - own["result"] - (before[1] - before[0])
    assert f"one loan of {granted[36]} granted by month 36 ({granted[60]} by month 60)" in guide
    for told in (
        "which is {} m CNY of the bank (list and quiz); {} in *Expected loss on it*",
        "and {2} in the result ({3} with *Refuse*, {4} without)",
    ):
        assert told.format(*sums[36]) in guide, sums[36]
    assert f"without), {provisions:.1f} of it provisions" in guide
    assert "{}, {} and {} ({} against {})".format(*sums[60]) in guide
    more = came_to(lesson())["result"] - came_to(usual)["result"]
    assert f"The process is {more:.0f}:" in guide


def test_the_case_of_the_second_plan(guide: str) -> None:
    usual, story = happened("late_watch_list", 52), story_of("late_watch_list", 52)
    assert f"{cny(story, 'drawing', 38, 'drawn_fen')} CNY of its limit" in guide
    assert {("missed_visit", 28), ("desk_visit", 31), ("missed_visit", 34), ("missed_visit", 37),
            ("distress", 37), ("drawing", 38), ("default", 42)} <= usual  # fmt: skip
    assert not any(what == "alert" and month > 6 for what, month in usual)
    unread = {("visit_report", 37), ("unread_alert", 40), ("default", 42)}
    assert unread <= happened("late_watch_list", 52, "F12")
    assert {("missed_visit", 37), ("default", 42)} <= happened("late_watch_list", 52, "F13")
    both = happened("late_watch_list", 52, "F12", "F13")
    assert {("visit_report", 37), ("answer", 38), ("early_collection", 38), ("repaid", 42)} <= both
    early = cny(story_of("late_watch_list", 52, "F12", "F13"), "early_collection", 38, "paid_fen")
    assert f"in month 38, {early} CNY are collected early" in guide
    found_out = answer(Settings(preset="late_watch_list"), 52, 60, ("F12", "F13"))
    assert found_out.saving == tuple(STAGES) and not found_out.catching
    assert f"defaulted in month 42; {found_out.usual.lost_cny:,.0f} CNY are lost" in guide


def test_the_levers_of_the_second_plan(guide: str) -> None:
    usual = judged("late_watch_list", 52)
    assert judged("late_watch_list", 52, 37, "visit") == usual
    closed = lesson("late_watch_list", 37).decide(52, "visit")
    events = journal_of(closed.settings, 52, 41).events
    assert ("unread_alert", 40) in {(e.what, e.month) for e in events}
    for month in (37, 38):
        life = judged("late_watch_list", 52, month, "restructure")
        assert life == Life(usual.lent_cny, 0.0, defaulted=False)
        later = judged("late_watch_list", 52, month, "restructure", until=96)
        assert not later.defaulted  # not only put off
    assert "restructure" in ROLES["branch_head"].orders
    for month, order, told in (
        (37, "cut", "freezes what is not drawn: {:,.0f} CNY are lost"),
        (38, "approve", "on old terms, loses {:,.0f}"),
        (37, "collateral", "*Ask for security* in month 37 loses {:,.0f} by month 60"),
    ):
        assert told.format(judged("late_watch_list", 52, month, order).lost_cny) in guide, order


def test_what_each_put_right_saves(guide: str) -> None:
    late = saved("late_watch_list", [], ["F12"], ["F13"], ["F12", "F13"], ["post_loan"])
    assert f"Of the {late[0]} loans in default at month 60" in guide
    assert (
        late[1] == 0
        and (
            "visits put right alone save none, answered warnings {}, both together {}, post-loan "
            "management as a whole {}".format(*late[2:])
        )
        in guide
    )
    stamp = saved("rubber_stamp", [], ["approval"], ["F09"], ["pre_loan"], ["F07"])
    assert (
        "Of the {} loans in default, approval put right alone saves {}, most of them by limits "
        "that fit (F09 alone: {})".format(*stamp)
    ) in guide
    assert stamp[3] == stamp[1]
    assert f"F07 (rubber stamp) {stamp[4]}: " in guide


def test_the_counter_example_of_the_second_plan(guide: str) -> None:
    settings = Settings(preset="late_watch_list")
    story = journal_of(settings.but(months=67), 154, 67).events
    assert {("missed_visit", 33), ("missed_visit", 36), ("missed_visit", 39), ("alert", 34),
            ("unread_alert", 38), ("refusal", 41), ("default", 44), ("end", 66),
            } <= {(e.what, e.month) for e in story}  # fmt: skip
    alert = next(e for e in story if e.what == "unread_alert")
    assert alert.truth["distressed"] == "sound"
    assert next(e for e in story if e.what == "end").facts["lost_fen"] == 0
    codes = [mode.code for mode in FAILURES]
    verdict = answer(settings, 154, 60, codes)
    assert not verdict.saving and not verdict.catching
    assert f"not recovered then, {verdict.usual.lost_cny:,.0f} CNY, is only waiting" in guide
    for month, order in ((33, "visit"), (38, "visit"), (40, "restructure"), (45, "sue")):
        assert judged("late_watch_list", 154, month, order) == verdict.usual
    assert judged("late_watch_list", 154, 34, "restructure").lost_cny > verdict.usual.lost_cny


def test_a_firm_that_fails_on_an_older_loan_instead_is_not_saved() -> None:
    lives = []
    for switches, failed in (((), NEW_LENDING), (("F13",), LEGACY)):
        model = put_right("late_watch_list", 60, *switches)
        own = model.loans[(model.loans["enterprise"] == 69) & (model.loans["default_month"] >= 0)]
        assert set(own["cohort"]) == {failed}
        lives.append(life_of(model, 69))
    assert not is_saved(*lives)


def test_the_guarantors_who_did_nothing_wrong(guide: str) -> None:
    settings = Settings(preset="guarantee_circle")
    model = lesson("guarantee_circle").model
    for firm, called, place in ((59, 8, -1), (62, 8, -1), (64, 23, -2)):
        since = loans_of_firm(model, firm)[place].month
        assert firm != 64 or f"its loan of month −{-since}," in guide
        journal = journal_of(settings, firm, 60)
        papers = case_of(journal, "en", role="branch_head", first=since).documents
        assert any(paper.month == called and "called as guarantor" in line.text
                   for paper in papers for line in paper.lines)  # fmt: skip
        if firm == 62:
            assert ("repaid", 29) in {(e.what, e.month) for e in journal.events}
        if firm == 64:
            assert ("repaid", 21) in {(e.what, e.month) for e in journal.events}
            paid = [e for e in journal.events if e.what == "call_paid" and e.month >= 0]
            assert [e.month for e in paid] == [24, 25, 26]
            sum_cny = sum(e.facts["paid_fen"] for e in paid) / FEN_PER_CNY
            assert f"pays {sum_cny:,.0f} CNY for another member" in guide


@pytest.mark.long
def test_the_table_over_worlds(guide: str) -> None:
    """Mean difference from L Bank in the same worlds, with its 95 % interval."""
    worlds = {
        preset: pd.DataFrame([came_to(lesson(preset, replication=r)) for r in range(WORLDS)])
        for preset in PRESETS
    }
    for preset, sums in worlds.items():
        gap = sums - worlds["l_bank"]
        half = 1.96 * gap.std(ddof=1) / np.sqrt(WORLDS)
        told = [f"{mean:+,.0f} ± {h:,.0f}" if m.name in ("lent", "refused", "result")
                else f"{mean:+,.1f} ± {h:,.1f}"
                for m, mean, h in zip(MEASURES, gap.mean(), half, strict=True)]  # fmt: skip
        if preset == "l_bank":
            told = [m.told.format(sums[m.name].mean()) for m in MEASURES]
        row = f"| {said('en', f'preset.{preset}')} | {' | '.join(told)} |".replace("-", "−")
        print(row)
        assert row in guide.replace("-", "−"), row
