"""The questions that a sheet asks: its headings, and what each row compares or grades."""

from __future__ import annotations

from typing import NamedTuple

from experiments.assessment import answers
from experiments.assessment.hierarchy import INDICATORS, ITEMS, group_of
from experiments.assessment.sheets import Sheet
from scenarios.problems import nearest, shown

HEADINGS = ("item", "against", "question")
"""Columns before those of the persons; the third is for people and is not read."""

_HEADINGS_ZH = {"指标": "item", "对比": "against", "问题": "question"}
CODES = tuple(item.code for item in INDICATORS)
"""Codes of what staff grades."""


class Question(NamedTuple):
    """A row of the table. second: "" where it asks for a grade."""

    row: int
    first: str
    second: str
    cells: list[object]


class QuestionReader:
    """Finds columns and questions; what is wrong with the sheet is collected in ``problems``."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.problems: list[str] = []
        self.persons: dict[str, int] = {}
        self.questions: list[Question] = []
        self._headings: list[str] = []
        self._places: dict[str, int] = {}
        self._read_heading()
        if not self.problems:
            self.questions = self._questions()

    def refuse(self, row: int, words: str, column: int | None = None) -> None:
        """Note a problem of a row or a cell."""
        heading = self._headings[column] if column is not None else ""
        self.problems.append(f"{self.sheet.place(row, column, heading)}: {words}")

    def _read_heading(self) -> None:
        """Find the columns."""
        row, cells = self.sheet.rows[0]
        self._headings = [str(cell) for cell in cells]
        for column, heading in enumerate(self._headings):
            name = _HEADINGS_ZH.get(heading, answers.words(heading))
            if name in HEADINGS:
                self._enter(self._places, name, row, column)
            elif heading:
                self._enter(self.persons, heading, row, column)
            elif any(column < len(c) and c[column] != "" for _, c in self.sheet.rows[1:]):
                self.refuse(row, "a column with answers has no heading", column)
        for name in HEADINGS[:2]:
            if name not in self._places:
                close = nearest(name, self.persons).partition("nearest known: ")[2]
                advice = f"; is {shown(close)} meant?" if close else ""
                self.refuse(row, f"no column {name}; the headings must be {', '.join(HEADINGS)}, "
                             f"then one a person{advice}")  # fmt: skip
        if not self.problems and not self.persons:
            self.refuse(row, "no column of a person; allowed: one column for each who answers")

    def _enter(self, columns: dict[str, int], name: str, row: int, column: int) -> None:
        """Note where a column is; two of the same name cannot be told apart."""
        if name in columns:
            self.refuse(row, f"the heading {shown(name)} stands there twice", column)
        columns.setdefault(name, column)

    def _questions(self) -> list[Question]:
        """The rows as questions that are known and asked once."""
        found: dict[frozenset[str], Question] = {}
        for row, cells in self.sheet.rows[1:]:
            if len(cells) > len(self._headings):
                extra = f"{len(cells)} cells, the headings are {len(self._headings)}"
                self.refuse(row, f"more cells than headings ({extra})")
                continue
            filled = [*cells, *[""] * (len(self._headings) - len(cells))]
            first = self._code(row, "item", filled)
            second = self._code(row, "against", filled)
            if first is None or second is None or not self._is_question(row, first, second):
                continue
            question = Question(row, first, second, filled)
            before = found.setdefault(frozenset((first, second)), question)
            if before is not question:
                self.refuse(row, f"asks the same as row {before.row}; allowed: each once")
        return list(found.values())

    def _code(self, row: int, name: str, cells: list[object]) -> str | None:
        """The code in a column; None, with a word about it, where there is no such code."""
        column = self._places[name]
        code = answers.words(cells[column]).upper()
        if code in ITEMS or (name == "against" and not code):
            return code
        if not code:
            self.refuse(row, f"no code; allowed: {_range()}", column)
        else:
            told = f"{shown(cells[column])}: unknown code{nearest(code, ITEMS)}"
            self.refuse(row, f"{told}; allowed: {_range()}", column)
        return None

    def _is_question(self, row: int, first: str, second: str) -> bool:
        """May these two be compared, or this one be graded?"""
        if not second:
            if first not in CODES:
                self.refuse(row, f"{first} is a criterion; only {CODES[0]} to {CODES[-1]} get "
                             "grades", self._places["item"])  # fmt: skip
            return first in CODES
        if first == second:
            self.refuse(row, f"{first} against itself", self._places["against"])
        elif group_of(first, second) is None:
            self.refuse(row, f"{first} and {second} do not stand under the same criterion",
                         self._places["against"])  # fmt: skip
        return first != second and group_of(first, second) is not None


def _range() -> str:
    """The codes that there are, in short."""
    return f"B1 to B3, {CODES[0]} to {CODES[-1]}"
