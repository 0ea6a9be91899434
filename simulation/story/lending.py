"""The decision on a file, step by step, and the money paid out."""

from __future__ import annotations

from collections.abc import Iterator

from agents.enterprise import CIRCLE, COMPANY, NEW_FILE, REAL_ESTATE, RENEWAL_FILE, UNSECURED
from agents.loan import BULLET
from simulation.scenario import SECTORS
from simulation.story.desk import Steps
from simulation.story.records import NOT_SEEN, Event, Scene

_SECURITY = {
    UNSECURED: "unsecured", REAL_ESTATE: "real_estate", CIRCLE: "circle", COMPANY: "company",
}  # fmt: skip


def decided(scene: Scene) -> Iterator[Event]:
    """What became of an open file in the month."""
    was, e = scene.before.enterprise, scene.now.enterprise
    if was["file"] == 0:
        return
    facts: dict[str, object] = {"kind": "application" if was["file"] == NEW_FILE else "renewal"}
    decision = scene.decision
    if e["file"] != 0:
        yield scene.event("waiting", "officer", facts)
    elif decision is None:
        waited = {"waited_months": scene.world_month - was["file_month"]}
        yield scene.event("withdrawn", "firm", facts | waited)
    else:
        facts["outcome"] = decision.outcome
        failed = scene.newly_failed() if decision.outcome == "granted" else ()
        yield scene.event("decision", "bank", facts, failed=failed)
        if scene.is_new_contract and not decision.renewal and scene.now.loan["diverted_fen"] > 0:
            gone = {"diverted_fen": scene.now.loan["diverted_fen"]}
            yield scene.event("diversion", "owner", truth=gone, seen_as=NOT_SEEN)


def may_lend(scene: Scene) -> bool:
    """Is nothing in the way of what is granted? Interest that is owed bars a renewal."""
    renewal = scene.before.enterprise["file"] == RENEWAL_FILE
    return not renewal or scene.before.loan["interest_arrears_fen"] == 0


def steps_of(scene: Scene, steps: Steps | None, outcome: str) -> Iterator[Event]:
    """The steps of a decision. steps: None where they could not be worked out again.

    outcome: see Decision.
    """
    yield from _request(scene)
    if steps is not None:
        yield from _look(scene, steps)
        yield from _ruling(scene, steps)
        yield from _by_order(scene, steps, outcome)
    if outcome == "granted":
        yield from _contract(scene)
    if steps is not None:
        yield from _in_full(scene, steps)


def _request(scene: Scene) -> Iterator[Event]:
    """Who asks for how much, and how much time the officer has."""
    was, e, o = scene.before.enterprise, scene.now.enterprise, scene.now.officer
    facts = {
        "sector": SECTORS[e["sector"]], "employees": round(e["employees"]),
        "sales_fen": e["seen_sales_fen"],
    }  # fmt: skip
    truth = {
        "true_sales_fen": was["revenue_fen"], "cash_fen": was["cash_fen"],
        "hidden_service_fen": was["hidden_service_fen"],
    }  # fmt: skip
    yield scene.event("firm", "firm", facts, truth)
    wish = {
        "asked_fen": e["asked_fen"], "stated_need_fen": e["stated_need_fen"],
        "use": "long_use" if e["long_use"] else "short_use",
        "security": _SECURITY[e["security"]],
    }  # fmt: skip
    if was["file"] == RENEWAL_FILE:
        wish["balance_fen"] = scene.before.loan["balance_fen"]
        yield scene.event("renewal_wish", "firm", wish)
    else:
        yield scene.event("wish", "firm", wish, {"true_need_fen": was["need_fen"]})
    load = {
        "effort_share": o["file_effort"], "clients": o["clients"],
        "files": o["new_files"] + o["renewal_files"],
    }  # fmt: skip
    yield scene.event("load", "officer", load, {"skill_share": o["skill"]})


def _look(scene: Scene, steps: Steps) -> Iterator[Event]:
    """Belief, proposal and review."""
    terms = steps.terms
    yield scene.event("belief", "officer", {"believed_sd": steps.believed}, {"true_sd": steps.true})
    proposed = {"proposed_sd": terms.proposed}
    if terms.shaded:
        why = {"raised_for": "relation" if steps.related else "pressure"}
        yield scene.event("raised_proposal", "officer", proposed, why, ("F06",), "proposal")
    else:
        yield scene.event("proposal", "officer", proposed)
    if terms.reviewed:
        facts = {"own_sd": steps.own_look, "score_sd": terms.score}
        yield scene.event("review", "reviewer", facts)
    else:
        yield scene.event("rubber_stamp", "reviewer", failed=("F07",))


def _decider(steps: Steps) -> str:
    return "branch_head" if steps.in_branch else "committee"


def _lends(scene: Scene, steps: Steps) -> bool:
    """Does the bank grant it, left to itself?"""
    return steps.terms.granted and may_lend(scene)


def _ruling(scene: Scene, steps: Steps) -> Iterator[Event]:
    """Who decided, on what score against which cut-off, and how long it took; without an order."""
    terms, who = steps.terms, _decider(steps)
    facts = {
        "decider": who, "score_sd": terms.score, "cutoff_sd": terms.cutoff,
        "decision_days": steps.days, "why": _why(scene, steps),
    }  # fmt: skip
    if terms.overridden:
        yield scene.event("override", who, facts, failed=("F08",))
    yield scene.event("granted" if _lends(scene, steps) else "refused", who, facts)


def _by_order(scene: Scene, steps: Steps, outcome: str) -> Iterator[Event]:
    """What a trainee's order made of the bank's own decision."""
    lends, facts = _lends(scene, steps), {"decider": _decider(steps)}
    if scene.order == "cut" and lends:
        yield scene.event("order_cuts", "trainee", facts | {"whole_fen": steps.terms.amount})
    elif scene.order == "cut":
        yield scene.event("nothing_to_cut", "trainee", facts)
    elif scene.order == "refuse" and lends:
        yield scene.event("order_refuses", "trainee", facts)
    elif scene.order == "approve" and outcome == "refused":
        yield scene.event("order_fails", "trainee")
    elif scene.order == "approve" and not lends:
        failed = _only("F08", scene.newly_failed())
        yield scene.event("order_grants", "trainee", facts, failed=failed)


def _why(scene: Scene, steps: Steps) -> str:
    """Reason of a refusal: ``score``, ``closed`` (the bank is closed to the firm),
    ``interest_owed`` or ``amount`` (less than the firm can use); of others ``""``.
    """
    terms = steps.terms
    if _lends(scene, steps):
        return ""
    if terms.score < terms.cutoff and not terms.overridden:
        return "score"
    if scene.world_month < scene.before.enterprise["pulled_until"]:
        return "closed"
    return "interest_owed" if terms.granted else "amount"


def _contract(scene: Scene) -> Iterator[Event]:
    """Terms, security and payment of a new contract."""
    loan, failures = scene.now.loan, scene.newly_failed()
    facts = {
        "limit_fen": loan["principal_fen"] + loan["undrawn_fen"],
        "paid_out_fen": loan["new_money_fen"],
        "annual_rate": loan["annual_rate"], "tenor_months": loan["tenor_months"],
        "repayment": "bullet" if loan["kind"] == BULLET else "instalment",
        "due_month": loan["maturity_month"] - scene.zero,
        "basis": "as_asked" if "F09" in failures else "formula",
    }  # fmt: skip
    what = "terms" if loan["previous"] < 0 else "renewal_terms"
    yield scene.event(what, "bank", facts, failed=_only("F09", failures))
    if loan["security"] == REAL_ESTATE:
        facts = {"appraised_fen": loan["appraised_fen"]}
        kind = "registered" if loan["registered"] else "unregistered"
        yield scene.event(kind, "bank", facts, failed=_only("F10", failures))
    if loan["previous"] < 0:
        kind = "entrusted" if loan["entrusted"] else "own_account"
        yield scene.event(kind, "bank", failed=_only("F11", failures))


def _only(code: str, failures: tuple[str, ...]) -> tuple[str, ...]:
    return (code,) if code in failures else ()


def _in_full(scene: Scene, steps: Steps) -> Iterator[Event]:
    """What a full check would have decided; it errs too."""
    lent, cutoff = scene.now.enterprise["full_check_fen"], steps.terms.cutoff
    truth = {"full_check_fen": lent, "true_sd": steps.true, "cutoff_sd": cutoff}
    what = "full_check_lends" if lent > 0 else "full_check_refuses"
    yield scene.event(what, "full_check", truth=truth, seen_as=NOT_SEEN)
    if lent > 0 and steps.true < cutoff:
        yield scene.event("full_check_too_mild", "full_check", truth=truth, seen_as=NOT_SEEN)
    elif lent == 0 and steps.true >= cutoff:
        yield scene.event("full_check_too_strict", "full_check", truth=truth, seen_as=NOT_SEEN)
