"""Delta: how much of the answer's density a factor moves, and first-order shares. Any points."""

from __future__ import annotations

import numpy as np
from SALib.analyze import delta as analyze

from experiments.sensitivity.methods.base import Array, Method, Problem, around


class Delta(Method):
    """Delta and first-order indices from given data, with their bias taken off.

    Source: Plischke, Borgonovo and Smith (2013), European Journal of Operational Research 226.
    """

    name = "delta"
    title = "Delta, from given data"
    main = "delta"
    least = 64
    meaning = (
        "delta is half the area (0 to 1) by which the answer's density moves when the factor is "
        "known; S1 the share of the variance that would go. Compare with the noise floor."
    )

    def _estimate(
        self, problem: Problem, points: Array, y: Array, seed: int, resamples: int
    ) -> list[tuple[str, str, float, float, float]]:
        found = analyze.analyze(
            problem.salib(), points, y, num_resamples=max(resamples, 20), seed=seed
        )
        scale = 1.0 if resamples else np.nan
        rows = around(problem.names, "delta", found["delta"], scale * found["delta_conf"])
        return rows + around(problem.names, "S1", found["S1"], scale * found["S1_conf"])
