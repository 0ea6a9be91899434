"""After lending: visits, alerts and what is done about them, failed maturities."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from agents.enterprise import ALIVE
from agents.loan import REPAID
from agents.records import copied
from simulation.stages.monitoring import LATE_MONTHS, luck_of_visit, pay_visit, see_firm
from simulation.story.life import condition
from simulation.story.records import NOT_SEEN, Event, Facts, Scene, Visit, codes
from simulation.world import TALLY


def visit_again(scene: Scene, firm: Any, loan: Any, officer: Any, desk: Any) -> Visit:
    """What a visit that was due came to: made once more on copies, with the same luck.

    The books count visits in the log, and there one from the desk looks like any other. Where
    rules are replaced and the visit comes to something else, the log is believed.
    firm, loan, officer: records before the stage, in arrays of one row. desk: of the world.
    """
    e, contract, w = copied(firm), copied(loan), copied(desk)
    contract["failures"], w["tally"] = 0, 0.0
    pay_visit(e[0], contract[0], officer[0], w[0])
    same_log = contract["visits_logged"][0] == scene.now.loan["visits_logged"]
    if not same_log or e["alert"][0] != scene.now.enterprise["alert"]:
        return Visit(scene.change("visits_logged") > 0, scene.newly_failed())
    made = bool(w["tally"][0][TALLY["visits_made"]])
    return Visit(made, codes(int(contract["failures"][0])))


def ordered_visit_again(firm: Any, loan: Any, officer: Any, desk: Any) -> Visit:
    """What a visit that a trainee ordered came to, once more on copies.

    firm, loan, officer: records before the order, in arrays of one row. desk: of the world.
    """
    e, contract, w = copied(firm), copied(loan), copied(desk)
    contract["failures"] = 0
    see_firm(e[0], officer[0], contract[0], luck_of_visit(e[0], w[0]), w[0])
    return Visit(True, codes(int(contract["failures"][0])))


def visited_by_order(scene: Scene) -> Iterator[Event]:
    """A visit that a trainee ordered; where the bank hears of no finding it is told so."""
    told = list(visited(scene))
    heard = any(event.what in ("recall", "visit_report") for event in told)
    for event in told:
        yield event if heard or not event.true else event._replace(seen_as="nothing_noticed")
    if len(told) == 1:
        yield scene.event("nothing_noticed", "officer")


def visited(scene: Scene) -> Iterator[Event]:
    """A visit that was due or ordered."""
    visit, loan = scene.visit, scene.now.loan
    if visit is None or not loan:
        return
    logged = scene.change("visits_logged") > 0
    truth = condition(scene.now)
    if visit.made:
        yield scene.event("visit", "officer", truth=truth)
    elif logged:
        yield scene.event("desk_visit", "officer", failed=visit.failed, seen_as="visit")
    else:
        yield scene.event("missed_visit", "officer", truth=truth, failed=visit.failed)
    if scene.change("diverted_fen") < 0:
        yield scene.event("recall", "officer", {"returned_fen": -scene.change("diverted_fen")})
    if scene.now.enterprise["alert"] == 2 != scene.before.enterprise["alert"]:
        yield scene.event("visit_report", "officer", truth=_waits(scene))
    elif visit.made and visit.failed:
        yield scene.event("kept_quiet", "officer", failed=visit.failed, seen_as=NOT_SEEN)


def _waits(scene: Scene) -> Facts:
    """When an alert reaches the officer's desk."""
    return {"answer_month": scene.now.enterprise["alert_month"] - scene.zero}


def alert_answered(scene: Scene) -> Iterator[Event]:
    """An alert that came to the officer's desk."""
    was, e = scene.before.enterprise, scene.now.enterprise
    if not was["alert"] or e["alert"] or not scene.now.loan:
        return
    waited = scene.world_month - was["raised_month"]
    facts = {"raised_month": was["raised_month"] - scene.zero, "waited_months": waited}
    looked = e["last_action"] == scene.world_month
    late = not looked or waited >= LATE_MONTHS
    what = "answer" if looked else "unread_alert"
    truth = condition(scene.before)
    yield scene.event(what, "officer", facts, truth, ("F13",) if late else ())
    done = list(acted(scene))
    yield from done
    if looked and not done:
        yield scene.event("no_action", "officer")


def acted(scene: Scene) -> Iterator[Event]:
    """What is done about an alert, or by order."""
    was, loan = scene.before.loan, scene.now.loan
    if scene.change("undrawn_fen") < 0:
        yield scene.event("freeze", "officer", {"frozen_fen": was["undrawn_fen"]})
    if scene.change("restructured") > 0:
        yield scene.event("easing", "officer", {"instalment_fen": loan["instalment_fen"]})
    paid = {"paid_fen": scene.change("repaid_fen") + scene.change("interest_paid_fen")}
    if loan["status"] == REPAID:
        yield scene.event("exit", "firm", paid)
    elif paid["paid_fen"] > 0:
        yield scene.event("early_collection", "officer", paid)
    if scene.change("extra_security_fen") > 0:
        yield scene.event("more_security", "owner", {"given_fen": loan["extra_security_fen"]})


def maturity_faced(scene: Scene) -> Iterator[Event]:
    """A maturity that failed."""
    if not scene.now.loan or scene.now.enterprise["status"] != ALIVE:
        return
    if scene.change("extensions") > 0:
        facts = {
            "balance_fen": scene.now.loan["balance_fen"],
            "capitalised_fen": scene.change("capitalised_fen"),
            "due_month": scene.now.loan["maturity_month"] - scene.zero,
        }
        yield scene.event("extension", "branch_head", facts, failed=("F14",))
