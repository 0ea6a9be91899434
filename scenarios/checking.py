"""Check a table read from a file against its schema and tell every breach in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from agents.parameters import SECTIONS, all_parameters
from scenarios.problems import nearest, shown
from scenarios.schema import SCHEMA_VERSION, strategy_table

_NOT_A_TABLE = ("model_type", "model_attributes_type", "dict_type", "mapping_type")


def checked(
    raw: Mapping[str, Any], schema: type[BaseModel], label: str, problems: list[str]
) -> dict[str, Any]:
    """The keys that a file states, as plain checked values; empty where it has problems.

    label: how messages name the file. problems: every breach is appended, a line each.
    """
    try:
        return schema.model_validate(dict(raw)).model_dump(exclude_unset=True)
    except ValidationError as error:
        problems += [f"{label}: {_told(detail, schema)}" for detail in error.errors()]
        return {}


def _told(detail: ErrorDetails, schema: type[BaseModel]) -> str:
    """One breach in words, without the file's name."""
    loc = detail["loc"]
    key = _key_text(loc)
    value = shown(detail["input"])
    match detail["type"]:
        case "extra_forbidden":
            return _unknown(loc, schema)
        case "missing" if key == "schema_version":
            return f"schema_version is missing; write schema_version = {SCHEMA_VERSION}"
        case "missing":
            return f"{key} is missing"
        case "sum":
            return f"{key}: {detail['msg']}"
        case "refused":
            return f"{key} = {value} is not allowed; allowed: {detail['msg']}"
        case "list_type":
            return f"{key} = {value} is not allowed; allowed: tables that begin with [[{key}]]"
        case kind if kind in _NOT_A_TABLE and loc[0] == "strategies" and len(loc) == 2:
            advice = nearest(str(loc[1]), SECTIONS.get("strategies", {}))
            return f"{key} = {value} is neither a parameter nor a strategy's table{advice}"
        case kind if kind in _NOT_A_TABLE:
            return f"{key} = {value} is not allowed; allowed: a table, [{key}]"
    return f"{key} = {value} is not allowed"


def _key_text(loc: tuple[int | str, ...]) -> str:
    """A key as it is written in the file; entries of a list are counted from 1."""
    words = ""
    for part in loc:
        if isinstance(part, int):
            words = f"[[{words}]] number {part + 1}:"
        else:
            words += {"": "", ":": " "}.get(words[-1:], ".") + part
    return words.removesuffix(":")


def _unknown(loc: tuple[int | str, ...], schema: type[BaseModel]) -> str:
    """What to say of a key that the schema does not have."""
    key, name = _key_text(loc), str(loc[-1])
    home = next((s for s, known in SECTIONS.items() if name in known), None)
    if home and loc[-2:-1] == ("closes",):
        return f"{key}: {name} has no declared strong value, so no gap to close; use [adds]"
    if home and len(loc) <= 2:
        return f"{key}: unknown key here; it belongs in the table [{home}]"
    known = _keys_at(loc[:-1], schema)
    in_parameters = len(loc) == 2 and loc[0] in SECTIONS
    if len(loc) == 1 or (in_parameters and "nearest" not in nearest(name, known)):
        known = [*known, *all_parameters()]
    return f"{key}: unknown key{nearest(name, known)}"


def _keys_at(loc: tuple[int | str, ...], schema: type[BaseModel]) -> list[str]:
    """Keys that the schema knows in the table at ``loc``."""
    here: Any = schema
    for part in loc:
        if isinstance(here, type) and issubclass(here, BaseModel):
            field = here.model_fields.get(str(part))
            here = field.annotation if field else strategy_table()
        else:  # list[model]
            here = get_args(here)[-1]
    return list(here.model_fields)
