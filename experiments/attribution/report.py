"""A game's result for readers: table, sentences, page in Markdown."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd
from rich.box import SIMPLE_HEAD
from rich.table import Table

from experiments.attribution.running import ALL, Attribution
from experiments.attribution.volume import AS_IT_COMES, EQUAL_VOLUME
from experiments.markdown import table
from experiments.tables import LABELS, about, signed, worlds_text

SURVEYED_WEIGHT = 0.58237
"""Weight of the pre-loan stage in the staff survey at L Bank: perceived importance, not a share
of losses. Beside it stands what the model finds; nothing is ever fitted to it. Source:
docs/model-basis.md, section "The study of L Bank"."""

PRE_LOAN = ("right_pre_loan", "without_pre_loan")

HEADINGS = (
    "", "", "Loss rate avoided\n%", "Share of all\n%", "Loss avoided\nm CNY", "Alone / last\n%",
    "As it comes:\nloss rate, %", "As it comes:\nshare, %",
)  # fmt: skip
FAILURE_HEADINGS = (*HEADINGS[:5], "Error: worlds /\norders, points", HEADINGS[6])


def headings(found: Attribution) -> tuple[str, ...]:
    """Headings of the table."""
    return HEADINGS if found.game.exact else FAILURE_HEADINGS


def title_of(found: Attribution, player: str) -> str:
    """A player's name for people."""
    if player != ALL:
        return found.game.titles[player]
    return {2: "Both together", 3: "All three together", 4: "All four together"}.get(
        len(found.game.titles), f"All {len(found.game.titles)} together"
    )


def lines(found: Attribution) -> list[list[list[str]]]:
    """For each player the cells of its lines, one line an interval."""
    shares = found.shares.set_index(["player", "interval", "basis", "measure"]).sort_index()
    intervals = list(dict.fromkeys(found.shares["interval"]))
    cells = []
    for player in (*found.game.players, ALL):
        rows = [_line(found, shares.loc[(player, interval)], interval) for interval in intervals]
        cells.append([[title_of(found, player) if not n else "", *row]
                      for n, row in enumerate(rows)])  # fmt: skip
    return cells


def _line(found: Attribution, rows: Any, interval: str) -> list[str]:
    """Cells of a player for one interval; rows: by basis and measure."""
    own, raw = (rows.loc[(basis, "loss_rate")] for basis in (EQUAL_VOLUME, AS_IT_COMES))
    money = rows.loc[(EQUAL_VOLUME, "net_credit_loss")]
    errors = " / ".join(
        f"{100.0 * own[name]:.1f}" for name in ("relative_error_worlds", "relative_error_orders")
    )
    cells = [
        LABELS[interval], _cell(own, "relative_"), _cell(own, "share_", 0),
        _cell(money, "", 1, 1e-6), _ends(own) if found.game.exact else errors,
        _cell(raw, "relative_"), _cell(raw, "share_", 0),
    ]  # fmt: skip
    return cells[: len(headings(found)) - 1]


def _cell(row: Any, prefix: str, digits: int = 1, scale: float = 100.0) -> str:
    """A number with its interval; "-" where it is not known."""
    middle, low, high = (signed(scale * row[prefix + n], digits) for n in ("value", "low", "high"))
    return middle if low == "-" or low == high else f"{middle} [{low}, {high}]"


def _ends(row: Any) -> str:
    """What a player avoids alone and what it adds last; nothing for all together."""
    ends = [signed(100.0 * row[name]) for name in ("alone", "last")]
    return "" if set(ends) == {"-"} else " / ".join(ends)


def attribution_table(found: Attribution) -> Table:
    """The table of the screen."""
    screen = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), show_edge=False)
    for place, heading in enumerate(headings(found)):
        screen.add_column(
            heading, justify="left" if place < 2 else "right", overflow="fold",
            max_width=44 if place == 0 else None, no_wrap=place > 0,
        )  # fmt: skip
    for rows in lines(found):
        screen.add_row(rows[0][0], *("\n".join(c) for c in list(zip(*rows, strict=True))[1:]))
    return screen


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
    for _, row in _pairs(found).iterrows():
        if not (row["relative_low"] > 0.0 or row["relative_high"] < 0.0):
            continue
        verb = "strengthen" if row["relative_value"] > 0.0 else "in part replace"
        names = " and ".join(title_of(found, row[end]) for end in ("first", "second"))
        told.append(
            f"{names} {verb} each other ({LABELS[row['interval']]}): together "
            f"{_cell(row, 'relative_')} % of the baseline's loss rate beyond what each adds alone."
        )
    return told or ["No interaction of two is resolved in so many worlds."]


def _pairs(found: Attribution) -> pd.DataFrame:
    """Interactions in the loss rate at equal volume."""
    rows = found.pairs
    return rows[(rows["measure"] == "loss_rate") & (rows["basis"] == EQUAL_VOLUME)]


def pair_table(found: Attribution) -> str:
    """Interactions of two, a line a pair, as Markdown."""
    rows = _pairs(found)
    intervals = list(dict.fromkeys(rows["interval"]))
    cells = [
        [" and ".join(title_of(found, player) for player in pair),  # type: ignore[arg-type]
         *(_cell(row, "relative_") for _, row in part.iterrows())]
        for pair, part in rows.groupby(["first", "second"], sort=False)
    ]  # fmt: skip
    return table(["Together beyond the sum, %", *(LABELS[name] for name in intervals)], cells)


def what_is_split(found: Attribution) -> str:
    """Who plays, in words."""
    return {
        "strategy": "The strategies, with their adoption and decay, at any cost.",
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


def how_to_read(found: Attribution) -> str:
    """What the columns mean."""
    words = (
        "Loss rate avoided: % of the baseline's loss rate of new lending; below 0 the player adds "
        "loss. At equal volume: against the baseline with its cut-off moved until it lends as "
        "much. As it comes: against the baseline, less lending included. Money: of the declared "
        "bank, over the months of new lending. Parts add up to the whole in every world. "
        "Intervals 95 %, of the mean over worlds: luck, and luck and assumptions drawn (both)."
    )
    if found.game.exact:
        return f"{words} Alone / last: put right first, and put right when all others are."
    return f"{words} Error: standard errors in points, of luck and of orders not tried."


def footnotes(found: Attribution) -> Sequence[str]:
    """What a reader of the printed table must know."""
    worlds = worlds_text(int(found.shares["replications"].max()))
    unknown = "A share is left out (-) where all together may avoid nothing."
    return [
        *surveyed(found), *joint(found), "", what_is_split(found), how_to_read(found), unknown,
        f"The same {worlds} for all; {about(found.game.scenario)}.", *found.gaps,
    ]  # fmt: skip


def page(found: Attribution, made: str) -> list[str]:
    """Paragraphs of a page in Markdown. made: the command as a block of code."""
    title = {"stage": "the stages", "strategy": "the strategies", "failure": "the failure modes"}
    worlds = worlds_text(int(found.shares["replications"].max()))
    return [
        f"# The loss avoided, split among {title[found.game.by]}",
        f"For {about(found.game.scenario)}, in {worlds}. Made with:", made,
        *sections(found),
    ]  # fmt: skip


def sections(found: Attribution) -> list[str]:
    """The page without its head."""
    rows = [row for player in lines(found) for row in player]
    said = [*surveyed(found), *joint(found), *found.gaps]
    pairs = [pair_table(found)] if found.game.exact else []
    return [
        what_is_split(found), table(headings(found), rows), *pairs,
        "\n".join(f"- {sentence}" for sentence in said), how_to_read(found),
    ]  # fmt: skip
