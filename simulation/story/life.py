"""The firm's own month: trade, debt service, guarantors' payments, requests; its officer."""

from __future__ import annotations

import math
from collections.abc import Iterator

from agents.enterprise import ALIVE, CLOSED, IN_WORKOUT, NEW_FILE, NO_RUNWAY_END
from agents.loan import DEFAULTED, REPAID
from simulation.story.claims import payments
from simulation.story.records import NOT_SEEN, Event, Facts, Scene, Shot


def lived(scene: Scene) -> Iterator[Event]:
    """Trade, debt service, signals, requests."""
    was, e = scene.before.enterprise, scene.now.enterprise
    if e["setback"] < 0.97 * was["setback"] - 0.1:
        lost = {"lost_share": 1.0 - math.exp(e["setback"])}
        yield scene.event("setback", "nature", truth=lost, seen_as=NOT_SEEN)
    if scene.now.loan:
        yield from _trouble(scene)
        yield from _service(scene)
    yield from _guarantors(scene)
    if was["alert"] == 0 and e["alert"] == 1:
        due = {"answer_month": e["alert_month"] - scene.zero}
        yield scene.event("alert", "warning_system", truth=due)
    if was["file"] == 0 and e["file"] != 0:
        yield scene.event("application" if e["file"] == NEW_FILE else "renewal_request", "firm")
    if was["status"] == ALIVE and e["status"] in (IN_WORKOUT, CLOSED):
        yield scene.event("closure", "firm", truth=money(scene))


def money(scene: Scene) -> Facts:
    """The firm's true means: cash and what suppliers give, other debts' service, runway."""
    e = scene.now.enterprise
    return {
        "cash_fen": e["cash_fen"], "line_fen": e["line_fen"], "runway": e["runway"],
        "hidden_service_fen": e["hidden_service_fen"],
    }  # fmt: skip


def condition(shot: Shot) -> Facts:
    """Is the firm truly in distress, and why, if not for want of money; how long money lasts.

    Money that lasts for ever is no news of a firm that is in distress all the same.
    """
    e, late = shot.enterprise, shot.loan["dpd"]
    facts: dict[str, object] = {"distressed": "distressed" if shot.distressed else "sound"}
    if not shot.distressed or e["runway"] < NO_RUNWAY_END:
        facts["runway"] = e["runway"]
    if late > 0:
        facts["late_days"] = late
    elif e["called_loan"] >= 0:
        facts["reason"] = "called"
    return facts


def _trouble(scene: Scene) -> Iterator[Event]:
    """What only the firm knows: distress, and an owner who will not pay."""
    if scene.now.loan["status"] >= DEFAULTED:
        return
    was, e = scene.before, scene.now
    if e.enterprise["refuses"] > was.enterprise["refuses"]:
        yield scene.event("refusal", "owner", truth=money(scene), seen_as=NOT_SEEN)
    if e.distressed and not was.distressed and e.loan["dpd"] == 0:
        what = "called_distress" if e.enterprise["called_loan"] >= 0 else "distress"
        yield scene.event(what, "firm", truth=money(scene), seen_as=NOT_SEEN)


def _service(scene: Scene) -> Iterator[Event]:
    """What is paid and what stays unpaid."""
    loan, old_dpd = scene.now.loan, scene.before.loan.get("dpd", 0)
    paid = {"paid_fen": scene.change("repaid_fen") + scene.change("interest_paid_fen")}
    drawn = scene.change("new_money_fen")
    if drawn > 0:
        yield scene.event("drawing", "firm", {"drawn_fen": drawn})
    if loan["status"] == REPAID:
        yield scene.event("repaid", "firm", paid)
    elif loan["dpd"] > 0 and loan["status"] < DEFAULTED:
        owed = loan["interest_arrears_fen"] + loan["principal_arrears_fen"]
        facts = paid | {"owed_fen": owed, "late_days": loan["dpd"]}
        yield scene.event("arrears", "firm", facts, {} if old_dpd > 0 else money(scene))
    elif old_dpd > 0 and loan["dpd"] == 0:
        yield scene.event("current", "firm", paid)


def _guarantors(scene: Scene) -> Iterator[Event]:
    """What guarantors paid for the firm, and the firm as a guarantor."""
    for row, amount in payments(scene.before.claim, scene.now.claim).items():
        yield scene.event("guarantor_paid", "guarantor", {"payer": row, "recovered_fen": amount})
    own = payments(scene.before.called, scene.now.called).get(scene.now.enterprise["row"], 0)
    if own > 0:
        yield scene.event("call_paid", "firm", {"paid_fen": own})


def posted(scene: Scene) -> Iterator[Event]:
    """The officer's comings and goings, while there is something that he may do for the loan."""
    now, was, e = scene.now.officer, scene.before.officer, scene.now.enterprise
    sued = scene.now.loan.get("suit_month", -1) >= 0
    if e["status"] not in (ALIVE, IN_WORKOUT) or sued or not (scene.now.loan or e["file"]):
        return
    if now["person"] != was["person"]:
        until = now["vacant_until"] - scene.zero
        yield scene.event("departure", "officer", {"until_month": until})
    elif now["since_month"] != was["since_month"]:
        yield scene.event("rotation", "officer")
