"""Sobol: the shares of variance that a factor explains, alone and with others."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from SALib.analyze import sobol as analyze
from SALib.sample import sobol as sample

from experiments.arms import StudyError
from experiments.sensitivity.methods.base import Array, Method, Problem, around


class Sobol(Method):
    """First order (S1) and total order (ST).

    Source: Saltelli et al. (2010), Computer Physics Communications 181.
    """

    name = "sobol"
    title = "Sobol, shares of variance"
    main = "ST"
    takes_groups = True
    by_design = True
    samples_are = "base samples"
    usual = 128
    least = 16
    second: ClassVar[bool] = False
    meaning: ClassVar[str] = (
        "S1 is the share of the variance that would go if the factor were known; ST the share "
        "that would stay if all others were known. ST above S1: it acts together with others."
    )

    def check(self, problem: Problem, samples: int) -> None:
        """As of every method; and samples are a power of two, where SALib only warns."""
        super().check(problem, samples)
        if samples & (samples - 1):
            below = 1 << (samples.bit_length() - 1)
            raise StudyError(
                f"--samples {samples} is not allowed: Sobol's sequence is balanced only over a "
                f"power of two; allowed: {below} or {2 * below}"
            )

    def block(self, problem: Problem) -> int:
        """Points for each base sample."""
        return len(problem.units) * (2 if self.second else 1) + 2

    def independent(self, problem: Problem, number: int) -> NDArray[np.int64]:
        """The two base matrices; rows between them take all but one column from the first."""
        first = np.arange(0, number, self.block(problem))
        return np.sort(np.concatenate([first, first + self.block(problem) - 1]))

    def points(self, problem: Problem, samples: int, seed: int) -> Array:
        """Saltelli's design over a scrambled sequence."""
        rows = sample.sample(
            problem.salib(), samples, calc_second_order=self.second, scramble=True, seed=seed
        )
        return np.asarray(rows, dtype=np.float64)

    def _estimate(
        self,
        problem: Problem,
        points: Array,  # noqa: ARG002 - it knows its own design
        y: Array,
        seed: int,
        resamples: int,
    ) -> list[tuple[str, str, float, float, float]]:
        found = analyze.analyze(
            problem.salib(), y, calc_second_order=self.second, seed=seed,
            num_resamples=max(resamples, 2),
        )  # fmt: skip
        scale = 1.0 if resamples else np.nan
        names = problem.units
        rows = around(names, "S1", found["S1"], scale * found["S1_conf"])
        rows += around(names, "ST", found["ST"], scale * found["ST_conf"])
        if self.second:
            above = np.triu_indices(len(names), 1)
            pairs = [f"{names[i]} × {names[j]}" for i, j in zip(*above, strict=True)]
            rows += around(pairs, "S2", found["S2"][above], scale * found["S2_conf"][above])
        return rows


class SobolSecond(Sobol):
    """As Sobol, and second order (S2) for each pair, for about twice the runs."""

    name = "sobol2"
    title = "Sobol with second order"
    second = True
    meaning = f"{Sobol.meaning} S2 is the share that two factors explain only together."
