"""A strategy with less effect, later, or at no cost: what a break-even is read from.

Source: docs/model-basis.md, section "Comparison and money".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from experiments.arms import StudyError, can_be_chosen, checked_arms, default_arms, parts
from experiments.study import Study
from simulation.scenario import Scenario, Strategy

SHARES = (0.0, 0.25, 0.5, 0.75)
"""Parts of the assumed effect that are run beside the whole."""


@dataclass(frozen=True)
class Ladder:
    """The variants of an arm: arms by share of the effect (1 is the arm), by months of delay (0 is
    the arm), and at no cost.
    """

    arm: str
    effects: Mapping[float, str]
    delays: Mapping[int, str]
    free: str

    @property
    def variants(self) -> list[str]:
        """All its arms but the arm itself."""
        named = [*self.effects.values(), *self.delays.values(), self.free]
        return [name for name in named if name != self.arm]


def partial_effect(strategy: Strategy, share: float) -> Strategy:
    """A strategy that reaches a share of its effect at the full cost.

    As with the parameter ``strategy_effect``, hours and posts that it adds come in full; a strategy
    that only adds has no other effect, so there they are scaled. share: in [0, 1].
    """
    named = replace(strategy, name=f"{strategy.name} effect {share:g}", kind="experiment")
    if strategy.closes:
        closes = {key: share * value for key, value in strategy.closes.items()}
        return replace(named, closes=closes)
    adds = {key: share * value for key, value in strategy.adds.items()}
    return replace(named, adds=adds)


def delayed(strategy: Strategy, months: int) -> Strategy:
    """A strategy that starts, and is paid for, so many months later."""
    start = strategy.start_month + months
    return replace(
        strategy, name=f"{strategy.name} delay {months}", kind="experiment", start_month=start
    )


def free_of_charge(strategy: Strategy) -> Strategy:
    """A strategy at no cost."""
    costs: dict[str, Any] = {key: 0.0 for key in vars(strategy) if "_cny" in key}
    return replace(strategy, name=f"{strategy.name} free", kind="experiment", **costs)


def delays_of(scenario: Scenario) -> list[int]:
    """Months of delay that are run: quarters of the window."""
    return sorted({scenario.months * quarter // 4 for quarter in (1, 2, 3)} - {0})


def break_even_study(
    scenario: Scenario,
    strategies: Sequence[str] | None = None,
    replications: int = 20,
    seed: int = 7,
    assumptions: str = "drawn",
) -> tuple[Study, list[Ladder]]:
    """The study of all variants, not yet run, and the ladders. Raises: StudyError."""
    names = default_arms(scenario) if strategies is None else strategies
    arms = checked_arms(scenario, names)
    switches = [arm for arm in arms if not can_be_chosen(scenario, arm)]
    if switches:
        raise StudyError(
            f"strategies: {', '.join(switches)}: a failure mode is off or on, at no cost, so there "
            "is no part of it and nothing to pay; allowed: what a bank can choose"
        )
    made: dict[str, Strategy] = {}
    ladders = [_ladder(scenario, arm, made) for arm in arms[1:]]
    widened = replace(scenario, strategies={**scenario.strategies, **made})
    every = [*arms, *(arm for ladder in ladders for arm in ladder.variants)]
    study = Study(widened, every, replications, seed, assumptions, references=False)  # type: ignore[arg-type]
    return study, ladders


def _ladder(scenario: Scenario, arm: str, made: dict[str, Strategy]) -> Ladder:
    """Variants of an arm; the strategies they are made of are put into ``made``."""

    def variant(changed: Callable[[Strategy], Strategy]) -> str:
        strategies = [changed(scenario.catalogue[name]) for name in parts(arm)]
        made.update({strategy.name: strategy for strategy in strategies})
        return "+".join(strategy.name for strategy in strategies)

    effects = {share: variant(partial(partial_effect, share=share)) for share in SHARES}
    delays = {months: variant(partial(delayed, months=months)) for months in delays_of(scenario)}
    return Ladder(arm, {**effects, 1.0: arm}, {0: arm, **delays}, variant(free_of_charge))
