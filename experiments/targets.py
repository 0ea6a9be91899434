"""One rule for what is held against a published number: a target, and where an interval lies."""

from __future__ import annotations

from typing import Literal

Target = tuple[float, float]
"""Ends of an open interval."""

Place = Literal["inside", "outside", "astride", "no interval"]


def half_to_twice(least: float, most: float | None = None) -> Target:
    """From half the smallest to twice the largest published size (of one sign)."""
    sizes = sorted((least, least if most is None else most), key=abs)
    low, high = sorted((0.5 * sizes[0], 2.0 * sizes[1]))
    return low, high


def place(low: float, high: float, target: Target) -> Place:
    """Where an interval lies: inside the target, outside, or astride one of its edges.

    The target is open: an effect of exactly nothing has no sign.
    """
    least, most = target
    if not low <= high:
        return "no interval"
    if least < low and high < most:
        return "inside"
    return "outside" if high <= least or low >= most else "astride"
