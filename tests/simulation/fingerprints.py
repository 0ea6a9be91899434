"""Hash of all that a model holds, and a small command line for other processes.

``python fingerprints.py '{"scenario": "l_bank", "overrides": {...}, "strategies": [], "seed": 0}'``
runs a model to its end and prints the hash. The tests load this file through the fixture
``fingerprint``; it is no test module.
"""

from __future__ import annotations

import hashlib
import json
import sys
from typing import Any

import numpy as np


def world_parts(model: Any) -> dict[str, Any]:
    """Every array of a model's state by name; of the loan book the rows in use."""
    parts = used_rows(model._world)
    parts["months"] = model._table.rows
    shadows = getattr(model, "_shadows", None)  # there is none during the burn-in
    if shadows is not None and len(shadows.loans):
        book = used_rows(shadows._world)
        book["enterprises"] = book["enterprises"][: len(shadows.loans)]
        parts |= {f"shadow {name}": array for name, array in book.items()}
    return parts


def used_rows(world: Any) -> dict[str, Any]:
    """The arrays of a world by name; of loan book and lists the rows in use."""
    parts = world._asdict()
    parts["loans"] = world.loans[: int(world.desk[0].loan_count)]
    for which, count in enumerate(world.desk[0].listed):
        parts[f"list {which}"] = world.lists[which, : int(count)]
    del parts["lists"]
    return parts


def field_bytes(array: Any) -> dict[str, bytes]:
    """Bytes of each field (of the array itself where it has none), without padding."""
    array = np.asarray(array)
    if array.dtype.fields is None:
        return {"": np.ascontiguousarray(array).tobytes()}
    return {
        f".{name}{inner}": part
        for name in array.dtype.fields
        for inner, part in field_bytes(array[name]).items()
    }


def fingerprint(model: Any) -> str:
    """SHA-256 over every field of every array of the model."""
    digest = hashlib.sha256()
    for name, array in sorted(world_parts(model).items()):
        for field, content in sorted(field_bytes(array).items()):
            digest.update(f"{name}{field}:{len(content)}:".encode())
            digest.update(content)
    return digest.hexdigest()


def differing_fields(one: Any, other: Any) -> list[str]:
    """Names of the fields in which two models differ."""
    mine, theirs = world_parts(one), world_parts(other)
    found = sorted(mine.keys() ^ theirs.keys())
    for name in sorted(mine.keys() & theirs.keys()):
        left, right = field_bytes(mine[name]), field_bytes(theirs[name])
        assert left.keys() == right.keys()
        found += [f"{name}{field}" for field in sorted(left) if left[field] != right[field]]
    return found


def main() -> None:
    """Run the model that the first argument describes and print its hash."""
    from scenarios import load_scenario
    from simulation import LoanPortfolio

    asked = json.loads(sys.argv[1])
    scenario = load_scenario(asked["scenario"], **asked["overrides"])
    model = LoanPortfolio(scenario, asked.get("strategies", []), asked.get("seed", 0))
    model.run()
    print(fingerprint(model))


if __name__ == "__main__":
    main()
