"""An empty questionnaire to fill in: CSV or XLSX, in English and Chinese."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from itertools import combinations
from pathlib import Path
from typing import Any

from experiments.assessment.hierarchy import GOAL, GROUPS, INDICATORS, ITEMS, Item
from experiments.assessment.questions import HEADINGS
from experiments.assessment.sheets import ENDINGS, SHEET, check_openpyxl
from scenarios.problems import ScenarioError

REMARKS: tuple[str, ...] = tuple(
    """\
# Rows that begin with # are not read. One column a person; a code instead of a name will do.
# Experts answer the rows with two codes, staff the rows with one; a person may do both.
# Two codes: how many times as much as the second does the first matter?
# 1 equally, 3 somewhat, 5 clearly, 7 much, 9 extremely more; 1/3 to 1/9 for less.
# All rows of a criterion, or none of them.
# 两个代码：前者的重要性是后者的几倍？1 同等，3 稍重要，5 明显，7 强烈，9 极端；反之填 1/3 至 1/9。
# One code: how high is the risk here? 1 very low, 2 low, 3 medium, 4 high, 5 very high.
# Empty where you do not know. High risk is weak management.
# 一个代码：该环节的风险有多高？1 很低，2 较低，3 一般，4 较高，5 很高；不清楚请留空。
""".splitlines()
)
"""How to fill it in: the rows above the headings."""

_WIDTHS = {"A": 8, "B": 9, "C": 78}
_BLANK_JUDGEMENT, _BLANK_GRADE = "@", "0"  # number formats: text, so that 1/3 stays 1/3


def questions() -> list[tuple[str, str, str]]:
    """Every question: item, against ("" for a grade), words."""
    asked = []
    for group, codes in GROUPS.items():
        for first, second in combinations(codes, 2):
            under = "" if group == GOAL else f" within {ITEMS[group].title.lower()}"
            words = f"{_named(ITEMS[first])} as against {_named(ITEMS[second])}{under}?"
            asked.append((first, second, f"How much does it matter: {words}"))
    asked += [(i.code, "", f"How high is the risk: {_named(i)}?") for i in INDICATORS]
    return asked


def _named(item: Item) -> str:
    """An item in both languages."""
    return f"{item.title} {item.title_zh}"


def write_template(path: Path, experts: int, staff: int) -> None:
    """Write an empty questionnaire; an existing file is never overwritten.

    path: ending in .csv or .xlsx. experts, staff: columns of each.
    Raises: ScenarioError where it cannot be written.
    """
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise ScenarioError([f"--template {path}: allowed: a file ending in .csv or .xlsx"])
    if path.exists():
        raise ScenarioError([f"--template {path}: is there already; nothing was written"])
    if not path.absolute().parent.is_dir():
        raise ScenarioError([f"--template {path}: there is no such folder"])
    if ending == ".xlsx":
        check_openpyxl(f"--template {path}")
    persons = [f"E{k:02}" for k in range(1, experts + 1)]
    persons += [f"S{k:02}" for k in range(1, staff + 1)]
    rows = [[*HEADINGS, *persons], *([*question] for question in questions())]
    try:
        (_write_xlsx if ending == ".xlsx" else write_csv)(path, REMARKS, rows)
    except OSError as error:
        raise ScenarioError([f"--template {path}: cannot be written ({error.strerror})"]) from None


def write_csv(path: Path, remarks: Iterable[str], rows: Iterable[list[Any]]) -> None:
    """A questionnaire as CSV, with the mark by which a spreadsheet knows UTF-8."""
    with path.open("x", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows([remark] for remark in remarks)
        writer.writerows(rows)


def _write_xlsx(path: Path, remarks: Iterable[str], rows: list[list[Any]]) -> None:
    """A questionnaire as a workbook: headings stay in view, grades are picked from a list."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    book = Workbook()
    sheet = book.active
    sheet.title = SHEET
    for remark in remarks:
        sheet.append([remark])
    heading = sheet.max_row + 1
    for row in rows:
        sheet.append(row)
    for cell in sheet[heading]:
        cell.font = Font(bold=True)
    last = get_column_letter(max(len(rows[0]), len(HEADINGS) + 1))
    allowed = DataValidation(type="whole", operator="between", formula1="1", formula2="5")
    allowed.error, allowed.errorTitle = "1 very low risk ... 5 very high risk", "Grade"
    sheet.add_data_validation(allowed)
    for number, row in enumerate(rows[1:], start=heading + 1):
        sheet.cell(number, len(HEADINGS)).alignment = Alignment(wrap_text=True, vertical="top")
        for cell in sheet[number][len(HEADINGS) :]:
            cell.number_format = _BLANK_JUDGEMENT if row[1] else _BLANK_GRADE
        if not row[1]:
            allowed.add(f"D{number}:{last}{number}")
    for letter, width in _WIDTHS.items():
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = f"D{heading + 1}"
    book.save(path)
