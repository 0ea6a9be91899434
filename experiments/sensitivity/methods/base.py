"""What a method is: where it looks, and what it makes of what it sees there.

A method works on the unit cube: column j of its points is the share of factor j's law. SALib
estimates; this module keeps what SALib does not say from happening (see Method.indices).
"""

from __future__ import annotations

import copy
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.arms import StudyError

Array = NDArray[np.float64]

RESAMPLES = 100
"""Bootstrap resamples of an interval."""

LESS_BIAS = 20
"""Resamples from which the bias of a distance between samples is taken off."""

COLUMNS = ("factor", "index", "value", "low", "high")


class NoAnswerError(StudyError):
    """A question that the points do not answer; others may be answered."""


class Problem(NamedTuple):
    """Factors by name, and the group of each ("" where factors are not grouped)."""

    names: tuple[str, ...]
    groups: tuple[str, ...] = ()

    @property
    def units(self) -> tuple[str, ...]:
        """What gets an index: groups in the order of their first factor, or factors."""
        return tuple(dict.fromkeys(self.groups)) or self.names

    def salib(self) -> dict[str, Any]:
        """A new problem of SALib: its functions change what they are given."""
        problem: dict[str, Any] = {
            "num_vars": len(self.names), "names": list(self.names),
            "bounds": [[0.0, 1.0] for _ in self.names],
        }  # fmt: skip
        if self.groups:
            problem["groups"] = list(self.groups)
        return copy.deepcopy(problem)


class Method(ABC):
    """One method.

    main: the index that ranks. takes_groups: can factors be grouped? by_design: only its own
    points will do, all of them. by_blocks: whole samples may be left out of these. samples_are:
    what ``samples`` counts. usual: samples where nothing is said. least: fewest samples.
    meaning: of its indices, for readers.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    main: ClassVar[str]
    takes_groups: ClassVar[bool] = False
    by_design: ClassVar[bool] = False
    by_blocks: ClassVar[bool] = False
    samples_are: ClassVar[str] = "points"
    usual: ClassVar[int] = 512
    least: ClassVar[int] = 32
    meaning: ClassVar[str]

    def check(self, problem: Problem, samples: int) -> None:
        """May it be used so? Raises: StudyError."""
        if problem.groups and not self.takes_groups:
            raise StudyError(
                f"--method {self.name}: cannot take groups; allowed with groups: morris, sobol"
            )
        if problem.groups and len(problem.units) < 2:
            raise StudyError(
                f"--group-by: all factors are in the group {problem.units[0]}; "
                "allowed: at least two groups"
            )
        if samples < self.least:
            raise StudyError(
                f"--samples {samples} is not allowed; allowed: at least {self.least} "
                f"{self.samples_are} for {self.name}"
            )

    def block(self, problem: Problem) -> int:  # noqa: ARG002 - of other methods
        """Points for each sample; the first n samples are a whole, smaller design."""
        return 1

    def independent(self, problem: Problem, number: int) -> NDArray[np.int64]:  # noqa: ARG002
        """Rows, of so many, that were drawn apart: what a test of points may count."""
        return np.arange(number)

    def points(self, problem: Problem, samples: int, seed: int) -> Array:
        """Where to run the model: rows in the unit cube. More samples only add rows.

        Independent rows, as resampling, the noise floor and first-order shares suppose: an even
        sequence in the order of a factor has a pattern that they take for an effect.
        """
        return np.random.default_rng(seed).random((samples, len(problem.names)))

    def indices(
        self, problem: Problem, points: Array, y: Array, seed: int, resamples: int = RESAMPLES
    ) -> pd.DataFrame:
        """Indices with 95 % bootstrap intervals: columns COLUMNS.

        y: an answer for each point. resamples: 0 for no intervals. Raises: NoAnswerError where an
        answer is missing (SALib would turn Sobol's first-order indices into zeros) or all are
        equal.
        """
        if not np.isfinite(y).all():
            raise NoAnswerError(
                f"{self.name}: {np.sum(~np.isfinite(y))} of {len(y)} points have no answer"
            )
        if np.ptp(y) <= 1e-12 * max(1e-300, float(np.abs(y).max())):
            raise NoAnswerError(f"{self.name}: the answer is the same at all points")
        # SALib takes a seed of 0 for none at all.
        rows = self._estimate(problem, points, y, seed + 1, resamples)
        return pd.DataFrame(rows, columns=list(COLUMNS))

    @abstractmethod
    def _estimate(
        self, problem: Problem, points: Array, y: Array, seed: int, resamples: int
    ) -> list[tuple[str, str, float, float, float]]:
        """Rows of the indices."""


def around(
    names: Sequence[str], index: str, values: Any, half: Any
) -> list[tuple[str, str, float, float, float]]:
    """Rows of an index with its half-widths."""
    return [
        (name, index, float(v), float(v) - float(h), float(v) + float(h))
        for name, v, h in zip(names, values, half, strict=True)
    ]


def bootstrapped(
    names: Sequence[str],
    index: str,
    estimate: Callable[[Array, Array], Array],
    data: tuple[Array, Array],
    seed: int,
    resamples: int,
    *,
    less_bias: int = 0,
) -> list[tuple[str, str, float, float, float]]:
    """Rows of an index that SALib gives no interval for: rows of the data are drawn again.

    Repeated rows make a distance between samples too large, so the interval is the basic one,
    which turns the resamples' excess round. less_bias: take the same excess off the value, from
    at least so many resamples; 0 to leave it.
    """
    points, y = data
    values = estimate(points, y)
    none = np.full(len(names), np.nan)
    luck = np.random.default_rng(seed)
    chosen = luck.integers(len(y), size=(max(resamples, less_bias), len(y)))
    if not len(chosen):
        return around(names, index, values, none)
    drawn = np.array([estimate(points[rows], y[rows]) for rows in chosen])
    ends = 2.0 * values - np.nanquantile(drawn, [0.975, 0.025], axis=0)
    found = 2.0 * values - drawn.mean(axis=0) if less_bias else values
    low, high = ends if resamples else (none, none)
    return [
        (name, index, float(value), float(least), float(most))
        for name, value, least, most in zip(names, found, low, high, strict=True)
    ]
