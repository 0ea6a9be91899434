"""The map: the pre-loan stage's share over the cube of stage qualities.

At each point the bank has these qualities from the beginning of its history; from the fork on
its stages are put right one by one and together. Where the share's interval covers the surveyed
weight, the two cannot be told apart.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import product
from typing import Any, NamedTuple

import pandas as pd
from rich.box import SIMPLE_HEAD
from rich.table import Table

from agents.parameters import STAGES
from experiments.arms import StudyError
from experiments.attribution.games import game_of
from experiments.attribution.plan import Plan, planned
from experiments.attribution.running import attributed
from experiments.attribution.split import ALL, Attribution
from experiments.attribution.volume import EQUAL_VOLUME
from experiments.attribution.words import PRE_LOAN, SURVEYED_WEIGHT, where_is
from experiments.markdown import table
from experiments.running import Progress
from experiments.tables import about, signed, worlds_text
from scenarios.problems import shown
from simulation.scenario import Scenario

SHARE_IS = {"below": "above", "above": "below", "in": "not told apart"}
"""Where the share lies, by where the surveyed weight lies to its interval."""

NOT_RESOLVED = "not resolved"

COLUMNS = (
    *STAGES, "share_value", "share_low", "share_high", "avoided", "avoided_low", "avoided_high",
    "share_is", "replications",
)  # fmt: skip


class Point(NamedTuple):
    """Qualities of the stages, and the plan of their game."""

    qualities: Mapping[str, float]
    plan: Plan


def levels_of(text: str) -> tuple[float, ...]:
    """Levels of quality of ``"0.1,0.5,0.9"``. Raises: StudyError."""
    try:
        found = tuple(float(word) for word in text.split(","))
    except ValueError:
        found = ()
    if found and all(0.0 <= level < 1.0 for level in found) and len(set(found)) == len(found):
        return tuple(sorted(found))
    allowed = "different numbers from 0 to below 1 with commas between, such as 0.1,0.5,0.9"
    raise StudyError(f"--levels {shown(text)} is not allowed; allowed: {allowed}")


def cube(
    at: Callable[[dict[str, float]], Scenario],
    levels: Sequence[float], replications: int, seed: int, put_right: str,
) -> list[Point]:  # fmt: skip
    """The games of all points, assumptions as declared. at: the scenario of some qualities."""
    points = []
    for each in product(levels, repeat=len(STAGES)):
        qualities = dict(zip(STAGES, each, strict=True))
        game = game_of(at(qualities), "stage", put_right)
        points.append(Point(qualities, planned(game, replications, seed, "fixed")))
    return points


def mapped(points: Sequence[Point], jobs: int, progress: Progress | None = None) -> pd.DataFrame:
    """Run all points; one row each (COLUMNS)."""
    total, rows, before = sum(len(point.plan.study.worlds) for point in points), [], 0
    for point in points:

        def tell(done: int, _: int, before: int = before) -> None:
            if progress is not None:
                progress(before + done, total)

        rows.append({**point.qualities, **_row(attributed(point.plan, jobs, tell))})
        before += len(point.plan.study.worlds)
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _row(found: Attribution) -> dict[str, Any]:
    """What a point shows."""
    rows = found.shares[
        (found.shares["basis"] == EQUAL_VOLUME) & (found.shares["measure"] == "loss_rate")
    ].set_index("player")  # fmt: skip
    own: Any = next(rows.loc[name] for name in PRE_LOAN if name in rows.index)
    low, high = float(own["share_low"]), float(own["share_high"])
    known = low <= high
    where = SHARE_IS[where_is(SURVEYED_WEIGHT, low, high)] if known else NOT_RESOLVED
    everybody = rows.loc[ALL]
    return {
        "share_value": own["share_value"], "share_low": low, "share_high": high,
        "avoided": everybody["relative_value"], "avoided_low": everybody["relative_low"],
        "avoided_high": everybody["relative_high"], "share_is": where,
        "replications": own["replications"],
    }  # fmt: skip


def sentence(found: pd.DataFrame) -> str:
    """What the map shows, in words."""
    counts = found["share_is"].value_counts()
    known = found[found["share_is"] != NOT_RESOLVED]
    said = ", ".join(f"{words} {counts[words]}" for words in counts.index)
    ends = ""
    if len(known):
        low, high = 100.0 * known["share_value"].min(), 100.0 * known["share_value"].max()
        ends = f" Shares that can be told run from {low:.0f} to {high:.0f} %."
    points = "1 point" if len(found) == 1 else f"{len(found)} points"
    return (
        f"Pre-loan share beside the surveyed weight of {100.0 * SURVEYED_WEIGHT:.3f} % at "
        f"{points} of the cube: {said}.{ends}"
    )


HEADINGS = (
    "Pre-loan quality", "Approval quality", "Post-loan quality", "Pre-loan share, %",
    "All avoid, % of the loss rate", "The share lies",
)  # fmt: skip

LIES = {
    "above": "above 58.237 %", "below": "below 58.237 %", "not told apart": "58.237 % in interval",
    NOT_RESOLVED: "cannot be told",
}  # fmt: skip


def lines(found: pd.DataFrame) -> list[list[str]]:
    """Cells of the table, a line a point."""
    return [
        [*(f"{row[stage]:g}" for stage in STAGES), _interval(row, "share_value", "share"),
         _interval(row, "avoided", "avoided"), LIES[row["share_is"]]]
        for _, row in found.iterrows()
    ]  # fmt: skip


def _interval(row: Any, middle: str, ends: str) -> str:
    """A share in % with its interval; "-" where it is not known."""
    value, low, high = (
        signed(100.0 * row[name], 0) for name in (middle, f"{ends}_low", f"{ends}_high")
    )
    return value if low == "-" else f"{value} [{low}, {high}]"


def map_table(found: pd.DataFrame) -> Table:
    """The table of the screen."""
    screen = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), show_edge=False)
    for heading in HEADINGS:
        screen.add_column(heading, justify="right", overflow="fold")
    for line in lines(found):
        screen.add_row(*line)
    return screen


def footnotes(found: pd.DataFrame, scenario: Scenario) -> list[str]:
    """What a reader must know."""
    worlds = worlds_text(int(found["replications"].max()))
    return [
        sentence(found),
        (
            "At equal volume, assumptions as declared, intervals 95 %. That an interval covers the "
            "surveyed weight may be because it is wide. The model is not fitted to the weight."
        ),
        f"At every point the same {worlds}; {about(scenario)}, its qualities moved.",
    ]


def page(found: pd.DataFrame, scenario: Scenario, made: str) -> list[str]:
    """Paragraphs of a page in Markdown. made: the command as a block of code."""
    return [
        "# The pre-loan stage's share over the cube of stage qualities",
        f"For {about(scenario)}, its qualities moved. Made with:", made,
        table(HEADINGS, lines(found)), *footnotes(found, scenario),
    ]  # fmt: skip
