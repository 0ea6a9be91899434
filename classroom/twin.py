"""The same firms and the same luck under other management: differences in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from agents.loan import NEW_LENDING
from agents.records import FEN_PER_CNY
from classroom.settings import Settings
from classroom.words import said
from simulation import LoanPortfolio
from simulation.measures import present_losses


class Measure(NamedTuple):
    """What is compared. read: from a world; told: a value in words."""

    name: str
    read: Callable[[LoanPortfolio], float]
    told: str


def _millions(model: LoanPortfolio, fen: float) -> float:
    """Fen of the sample as millions of CNY of the declared bank."""
    return fen * model.scale / FEN_PER_CNY / 1e6


def lent(model: LoanPortfolio) -> float:
    """New money lent since the fork (m CNY)."""
    loans = model.loans
    return _millions(model, float(loans["new_money_fen"][loans["cohort"] == NEW_LENDING].sum()))


def lost(model: LoanPortfolio) -> float:
    """Net loss of new lending so far (m CNY), open defaults at expected recovery."""
    losses = present_losses(model.loans, discounted=False)
    return _millions(model, float(losses[model.loans["cohort"] == NEW_LENDING].sum()))


def defaults(model: LoanPortfolio) -> float:
    """Contracts of new lending that have defaulted, in the sample."""
    loans = model.loans
    return float(((loans["cohort"] == NEW_LENDING) & (loans["first_default"] >= 0)).sum())


def refused(model: LoanPortfolio) -> float:
    """Applications refused since the fork, in the sample."""
    return float(len(model.refused.loans))


def result(model: LoanPortfolio) -> float:
    """What the bank earned after provisions since the fork (m CNY)."""
    months = model.month_records
    earned = months["result_after_provisions_fen"][months["month"] >= 0]
    return _millions(model, float(earned.sum()))


MEASURES = (
    Measure("lent", lent, "{:,.0f}"), Measure("refused", refused, "{:,.0f}"),
    Measure("defaults", defaults, "{:,.0f}"), Measure("lost", lost, "{:,.1f}"),
    Measure("result", result, "{:,.1f}"),
)  # fmt: skip
"""What a twin is told by."""


def summary(model: LoanPortfolio, language: str) -> str:
    """All measures of a world in a line."""
    return " · ".join(
        said(
            language,
            "is",
            what=said(language, f"measure.{m.name}"),
            told=m.told.format(m.read(model)),
        )
        for m in MEASURES
    )


class Difference(NamedTuple):
    """A measure of a bank and of its twin, in the unit of the measure."""

    name: str
    own: float
    twin: float
    told: str

    def sentence(self, language: str) -> str:
        """The difference in words."""
        gap = self.told.format(abs(self.twin - self.own))
        own, twin = self.told.format(self.own), self.told.format(self.twin)
        same = own == twin or gap == self.told.format(0.0)
        key = "twin.same" if same else "twin.less" if self.twin < self.own else "twin.more"
        name = said(language, f"measure.{self.name}")
        return said(language, key, name=name, size=gap, own=own, other=twin)


def differences(own: LoanPortfolio, twin: LoanPortfolio) -> list[Difference]:
    """What differs between two worlds in the same month. Raises: ValueError in different months."""
    if own.month != twin.month:
        raise ValueError(f"month {own.month} cannot be compared with month {twin.month}")
    return [Difference(m.name, m.read(own), m.read(twin), m.told) for m in MEASURES]


def is_twin(own: Settings, twin: Settings) -> bool:
    """Do two lessons share their firms and their luck?"""
    same = ("preset", "seed", "replication", "enterprises", "months")
    return all(getattr(own, name) == getattr(twin, name) for name in same)
