"""Reading questionnaires: forms, encodings, the template."""

from __future__ import annotations

import copy
import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from experiments import cli
from experiments.assessment import answers
from experiments.assessment.belief import L_BANK
from experiments.assessment.hierarchy import CRITERION_OF, GROUPS, INDICATORS
from experiments.assessment.questionnaire import Questionnaire, read_questionnaire
from experiments.assessment.sheets import column_letters

Cells = list[list[Any]]


def same(a: Questionnaire, b: Questionnaire) -> bool:
    """Do two questionnaires hold the same answers?"""
    return a.grades.equals(b.grades) and all(
        list(a.judgements[group]) == list(b.judgements[group])
        and all(np.array_equal(m, b.judgements[group][e]) for e, m in a.judgements[group].items())
        for group in GROUPS
    )


# --- the hierarchy and L Bank's questionnaire ---


def test_fourteen_indicators_under_three_criteria() -> None:
    assert [i.code for i in INDICATORS] == [f"C{k}" for k in range(1, 15)]
    assert list(CRITERION_OF) == [i.code for i in INDICATORS]


def test_l_banks_questionnaire_says_that_it_is_made_up(l_bank: Questionnaire) -> None:
    assert "Made up, every number" in L_BANK.read_text(encoding="utf-8-sig").splitlines()[0]
    assert list(l_bank.judgements["goal"]) == ["Expert 1", "Expert 2", "Expert 3", "Expert 4"]
    assert l_bank.grades.shape == (24, 14) and l_bank.grades.notna().all(axis=None)
    uppers = [[m[0, 1], m[0, 2], m[1, 2]] for m in l_bank.judgements["goal"].values()]
    assert uppers == [[1, 7, 4], [2, 3, 4], [3, 4, 1], [3, 6, 4]]


# --- forms in which the same answers come ---


@pytest.mark.parametrize(
    ("encoding", "separator"),
    [("utf-8", ","), ("utf-8-sig", ";"), ("gb18030", ","), ("utf-8", "\t"), ("gbk", ";")],
)
def test_encodings_and_separators(
    tmp_path: Path, cells: Cells, as_csv: Any, l_bank: Questionnaire, encoding: str, separator: str
) -> None:
    path = as_csv(cells, tmp_path / "answers.csv", encoding, separator)
    assert same(read_questionnaire(path), l_bank)


def test_a_workbook_with_numbers_and_with_text(
    tmp_path: Path, cells: Cells, as_xlsx: Any, l_bank: Questionnaire
) -> None:
    numbers: Cells = [
        [int(c) if c.isdigit() and k > 2 else c for k, c in enumerate(r)] for r in cells
    ]
    assert same(read_questionnaire(as_xlsx(numbers, tmp_path / "n.xlsx", "any name")), l_bank)
    path = as_xlsx(cells, tmp_path / "t.xlsx", "questionnaire", "notes")
    assert same(read_questionnaire(path), l_bank)


def test_what_people_also_write(
    tmp_path: Path, cells: Cells, as_csv: Any, l_bank: Questionnaire
) -> None:
    changed = copy.deepcopy(cells)
    changed[0][:3] = ["指标", " Against ", "问题"]
    changed[1][:2] = ["Ｂ１", " b2"]  # full-width signs, small letters, blanks
    changed.insert(5, [""] * len(cells[0]))  # an empty row
    changed.insert(7, ["# a remark", "x", "y"])
    for row in (row for row in changed[1:] if len(row) > 7):
        row[4] = {"1/3": " 1 / 3", "3": "3.0", "2": "２", "1/2": "0,5"}.get(row[4], row[4])
        row[7] = {"3": "一般", "4": "High", "5": "very  high", "2": "较低"}.get(row[7], row[7])
    assert same(read_questionnaire(as_csv(changed, tmp_path / "answers.csv")), l_bank)


def test_a_pair_may_stand_the_other_way_round(
    tmp_path: Path, cells: Cells, as_csv: Any, l_bank: Questionnaire
) -> None:
    changed = copy.deepcopy(cells)
    row = changed[2]
    row[0], row[1] = row[1], row[0]
    row[3:7] = [f"1/{cell}" for cell in row[3:7]]
    found = read_questionnaire(as_csv(changed, tmp_path / "answers.csv"))
    for expert, matrix in l_bank.judgements["goal"].items():
        assert found.judgements["goal"][expert] == pytest.approx(matrix)


def test_staff_may_leave_questions_out(tmp_path: Path, cells: Cells, as_csv: Any) -> None:
    changed = copy.deepcopy(cells)
    for row in changed[-14:]:
        row[8] = ""  # one who answered nothing
    changed[-1][9], changed[-1][10] = "-", "n/a"
    found = read_questionnaire(as_csv(changed, tmp_path / "answers.csv"))
    assert "S02" not in found.grades.index and len(found.grades) == 23
    assert found.grades["C14"].isna().sum() == 2


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("9", 9),
        ("1/9", 1 / 9),
        ("0.11", 1 / 9),
        ("0.3333", 0.3333),
        (5, 5),
        (2.5, 2.5),
        ("1:4", 0.25),
    ],
)
def test_judgements_as_written(text: object, value: float) -> None:
    assert answers.judgement(text) == pytest.approx(value)


def test_columns_as_a_spreadsheet_names_them() -> None:
    assert [column_letters(k) for k in (0, 25, 26, 51, 52, 701, 702)] == [
        "A", "Z", "AA", "AZ", "BA", "ZZ", "AAA",
    ]  # fmt: skip


# --- the template ---


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_template_filled_in_is_read(
    tmp_path: Path, capsys: Any, cells: Cells, as_csv: Any, as_xlsx: Any, ending: str,
    l_bank: Questionnaire,
) -> None:  # fmt: skip
    path = tmp_path / f"empty.{ending}"
    assert cli.run(["assess", "--template", str(path), "--experts", "4", "--staff", "24"]) == 0
    assert "Fill it in" in capsys.readouterr().out
    assert cli.run(["assess", str(path)]) == 2  # nobody has answered yet
    told = capsys.readouterr().err
    assert "nobody judged the pairs of the criteria" in told and "nobody graded C14" in told
    if ending == "csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file))
    else:
        from openpyxl import load_workbook

        sheet = load_workbook(path)["questionnaire"]
        rows = [["" if c is None else str(c) for c in r] for r in sheet.iter_rows(values_only=True)]
    first = next(k for k, row in enumerate(rows) if row[0] == "item")
    filled = [row + [""] * (len(cells[0]) - len(row)) for row in rows[: first + 1]]
    filled += [
        row[:3] + answer[3:] for row, answer in zip(rows[first + 1 :], cells[1:], strict=True)
    ]
    write = as_csv if ending == "csv" else as_xlsx
    found = read_questionnaire(write(filled, tmp_path / f"full.{ending}"))
    assert np.array_equal(found.grades.to_numpy(), l_bank.grades.to_numpy())
    assert list(found.judgements["B1"]) == ["E01", "E02", "E03", "E04"]


def test_judgements_of_the_template_stay_text(tmp_path: Path) -> None:
    from openpyxl import load_workbook

    path = tmp_path / "empty.xlsx"
    assert cli.run(["assess", "--template", str(path)]) == 0
    sheet = load_workbook(path)["questionnaire"]
    pairs = [row for row in sheet.iter_rows() if row[0].value in ("B1", "C7") and row[1].value]
    assert pairs and all(row[3].number_format == "@" for row in pairs)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--template", "a.ods"], "allowed: a file ending in .csv or .xlsx"),
        (["--template", "no/a.csv"], "there is no such folder"),
        (["--template", "here.csv"], "is there already; nothing was written"),
        (["--template", "a.csv", "--experts", "0"], "experts = 0 is not allowed"),
        (["--template", "a.csv", "--staff", "x"], "'x' is not a whole number"),
    ],
)
def test_templates_that_cannot_be_written(
    tmp_path: Path, capsys: Any, monkeypatch: Any, arguments: list[str], told: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("here.csv").write_text("kept")
    assert cli.run(["assess", *arguments]) == 2
    assert told in capsys.readouterr().err
    assert Path("here.csv").read_text() == "kept"
