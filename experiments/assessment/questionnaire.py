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
from experiments.assessment.hierarchy import GROUPS, named
from experiments.assessment.questions import CODES, Question, QuestionReader
from experiments.assessment.sheets import read_sheet
from scenarios.problems import ScenarioError

_MOST_TOLD = 40


class Questionnaire(NamedTuple):
    """Answers by group and person.

    label: of the file. judgements: group -> expert -> matrix in the order of the group's codes.
    grades: one row a respondent, one column an indicator; 1 to 5, NaN where left out.
    """

    label: str
    judgements: dict[str, dict[str, Matrix]]
    grades: pd.DataFrame


def read_questionnaire(path: str | Path) -> Questionnaire:
    """Read a questionnaire (CSV or XLSX).

    Raises: ScenarioError naming every problem with its row and column.
    """
    sheet = read_sheet(Path(path))
    reader = _Reader(QuestionReader(sheet))
    found = len(reader.problems)
    if found > _MOST_TOLD:
        told = f"{sheet.label}: {found} problems in all; the first {_MOST_TOLD} stand above"
        raise ScenarioError([*reader.problems[:_MOST_TOLD], told])
    if found:
        raise ScenarioError(reader.problems)
    return Questionnaire(sheet.label, reader.judgements, reader.grades)


class _Reader:
    """Turns the cells of known questions into answers; problems are collected."""

    def __init__(self, asked: QuestionReader) -> None:
        self.problems = asked.problems
        self.judgements: dict[str, dict[str, Matrix]] = {}
        self.grades = pd.DataFrame()
        self._label, self._refuse = asked.sheet.label, asked.refuse
        self._persons = asked.persons
        if self._persons:  # else the headings are told
            self._read_judgements([q for q in asked.questions if q.second])
            self._read_grades([q for q in asked.questions if not q.second])

    # --- judgements ---

    def _read_judgements(self, questions: list[Question]) -> None:
        """The matrices of every expert in every group."""
        asked = {(q.first, q.second): q for q in questions}
        for group, codes in GROUPS.items():
            rows = {}
            for pair in combinations(codes, 2):
                question = asked.get(pair) or asked.get(pair[::-1])
                if question is None:
                    self.problems.append(f"{self._label}: no row with {pair[0]} against {pair[1]}")
                else:
                    rows[pair] = question
            if len(rows) == len(codes) * (len(codes) - 1) // 2:
                self._read_group(group, rows)

    def _read_group(self, group: str, rows: dict[tuple[str, str], Question]) -> None:
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

    def _judged(self, question: Question, column: int) -> float:
        """A judgement; 1, with a word about it, where it is none."""
        try:
            return answers.judgement(question.cells[column])
        except answers.UnclearError as unclear:
            self._refuse(question.row, str(unclear), column)
            return 1.0

    # --- grades ---

    def _read_grades(self, questions: list[Question]) -> None:
        """The grades of all who gave any."""
        asked = {q.first: q for q in questions}
        missing = [code for code in CODES if code not in asked]
        if missing:
            told = ", ".join(missing)
            self.problems.append(f"{self._label}: no row that asks for the risk of {told}")
        table = pd.DataFrame(np.nan, index=list(self._persons), columns=list(CODES))
        for code, question in asked.items():
            for person, column in self._persons.items():
                if not answers.is_empty(question.cells[column]):
                    table.loc[person, code] = self._graded(question, column)
            if table[code].isna().all():
                self._refuse(question.row, f"nobody graded {code}; allowed: at least one answer")
        self.grades = table.dropna(how="all")

    def _graded(self, question: Question, column: int) -> float:
        """A grade; a medium one, with a word about it, where it is none."""
        try:
            return float(answers.grade(question.cells[column]))
        except answers.UnclearError as unclear:
            self._refuse(question.row, str(unclear), column)
            return 3.0
