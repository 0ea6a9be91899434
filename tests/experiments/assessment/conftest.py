"""L Bank's questionnaire as a table of cells, to be damaged and written again."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from experiments.assessment.belief import L_BANK
from experiments.assessment.questionnaire import Questionnaire, read_questionnaire

Cells = list[list[str]]


@pytest.fixture(scope="session")
def cells() -> Cells:
    """Rows from the headings on, without remarks: row 1 of a file is the heading."""
    text = L_BANK.read_text(encoding="utf-8-sig")
    return [row for row in csv.reader(io.StringIO(text)) if not row[0].startswith("#")]


@pytest.fixture(scope="session")
def l_bank() -> Questionnaire:
    return read_questionnaire(L_BANK)


@pytest.fixture(scope="session")
def as_csv() -> object:
    """A function that writes cells as CSV and returns the path."""

    def write(cells: Cells, path: Path, encoding: str = "utf-8", separator: str = ",") -> Path:
        with path.open("w", encoding=encoding, newline="") as file:
            csv.writer(file, delimiter=separator).writerows(cells)
        return path

    return write


@pytest.fixture(scope="session")
def as_xlsx() -> object:
    """A function that writes cells (of any type) as a workbook and returns the path."""
    from openpyxl import Workbook

    def write(cells: list[list[object]], path: Path, *sheets: str) -> Path:
        book = Workbook()
        book.active.title = sheets[0] if sheets else "questionnaire"
        for name in sheets[1:]:
            book.create_sheet(name)
        for row in cells:
            book.active.append([None if cell == "" else cell for cell in row])
        book.save(path)
        return path

    return write
