"""Every kind of bad scenario file gets its clear message, and all of them at once."""

from __future__ import annotations

import math
import pickle
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.parameters import SECTIONS
from scenarios import ScenarioError, check, load_scenario
from scenarios.problems import nearest, range_text, shown

HEAD = 'schema_version = 1\nextends = "l_bank"\n'
JARGON = ("Traceback", "pydantic", "validation", "Input should", "Error(", "loc=", "errors.py")


def problems_of(folder: Path, text: str | bytes, name: str = "my.toml") -> list[str]:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    found = check(path)
    for line in found:
        assert not any(word in line for word in JARGON), line
        assert "\n" not in line
    return found


def only_problem(folder: Path, text: str | bytes) -> str:
    found = problems_of(folder, text)
    assert len(found) == 1, found
    assert found[0].startswith(str(folder / "my.toml"))
    return found[0].removeprefix(f"{folder / 'my.toml'}: ")


BAD_VALUES = {
    "enterprises = 0": "enterprises = 0 is not allowed; allowed: a whole number from 1 to 1000000",
    "months = 0": "months = 0 is not allowed; allowed: a whole number from 1 to 600",
    "months = -3": "months = -3 is not allowed; allowed: a whole number from 1 to 600",
    "months = 2.5": "months = 2.5 is not allowed; allowed: a whole number from 1 to 600",
    'months = "24"': 'months = "24" is not allowed; allowed: a whole number from 1 to 600',
    "months = true": "months = true is not allowed; allowed: a whole number from 1 to 600",
    "months = 2020-01-01": "months = 2020-01-01 is not allowed; allowed: a whole number",
    "title = 3": "title = 3 is not allowed; allowed: text in quotes",
    "stress = 3": "stress = 3 is not allowed; allowed: tables that begin with [[stress]]",
    "management = 0.5": "management = 0.5 is not allowed; allowed: a table, [management]",
    "enterprise = [1]": "enterprise = a list is not allowed; allowed: a table, [enterprise]",
    "[management]\npre_loan = 1.2":
        "management.pre_loan = 1.2 is not allowed; allowed: a number from 0 to 1",
    "[management]\nin_loan = 0.2":
        "management.in_loan: unknown key; nearest known: pre_loan",
    "[sectors]\nretail = 0.5\nother = 0.4": "sectors: the shares add up to 0.9; allowed: 1",
    "[sectors]\nfishing = 1.0": "sectors.fishing: unknown key; known: manufacturing, constr",
    "[enterprise]\ndemand_sd = nan":
        "enterprise.demand_sd = nan is not allowed; allowed: a number from 0 to 2",
    "[enterprise]\ndemand_sd = -inf": "enterprise.demand_sd = -inf is not allowed",
    "[enterprise]\ndemand_sd = -0.1":
        "enterprise.demand_sd = -0.1 is not allowed; allowed: a number from 0 to 2",
    "[enterprise]\ndemand_sd = {}": "enterprise.demand_sd = a table is not allowed",
    "[enterprise]\ndemand_sdd = 0.1":
        "enterprise.demand_sdd: unknown key; nearest known: demand_sd",
    "[bank]\ndemand_sd = 0.1":
        "bank.demand_sd: unknown key here; it belongs in the table [enterprise]",
    "demand_sd = 0.1": "demand_sd: unknown key here; it belongs in the table [enterprise]",
    "[enterprize]\ndemand_sd = 0.1": "enterprize: unknown key; nearest known: enterprise",
    "mounths = 3": "mounths: unknown key; nearest known: months",
    "[bank]\nhiding_months = 1.5":
        "bank.hiding_months = 1.5 is not allowed; allowed: a whole number from 0 to 120",
    '[[stress]]\nfactor = "rain"\nstart_month = 0\nmonths = 1\nsize = 1':
        '[[stress]] number 1: factor = "rain" is not allowed; allowed: "systematic" or ',
    "[strategies.baseline]\nkind = 'rival'":
        'strategies: the name "baseline" is not allowed; allowed: a name of letters',
    "[strategies.mine.closes]\ncheck_compliance = 1.5":
        "strategies.mine.closes.check_compliance = 1.5 is not allowed; allowed: a number from 0",
    "[strategies.mine.closes]\nchek_compliance = 1":
        "strategies.mine.closes.chek_compliance: unknown key; nearest known: check_compliance",
    "[strategies]\nstrategy_efect = 1": "strategies.strategy_efect = 1 is neither a parameter nor "
        "a strategy's table; nearest known: strategy_effect",
    "[strategies]\nmine = 1": "strategies.mine = 1 is neither a parameter nor a strategy's table",
    "strategies = 1": "strategies = 1 is not allowed; allowed: a table, [strategies]",
    "[strategies.mine.closes]\ncutoff = 1":
        "strategies.mine.closes.cutoff: cutoff has no declared strong value",
    "[strategies.mine.adds]\ncutof = 1":
        "strategies.mine.adds.cutof: unknown key; nearest known: cutoff",
    "[strategies.mine.adoption]\nspread_months = 0": "strategies.mine.adoption.spread_months = 0",
    "[strategies.mine.cost]\nset_up_cny = -1": "strategies.mine.cost.set_up_cny = -1 is not",
    "[strategies.mine]\nkind = 'plan'": 'strategies.mine.kind = "plan" is not allowed; allowed: '
        '"strategy" or "rival"',
}  # fmt: skip


@pytest.mark.parametrize("text", BAD_VALUES)
def test_bad_value_names_key_value_and_what_is_allowed(tmp_path: Path, text: str) -> None:
    assert only_problem(tmp_path, HEAD + text).startswith(BAD_VALUES[text])


BAD_FILES: dict[str, tuple[str | bytes, str]] = {
    "empty": ("", "the file is empty"),
    "only blanks": (" \n\n", "the file is empty"),
    "broken": ("a = \n", "not valid TOML: Invalid value (at line 1, column 5)"),
    "twice": ("a = 1\na = 2\n", "not valid TOML: Cannot overwrite a value (at line 2, column"),
    "deep": ("a = " + "[" * 100_000, "not valid TOML: brackets too deep"),
    "digits": ("a = " + "9" * 5_000, "not valid TOML: a number has too many digits"),
    "binary": (b"\x89PNG\r\n\x1a\n\xff", "not a text file in UTF-8"),
    "utf-16": ("schema_version = 1".encode("utf-16"), "not a text file in UTF-8"),
    "gbk": ('title = "贷款"'.encode("gbk"), "not a text file in UTF-8"),
    "no version": ("months = 3\n", "schema_version is missing; write schema_version = 1"),
    "later version": ("schema_version = 2\n", "schema_version = 2 is not allowed; allowed: 1"),
    "version in words": ('schema_version = "1"\n', 'schema_version = "1" is not allowed'),
    "huge": (HEAD + "[enterprise]\ndemand_sd = 1" + "0" * 400, "enterprise.demand_sd = 100000"),
}


@pytest.mark.parametrize("case", BAD_FILES)
def test_unreadable_file_is_told_in_one_line(tmp_path: Path, case: str) -> None:
    text, message = BAD_FILES[case]
    found = only_problem(tmp_path, text)
    assert found.startswith(message)
    assert len(found) < 200


def test_byte_order_mark_of_windows_editors_is_read(tmp_path: Path) -> None:
    assert problems_of(tmp_path, b"\xef\xbb\xbf" + HEAD.encode()) == []


def test_all_problems_of_a_file_come_at_once(tmp_path: Path) -> None:
    text = HEAD + "months = 0\n[management]\npre_loan = 2\n[bank]\ncutof = 1\ndetection = 3\n"
    assert len(problems_of(tmp_path, text)) == 4


def test_problems_of_the_extended_file_and_of_keywords_come_too(tmp_path: Path) -> None:
    (tmp_path / "base.toml").write_text("schema_version = 1\nmonths = 0\n")
    (tmp_path / "my.toml").write_text('schema_version = 1\nextends = "base.toml"\nmonths = -1\n')
    with pytest.raises(ScenarioError) as caught:
        load_scenario(tmp_path / "my.toml", months=-2, enterprises=-5)
    assert [line.split(": ")[0].split("/")[-1] for line in caught.value.problems] == [
        "my.toml", "base.toml", "keyword", "keyword",
    ]  # fmt: skip


def test_extends_must_exist_and_not_go_in_a_circle(tmp_path: Path) -> None:
    head = "schema_version = 1\nextends = "
    assert only_problem(tmp_path, head + '"l_bnk"') == (
        'extends: "l_bnk": unknown scenario; nearest known: l_bank'
    )
    assert "extends: gone.toml: no such file" in only_problem(tmp_path, head + '"gone.toml"')
    assert only_problem(tmp_path, head + "3") == (
        "extends = 3 is not allowed; allowed: text in quotes"
    )
    (tmp_path / "other.toml").write_text(head + '"my.toml"')
    found = problems_of(tmp_path, head + '"other.toml"')
    assert found[0].endswith("extend each other: my.toml → other.toml → my.toml")
    assert "extend each other" in only_problem(tmp_path, head + '"my.toml"')


def test_missing_file_and_unknown_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "my_bank.toml").write_text(HEAD)
    monkeypatch.chdir(tmp_path)
    assert check("l_bnak") == ['"l_bnak": unknown scenario; nearest known: l_bank']
    assert check("my_bank") == ['"my_bank": unknown scenario; for the file write my_bank.toml']
    assert check("my_bnk.toml") == ["my_bnk.toml: no such file; nearest known: my_bank.toml"]
    (tmp_path / "my_bnks.toml").write_text("[project]\n")  # nearer, but no scenario
    assert check("my_bnk.toml") == ["my_bnk.toml: no such file; nearest known: my_bank.toml"]
    assert check(tmp_path) == [f"{tmp_path}: is a folder, not a file"]
    assert check("my_bank.toml") == []
    assert "unknown scenario" in check("")[0]
    for odd in ("a\0b", "a\0.toml", "x" * 5_000, "x" * 5_000 + ".toml", "no/such/folder.toml"):
        assert len(check(odd)) == 1
        assert "\0" not in check(odd)[0]


def test_error_can_be_pickled_and_reads_as_lines() -> None:
    error = ScenarioError(["a", "b", "a"])
    copy = pickle.loads(pickle.dumps(error))
    assert str(copy) == "a\nb"
    assert copy.problems == ("a", "b")


def test_words_of_messages() -> None:
    assert nearest("Months", ["months", "size"]) == "; nearest known: months"
    assert nearest("zzz", [str(i) for i in range(50)]) == ""
    assert range_text(0, math.inf) == "a number of at least 0"
    assert range_text(-math.inf, 5, whole=True) == "a whole number of at most 5"
    assert shown(10**5000) == "a very long number"
    assert len(shown("x" * 500)) == 60


NAMES = [(section, name) for section, known in SECTIONS.items() for name in known]


@settings(max_examples=150, deadline=None)
@given(where=st.sampled_from(NAMES), value=st.floats() | st.integers())
def test_a_number_is_taken_exactly_if_it_is_allowed(where: tuple[str, str], value: float) -> None:
    section, name = where
    parameter = SECTIONS[section][name]
    low, high = parameter.allowed
    good = low <= value <= high and (not parameter.integer or value == int(value))
    override = {f"{section}.{name}": value}
    if good:
        assert load_scenario("l_bank", **override).parameters[name] == value
        return
    with pytest.raises(ScenarioError, match=rf"^keyword: {section}\.{name} = "):
        load_scenario("l_bank", **override)
