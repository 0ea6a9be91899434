"""English words."""

WORDS: dict[str, str] = {
    # the page
    "title": "loanlab classroom", "close": "Close", "table": "Table",
    "month": "month",
    "model_note": "A model of a bank with assumed weaknesses, not a real bank.",
    "busy": "The classroom is full: {visitors} visitors. Try again later.",
    "error": "This cannot be done: {reason}",
    # the loan desk
    "desk": "Loan desk", "preset": "Lesson", "luck": "Luck (seed)",
    "enterprises": "Firms",
    "play": "Play", "pause": "Pause", "step": "One month", "back_to": "Go to month",
    "speed": "Months a second", "restart": "Back to month 0",
    "qualities": "Quality of management", "pre_loan": "Pre-loan", "approval": "Approval",
    "post_loan": "Post-loan",
    "budget": "Management budget: {spent} of {points} points, {cost} m CNY a year",
    "over_budget": "That costs {spent} points, {over} more than there are. Lower another stage "
                   "first.",
    "strategies": "Strategies", "from_month": "from month {month}",
    "cost_set_up": "set-up {cost} m CNY", "cost_running": "{cost} m CNY a year",
    "cost_file": "{cost} CNY a file", "cost_hours": "{cost} hours more a file",
    "half_after": "half in force after {half} months",
    "applies": "Sliders apply to the bank's whole history; a strategy starts in the month shown.",
    # presets: title, and what to look at
    "preset.l_bank": "L Bank",
    "lesson.l_bank": "All weaknesses at once. Which stage loses most?",
    "preset.unverified_statements": "Unverified statements",
    "lesson.unverified_statements": "Hardly any statement is cross-checked. What did the officer "
                                    "believe, and what was true?",
    "preset.rubber_stamp": "Rubber-stamp review",
    "lesson.rubber_stamp": "Nobody asks a question in review, and volume counts. Who would have "
                           "said no?",
    "preset.unregistered_collateral": "Unregistered collateral",
    "lesson.unregistered_collateral": "Seven of ten mortgages are not registered. The default is "
                                      "the same; what comes back is not.",
    "preset.late_watch_list": "Late watch-list",
    "lesson.late_watch_list": "Visits are missed and alerts wait for months. What could still have "
                              "been saved?",
    "preset.evergreening": "Evergreening at quarter end",
    "lesson.evergreening": "Failed maturities are extended and defaults hidden. How far apart are "
                           "the two NPL lines?",
    "preset.guarantee_circle": "Guarantee circle",
    "lesson.guarantee_circle": "Firms vouch for each other and no circle is on the map; then some "
                               "lose their customers.",
    # the flow
    "flow": "Where the loans went", "by_number": "By number", "by_amount": "By amount",
    "node.applications": "Applications", "node.investigated": "Investigated",
    "node.not_decided": "Not decided", "node.refused": "Refused",
    "node.went_elsewhere": "Went elsewhere", "node.granted": "Granted",
    "node.performing": "Performing", "node.watched": "Late or watched", "node.repaid": "Repaid",
    "node.defaulted": "Defaulted", "node.in_recovery": "In recovery",
    "node.recovered": "Recovered in full", "node.written_off": "Lost in part",
    "number": "Number", "amount": "Amount, m CNY", "from": "From", "to": "To",
    "flow_nothing": "No application has been decided yet: step a month.",
    "loans_of_band": "From {source} to {target}: {number}. Listed, the largest first: "
                     "{listed}.",
    "decided_in": "Decided in month", "loan": "Loan", "enterprise": "Firm", "made": "Made",
    "lent": "Contract, CNY",
    "status": "Status", "default": "Default", "lost": "Not recovered yet, CNY",
    "modes": "What failed",
    # lamps
    "lamps": "How the work is going", "lamp.hours_used": "Hours used",
    "lamp.checks_skipped": "Checks skipped", "lamp.visits_missed": "Visits missed",
    "lamp.alerts_unanswered": "Alerts unanswered",
    "state.good": "in order", "state.strained": "strained", "state.failing": "failing",
    "state.idle": "nothing to do",
    "lamp_counts": "{part} of {whole} in six months",
    # ratios
    "ratios": "Ratios over time",
    "band": "10-90 % of {worlds} other worlds", "median": "median of other worlds",
    "series.npl_ratio": "NPL, reported", "series.npl_ratio_true": "NPL, true",
    "series.approval_share": "Applications approved", "series.checks_made_share": "Checks made",
    "series.visits_made_share": "Visits made",
    "series.evergreened_share": "Failed maturities extended",
    "series.defaults": "Defaults a month, whole bank", "series.result_mcny": "Result so far, m CNY",
    "one_draw": "Your line is one draw of luck. Band: 10-90 % of {worlds} other worlds under the "
                "same management; dotted: their median.",
    # the twin
    "twin": "The twin", "twin_note": "The same firms and the same luck under other management, "
                                      "without your decisions for single firms.",
    "this_bank": "This bank", "other_bank": "Its twin",
    "twin.less": "{name}: the twin has {size} less ({other} against {own} here).",
    "twin.more": "{name}: the twin has {size} more ({other} against {own} here).",
    "twin.same": "{name}: the same in both ({own}).",
    "measure.lent": "New money lent, m CNY", "measure.refused": "Refused",
    "measure.defaults": "Ever defaulted",
    "measure.lost": "Expected loss on it, m CNY",
    "measure.result": "Result, m CNY",
    "one_world": "This is one world. Another draw of luck may tell it otherwise.",
    # the case file
    "case": "Case file", "case_of": "Case file of firm {enterprise}", "role": "Sit as",
    "role.customer_manager": "Customer manager", "role.reviewer": "Reviewer",
    "role.branch_head": "Branch head", "role.collector": "Collector", "role.trainer": "Trainer",
    "duty.customer_manager": "investigates, visits, proposes; sees no review and no recovery",
    "duty.reviewer": "sees the papers and the proposal, never the firm",
    "duty.branch_head": "decides and answers for volume and bad loans; never sees a visit report",
    "duty.collector": "gets the file when it has failed",
    "duty.trainer": "chooses the case; sees all, and the truth when it is revealed",
    "kind.request": "Request", "kind.statement": "Statement", "kind.investigation": "Investigation",
    "kind.approval": "Approval sheet", "kind.account": "Account", "kind.visit": "Visit report",
    "kind.warning": "Warning", "kind.recovery": "Recovery", "kind.truth": "What was true",
    "reveal": "Reveal the truth", "sealed": "The truth is sealed.",
    "hidden_line": "known to no one else", "nothing_seen": "This seat sees nothing of this case.",
    "made_state": "made", "skipped_state": "skipped",
    "found_nothing_state": "made, found nothing",
    "check.statements": "Statements cross-checked", "check.sources": "Three sources on revenue",
    "check.owner": "Owner and hidden debt", "check.appraisal": "Second appraisal",
    "check.circle_map": "Guarantee circle on the map",
    "why.hours": "no hours", "why.pay for volume": "pay for volume",
    "why.not insisted on": "not insisted on", "why.skill": "lack of skill",
    "why.no map": "the circle is not on the map",
    "believed": "Believed, sd", "cutoff": "Cut-off, sd", "true_score": "True, sd",
    "asked": "Asked, CNY", "granted_cny": "Granted, CNY", "full_check": "A full check lends, CNY",
    "outcome.granted": "granted", "outcome.refused": "refused",
    "outcome.withdrawn": "granted, but gone elsewhere", "renewal": "renewal",
    "new_file": "new file",
    "parts_at": "In month {month} this story parts from the twin's. Here: {line}",
    "never_parts": "The firm's story is the same at the twin.",
    # decide again
    "decide": "Decide again", "decide_note": "The order is carried out in the coming month; the "
                                            "world goes on from there.",
    "order.approve": "Approve", "order.cut": "Cut the limit", "order.refuse": "Refuse",
    "order.collateral": "Ask for security", "order.visit": "Visit", "order.restructure":
    "Restructure", "order.sue": "Sue",
    "no_order": "From this seat nothing can be ordered for this firm this month; from another "
                "it can.",
    "ordered": "Month {month}, firm {enterprise}: {order}", "decisions": "Your decisions",
    "undo": "Take back", "to_decision": "Go to the month of the decision",
    # the quiz
    "quiz": "Quiz", "quiz_ask": "This loan defaulted. At which stage did it fail?",
    "quiz_check": "Which of these failures, put right alone, would have saved it?",
    "quiz_next": "Another loan", "quiz_judge": "Judge", "quiz_none": "None of them alone",
    "quiz_nothing": "No new loan has defaulted yet: play on.",
    "quiz_right": "Right.", "quiz_wrong": "Not so.",
    "quiz_saved": "{name} put right alone: no default so far.",
    "quiz_less": "{name} put right alone: it defaults and loses {lost} instead of {usual} CNY.",
    "quiz_more": "{name} put right alone: it defaults and has lost {lost} instead of {usual} CNY "
                 "so far.",
    "quiz_same": "{name} put right alone: it loses {lost} CNY all the same.",
    "quiz_not_lent": "{name} put right alone: the loan is not made.",
    "quiz_luck": "No stage alone would have saved it: here it took more than one, or bad luck.",
    "quiz_how": "Judged by living the same months again with the same luck, to the month that is "
                "shown. What is not recovered by then counts as lost.",
    # codes
    "code": "Run code", "copy": "Copy the address", "reopen": "Open a code",
    "export": "Save as JSON", "debrief": "Debrief (HTML)",
}  # fmt: skip
"""Key -> text."""
