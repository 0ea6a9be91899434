"""Regional sensitivity: which factors lie elsewhere where the answer is worst. Any points."""

from __future__ import annotations

import numpy as np
from scipy.stats import ks_2samp

from experiments.sensitivity.methods.base import LESS_BIAS, Array, Method, Problem, bootstrapped

REGION = 0.25
"""Share of the points, at each end of the answers, that is held against the rest."""


class Regional(Method):
    """Kolmogorov-Smirnov distance of a factor between the extreme quarter and the rest.

    scipy's test in place of SALib's ``rsa``, whose statistic grows with the number of points
    and whose groups are looked up by the wrong names. Source: Hornberger and Spear (1981),
    Journal of Environmental Management 12.
    """

    name = "regional"
    title = "Regional sensitivity"
    main = "KS top"
    least = 64
    meaning = (
        "The distance (0 to 1) between the factor's values in the quarter of points with the "
        "highest answers (KS top; lowest: KS bottom) and in the rest."
    )

    def _estimate(
        self, problem: Problem, points: Array, y: Array, seed: int, resamples: int
    ) -> list[tuple[str, str, float, float, float]]:
        rows = []
        for index, sign in (("KS top", 1.0), ("KS bottom", -1.0)):

            def distances(held: Array, answers: Array, sign: float = sign) -> Array:
                extreme = sign * answers >= np.quantile(sign * answers, 1.0 - REGION)
                if extreme.all():
                    return np.zeros(held.shape[1])
                return np.array([
                    ks_2samp(column[extreme], column[~extreme], method="asymp").statistic
                    for column in held.T
                ])  # fmt: skip

            rows += bootstrapped(
                problem.names, index, distances, (points, y), seed, resamples, less_bias=LESS_BIAS
            )
        return rows
