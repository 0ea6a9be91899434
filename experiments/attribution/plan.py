"""The study of a game: every coalition that is wanted, and the ladder's rungs, as arms."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from experiments.arms import StudyError, whole_number
from experiments.attribution.games import Game
from experiments.attribution.permutations import Orders, antithetic_orders, coalitions_of
from experiments.attribution.volume import LADDER
from experiments.references import ladder, left_out
from experiments.study import MOST_SEED, Study

MOST_PAIRS = 1_000


class Plan(NamedTuple):
    """A game and the study that plays it. orders: of the players, None where all is played."""

    game: Game
    coalitions: tuple[int, ...]
    study: Study
    orders: Orders | None


def planned(
    game: Game, replications: int, seed: int = 7, assumptions: str = "drawn", pairs: int = 6
) -> Plan:
    """The study of a game. pairs: of orders, where not every coalition is played.

    Raises: StudyError, also where the scenario has no cut-off to move.
    """
    for reason in left_out(game.scenario, [LADDER]).values():
        raise StudyError(reason)
    orders = None
    coalitions = list(range(game.everybody + 1))
    if not game.exact:
        pairs = whole_number("permutations", pairs, 2, MOST_PAIRS)
        orders = antithetic_orders(
            len(game.players), pairs, whole_number("seed", seed, 0, MOST_SEED)
        )
        coalitions = coalitions_of(orders)
    rungs = ladder(game.scenario, [LADDER])
    scenario = replace(game.scenario, strategies={**game.scenario.strategies, **rungs})
    arms = [*(game.arm(coalition) for coalition in coalitions), *rungs]
    study = Study(
        scenario, list(dict.fromkeys(arms)), replications, seed,
        assumptions, references=False,  # type: ignore[arg-type]
    )  # fmt: skip
    return Plan(game, tuple(coalitions), study, orders)
