"""The references a strategy must beat: the cut-off moved, and more officers.

Whoever lends less loses less, and money can be spent on hours. A study therefore runs a small
ladder of references in the same worlds: the rivals ``tighter_cutoff`` and ``more_officers``
scaled in several steps, the baseline at 0. experiments.equal compares strategies with them.
Source: docs/model-basis.md, section "Measures".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from experiments.arms import BASELINE
from simulation.scenario import Scenario, Strategy


class Reference(NamedTuple):
    """A ladder and the measure in which it is made equal to a strategy.

    name: ``equal_volume`` or ``equal_cost``. words: the same for people. rival: the strategy
    that is scaled. measure: what is made equal. scales: of the rungs beside the baseline's 0.
    """

    name: str
    words: str
    rival: str
    measure: str
    scales: tuple[float, ...]

    @property
    def rungs(self) -> dict[float, str]:
        """Arm of each scale, lowest first; a scale of 1 is the rival itself."""
        names = {1.0: self.rival, 0.0: BASELINE}
        return {s: names.get(s, f"{self.rival} x {s:g}") for s in sorted([0.0, *self.scales])}


REFERENCES = (
    Reference("equal_volume", "equal volume", "tighter_cutoff", "disbursed", (-1.0, 1.0, 4.0)),
    Reference("equal_cost", "equal cost", "more_officers", "strategy_cost", (1.0, 4.0)),
)
"""The references of a study: at most five rungs, two of them rivals that are mostly run anyway."""


def left_out(scenario: Scenario, references: Sequence[Reference] = REFERENCES) -> dict[str, str]:
    """References that a scenario does not allow, by name, each with a sentence that says why."""
    reasons = {}
    for reference in references:
        rival = scenario.strategies.get(reference.rival)
        why = None
        if rival is None:
            why = f"the scenario has no strategy {reference.rival}"
        elif rival.closes:
            why = f"{reference.rival} closes gaps, which cannot be scaled; let it add amounts"
        if why:
            reasons[reference.name] = f"No comparison at {reference.words}: {why}."
    return reasons


def usable(
    scenario: Scenario, references: Sequence[Reference] = REFERENCES
) -> tuple[Reference, ...]:
    """References that a scenario allows."""
    without = left_out(scenario, references)
    return tuple(reference for reference in references if reference.name not in without)


def ladder(scenario: Scenario, references: Sequence[Reference] = REFERENCES) -> dict[str, Strategy]:
    """The rungs of all usable references by the name of their arm, the baseline left out."""
    return {
        arm: _scaled(scenario.strategies[reference.rival], arm, scale)
        for reference in usable(scenario, references)
        for scale, arm in reference.rungs.items()
        if arm != BASELINE
    }


def _scaled(rival: Strategy, name: str, scale: float) -> Strategy:
    """A rival with its amounts and its cost scaled; turned round, it costs as much."""
    if name == rival.name:
        return rival
    costs = {key: abs(scale) * value for key, value in vars(rival).items() if "_cny" in key}
    adds = {key: scale * amount for key, amount in rival.adds.items()}
    return replace(rival, name=name, kind="experiment", adds=adds, **costs)
