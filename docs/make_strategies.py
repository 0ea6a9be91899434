"""Write docs/strategies.md from the folder of a study: ``python docs/make_strategies.py DIR``.

DIR: of ``loanlab compare l_bank --replications 200 --out DIR``. The prototype's figures are those
of a throw-away program of the same design, quoted for comparison; nothing is fitted to them.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

from experiments.markdown import table, write_page
from experiments.tables import LABELS

PAGE = Path(__file__).resolve().parent / "strategies.md"
INTERVALS = tuple(LABELS)

PROTOTYPE = {
    "pre_loan_process": ("-10.5 ± 2.0", "-3.4", "-1.4", "+4.6"),
    "risk_warning": ("-2.0 ± 1.1", "-0.1", "+0.1", "0"),
    "internal_control": ("-21.6 ± 3.1", "-7.5", "+2.3", "+1.9"),
    "staff_ability": ("-4.0 ± 1.5", "-1.2", "-0.3", "+0.3"),
    "all four": ("-34.8 ± 3.6", "-12.2", "+1.4", "+6.9"),
}
"""Prototype: loss rate %, volume %, a share of those who would have repaid (points), days."""

CHANGES = {
    "loss_rate": "relative", "risk_adjusted_profit": "m CNY", "disbursed": "relative",
    "good_rejected_share": "points", "decision_days": "days", "false_alarms": "relative",
    "dropped_out_share": "points", "npl_ratio": "points", "npl_ratio_true": "points",
}  # fmt: skip
HEADINGS = (
    "Strategy", "interval", "Loss rate %", "Profit m CNY", "Volume %",
    "Would have repaid, of those refused, points",
    "Decision days", "False alarms %", "Drop-outs, points", "NPL reported, points",
    "NPL true, points",
)  # fmt: skip


def cell(row: pd.Series, kind: str) -> str:
    """A change with its interval, in the unit of the column."""
    names = ["difference", "ci_low", "ci_high"]
    if kind == "relative":
        names = ["relative_change", "relative_low", "relative_high"]
    scale = {"relative": 100.0, "points": 100.0, "m CNY": 1e-6, "days": 1.0}[kind]
    change, low, high = (float(row[name]) * scale for name in names)
    return f"{change:+.1f} [{low:+.1f}, {high:+.1f}]"


def title(arm: str) -> str:
    """An arm as a reader calls it."""
    return "all four" if arm.count("+") == 3 else arm


def changes(found: pd.DataFrame) -> str:
    """The table of changes against the baseline."""
    rows = []
    for arm in dict.fromkeys(found["strategy"]):
        for interval in INTERVALS:
            part = found[(found["strategy"] == arm) & (found["interval"] == interval)]
            part = part.set_index("measure")
            cells = [cell(part.loc[name], kind) for name, kind in CHANGES.items()]
            rows.append([title(arm), LABELS[interval], *cells])
    return table(HEADINGS, rows)


def equals(found: pd.DataFrame) -> str:
    """The table at equal volume and at equal cost."""
    rows = []
    for arm in dict.fromkeys(found["strategy"]):
        for interval in INTERVALS:
            part = found[(found["strategy"] == arm) & (found["interval"] == interval)]
            rows.append([title(arm), LABELS[interval], *(
                reference_cell(part, reference, name, kind)
                for reference in ("equal_volume", "equal_cost")
                for name, kind in (("loss_rate", "relative"), ("risk_adjusted_profit", "m CNY"))
            )])  # fmt: skip
    headings = (
        "Strategy", "interval", "Equal volume: loss rate %", "profit m CNY",
        "Equal cost: loss rate %", "profit m CNY",
    )  # fmt: skip
    return table(headings, rows)


def reference_cell(part: pd.DataFrame, reference: str, measure: str, kind: str) -> str:
    """A change from a reference; in words where the ladder does not reach so far."""
    part = part[(part["reference"] == reference) & (part["measure"] == measure)]
    known = len(part) and part["difference"].notna().all()
    return cell(part.iloc[0], kind) if known else "beyond the ladder"


def prototype(found: pd.DataFrame) -> str:
    """The model beside the prototype."""
    luck = found[found["interval"] == "luck"]
    rows = []
    for arm in dict.fromkeys(luck["strategy"]):
        if title(arm) not in PROTOTYPE:
            continue
        part = luck[luck["strategy"] == arm].set_index("measure")
        ours = [
            cell(part.loc[name], CHANGES[name]).split(" ")[0]
            for name in ("loss_rate", "disbursed", "good_rejected_share", "decision_days")
        ]
        theirs = PROTOTYPE[title(arm)]
        pairs = [f"{a} ({b})" for a, b in zip(ours, theirs, strict=True)]
        rows.append([title(arm), *pairs])
    headings = ("Strategy", "Loss rate %", "Volume %", HEADINGS[5], "Days")
    return table(headings, rows)


def main() -> None:
    """Write the page."""
    folder = Path(sys.argv[1])
    found, equal = pd.read_csv(folder / "comparison.csv"), pd.read_csv(folder / "equal.csv")
    worlds = int(found["replications"].max())
    base = found[(found["strategy"] == found["strategy"].iloc[0]) & (found["interval"] == "luck")]
    base = base.set_index("measure")["baseline_mean"]
    write_page(PAGE, [
        "# Strategies at L Bank",
        (f"Made with `loanlab compare l_bank --replications {worlds} --out DIR` and `python "
        "docs/make_strategies.py DIR`. A bank with L Bank's assumed weaknesses; 95 % intervals of "
        "the paired mean: *luck* with the assumptions as declared, *both* with each drawn from its "
        "range, once for all arms of a world (`assumptions` in the CSV files, `--assumptions "
        "drawn` on the command line)."),
        (f"Baseline: loss rate {base['loss_rate']:.2%} of new money, default "
        f"{base['default_rate']:.1%} of new loans and their renewals at any time, within "
        f"24 months {base['default_rate_24m']:.1%}, LGD {base['lgd']:.0%}, NPL "
        f"{base['npl_ratio']:.1%} reported and {base['npl_ratio_true']:.1%} true, "
        f"{base['decision_days']:.0f} days to a decision, {base['approval_rate']:.0%} approved, "
        f"{base['dropped_out_share']:.1%} drop out, {base['false_alarms']:.1f} false alarms an "
        f"officer and month, RAROC {base['raroc']:.1%} before tax."),
        "## Against the baseline", changes(found),
        ("Days, drop-outs, volume, refused good borrowers and false alarms are outcomes: no "
        "strategy sets them."),
        ("*Would have repaid, of those refused* is `good_rejected_share`. It says nothing of "
        "how many are refused. Whom a strategy hurts is told by *Good refused* "
        "(`good_refused_share`: those refused who would have repaid, of all decided), a "
        "column of `loanlab compare` and of the [README](../README.md#what-it-answers). The "
        "two can have opposite signs, as for the pre-loan process: more are refused who would "
        "have repaid, and among those refused their share is smaller."),
        "## At equal volume and at equal cost", equals(equal),
        ("Equal volume: against the baseline with its cut-off moved until it lends as much. Equal "
        "cost: against more officers for the same money. Beyond the ladder: no size of the rival "
        "that was run reaches so far."),
        "## Beside the prototype",
        ("In brackets the figures of the prototype from which the design started: another program, "
        "200 worlds, other cash flows. They were no target. Of whom its third figure is a share is "
        "not recorded; it stands beside that of those refused."),
        prototype(found),
    ])  # fmt: skip


if __name__ == "__main__":
    main()
