"""Given data: PAWN and first-order shares of variance, from any points."""

from __future__ import annotations

import numpy as np
from SALib.analyze import rbd_fast

from experiments.sensitivity.methods.base import Array, Problem, around
from experiments.sensitivity.methods.pawn import Pawn

HARMONICS = 10
"""Of the answers in the order of a factor, of which S1 is made up."""

FEWEST_FOR_S1 = 4 * HARMONICS
"""Points; SALib divides by their number less twice the harmonics when it takes the bias off."""


class Given(Pawn):
    """PAWN, and S1 by the harmonics of the answers in the order of a factor (EASI).

    Source of S1: Plischke (2010), Reliability Engineering and System Safety 95; its bias is
    taken off as in Tissot and Prieur (2012), ibid. 107.
    """

    name = "given"
    title = "Given data: PAWN and first order"
    meaning = (
        f"{Pawn.meaning} S1 is the share of the variance that would go if the factor were known."
    )

    def _estimate(
        self, problem: Problem, points: Array, y: Array, seed: int, resamples: int
    ) -> list[tuple[str, str, float, float, float]]:
        rows = super()._estimate(problem, points, y, seed, resamples)
        if len(y) <= FEWEST_FOR_S1:
            unknown = np.full(len(problem.names), np.nan)
            return rows + around(problem.names, "S1", unknown, unknown)
        found = rbd_fast.analyze(
            problem.salib(), points, y, M=HARMONICS, num_resamples=max(resamples, 2), seed=seed
        )
        half = np.array(found["S1_conf"]) * (1.0 if resamples else np.nan)
        return rows + around(problem.names, "S1", found["S1"], half)
