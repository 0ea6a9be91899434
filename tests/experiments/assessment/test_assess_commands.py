"""The command: files, screen, JSON, the scenario that it writes, wrong input."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from matplotlib.image import imread

from experiments import cli
from experiments.assessment.belief import L_BANK
from scenarios import difference, load_scenario

SMALL = ["--enterprises", "200", "--months", "6", "--replications", "2", "--resamples", "200"]


def shades(path: Path) -> int:
    """How many colours a picture has: an empty one has few."""
    picture = imread(path)
    return len({tuple(pixel) for pixel in picture.reshape(-1, picture.shape[2])[::50]})


def test_a_questionnaire_on_screen_and_in_files(tmp_path: Path, capsys: Any) -> None:
    out = tmp_path / "found"
    assert cli.run(["assess", str(L_BANK), "--resamples", "200", "--out", str(out)]) == 0
    told = capsys.readouterr().out
    assert "4 experts, 24 respondents, all made up" in told
    assert "58.237" in told and "30.290" in told and "11.473" in told
    assert "Expert 2 on B1: CR 0.134" in told and "high risk" in told
    grades = pd.read_csv(out / "grades.csv").set_index("code")
    assert grades["weight"].loc["B1"] == pytest.approx(0.58237, abs=5e-6)
    assert grades.loc["C1", "very_low":"very_high"].sum() == pytest.approx(1.0)
    checks = pd.read_csv(out / "consistency.csv")
    assert (
        len(checks) == 4 * 5 and not checks.loc[checks["expert"] == "Expert 2", "consistent"].all()
    )
    qualities = pd.read_csv(out / "qualities.csv").set_index("stage")["value"]
    assert qualities.round(2).to_dict() == load_scenario("l_bank").management
    assert json.loads((out / "manifest.json").read_text())["kind"] == "assessment"
    assert shades(out / "figures" / "hierarchy.png") > 50
    assert not (out / "figures" / "gaps.png").exists()


def test_a_scenario_is_held_against_its_questionnaire(tmp_path: Path, capsys: Any) -> None:
    out = tmp_path / "found"
    assert cli.run(["assess", "l_bank", *SMALL, "--out", str(out)]) == 0
    told = capsys.readouterr().out
    assert "belief against process in 2 worlds" in told and "Where they part most" in told
    assert "visits made of those due" in told and "The model has no figure for" in told
    assert "The staff of this comparison is made up" in told
    assert "Quality pre_loan: 0.50 in the scenario, 0.50 by staff" in told
    gaps = pd.read_csv(out / "gaps.csv")
    assert (gaps["done"] - gaps["believed"]).to_numpy() == pytest.approx(gaps["points"].to_numpy())
    assert len(pd.read_csv(out / "process.csv")) == 19
    assert shades(out / "figures" / "gaps.png") > 50


def test_json_for_machines(tmp_path: Path, capsys: Any) -> None:
    arguments = ["--json", "--out", str(tmp_path / "a")]
    assert cli.run(["assess", "l_bank", *SMALL, *arguments, "--answers", str(L_BANK)]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["made_up"] is True and found["respondents"] == 24 and len(found["grades"]) == 18
    assert {"qualities", "process", "process_qualities", "gaps"} <= found.keys()
    assert cli.run(["assess", str(L_BANK), *arguments]) == 0
    assert "process" not in json.loads(capsys.readouterr().out)


def test_the_scenario_that_it_writes_loads(tmp_path: Path, capsys: Any, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    where = ["--out", str(tmp_path / "out"), "--resamples", "200"]
    assert cli.run(["assess", str(L_BANK), "--scenario", "mine.toml", "--operator", "min-max",
                    "--from", "downturn", *where]) == 0  # fmt: skip
    assert "mine.toml: written" in capsys.readouterr().out
    text = Path("mine.toml").read_text()
    assert "Its answers are made up" in text and "100 points, very high risk, are 0" in text
    made, base = load_scenario("mine.toml"), load_scenario("downturn")
    changed = {row.key for row in difference(made, base)} - {"title"}
    assert all(not key.startswith("stress") for key in changed)
    qualities = pd.read_csv("out/qualities.csv").set_index("stage")["value"].round(2)
    assert made.management == qualities.to_dict() != base.management
    again = ["assess", str(L_BANK), "--scenario", "mine.toml", *where]
    assert cli.run(again) == 2
    assert "is there already; nothing was written" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "name a questionnaire or a scenario, or --template FILE"),
        (["l_bnk"], "nearest known: l_bank"),
        (["answers.ods"], "neither a questionnaire (.csv, .xlsx) nor a scenario"),
        (["no.csv"], "no.csv: no such file"),
        (["l_bank", "--answers", "no.csv"], "no.csv: no such file"),
        (["a.csv", "--answers", "b.csv"], "--answers goes with a scenario"),
        ([str(L_BANK), "--weights", "mean"], "allowed: eigenvector or geometric or column"),
        ([str(L_BANK), "--resamples", "9"], "allowed: a whole number from 100 to 100000"),
        (["l_bank", "--replications", "0"], "allowed: a whole number from 1 to 1000"),
        ([str(L_BANK), "--seed", "-1"], "seed = -1 is not allowed"),
        ([str(L_BANK), "--scenario", "a.txt"], "allowed: a name ending in .toml"),
        ([str(L_BANK), "--scenario", "no/a.toml"], "there is no such folder"),
        ([str(L_BANK), "--scenario", "a.toml", "--from", "l_bnk"], "nearest known: l_bank"),
        ([str(L_BANK), "--out", "file"], "is a file"),
    ],
)
def test_wrong_input_is_told(
    tmp_path: Path, capsys: Any, monkeypatch: Any, arguments: list[str], told: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("file").write_text("kept")
    assert cli.run(["assess", *arguments]) == 2
    said = capsys.readouterr()
    assert told in said.err and "Traceback" not in said.err
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
