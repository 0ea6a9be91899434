"""What the facilitator's guide says of the lessons is what they come to."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from classroom.presets import PRESETS
from classroom.quiz import answer, questions
from classroom.ratios import ratios
from classroom.settings import Settings
from classroom.timeline import Timeline, journal_of
from classroom.twin import MEASURES, differences
from classroom.words import said

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "facilitator.md"
WORLDS = 100


def lesson(preset: str = "l_bank", month: int = 60, **changes: float) -> Timeline:
    """A lesson as it opens, played to a month."""
    timeline = Timeline(Settings(preset=preset).but(**changes))
    timeline.go_to(month)
    return timeline


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
    hidden, usual = (ratios(lesson(p).model) for p in ("evergreening", "l_bank"))
    last, other = 100 * hidden.iloc[-1], 100 * usual.iloc[-1]
    assert (
        f"reports {last['npl_ratio']:.1f} % non-performing, about as much as L Bank "
        f"({other['npl_ratio']:.1f} %); true are {last['npl_ratio_true']:.1f} % (L Bank "
        f"{other['npl_ratio_true']:.1f} %)"
    ) in guide
    assert (hidden["evergreened_share"].loc[0:55] == 1.0).all() and "Until month 55" in guide


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
        gaps = differences(lesson(month=month).model, lesson(month=month, pre_loan=0.8).model)
        assert words.format(**{gap.name: abs(gap.twin - gap.own) for gap in gaps}) in guide


def test_the_cases_of_the_first_plan(guide: str) -> None:
    timeline = lesson("unverified_statements", 36)
    settings, rows = timeline.settings, questions(timeline.model, 8)
    firms = [int(timeline.model.loans["enterprise"][row]) for row in rows]
    assert firms[:2] == [365, 1351]
    saved = [answer(settings, firm, 36, ()).saving for firm in firms]
    assert sum("pre_loan" in one for one in saved) == 6 and "In six of the eight" in guide
    plain = answer(settings, 1351, 36, ["F01", "F02"])
    assert plain.saving == ("pre_loan",) and plain.catching == ("F01",)
    first = answer(settings, 365, 36, ["F01", "F13"])
    assert set(first.saving) == {"pre_loan", "post_loan"} and first.catching == ("F13",)
    decision = next(d for d in journal_of(settings, 1351, 36).decisions if d.month == 21)
    assert not any(note.made for note in decision.checks) and decision.full_check_fen == 0
    told = (f"believed {decision.believed:+.2f} sd of repayment capacity, true were "
            f"{decision.true:+.2f} sd, the cut-off lay at {decision.cutoff:+.2f}")  # fmt: skip
    assert told.replace("-", "−") in guide.replace("-", "−")


def test_the_case_of_the_second_plan(guide: str) -> None:
    events = {(e.what, e.month) for e in journal_of(lesson("late_watch_list", 0).settings, 154, 48)
              .events}  # fmt: skip
    assert {("missed_visit", 33), ("missed_visit", 36), ("missed_visit", 39), ("desk_visit", 42),
            ("alert", 34), ("unread_alert", 38), ("default", 44)} <= events  # fmt: skip
    assert "firm 154" in guide


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
