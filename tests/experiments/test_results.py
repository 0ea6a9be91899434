"""The folder of results: complete or absent, and nobody else's files are touched."""

from __future__ import annotations

import hashlib
import json
import struct
import sys
from pathlib import Path

import pandas as pd
import pytest

from experiments import Study, StudyError, figures
from experiments.comparison import COLUMNS
from experiments.equal import EQUAL_COLUMNS
from experiments.results import (
    check_folder,
    files_of,
    manifest_of,
    results_folder,
    write_study,
)

FILES = [
    "comparison.csv", "equal.csv", "figures/comparison.png", "figures/npl_fan.png", "ladder.csv",
    "manifest.json", "precision.csv", "runs.csv",
]  # fmt: skip

RUNGS = {
    "tighter_cutoff x -1", "tighter_cutoff", "tighter_cutoff x 4", "more_officers",
    "more_officers x 4",
}  # fmt: skip


def all_files(folder: Path) -> list[str]:
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


@pytest.fixture(scope="module")
def folder(study: Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("results") / "new" / "study"
    write_study(study, out)
    return out


def test_all_files_are_there_and_nothing_else(folder: Path) -> None:
    assert all_files(folder) == FILES
    assert all_files(folder.parent) == [f"study/{name}" for name in FILES]


def test_the_tables_read_back_as_they_were(folder: Path, study: Study) -> None:
    comparison = pd.read_csv(folder / "comparison.csv")
    assert tuple(comparison.columns) == COLUMNS
    pd.testing.assert_frame_equal(comparison, study.comparison(), check_dtype=False)
    runs = pd.read_csv(folder / "runs.csv")
    pd.testing.assert_frame_equal(runs, study.runs, check_exact=True, check_dtype=False)
    equal = pd.read_csv(folder / "equal.csv")
    assert tuple(equal.columns) == EQUAL_COLUMNS
    pd.testing.assert_frame_equal(equal, study.at_equal(), check_dtype=False)
    assert set(pd.read_csv(folder / "ladder.csv")["strategy"]) == RUNGS


def test_the_manifest_says_what_was_run(folder: Path, study: Study) -> None:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    scenario = {k: v for k, v in manifest["scenario"].items() if k != "title"}
    text = json.dumps(study.scenario.identity(), sort_keys=True, ensure_ascii=False)
    assert manifest["scenario_hash"] == hashlib.sha256(text.encode()).hexdigest()
    assert scenario == json.loads(text)
    assert (manifest["seed"], manifest["replications"]) == (11, 3)
    assert manifest["strategies"] == list(study.strategies)
    assert {arm for rungs in manifest["ladders"].values() for arm in rungs.values()} == {
        "baseline", *RUNGS,
    }  # fmt: skip
    assert manifest["versions"]["python"] == sys.version.split()[0]
    assert set(manifest) >= {"platform", "command", "finished_at", "assumptions", "kind"}
    assert sorted([*manifest["files"], "manifest.json"]) == FILES


@pytest.mark.parametrize("name", ["comparison.png", "npl_fan.png"])
def test_pictures_are_pictures(folder: Path, name: str) -> None:
    content = (folder / "figures" / name).read_bytes()
    assert content.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", content[16:24])
    assert width >= 1200 and height >= 500
    assert len(content) > 20_000


def test_the_same_study_again_replaces_its_own_files_only(folder: Path, study: Study) -> None:
    (folder / "notes.txt").write_text("mine")
    (folder / "runs.csv").write_text("old")
    check_folder(folder, "study")
    write_study(study, folder)
    assert all_files(folder) == sorted([*FILES, "notes.txt"])
    assert (folder / "notes.txt").read_text() == "mine"
    assert len(pd.read_csv(folder / "runs.csv")) == len(study.runs)
    (folder / "notes.txt").unlink()


def test_a_failure_on_the_way_leaves_nothing(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(figures, "draw_npl_fan", fail)
    with pytest.raises(KeyboardInterrupt):
        write_study(study, tmp_path / "study")
    assert list(tmp_path.iterdir()) == []


def test_a_failure_on_the_way_leaves_the_old_results(
    folder: Path, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {name: (folder / name).read_bytes() for name in all_files(folder)}

    def fail(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(figures, "draw_npl_fan", fail)
    with pytest.raises(OSError, match="no space"):
        write_study(study, folder)
    assert {name: (folder / name).read_bytes() for name in all_files(folder)} == before


def test_a_failure_while_files_are_moved_leaves_no_manifest(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "study"
    write_study(study, out)
    moved = Path.replace

    def fail(self: Path, target: Path) -> Path:
        if self.name == "runs.csv":
            raise OSError("no space left")
        return moved(self, target)

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="no space"):
        write_study(study, out)
    assert not (out / "manifest.json").exists()


def test_an_empty_folder_may_be_used(study: Study, tmp_path: Path) -> None:
    check_folder(tmp_path, "study")
    with results_folder(tmp_path, manifest_of("study", study.scenario)) as partial:
        (partial / "a.csv").write_text("a")
    assert all_files(tmp_path) == ["a.csv", "manifest.json"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("file", "is a file"),
        ("file/below", "cannot be written to"),
        ("full", "is not empty"),
        ("other", "holds the results of a world"),
        ("broken", "is not empty"),
    ],
)
def test_folders_in_use_are_refused(tmp_path: Path, name: str, words: str) -> None:
    (tmp_path / "file").write_text("x")
    for folder, manifest in (("full", None), ("other", '{"kind": "world"}'), ("broken", "[1")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "x.txt").write_text("x")
        if manifest is not None:
            (tmp_path / folder / "manifest.json").write_text(manifest)
    with pytest.raises(StudyError, match=words):
        check_folder(tmp_path / name, "study")


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a folder nobody can write to")
def test_a_place_that_cannot_be_written_to_is_refused_before_the_work() -> None:
    with pytest.raises(StudyError, match="cannot be written to"):
        check_folder(Path("/proc/loanlab/study"), "study")


def test_files_of_a_folder_are_those_that_were_written_last(tmp_path: Path) -> None:
    for names in (("a.csv", "b.png", "c.csv"), ("b.png", "c.csv")):
        with results_folder(tmp_path, {"kind": "world"}) as folder:
            for name in names:
                (folder / name).write_text("x")
    assert (tmp_path / "a.csv").exists()
    assert [path.name for path in files_of(tmp_path)] == ["c.csv", "b.png"]
