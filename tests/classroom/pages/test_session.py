"""A whole session in a browser, from a preset to the same numbers again, in both languages.

With LOANLAB_PICTURES the picture of each step goes into that folder: `make pictures`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from test_pages import Visit, small
from visitors import Visitor

from classroom.codes import settings_from
from classroom.debrief import fingerprint, numbers
from classroom.timeline import Timeline
from classroom.words import LANGUAGES

Keep = Callable[[Any, str], None]


@pytest.fixture
def keep(tmp_path: Path) -> Keep:
    """Keeps the picture of a page under a name."""
    folder = Path(os.environ.get("LOANLAB_PICTURES", tmp_path))

    def kept(page: Any, name: str) -> None:
        page.mouse.move(2, 2)  # nothing is pointed at
        page.wait_for_timeout(600)
        seen = Image.open(BytesIO(page.screenshot())).convert("RGB")
        seen.quantize(256, Image.Quantize.MAXCOVERAGE).save(folder / f"{name}.png", optimize=True)

    return kept


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_a_session_from_a_preset_to_the_same_numbers_again(
    visit: Visit, keep: Keep, language: str
) -> None:
    words = LANGUAGES[language]
    visitor = visit(f"{small(enterprises=400)}&lang={language}")
    page = visitor.page
    page.set_default_timeout(10_000)

    def picture(step: str) -> None:
        assert visitor.fits()
        keep(page, f"{step}_{language}")

    def firm() -> str:
        return page.inner_text("[data-show=case]")

    # a preset, played to the first default
    visitor.choose("preset", words["preset.late_watch_list"])
    visitor.until(lambda: words["lesson.late_watch_list"] in page.inner_text(".desk"))
    visitor.choose("speed", words["per_second"].format(months=8))
    visitor.do("play")
    visitor.until(lambda: ["granted", "defaulted"] in visitor.bands(), 60.0)
    visitor.do("play")
    visitor.rest()
    month = visitor.month
    assert 0 < month < 36
    filled = words["filling"].format(done=20, worlds=20)
    visitor.until(lambda: filled in page.inner_text("main"), 60.0)
    picture("1_first_default")

    # its name in the chart, its loan, its case
    visitor.click_node("defaulted")
    page.wait_for_selector(".q-dialog table button")
    picture("2_band")
    page.click(".q-dialog table button >> nth=0")
    visitor.until(lambda: page.query_selector(".document") is not None)
    case = firm()
    sealed = page.inner_text("[data-show=papers]")
    assert words["modes"] not in sealed and words["kind.truth"] not in sealed
    picture("3_case_sealed")

    # a guess, judged
    visitor.tab("quiz")
    visitor.until(lambda: page.query_selector("[data-do=quiz_judge]") is not None)
    visitor.until(lambda: case in page.inner_text("main"))
    page.click("[data-do=quiz_stage] .q-radio >> nth=0")
    page.click("[data-do=quiz_mode] .q-radio >> nth=0")
    visitor.do("quiz_judge")
    visitor.until(lambda: page.inner_text("[data-show=verdict]") != "", 30.0)
    verdict = page.inner_text("[data-show=verdict]")
    assert words["quiz_right"] in verdict or words["quiz_wrong"] in verdict
    assert all(words[stage] in verdict for stage in ("pre_loan", "approval", "post_loan"))
    picture("4_quiz")

    # the truth
    visitor.tab("case")
    assert firm() == case
    visitor.do("reveal")
    visitor.until(lambda: page.query_selector(".document.truth, .document .truth") is not None)
    picture("5_case_revealed")

    # back to where a visit can still be made, with the keys; it is made
    while page.query_selector("[data-do=order-visit]") is None:
        now = visitor.month
        assert now > 0
        page.keyboard.press("j")
        orders = f"[data-show=orders][data-month='{now - 1}']"
        visitor.until(lambda at=orders: page.query_selector(at) is not None)
    decided = visitor.month
    picture("6_decide")
    visitor.do("order-visit")
    visitor.until(lambda: visitor.month == decided + 1)
    while visitor.month < month:
        now = visitor.month
        page.keyboard.press("l")
        visitor.until(lambda now=now: visitor.month == now + 1)

    # compared with the bank that did not go
    visitor.tab("twin")
    visitor.do("without_decisions")
    visitor.until(lambda: words["measure.lent"] in page.inner_text("[data-show=twin]"))
    picture("7_compared")

    # taken home, and brought back
    data, code = taken_home(visitor)
    picture("8_code")
    with page.expect_download() as download:
        visitor.do("debrief")
    debrief = download.value.path().read_text(encoding="utf-8")
    assert code in debrief and words["decisions"] in debrief and case in debrief
    paper = visitor.context.new_page()
    paper.set_content(debrief)
    keep(paper, f"9_debrief_{language}")

    lesson = settings_from(code)
    assert [(d.month, d.order) for d in lesson.decisions] == [(decided, "visit")]
    again = Timeline(lesson)
    again.go_to(month)
    assert data["month"] == month and data["fingerprint"] == fingerprint(again)
    assert data["numbers"] == numbers(again)
    assert data["twin"]["settings"] == lesson.but(decisions=[]).model_dump(mode="json")
    reopened = visit(f"?run={code}&month={month}&lang={language}")
    reopened.tab("code")
    same, own = taken_home(reopened)
    assert own == code
    assert {**same, "twin": None} == {**data, "twin": None}


def taken_home(visitor: Visitor) -> tuple[dict[str, Any], str]:
    """What is exported, and the code that is shown."""
    visitor.tab("code")
    with visitor.page.expect_download() as download:
        visitor.do("export")
    data = json.loads(download.value.path().read_text(encoding="utf-8"))
    return data, visitor.page.inner_text("[data-show=code]")
