"""Keyed draws: numpy's Philox bit for bit, order-free, prefix-stable, never 0 or 1."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.special import ndtri

from simulation import draws
from simulation.draws import draw_columns, normal, philox, uniforms

WORD = st.integers(0, 2**64 - 1)
TOP = 2**64 - 1

# (counter, key) -> words: the vectors published with Random123 (Salmon et al. 2011).
KNOWN_ANSWERS = [
    ((0, 0, 0, 0), (0, 0),
     (0x16554D9ECA36314C, 0xDB20FE9D672D0FDC, 0xD7E772CEE186176B, 0x7E68B68AEC7BA23B)),
    ((TOP, TOP, TOP, TOP), (TOP, TOP),
     (0x87B092C3013FE90B, 0x438C3C67BE8D0224, 0x9CC7D7C69CD777B6, 0xA09CAEBF594F0BA0)),
    ((0x243F6A8885A308D3, 0x13198A2E03707344, 0xA4093822299F31D0, 0x082EFA98EC4E6C89),
     (0x452821E638D01377, 0xBE5466CF34E90C6C),
     (0xA528F45403E61D95, 0x38C72DBD566E9788, 0xA5A1610E72FD18B5, 0x57BD43B5E52B7FE6)),
]  # fmt: skip


def block(key: tuple[int, ...], counter: tuple[int, ...]) -> list[int]:
    """Our four words for a key and a counter."""
    return [int(word) for word in philox(*map(np.uint64, key), *map(np.uint64, counter))]


def numpy_block(key: tuple[int, ...], counter: tuple[int, ...]) -> list[int]:
    """numpy's four words; it advances its counter before the first block."""
    whole = sum(word << 64 * place for place, word in enumerate(counter))
    before = (whole - 1) % 2**256
    words = [before >> 64 * place & TOP for place in range(4)]
    theirs = np.random.Philox(
        key=np.array(key, dtype=np.uint64), counter=np.array(words, dtype=np.uint64)
    )
    return [int(word) for word in theirs.random_raw(4)]


@pytest.mark.parametrize(("counter", "key", "words"), KNOWN_ANSWERS)
def test_published_vectors(counter: Any, key: Any, words: Any) -> None:
    assert block(key, counter) == list(words)


@settings(max_examples=300, deadline=None)
@given(key=st.tuples(WORD, WORD), counter=st.tuples(WORD, WORD, WORD, WORD))
@example(key=(0, 0), counter=(0, 0, 0, 0))
@example(key=(7, 3), counter=(draws.CIRCLES + 5, 167, draws.TRAITS, 6))
@example(key=(TOP, TOP), counter=(TOP, TOP, TOP, TOP))
@example(key=(1, 2), counter=(0, 1, 0, 0))
@example(key=(1, 2), counter=(0, 0, 0, 2**63))
def test_equals_numpy_philox(key: tuple[int, ...], counter: tuple[int, ...]) -> None:
    assert block(key, counter) == numpy_block(key, counter)


@settings(max_examples=100, deadline=None)
@given(
    key=st.tuples(st.integers(0, 2**63 - 1), st.integers(0, 2**31)),
    counter=st.tuples(
        st.integers(0, 2**36), st.integers(0, 5_000), st.integers(0, 14), st.integers(0, 6)
    ),
)
def test_signed_keys_as_the_kernels_pass_them(
    key: tuple[int, ...], counter: tuple[int, ...]
) -> None:
    ours = [int(word) for word in philox(*key, *counter)]
    assert ours == numpy_block(key, counter)
    assert uniforms(*key, *counter) == tuple((w >> 12) / 2**52 + 2**-53 for w in ours)


@settings(deadline=None)
@given(word=WORD)
@example(word=0)
@example(word=4095)
@example(word=TOP)
def test_a_uniform_is_never_0_and_never_1(word: int) -> None:
    u = draws._unit(np.uint64(word))
    assert 2.0**-53 <= u <= 1.0 - 2.0**-53
    assert u == (word >> 12) * 2.0**-52 + 2.0**-53
    assert math.isfinite(normal(u))
    # The mirror image of a word gives the mirror image of the draw, without rounding.
    assert draws._unit(np.uint64(TOP - word)) == 1.0 - u


def test_neighbouring_keys_and_counters_are_independent() -> None:
    words = set()
    grid = itertools.product(range(3), range(3), range(8), range(8), range(15), range(3))
    values = [uniforms(*place) for place in grid]
    for four in values:
        words.update(four)
    flat = np.array(values).ravel()
    assert len(words) == len(flat)  # no two blocks share a draw
    assert stats.kstest(flat, "uniform").pvalue > 1e-3
    # Neighbours along each of the six axes: seed, replication, entity, occasion, purpose, block.
    cube = np.array(values).reshape(3, 3, 8, 8, 15, 3, 4)
    for axis in range(6):
        near = np.moveaxis(cube, axis, 0)
        pairs = np.corrcoef(near[:-1].ravel(), near[1:].ravel())[0, 1]
        assert abs(pairs) < 4.0 / math.sqrt(near[:-1].size), axis
    table = stats.chi2_contingency(np.histogram2d(flat[:-1], flat[1:], bins=8)[0])
    assert table.pvalue > 1e-3


def test_every_part_of_the_counter_matters() -> None:
    base = (5, 6, 7, 8, 9, 10)
    first = uniforms(*base)
    for place in range(6):
        moved = list(base)
        moved[place] += 1
        assert not set(uniforms(*moved)) & set(first), place


def near_one_half() -> np.ndarray:
    """Draws around the middle, where the quantile is near zero."""
    small = 2.0 ** -np.arange(2, 50)
    return np.concatenate([0.5 - small, 0.5 + small])


@pytest.mark.parametrize(
    "u",
    [
        (np.arange(1, 20_000) / 20_000.0),
        2.0 ** -np.arange(1.0, 54.0),
        1.0 - 2.0 ** -np.arange(2.0, 54.0),
        near_one_half(),
        np.array([0.075, np.nextafter(0.075, 0), 0.925, np.nextafter(0.925, 1), np.exp(-25.0)]),
    ],
    ids=["grid", "lower tail", "upper tail", "middle", "seams of the three formulas"],
)
def test_normal_equals_scipy(u: np.ndarray) -> None:
    ours = np.array([normal(float(x)) for x in u])
    theirs = ndtri(u)
    off = np.abs(ours - theirs) / np.maximum(np.abs(theirs), 1e-300)
    worst = int(np.argmax(off))
    assert off[worst] < 1e-14, (u[worst], ours[worst], theirs[worst])


@settings(max_examples=200, deadline=None)
@given(u=st.floats(2.0**-53, 0.5, exclude_max=True))
def test_normal_is_odd_and_rises(u: float) -> None:
    mirrored = 1.0 - u
    if 1.0 - mirrored == u:
        assert normal(mirrored) == -normal(u)
    assert normal(u) < 0.0
    # One step up rises, except for rounding in the last place.
    step = normal(float(np.nextafter(u, 1.0))) - normal(u)
    assert step >= -4.0 * np.spacing(abs(normal(u)))
    assert normal(min(1.0 - 2.0**-53, u * 1.001 + 1e-9)) > normal(u)


def test_normal_at_one_half_is_zero() -> None:
    assert normal(0.5) == 0.0


PLAIN = """
import numpy as np
from agents.compiled import PLAIN
from simulation.draws import draw_columns, normal, philox, uniforms
assert {plain} == PLAIN
for place in {places}:
    print([int(word) for word in philox(*place)])
    print([x.hex() for x in uniforms(*place)], [normal(x).hex() for x in uniforms(*place)])
entities = np.array([0, 3, 2**32 + 1, 2**35 + 9])
print(draw_columns(9, 4, entities, 3, 7, occasion=11, first_block=2).tobytes().hex())
print([normal(u).hex() for u in (2.0**-53, 1e-9, 0.075, 0.3, 0.5, 0.9999, 1 - 2.0**-53)])
"""


def test_plain_twin_gives_the_same_bits(python: Callable[..., str]) -> None:
    places = [
        (0, 0, 0, 0, 0, 0),
        (7, 1, 12, 30, draws.SHOCK, 0),
        (2**63 - 1, 2**31, 2**35 + 77, 599, draws.ACTION, 2),
        *[(s, s + 1, 1000 * s, 3 * s, s % 15, s % 4) for s in range(40)],
    ]
    compiled = python("-c", PLAIN.format(plain=False, places=places), NUMBA_DISABLE_JIT="0")
    plain = python("-c", PLAIN.format(plain=True, places=places), NUMBA_DISABLE_JIT="1")
    assert len(plain.splitlines()) == 2 * len(places) + 2
    assert plain == compiled


ENTITIES = np.array([5, 0, 3, 2**32 + 1, 2**33, 17], dtype=np.int64)


def test_columns_are_the_blocks_in_order() -> None:
    table = draw_columns(2, 3, ENTITIES, draws.TRAITS, 8, occasion=4)
    for row, entity in enumerate(ENTITIES):
        for place in range(2):
            expected = uniforms(2, 3, int(entity), 4, draws.TRAITS, place)
            assert tuple(table[row, 4 * place : 4 * place + 4]) == expected


@pytest.mark.parametrize("columns", [1, 2, 3, 4, 5, 7, 8, 13])
def test_more_columns_leave_the_others_unchanged(columns: int) -> None:
    whole = draw_columns(2, 3, ENTITIES, draws.TRAITS, 28)
    part = draw_columns(2, 3, ENTITIES, draws.TRAITS, columns)
    assert part.shape == (len(ENTITIES), columns)
    assert np.array_equal(part, whole[:, :columns])


def test_more_entities_and_another_order_leave_the_others_unchanged() -> None:
    whole = draw_columns(2, 3, ENTITIES, draws.TRAITS, 6)
    for count in range(len(ENTITIES)):
        assert np.array_equal(draw_columns(2, 3, ENTITIES[:count], draws.TRAITS, 6), whole[:count])
    assert np.array_equal(draw_columns(2, 3, ENTITIES[::-1].copy(), draws.TRAITS, 6), whole[::-1])


def test_first_block_moves_the_window() -> None:
    whole = draw_columns(2, 3, ENTITIES, draws.TRAITS, 16)
    moved = draw_columns(2, 3, ENTITIES, draws.TRAITS, 4, first_block=2)
    assert np.array_equal(moved, whole[:, 8:12])


# Append only. A number that changes its meaning changes every result ever published.
FROZEN_PURPOSES = {
    "traits": 0, "shock": 1, "life": 2, "signal": 3, "checks": 4, "observation": 5, "review": 6,
    "disbursement": 7, "default": 9, "economy": 10, "officer": 11, "assumption": 12, "visit": 13,
    "action": 14,
}  # fmt: skip
RETIRED = {8}  # numbers that once had a meaning are never given again


def test_purposes_are_append_only() -> None:
    numbers = list(draws.PURPOSES.values())
    assert FROZEN_PURPOSES.items() <= draws.PURPOSES.items()
    assert len(set(numbers)) == len(numbers)
    assert not RETIRED & set(numbers)
    assert all(number > 14 for n, number in draws.PURPOSES.items() if n not in FROZEN_PURPOSES)
    for name, number in draws.PURPOSES.items():
        assert getattr(draws, name.upper()) == number


def test_kinds_of_entities_never_meet() -> None:
    starts = [0, draws.BORN_LATER, draws.OFFICERS, draws.SYSTEM, draws.CIRCLES]
    assert starts == [0, 1 << 32, 1 << 33, 1 << 34, 1 << 35]
    # Between two starts there is room for every row there can be, and for a 32-bit hash.
    assert min(np.diff(starts)) >= 1 << 32
