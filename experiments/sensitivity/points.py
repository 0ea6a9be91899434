"""Names of points and of what gets an index."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence

from experiments.arms import StudyError
from experiments.sensitivity.factors import KINDS, Factor
from experiments.sensitivity.methods.base import Problem
from scenarios.problems import nearest, shown


def problem_of(factors: Sequence[Factor], group_by: str | None) -> Problem:
    """Names and groups. Raises: StudyError for an unknown kind of group."""
    names = tuple(factor.name for factor in factors)
    if group_by is None:
        return Problem(names)
    if group_by not in KINDS:
        raise StudyError(
            f"--group-by {shown(group_by)}: unknown kind of group{nearest(group_by, KINDS)}"
        )
    return Problem(names, tuple(factor.groups[group_by] for factor in factors))


def point_name(values: Mapping[str, float]) -> str:
    """Name of a point: the same for the same values, whatever design they come from."""
    text = json.dumps(sorted((name, float(value)) for name, value in values.items()))
    return f"point {hashlib.sha256(text.encode()).hexdigest()[:16]}"


def law_name(factor: Factor) -> str:
    """Name of a factor's distribution in scipy.stats."""
    return str(factor.law.dist.name)
