"""A mapping file: a bank's own headers and codes, told in TOML. See docs/tape.md."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
from pydantic import BeforeValidator, Field, PlainValidator, create_model
from pydantic_core import PydanticCustomError

from scenarios.checking import checked
from scenarios.problems import ScenarioError, nearest, shown
from scenarios.schema import Table, Text, Version, choice, number, text
from scenarios.tape.columns import COLUMNS, LARGEST, Source, plain
from scenarios.toml_files import read_toml, shipped

SHIPPED_MAPPINGS = Path(__file__).resolve().parent.parent / "mappings"
ENCODINGS = ("utf-8", "gb18030", "utf-16", "latin-1")


def _plain_day(value: object) -> dt.date:
    if isinstance(value, dt.datetime) or not isinstance(value, dt.date):
        raise PydanticCustomError("refused", "{a}", {"a": "a day without quotes, 2014-12-31"})
    return value


def _codes(value: object) -> dict[str, str]:
    allowed = "a table of code = value"
    if not isinstance(value, AnyMapping):
        raise PydanticCustomError("refused", "{a}", {"a": allowed})
    if any(isinstance(v, list | dict) for v in value.values()):
        raise PydanticCustomError("refused", "{a}", {"a": f"{allowed}, each value one word"})
    return {str(code): _word(v) for code, v in value.items()}


def _cells(value: object) -> list[str]:
    if not isinstance(value, list) or any(isinstance(v, list | dict) for v in value):
        raise PydanticCustomError("refused", "{a}", {"a": "a list of cells, [0, 9999]"})
    return [_word(v) for v in value]


def _word(value: object) -> str:
    """A cell as text; true and false as 1 and 0."""
    return str(int(value)) if isinstance(value, bool) else str(value)


def _header(value: object) -> object:
    """A header alone stands for a table with that header."""
    return {"header": value} if isinstance(value, str) else value


class _SourceTable(Table):
    header: Text
    codes: Annotated[dict[str, str], PlainValidator(_codes)] = Field(default={})
    other: Annotated[str, text()] = ""
    unknown: Annotated[list[str], PlainValidator(_cells)] = Field(default=[])
    scale: Annotated[float, number(1e-9, LARGEST)] = 1.0


class _MappingTable(Table):
    schema_version: Version
    title: Annotated[str, text(filled=False)] = ""
    encoding: Annotated[str, choice(*ENCODINGS)] = ""
    header_row: Annotated[int, number(1, 1_000, whole=True)] = 1
    sheet: Annotated[str, text()] = ""
    dates: Annotated[str, choice("ymd", "dmy", "mdy")] = "ymd"
    decimal: Annotated[str, choice(".", ",")] = "."
    cut_off: Annotated[dt.date | None, PlainValidator(_plain_day)] = None


_Source = Annotated[_SourceTable | None, BeforeValidator(_header)]
_Columns = create_model("Columns", __base__=Table,
                        **dict.fromkeys(COLUMNS, (_Source, None)))  # type: ignore[call-overload]  # fmt: skip
_MappingFile = create_model("MappingFile", __base__=_MappingTable, columns=(_Columns, ...))


@dataclass(frozen=True)
class Mapping:
    """How a tape is read. sources: None takes the headers that are known without a mapping.

    encoding, sheet: "" to find out, or the first sheet. header_row: counted from 1. dates: order
    of day and month where the year is last. cut_off: day of the tape, None where not told.
    label: how messages name the mapping.
    """

    sources: AnyMapping[str, Source] | None = None
    encoding: str = ""
    header_row: int = 1
    sheet: str = ""
    dates: str = "ymd"
    decimal: str = "."
    cut_off: pd.Timestamp | None = None
    label: str = ""


def read_mapping(source: str | Path) -> Mapping:
    """Read a mapping: a shipped name (``sba_7a``) or the path of a TOML file.

    Raises: ScenarioError with every problem.
    """
    known = shipped(SHIPPED_MAPPINGS)
    name = str(source)
    path = known.get(name, Path(source))
    if path.suffix.lower() != ".toml":
        raise ScenarioError([f"{shown(name)}: unknown mapping{nearest(name, known)}"])
    problems: list[str] = []
    raw = read_toml(path, name)
    table = checked(raw, _MappingFile, name, problems)
    columns = {k: v for k, v in table.get("columns", {}).items() if v is not None}
    if not problems:
        problems += _unfit(columns, name)
    if problems:
        raise ScenarioError(problems)
    sources = {key: _source(key, stated) for key, stated in columns.items()}
    rest = {key: table[key] for key in ("encoding", "header_row", "sheet", "dates", "decimal")
            if key in table}  # fmt: skip
    cut_off = pd.Timestamp(table["cut_off"]) if "cut_off" in table else None
    return Mapping(sources=sources, cut_off=cut_off, label=name, **rest)


def _source(name: str, stated: dict[str, Any]) -> Source:
    """A source as a mapping states it; codes that are not mapped keep their known meaning."""
    own = {plain(code): value for code, value in stated.get("codes", {}).items()}
    return Source(
        stated["header"], {**COLUMNS[name].codes, **own} if own else {},
        stated.get("other"), frozenset(map(plain, stated.get("unknown", ()))),
        float(stated.get("scale", 1.0)),
    )  # fmt: skip


def _unfit(columns: dict[str, dict[str, Any]], label: str) -> list[str]:
    """Problems that only columns together, or a column's kind, can have."""
    problems = []
    if "amount" not in columns:
        problems.append(f"{label}: columns.amount is missing; it names the column of amounts")
    taken: dict[str, str] = {}
    for name, stated in columns.items():
        place, kind = f"{label}: columns.{name}", COLUMNS[name].kind
        first = taken.setdefault(plain(stated["header"]), name)
        if first != name:
            problems.append(f"{place}: {shown(stated['header'])} is already columns.{first}")
        if kind in ("code", "flag"):
            problems += _bad_codes(place, name, stated)
        elif set(stated) & {"codes", "other"}:
            problems.append(f"{place}: codes and other belong to columns of codes only")
        if "scale" in stated and kind != "number":
            problems.append(f"{place}: scale belongs to columns of numbers only")
    return problems


def _bad_codes(place: str, name: str, stated: dict[str, Any]) -> list[str]:
    """Values that a mapping gives to codes and that the column does not have."""
    allowed = sorted(set(COLUMNS[name].codes.values()))
    values = [*stated.get("codes", {}).values(), *([stated["other"]] if "other" in stated else [])]
    return [
        f"{place}: the value {shown(value)} is not allowed; allowed: {' or '.join(allowed)}"
        for value in dict.fromkeys(values) if value not in allowed
    ]  # fmt: skip
