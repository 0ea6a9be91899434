"""The file of a study: whole runs or none, and a sentence for every kind of damage."""

from __future__ import annotations

import os
import shutil
import sqlite3
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from experiments import Study, StudyError, cli
from experiments.replication import Outcome, Run, failed
from experiments.store import database
from experiments.store.database import FILE, Store
from simulation import Scenario
from simulation.measures import UNITS

FACTS = {"schema": 1, "plan": {"replications": 2}}
KEY = {"assumptions": "fixed", "replication": 0, "seed": 7}
RUNS = [{**KEY, "strategy": name, "identity": f"id-{name}"} for name in ("baseline", "a+b")]
AWKWARD = [0.1 + 0.2, 1e-320, 1.7976931348623157e308, -3.0, np.nan, np.inf]


def outcome() -> Outcome:
    measures = dict(zip(UNITS, np.resize(AWKWARD, len(UNITS)).tolist(), strict=True))
    table = pd.DataFrame({
        "assumptions": "fixed", "replication": 0, "strategy": ["baseline", "baseline", "a+b"],
        "month": [0, 1, 0], "ratio": [0.1, np.nan, 0.3], "sector": ["retail", "服务", ""],
    })  # fmt: skip
    runs = [Run(name, "ok", measures, seconds=0.5) for name in ("baseline", "a+b")]
    return Outcome(runs, {"months": table})


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store.made(tmp_path / FILE, FACTS)
    store.start(RUNS, "now")
    return store


def test_what_is_written_is_read_to_the_last_bit(store: Store) -> None:
    given = outcome()
    store.finish(("fixed", 0), given.runs, given.tables)
    again = Store.opened(store.path)  # type: ignore[arg-type]
    assert again.facts() == FACTS
    for row, run in zip(again.runs().to_dict("records"), given.runs, strict=True):
        wanted = [run.measures[name] for name in UNITS]
        found = [row[name] for name in UNITS]
        pack = struct.Struct("d").pack
        assert [pack(x) for x in found if x == x] == [pack(x) for x in wanted if x == x]
        assert np.isnan(found).tolist() == np.isnan(wanted).tolist()
    pd.testing.assert_frame_equal(again.table("months"), given.tables["months"], check_exact=True)
    assert again.tables() == ["months"]
    assert again.volatile()["seconds"].tolist() == [0.5, 0.5]


def test_a_run_goes_from_started_to_its_end(store: Store) -> None:
    assert set(store.statuses().values()) == {"started"}
    store.finish(("fixed", 0), failed(["a+b"], ValueError("no")).runs, {})
    assert store.statuses()["fixed", 0, "a+b"] == "failed"
    failure = store.failures().iloc[0]
    assert (failure["strategy"], failure["seed"], failure["error"]) == ("a+b", 7, "ValueError: no")
    assert "ValueError" in failure["traceback"]
    store.abort()
    assert store.statuses()["fixed", 0, "baseline"] == "aborted"
    store.start(RUNS, "later")
    assert set(store.statuses().values()) == {"started"}
    assert store.failures().empty
    assert store.volatile()["attempts"].tolist() == [2, 2]


def test_a_world_is_written_whole_or_not_at_all(store: Store) -> None:
    given = outcome()
    broken = given.tables["months"].assign(ratio=[object()] * 3)  # SQLite takes no objects
    with pytest.raises(StudyError):
        store.finish(("fixed", 0), given.runs, {"months": given.tables["months"], "b": broken})
    assert set(store.statuses().values()) == {"started"}
    assert store.tables() == []
    assert store.runs().empty


def test_there_is_one_writer(store: Store) -> None:
    other = Store.opened(store.path)  # type: ignore[arg-type]
    with store.writing():
        assert other.statuses()
        with pytest.raises(StudyError, match="another process is writing"), other.writing():
            pass
    with other.writing():
        pass


def test_a_full_disk_loses_nothing_that_was_committed(store: Store) -> None:
    given = outcome()
    store.finish(("fixed", 0), given.runs, given.tables)
    (pages,) = store._connection.execute("PRAGMA page_count").fetchone()
    store._connection.execute(f"PRAGMA max_page_count = {pages}")
    many = [
        {**KEY, "replication": i, "strategy": "baseline", "identity": f"{i}"}
        for i in range(1, 2000)
    ]
    with pytest.raises(StudyError, match=r"no room left .* make room and resume"):
        store.start(many, "now")
    again = Store.opened(store.path)  # type: ignore[arg-type]
    assert len(again.statuses()) == 2
    assert len(again.table("months")) == 3


@pytest.fixture(scope="module")
def folder(tiny: Scenario, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("damage") / "study"
    Study(tiny, ["risk_warning"], 2, 11, "fixed", references=False).run(jobs=1, out=out)
    assert not (out / f"{FILE}-wal").exists() or not (out / f"{FILE}-wal").stat().st_size
    return out


def truncated(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def garbage(path: Path) -> None:
    path.write_bytes(b"\x00garbage" * 1000)


def overwritten(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[4096:8192] = b"\xff" * 4096
    path.write_bytes(content)


def empty(path: Path) -> None:
    path.write_bytes(b"")


def another_database(path: Path) -> None:
    path.unlink()
    with sqlite3.connect(path) as rows:
        rows.execute("CREATE TABLE people (name TEXT)")


def gone(path: Path) -> None:
    path.unlink()


def dropped(path: Path) -> None:
    with sqlite3.connect(path) as rows:
        rows.execute("DROP TABLE months")


def fact(key: str, value: str | None) -> Callable[[Path], None]:
    def change(path: Path) -> None:
        with sqlite3.connect(path) as rows:
            if value is None:
                rows.execute("DELETE FROM study WHERE key = ?", (key,))
            else:
                rows.execute("REPLACE INTO study VALUES (?, ?)", (key, value))

    return change


DAMAGE: dict[str, tuple[Callable[[Path], None], str]] = {
    "truncated": (truncated, "is damaged"),
    "garbage": (garbage, "is damaged"),
    "overwritten": (overwritten, "is damaged"),
    "empty": (empty, "is damaged"),
    "another database": (another_database, "not the file of a study"),
    "gone": (gone, "holds no study"),
    "later schema": (fact("schema", "99"), "another version of loanlab .store 99, here 1"),
    "never begun": (fact("plan", None), "never wholly begun"),
    "broken fact": (fact("plan", '{"a'), "is damaged"),
    "table of another version": (dropped, "was run by another version of loanlab"),
    "changed scenario": (fact("scenario", '"{}"'), "scenario is not the one"),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_damage_is_told_in_a_sentence(folder: Path, tmp_path: Path, name: str) -> None:
    change, words = DAMAGE[name]
    copy = tmp_path / "study"
    shutil.copytree(folder, copy)
    change(copy / FILE)
    with pytest.raises(StudyError, match=words) as told:
        Study.opened(copy).months  # the last of them opens
    assert "study" in str(told.value) and "\n" not in str(told.value)


def test_another_version_of_the_model_is_refused(folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "study"
    shutil.copytree(folder, copy)
    identity = Store.opened(copy / FILE).facts()["identity"]
    Store.opened(copy / FILE).note("identity", [*identity[:2], "0.0.1+old", identity[3]])
    study = Study.opened(copy)  # to look at, yes
    assert len(study.runs) == 4
    with pytest.raises(StudyError, match=r"another version of the model \(0.0.1\+old"):
        study.run(jobs=1, out=copy)


def test_a_study_that_cannot_be_written_to_says_so(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "study"
    shutil.copytree(folder, copy)
    connect = sqlite3.connect
    read_only = f"file:{copy / FILE}?mode=ro"  # root may write everywhere, so modes prove nothing
    monkeypatch.setattr(database.sqlite3, "connect", lambda *_, **__: connect(read_only, uri=True))
    assert len(Study.opened(copy).runs) == 4
    with pytest.raises(StudyError, match="cannot be written to"):
        Study.opened(copy).run(jobs=1, out=copy)


def test_a_study_on_media_that_are_read_only_is_read(
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    copy = tmp_path / "study"
    shutil.copytree(folder, copy)
    before = sorted(copy.iterdir())
    # Root may write everywhere, so modes prove nothing.
    monkeypatch.setattr(database.os, "access", lambda path, mode: Path(path) != copy)
    study = Study.opened(copy)
    assert len(study.runs) == 4 and len(study.months)
    assert cli.run(["study", "export", str(copy), "--as", "csv", "--out", str(tmp_path / "o")]) == 0
    assert (tmp_path / "o" / "runs.csv").read_bytes() == (copy / "runs.csv").read_bytes()
    assert sorted(copy.iterdir()) == before
    with pytest.raises(StudyError, match="cannot be written to"):
        study.run(jobs=1, out=copy)


def test_rows_that_a_killed_study_left_in_its_log_are_not_passed_over(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Read-only media: the file alone would lack them."""
    assert store.path is not None
    assert store.path.with_name(f"{FILE}-wal").stat().st_size
    monkeypatch.setattr(database.os, "access", lambda path, mode: False)
    assert len(Store.opened(store.path).statuses()) == len(RUNS)


@pytest.mark.parametrize("name", ["manifest.json", "runs.csv", "comparison.csv"])
def test_the_other_files_can_be_made_again(folder: Path, tmp_path: Path, name: str) -> None:
    copy = tmp_path / "study"
    shutil.copytree(folder, copy)
    before = (copy / name).read_bytes()
    garbage(copy / name)
    Study.opened(copy).run(jobs=1, out=copy)
    after = (copy / name).read_bytes()
    assert after == before or name == "manifest.json"
    assert after[:5] != b"\x00garb"
