"""What a parameter is, and the register that every declaration enters.

A parameter is declared once, beside the rules that use it, with its unit, admissible
bounds, range of doubt, evidence mark and source. Scenario files, ``docs/parameters.md``,
sensitivity factors and drawn assumptions all come from here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

Mark = Literal["V", "C", "R", "A", "D"]
MARKS: dict[str, str] = {
    "V": "verified: the source's text was read",
    "C": "computed or calibrated for this model",
    "R": "recalled from literature or practice, not re-checked",
    "A": "assumed",
    "D": "definition or convention",
}
STAGES = ("pre_loan", "approval", "post_loan")


@dataclass(frozen=True)
class Parameter:
    """One number of the model.

    default: value where nothing else is said. unit: in words. allowed: admissible bounds
    (inclusive). doubt: range over which an assumption is drawn, or None where the number is
    not in doubt. mark, source: the evidence. meaning: one sentence. standard_error: of a value
    fitted to data, in its unit; sampling alone, given the model. Its doubt is two of them.
    weak, strong: value at management quality 0 and 1 of ``stage``, or for a parameter that
    only a strategy moves (stage None) ``strong`` alone. integer: whole numbers only.
    """

    default: float
    unit: str
    meaning: str
    allowed: tuple[float, float]
    mark: Mark
    source: str
    doubt: tuple[float, float] | None = None
    stage: str | None = None
    weak: float | None = None
    strong: float | None = None
    integer: bool = False
    standard_error: float | None = None

    def __post_init__(self) -> None:
        """Refuse a declaration that contradicts itself."""
        low, high = self.allowed
        for value in (self.default, self.weak, self.strong, *(self.doubt or ())):
            if value is not None and not low <= value <= high:
                raise ValueError(f"{value} lies outside {self.allowed}: {self.meaning}")
        if self.mark in ("A", "R") and self.doubt is None and self.stage is None:
            raise ValueError(f"an assumption needs its range: {self.meaning}")
        if self.stage is not None and (self.weak is None or self.strong is None):
            raise ValueError(f"a managed parameter needs weak and strong: {self.meaning}")
        if self.standard_error is not None and (self.mark != "C" or self.standard_error <= 0.0):
            raise ValueError(f"only a calibrated value has an error, above 0: {self.meaning}")


SECTIONS: dict[str, dict[str, Parameter]] = {}
_ALL: dict[str, Parameter] = {}


def declare(section: str, **parameters: Parameter) -> dict[str, Parameter]:
    """Enter a section's parameters; a name may stand in one section only.

    Raises: ValueError where a name or the section is already declared.
    """
    taken = set(_ALL) & set(parameters)
    if section in SECTIONS or taken:
        raise ValueError(f"declared twice: {section} {sorted(taken)}")
    SECTIONS[section] = parameters
    _ALL.update(parameters)
    return parameters


def all_parameters() -> dict[str, Parameter]:
    """Every declared parameter by name (names are unique over sections)."""
    return dict(_ALL)


def at_quality(parameter: Parameter, quality: float) -> float:
    """A managed parameter's value at management quality in [0, 1]: linear, weak to strong."""
    if parameter.weak is None or parameter.strong is None:
        raise ValueError(f"not set by management quality: {parameter.meaning}")
    return parameter.weak + quality * (parameter.strong - parameter.weak)


def parameter_dtype() -> np.dtype[np.void]:
    """Record of all parameters as float64, the form in which rules read them."""
    return np.dtype([(name, np.float64) for name in all_parameters()], align=True)
