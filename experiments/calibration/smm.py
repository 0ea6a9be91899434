"""Simulated method of moments: estimates, standard errors, over-identification test.

With data moments m, their covariance S, simulated moments m(θ) over R times as many firms,
weights W, derivatives D = ∂m/∂θ and Q = (D'WD)⁻¹D'W:

    θ^   minimises (m − m(θ))' W (m − m(θ))
    V(θ^) = (1 + 1/R)·Q S Q'
    J    = e' [ (1 + 1/R)·M S M' ]⁺ e,   e = m − m(θ^),  M = I − DQ;   χ²(moments − parameters)

Sources: McFadden 1989 and Pakes, Pollard 1989, Econometrica 57; Duffie, Singleton 1993,
Econometrica 61; J for any weights: Newey 1985, J. Econometrics 29. Weights are 1/variance of each
moment: the inverse of S is more efficient where the model is true, and erratic where it is not
(Altonji, Segal 1996, J. Business and Economic Statistics 14).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import least_squares
from scipy.stats import chi2, qmc

Model = Callable[[Mapping[str, float]], "pd.Series[float]"]
"""Moments by name as a function of parameters by name."""

_STEP = 0.1  # of a parameter, for derivatives: small steps see the grain of empty months


@dataclass(frozen=True)
class Estimate:
    """What a fit found.

    values, errors: by parameter. moments: the model's, all of them. statistic, freedom, p_value:
    the over-identification test. starts: objective at the end of the search from each start.
    """

    values: pd.Series[float]
    errors: pd.Series[float]
    moments: pd.Series[float]
    statistic: float
    freedom: int
    p_value: float
    starts: tuple[float, ...]


def fit(
    model: Model,
    target: pd.Series[float],
    covariance: pd.DataFrame,
    bounds: Mapping[str, tuple[float, float]],
    start: Mapping[str, float],
    fitted: tuple[str, ...],
    *,
    copies: int,
    searches: int = 1,
    seed: int = 7,
) -> Estimate:
    """Fit parameters to moments.

    target, covariance: of the data. bounds, start: by parameter. fitted: moments to aim at.
    copies: simulated firms for each of the data's, R. searches: the first begins at ``start``,
    others in a Latin hypercube from half to twice of it. Raises: ValueError with fewer
    moments than parameters.
    """
    names = list(start)
    if len(fitted) < len(names):
        raise ValueError(f"{len(fitted)} moments cannot tell {len(names)} parameters")
    wanted = target[list(fitted)].to_numpy()
    spread = covariance.loc[list(fitted), list(fitted)].to_numpy()
    scale = np.sqrt(np.diag(spread))

    def misfit(theta: NDArray[np.float64]) -> NDArray[np.float64]:
        found = model(dict(zip(names, theta.tolist(), strict=True)))
        return np.asarray((found[list(fitted)].to_numpy() - wanted) / scale)

    low, high = (np.array([bounds[name][end] for name in names]) for end in (0, 1))
    first = np.array([start[name] for name in names])
    others = qmc.LatinHypercube(len(names), rng=seed).random(max(searches - 1, 0))
    found = [
        least_squares(misfit, point, bounds=(low, high), x_scale=first, diff_step=_STEP, xtol=1e-4,
                      ftol=1e-5, max_nfev=40, jac="3-point")
        for point in [first, *np.clip(first * 2.0 ** (2.0 * others - 1.0), low, high)]
    ]  # fmt: skip
    best = min(found, key=lambda result: result.cost)
    errors, statistic = _inference(best.fun, best.jac, spread / np.outer(scale, scale), copies)
    freedom = len(fitted) - len(names)
    return Estimate(
        pd.Series(best.x, names), pd.Series(errors, names),
        model(dict(zip(names, best.x.tolist(), strict=True))), statistic, freedom,
        float(chi2.sf(statistic, freedom)), tuple(float(2.0 * r.cost) for r in found),
    )  # fmt: skip


def _inference(
    misfit: NDArray[np.float64], slopes: NDArray[np.float64], spread: NDArray[np.float64],
    copies: int,
) -> tuple[NDArray[np.float64], float]:  # fmt: skip
    """Standard errors and J, all moments in units of their own errors (so that W = I)."""
    noise = (1.0 + 1.0 / copies) * spread
    to_theta = np.linalg.pinv(slopes)
    errors = np.sqrt(np.diag(to_theta @ noise @ to_theta.T))
    left = np.eye(len(misfit)) - slopes @ to_theta
    rank = len(misfit) - slopes.shape[1]
    values, vectors = np.linalg.eigh(left @ noise @ left.T)
    part = (vectors.T @ misfit)[-rank:]  # eigenvalues rise: the last ``rank`` are not zero
    return errors, float(np.sum(part * part / values[-rank:]))
