"""The command: what it prints and writes, what it refuses."""

from __future__ import annotations

import base64
import json
import math
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from experiments import cli, tables
from experiments.validation import report, running
from experiments.validation.estimators import Estimate
from experiments.validation.facts import FACTS
from experiments.validation.figures import NO_TARGET, bounds, strip
from experiments.validation.report import number_text, target_text
from experiments.validation.running import FactResult, Measured, Validation, closing_line


@pytest.fixture(scope="module")
def quick(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A quick run of everything: its folder, and what it printed as JSON."""
    folder = tmp_path_factory.mktemp("validate")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        printed: list[str] = []
        patch.setattr("builtins.print", lambda *a, **k: None if "file" in k else printed.append(*a))
        line = ["validate", "--quick", "--jobs", "1", "--report", "--markdown", "page.md", "--json"]
        assert cli.run(line) == 0
    return folder, printed[0]


def test_a_quick_run_measures_every_fact_and_judges_none(quick: tuple[Path, str]) -> None:
    folder, printed = quick
    told = json.loads(printed)
    assert [row["fact"] for row in told["facts"]] == sorted(
        fact.number for fact in FACTS for _ in fact.parts
    )
    assert {row["verdict"] for row in told["facts"]} == {None, "not judged"}
    assert {row[end] for row in told["facts"] for end in ("low", "high", "fact_verdict")} == {None}
    assert told["closing"] == "Too small to judge: run without --quick."
    values = [row["value"] for row in told["facts"]]
    assert sum(value is None for value in values) <= 3  # e.g. no default at a lead in tiny worlds
    written = pd.read_csv(folder / "results" / "validation" / "facts.csv")
    assert len(written) == len(values)
    posts = [row for row in told["facts"] if row["fact"] == 11]
    assert posts[0]["value"] != 0.0  # a post was closed
    exact = {row["closed_form"]: row["verdict"] for row in told["closed_forms"]}
    luck = [row for row in told["closed_forms"] if row["closed_form"] == "Vasicek"]
    assert {row[n] for row in luck for n in ("low", "high", "holds", "verdict")} == {None}
    assert [exact[n] for n in ("Full recovery", "Perfect information", "Nothing done")] == (
        ["holds"] * 3
    )


def test_the_report_needs_no_other_file(quick: tuple[Path, str]) -> None:
    text = (quick[0] / "results" / "validation" / "report.html").read_text(encoding="utf-8")
    assert not re.search(r'(?:src|href)="(?!data:|#)', text) and "url(" not in text
    assert "<script" not in text
    pictures = re.findall(r'src="data:image/svg\+xml;base64,([^"]+)"', text)
    assert len(pictures) == sum(len(fact.parts) for fact in FACTS)
    for picture in pictures:
        assert ET.fromstring(base64.b64decode(picture)).tag.endswith("svg")
    for fact in FACTS:
        assert f'id="fact-{fact.number}"' in text
    assert "Calibrated facts" in text and "Free facts" in text and "Closed forms" in text


def test_the_page_tells_facts_and_the_command_that_made_it(quick: tuple[Path, str]) -> None:
    text = (quick[0] / "page.md").read_text(encoding="utf-8")
    assert "loanlab validate --quick --seed 7 --markdown page.md" in text
    assert text.index("## Calibrated facts") < text.index("## Free facts")
    assert all(f"| {fact.number} {fact.name}: " in text for fact in FACTS)
    assert "`write_off_months` (A, drawn)" in text and "`fixed_cost` (C)" in text
    assert all(word in text for word in ("too small to judge", "## Beside the verdict"))
    assert "| years | enterprises 240, burn_in_months 72, run_off_months 96 (full run: " in text


def test_a_fact_alone_on_the_screen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.run(["validate", "--quick", "--jobs", "1", "--facts", "13"]) == 0
    out = capsys.readouterr().out
    assert all(len(row) <= tables.WIDTH for row in out.splitlines())
    assert "13 End of the quarter" in out and "Free facts" in out
    assert "Calibrated facts" not in out and "Closed forms" not in out
    assert sorted(p.name for p in (tmp_path / "results" / "validation").iterdir()) == [
        "facts.csv", "manifest.json",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--facts", "3,99"], "there is no fact '99'; allowed: numbers from 1 to 18"),
        (["--seed", "-1"], "seed = -1 is not allowed"),
        (["--jobs", "0"], "jobs = 0 is not allowed"),
        (["--markdown", "page.txt"], "allowed: a file that ends in .md"),
        (["--out", "taken"], "allowed: a folder, new, empty or of a validation"),
    ],
)
def test_bad_input_is_a_sentence(
    words: list[str], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "mine.txt").write_text("mine", encoding="utf-8")
    assert cli.run(["validate", "--quick", *words]) == 2
    error = capsys.readouterr().err
    assert told in error and "Traceback" not in error


def test_a_report_without_its_extra_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(report.util, "find_spec", lambda name: None)
    assert cli.run(["validate", "--quick", "--report"]) == 2
    assert "loanlab[report]" in capsys.readouterr().err
    assert not (tmp_path / "results").exists()


def test_a_closed_form_that_fails_is_a_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    form = running.ClosedForm(
        "Broken", "nothing", FACTS[0].parts[0].sample,
        lambda worlds: [running.Check("it", 2.0, 0.0, 1.0)], exact=True,
    )  # fmt: skip
    monkeypatch.setattr("experiments.validation.closed_forms.CLOSED_FORMS", (form,))
    monkeypatch.setattr("experiments.validation.facts.FACTS", ())
    assert cli.run(["validate", "--quick", "--jobs", "1"]) == 1
    assert "a closed form does not hold" in capsys.readouterr().err


# --- texts and pictures ---------------------------------------------------------------------------


def test_numbers_and_targets_in_their_units() -> None:
    assert number_text(0.02345, "%") == "2.3" and number_text(-0.0001, "change") == "+0.0"
    assert number_text(math.nan, "number") == "-" and number_text(0.0, "change") == "0"
    assert target_text((0.0, math.inf), "change") == "above 0 %"
    assert target_text((-math.inf, 0.15), "%") == "below 15.0 %"
    assert target_text((24.0, 54.0), "months") == "24 to 54 months"
    assert target_text((-0.15, -0.05), "points a year") == "-15.0 to -5.0 points a year"


def result(number: int, verdict: str) -> FactResult:
    fact = FACTS[number - 1]
    measured = Measured(fact.parts[0], Estimate(1.0, 0.9, 1.1), verdict, 10)  # type: ignore[arg-type]
    return FactResult(fact, (measured,))


def test_the_closing_line_counts_free_facts_apart() -> None:
    facts = (result(1, "holds"), result(8, "holds"), result(6, "misses"), result(15, "open"))
    line = closing_line(Validation(facts, (), (), {}, {}, quick=False))
    assert line == "2 of 4 facts hold, 1 of the 3 free ones."


def test_the_closing_line_says_whether_what_was_wanted_is_reached() -> None:
    holding = tuple(result(fact.number, "holds") for fact in FACTS)
    told = closing_line(Validation(holding, (), (), {}, {}, quick=False))
    assert told.endswith("Wanted were 15 facts and 8 free ones; not reached: 8 free ones.")
    lost = tuple(result(fact.number, "open") for fact in FACTS)
    told = closing_line(Validation(lost, (), (), {}, {}, quick=False))
    assert told.startswith("0 of 18 facts hold, 0 of the 7 free ones.")
    assert told.endswith("not reached: 15 facts and 8 free ones.")


@pytest.mark.parametrize(
    ("found", "target"),
    [
        ((0.1, 0.05, 0.2), (0.0, math.inf)),
        ((0.1, 0.05, 0.2), (-math.inf, 0.0)),
        ((0.3, 0.3, 0.3), (1.0, 2.0)),
        ((5.0, math.nan, math.nan), (1.0, 2.0)),
        ((math.nan, math.nan, math.nan), (0.0, math.inf)),
        ((0.0, 0.0, 0.0), (0.0, math.inf)),
        ((0.1, 0.05, 0.2), NO_TARGET),
    ],
)
def test_a_strip_shows_value_interval_and_target(
    found: tuple[float, float, float], target: tuple[float, float]
) -> None:
    low, high = bounds(Estimate(*found), target)
    known = [v for v in (*found, *target) if math.isfinite(v)]
    assert low < min(known) and max(known) < high
    text = base64.b64decode(strip(Estimate(*found), target).split(",")[1])
    assert ET.fromstring(text).tag.endswith("svg")
    assert strip(Estimate(*found), target) == strip(Estimate(*found), target)


@pytest.mark.long
def test_the_full_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every part has an interval, and every closed form holds."""
    monkeypatch.chdir(tmp_path)
    assert cli.run(["validate", "--report"]) == 0
    found = pd.read_csv(tmp_path / "results" / "validation" / "facts.csv")
    assert np.isfinite(found[["value", "low", "high"]].to_numpy()).all()
    forms = pd.read_csv(tmp_path / "results" / "validation" / "closed_forms.csv")
    assert (forms["verdict"] == "holds").all()
