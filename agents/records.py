"""Populations as records: each field declared once with type, unit, range and visibility.

``seen`` tells who knows a field: ``true`` fields belong to the world and never reach a
decision of an officer or of the bank; ``observed`` fields are what the bank's process has
written down; ``contract`` fields are known to both sides.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.lib.recfunctions import repack_fields
from numpy.typing import NDArray

Records = Any
"""A ``np.recarray``: ``book[i].dpd`` for one row, ``book["dpd"]`` for the column."""

FEN_PER_CNY = 100
DAYS_PER_MONTH = 365.0 / 12.0


class Field(NamedTuple):
    """Declaration of one field of a record."""

    type: str
    unit: str
    meaning: str
    seen: Literal["true", "observed", "contract"] = "true"
    initial: float = 0
    shape: tuple[int, ...] = ()


def record_dtype(fields: Mapping[str, Field]) -> np.dtype[np.void]:
    """Aligned structured dtype of the declared fields, widest first to avoid gaps."""
    by_width = sorted(fields.items(), key=lambda item: -np.dtype(item[1].type).itemsize)
    return np.dtype([(name, field.type, field.shape) for name, field in by_width], align=True)


def new_records(fields: Mapping[str, Field], rows: int) -> Records:
    """Rows at the fields' initial values, as a recarray of length ``rows``."""
    records = np.zeros(rows, dtype=record_dtype(fields))
    for name, field in fields.items():
        if field.initial:
            records[name] = field.initial
    return as_records(records)


_SHARED: dict[np.dtype[np.void], np.dtype[np.void]] = {}


def as_records(array: NDArray[np.void]) -> Records:
    """The array as a recarray (a view), with one dtype object for all arrays of these fields.

    numba knows a structured dtype by its address; another object with the same fields it
    compares field by field, at every call of a kernel.
    """
    dtype = _SHARED.setdefault(array.dtype, np.dtype((np.record, array.dtype)))
    return array.view(dtype).view(np.recarray)  # at once it would make another dtype


def as_bytes(array: NDArray[Any]) -> NDArray[np.uint8]:
    """The memory of an array: numpy copies a structured array field by field, ten times slower."""
    return np.frombuffer(array, np.uint8) if array.nbytes else np.zeros(0, np.uint8)


def packed_bytes(array: NDArray[Any]) -> bytes:
    """The values of an array. Its memory has gaps between fields, and these hold anything."""
    plain = np.asarray(array).view(np.ndarray)
    return bytes(repack_fields(plain, recurse=True).tobytes())


def copied(array: NDArray[Any]) -> Any:
    """An independent copy, as bytes."""
    twin = np.empty_like(array)
    as_bytes(twin)[...] = as_bytes(array)
    return twin


def with_room(records: Records, used: int, rows: int) -> Records:
    """The first ``used`` rows in an array of ``rows``; the others are zero.

    Rows that nobody has used yet are no memory yet, so room is free. Who takes such a row sets
    all its fields.
    """
    larger = as_records(np.zeros(rows, dtype=records.dtype))
    size = used * records.dtype.itemsize
    as_bytes(larger)[:size] = as_bytes(records)[:size]
    return larger


def visible(fields: Mapping[str, Field], seen: str) -> set[str]:
    """Names of the fields with a given visibility."""
    return {name for name, field in fields.items() if field.seen == seen}


def column(records: Records, name: str) -> NDArray[Any]:
    """A field of all rows as a plain array (a view, shape: rows)."""
    return np.asarray(records[name])
