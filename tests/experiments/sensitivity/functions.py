"""Functions with known indices in the model's place, through the whole pipeline."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from functools import partial
from itertools import combinations

import numpy as np
from SALib.test_functions import Ishigami, Sobol_G

from experiments.replication import Outcome, Run, World, failed
from experiments.sensitivity.factors import Factor, continuous
from experiments.sensitivity.methods import METHODS
from experiments.sensitivity.study import SensitivityStudy
from scenarios import load_scenario

Function = Callable[[np.ndarray], float]

ISHIGAMI_VARIANCE = 7.0**2 / 8 + 0.1 * np.pi**4 / 5 + 0.1**2 * np.pi**8 / 18 + 0.5
"""With a = 7 and b = 0.1."""

ISHIGAMI = {
    ("S1", "x1"): 0.3139, ("S1", "x2"): 0.4424, ("S1", "x3"): 0.0,
    ("ST", "x1"): 0.5576, ("ST", "x2"): 0.4424, ("ST", "x3"): 0.2437,
    ("S2", "x1 × x2"): 0.0, ("S2", "x1 × x3"): 0.2437, ("S2", "x2 × x3"): 0.0,
}  # fmt: skip

G_WEIGHTS = (0.0, 1.0, 4.5, 9.0, 99.0)


def sobol_g_indices() -> dict[tuple[str, str], float]:
    """Closed form: partial variances 1 / (3 (1 + a)^2) of a product."""
    alone = np.array([1.0 / (3.0 * (1.0 + a) ** 2) for a in G_WEIGHTS])
    whole = np.prod(1.0 + alone) - 1.0
    out = {}
    for place, own in enumerate(alone):
        out["S1", f"x{place + 1}"] = own / whole
        out["ST", f"x{place + 1}"] = own * np.prod(np.delete(1.0 + alone, place)) / whole
    return out


def ishigami(x: np.ndarray) -> float:
    return float(Ishigami.evaluate(x[None, :])[0])


def sobol_g(x: np.ndarray) -> float:
    return float(Sobol_G.evaluate(x[None, :], np.array(G_WEIGHTS))[0])


def morris_20(x: np.ndarray) -> float:
    """Morris (1991), section 4. Inputs 1-7 bend and act together, 8-10 nearly on a line;
    11-20 have nothing but coefficients from a standard normal distribution.
    """
    luck = np.random.default_rng(1991)
    first, second = luck.normal(size=20), np.triu(luck.normal(size=(20, 20)), 1)
    first[:10] = 20.0
    second[:6, :6] = np.triu(np.full((6, 6), -15.0), 1)
    w = 2.0 * (x - 0.5)
    for i in (2, 4, 6):
        w[i] = 2.0 * (1.1 * x[i] / (x[i] + 0.1) - 0.5)
    third = sum(w[i] * w[j] * w[k] for i, j, k in combinations(range(5), 3))
    return float(first @ w + w @ second @ w - 10.0 * third + 5.0 * np.prod(w[:4]))


def factors(number: int, low: float = 0.0, high: float = 1.0) -> list[Factor]:
    return [continuous(f"x{i + 1}", low, high) for i in range(number)]


def evaluate(
    world: World, *, function: Function, shared: float, own: float,
    fails: Callable[[np.ndarray], bool] | None,
) -> Outcome:  # fmt: skip
    """The function at a world's point, plus luck that all points share, and luck of its own."""
    values = world.scenario.parameters
    names = sorted(
        (n for n in values if n[:1] == "x" and n[1:].isdigit()), key=lambda n: int(n[1:])
    )
    x = np.array([values[name] for name in names])
    if fails is not None and fails(x):
        return failed(world.arms, RuntimeError("deliberate"))
    same = np.random.default_rng([world.seed, world.replication])
    point = np.random.default_rng(
        [world.seed, world.replication, zlib.crc32(world.assumptions.encode())]
    )
    y = function(x) + np.sqrt(shared) * same.normal() + np.sqrt(own) * point.normal()
    # An arm's benefit is a function of its own: 3 x1, on top of the same luck.
    return Outcome(
        [
            Run(arm, "ok", {"loss_rate": y + (3.0 * x[0] if arm != "baseline" else 0.0)})
            for arm in world.arms
        ],
        {},
    )


def study_of(
    function: Function, method: str, samples: int, *, number: int = 3, low: float = 0.0,
    high: float = 1.0, replications: int = 1, shared: float = 0.0, own: float = 0.0, seed: int = 7,
    fails: Callable[[np.ndarray], bool] | None = None, **more: object,
) -> SensitivityStudy:  # fmt: skip
    return SensitivityStudy(
        load_scenario("l_bank"), factors(number, low, high), METHODS[method], samples,
        replications, seed=seed,
        replicate=partial(evaluate, function=function, shared=shared, own=own, fails=fails),
        **more,  # type: ignore[arg-type]
    )  # fmt: skip


def ishigami_study(method: str, samples: int, **more: object) -> SensitivityStudy:
    return study_of(ishigami, method, samples, low=-np.pi, high=np.pi, **more)  # type: ignore[arg-type]
