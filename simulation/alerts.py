"""Alerts: raised by the warning system or by a visit, and when they will be acted upon.

Equations: docs/model-basis.md, section "Monitoring".
"""

from __future__ import annotations

from typing import Any

from agents.bank import months_of_delay
from agents.compiled import kernel
from simulation.world import TALLY

_ALERTS = TALLY["alerts"]
EARLY_WARNING, VISIT_REPORT = 1, 2  # what an open alert is; 0 is none


@kernel
def raise_alert(e: Any, loan: Any, kind: int, u: float, w: Any) -> None:
    """Open an alert; it reaches the officer's desk after the bank's delay. u: a uniform draw."""
    p = w.p
    e.alert = kind
    e.raised_month = w.month
    delay = months_of_delay(p.action_days, u) if p.ignored_warnings != 0.0 else 0
    e.alert_month = w.month + delay
    loan.alerts += 1
    w.tally[_ALERTS] += 1.0
