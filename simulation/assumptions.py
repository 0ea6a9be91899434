"""Drawing what is assumed: once a replication, the same for all arms.

Each parameter marked A or R is drawn from a triangular distribution over its range of doubt
with the scenario's value as the mode. A managed parameter's range runs from its weak to its
strong end. The mark alone decides: an assumed parameter is drawn also where a fact of the
validation was in view when it was set; one marked C stays, also where it shows a range of doubt.
"""

from __future__ import annotations

import zlib

import numpy as np

from agents.parameters import Parameter, all_parameters, declare
from simulation.draws import ASSUMPTION, SYSTEM, uniforms
from simulation.scenario import Scenario

PARAMETERS = declare(
    "strategies",
    strategy_effect=Parameter(
        1.0, "share", "part of their planned effect that strategies reach", (0.0, 1.0), "A",
        "assumed: no study measures it", (0.4, 1.0)),
    strategy_cost_factor=Parameter(
        1.0, "ratio", "cost of strategies over what was planned", (0.0, 10.0), "A", "assumed",
        (0.7, 1.6)),
)  # fmt: skip


def range_of_doubt(parameter: Parameter) -> tuple[float, float] | None:
    """Range from which an assumption is drawn, or None where nothing is in doubt."""
    if parameter.mark not in ("A", "R"):
        return None
    if parameter.doubt is not None:
        return parameter.doubt
    if parameter.weak is None or parameter.strong is None:
        return None
    return min(parameter.weak, parameter.strong), max(parameter.weak, parameter.strong)


def drawn_values(scenario: Scenario, seed: int, replication: int) -> dict[str, float]:
    """Drawn values of the assumptions by name; a value set outside its range is left alone.

    The key of a draw is the parameter's name: a new parameter changes no other draw.
    """
    from scipy.stats import triang

    values: dict[str, float] = {}
    for name, parameter in all_parameters().items():
        span = range_of_doubt(parameter)
        mode = scenario.parameters[name]
        if span is None or not span[0] <= mode <= span[1] or span[0] == span[1]:
            continue
        entity = SYSTEM + zlib.crc32(name.encode())
        u = uniforms(seed, replication, entity, 0, ASSUMPTION, 0)[0]
        low, width = span[0], span[1] - span[0]
        value = float(triang.ppf(u, (mode - low) / width, loc=low, scale=width))
        values[name] = float(np.round(value)) if parameter.integer else value
    return values
