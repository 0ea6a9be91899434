"""Do the indices stand? On growing sub-samples, with a verdict in words."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import kendalltau

from experiments.sensitivity.methods.base import Array, Method, Problem

HALVINGS = 3
"""The smallest sub-sample is the whole, halved so often."""

FEWEST = {"morris": 4, "sobol": 8, "sobol2": 8}
FEWEST_POINTS = 32

CLOSE, NARROW, AGREED = 0.05, 0.10, 0.8
"""Allowed change from half the samples to all, half-width (both as shares of the largest
index, or absolute for a share of variance), and Kendall's tau of the two rankings.
"""

LEADING = 5
"""Factors that must keep their order among them."""


def growing(method: Method, problem: Problem, points: Array, y: Array, seed: int) -> pd.DataFrame:
    """The main index on the first eighth, quarter, half and all of the samples.

    Returns: columns samples, factor, value. Sizes too small for the method are left out.
    """
    block = method.block(problem)
    samples = len(y) // block
    fewest = FEWEST.get(method.name, FEWEST_POINTS)
    parts = []
    for halving in range(HALVINGS, -1, -1):
        size = samples >> halving
        rows = slice(0, size * block)
        if size < fewest or np.ptp(y[rows]) == 0.0:
            continue
        found = method.indices(problem, points[rows], y[rows], seed, resamples=0)
        main = found[found["index"] == method.main]
        parts.append(main[["factor", "value"]].assign(samples=size))
    if not parts:
        return pd.DataFrame(columns=["samples", "factor", "value"])
    return pd.concat(parts, ignore_index=True)[["samples", "factor", "value"]]


def agreement(first: pd.Series[float], second: pd.Series[float]) -> float:
    """Kendall's tau of two rankings of the same factors (index: the factor)."""
    return float(kendalltau(first.to_numpy(), second.reindex(first.index).to_numpy()).statistic)


def verdict(grown: pd.DataFrame, indices: pd.DataFrame, main: str) -> str:
    """Whether the indices have settled, in words with the numbers that it rests on."""
    sizes = sorted(grown["samples"].unique())
    if len(sizes) < 2:
        return "Not known whether the indices have settled: too few samples to halve."
    half, whole = (
        grown[grown["samples"] == size].set_index("factor")["value"] for size in sizes[-2:]
    )
    scale = 1.0 if main == "ST" else float(whole.abs().max()) or 1.0
    change = float((whole - half).abs().max()) / scale
    own = indices[indices["index"] == main]
    width = float((own["high"] - own["low"]).max()) / 2.0 / scale
    tau = agreement(half, whole)
    leading = whole.sort_values(ascending=False).index[:LEADING]
    same_order = half.reindex(leading).is_monotonic_decreasing
    numbers = (
        f"from {sizes[-2]} to {sizes[-1]} samples {main} moves by at most {change:.2f}, its "
        f"widest half-interval is {width:.2f} and Kendall's tau of the rankings {tau:.2f}"
    )
    if change <= CLOSE and width <= NARROW:
        return f"The indices have settled: {numbers}."
    if tau >= AGREED and same_order:
        return f"The ranking has settled, the sizes of the indices have not: {numbers}."
    if same_order:
        return f"Only the first {len(leading)} factors keep their order: {numbers}."
    return f"Not settled, ask for more samples: {numbers}."


def unresolved(indices: pd.DataFrame, main: str) -> list[str]:
    """Sentences on indices that cannot be, such as a share of variance below 0."""
    shares = indices[indices["index"].isin(["S1", "ST", "S1 net", "ST net", "S2"])]
    below = shares[shares["value"] < 0.0]
    out = []
    wide = below[below["high"] >= 0.0]
    if len(wide):
        out.append(
            f"{len(wide)} indices are below 0, which no share of variance can be: estimates "
            "scatter around small true values, and their intervals hold 0; read them as none."
        )
    hard = below[below["high"] < 0.0]
    if len(hard):
        pairs = zip(hard["index"], hard["factor"], strict=True)
        named = ", ".join(f"{index} of {factor}" for index, factor in list(pairs)[:LEADING])
        out.append(
            f"{len(hard)} indices are below 0 with their whole interval ({named}): too few "
            "samples for their own intervals to be right; ask for more."
        )
    own = indices[indices["index"] == main].sort_values("value", ascending=False)
    tied = own["high"].shift(-1) > own["value"]
    if tied.any():
        rows = zip(own["factor"], own["factor"].shift(-1), tied, strict=True)
        near = [f"{a}/{b}" for a, b, tie in rows if tie]
        more = f" and {len(near) - LEADING} more" if len(near) > LEADING else ""
        listed = f"{', '.join(near[:LEADING])}{more}"
        out.append(f"Neighbours in the ranking whose order is not resolved: {listed}.")
    return out
