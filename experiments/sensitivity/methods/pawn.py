"""PAWN: how far the answer's distribution moves when a factor is held. From any points."""

from __future__ import annotations

import numpy as np
from SALib.analyze import pawn as analyze

from experiments.sensitivity.methods.base import LESS_BIAS, Array, Method, Problem, bootstrapped

SLICES = 8


class Pawn(Method):
    """Median over slices of a factor of the Kolmogorov-Smirnov distance to all answers.

    Source: Pianosi and Wagener (2018), Environmental Modelling & Software 108.
    """

    name = "pawn"
    title = "PAWN, distance of distributions"
    main = "PAWN"
    least = 64
    meaning = (
        "The distance (0 to 1) between all answers and those with the factor held in an eighth "
        "of its range, median over the eighths. Never 0: compare with the noise floor."
    )

    def _estimate(
        self, problem: Problem, points: Array, y: Array, seed: int, resamples: int
    ) -> list[tuple[str, str, float, float, float]]:
        def medians(rows: Array, answers: Array) -> Array:
            found = analyze.analyze(problem.salib(), rows, answers, S=SLICES)
            return np.asarray(found["median"])

        return bootstrapped(
            problem.names, self.main, medians, (points, y), seed, resamples, less_bias=LESS_BIAS
        )
