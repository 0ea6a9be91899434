"""The games: who plays, and which arm of a study each coalition is.

A player is a strategy of the scenario's catalogue, or one that this module adds to it. Source:
docs/model-basis.md, sections "The study of L Bank" and "Failure modes".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from agents.failures import FAILURES
from agents.parameters import STAGES, all_parameters
from experiments.arms import BASELINE, StudyError, one_of, the_strategies
from experiments.attribution.shapley import MOST_PLAYERS
from simulation.scenario import Scenario, Strategy

BY = ("stage", "strategy", "failure")

PUT_RIGHT = ("management", "failures")
"""How a stage is put right: its managed parameters at their declared strong values, or its
failure modes switched off."""

_TITLES = {"pre_loan": "Pre-loan", "approval": "Approval", "post_loan": "Post-loan"}
_TITLES_ZH = {"pre_loan": "贷前", "approval": "贷中", "post_loan": "贷后"}


@dataclass(frozen=True)
class Game:
    """Players and the scenario whose catalogue holds them.

    by: one of BY. titles: player -> name for people, in the players' order. put_right: for
    stages, one of PUT_RIGHT. exact: is every coalition played?
    """

    by: str
    titles: Mapping[str, str]
    scenario: Scenario
    put_right: str | None = None
    exact: bool = True

    @property
    def players(self) -> tuple[str, ...]:
        """Their strategies, player 0 first."""
        return tuple(self.titles)

    @property
    def everybody(self) -> int:
        """The coalition of all."""
        return (1 << len(self.titles)) - 1

    def arm(self, coalition: int) -> str:
        """The arm in which a coalition's strategies are in force."""
        inside = [name for bit, name in enumerate(self.players) if coalition >> bit & 1]
        return "+".join(inside) or BASELINE


def game_of(scenario: Scenario, by: str, put_right: str = "management") -> Game:
    """The game that splits a scenario's loss. Raises: StudyError for words not allowed, or
    where there are too few or too many strategies to split anything among.
    """
    one_of("by", by, BY)
    one_of("put-right", put_right, PUT_RIGHT)
    if by == "stage":
        return _stages(scenario, put_right)
    if by == "failure":
        titles = {f"without_{mode.code}": f"{mode.code} {mode.title}" for mode in FAILURES}
        return Game(by, titles, scenario, exact=False)
    names = the_strategies(scenario)
    if not 2 <= len(names) <= MOST_PLAYERS:
        allowed = f"from 2 to {MOST_PLAYERS}"
        raise StudyError(
            f"by = strategy: the scenario has {len(names)} of them; allowed: {allowed}"
        )
    return Game(by, {name: scenario.catalogue[name].title for name in names}, scenario)


def _stages(scenario: Scenario, put_right: str) -> Game:
    """Three players, one a stage."""
    if put_right == "failures":
        return Game("stage", {f"without_{s}": _TITLES[s] for s in STAGES}, scenario, put_right)
    added = {f"right_{stage}": stage_put_right(stage) for stage in STAGES}
    titles = {f"right_{stage}": _TITLES[stage] for stage in STAGES}
    catalogue = {**scenario.strategies, **added}
    return Game("stage", titles, replace(scenario, strategies=catalogue), put_right)


def stage_put_right(stage: str) -> Strategy:
    """A stage managed as well as is declared possible from the fork on, at no cost.

    Where assumptions are drawn it reaches the drawn part of its effect, as strategies do.
    """
    closes = {name: 1.0 for name, p in all_parameters().items() if p.stage == stage}
    return Strategy(
        f"right_{stage}", f"{_TITLES[stage]} put right", f"{_TITLES_ZH[stage]}管理到位",
        kind="experiment", closes=closes, half_month=0.0,
    )  # fmt: skip
