"""Every kind of damage to a questionnaire is told with file, row and column."""

from __future__ import annotations

import copy
import datetime as dt
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from experiments import cli
from experiments.assessment.belief import L_BANK
from experiments.assessment.evaluation import believed
from experiments.assessment.hierarchy import GROUPS
from experiments.assessment.questionnaire import read_questionnaire
from experiments.assessment.weights import Method, weigh
from scenarios import ScenarioError

Cells = list[list[Any]]
JARGON = ("Traceback", "Error(", "openpyxl", "errno", "KeyError", "codec", ".py")


def check_words(path: Path, error: ScenarioError) -> None:
    """Every problem names the file, stands on one line, and is told in plain words."""
    assert error.problems
    for line in error.problems:
        assert line.startswith(str(path)), line
        assert not any(word in line.removeprefix(str(path)) for word in JARGON), line
        assert "\n" not in line


def refusal(path: Path) -> list[str]:
    """The problems of a file, without the file's name, which stands first in each."""
    with pytest.raises(ScenarioError) as caught:
        read_questionnaire(path)
    check_words(path, caught.value)
    return [line.removeprefix(f"{path}: ") for line in caught.value.problems]


Damage = Callable[[Cells], Any]


def put(row: int, column: int, value: Any) -> Damage:
    """Another value in a cell. row, column: from 0."""

    def damage(cells: Cells) -> None:
        cells[row][column] = value

    return damage


def drop_column(column: int) -> Damage:
    return lambda cells: [row.pop(column) for row in cells]


def blank(rows: slice, columns: slice) -> Damage:
    """Empty a block of cells."""

    def damage(cells: Cells) -> None:
        for row in cells[rows]:
            row[columns] = [""] * len(row[columns])

    return damage


GRADE = "allowed: 1 to 5 or very low, low, medium, high, very high (risk; 5 is the worst)"
JUDGED = "allowed: a number from 1/9 to 9, such as 3 or 1/3"
JUDGE = "pairs of the criteria are judged; allowed: all of them or none"
HEADINGS = "the headings must be item, against, question, then one a person"

E1, E2, S01 = ('column "Expert 1": ', 'column "Expert 2": ', 'column "S01": ')

DAMAGES: dict[str, tuple[Damage, str]] = {
    # headings
    "no item": (drop_column(0), f"row 1: no column item; {HEADINGS}"),
    "item misspelt": (put(0, 0, "items"), f'row 1: no column item; {HEADINGS}; is "items" meant?'),
    "no against": (drop_column(1), f"row 1: no column against; {HEADINGS}"),
    "no heading at all": (lambda c: c.pop(0), f"row 1: no column item; {HEADINGS}"),
    "person twice": (put(0, 4, "Expert 1"),
                     f'row 1, {E1}the heading "Expert 1" stands there twice'),
    "item twice": (put(0, 2, "Item"), 'column "Item": the heading "item" stands there twice'),
    "person without a name": (put(0, 5, ""),
                              "row 1, column F: a column with answers has no heading"),
    "nobody": (lambda c: [row.__delitem__(slice(3, None)) for row in c],
               "row 1: no column of a person; allowed: one column for each who answers"),
    # questions
    "unknown code": (put(1, 0, "X1"), 'row 2, column "item": "X1": unknown code'),
    "code with a slip": (put(44, 0, "C144"),
                         '"C144": unknown code; nearest known: C14; allowed: B1 to B3, C1 to C14'),
    "no code": (put(4, 0, ""), 'row 5, column "item": no code; allowed: B1 to B3, C1 to C14'),
    "unknown against": (put(1, 1, "Z"), 'row 2, column "against": "Z": unknown code'),
    "against itself": (put(1, 1, "B1"), 'row 2, column "against": B1 against itself'),
    "of two criteria": (put(4, 1, "C7"),
                        'row 5, column "against": C1 and C7 do not stand under the same criterion'),
    "levels mixed": (put(1, 1, "C3"), "B1 and C3 do not stand under the same criterion"),
    "criterion graded": (put(44, 0, "B1"),
                         'row 45, column "item": B1 is a criterion; only C1 to C14 get grades'),
    "pair twice": (put(2, 1, "B2"), "row 3: asks the same as row 2; allowed: each once"),
    "pair twice, turned round": (lambda c: c.append(["B2", "B1", *c[1][2:]]),
                                 "row 46: asks the same as row 2; allowed: each once"),
    "indicator twice": (lambda c: c.append(c[-1]), "row 46: asks the same as row 45"),
    "pair missing": (lambda c: c.pop(1), "no row with B1 against B2"),
    "indicator missing": (lambda c: c.pop(), "no row that asks for the risk of C14"),
    "all grades missing": (lambda c: c.__delitem__(slice(31, None)),
                           "no row that asks for the risk of C1, C2, C3, C4"),
    "too many cells": (lambda c: c[3].extend(["", "5"]),
                       "row 4: more cells than headings (33 cells, the headings are 31)"),
    # judgements
    "judgement is a word": (put(1, 3, "more"), f'row 2, {E1}"more" is no judgement; {JUDGED}'),
    "judgement of zero": (put(1, 3, "0"), f'row 2, {E1}"0" is out of range; {JUDGED}'),
    "judgement too large": (put(2, 4, "10"), f'row 3, {E2}"10" is out of range; {JUDGED}'),
    "judgement too small": (put(2, 4, "1/10"), f'{E2}"1/10" is out of range; {JUDGED}'),
    "judgement below zero": (put(2, 4, "-3"), f'{E2}"-3" is no judgement; {JUDGED}'),
    "divided by zero": (put(2, 4, "1/0"), f'{E2}"1/0" is no judgement; {JUDGED}'),
    "not a number": (put(2, 4, "nan"), f'{E2}"nan" is no judgement'),
    "infinite": (put(2, 4, "inf"), f'{E2}"inf" is no judgement'),
    "enormous": (put(2, 4, "1e400"), f'{E2}"1e400" is no judgement'),
    "as a share": (put(2, 4, "30%"), f'{E2}"30%" is no judgement'),
    "became a date": (put(2, 4, "3-Jan"),
                      f'{E2}"3-Jan" looks like a date, into which a spreadsheet turns'),
    "became a Chinese date": (put(2, 4, "1月3日"), '"1月3日" looks like a date'),
    "expert leaves a pair out": (put(2, 4, ""), f"row 3, {E2}empty, but other {JUDGE}"),
    "no expert on a criterion": (
        blank(slice(4, 19), slice(3, 7)),
        "row 5: nobody judged the pairs of B1; allowed: at least one expert",
    ),
    # grades
    "grade too high": (put(31, 7, "6"), f'row 32, {S01}"6" is no grade; {GRADE}'),
    "grade of zero": (put(31, 7, "0"), f'row 32, {S01}"0" is no grade; {GRADE}'),
    "half a grade": (put(31, 7, "2.5"), f'row 32, {S01}"2.5" is no grade; {GRADE}'),
    "grade is a word": (put(31, 7, "bad"), f'row 32, {S01}"bad" is no grade; {GRADE}'),
    "two grades": (put(31, 7, "3,4"), f'row 32, {S01}"3,4" is no grade; {GRADE}'),
    "nobody on an indicator": (blank(slice(35, 36), slice(3, None)),
                               "row 36: nobody graded C5; allowed: at least one answer"),
}  # fmt: skip


@pytest.mark.parametrize(("damage", "told"), DAMAGES.values(), ids=DAMAGES)
def test_damage_is_told_with_row_and_column(
    tmp_path: Path, cells: Cells, as_csv: Any, capsys: Any, damage: Damage, told: str
) -> None:
    damaged = copy.deepcopy(cells)
    damage(damaged)
    path = as_csv(damaged, tmp_path / "answers.csv")
    problems = refusal(path)
    assert any(told in line for line in problems), problems
    assert cli.run(["assess", str(path), "--out", str(tmp_path / "out")]) == 2
    said = capsys.readouterr()
    assert said.out == "" and told in said.err and not (tmp_path / "out").exists()


XLSX_DAMAGES: dict[str, tuple[Damage, str]] = {
    "date": (put(1, 3, dt.datetime.fromisoformat("2026-01-03")),
             'sheet questionnaire, row 2, column D "Expert 1": "2026-01-03T00:00:00" looks like'),
    "truth value": (put(1, 3, True), 'row 2, column D "Expert 1": true is no judgement'),
    "grade a date": (put(31, 7, dt.date(2026, 1, 3)), 'row 32, column H "S01": "2026-01-03'),
    "grade a truth value": (put(31, 7, False), 'row 32, column H "S01": false is no grade'),
    "half a grade": (put(31, 7, 2.5), 'row 32, column H "S01": 2.5 is no grade'),
    "judgement too large": (put(2, 4, 12), 'row 3, column E "Expert 2": 12 is out of range'),
    "formula": (put(2, 4, "=1/3"), 'row 3, column E "Expert 2": empty, but other pairs'),
    "error": (put(2, 4, "#DIV/0!"), 'row 3, column E "Expert 2": "#DIV/0!" is no judgement'),
    "far out": (put(31, 30, 9), 'row 32, column AE "S24": 9 is no grade'),
}  # fmt: skip


@pytest.mark.parametrize(("damage", "told"), XLSX_DAMAGES.values(), ids=XLSX_DAMAGES)
def test_damage_in_a_workbook(
    tmp_path: Path, cells: Cells, as_xlsx: Any, damage: Damage, told: str
) -> None:
    damaged = copy.deepcopy(cells)
    damage(damaged)
    problems = refusal(as_xlsx(damaged, tmp_path / "answers.xlsx"))
    assert any(told in line for line in problems), problems


def files(folder: Path, as_xlsx: Any) -> dict[str, tuple[Path, str]]:
    """Files that are no questionnaire at all, each with what is said of it."""
    made = {
        "empty": ("empty.csv", b"", "the file is empty"),
        "remarks only": ("remarks.csv", b"# one\n\n# two\n", "the file is empty"),
        "bytes": ("bytes.csv", bytes(range(256)), "not a text file; allowed: CSV in UTF-8 or GB"),
        "utf-16": ("wide.csv", "item,against\n".encode("utf-16"), "not a text file"),
        "other table": ("other.csv", b"a,b\n1,2\n", "row 1: no column item"),
        "open quote": ("quote.csv", b'item,against,"E1\nB1,B2,3\n', "row 1 cannot be read as CSV"),
        "no workbook": ("text.xlsx", b"item,against\n", "cannot be read as XLSX"),
        "half a workbook": ("half.xlsx", b"PK\x03\x04" + b"\0" * 40, "cannot be read as XLSX"),
    }
    found = {}
    for name, (file, content, told) in made.items():
        (folder / file).write_bytes(content)
        found[name] = (folder / file, told)
    with zipfile.ZipFile(folder / "zip.xlsx", "w") as archive:
        archive.writestr("hello.txt", "hello")
    (folder / "folder.csv").mkdir()
    as_xlsx([["x"]], folder / "sheets.xlsx", "one", "two")
    as_xlsx([[]], folder / "blank.xlsx")
    return found | {
        "zip": (folder / "zip.xlsx", "cannot be read as XLSX"),
        "folder": (folder / "folder.csv", "is a folder, not a file"),
        "missing": (folder / "emty.csv", "no such file; nearest known: empty.csv"),
        "which sheet": (folder / "sheets.xlsx", "no sheet questionnaire; the sheets are"),
        "blank": (folder / "blank.xlsx", "the sheet is empty"),
    }


def test_files_that_are_no_questionnaire(tmp_path: Path, as_xlsx: Any, capsys: Any) -> None:
    for name, (path, told) in files(tmp_path, as_xlsx).items():
        assert any(told in line for line in refusal(path)), name
        assert cli.run(["assess", str(path)]) == 2
        assert told in capsys.readouterr().err


def test_a_very_long_row_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "wide.csv"
    path.write_text("item,against" + ",x" * 3000)
    assert refusal(path) == ["row 1 has 3002 cells; allowed: at most 2000"]


def test_many_problems_are_counted(tmp_path: Path, cells: Cells, as_csv: Any) -> None:
    damaged = copy.deepcopy(cells)
    for row in damaged[-14:]:
        row[7:] = ["9"] * len(row[7:])
    problems = refusal(as_csv(damaged, tmp_path / "answers.csv"))
    assert len(problems) == 41
    assert problems[-1] == f"{14 * 24} problems in all; the first 40 stand above"


def test_without_openpyxl_the_extra_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"x")
    code = (
        "import sys; sys.modules['openpyxl'] = None\n"
        "from importlib import util\n"
        "find = util.find_spec\n"
        "util.find_spec = lambda name, *a: None if name == 'openpyxl' else find(name, *a)\n"
        "from experiments import cli\n"
        f"sys.exit(cli.run(['assess', {str(tmp_path / 'a.xlsx')!r}]))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 2 and "pip install 'loanlab[xlsx]'" in done.stderr


# --- a mutator ---

odd = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["", "1/3", "3", "9", "0", "-1", "1e9", "nan", "C1", "B2", "#", '"', "3,5", "￥"]
    ),
)
changes = st.lists(
    st.tuples(
        st.sampled_from(["put", "swap rows", "drop row", "double row", "drop column", "cut row"]),
        st.integers(0, 60), st.integers(0, 40), odd,
    ), min_size=1, max_size=4,
)  # fmt: skip


def mutated(cells: Cells, drawn: list[tuple[str, int, int, str]]) -> Cells:
    """Cells after a few changes of any kind."""
    result = copy.deepcopy(cells)
    for kind, i, j, text in drawn:
        row = i % len(result)
        column = j % max(1, len(result[row]))
        if kind == "put" and result[row]:
            result[row][column] = text
        elif kind == "swap rows":
            result[row], result[j % len(result)] = result[j % len(result)], result[row]
        elif kind == "drop row" and len(result) > 1:
            result.pop(row)
        elif kind == "double row":
            result.insert(row, list(result[row]))
        elif kind == "drop column":
            result = [r[:column] + r[column + 1 :] for r in result]
        elif kind == "cut row":
            result[row] = result[row][:column]
    return result


def judged(path: Path) -> None:
    """A file is either told with its name, or evaluated to weights and scores within bounds."""
    try:
        answered = read_questionnaire(path)
    except ScenarioError as error:
        check_words(path, error)
        return
    weighing = weigh(answered, Method())
    found = believed(answered, weighing, Method(), 100, 1)
    for group in GROUPS:
        assert sum(weighing.groups[group].local.values()) == pytest.approx(1.0)
    assert all(20.0 <= g.score <= 100.0 for g in found.graded.values())
    assert all(0.0 <= q.value <= 1.0 for q in found.qualities.values())


@given(drawn=changes)
@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_mutated_csv(tmp_path: Path, cells: Cells, as_csv: Any, drawn: Any) -> None:
    judged(as_csv(mutated(cells, drawn), tmp_path / "answers.csv", "utf-8"))


@given(drawn=changes)
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_mutated_workbook(tmp_path: Path, cells: Cells, as_xlsx: Any, drawn: Any) -> None:
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    clean = [[ILLEGAL_CHARACTERS_RE.sub("", c) for c in row] for row in mutated(cells, drawn)]
    judged(as_xlsx(clean, tmp_path / "answers.xlsx"))


@given(place=st.integers(0, 10_000), content=st.binary(min_size=1, max_size=8), cut=st.booleans())
@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_damaged_bytes(tmp_path: Path, place: int, content: bytes, cut: bool) -> None:
    whole = L_BANK.read_bytes()
    at = place % len(whole)
    path = tmp_path / "answers.csv"
    path.write_bytes(whole[:at] + content + (b"" if cut else whole[at + len(content) :]))
    judged(path)
