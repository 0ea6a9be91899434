"""Default, hiding, standstill, suit, recoveries, write-off and the end; classes at month end."""

from __future__ import annotations

from collections.abc import Iterator

from agents.loan import (
    CLASSES,
    DEFAULTED,
    OBSERVED,
    SETTLED,
    SUBSTANDARD,
    WRITTEN_OFF,
)  # fmt: skip
from simulation.story.life import money
from simulation.story.records import NOT_SEEN, Event, Scene


def defaulted(scene: Scene) -> Iterator[Event]:
    """Default, and calls as guarantor."""
    was, loan = scene.before, scene.now.loan
    if loan.get("status") == DEFAULTED != was.loan.get("status"):
        yield from _default(scene)
    if was.enterprise["called_loan"] < 0 <= scene.now.enterprise["called_loan"]:
        yield scene.event("call", "bank", truth=money(scene))


def _default(scene: Scene) -> Iterator[Event]:
    """The firm's own default: what is at stake, who is called, what is not reported."""
    was, loan = scene.before, scene.now.loan
    facts = {"ead_fen": loan["ead_fen"], "guarantors": loan["guarantors"]}
    what = "default_with_guarantors" if loan["guarantors"] else "default"
    yield scene.event(what, "bank", facts, {"refuses": _will(scene)})
    if was.enterprise["alert"]:
        raised = {"raised_month": was.enterprise["raised_month"] - scene.zero}
        yield scene.event("unanswered_alert", "officer", raised)
    if loan["hidden_until"] > scene.world_month:
        yield scene.event("hiding", "branch_head", failed=("F16",), seen_as=NOT_SEEN)


def _will(scene: Scene) -> str:
    """Does the owner refuse, or can the firm not pay?"""
    return "refuses" if scene.now.enterprise["refuses"] else "cannot"


def worked_out(scene: Scene) -> Iterator[Event]:
    """Hiding that ends, cure, suit, recoveries, write-off and end."""
    was, loan = scene.before.loan, scene.now.loan
    if not loan or not was:
        return
    yield from _surfacing(scene)
    if was["status"] == DEFAULTED and loan["status"] == OBSERVED:
        facts = {"tenor_months": loan["maturity_month"] - scene.world_month}
        yield scene.event("cure", "bank", facts)
        return
    if was["suit_month"] != loan["suit_month"]:
        yield from _suit(scene)
    if scene.change("recovered_fen") > 0:
        yield from _recovery(scene)
    if loan["status"] == WRITTEN_OFF != was["status"]:
        yield scene.event("write_off", "bank", {"written_off_fen": loan["written_off_fen"]})
    if loan["closed_month"] >= 0 > was["closed_month"]:
        yield from _end(scene)


def _surfacing(scene: Scene) -> Iterator[Event]:
    """A default that was not reported is found by an audit, or comes out by order or in the end."""
    was, loan, month = scene.before.loan, scene.now.loan, scene.world_month
    facts = {"hidden_months": month - was["default_month"]}
    if was["hidden_until"] > month == loan["hidden_until"]:
        what = ("order_surfaces", "trainee") if scene.order else ("found_by_audit", "auditor")
        yield scene.event(*what, facts)
    elif was["hidden_until"] == month > was["default_month"]:
        yield scene.event("surfacing", "bank", truth=facts, seen_as=NOT_SEEN)


def _suit(scene: Scene) -> Iterator[Event]:
    """No settlement: when the bank sues, and (nobody knows it yet) when security is sold."""
    loan, month = scene.now.loan, scene.world_month
    facts = {
        "suit_month": loan["suit_month"] - scene.zero,
        "wait_months": loan["suit_month"] - loan["default_month"],
    }
    what = "suit_planned" if loan["suit_month"] > month else "suit"
    yield scene.event(what, "bank", facts, failed=scene.newly_failed())
    if loan["sale_month"] >= 0:
        sale = {"sale_month": loan["sale_month"] - scene.zero}
        yield scene.event("sale_planned", "court", truth=sale, seen_as=NOT_SEEN)


def _recovery(scene: Scene) -> Iterator[Event]:
    """Money that the workout brings: from a sale, a company guarantor, other assets."""
    loan, month = scene.now.loan, scene.world_month
    sources = [
        source for source, due in (
            ("sale", loan["sale_month"]), ("guarantee", loan["guarantee_month"]),
            ("assets", loan["asset_month"]),
        ) if due == month
    ]  # fmt: skip
    facts = {"sources": sources, "recovered_fen": scene.change("recovered_fen")}
    yield scene.event("recovery", "court", facts)


def _end(scene: Scene) -> Iterator[Event]:
    """Nothing more to expect."""
    loan = scene.now.loan
    if loan["status"] in (SETTLED, WRITTEN_OFF, DEFAULTED):
        facts = {
            "ead_fen": loan["ead_fen"], "recovered_fen": loan["recovered_fen"],
            "lost_fen": loan["ead_fen"] - loan["recovered_fen"],
        }  # fmt: skip
        yield scene.event("end", "bank", facts)


def classified(scene: Scene) -> Iterator[Event]:
    """The class that is reported, where it becomes a bad one or is one no more."""
    was, loan = scene.before.loan, scene.now.loan
    if not loan or not scene.same_contract or was["loan_class"] == loan["loan_class"]:
        return
    if max(was["loan_class"], loan["loan_class"]) >= SUBSTANDARD:
        yield scene.event("class", "bank", {"loan_class": CLASSES[loan["loan_class"]]})
