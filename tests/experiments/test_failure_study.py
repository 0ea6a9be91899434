"""Failure modes switched off: what an interval says of an expected sign, table and page."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pandas as pd
import pytest

from agents.failures import FAILURES
from experiments import cli, tables
from experiments.comparison import comparison
from experiments.failure_study import (
    _WITHOUT,
    COLUMNS,
    MEASURES,
    effects,
    exceptions,
    mode_title,
    page,
    verdict,
)  # fmt: skip
from experiments.markdown import made_with, table
from simulation import Scenario
from simulation.switches import SWITCHES

NAN = math.nan


@pytest.mark.parametrize(
    ("mode_does", "low", "high", "told"),
    [
        ("+", -0.3, -0.1, "as expected"),
        ("+", 0.1, 0.3, "opposite"),
        ("+", -0.1, 0.3, "not resolved"),
        ("++", -0.3, -0.1, "as expected"),
        ("0", -0.1, 0.1, "as expected"),
        ("0", 0.1, 0.2, "unexpected"),
        ("0/+", -0.1, 0.1, "as expected"),
        ("0/+", -0.2, -0.1, "as expected"),
        ("0/+", 0.1, 0.2, "opposite"),
        ("+-", -0.2, -0.1, "either sign"),
        ("delay", 0.1, 0.2, "either sign"),
        ("+-", -0.1, 0.1, "not resolved"),
        ("+", NAN, NAN, "not resolved"),
        ("0", NAN, NAN, "not resolved"),
        ("+", 0.0, 0.0, "not resolved"),
        ("", 0.1, 0.2, ""),
    ],
)
def test_verdicts(mode_does: str, low: float, high: float, told: str) -> None:
    assert verdict(mode_does, low, high) == told


def test_every_sign_of_the_sources_is_understood() -> None:
    signs = {sign for mode in FAILURES for sign in mode.expected}
    assert signs <= {*_WITHOUT, "+-", "delay"}
    assert all(len(mode.expected) == len(MEASURES) - 1 for mode in FAILURES)


@pytest.fixture(scope="module")
def found() -> pd.DataFrame:
    """Four worlds; without F01 all is a tenth lower, without F15 LGD is a tenth higher."""
    base = pd.DataFrame({"replication": range(4), "strategy": "baseline"})
    for name in MEASURES:
        base[name] = [1.0, 1.1, 0.9, 1.05]
    levels = list(MEASURES)
    first = base.assign(strategy="without_F01")
    luck = pd.Series([0.001, -0.001, 0.0, 0.001])
    first[levels] = (0.9 * base[levels]).add(luck, axis=0)
    late = base.assign(strategy="without_F15", lgd=1.1 * base["lgd"] + [0.001, 0.0, 0.002, 0.0])
    every = base.assign(strategy="without_failures", loss_rate=0.5 * base["loss_rate"])
    runs = pd.concat([base, first, late, every], ignore_index=True).assign(assumptions="fixed")
    return effects(comparison(runs))


def test_cells_carry_what_the_mode_does_and_the_verdict(found: pd.DataFrame) -> None:
    assert tuple(found.columns) == COLUMNS
    first = found[found["strategy"] == "without_F01"].set_index("measure")
    assert first.loc["default_rate", "relative_change"] == pytest.approx(-0.1, abs=0.002)
    assert first["verdict"].to_dict() == {
        "loss_rate": "", "default_rate": "as expected", "lgd": "unexpected",
        "exposure_at_default_share": "as expected", "disbursed": "as expected",
    }  # fmt: skip
    late = found[found["strategy"] == "without_F15"].set_index("measure")
    assert late.loc["lgd", ["mode_does", "verdict"]].tolist() == ["++", "opposite"]
    assert late.loc["default_rate", "verdict"] == "as expected"
    every = found[found["strategy"] == "without_failures"]
    assert set(every["verdict"]) == {""}


def test_each_mode_that_is_not_as_expected_has_a_sentence(found: pd.DataFrame) -> None:
    assert exceptions(found) == [
        "F01 Unverified statements: unexpected: LGD.",
        "F15 Late collection: opposite: LGD.",
    ]
    fine = found[(found["strategy"] == "without_F01") & (found["measure"] != "lgd")]
    assert exceptions(fine) == []


def test_the_page_says_how_it_was_made(found: pd.DataFrame, tiny: Scenario) -> None:
    made = made_with("failures", "my bank.toml", replications=4, enterprises=None, seed=7)
    assert made == "```sh\nloanlab failures 'my bank.toml' --replications 4 --seed 7\n```"
    text = "\n\n".join(page(found, tiny, made))
    assert made in text and "in 4 worlds, assumptions as declared" in text
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert rows[0] == "| Without | Loss rate | PD | LGD | EAD | Volume |"
    assert len(rows) == 2 + 3
    assert "(++) opposite |" in next(row for row in rows if "F15" in row)
    assert "- F15 Late collection: opposite: LGD." in text.splitlines()


def test_a_cell_of_a_page_stays_on_its_line() -> None:
    assert table(["a"], [["x | y\nz"]]) == "| a |\n| --- |\n| x \\| y z |"


def test_all_switches_have_a_title_of_their_own() -> None:
    titles = [mode_title(arm) for arm in SWITCHES]
    assert len(set(titles)) == len(SWITCHES) == 20
    assert titles[0] == "F01 Unverified statements"
    assert titles[-4:] == [
        "All pre-loan modes", "All approval modes", "All post-loan modes", "All modes",
    ]  # fmt: skip


def test_the_command_writes_tables_and_a_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = 'schema_version = 1\nextends = "l_bank"\nburn_in_months = 6\nrun_off_months = 4\n'
    (tmp_path / "tiny.toml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    line = ["failures", "tiny.toml", "--enterprises", "60", "--months", "3", "--jobs", "1",
            "--replications", "2", "--markdown", "failures.md"]  # fmt: skip
    assert cli.run(line) == 0
    out = capsys.readouterr().out
    assert all(len(row) <= tables.WIDTH for row in out.splitlines())
    assert "F16 Hidden" in out and "All modes" in out and "failures.md" in out
    written = pd.read_csv(tmp_path / "results" / "tiny_failures" / "failures.csv")
    assert tuple(written.columns) == COLUMNS
    assert len(written) == 20 * len(MEASURES) and set(written["replications"]) == {2}
    runs = pd.read_csv(tmp_path / "results" / "tiny_failures" / "runs.csv")
    assert len(runs) == 2 * 21 and set(runs["assumptions"]) == {"fixed"}
    page_text = (tmp_path / "failures.md").read_text(encoding="utf-8")
    assert (
        "\nloanlab failures tiny.toml --replications 2 --enterprises 60 --months 3 --seed 7 "
        "--markdown failures.md\n"
    ) in page_text
    assert cli.run([*line, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert len(told["failures"]) == len(written) and told["replications"] == 2
