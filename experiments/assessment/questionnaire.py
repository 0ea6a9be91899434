"""A questionnaire that was filled in: judgements of experts, grades of staff.

One table: a row is a question, a column a person. With ``against`` filled a row compares two
items and experts answer it; without it the row asks for the risk of an indicator and staff
answers it. A person may do both. Layout: docs/assessment.md, section "The file".
"""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from experiments.assessment import answers
from experiments.assessment.ahp import Matrix
from experiments.assessment.hierarchy import GROUPS, INDICATORS, ITEMS, group_of, named
from experiments.assessment.sheets import Sheet, read_sheet
from scenarios.problems import ScenarioError, nearest, shown

HEADINGS = ("item", "against", "question")
"""Columns before those of the persons; the third is for people and is not read."""

_HEADINGS_ZH = {"指标": "item", "对比": "against", "问题": "question"}
_CODES = tuple(item.code for item in INDICATORS)
_MOST_TOLD = 40


class Questionnaire(NamedTuple):
    """Answers by group and person.

    label: of the file. judgements: group -> expert -> matrix in the order of the group's codes.
    grades: one row a respondent, one column an indicator; 1 to 5, NaN where left out.
    """

    label: str
    judgements: dict[str, dict[str, Matrix]]
    grades: pd.DataFrame


class _Question(NamedTuple):
    """A row of the table. second: "" where it asks for a grade."""

    row: int
    first: str
    second: str
    cells: list[object]


def read_questionnaire(path: str | Path) -> Questionnaire:
    """Read a questionnaire (CSV or XLSX).

    Raises: ScenarioError naming every problem with its row and column.
    """
    sheet = read_sheet(Path(path))
    reader = _Reader(sheet)
    reader.read()
    if reader.problems:
        more = len(reader.problems) - _MOST_TOLD
        told = reader.problems[:_MOST_TOLD]
        raise ScenarioError([*told, f"{sheet.label}: {more} more problems"] if more > 0 else told)
    return Questionnaire(sheet.label, reader.judgements, reader.grades)


class _Reader:
    """Turns rows into answers; problems are collected."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.problems: list[str] = []
        self.judgements: dict[str, dict[str, Matrix]] = {}
        self.grades = pd.DataFrame()
        self._headings: list[str] = []
        self._places: dict[str, int] = {}
        self._persons: dict[str, int] = {}

    def read(self) -> None:
        """Read the whole sheet."""
        self._read_heading()
        if self.problems:
            return
        questions = self._questions()
        self._read_judgements([q for q in questions if q.second])
        self._read_grades([q for q in questions if not q.second])

    def _refuse(self, row: int, words: str, column: int | None = None) -> None:
        """Note a problem of a row or a cell."""
        heading = self._headings[column] if column is not None else ""
        self.problems.append(f"{self.sheet.place(row, column, heading)}: {words}")

    # --- headings and questions ---

    def _read_heading(self) -> None:
        """Find the columns."""
        row, cells = self.sheet.rows[0]
        self._headings = [str(cell) for cell in cells]
        for column, heading in enumerate(self._headings):
            name = _HEADINGS_ZH.get(heading, answers.words(heading))
            if name in HEADINGS:
                self._enter(self._places, name, row, column)
            elif heading:
                self._enter(self._persons, heading, row, column)
            elif any(column < len(c) and c[column] != "" for _, c in self.sheet.rows[1:]):
                self._refuse(row, "a column with answers has no heading", column)
        for name in HEADINGS[:2]:
            if name not in self._places:
                close = nearest(name, self._persons).partition("nearest known: ")[2]
                advice = f"; is {shown(close)} meant?" if close else ""
                self._refuse(row, f"no column {name}; the headings must be {', '.join(HEADINGS)}, "
                             f"then one a person{advice}")  # fmt: skip
        if not self.problems and not self._persons:
            self._refuse(row, "no column of a person; allowed: one column for each who answers")

    def _enter(self, columns: dict[str, int], name: str, row: int, column: int) -> None:
        """Note where a column is; two of the same name cannot be told apart."""
        if name in columns:
            self._refuse(row, f"the heading {shown(name)} stands there twice", column)
        columns.setdefault(name, column)

    def _questions(self) -> list[_Question]:
        """The rows as questions that are known and asked once."""
        found: dict[frozenset[str], _Question] = {}
        for row, cells in self.sheet.rows[1:]:
            if len(cells) > len(self._headings):
                extra = f"{len(cells)} cells, the headings are {len(self._headings)}"
                self._refuse(row, f"more cells than headings ({extra})")
                continue
            filled = [*cells, *[""] * (len(self._headings) - len(cells))]
            first = self._code(row, "item", filled)
            second = self._code(row, "against", filled)
            if first is None or second is None or not self._is_question(row, first, second):
                continue
            question = _Question(row, first, second, filled)
            before = found.setdefault(frozenset((first, second)), question)
            if before is not question:
                self._refuse(row, f"asks the same as row {before.row}; allowed: each once")
        return list(found.values())

    def _code(self, row: int, name: str, cells: list[object]) -> str | None:
        """The code in a column; None, with a word about it, where there is no such code."""
        column = self._places[name]
        code = answers.words(cells[column]).upper()
        if code in ITEMS or (name == "against" and not code):
            return code
        if not code:
            self._refuse(row, f"no code; allowed: {_range()}", column)
        else:
            told = f"{shown(cells[column])}: unknown code{nearest(code, ITEMS)}"
            self._refuse(row, f"{told}; allowed: {_range()}", column)
        return None

    def _is_question(self, row: int, first: str, second: str) -> bool:
        """May these two be compared, or this one be graded?"""
        if not second:
            if first not in _CODES:
                self._refuse(row, f"{first} is a criterion; only {_CODES[0]} to {_CODES[-1]} get "
                             "grades", self._places["item"])  # fmt: skip
            return first in _CODES
        if first == second:
            self._refuse(row, f"{first} against itself", self._places["against"])
        elif group_of(first, second) is None:
            self._refuse(row, f"{first} and {second} do not stand under the same criterion",
                         self._places["against"])  # fmt: skip
        return first != second and group_of(first, second) is not None

    # --- judgements ---

    def _read_judgements(self, questions: list[_Question]) -> None:
        """The matrices of every expert in every group."""
        asked = {(q.first, q.second): q for q in questions}
        for group, codes in GROUPS.items():
            rows = {}
            for pair in combinations(codes, 2):
                question = asked.get(pair) or asked.get(pair[::-1])
                if question is None:
                    self.problems.append(
                        f"{self.sheet.label}: no row with {pair[0]} against {pair[1]}"
                    )
                else:
                    rows[pair] = question
            if len(rows) == len(codes) * (len(codes) - 1) // 2:
                self._read_group(group, rows)

    def _read_group(self, group: str, rows: dict[tuple[str, str], _Question]) -> None:
        """The matrices of a group; who judges must judge every pair."""
        before = len(self.problems)
        codes = GROUPS[group]
        matrices: dict[str, Matrix] = {}
        for person, column in self._persons.items():
            left_out = {pair for pair, q in rows.items() if answers.is_empty(q.cells[column])}
            if len(left_out) == len(rows):
                continue
            matrix = np.ones((len(codes), len(codes)))
            for (first, second), question in rows.items():
                if (first, second) in left_out:
                    self._refuse(question.row, f"empty, but other pairs of {named(group)} are "
                                 "judged; allowed: all of them or none", column)  # fmt: skip
                    continue
                value = self._judged(question, column)
                value = value if question.first == first else 1.0 / value
                i, j = codes.index(first), codes.index(second)
                matrix[i, j], matrix[j, i] = value, 1.0 / value
            matrices[person] = matrix
        if not matrices and len(self.problems) == before:
            first_row = min(q.row for q in rows.values())
            self._refuse(first_row, f"nobody judged the pairs of {named(group)}; "
                         "allowed: at least one expert")  # fmt: skip
        self.judgements[group] = matrices

    def _judged(self, question: _Question, column: int) -> float:
        """A judgement; 1, with a word about it, where it is none."""
        try:
            return answers.judgement(question.cells[column])
        except answers.UnclearError as unclear:
            self._refuse(question.row, str(unclear), column)
            return 1.0

    # --- grades ---

    def _read_grades(self, questions: list[_Question]) -> None:
        """The grades of all who gave any."""
        asked = {q.first: q for q in questions}
        missing = [code for code in _CODES if code not in asked]
        if missing:
            told = ", ".join(missing)
            self.problems.append(f"{self.sheet.label}: no row that asks for the risk of {told}")
        table = pd.DataFrame(np.nan, index=list(self._persons), columns=list(_CODES))
        for code, question in asked.items():
            for person, column in self._persons.items():
                if not answers.is_empty(question.cells[column]):
                    table.loc[person, code] = self._graded(question, column)
            if table[code].isna().all():
                self._refuse(question.row, f"nobody graded {code}; allowed: at least one answer")
        self.grades = table.dropna(how="all")

    def _graded(self, question: _Question, column: int) -> float:
        """A grade; a medium one, with a word about it, where it is none."""
        try:
            return float(answers.grade(question.cells[column]))
        except answers.UnclearError as unclear:
            self._refuse(question.row, str(unclear), column)
            return 3.0


def _range() -> str:
    """The codes that there are, in short."""
    return f"B1 to B3, {_CODES[0]} to {_CODES[-1]}"
