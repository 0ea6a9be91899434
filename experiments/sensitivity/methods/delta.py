"""Delta: how much of the answer's density a factor moves. From any points."""

from __future__ import annotations

import numpy as np
from SALib.analyze import delta as analyze

from experiments.sensitivity.methods.base import (
    LESS_BIAS,
    Array,
    Method,
    Problem,
    bootstrapped,
)


def classes_of(number: int) -> Array:
    """Edges of the classes of a factor for so many points (Plischke et al. 2013, eqn 29)."""
    power = 2.0 / (7.0 + np.tanh((1500.0 - number) / 500.0))
    classes = int(min(np.ceil(number**power), 48))
    return np.linspace(0, number, classes + 1)


class Delta(Method):
    """Delta from given data, with its bias taken off.

    SALib's estimator of delta, its bootstrap done here: that of SALib 1.6 takes the estimate
    itself from a resample, so its correction corrects nothing, and draws from numpy's global
    generator. Source: Plischke, Borgonovo and Smith (2013), European Journal of Operational
    Research 226.
    """

    name = "delta"
    title = "Delta, from given data"
    main = "delta"
    least = 64
    meaning = (
        "delta is half the area (0 to 1) by which the answer's density moves when the factor is "
        "known. Compare with the noise floor."
    )

    def _estimate(
        self, problem: Problem, points: Array, y: Array, seed: int, resamples: int
    ) -> list[tuple[str, str, float, float, float]]:
        grid = np.linspace(y.min(), y.max(), 100)
        edges = classes_of(len(y))

        def deltas(rows: Array, answers: Array) -> Array:
            return np.array([
                analyze.calc_delta(answers, grid, column, edges) for column in rows.T
            ])  # fmt: skip

        return bootstrapped(
            problem.names, "delta", deltas, (points, y), seed, resamples, less_bias=LESS_BIAS
        )
