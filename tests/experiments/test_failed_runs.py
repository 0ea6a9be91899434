"""Studies of which runs failed or are not there yet: the others are told, and no number is made
up for what is missing.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from html import unescape
from itertools import product
from pathlib import Path

import pandas as pd
import pytest
import typer

from experiments import Study, cli
from experiments.comparison import INTERVALS
from experiments.replication import KEYS
from experiments.results import store_for
from experiments.store.database import FILE, Store
from experiments.study_output import print_study
from experiments.tables import unpaired
from simulation import Scenario

ARMS = ["pre_loan_process", "risk_warning", "tighter_cutoff"]
WORLDS = 3

Holed = Callable[..., Path]
"""Folder of the study without the runs that a condition of SQL names."""


@pytest.fixture(scope="module")
def whole(tiny: Scenario, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole") / "study"
    Study(tiny, ARMS, WORLDS, seed=11).run(jobs=1, out=folder, files=False)
    return folder


@pytest.fixture
def holed(whole: Path, tmp_path: Path) -> Holed:
    def make(where: str, *, failed: bool) -> Path:
        folder = tmp_path / "holed"
        shutil.copytree(whole, folder)
        rows = sqlite3.connect(folder / FILE)
        names = {name for (name,) in rows.execute("SELECT name FROM sqlite_master "
                                                  "WHERE type = 'table'")}  # fmt: skip
        for name in names - {"study", "runs"}:
            chosen = f"SELECT run FROM runs WHERE {where}"
            rows.execute(f'DELETE FROM "{name}" WHERE run IN ({chosen})')
        change = "UPDATE runs SET status = 'failed', error = 'Error: no'" if failed else (
            "DELETE FROM runs")  # fmt: skip
        rows.execute(f"{change} WHERE {where}")
        rows.commit()
        rows.close()
        return folder

    return make


def test_a_study_interrupted_before_its_drawn_worlds_says_that_there_are_none(
    holed: Holed, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = holed("assumptions = 'drawn'", failed=False)
    told = "loss_rate: 0 drawn worlds have an answer; given needs 64"
    assert cli.run(["report", str(folder)]) == 0
    assert told in (folder / "report.html").read_text(encoding="utf-8")
    capsys.readouterr()
    out = str(tmp_path / "out")
    assert cli.run(["sensitivity", str(folder), "--strategy", "risk_warning", "--out", out]) == 2
    assert told in capsys.readouterr().err


# A baseline in each kind of worlds; an arm and a rung in one, another arm's world in the other.
SOME = (
    "(strategy = 'baseline' AND replication = 0) OR (assumptions = 'fixed' AND "
    "(strategy = 'risk_warning' OR strategy LIKE '% x 4')) OR "
    "(assumptions = 'drawn' AND strategy = 'pre_loan_process' AND replication = 1)"
)


@pytest.mark.parametrize("where", [SOME, "assumptions = 'drawn' AND strategy = 'baseline'"])
def test_what_did_not_fail_is_told(
    holed: Holed, whole: Path, where: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = holed(where, failed=True)
    study, before = Study.opened(folder), Study.opened(whole)
    failed = {tuple(row) for row in study.failures[list(KEYS)].itertuples(index=False)}
    wanted = {}
    for arm, (mode, interval) in product(ARMS, INTERVALS.items()):
        both = [k for k in range(WORLDS) if not failed & {(mode, k, arm), (mode, k, "baseline")}]
        runs = before.runs[before.runs["assumptions"] == mode]
        means = runs[runs["replication"].isin(both)].groupby("strategy")["disbursed"].mean()
        if both:
            wanted[arm, interval] = (len(both), means[arm] - means["baseline"])
    rows = study.comparison().query("measure == 'disbursed'").set_index(["strategy", "interval"])
    assert set(rows.index) == set(wanted)
    for key, (worlds, difference) in wanted.items():
        assert rows.loc[key, "replications"] == worlds
        assert rows.loc[key, "difference"] == pytest.approx(difference, abs=1e-3)

    assert cli.run(["study", "resume", str(folder), "--jobs", "1"]) == 1
    printed, errors = capsys.readouterr()
    assert f"runs that failed: {len(failed)}" in errors
    assert "nan" not in printed.split("Results:")[0].lower()
    for sentence in unpaired(study):
        assert sentence in " ".join(printed.split())
    with pytest.raises(typer.Exit):
        print_study(study, folder, as_json=True)
    assert len(json.loads(capsys.readouterr().out)["comparison"]) == len(study.comparison())
    assert cli.run(["study", "export", str(folder), "--as", "csv", "--out", str(tmp_path)]) == 0
    written = pd.read_csv(tmp_path / "comparison.csv")
    assert set(zip(written["strategy"], written["interval"], strict=True)) == set(wanted)


def test_the_report_tells_what_did_not_fail(holed: Holed) -> None:
    folder = holed(SOME, failed=True)
    assert cli.run(["report", str(folder)]) == 0
    page = unescape((folder / "report.html").read_text(encoding="utf-8"))
    told = unpaired(Study.opened(folder))
    assert len(told) == 2
    for sentence in told:
        assert sentence in page


def test_the_worlds_that_an_arm_lacks_are_counted(holed: Holed, whole: Path) -> None:
    assert unpaired(Study.opened(whole)) == []
    folder = holed(
        "strategy = 'baseline' AND replication = 0 OR strategy = 'risk_warning' "
        "AND (assumptions = 'drawn' OR replication = 1)", failed=False,
    )  # fmt: skip
    declared, drawn = unpaired(Study.opened(folder))
    assert declared.startswith("Assumptions as declared: 3 of 3 arms lack 1 to 2 of 3 worlds")
    assert drawn.startswith("Assumptions drawn: 3 of 3 arms lack 1 to 3 of 3 worlds")
    assert drawn.endswith("left out, without any world: Risk-warning technology.")
    assert "left out" not in declared


def test_a_ladder_without_a_rung_compares_nothing_and_says_so(holed: Holed) -> None:
    study = Study.opened(holed("strategy = 'tighter_cutoff x 4'", failed=True))
    assert set(study.at_equal()["reference"]) == {"equal_cost"}
    told = [line for line in study.equal_gaps() if "no world holds the arm and all of" in line]
    assert len(told) == 2 and "risk_warning" in told[0]


def test_without_a_baseline_as_declared_there_is_no_report(
    holed: Holed, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = holed("strategy = 'baseline' AND assumptions = 'fixed'", failed=True)
    assert cli.run(["report", str(folder)]) == 2
    assert "no run of the baseline with the assumptions as declared" in capsys.readouterr().err
    assert cli.run(["study", "resume", str(folder), "--jobs", "1"]) == 1
    assert "Baseline, assumptions as declared: no run is there." in capsys.readouterr().out


UNFINISHED = "replication = 2 AND assumptions = 'drawn' AND strategy != 'baseline'"


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("replay DIR baseline/drawn/2", "was not finished (aborted), so there is nothing"),
        ("replay DIR risk_warning/drawn/2", "was not run yet; loanlab study resume runs it"),
        ("replay DIR risk_warning/fixed/99", "no such run; known: risk_warning/fixed/0 to 2"),
        ("replay DIR risk_warnin/fixed/0", "no such run; nearest known: risk_warning"),
        ("sensitivity DIR", "needs 64; more worlds: loanlab study extend DIR --replications 64"),
    ],
)  # fmt: skip
def test_a_refusal_has_its_true_reason(
    holed: Holed, command: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = holed(UNFINISHED, failed=False)
    with sqlite3.connect(folder / FILE) as rows:
        rows.execute("UPDATE runs SET status = 'aborted' WHERE assumptions = 'drawn' "
                     "AND replication = 2")  # fmt: skip
    rows.close()
    assert cli.run(command.replace("DIR", str(folder)).split()) == 2
    assert told in capsys.readouterr().err


def test_a_study_without_a_run_has_nothing_to_export(
    tiny: Scenario, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    study = Study(tiny, ARMS, WORLDS, seed=11)
    store_for(study, tmp_path / "study").close()
    assert cli.run(["study", "export", str(tmp_path / "study"), "--as", "csv"]) == 2
    assert "study.sqlite: no run is there yet" in capsys.readouterr().err


def test_a_study_of_another_version_is_told_what_to_do(
    whole: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "old"
    shutil.copytree(whole, folder)
    store = Store.opened(folder / FILE)
    first, seed, _, rules = store.facts()["identity"]
    store.note("identity", [first, seed, "0.0.1+old", rules])
    for command in ("resume", "extend"):
        assert cli.run(["study", command, str(folder)]) == 2
        told = capsys.readouterr().err
        assert "another version of the model (0.0.1+old" in told
        assert "or run it anew: loanlab compare --out" in told and "another folder" not in told
