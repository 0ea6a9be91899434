"""Factors of a sensitivity study: what is varied, over what range, by what law.

They come from the parameters' own declarations (agents.parameters). A method sees a factor as
a number in [0, 1]; its value is the quantile of a scipy.stats distribution. Source:
docs/model-basis.md, section "Sensitivity".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from agents.parameters import SECTIONS, Parameter, all_parameters
from experiments.arms import StudyError
from simulation.assumptions import range_of_doubt
from simulation.scenario import Scenario

Array = NDArray[np.float64]

BOOLEAN_UNIT = "0/1"
LAWS = ("uniform", "log", "triangular")
KINDS = ("stage", "strategy", "agent", "mark")
"""What factors can be grouped by."""

NO_STAGE, NO_STRATEGY = "not managed", "no strategy"


@dataclass(frozen=True)
class Factor:
    """One uncertain input.

    law: a frozen distribution of scipy.stats. low, high: its values are kept within. values:
    of a categorical factor, whose law is over their places. groups: kind of KINDS -> group.
    """

    name: str
    law: Any
    low: float
    high: float
    unit: str = ""
    kind: Literal["continuous", "integer", "boolean", "categorical"] = "continuous"
    values: tuple[float, ...] = ()
    groups: Mapping[str, str] = field(default_factory=dict)

    def value(self, share: Array) -> Array:
        """Values at shares in [0, 1] of the law: its quantiles."""
        # The quantile of a discrete law at 0 lies one below its first value.
        if self.kind == "categorical":
            places = np.clip(self.law.ppf(share), 0, len(self.values) - 1).astype(np.int64)
            return np.array([self.values[place] for place in places], dtype=np.float64)
        return np.asarray(np.clip(self.law.ppf(share), self.low, self.high), dtype=np.float64)


def continuous(name: str, low: float, high: float, law: Any = "uniform", **more: Any) -> Factor:
    """A factor over a range. law: one of LAWS, or a frozen distribution; ``mode`` for triangular.

    Raises: StudyError for an empty range or a law that cannot be.
    """
    _check_range(name, low, high)
    mode = more.pop("mode", None)
    if law == "log":
        if low <= 0.0:
            raise StudyError(f"factor {name}: a log law needs a range above 0, not {low:g}")
        frozen = stats.loguniform(low, high)
    elif law == "triangular":
        middle = 0.5 * (low + high) if mode is None else min(max(mode, low), high)
        frozen = stats.triang((middle - low) / (high - low), loc=low, scale=high - low)
    elif law == "uniform":
        frozen = stats.uniform(low, high - low)
    elif isinstance(law, str):
        raise StudyError(f"factor {name}: unknown law {law!r}; allowed: {', '.join(LAWS)}")
    else:
        frozen = law
    return Factor(name, frozen, low, high, **more)


def integer(name: str, low: float, high: float, **more: Any) -> Factor:
    """A factor of whole numbers, each as likely. Raises: StudyError for an empty range."""
    first, last = int(np.ceil(low)), int(np.floor(high))
    _check_range(name, first, last)
    return Factor(name, stats.randint(first, last + 1), first, last, kind="integer", **more)


def categorical(name: str, values: Sequence[float], **more: Any) -> Factor:
    """A factor with a few values, each as likely. Raises: StudyError for fewer than two."""
    distinct = tuple(dict.fromkeys(float(v) for v in values))
    if len(distinct) < 2:
        raise StudyError(f"factor {name}: its range is empty; allowed: at least two values")
    law = stats.randint(0, len(distinct))
    kind = more.pop("kind", "categorical")
    return Factor(name, law, min(distinct), max(distinct), kind=kind, values=distinct, **more)


def _check_range(name: str, low: float, high: float) -> None:
    if not (np.isfinite(low) and np.isfinite(high) and low < high):
        raise StudyError(
            f"factor {name}: its range {low:g} to {high:g} is empty; allowed: low < high"
        )


def declared(
    scenario: Scenario,
    name: str,
    span: tuple[float, float] | None = None,
    law: str = "uniform",
    values: Sequence[float] = (),
) -> Factor:
    """The factor of a declared parameter.

    span: its range; left out, its range of doubt (a switch: both values). values: of a
    categorical factor. Raises: StudyError where there is no range, or it is empty or leaves
    what is allowed.
    """
    parameter = all_parameters()[name]
    more: dict[str, Any] = {"unit": parameter.unit, "groups": groups_of(scenario, name)}
    low, high = parameter.allowed
    asked = values or span or ()
    if any(not low <= v <= high for v in asked):
        raise StudyError(
            f"factor {name}: {' to '.join(f'{v:g}' for v in asked)} leaves what is allowed, "
            f"{low:g} to {high:g} {parameter.unit}"
        )
    if values:
        return categorical(name, values, **more)
    if parameter.unit == BOOLEAN_UNIT and span is None:
        return integer(name, 0, 1, **more)
    found = span or range_of_doubt(parameter)
    if found is None:
        raise StudyError(
            f"factor {name}: is not in doubt, so it has no range; give one, as in {name}=LOW:HIGH"
        )
    if parameter.integer:
        return integer(name, *found, **more)
    return continuous(name, *found, law, mode=scenario.parameters[name], **more)


def in_doubt(scenario: Scenario, law: str = "uniform") -> list[Factor]:
    """Every parameter with a range of doubt, in the order of the declarations."""
    return [
        declared(scenario, name, law=law)
        for name, parameter in all_parameters().items()
        if is_in_doubt(parameter)
    ]


def is_in_doubt(parameter: Parameter) -> bool:
    """Has it a range of doubt that is not empty?"""
    span = range_of_doubt(parameter)
    return span is not None and span[0] < span[1]


def groups_of(scenario: Scenario, name: str) -> dict[str, str]:
    """Groups of a parameter: by stage, agent (its section), mark and strategy.

    One that several strategies move belongs to the first of the scenario's catalogue.
    """
    parameter = all_parameters()[name]
    section = next(section for section, held in SECTIONS.items() if name in held)
    strategy = next(
        (s.name for s in scenario.strategies.values() if name in s.closes or name in s.adds),
        NO_STRATEGY,
    )
    return {
        "stage": parameter.stage or NO_STAGE, "strategy": strategy, "agent": section,
        "mark": parameter.mark,
    }  # fmt: skip
