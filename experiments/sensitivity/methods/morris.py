"""Morris: elementary effects along trajectories. Cheap, ranks many factors, takes groups."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from SALib.analyze import morris as analyze
from SALib.sample import morris as sample

from experiments.sensitivity.methods.base import Array, Method, Problem, around

LEVELS = 4


class Morris(Method):
    """Mean size (mu*) and spread (sigma) of elementary effects.

    Source: Morris (1991), Technometrics 33; Campolongo et al. (2007), Environmental Modelling
    & Software 22.
    """

    name = "morris"
    title = "Morris, elementary effects"
    main = "mu*"
    takes_groups = True
    by_design = True
    by_blocks = True
    samples_are = "trajectories"
    usual = 20
    least = 4
    meaning: ClassVar[str] = (
        "mu* is the mean size of the change of the answer when the factor alone moves by two "
        "thirds of its range, as a change over the whole range; sigma its spread: large beside "
        "mu* where the effect bends or depends on other factors."
    )

    def block(self, problem: Problem) -> int:
        """Points of a trajectory."""
        return len(problem.units) + 1

    def independent(self, problem: Problem, number: int) -> NDArray[np.int64]:
        """The first point of each trajectory."""
        return np.arange(0, number, self.block(problem))

    def points(self, problem: Problem, samples: int, seed: int) -> Array:
        """Trajectories, each from a seed of its own, so that more of them only add rows."""
        seeds = np.random.SeedSequence(seed).spawn(samples)
        rows = [
            sample.sample(
                problem.salib(), 1, num_levels=LEVELS, local_optimization=False,
                seed=np.random.default_rng(own),
            )
            for own in seeds
        ]  # fmt: skip
        return np.vstack(rows)

    def _estimate(
        self, problem: Problem, points: Array, y: Array, seed: int, resamples: int
    ) -> list[tuple[str, str, float, float, float]]:
        found = analyze.analyze(
            problem.salib(), points, y, num_levels=LEVELS, num_resamples=max(resamples, 2),
            seed=seed,
        )  # fmt: skip
        names = list(found["names"])
        none = np.full(len(names), np.nan)
        rows = around(names, "mu*", found["mu_star"],
                      found["mu_star_conf"] if resamples else none)  # fmt: skip
        if problem.groups:  # effects of a group's factors go both ways
            return rows
        rows += around(names, "mu", found["mu"], none)
        return rows + around(names, "sigma", found["sigma"], none)
