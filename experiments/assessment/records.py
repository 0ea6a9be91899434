"""What the months of new lending leave in a world's records.

Source: docs/assessment.md, section "Belief against process".
"""

from __future__ import annotations

from typing import Any, NamedTuple

from agents.failures import F12
from simulation import LoanPortfolio, Scenario


class Records(NamedTuple):
    """What a world's window left: sums of its months; contracts made in it; contracts sued in it.

    first_checks: made and due. waits: months from an alert to its turn.
    """

    total: dict[str, float]
    new: Any
    sued: Any
    first_checks: tuple[int, int]
    waits: list[int]


def observed(scenario: Scenario, seed: int, replication: int) -> Records:
    """Let a world live through the months of new lending and take its records."""
    model = LoanPortfolio(scenario, seed=seed, replication=replication)
    opened = scenario.burn_in_months
    made = due = 0
    waits: list[int] = []
    for month in range(opened, opened + scenario.months):
        model.step()
        loans, firms = model.loans, model._world.enterprises
        fresh = loans[(loans["start_month"] == month - 1) & (loans["previous"] < 0)]
        looked = fresh["visits_due"] > 0
        due += int(looked.sum())
        made += int((looked & (fresh["failures"] & F12 == 0)).sum())
        raised = firms["raised_month"] == month
        waits += (firms["alert_month"] - firms["raised_month"])[raised].tolist()
    loans, months = model.loans, model.months
    window = months[months["month"].between(0, scenario.months - 1)]
    total = {str(name): float(values.sum()) for name, values in window.items()}
    return Records(
        total | {"months": float(len(window))},
        loans[(loans["start_month"] >= opened) & (loans["previous"] < 0)],
        loans[(loans["suit_month"] >= 0) & (loans["resolution_month"] >= opened)],
        (made, due), waits,
    )  # fmt: skip
