"""Write docs/parameters.md from the declarations in the code: ``make docs``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

import simulation  # noqa: F401  (its import declares every parameter)
from agents import bank, enterprise, loan, officer
from agents.parameters import MARKS, SECTIONS, Parameter
from agents.records import Field
from scenarios.problems import number_text

PAGE = Path(__file__).resolve().parent / "parameters.md"

TITLES = {
    "economy": "Economy",
    "population": "Population: what firms are on the first day",
    "enterprise": "Enterprise: how firms trade and pay",
    "loan": "Loan: contract and workout",
    "officer": "Officer: hours, checks and skill",
    "bank": "Bank: decisions, warning, recovery",
    "economics": "Economics: what a result is made of",
    "strategies": "Strategies",
}
"""Sections in the order of the page; others follow by name."""

RECORDS: dict[str, Mapping[str, Field]] = {
    "Enterprise": enterprise.FIELDS,
    "Loan": loan.FIELDS,
    "Officer": officer.FIELDS,
    "Bank": bank.FIELDS,
}

SEEN = {
    "true": "the world only",
    "observed": "the bank",
    "contract": "bank and borrower",
}
"""Who sees a field, in words."""

COLUMNS = (
    "parameter", "meaning", "default", "unit", "doubt", "weak → strong", "mark", "source",
)  # fmt: skip
"""Columns of a section's table."""

HEAD = """\
# Parameters and fields

Written by `make docs` from the declarations in the code; do not edit. The equations that use the
parameters are in [model-basis.md](model-basis.md). `loanlab check FILE --explain KEY` tells where
a value in a scenario comes from.

**Default** is the value where nothing else is said; ± is the standard error of a value fitted to
data, from sampling alone and given the model. **Doubt** is a plausible range; from it
assumptions (marks R and A) are drawn on request. **Weak → strong** are the values at management
quality 0 and 1 of the stage named, which replace the default; for a parameter that only
strategies move the strong end stands alone. *Prototype* as a source means: from an earlier
program that a reader cannot look into (evidence marks in [model-basis.md](model-basis.md));
*fact* and a number: of [validation.md](validation.md).

What is drawn hangs on the mark alone. A parameter marked A or R is drawn also where a fact was in
view when it was set, so a world with assumptions drawn was not set to that fact. One marked C stays
at its value, also where it shows a range of doubt, so such worlds do not hold all that is in doubt.
"""

FIELDS_HEAD = """\
## Fields of the records

Who sees a field: *the world only* is true and reaches no decision of an officer or of the bank but
through an observation; *the bank* has written it down itself; *bank and borrower* both know it.
"""


def table(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table."""
    names = list(columns)
    lines = [names, ["---"] * len(names), *rows]
    return "\n".join("| " + " | ".join(map(cell, line)) + " |" for line in lines) + "\n"


def cell(text: str) -> str:
    """Text that does not break a table."""
    return " ".join(text.replace("|", "\\|").split())


def order() -> list[str]:
    """Sections as the page shows them, whatever order the code is imported in."""
    known = [section for section in TITLES if section in SECTIONS]
    return known + sorted(set(SECTIONS) - set(TITLES))


def doubt(parameter: Parameter) -> str:
    """Range of doubt in words."""
    if parameter.doubt is None:
        return ""
    return " – ".join(map(number_text, parameter.doubt))


def default(parameter: Parameter) -> str:
    """Default, with the standard error of a fitted value."""
    value = number_text(parameter.default)
    if parameter.standard_error is None:
        return value
    return f"{value} ± {number_text(parameter.standard_error)}"


def managed(parameter: Parameter) -> str:
    """Weak and strong end with the stage that sets them."""
    if parameter.strong is None:
        return ""
    if parameter.weak is None:
        return f"→ {number_text(parameter.strong)} (strategies)"
    ends = f"{number_text(parameter.weak)} → {number_text(parameter.strong)}"
    return f"{ends} ({parameter.stage})"


def parameter_row(name: str, parameter: Parameter) -> list[str]:
    """One parameter."""
    return [
        f"`{name}`", parameter.meaning, default(parameter), parameter.unit,
        doubt(parameter), managed(parameter), parameter.mark, parameter.source,
    ]  # fmt: skip


def field_row(name: str, field: Field) -> list[str]:
    """One field of a record."""
    return [f"`{name}`", field.unit, field.meaning, SEEN[field.seen]]


def evidence() -> str:
    """How many parameters of each section carry each mark."""
    rows = []
    for section in order():
        marks = Counter(p.mark for p in SECTIONS[section].values())
        rows.append([section, *(str(marks[mark]) for mark in MARKS), str(marks.total())])
    totals = [str(sum(int(row[k]) for row in rows)) for k in range(1, len(MARKS) + 2)]
    return table(["section", *MARKS, "all"], [*rows, ["all", *totals]])


def page() -> str:
    """The whole page."""
    parts = [HEAD, table(["mark", "evidence"], MARKS.items()), evidence()]
    for section in order():
        rows = [parameter_row(name, p) for name, p in SECTIONS[section].items()]
        title = TITLES.get(section, section.capitalize())
        parts.append(f"## {title}\n\nTable `[{section}]` of a scenario file.\n")
        parts.append(table(COLUMNS, rows))
    parts.append(FIELDS_HEAD)
    for record, fields in RECORDS.items():
        rows = [field_row(name, field) for name, field in fields.items()]
        parts.append(f"### {record}\n")
        parts.append(table(["field", "unit", "meaning", "who sees it"], rows))
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    print(f"wrote {PAGE}")
