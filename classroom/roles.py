"""Who sees what: the separation of duties, as rooms of the case file that a role may enter."""

from __future__ import annotations

from typing import NamedTuple

from simulation.orders import ORDERS

KINDS = (
    "request", "statement", "investigation", "approval", "account", "visit", "warning", "recovery",
    "truth",
)  # fmt: skip
"""Documents of a case file, in the order in which they lie in it."""

KIND_OF = {
    "request": ("application", "renewal_request", "wish", "renewal_wish", "waiting", "withdrawn",
                "earlier", "order"),
    "statement": ("firm",),
    "investigation": ("load", "belief", "proposal", "raised_proposal", "departure", "rotation"),
    "approval": ("decision", "review", "rubber_stamp", "granted", "refused", "override", "terms",
                 "renewal_terms", "registered", "unregistered", "entrusted", "own_account",
                 "order_grants", "order_refuses", "order_cuts", "nothing_to_cut", "order_fails"),
    "account": ("drawing", "arrears", "current", "repaid", "still_open", "closure", "call",
                "call_paid", "exit"),
    "visit": ("visit", "desk_visit", "missed_visit", "visit_report", "kept_quiet", "recall",
              "nothing_noticed"),
    "warning": ("alert", "answer", "unread_alert", "unanswered_alert", "no_action", "freeze",
                "easing", "early_collection", "more_security"),
    "recovery": ("extension", "default", "default_with_guarantors", "hiding", "found_by_audit",
                 "order_surfaces", "surfacing", "class", "cure", "suit", "suit_planned",
                 "sale_planned", "guarantor_paid", "recovery", "write_off", "end"),
    "truth": ("setback", "distress", "called_distress", "refusal", "diversion",
              "full_check_lends", "full_check_refuses", "full_check_too_mild",
              "full_check_too_strict"),
}  # fmt: skip
"""Document -> events (keys of the journal's words) that stand in it."""

KIND = {what: kind for kind, events in KIND_OF.items() for what in events}


class Role(NamedTuple):
    """A seat in the bank. sees: documents. orders: what it may order, of simulation.orders.ORDERS.
    acts_as: names in the journal whose doings, hidden from the bank, it knows, for they are its
    own. everything: also what only the model knows. once_failed: it gets the papers of a loan only
    when that has defaulted.
    """

    sees: tuple[str, ...]
    orders: tuple[str, ...]
    acts_as: tuple[str, ...] = ()
    everything: bool = False
    once_failed: bool = False


ROLES: dict[str, Role] = {
    "customer_manager": Role(
        ("request", "statement", "investigation", "account", "visit", "warning"),
        ("visit", "collateral"), ("officer",),
    ),
    "reviewer": Role(
        ("request", "statement", "approval"), ("cut", "refuse", "collateral"), ("reviewer",)
    ),
    "branch_head": Role(
        ("request", "approval", "account", "recovery"),
        ("approve", "cut", "refuse", "collateral", "restructure"), ("branch_head",),
    ),
    "collector": Role(("account", "recovery"), ("sue",), once_failed=True),
    "trainer": Role(KINDS, tuple(ORDERS), everything=True),
}  # fmt: skip
"""Seats by name. What a reviewer gets of the investigation is the proposal, see SHARED."""

SHARED = {"proposal": ("reviewer", "branch_head"), "raised_proposal": ("reviewer", "branch_head"),
          "granted": ("customer_manager",), "refused": ("customer_manager",),
          "order_grants": ("customer_manager",), "order_refuses": ("customer_manager",),
          "order_cuts": ("customer_manager",), "nothing_to_cut": ("customer_manager",),
          "order_fails": ("customer_manager",),
          "terms": ("customer_manager", "collector"), "registered": ("collector",),
          "unregistered": ("collector",)}  # fmt: skip
"""Events that are also handed to others than those who see the whole document."""


def may_see(role: str, what: str) -> bool:
    """Does a role get to see an event? what: a key of the journal's words."""
    return KIND[what] in ROLES[role].sees or role in SHARED.get(what, ())
