"""Records as memory: what is compared is values, never the gaps between fields."""

from __future__ import annotations

import numpy as np

from agents.records import Field, as_bytes, new_records, packed_bytes

FIELDS = {"amount": Field("i8", "fen", ""), "sound": Field("u1", "flag", "")}


def test_gaps_between_fields_do_not_count() -> None:
    one, other = new_records(FIELDS, 3), new_records(FIELDS, 3)
    assert one.dtype.itemsize > 9  # there is a gap
    as_bytes(other)[...] = 255
    for name in FIELDS:
        one[name] = other[name] = [1, 2, 3]
    assert as_bytes(one).tobytes() != as_bytes(other).tobytes()
    assert packed_bytes(one) == packed_bytes(other)
    assert len(packed_bytes(one)) == 3 * 9


def test_every_value_counts() -> None:
    one, other = new_records(FIELDS, 3), new_records(FIELDS, 3)
    other["sound"][2] = 1
    assert packed_bytes(one) != packed_bytes(other)
    assert packed_bytes(np.arange(3.0)) == np.arange(3.0).tobytes()
