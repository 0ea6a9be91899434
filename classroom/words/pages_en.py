"""English words that stand on the pages alone: headings, buttons, hints."""

WORDS: dict[str, str] = {
    "nothing": "Nothing here yet", "preparing": "Living the months of the lesson …",
    "overview": "Overview", "help": "Keys",
    "other_language": "中文",
    "back": "One month back",
    "in_month": "Month {month}", "month_of": "Month {month} of {months}",
    "keys": "k: play or pause · j: one month back · l: one month on · 0: back to the start · "
            "1 to 5: the tabs",
    "strategy_start": "starts in month {month}",
    "per_second": "{months} a second",
    "click_band": "Click a band, or open the table and a row of it, to see its loans.",
    "filling": "{done} of {worlds} other worlds lived",
    "choose_series": "Show", "choose_case": "Costliest defaults", "costliest":
    "The costliest defaults of new lending so far",
    "no_case": "No case is open: choose one, or click a band of the flow.",
    "live_twin": "Live the twin", "points_spent": "{spent} of {points} points",
    "copied": "Copied", "without_decisions": "The same bank without your decisions",
    "code_note": "The code holds the lesson with all decisions. Anybody with it lives the same "
                 "months again, here or with loanlab replay --code.",
    "status.current": "current",
    "status.arrears": "in arrears",
    "status.observed": "under observation",
    "status.defaulted": "in default",
    "status.repaid": "repaid",
    "status.renewed": "renewed",
    "status.written_off": "written off",
    "status.settled": "settled",
}  # fmt: skip
"""Key -> text."""
