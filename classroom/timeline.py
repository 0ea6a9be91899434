"""A world that can be stepped, wound back and lived again."""

from __future__ import annotations

from classroom.settings import Decision, Settings
from classroom.world import found
from simulation import LoanPortfolio
from simulation.journal import Journal
from simulation.orders import OrderError

EVERY = 12
"""Months between two forks that are kept to wind back to."""


class DecisionError(OrderError):
    """A decision of a lesson that cannot be carried out in its month."""

    def __init__(self, decision: Decision) -> None:
        super().__init__(
            f"the decision of month {decision.month} cannot be carried out: {decision.order} for "
            f"enterprise {decision.enterprise}"
        )
        self.decision = decision


class Timeline:
    """A lesson's world in its present month; months are counted from the fork.

    What is seen of a month depends on the settings alone, never on the way there. Raises (``go_to``
    and ``step``): DecisionError where a decision is impossible in its month.
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

    def branch(self) -> Timeline:
        """An independent copy in the same month: who looks at this one sees it as it is."""
        twin = object.__new__(Timeline)
        twin.settings, twin._kept = self.settings, dict(self._kept)
        twin.model = self._branch(self.model)
        return twin

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

    def possible_orders(self, enterprise: int) -> tuple[str, ...]:
        """Orders that can be given for a firm (row) in the coming month; none at the end."""
        return () if self.ended else self.model.possible_orders(enterprise)

    def decide(self, enterprise: int, order: str) -> Timeline:
        """The same lesson with an order for a firm in the coming month, in place of an earlier one.

        Raises: OrderError where it is impossible, DecisionError where an earlier one has become so;
        SettingsError for one decision too many.
        """
        possible = self.possible_orders(enterprise)
        if order not in possible:
            allowed = ", ".join(possible) or "none"
            raise OrderError(f"{order} is not possible in this month; possible: {allowed}")
        here = self.month, enterprise
        others = [d for d in self.settings.decisions if (d.month, d.enterprise) != here]
        decision = {"month": self.month, "enterprise": enterprise, "order": order}
        return self.with_settings(self.settings.but(decisions=[*others, decision]))

    @staticmethod
    def _branch(model: LoanPortfolio) -> LoanPortfolio:
        """An independent copy at the same month, under the same management."""
        return model.fork(model.strategies)


def live_month(model: LoanPortfolio, settings: Settings) -> None:
    """A month under the decisions taken in it. Raises: DecisionError for one that is impossible."""
    due = {one.enterprise: one for one in settings.decisions if one.month == model.month}
    for firm, decision in due.items():
        try:
            model.order(firm, decision.order)
        except OrderError as error:
            raise DecisionError(decision) from error
    try:
        model.step()
    except OrderError as error:
        raise DecisionError(due[next(iter(error.left))]) from error


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
