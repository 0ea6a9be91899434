"""The report: whole, without network, the same bytes again, and its words those of the tables."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from importlib import util
from pathlib import Path

import pandas as pd
import pytest
from matplotlib.image import imread

from agents.parameters import all_parameters
from experiments import Study, StudyError, cli
from experiments.arms import arm_title
from experiments.comparison import differs
from experiments.report import write_report
from experiments.report.answer import answer
from experiments.report.drivers import drivers
from experiments.report.findings import Findings, findings
from experiments.report.gallery import pictures
from experiments.report.limits import NOT_MODELLED
from experiments.report.page import html, python_call
from experiments.tables import signed
from scenarios import load_scenario

ROOT = Path(__file__).parents[3]
FOUR = ["pre_loan_process", "risk_warning", "internal_control", "staff_ability"]
VOID = {"meta", "link", "br", "img", "hr", "input"}
FOREIGN = re.compile(r"^(?!#|data:)")


class Page(HTMLParser):
    """What a page is made of; complains of tags that do not close."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.ids: Counter[str] = Counter()
        self.addresses: list[str] = []
        self.roles: list[dict[str, str | None]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()
        assert not self.open, self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_startendtag(tag, attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        for name, value in attrs:
            if name == "id":
                self.ids[str(value)] += 1
            if name in ("src", "href", "xlink:href", "action", "srcset", "data", "poster"):
                self.addresses.append(str(value))
        if ("role", "img") in attrs:
            self.roles.append(dict(attrs))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


@pytest.fixture(scope="session")
def text(eventful: Study, folder: Path) -> str:
    write_report(eventful, folder / "report.html", figures=folder / "figures")
    return (folder / "report.html").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("report")


@pytest.fixture(scope="session")
def page(text: str) -> Page:
    return Page(text)


def test_the_page_closes_its_tags_and_names_nothing_twice(page: Page) -> None:
    assert page.tags["h1"] == 1
    assert [name for name, number in page.ids.items() if number > 1] == []
    anchors = {address[1:] for address in page.addresses if address.startswith("#")}
    assert {a for a in anchors if a} <= set(page.ids)


def test_nothing_is_asked_of_the_network(text: str, page: Page) -> None:
    assert [a for a in page.addresses if FOREIGN.match(a)] == []
    assert page.tags["script"] == page.tags["iframe"] == 0
    assert not re.search(r"url\((?!#)|@import", text)
    assert "default-src 'none'" in text


def test_every_picture_has_words_and_numbers(page: Page, found: Findings) -> None:
    shown = list(pictures(found))
    assert [p.name for p in shown] == [
        "comparison", "waterfall", "cost", "losses", "npl_fan", "loss_fan", "vintages", "rolls",
        "segments",
    ]  # fmt: skip
    assert len(page.roles) == page.tags["figcaption"] == page.tags["svg"] == len(shown)
    assert [role["aria-label"] for role in page.roles] == [p.finding for p in shown]
    for picture in shown:
        widths = {len(row) for row in picture.grid.rows}
        assert widths == {len(picture.grid.headings)}, picture.name


def test_every_picture_is_also_written_as_png(text: str, folder: Path, page: Page) -> None:
    written = {path.stem for path in (folder / "figures").iterdir()}
    assert len(written) == page.tags["svg"]
    assert written <= set(page.ids)
    for path in (folder / "figures").iterdir():
        pixels = imread(path)[:, :, :3]
        assert 0.003 < (pixels.min(axis=2) < 0.9).mean() < 0.6, path.name


def test_the_answer_holds_the_numbers_of_the_tables(found: Findings) -> None:
    planted = found.comparison.copy()
    plant(planted, "internal_control", (-0.31, -0.4, -0.22), (-0.25, -0.6, 0.1))
    plant(planted, "tighter_cutoff", (-0.3, -0.4, -0.2), (-0.4, -0.5, -0.3))
    sentences = answer(found._replace(comparison=planted))
    assert sentences[0].startswith(
        "Of the strategies Internal credit-risk control lowers the loss rate of new "
        "lending most: -31.0 [-40.0, -22.0] % with the assumptions as declared and "
        "-25.0 [-60.0, +10.0] % with the assumptions drawn, which is not resolved"
    )
    rivals = [arm for arm in FOUR if arm != "internal_control"]
    near = [arm for arm in rivals if not differs(found.study.runs, arm, "internal_control")]
    told = sentences[0].partition("it is not told from ")[2].rstrip(".")
    assert [t for t in told.split(", ") if t] == [arm_title(found.study.scenario, a) for a in near]
    whole = planted[planted["strategy"].str.contains(r"\+") & (planted["measure"] == "loss_rate")]
    for value in whole["relative_change"]:
        assert f"{signed(100.0 * value)}" in sentences[1]
    assert sentences[1].startswith("All four strategies: ")
    assert sentences[2].startswith("All four strategies against a baseline whose cut-off is moved")
    for sentence, interval in zip(sentences[3:], ("luck", "assumptions"), strict=True):
        npv = found.money[(found.money["reference"] == "baseline")
                          & (found.money["interval"] == interval)
                          & (found.money["strategy"] != "without_F01")]  # fmt: skip
        named = npv[(npv["npv_high"] < 0.0) | (npv["npv_low"] > 0.0)]
        for arm in named["strategy"]:
            assert arm_title(found.study.scenario, arm) in sentence
        assert f"across it for {len(npv) - len(named)} of {len(npv)} alternatives" in sentence
        assert ("a rival" in sentence) == ("tighter_cutoff" in set(named["strategy"]))


def plant(
    comparison: pd.DataFrame, arm: str, luck: tuple[float, ...], drawn: tuple[float, ...]
) -> None:
    """Put changes of an arm's loss rate, with the ends of their intervals, into a comparison."""
    columns = ["relative_change", "relative_low", "relative_high"]
    rows = (comparison["strategy"] == arm) & (comparison["measure"] == "loss_rate")
    for interval, ends in (("luck", luck), ("assumptions", drawn)):
        comparison.loc[rows & (comparison["interval"] == interval), columns] = ends


def test_a_rival_that_loses_less_is_not_left_out(found: Findings) -> None:
    planted = found.comparison.copy()
    plant(planted, "internal_control", (-0.31, -0.4, -0.22), (-0.25, -0.6, 0.1))
    plant(planted, "tighter_cutoff", (-0.5, -0.6, -0.4), (-0.4, -0.5, -0.3))
    second = answer(found._replace(comparison=planted))[1]
    assert second.startswith("Lower still among their rivals")
    assert "Tighter cut-off: -50.0 [-60.0, -40.0] % with the assumptions as declared" in second


def test_two_arms_are_told_apart_where_their_worlds_are() -> None:
    worlds = [0.02, 0.03, 0.025, 0.04]
    runs = pd.DataFrame(
        [{"assumptions": "fixed", "replication": k, "strategy": arm, "loss_rate": rate + gap}
         for k, rate in enumerate(worlds)
         for arm, gap in (("a", 0.0), ("b", 0.01 + 1e-4 * k), ("c", 0.01 * (-1) ** k))]
    )  # fmt: skip
    assert differs(runs, "a", "b") and not differs(runs, "a", "c")
    assert not differs(runs[runs["replication"] < 1], "a", "b")


def test_an_answer_that_is_not_there_is_not_given(found: Findings) -> None:
    worse = found.comparison.copy()
    worse["relative_change"] = worse["relative_change"].abs() + 0.01
    first = answer(found._replace(comparison=worse))[0]
    assert first.startswith("Of the strategies none lowers the loss rate")
    worse.loc[worse["interval"] == "luck", "relative_change"] = float("nan")
    (only,) = answer(found._replace(comparison=worse))
    assert only.startswith("Nothing was lost with the assumptions as declared")


def test_worlds_that_did_not_run_are_not_taken_for_no_loss(found: Findings) -> None:
    drawn = found.comparison[found.comparison["interval"] != "luck"]
    (only,) = answer(found._replace(comparison=drawn))
    assert only.startswith("No world with the assumptions as declared has run")


def test_a_lowest_rate_that_luck_could_have_made_is_called_that(found: Findings) -> None:
    unclear = found.comparison.copy()
    unclear["relative_high"] = unclear["relative_change"].abs() + 0.01
    unclear["relative_change"] = -unclear["relative_change"].abs() - 0.01
    first = answer(found._replace(comparison=unclear))[0]
    assert "has the lowest loss rate of new lending, but luck alone could have made" in first


def test_the_page_tells_what_was_assumed_and_what_was_not_modelled(page: Page) -> None:
    words = " ".join(" ".join(page.words).split())
    for name in all_parameters():
        assert name in words
    for sentence in NOT_MODELLED:
        assert sentence in words


def test_too_few_worlds_tell_nothing_of_what_drives_the_answer(page: Page) -> None:
    words = " ".join(" ".join(page.words).split())
    told = (
        "cannot be told from this study: loss_rate: 4 drawn worlds have an answer; given needs 64"
    )
    assert told in words


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Many very small drawn worlds."""
    sizes = {"enterprises": 60, "months": 3, "burn_in_months": 6, "run_off_months": 4}
    folder = tmp_path_factory.mktemp("drawn") / "study"
    arms = ["risk_warning", "internal_control"]
    study = Study(load_scenario("l_bank", **sizes), arms, 66, 5, references=False)
    study.run(jobs=1, out=folder, files=False)
    study.folder = folder  # type: ignore[attr-defined]
    return study


@pytest.mark.long
def test_drawn_worlds_tell_what_drives_the_answer(drawn: Study) -> None:
    parts = drivers(drawn)
    drawn_parts = [part for part in parts if part.picture]
    assert [part.heading.split()[:2] for part in drawn_parts] == [["What", "drives"]] * 2
    for part in drawn_parts:
        assert part.grid is not None and len(part.grid.rows) == 12
        assert all(len(row) == len(part.grid.headings) for row in part.grid.rows)
        assert part.picture is not None and part.picture.grid == part.grid


@pytest.mark.long
def test_the_chapter_stands_in_the_page_and_is_the_same_again(drawn: Study) -> None:
    text = html(drawn)
    assert Page(text).tags["svg"] == len(list(pictures(findings(drawn)))) + 2
    assert text == html(Study.opened(drawn.folder))  # type: ignore[attr-defined]


def test_without_drawn_worlds_the_chapter_says_so() -> None:
    sizes = {"enterprises": 60, "months": 3, "burn_in_months": 6, "run_off_months": 4}
    study = Study(load_scenario("l_bank", **sizes), ["risk_warning"], 2, 5, "fixed",
                  references=False)  # fmt: skip
    (part,) = drivers(study.run(jobs=1))
    assert "no worlds with drawn assumptions" in part.words[0] and part.picture is None


def test_what_was_not_modelled_is_what_the_model_basis_says() -> None:
    basis = (ROOT / "docs" / "model-basis.md").read_text(encoding="utf-8")
    section = basis.split("## Simplifications")[1]
    items = [" ".join(item.split()) for item in section.split("\n- ")[1:]]
    assert items == list(NOT_MODELLED)


def test_the_page_says_how_it_is_made_again(page: Page, eventful: Study) -> None:
    words = " ".join(page.words)
    assert "loanlab compare l_bank --strategies" in words
    assert "--replications 4 --enterprises 200 --months 12 --seed 5" in words
    for fact in eventful.identity[:3]:
        assert str(fact) in words


def test_a_report_of_replaced_rules_says_so_and_names_no_command(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def approves(score: float, cutoff: float) -> bool:
        return score >= cutoff

    sizes = {"enterprises": 60, "months": 3, "burn_in_months": 6, "run_off_months": 4}
    study = Study(load_scenario("l_bank", **sizes), ["risk_warning"], 2, 5, "fixed",
                  references=False, rules={"approves": approves})  # fmt: skip
    study.run(jobs=1, out=tmp_path / "study", files=False)
    assert not len(study.failures)
    told = "Rules of the model were replaced"
    page = Page(html(Study.opened(tmp_path / "study")))
    words = " ".join(" ".join(page.words).split())
    assert f"{told} by others in every arm, from the fork on: approves." in words
    assert "loanlab compare" not in words and "loanlab replay" not in words
    assert 'rules={"approves": approves}' in words
    assert told not in text and "loanlab replay DIR RUN" in text
    call = python_call(study, ["approves"])
    names = {"approves": approves, "DIR": tmp_path / "again"}
    exec(call.replace("months=3", "months=3, burn_in_months=6, run_off_months=4"), names)
    again = Study.opened(tmp_path / "again", rules={"approves": approves})
    pd.testing.assert_frame_equal(again.runs, study.runs, check_exact=True)


def test_another_process_writes_the_same_bytes(eventful: Study, text: str, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    code = (
        "import sys; from pathlib import Path; from experiments import Study; "
        "from experiments.report import write_report; "
        "write_report(Study.opened(sys.argv[1]), Path(sys.argv[2]))"
    )
    folder = str(eventful.folder)  # type: ignore[attr-defined]
    subprocess.run([sys.executable, "-c", code, folder, str(path)], check=True, cwd=ROOT)
    assert path.read_bytes() == text.encode()
    assert [p.name for p in tmp_path.iterdir()] == ["report.html"]


@pytest.mark.parametrize(
    "asked",
    [{"strategies": [], "assumptions": "fixed"},
     {"strategies": ["risk_warning"], "replications": 1},
     {"strategies": ["tighter_cutoff"], "references": False, "assumptions": "fixed"}],
)  # fmt: skip
def test_a_study_of_little_has_a_report_as_well(asked: dict[str, object], tmp_path: Path) -> None:
    sizes = {"enterprises": 60, "months": 3, "burn_in_months": 6, "run_off_months": 4}
    study = Study(load_scenario("l_bank", **sizes), **{"replications": 2, **asked})  # type: ignore[arg-type]
    write_report(study.run(jobs=1), tmp_path / "report.html")
    Page((tmp_path / "report.html").read_text(encoding="utf-8"))


def test_the_command_writes_report_and_pictures_into_the_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sizes = {"enterprises": 60, "months": 3, "burn_in_months": 6, "run_off_months": 4}
    Study(load_scenario("l_bank", **sizes), ["risk_warning"], 2, assumptions="fixed").run(
        jobs=1, out=tmp_path / "study"
    )
    assert cli.run(["report", str(tmp_path / "study")]) == 0
    assert str(tmp_path / "study" / "report.html") in capsys.readouterr().out
    Page((tmp_path / "study" / "report.html").read_text(encoding="utf-8"))
    assert (tmp_path / "study" / "figures" / "losses.png").exists()
    assert cli.run(["report", str(tmp_path / "nowhere")]) == 2
    assert "nowhere" in capsys.readouterr().err


def test_a_study_that_was_not_run_has_no_report(tmp_path: Path) -> None:
    study = Study(load_scenario("l_bank", enterprises=60), ["risk_warning"], 1)
    with pytest.raises(StudyError, match="not been run"):
        write_report(study, tmp_path / "report.html")


def test_a_missing_extra_is_named(
    eventful: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = util.find_spec
    monkeypatch.setattr(util, "find_spec", lambda name: None if name == "jinja2" else found(name))
    with pytest.raises(StudyError, match=r"loanlab\[report\]"):
        write_report(eventful, tmp_path / "report.html")
    assert not list(tmp_path.iterdir())


def test_a_name_that_looks_like_markup_is_only_a_name(tmp_path: Path) -> None:
    sizes = {"enterprises": 60, "months": 3, "burn_in_months": 6, "run_off_months": 4}
    scenario = replace(load_scenario("l_bank", **sizes), title="<script>alert(1)</script> & Co")
    study = Study(scenario, ["risk_warning"], 2, assumptions="fixed", references=False)
    page = Page(html(study.run(jobs=1)))
    assert page.tags["script"] == 0
    assert any("<script>alert(1)</script> & Co" in words for words in page.words)


BROWSER = next((b for b in ("chromium", "google-chrome", "chrome") if shutil.which(b)), None)


def opened(path: Path, folder: Path) -> tuple[list[str], list[str]]:
    """Open a page in a browser. Returns: what it asked of the network, lines of its console."""
    log = folder / "net.json"
    done = subprocess.run(
        [str(BROWSER), "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
         f"--user-data-dir={folder / 'profile'}", "--enable-logging=stderr",
         f"--log-net-log={log}", f"--screenshot={folder / 'page.png'}", path.as_uri()],
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    events = json.loads(log.read_text(encoding="utf-8"))["events"]
    asked = [event["params"] for event in events if "url" in event.get("params", {})]
    # What the browser asks for itself has no origin.
    own = [p["url"] for p in asked if p.get("initiator", "not an origin") != "not an origin"]
    outside = [url for url in own if not url.startswith(("file:", "data:"))]
    return outside, [line for line in done.stderr.splitlines() if "CONSOLE" in line]


@pytest.mark.skipif(BROWSER is None, reason="no Chromium here to open the report with")
def test_a_browser_opens_it_without_a_request_or_an_error(text: str, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text(text, encoding="utf-8")
    assert opened(path, tmp_path) == ([], [])
    assert (tmp_path / "page.png").stat().st_size > 10_000


@pytest.mark.skipif(BROWSER is None, reason="no Chromium here to open the report with")
def test_the_browser_would_have_told_of_a_request_and_of_an_error(tmp_path: Path) -> None:
    path = tmp_path / "bad.html"
    path.write_text(
        '<img src="http://127.0.0.1:9/x.png"><script>nothing()</script>', encoding="utf-8"
    )
    asked, console = opened(path, tmp_path)
    assert "http://127.0.0.1:9/x.png" in asked
    assert any("nothing" in line for line in console)
