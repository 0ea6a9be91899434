"""Events of a firm's month, from its records before and after a stage. For the journal only.

A teller reads two shots of the records and yields events: what happened, to or by whom, with
the numbers, and apart from them what only the model knows. Words are made later, in
``simulation.story.words``. Source: docs/model-basis.md, section "Journal".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from simulation.story.lending import decided
from simulation.story.life import lived, posted
from simulation.story.records import Event, Scene
from simulation.story.watch import (
    acted,
    alert_answered,
    maturity_faced,
    visited,
    visited_by_order,
)  # fmt: skip
from simulation.story.workout import classified, defaulted, worked_out

TELLERS: dict[str, Callable[[Scene], Iterator[Event]]] = {
    "live_months": lived, "open_defaults": defaulted, "work_outs": worked_out,
    "run_posts": posted, "decide_files": decided, "visits": visited,
    "answer_alerts": alert_answered, "face_maturities": maturity_faced,
    "close_month": classified,
}  # fmt: skip
"""Stage of the model -> what it may have to tell."""

OUTCOMES: dict[tuple[str, str], Callable[[Scene], Iterator[Event]]] = {
    ("visit", "decide_files"): visited_by_order, ("cut", "answer_alerts"): acted,
    ("collateral", "answer_alerts"): acted, ("restructure", "answer_alerts"): acted,
}  # fmt: skip
"""A trainee's order and the stage before which it is carried out -> what came of it, where the
stage would not tell it."""


def told(scene: Scene) -> Iterator[Event]:
    """What a stage has done to the firm."""
    if scene.stage in TELLERS:
        yield from TELLERS[scene.stage](scene)
