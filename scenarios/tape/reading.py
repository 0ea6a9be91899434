"""Read a loan tape: find its columns, read its cells, hold them against the rules."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from scenarios.problems import ScenarioError, nearest, shown
from scenarios.tape import cells
from scenarios.tape.columns import COLUMNS, Source, known_sources, plain
from scenarios.tape.files import RawTable, read_raw
from scenarios.tape.mapping import Mapping
from scenarios.tape.telling import Breaches, notices

SHOWN = 5
"""Cells of one kind of problem that are told one by one; the rest is counted."""
_PLAIN_MAPPING = Mapping()


@dataclass(frozen=True)
class LoanTape:
    """A tape that has been read and found good.

    loans: a row a loan, columns of COLUMNS that the tape has (numbers, days, words; flags 1.0
    and 0.0; identifiers as numbers), index: the row in the file. headers: column -> header in the
    file. dropped: headers that were not read. encoding: of a text file. cut_off: the day of the
    tape; the last day on it where none was told (``told``). notices: what is odd but possible.
    """

    label: str
    loans: pd.DataFrame
    headers: dict[str, str]
    dropped: tuple[str, ...]
    encoding: str
    cut_off: pd.Timestamp | None
    told: bool
    notices: tuple[str, ...]


def read_loans(
    path: str | Path, mapping: Mapping | None = None, label: str | None = None, most: int = SHOWN
) -> LoanTape:
    """Read a tape and check every value.

    path: file ending in .csv, .csv.gz, .parquet or .xlsx. mapping: the bank's own headers and
    codes; None for the known ones. label: how messages name the file; its path where None.
    most: cells of one kind of problem that are named.
    Raises: ScenarioError with every kind of problem, by row and column.
    """
    mapping, label = mapping or _PLAIN_MAPPING, label or str(path)
    sources: dict[str, Source] = {}

    def chosen(headers: list[str]) -> list[str]:
        sources.update(_sources(headers, mapping, label))
        return [source.header for source in sources.values()]

    raw = read_raw(Path(path), label, mapping, chosen)
    breaches = Breaches(label, {name: s.header for name, s in sources.items()}, most)
    breaches.uneven(raw.uneven, len(raw.headers))
    loans = _values(raw, sources, mapping, breaches)
    today = cells.today()
    from scenarios.tape import rules  # pandera takes a while to load

    found = rules.breaches(loans, min(mapping.cut_off or today, today))
    breaches.refused(found, {name: raw.table[s.header] for name, s in sources.items()})
    if breaches.lines:
        raise ScenarioError(breaches.lines)
    taken = {source.header for source in sources.values()}
    return LoanTape(
        label, loans, {name: s.header for name, s in sources.items()},
        tuple(h for h in raw.headers if h not in taken), raw.encoding,
        mapping.cut_off or _last_day(loans), mapping.cut_off is not None,
        tuple(notices(loans, raw.blank)),
    )  # fmt: skip


def _sources(headers: list[str], mapping: Mapping, label: str) -> dict[str, Source]:
    """Where each column stands in the file. Raises: ScenarioError naming what is not there."""
    if mapping.sources is None:
        found = known_sources(headers)
        if "amount" not in found:
            raise ScenarioError([_no_amount(headers, label)])
        return found
    spelled = {plain(header): header for header in headers}
    missing = [
        f"{label}: no column {shown(source.header)}, which {mapping.label} names for {name}"
        f"{nearest(source.header, headers)}"
        for name, source in mapping.sources.items() if plain(source.header) not in spelled
    ]  # fmt: skip
    if missing:
        raise ScenarioError(missing)
    return {
        name: Source(spelled[plain(s.header)], s.codes, s.other, s.unknown, s.scale)
        for name, s in mapping.sources.items()
    }


def _no_amount(headers: list[str], label: str) -> str:
    """What to say of a tape in which no column of amounts is recognised."""
    known = [source.header for source in COLUMNS["amount"].known]
    guess = next((h for h in headers if nearest(h, known).startswith("; nearest")), "")
    advice = f"; is {guess} meant?" if guess else ""
    return (
        f"{label}: no column {' or '.join(known[:2])}{advice}; the columns are "
        f"{shown(', '.join(headers))}; a mapping file tells a tape's own headers"
    )


def _values(
    raw: RawTable, sources: dict[str, Source], mapping: Mapping, breaches: Breaches
) -> pd.DataFrame:
    """All cells as values; cells that cannot be read are noted and left empty."""
    values: dict[str, Any] = {}
    for name, column in COLUMNS.items():
        if name not in sources:
            continue
        source = sources[name]
        column_cells = cells.without_unknown(raw.table[source.header], source)
        match column.kind:
            case "number":
                read = cells.numbers(column_cells, source, mapping.decimal)
            case "date":
                read = cells.dates(column_cells, mapping.dates)
            case "identifier":
                read = cells.identifiers(column_cells)
            case _:
                read = cells.codes(column_cells, column, source)
        values[name] = read[0]
        breaches.unread(name, column_cells[read[1]], source)
    loans = pd.DataFrame(values, index=raw.table.index)
    if "employees" in loans:
        loans["employees"] = loans["employees"].fillna(0.0)
    return loans


def _last_day(loans: pd.DataFrame) -> pd.Timestamp | None:
    """The last day on the tape; None where it has no days."""
    days = [loans[name].max() for name, c in COLUMNS.items() if c.kind == "date" and name in loans]
    known = [day for day in days if not pd.isna(day)]
    return pd.Timestamp(max(known)) if known else None
