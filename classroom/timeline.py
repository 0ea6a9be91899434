"""A world that can be stepped, wound back and lived again."""

from __future__ import annotations

from classroom.settings import Settings
from classroom.world import found
from simulation import LoanPortfolio
from simulation.journal import Journal

EVERY = 12
"""Months between two forks that are kept to wind back to."""


class Timeline:
    """A lesson's world in its present month; months are counted from the fork.

    What is seen of a month depends on the settings alone, never on the way there. Raises (``go_to``
    and ``step``): OrderError where a decision is impossible in its month.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.model = found(settings)
        self._kept = {0: self.model.fork(self.model.strategies)}

    @property
    def month(self) -> int:
        """Months lived since the fork."""
        return self.model.month

    @property
    def ended(self) -> bool:
        """Is the lesson's last month past?"""
        return self.month >= self.settings.months

    def step(self) -> None:
        """Live a month; nothing where the lesson has ended."""
        if self.ended:
            return
        live_month(self.model, self.settings)
        if self.month % EVERY == 0 and self.month not in self._kept:
            self._kept[self.month] = self._branch(self.model)

    def go_to(self, month: int) -> None:
        """Go to a month, forwards or back; to the nearest end where there is none."""
        month = min(max(month, 0), self.settings.months)
        if month < self.month:
            start = max(kept for kept in self._kept if kept <= month)
            self.model = self._branch(self._kept[start])
        while self.month < month:
            self.step()

    def with_settings(self, settings: Settings) -> Timeline:
        """Another lesson in the same month. Where only later decisions differ, the past is kept."""
        first = first_difference(self.settings, settings)
        twin = object.__new__(Timeline) if first else Timeline(settings)
        if first:
            twin.settings = settings
            twin._kept = {month: kept for month, kept in self._kept.items() if month <= first}
            twin.model = self._branch(twin._kept[max(twin._kept)])
        twin.go_to(self.month)
        return twin

    @staticmethod
    def _branch(model: LoanPortfolio) -> LoanPortfolio:
        """An independent copy at the same month, under the same management."""
        return model.fork(model.strategies)


def live_month(model: LoanPortfolio, settings: Settings) -> None:
    """A month under the decisions taken in it."""
    for decision in settings.decisions:
        if decision.month == model.month:
            model.order(decision.enterprise, decision.order)
    model.step()


def first_difference(old: Settings, new: Settings) -> int:
    """The first month in which two lessons may part: 0 if from the beginning."""
    same = old.model_copy(update={"decisions": ()}) == new.model_copy(update={"decisions": ()})
    if not same:
        return 0
    apart = set(old.decisions) ^ set(new.decisions)
    return min((decision.month for decision in apart), default=max(old.months, new.months))


def journal_of(settings: Settings, enterprise: int, months: int) -> Journal:
    """The journal of an enterprise (row) over so many months of a lesson: lived again, watched."""
    model = found(settings, watch=(enterprise,))
    while model.month < min(months, settings.months):
        live_month(model, settings)
    return model.journals[enterprise]
