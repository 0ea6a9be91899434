"""What a game's result says, in sentences; the surveyed weight beside it."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from experiments.attribution.split import ALL, Attribution
from experiments.attribution.volume import EQUAL_VOLUME
from experiments.tables import FEW_WORLDS, LABELS, rough_words, signed

SURVEYED_WEIGHT = 0.58237
"""Weight of the pre-loan stage in the staff survey at L Bank: perceived importance, not a share
of losses. Beside it stands what the model finds; nothing is ever fitted to it. Source:
docs/model-basis.md, section "The study of L Bank"."""

PRE_LOAN = ("right_pre_loan", "without_pre_loan")


def title_of(found: Attribution, player: str) -> str:
    """A player's name for people."""
    if player != ALL:
        return found.game.titles[player]
    return {2: "Both together", 3: "All three together", 4: "All four together"}.get(
        len(found.game.titles), f"All {len(found.game.titles)} together"
    )


def cell(row: Any, prefix: str, digits: int = 1, scale: float = 100.0) -> str:
    """A number with its interval; "-" where it is not known."""
    middle, low, high = (signed(scale * row[prefix + n], digits) for n in ("value", "low", "high"))
    return middle if low == "-" or low == high else f"{middle} [{low}, {high}]"


def surveyed(found: Attribution) -> list[str]:
    """The pre-loan stage's share beside the surveyed weight, a sentence for each interval."""
    if found.game.by != "stage":
        return []
    rows = found.shares[
        found.shares["player"].isin(PRE_LOAN) & (found.shares["measure"] == "loss_rate")
        & (found.shares["basis"] == EQUAL_VOLUME)
    ]  # fmt: skip
    return [_beside(row) for _, row in rows.iterrows()]


def _beside(row: Any) -> str:
    """One such sentence."""
    how = {"luck": "as declared", "assumptions": "drawn"}[row["interval"]]
    weight = f"the surveyed weight of {100.0 * SURVEYED_WEIGHT:.3f} %"
    if math.isnan(row["share_low"]):
        return (
            f"Pre-loan, assumptions {how}: no share can be told, because all stages together "
            f"may avoid nothing; beside it stands {weight}."
        )
    where = where_is(SURVEYED_WEIGHT, row["share_low"], row["share_high"])
    return (
        f"Pre-loan, assumptions {how}: {100.0 * row['share_value']:.0f} % "
        f"[{100.0 * row['share_low']:.0f}, {100.0 * row['share_high']:.0f}] of what all stages "
        f"avoid; {weight} lies {where} the interval. The model is not fitted to it."
    )


def where_is(value: float, low: float, high: float) -> str:
    """``below``, ``in`` or ``above`` an interval."""
    return "below" if value < low else "above" if value > high else "in"


def joint(found: Attribution) -> list[str]:
    """Which players replace or strengthen each other, where that is resolved; a sentence each."""
    if not found.game.exact:
        return []
    told = []
    for _, row in pairs_at_equal_volume(found).iterrows():
        if not (row["relative_low"] > 0.0 or row["relative_high"] < 0.0):
            continue
        verb = "strengthen" if row["relative_value"] > 0.0 else "in part replace"
        names = " and ".join(title_of(found, row[end]) for end in ("first", "second"))
        told.append(
            f"{names} {verb} each other ({LABELS[row['interval']]}): together "
            f"{cell(row, 'relative_')} % of the baseline's loss rate beyond what each adds alone."
        )
    return told or ["No interaction of two is resolved in so many worlds."]


def pairs_at_equal_volume(found: Attribution) -> pd.DataFrame:
    """Interactions in the loss rate at equal volume."""
    rows = found.pairs
    return rows[(rows["measure"] == "loss_rate") & (rows["basis"] == EQUAL_VOLUME)]


def what_is_split(found: Attribution) -> str:
    """Who plays, in words."""
    return {
        "strategy": "The strategies, with their adoption, decay and hours; cost is left aside.",
        "failure": (
            "The sixteen failure modes, each switched off: the check is always made, succeeds and "
            "takes no hours. Modes come in random orders, each order with its reverse."
        ),
        "stage": {
            "management": (
                "The three stages, each put right: from the fork on its managed parameters have "
                "their declared strong values, at no cost."
            ),
            "failures": (
                "The three stages, each put right: its failure modes are switched off, so every "
                "check is made, succeeds and takes no hours."
            ),
        }.get(found.game.put_right or "", ""),
    }[found.game.by]


def _intervals(found: Attribution) -> str:
    """What the intervals are, of those that were run."""
    words = {"luck": "luck", "assumptions": "luck and assumptions drawn (both)"}
    return ", and ".join(words[name] for name in words if name in set(found.shares["interval"]))


def how_to_read(found: Attribution) -> str:
    """What the columns mean."""
    words = (
        "Loss rate avoided: % of the baseline's loss rate of new lending; below 0 the player adds "
        "loss. At equal volume: against the baseline with its cut-off moved until it lends as "
        "much. As it comes: against the baseline, less lending included. Money: of the declared "
        "bank, over the months of new lending. Parts add up to the whole in every world. "
        f"Intervals 95 %, of the mean over worlds: {_intervals(found)}."
    )
    worlds = int(found.shares["replications"].max())
    if worlds < FEW_WORLDS:
        words += f" {rough_words()}"
    if found.game.exact:
        return f"{words} Alone / last: put right first, and put right when all others are."
    return f"{words} Error: standard errors in points, of luck and of orders not tried."
