"""One answer of a questionnaire: what a cell means, or why it means nothing."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, time
from fractions import Fraction

from experiments.assessment.hierarchy import GRADES, GRADES_ZH
from scenarios.problems import shown

JUDGEMENT_ALLOWED = "a number from 1/9 to 9, such as 3 or 1/3"
GRADE_ALLOWED = f"1 to 5 or {', '.join(GRADES)} (risk; 5 is the worst)"

_FRACTION = re.compile(r"\d{1,4}(\.\d{1,12})?(\s*[/:]\s*[1-9]\d{0,3})?")
_DATE = re.compile(r"月|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|\d+[-./]\d+[-./]\d+")
_ROUNDING = 0.02  # 0.11 is meant as 1/9

_WORDS: dict[str, int] = {
    **{word: k for k, word in enumerate(GRADES, start=1)},
    **{word: k for k, word in enumerate(GRADES_ZH, start=1)},
    "非常低": 1, "低": 2, "中": 3, "中等": 3, "高": 4, "非常高": 5,
}  # fmt: skip


class UnclearError(ValueError):
    """An answer that means nothing: what it says, and what is allowed."""


def words(cell: object) -> str:
    """A cell as plain text: full-width signs narrowed, blanks single, small letters."""
    return " ".join(unicodedata.normalize("NFKC", str(cell)).split()).lower()


def is_empty(cell: object) -> bool:
    """Was the question left out?"""
    return words(cell) in ("", "-", "–", "—", "n/a", "na")


def judgement(cell: object) -> float:
    """A pairwise judgement within [1/9, 9]. Raises: UnclearError."""
    if isinstance(cell, date | time) or _DATE.search(words(cell)):
        raise UnclearError(
            f"{shown(_told(cell))} looks like a date, into which a spreadsheet turns 1/3; "
            f"allowed: {JUDGEMENT_ALLOWED} as text, or 0.333"
        )
    text = words(cell).replace(",", ".")
    if isinstance(cell, bool) or not _FRACTION.fullmatch(text):
        raise UnclearError(f"{shown(_told(cell))} is no judgement; allowed: {JUDGEMENT_ALLOWED}")
    above, _, below = text.replace(":", "/").partition("/")
    value = float(Fraction(above.strip()) / Fraction(below.strip() or 1))
    if not 1.0 / 9.0 * (1.0 - _ROUNDING) <= value <= 9.0:
        raise UnclearError(f"{shown(_told(cell))} is out of range; allowed: {JUDGEMENT_ALLOWED}")
    return max(value, 1.0 / 9.0)


def grade(cell: object) -> int:
    """A grade of risk, 1 very low to 5 very high. Raises: UnclearError."""
    text = words(cell)
    if isinstance(cell, bool | date | time):
        text = ""
    if re.fullmatch(r"[1-5](\.0+)?", text):
        return int(text[0])
    if text in _WORDS:
        return _WORDS[text]
    raise UnclearError(f"{shown(_told(cell))} is no grade; allowed: {GRADE_ALLOWED}")


def _told(cell: object) -> object:
    """A cell as its writer sees it."""
    return cell.isoformat() if isinstance(cell, date | time) else cell
