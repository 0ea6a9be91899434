"""A new scenario file: complete, commented, equal to its source, never over another."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from agents.parameters import all_parameters
from scenarios import (
    ScenarioError,
    check,
    difference,
    list_scenarios,
    load_scenario,
    new_file,
    quality_file,
)

SHIPPED = [name for name, _ in list_scenarios()]
COMMENTED = re.compile(r"^# (?=(?:\[\w+\]|\w+ = \S+)$)", re.MULTILINE)


@pytest.mark.parametrize("source", SHIPPED)
def test_new_file_equals_its_source_as_written_and_uncommented(tmp_path: Path, source: str) -> None:
    path = new_file("my_bank", source, tmp_path)
    assert path == tmp_path / "my_bank.toml"
    assert check(path) == []
    made, base = load_scenario(path), load_scenario(source)
    assert [row.key for row in difference(made, base)] == ["title"]
    assert {**made.identity(), "name": source} == base.identity()

    text = path.read_text(encoding="utf-8")
    for name in all_parameters():
        assert re.search(rf"^# {name} = ", text, re.MULTILINE)
    path.write_text(COMMENTED.sub("", text), encoding="utf-8")
    assert [row.key for row in difference(load_scenario(path), base)] == ["title"]


def test_new_file_from_a_file_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a b").mkdir()
    (tmp_path / "to").mkdir()
    monkeypatch.chdir(tmp_path)
    first = new_file("first", "downturn", "a b")
    first.write_text(first.read_text() + "[enterprise]\ndemand_sd = 0.2\n")
    second = new_file("second", "a b/first.toml", "to")
    assert 'extends = "../a b/first.toml"' in second.read_text()
    assert "# demand_sd = 0.2\n" in second.read_text()
    assert load_scenario(second).parameters["demand_sd"] == 0.2


@pytest.mark.parametrize("name", ["", "a b", "a/b", "../a", "1a", "a.toml", "-a", "a+b", "x" * 80])
def test_bad_names_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ScenarioError, match="not a scenario name; allowed: letters, digits"):
        new_file(name, "l_bank", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_overwritten_and_all_problems_are_told(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text("precious")
    with pytest.raises(ScenarioError, match="is there already; nothing was written"):
        new_file("mine", "l_bank", tmp_path)
    assert (tmp_path / "mine.toml").read_text() == "precious"
    with pytest.raises(ScenarioError) as caught:
        new_file("l_bank", "l_bnk", tmp_path / "gone")
    assert [line.split(": ", 1)[1] for line in caught.value.problems] == [
        "is the name of a shipped scenario; take another",
        "no such folder",
        "unknown scenario; nearest known: l_bank",
    ]


def test_a_file_of_qualities_states_nothing_else(tmp_path: Path) -> None:
    stated = {"pre_loan": (0.37, "weak\nhere"), "post_loan": (0.81, "tab\there")}
    path = quality_file(tmp_path / 'my "bank".toml', "downturn", stated, ["two\nlines", "more"])
    made, base = load_scenario(path), load_scenario("downturn")
    assert made.title == 'my "bank"'
    assert made.management == base.management | {"pre_loan": 0.37, "post_loan": 0.81}
    assert (made.stress, made.sectors) == (base.stress, base.sectors)
    assert path.read_text().startswith("# two lines\n# more\nschema_version")


def test_a_file_of_qualities_extends_a_file_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "to").mkdir()
    first = new_file("first", "downturn", tmp_path)
    path = quality_file(tmp_path / "to" / "second.toml", first, {"approval": (0.0, "")}, [])
    assert 'extends = "../first.toml"' in path.read_text()
    assert load_scenario(path).management["approval"] == 0.0


def test_a_file_of_qualities_is_not_written_where_something_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "here.toml").write_text("kept")
    for name, told in {
        "here.toml": "is there already", "a.txt": "allowed: a name ending in .toml",
        "no/a.toml": "there is no such folder",
    }.items():  # fmt: skip
        with pytest.raises(ScenarioError, match=told):
            quality_file(tmp_path / name, "l_bank", {}, [])
    with pytest.raises(ScenarioError) as caught:
        quality_file(tmp_path / "a.txt", "l_bnk", {}, [])
    assert len(caught.value.problems) == 2 and "nearest known: l_bank" in str(caught.value)
    assert (tmp_path / "here.toml").read_text() == "kept"
