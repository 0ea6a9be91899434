"""What the screen shows of a good tape."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from rich.box import SIMPLE_HEAD
from rich.table import Table

from scenarios.tape.profile import Profile
from scenarios.tape.reading import LoanTape


def summary(tape: LoanTape, profile: Profile) -> Iterator[str]:
    """Sentences: what was read, what was not, what is odd."""
    totals = profile.totals
    bad = f"; {100 * totals['default_share']:.1f} % defaulted" if "default_share" in totals else ""
    weighted = "weighted" if "weight" in tape.headers else "unweighted"
    lent = f"{len(tape.loans):,} loans, {totals['amount']:,.0f} lent{bad} ({weighted})"
    yield f"{tape.label}: good: {lent}"
    if tape.encoding:
        yield f"Text read as {tape.encoding}."
    if tape.cut_off is not None:
        untold = "" if tape.told else ", the last day on it as none was told"
        yield f"Day of the tape: {tape.cut_off.date()}{untold}."
    pairs = (n if n == h else f"{n} ({h})" for n, h in tape.headers.items())
    yield f"Columns read: {', '.join(pairs)}."
    yield f"Not read: {', '.join(tape.dropped) or 'none'}."
    yield from (f"Odd: {notice}." for notice in tape.notices)


def screens(profile: Profile) -> Iterator[Table]:
    """Tables of groups and of cohorts."""
    shares = ["share", "amount_share", "default_share"]
    if not profile.groups.empty:
        rows = [
            [row["column"], row["group"], f"{row['loans']:,}", *(_percent(row[s]) for s in shares)]
            for row in profile.groups.to_dict("records")
        ]
        yield _table(("Column", "Group", "Loans", "Share", "Of money", "Defaulted"), rows)
    if not profile.cohorts.empty:
        rows = [
            [str(row["year"]), f"{row['loans']:,}", f"{row['amount']:,.0f}",
             _percent(row["default_share"]), _percent(row["loss_share"])]
            for row in profile.cohorts.to_dict("records")
        ]  # fmt: skip
        yield _table(("Year", "Loans", "Lent", "Defaulted", "Lost"), rows)


def _percent(share: float) -> str:
    return "-" if math.isnan(share) else f"{100 * share:.1f} %"


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    """A table, words at the left and numbers at the right."""
    words = 2 if headings[0] == "Column" else 1
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for place, heading in enumerate(headings):
        table.add_column(heading, justify="left" if place < words else "right")
    for row in rows:
        table.add_row(*row)
    return table
