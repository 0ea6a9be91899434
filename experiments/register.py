"""The failure register: how often each mode occurs, what is lost with and without it, and where
to look.

Loans on which a mode occurred are held beside those on which it did not. That is a comparison of
different loans, not the effect of the mode: weak files attract several. The effect is told by
the arm in which the mode is switched off, where a study has it.
Source: docs/model-basis.md, section "Segments and register".
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from agents.failures import FAILURES
from experiments.arms import BASELINE
from experiments.comparison import INTERVALS, comparison
from experiments.replication import KEYS
from experiments.run_tables.register import ALL, SHOWN

COLUMNS = (
    "interval", "mode", "loans", "loans_share", "defaulted", "defaulted_share", "default_rate_with",
    "default_rate_without", "loss_rate_with", "loss_rate_without", "loss_gap", "loss_gap_low",
    "loss_gap_high", "lgd_with", "lgd_without", "switched_off", "switched_off_low",
    "switched_off_high", "replications",
)  # fmt: skip

_SUMS = ["loans", "defaulted", "lent_cny", "ead_cny", "loss_cny"]
_RATES = {"default_rate": ("defaulted", "loans"), "loss_rate": ("loss_cny", "lent_cny"),
          "lgd": ("loss_cny", "ead_cny")}  # fmt: skip


def registered(register: pd.DataFrame, changes: pd.DataFrame) -> pd.DataFrame:
    """A row for each mode and kind of worlds, of the baseline's new lending (COLUMNS).

    register: as from Study.table("register"). changes: as from Study.comparison. loans,
    defaulted: contracts of all worlds on which the mode occurred; _share: of all such contracts.
    _with, _without: contracts of all worlds on which it did and did not; lgd: discounted loss
    over exposure at default. loss_gap: loss rate with less without, mean over worlds with its
    95 % interval. switched_off: relative change of the bank's loss rate without the mode, where
    the study has that arm. NaN where there is nothing to divide by.
    """
    rows = []
    base = register[register["strategy"] == BASELINE]
    for mode, interval in INTERVALS.items():
        own = base[base["assumptions"] == mode]
        if len(own):
            gaps = _gaps(own)
            rows += [
                _row(own, failure.code, interval) | gaps[failure.code]
                | _switched_off(changes, failure.code, interval)
                for failure in FAILURES
            ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _row(own: pd.DataFrame, code: str, interval: str) -> dict[str, object]:
    """One mode in one kind of worlds."""
    marked, whole = (
        own[own["mode"] == name].set_index("replication")[_SUMS] for name in (code, ALL)
    )
    with_it, all_loans = marked.sum(), whole.sum()
    row: dict[str, object] = {
        "interval": interval, "mode": code, "replications": len(whole),
        "loans": int(with_it["loans"]), "defaulted": int(with_it["defaulted"]),
        "loans_share": _share(with_it["loans"], all_loans["loans"]),
        "defaulted_share": _share(with_it["defaulted"], all_loans["defaulted"]),
    }  # fmt: skip
    rest = all_loans - with_it
    for name, (above, below) in _RATES.items():
        row[f"{name}_with"] = _share(with_it[above], with_it[below])
        row[f"{name}_without"] = _share(rest[above], rest[below])
    return row


def _share(part: float, whole: float) -> float:
    return float(part / whole) if whole else float("nan")


def _gaps(own: pd.DataFrame) -> dict[str, dict[str, float]]:
    """By mode, loss rate with less without, within worlds."""
    lost, lent = (own.pivot(index="replication", columns="mode", values=name)
                  for name in ("loss_cny", "lent_cny"))  # fmt: skip
    codes = [failure.code for failure in FAILURES]
    rest_lost, rest_lent = (table[codes].rsub(table[ALL], axis=0) for table in (lost, lent))
    sides = {BASELINE: rest_lost / rest_lent.where(rest_lent > 0.0),
             "with": lost[codes] / lent[codes].where(lent[codes] > 0.0)}  # fmt: skip
    runs = pd.concat([
        side.reset_index().assign(strategy=name, assumptions="fixed")
        for name, side in sides.items()
    ])[[*KEYS, *codes]]  # fmt: skip
    ends = {"difference": "loss_gap", "ci_low": "loss_gap_low", "ci_high": "loss_gap_high"}
    found: Any = comparison(runs)[["measure", *ends]].rename(columns=ends)
    return {row.pop("measure"): row for row in found.to_dict("records")}


def _switched_off(changes: pd.DataFrame, code: str, interval: str) -> dict[str, float]:
    """Change of the loss rate in the arm without the mode."""
    rows = changes[
        (changes["strategy"] == f"without_{code}") & (changes["measure"] == "loss_rate")
        & (changes["interval"] == interval)
    ]  # fmt: skip
    ends = {"": "relative_change", "_low": "relative_low", "_high": "relative_high"}
    return {f"switched_off{end}": float(rows[name].iloc[0]) if len(rows) else float("nan")
            for end, name in ends.items()}  # fmt: skip


def shown_loans(register: pd.DataFrame, number: int = SHOWN) -> pd.DataFrame:
    """The loans of the baseline that show each mode best, over all worlds.

    register: as from Study.table("register"). Returns: columns mode, run (as ``loanlab replay``
    takes it), loan (row in the run's loan book), shown_cny (the loan's loss, shared equally among
    the modes that occurred on it); the largest first, ``number`` a mode at most.
    """
    base = register[(register["strategy"] == BASELINE) & (register["mode"] != ALL)]
    places = [
        pd.DataFrame({
            "mode": base["mode"],
            "run": base["strategy"] + "/" + base["assumptions"] + "/"
            + base["replication"].astype(str),
            "loan": base[f"loan_{place}"], "shown_cny": base[f"shown_{place}_cny"],
        })
        for place in range(1, SHOWN + 1)
    ]  # fmt: skip
    table = pd.concat(places)
    table = table[table["loan"] >= 0].sort_values(
        ["mode", "shown_cny", "run", "loan"], ascending=[True, False, True, True]
    )
    return table.groupby("mode").head(number).reset_index(drop=True)
