"""English words."""

WORDS: dict[str, str] = {
    # the page
    "title": "loanlab classroom", "language": "Language", "close": "Close", "table": "Table",
    "chart": "Chart", "month": "month", "months": "months", "of": "of",
    "model_note": "A model of a bank with assumed weaknesses, not a real bank.",
    "busy": "The classroom is full: {visitors} visitors. Try again later.",
    "access_code": "Access code", "enter": "Enter", "wrong_code": "That is not the access code.",
    "error": "This cannot be done: {reason}",
    # the loan desk
    "desk": "Loan desk", "preset": "Lesson", "luck": "Luck (seed)", "world": "World",
    "enterprises": "Firms", "start": "Start",
    "play": "Play", "pause": "Pause", "step": "One month", "back_to": "Go to month",
    "speed": "Months a second", "restart": "Back to month 0", "ended": "The lesson has ended.",
    "qualities": "Quality of management", "pre_loan": "Pre-loan", "approval": "Approval",
    "post_loan": "Post-loan",
    "budget": "Management budget: {spent} of {points} points, {cost} m CNY a year",
    "over_budget": "That costs {spent} points, {over} more than there are. Lower another stage "
                   "first.",
    "strategies": "Strategies", "from_month": "from month {month}",
    "strategy_cost": "set-up {set_up} m CNY, {running} m CNY a year, half in force after "
                     "{half} months",
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
    "node.applications": "Applications", "node.investigated": "Investigated and decided",
    "node.not_decided": "Not decided", "node.refused": "Refused",
    "node.went_elsewhere": "Went elsewhere", "node.granted": "Granted",
    "node.performing": "Performing", "node.watched": "Late or watched", "node.repaid": "Repaid",
    "node.defaulted": "Defaulted", "node.in_recovery": "In recovery",
    "node.recovered": "Recovered in full", "node.written_off": "Lost in part",
    "number": "Number", "amount": "Amount, m CNY", "from": "From", "to": "To",
    "flow_nothing": "No application has been decided yet: step a month.",
    "loans_of_band": "{source} to {target}: {number} loans; the largest {listed} are listed",
    "loan": "Loan", "enterprise": "Firm", "made": "Made", "lent": "Contract, CNY",
    "status": "Status", "default": "Default", "lost": "Lost so far, CNY", "modes": "What failed",
    "open_case": "Open the case",
    # lamps
    "lamps": "How the work is going", "lamp.hours_used": "Hours used",
    "lamp.checks_skipped": "Checks skipped", "lamp.visits_missed": "Visits missed",
    "lamp.alerts_unanswered": "Alerts unanswered",
    "state.good": "in order", "state.strained": "strained", "state.failing": "failing",
    "state.idle": "nothing to do",
    "lamp_counts": "{part} of {whole} in six months",
    # ratios
    "ratios": "Ratios over time", "your_line": "this world",
    "band": "10-90 % of {worlds} other worlds", "median": "median of other worlds",
    "series.npl_ratio": "NPL ratio, reported", "series.npl_ratio_true": "NPL ratio, true",
    "series.approval_share": "Applications approved", "series.checks_made_share": "Checks made",
    "series.visits_made_share": "Visits made",
    "series.evergreened_share": "Failed maturities extended",
    "series.defaults": "Defaults a month", "series.result_mcny": "Result so far, m CNY",
    "one_draw": "One line is one draw of luck; the band shows {worlds} others under the same "
                "management.",
    # the twin
    "twin": "The twin", "twin_note": "The same firms and the same luck under other management.",
    "this_bank": "This bank", "other_bank": "Its twin",
    "twin.less": "{name}: the twin has {size} less ({own} against {other}).",
    "twin.more": "{name}: the twin has {size} more ({own} against {other}).",
    "twin.same": "{name}: the same in both ({own}).",
    "measure.lent": "New money lent, m CNY", "measure.refused": "Applications refused",
    "measure.defaults": "Defaults", "measure.lost": "Lost on new lending, m CNY",
    "measure.result": "Result of the bank, m CNY",
    "one_world": "This is one world. Another draw of luck may tell it otherwise.",
    # codes
    "code": "Run code", "copy": "Copy the address", "reopen": "Open a code",
    "export": "Save as JSON", "debrief": "Debrief (HTML)",
}  # fmt: skip
"""Key -> text."""
