"""A game's result for readers: table of the screen, page in Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.table import Table

from experiments.attribution.split import ALL, Attribution
from experiments.attribution.volume import AS_IT_COMES, EQUAL_VOLUME
from experiments.attribution.words import (
    cell,
    how_to_read,
    joint,
    pairs_at_equal_volume,
    surveyed,
    title_of,
    what_is_split,
)
from experiments.markdown import table
from experiments.tables import LABELS, about, signed, worlds_text

HEADINGS = (
    "", "", "Loss rate avoided\n%", "Share of all\n%", "Loss avoided\nm CNY", "Alone / last\n%",
    "As it comes:\nloss rate, %", "As it comes:\nshare, %",
)  # fmt: skip
FAILURE_HEADINGS = (*HEADINGS[:5], "Error: worlds /\norders, points", HEADINGS[6])


def headings(found: Attribution) -> tuple[str, ...]:
    """Headings of the table."""
    return HEADINGS if found.game.exact else FAILURE_HEADINGS


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
        LABELS[interval], cell(own, "relative_"), cell(own, "share_", 0),
        cell(money, "", 1, 1e-6), _ends(own) if found.game.exact else errors,
        cell(raw, "relative_"), cell(raw, "share_", 0),
    ]  # fmt: skip
    return cells[: len(headings(found)) - 1]


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


def pair_table(found: Attribution) -> str:
    """Interactions of two, a line a pair, as Markdown."""
    rows = pairs_at_equal_volume(found)
    intervals = list(dict.fromkeys(rows["interval"]))
    cells = [
        [" and ".join(title_of(found, player) for player in pair),  # type: ignore[arg-type]
         *(cell(row, "relative_") for _, row in part.iterrows())]
        for pair, part in rows.groupby(["first", "second"], sort=False)
    ]  # fmt: skip
    return table(["Together beyond the sum, %", *(LABELS[name] for name in intervals)], cells)


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
    bullets = ["\n".join(f"- {sentence}" for sentence in said)] if said else []
    return [
        what_is_split(found), table(headings(found), rows), *pairs, *bullets, how_to_read(found),
    ]  # fmt: skip
