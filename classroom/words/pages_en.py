"""English words that stand on the pages alone: headings, buttons, hints."""

WORDS: dict[str, str] = {
    "nothing": "Nothing here yet", "overview": "Overview", "help": "Keys",
    "skip": "Skip to the lesson", "other_language": "中文",
    "back": "One month back", "month_of": "Month {month} of {months}",
    "keys": "k: play or pause · j: one month back · l: one month on · 0: back to the start · "
            "1 to 8: the tabs",
    "quality_of": "{stage}: quality {points} of 100", "points": "{points} points",
    "left": "{points} points left", "strategy_start": "starts in month {month}",
    "slower": "Slower", "faster": "Faster", "per_second": "{months} a second",
    "out_of": "{part} of {whole}", "in_six_months": "in six months",
    "click_band": "Click a band, or open the table and a row of it, to see its loans.",
    "show_loans": "Show loans", "band_from": "Band",
    "no_luck": "A whole number from 0 to {most}", "apply": "Apply",
    "filling": "{done} of {worlds} other worlds lived",
    "choose_series": "Show", "choose_case": "Costliest defaults", "costliest":
    "The costliest defaults of new lending so far",
    "no_case": "No case is open: choose one, or click a band of the flow.",
    "live_twin": "Live the twin", "points_spent": "{spent} of {points} points",
    "copied": "Copied",
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
