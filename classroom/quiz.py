"""At which stage did it fail, and which check would have caught it? Judged by lives lived again.

The same firm meets the same luck under the same management, but from the fork on one stage, or one
failure mode, cannot fail. What then becomes of the firm's loans is the answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple

import numpy as np

from agents.failures import FAILURES
from agents.loan import NEW_LENDING
from agents.parameters import STAGES
from agents.records import FEN_PER_CNY
from classroom.settings import Settings
from classroom.world import found
from simulation import LoanPortfolio
from simulation.orders import OrderError

CLEAR = 0.5
"""Share of the loss by which a life must be better to count as saved where the firm defaults
all the same (assumed)."""


class Life(NamedTuple):
    """What became of a firm since the fork. lent_cny: new lending; lost_cny: on all its defaults
    since then, on older loans too. CNY of the firm itself.
    """

    lent_cny: float
    lost_cny: float
    defaulted: bool


class Answer(NamedTuple):
    """The judgement. usual: as it was. stages, modes: the firm's life with one of them put right.

    saving: stages that alone would have saved the loan, the first in the process first. catching:
    codes of the failure modes that alone would have, among those that occurred on the contract.
    """

    usual: Life
    stages: dict[str, Life]
    modes: dict[str, Life]
    saving: tuple[str, ...]
    catching: tuple[str, ...]


def questions(model: LoanPortfolio, most: int = 20) -> list[int]:
    """Rows of loans to ask about: defaulted contracts of new lending, the costliest first."""
    loans = np.asarray(model.loans)
    failed = np.flatnonzero((loans["cohort"] == NEW_LENDING) & (loans["default_month"] >= 0))
    lost = loans["ead_fen"][failed] - loans["recovered_fen"][failed]
    rows: list[int] = failed[np.argsort(-lost, kind="stable")][:most].tolist()
    return rows


def answer(settings: Settings, enterprise: int, months: int, codes: Sequence[str]) -> Answer:
    """Judge what happened to a firm (row) in so many months of a lesson.

    codes: of the failure modes to be put right one by one, those that occurred on its contract.
    """
    start = found(settings)

    def life(switch: str | None = None) -> Life:
        return life_of(lived(start, settings, months, switch), enterprise)

    usual = life()
    stages = {stage: life(f"without_{stage}") for stage in STAGES}
    known = [mode.code for mode in FAILURES if mode.code in codes]
    modes = {code: life(f"without_{code}") for code in known}
    return Answer(
        usual, stages, modes,
        tuple(stage for stage, life in stages.items() if is_saved(usual, life)),
        tuple(code for code, life in modes.items() if is_saved(usual, life)),
    )  # fmt: skip


def is_saved(usual: Life, other: Life) -> bool:
    """Does the other life spare the default, or at least half of a loss that there was?"""
    if not other.defaulted:
        return usual.defaulted
    return usual.lost_cny > 0.0 and other.lost_cny <= CLEAR * usual.lost_cny


def lived(
    start: LoanPortfolio, settings: Settings, months: int, switch: str | None = None
) -> LoanPortfolio:  # fmt: skip
    """So many months of a lesson from its start on, with a switch of the catalogue.

    start: the lesson's world at the fork; it is left as it is. Orders that have become impossible
    are left out.
    """
    switches = [] if switch is None else [start.scenario.catalogue[switch]]
    model = start.fork([*start.strategies, *switches])
    while model.month < min(months, settings.months):
        for decision in settings.decisions:
            if decision.month == model.month:
                with suppress(OrderError):  # this world has fewer firms
                    model.order(decision.enterprise, decision.order)
        with suppress(OrderError):  # the month is then lived without it
            model.step()
    return model


def life_of(model: LoanPortfolio, enterprise: int) -> Life:
    """What has become of a firm since the fork. A default on an older loan counts: who has failed
    there gets no new one, and is not saved by that.
    """
    loans = np.asarray(model.loans)
    own = loans[loans["enterprise"] == enterprise]
    failed = own[own["default_month"] >= model.scenario.burn_in_months]
    lost = float((failed["ead_fen"] - failed["recovered_fen"]).sum()) / FEN_PER_CNY
    lent = float(own["new_money_fen"][own["cohort"] == NEW_LENDING].sum()) / FEN_PER_CNY
    return Life(lent, lost, bool(len(failed)))
