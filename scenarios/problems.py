"""How a problem in a file is told: one line that names file, key, value and what is allowed."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

_LONGEST_VALUE = 60


class ScenarioError(ValueError):
    """Everything that is wrong with a scenario, strategy or tape, one line a problem.

    problems: the lines, each naming the file, the key, the value and what is allowed.
    """

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems: tuple[str, ...] = tuple(dict.fromkeys(map(_printable, problems)))
        super().__init__(self.problems)

    def __str__(self) -> str:
        return "\n".join(self.problems)


def _printable(line: str) -> str:
    """A line without the control signs that a file's keys or a path may hold."""
    return "".join(c if c.isprintable() else " " if c.isspace() else "?" for c in line)


def nearest(name: str, known: Iterable[str]) -> str:
    """The end of a message on an unknown name: the nearest known one, or all of a few.

    Upper and lower case count as equal; "" where nothing helps.
    """
    spelled = {k.lower(): k for k in known}
    close = difflib.get_close_matches(name.lower(), spelled, n=1, cutoff=0.5)
    if close:
        return f"; nearest known: {spelled[close[0]]}"
    if 0 < len(spelled) <= 12:
        return f"; known: {', '.join(spelled.values())}"
    return ""


def shown(value: object) -> str:
    """A value as its writer sees it in the file, cut where it is long."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list | tuple):
        return "a list"
    try:
        text = f'"{value}"' if isinstance(value, str) else str(value)
    except ValueError:  # an integer with more digits than Python prints
        text = "a very long number"
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 1] + "…"


def number_text(value: float) -> str:
    """A number as a person writes it: 0.55, 136, 10000000."""
    if float(value).is_integer() and abs(value) < 1e15:
        return str(int(value))
    return f"{value:.6g}"


def range_text(low: float, high: float, whole: bool = False) -> str:
    """Admissible bounds in words."""
    kind = "a whole number" if whole else "a number"
    if low == -float("inf") and high == float("inf"):
        return f"{kind} (not nan, not inf)"
    if high == float("inf"):
        return f"{kind} of at least {number_text(low)}"
    if low == -float("inf"):
        return f"{kind} of at most {number_text(high)}"
    return f"{kind} from {number_text(low)} to {number_text(high)}"
