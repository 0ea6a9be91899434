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
    "on_desk": "A file of this firm is decided this month. The papers below are older.",
    "no_lesson": "A lesson cannot be so.",
    "bad_code": "The run code is mistyped, or of another version of the classroom.",
    "old_order": "An earlier decision has become impossible: take it back first.",
    "most_decisions": "A lesson holds {most} decisions at most.",
    "whole_number": "{name} is a whole number from {least} to {most}.",
    "no_firm": "There is no firm of this number that has had a loan.",
    "open_code": "Open", "debriefing": "Debrief", "came_to": "By month {month}",
    "taken": "your decisions: {number}",
    "scale": "Numbers are of the firms shown; amounts in m CNY and defaults a month are of the "
             "whole bank, {times} times as large. Lists and cases are in CNY of the firm.",
    "by_money": "By amount only what was lent is shown: other requests have none.",
    "decision": "{when}: {kind}, {outcome}", "is": "{what}: {told}", "because": "{told} ({why})",
    "about.approve": "Granted on the bank's terms, whatever the score",
    "about.cut": "Half the amount; or what is not drawn is frozen",
    "about.refuse": "No loan on this file",
    "about.collateral": "Money only against a registered mortgage, or private wealth is pledged; "
                        "it does not prevent a default, it adds to what is recovered",
    "about.visit": "Somebody goes, in hours that files would have had",
    "about.restructure": "Smaller instalments over a longer time",
    "about.sue": "No more waiting or hiding: the suit counts from now",
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
