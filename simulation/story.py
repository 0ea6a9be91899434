"""Events of a firm's month in words, from its records before and after a stage.

For the journal only. A teller is a function of (before, now) that yields
(what, text, codes of failures, hidden from the bank).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from agents.enterprise import ALIVE, CLOSED, IN_WORKOUT, NEW_FILE
from agents.failures import FAILURES
from agents.loan import DEFAULTED, OBSERVED, REPAID, SETTLED, WRITTEN_OFF
from agents.records import FEN_PER_CNY

if TYPE_CHECKING:
    from simulation.journal import Shot

Told = tuple[str, str, tuple[str, ...], bool]
Teller = Callable[["Shot", "Shot"], Iterator[Told]]


def _cny(fen: float) -> str:
    return f"{fen / FEN_PER_CNY:,.0f} CNY"


def _event(what: str, text: str, failed: tuple[str, ...] = (), true: bool = False) -> Told:
    return what, text, failed, true


def _change(before: Shot, now: Shot, field: str) -> float:
    """Change of a field of the contract; of a new contract its value."""
    same = before.loan.get("row") == now.loan.get("row")
    return float(now.loan.get(field, 0) - (before.loan.get(field, 0) if same else 0))


def _new_failures(before: Shot, now: Shot) -> tuple[str, ...]:
    """Codes of the failure modes whose bit has just been set."""
    same = before.loan.get("row") == now.loan.get("row")
    old = before.loan.get("failures", 0) if same else 0
    fresh = now.loan.get("failures", 0) & ~old
    return tuple(mode.code for mode in FAILURES if fresh & mode.bit)


def is_new_contract(before: Shot, now: Shot) -> bool:
    """Has the firm another contract than before?"""
    return bool(now.loan) and now.loan["row"] != before.loan.get("row")


def _life(before: Shot, now: Shot) -> Iterator[Told]:
    """Trade, debt service, signals, requests."""
    was, e = before.enterprise, now.enterprise
    if e["setback"] < 0.97 * was["setback"] - 0.1:
        yield _event("setback", f"demand falls by {1 - 2.718 ** e['setback']:.0%}", true=True)
    if now.loan:
        yield from _service(before, now)
    if was["alert"] == 0 and e["alert"] == 1:
        yield _event("alert", "the warning system raises an alert")
    if was["file"] == 0 and e["file"] != 0:
        kind = "applies for a loan" if e["file"] == NEW_FILE else "asks for renewal"
        yield _event("request", kind)
    if was["status"] == ALIVE and e["status"] in (IN_WORKOUT, CLOSED):
        yield _event("closure", "the firm closes")


def _service(before: Shot, now: Shot) -> Iterator[Told]:
    """What is paid and what stays unpaid."""
    loan = now.loan
    paid = _change(before, now, "repaid_fen") + _change(before, now, "interest_paid_fen")
    drawn = _change(before, now, "new_money_fen")
    if drawn > 0:
        yield _event("drawing", f"draws {_cny(drawn)} of its limit")
    if loan["status"] == REPAID:
        yield _event("repaid", f"repays the loan in full ({_cny(paid)})")
    elif loan["dpd"] > 0 and loan["status"] < DEFAULTED:
        owed = loan["interest_arrears_fen"] + loan["principal_arrears_fen"]
        yield _event(
            "arrears", f"pays {_cny(paid)}, owes {_cny(owed)}, {loan['dpd']:.0f} days past due"
        )
    elif before.loan.get("dpd", 0) > 0 and loan["dpd"] == 0:
        yield _event("current", f"clears its arrears ({_cny(paid)})")


def _default(before: Shot, now: Shot) -> Iterator[Told]:
    """Default, and calls as guarantor."""
    if now.loan.get("status") == DEFAULTED != before.loan.get("status"):
        called = f", {now.loan['guarantors']} guarantors called" if now.loan["guarantors"] else ""
        text = f"default: exposure {_cny(now.loan['ead_fen'])}{called}"
        yield _event("default", text, _new_failures(before, now))
    if before.enterprise["called_loan"] < 0 <= now.enterprise["called_loan"]:
        yield _event("call", "called as guarantor for another member of its circle")


def _workout(before: Shot, now: Shot) -> Iterator[Told]:
    """Standstill, cure, suit, recoveries, write-off."""
    if not now.loan:
        return
    got, status = _change(before, now, "recovered_fen"), now.loan["status"]
    if before.loan.get("status") == DEFAULTED and status == OBSERVED:
        yield _event("cure", "a settlement is found: the loan goes on in instalments")
        return
    if before.loan.get("suit_month", -1) != now.loan["suit_month"]:
        wait = now.loan["suit_month"] - now.loan["default_month"]
        text = f"no settlement; the suit is dated {wait} months after default"
        yield _event("suit", text, _new_failures(before, now))
    if got > 0:
        yield _event("recovery", f"{_cny(got)} recovered")
    if status != before.loan.get("status") and status == WRITTEN_OFF:
        yield _event("write_off", f"{_cny(now.loan['written_off_fen'])} written off")
    if now.loan["closed_month"] >= 0 > before.loan.get("closed_month", -1):
        left = now.loan["ead_fen"] - now.loan["recovered_fen"]
        if status in (SETTLED, WRITTEN_OFF, DEFAULTED):
            yield _event("end", f"the case is closed, {_cny(left)} lost")


def _post(before: Shot, now: Shot) -> Iterator[Told]:
    """The officer's comings and goings, where the firm is concerned."""
    if not now.loan and not now.enterprise["file"]:
        return
    if now.officer["person"] != before.officer["person"]:
        yield _event("departure", "the officer leaves; the post is vacant for a while")
    elif now.officer["since_month"] != before.officer["since_month"]:
        yield _event("rotation", "the clients are handed to another officer")


def _decision(before: Shot, now: Shot) -> Iterator[Told]:
    """The decision on a file."""
    was, e = before.enterprise, now.enterprise
    if was["file"] == 0:
        return
    kind = "application" if was["file"] == NEW_FILE else "renewal"
    if e["file"] != 0:
        yield _event("waiting", f"the {kind} waits: no hours")
    elif is_new_contract(before, now):
        rate, amount = now.loan["annual_rate"], now.loan["principal_fen"]
        text = (
            f"the {kind} is granted: {_cny(amount)} at {rate:.2%} for "
            f"{now.loan['tenor_months']} months, score {now.loan['score']:+.2f}"
        )
        yield _event("decision", text, _new_failures(before, now))
        if now.loan["diverted_fen"] > before.loan.get("diverted_fen", 0):
            gone = _cny(now.loan["diverted_fen"])
            yield _event("diversion", f"{gone} of it leaves the business", true=True)
    elif e["score"] != was["score"]:
        yield _event("decision", f"the {kind} ends without a contract, score {e['score']:+.2f}")
    else:
        yield _event("withdrawn", f"the {kind} is withdrawn before a decision")


def _visit(before: Shot, now: Shot) -> Iterator[Told]:
    """A visit that was due."""
    if not now.loan or _change(before, now, "visits_due") <= 0:
        return
    failed = _new_failures(before, now)
    made = now.loan["visits_logged"] > before.loan.get("visits_logged", 0)
    if now.enterprise["alert"] == 2 != before.enterprise["alert"]:
        yield _event("visit", "a visit finds the firm in distress", failed)
    elif now.loan["diverted_fen"] < before.loan["diverted_fen"]:
        yield _event("visit", "the first check finds money gone; part of it comes back", failed)
    else:
        yield _event("visit", "a visit is logged" if made else "a visit is not made", failed)


def _alert(before: Shot, now: Shot) -> Iterator[Told]:
    """An alert that came to the officer's desk."""
    if not before.enterprise["alert"] or now.enterprise["alert"] or not now.loan:
        return
    failed, done = _new_failures(before, now), []
    if now.loan["undrawn_fen"] < before.loan["undrawn_fen"]:
        done.append("the undrawn limit is frozen")
    if now.loan["restructured"] > before.loan["restructured"]:
        done.append(f"terms are eased to {_cny(now.loan['instalment_fen'])} a month")
    if now.loan["status"] == REPAID:
        done.append("another lender takes the loan over")
    elif _change(before, now, "repaid_fen") > 0:
        done.append(f"{_cny(_change(before, now, 'repaid_fen'))} is collected early")
    if now.loan["extra_security_fen"] > before.loan["extra_security_fen"]:
        done.append(f"more security is given: {_cny(now.loan['extra_security_fen'])}")
    text = "the alert is answered: " + (", ".join(done) or "nothing is done")
    if now.enterprise["last_action"] == before.enterprise["last_action"]:
        text = "the alert is closed without a look"
    yield _event("answer", text, failed)


def _maturity(before: Shot, now: Shot) -> Iterator[Told]:
    """A maturity that failed."""
    if now.loan and now.loan["extensions"] > before.loan["extensions"]:
        text = f"the failed maturity is papered over: {_cny(now.loan['balance_fen'])} extended"
        yield _event("extension", text, _new_failures(before, now))


TELLERS: dict[str, Teller] = {
    "live_months": _life, "open_defaults": _default, "work_outs": _workout, "run_posts": _post,
    "decide_files": _decision, "visits": _visit, "answer_alerts": _alert,
    "face_maturities": _maturity,
}  # fmt: skip
"""Stage of the model -> what it may have to tell."""


def told(stage: str, before: Shot, now: Shot) -> Iterator[Told]:
    """What a stage has done to the firm. before, now: its records."""
    if stage in TELLERS:
        yield from TELLERS[stage](before, now)
