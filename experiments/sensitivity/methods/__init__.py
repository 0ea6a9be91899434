"""The methods by name, each behind experiments.sensitivity.methods.base.Method.

Left out: SALib's ``fast``, which ignores groups without a word, and
``enhanced_hdmr``, which changes the problem that it is given.
"""

from __future__ import annotations

from experiments.arms import StudyError
from experiments.sensitivity.methods.base import Method
from experiments.sensitivity.methods.delta import Delta
from experiments.sensitivity.methods.given import Given
from experiments.sensitivity.methods.morris import Morris
from experiments.sensitivity.methods.pawn import Pawn
from experiments.sensitivity.methods.regional import Regional
from experiments.sensitivity.methods.sobol import Sobol, SobolSecond
from scenarios.problems import nearest, shown

METHODS: dict[str, Method] = {
    method.name: method
    for method in (Morris(), Sobol(), SobolSecond(), Pawn(), Delta(), Regional(), Given())
}


def method_named(name: str) -> Method:
    """A method. Raises: StudyError with the nearest name."""
    if name not in METHODS:
        raise StudyError(f"--method {shown(name)}: unknown method{nearest(name, METHODS)}")
    return METHODS[name]
