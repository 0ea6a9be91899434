"""Studies of which runs failed or are not there yet: the others are told, and no number is made
up for what is missing.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from experiments import Study, cli
from experiments.store.database import FILE
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
