"""English words of the journal. Names in braces are facts of the event."""

from __future__ import annotations

TEXTS = {
    # the firm
    "setback": "demand falls by {lost_share}",
    "distress": "the firm is in distress from now on",
    "called_distress": "the firm is in distress from now on: it is called as guarantor",
    "refusal": "the owner decides not to pay although the firm could: cash {cash_fen}",
    "application": "applies for a loan",
    "renewal_request": "asks for renewal",
    "drawing": "draws {drawn_fen} of its limit",
    "arrears": "pays {paid_fen}, owes {owed_fen}, {late_days} past due",
    "current": "clears its arrears ({paid_fen})",
    "repaid": "repays the loan in full ({paid_fen})",
    "closure": "the firm closes",
    "call": "called as guarantor for another member of its circle",
    "call_paid": "pays {paid_fen} as guarantor",
    "diversion": "{diverted_fen} of it leaves the business",
    # the officer
    "departure": "the officer leaves; the post is vacant until {until_month}",
    "rotation": "the clients are handed to another officer",
    # the file
    "waiting": "the {kind} waits: no hours",
    "withdrawn": "the {kind} ends without a decision after {waited_months}",
    "decision": "the {kind} is decided: {outcome}",
    "firm": "firm: {sector}, {employees}; sales as the file has them {sales_fen} a month",
    "wish": "asks for {asked_fen} {use}; need as the file has it {stated_need_fen}; {security}",
    "renewal_wish": "asks to renew {balance_fen}; need as the file has it {stated_need_fen}; "
                    "{security}",
    "load": "the officer has {clients} and {files} this month; a file gets {effort_share} of its "
            "hours",
    "check_line": "{check}: {outcome}",
    "check_because": " ({why})",
    "check_made": "made",
    "check_skipped": "skipped",
    "check_found_nothing": ", found nothing",
    "belief": "the officer believes {believed_sd} sd",
    "proposal": "the officer proposes {proposed_sd} sd",
    "raised_proposal": "the officer proposes {proposed_sd} sd, more than he believes",
    "review": "the reviewer's own look says {own_sd} sd; together {score_sd} sd",
    "rubber_stamp": "the review asks nothing; the proposal stands",
    "granted": "the {decider} grants: score {score_sd} sd, cut-off {cutoff_sd}; "
               "{decision_days} from the request",
    "refused": "the {decider} refuses, {why}: score {score_sd} sd, cut-off {cutoff_sd}; "
               "{decision_days} from the request",
    "override": "the {decider} overrides the cut-off",
    "terms": "limit {limit_fen} {basis} at {annual_rate} for {tenor_months}, {repayment}; "
             "{paid_out_fen} paid out now",
    "renewal_terms": "new contract over {limit_fen} at {annual_rate}, {repayment}, due in "
                     "{due_month}; no money is paid out",
    "registered": "real estate, appraised at {appraised_fen}, registered",
    "unregistered": "real estate, appraised at {appraised_fen}, not registered: it cannot be sold",
    "entrusted": "paid to the firm's supplier",
    "own_account": "paid to the firm's own account: nobody controls the use",
    "full_check_lends": "a full check would have lent {full_check_fen}",
    "full_check_refuses": "a full check would have refused",
    "full_check_too_mild": "the truth is below the cut-off: a full check errs too, its figures "
                           "keep some noise",
    "full_check_too_strict": "the truth reaches the cut-off: a full check errs too, or refuses for "
                             "the amount, the circle or a past default",
    # after lending
    "alert": "the warning system raises an alert",
    "visit": "a visit is logged",
    "desk_visit": "a visit is logged, but from the desk: nobody went",
    "missed_visit": "a visit that was due is not made",
    "visit_report": "the visit finds distress: an alert is raised",
    "kept_quiet": "the visit finds distress; the officer keeps quiet about an old client",
    "nothing_noticed": "the visit finds nothing new",
    "recall": "the first check finds money gone; {returned_fen} comes back",
    "answer": "the alert of {raised_month} is followed up after {waited_months}",
    "unread_alert": "the alert of {raised_month} is closed without a look",
    "unanswered_alert": "the alert of {raised_month} was still unanswered",
    "no_action": "nothing is done: the officer does not find the firm weak",
    "freeze": "the undrawn limit of {frozen_fen} is frozen",
    "easing": "terms are eased to {instalment_fen} a month",
    "exit": "another lender takes the loan over ({paid_fen})",
    "early_collection": "{paid_fen} is collected early",
    "more_security": "more security is given: {given_fen}",
    "extension": "the failed maturity is extended: {balance_fen} to {due_month}, "
                 "interest of {capitalised_fen} added",
    # default and after
    "default": "default: exposure {ead_fen}",
    "default_with_guarantors": "default: exposure {ead_fen}, {guarantors} called",
    "hiding": "the default is not reported: the loan is shown as special mention",
    "found_by_audit": "an audit finds the default that was hidden for {hidden_months}",
    "surfacing": "the hidden default comes out",
    "class": "the loan is now classified as {loan_class}",
    "cure": "a settlement is found: the loan goes on in instalments over {tenor_months}",
    "suit": "no settlement; the suit counts from {suit_month}, {wait_months} after default",
    "suit_planned": "no settlement; the suit is planned for {suit_month}, {wait_months} after "
                    "default",
    "sale_planned": "the security will be sold in {sale_month}",
    "guarantor_paid": "guarantor (enterprise {payer}) pays {recovered_fen}",
    "recovery": "{recovered_fen} recovered: {sources}",
    "write_off": "{written_off_fen} written off",
    "end": "the case is closed: {recovered_fen} of {ead_fen} recovered, {lost_fen} lost (not "
           "discounted)",
    # the classroom
    "order": "the trainee orders: {order}",
    "order_grants": "by order of the trainee: granted, against the {decider}'s refusal",
    "order_refuses": "by order of the trainee: refused, against the {decider}'s grant",
    "order_cuts": "by order of the trainee: half of the {whole_fen} that the {decider} grants",
    "nothing_to_cut": "by order of the trainee: nothing changes, for where the {decider} refuses "
                      "there is nothing to cut",
    "order_surfaces": "by order of the trainee: the default that was hidden for {hidden_months} "
                      "comes out",
    "order_fails": "by order of the trainee: nothing changes, for interest is owed",
    # the frame of a story
    "earlier": "earlier: {files} {outcome}: {earlier_month}",
    "still_open": "the journal ends here; the loan is still open ({status}, balance {balance_fen})",
}  # fmt: skip
"""What happened -> sentence."""

_MONEY = (
    "cash {cash_fen}, suppliers' credit {line_fen}, hidden debts take {hidden_service_fen} a month"
)
_WHY = "[, {late_days} past due][, {reason}]"

TRUTHS = {
    "distress": f": money for {{runway}} ({_MONEY})",
    "called_distress": f" ({_MONEY})",
    "arrears": f" (true: {_MONEY})",
    "call": f" (true: {_MONEY})",
    "closure": f" (true: {_MONEY})",
    "firm": " (true: sales {true_sales_fen}, cash {cash_fen}, hidden debts take "
            "{hidden_service_fen} a month)",
    "wish": " (true need: {true_need_fen})",
    "load": " (skill {skill_share})",
    "belief": ", true {true_sd}",
    "raised_proposal": ": {raised_for}",
    "alert": "; it will reach the officer in {answer_month}",
    "visit_report": "; it will reach the officer in {answer_month}",
    "visit": f" (true: [money for {{runway}}, ]{{distressed}}{_WHY})",
    "missed_visit": f" (true: [money for {{runway}}, ]{{distressed}}{_WHY})",
    "answer": f" (the firm is truly {{distressed}}{_WHY})",
    "unread_alert": f" (the firm is truly {{distressed}}{_WHY})",
    "default": ": {refuses}",
    "default_with_guarantors": "; {refuses}",
    "surfacing": " after {hidden_months}, the longest that this model lets one be hidden "
                 "(an assumption)",
}  # fmt: skip
"""What happened -> clause that follows where the truth may be told."""

NAMES = {
    "approve": "approve", "cut": "cut the limit", "refuse": "refuse",
    "collateral": "ask for security", "visit": "visit the firm",
    "restructure": "restructure", "sue": "sue",
    "application": "application", "renewal": "renewal", "granted": "granted",
    "refused": "refused", "withdrawn": "granted, but the firm had found another lender",
    "manufacturing": "manufacturing", "construction": "construction", "wholesale": "wholesale",
    "retail": "retail", "transport": "transport", "hospitality": "hospitality",
    "services": "services", "other": "other trade",
    "long_use": "for long-lived assets", "short_use": "for working capital",
    "unsecured": "no security", "real_estate": "real estate as security",
    "circle": "guaranteed by a circle of firms", "company": "guaranteed by a company",
    "branch_head": "branch head", "committee": "committee",
    "score": "below the cut-off", "closed": "the bank is closed to the firm",
    "interest_owed": "interest is owed", "amount": "the amount is too small for the firm",
    "as_asked": "as asked, at one price for all,", "formula": "by the bank's formula",
    "bullet": "bullet", "instalment": "instalments",
    "relation": "for an old client", "pressure": "under pressure to lend",
    "hours": "no hours", "pay for volume": "pay for volume", "not insisted on": "not insisted on",
    "skill": "lack of skill", "no map": "the circle is not on the bank's map",
    "called": "called as guarantor", "distressed": "in distress", "sound": "not in distress",
    "refuses": "the owner refuses to pay", "cannot": "the firm cannot pay",
    "normal": "normal", "special_mention": "special mention", "substandard": "substandard",
    "doubtful": "doubtful", "loss": "loss",
    "sale": "sale of the security", "guarantee": "the company that guarantees",
    "assets": "share of the firm's other assets",
    "no_end": "as long as one can see",
    "current": "current", "arrears": "in arrears", "observed": "under observation",
    "defaulted": "in default",
    "written_off": "written off",
}  # fmt: skip
"""Names of what facts may be."""

CHECKS = {
    "statements": "statements cross-checked", "sources": "three sources on revenue",
    "owner": "owner and hidden debt", "appraisal": "collateral appraised a second time",
    "circle_map": "guarantee circle on the map",
}  # fmt: skip
"""Names of the checks on a file."""

UNITS = {
    "at_month": ("month {}", "months {}"), "between": (", ", ", "),
    "month": ("month", "months"), "day": ("day", "days"), "money": ("CNY", "CNY"),
    "guarantor": ("guarantor", "guarantors"), "client": ("client", "clients"),
    "employee": ("employee", "employees"), "file": ("file", "files"),
}  # fmt: skip
"""Units, one and many; ``at_month`` is a month of the calendar, ``between`` stands in a list."""
