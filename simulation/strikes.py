"""Stress that hits single firms: a setback of hubs or of any members of guarantee circles.

Source: docs/model-basis.md, section "Guarantee circles".
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from agents.enterprise import ALIVE
from simulation.draws import STRIKE, draw_columns
from simulation.scenario import Stress
from simulation.world import World

_TARGETS = ("setback_hubs", "setback_circles")


def strike(world: World, stress: tuple[Stress, ...], month: int) -> None:
    """Apply the setbacks of a month counted from the fork."""
    for path in stress:
        if path.factor in _TARGETS and path.start_month <= month < path.start_month + path.months:
            rows = struck(world, path.factor, path.share)
            world.enterprises["setback"][rows] -= path.size


def struck(world: World, factor: str, share: float) -> NDArray[np.int64]:
    """Rows of the firms that a setback hits: a share of those in circles.

    Hubs are the firms in most circles; among equals, and for ``setback_circles``, luck decides.
    Both hit the same number of firms.
    """
    circles = np.diff(world.circles_start)
    rows = np.flatnonzero((circles > 0) & (world.enterprises["status"] == ALIVE))
    w = world.sheet
    entities = world.enterprises["entity"][rows]
    luck = draw_columns(int(w["seed"]), int(w["replication"]), entities, STRIKE, 1)[:, 0]
    order = np.lexsort((luck, -circles[rows])) if factor == "setback_hubs" else np.argsort(luck)
    return np.asarray(rows[order[: math.floor(share * len(rows) + 0.5)]])
