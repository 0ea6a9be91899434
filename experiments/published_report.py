"""The published experiments for people: on a screen, and as a page."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd
from rich.box import SIMPLE_HEAD
from rich.table import Table

from experiments.markdown import table
from experiments.published import Claim, Experiment
from experiments.tables import about, with_interval, worlds_text
from simulation.scenario import Scenario

HEADINGS = ("Experiment", "Measure", "Model, %", "Published, %", "Source", "Verdict")

_STATISTICS = {
    "mean": "", "sd": ", sd over worlds", "cv": ", cv over worlds",
    "q95": ", 95th percentile over worlds",
}  # fmt: skip


def lines(found: pd.DataFrame, experiments: Sequence[Experiment]) -> list[list[str]]:
    """A line for each claim, its cells as HEADINGS. found: as from experiments.published."""
    claims = {
        (e.title, claim.measure, claim.statistic): claim for e in experiments for claim in e.claims
    }
    return [
        _line(row, claims[row["experiment"], row["measure"], row["statistic"]])
        for _, row in found.iterrows()
    ]


def _line(row: Any, claim: Claim) -> list[str]:
    stands_for = f" (for: {claim.stands_for})" if claim.stands_for else ""
    return [
        row["experiment"], f"{row['measure']}{_STATISTICS[row['statistic']]}{stands_for}",
        with_interval(row, "relative", 100.0, 1), published_text(claim.published),
        f"{row['source']} [{row['mark']}]", row["verdict"],
    ]  # fmt: skip


def published_text(published: tuple[float, float]) -> str:
    """A published change in words. published: least and most, as shares."""
    least, most = (f"{100.0 * size:+.0f}" for size in published)
    if math.isinf(sum(published)):
        return "higher" if sum(published) > 0.0 else "lower"
    return least if least == most else f"{least} to {most}"


def published_table(found: pd.DataFrame, experiments: Sequence[Experiment]) -> Table:
    """A line for each claim; an experiment's title stands once."""
    screen = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), show_edge=False)
    for heading in HEADINGS:
        number = heading.endswith("%")
        screen.add_column(
            heading, justify="right" if number else "left", no_wrap=number, overflow="fold"
        )
    last = ""
    for line in lines(found, experiments):
        screen.add_row(line[0] if line[0] != last else "", *line[1:])
        last = line[0]
    return screen


def footnotes(found: pd.DataFrame, scenario: Scenario) -> list[str]:
    """What a reader must know to read the table."""
    worlds = int(found["replications"].max()) if len(found) else 0
    return [
        (
            f"Relative changes in the same {worlds_text(worlds)}, assumptions as declared, with "
            f"95 % intervals (paired; bootstrap for sd, cv (sd over mean) and percentile); "
            f"{about(scenario)}."
        ),
        (
            "Sources: V read, R recalled, A assumed. Within: all of the interval from half to "
            "twice the published size. The sizes were measured at other banks, in other countries."
        ),
    ]


def page(
    found: pd.DataFrame,
    experiments: Sequence[Experiment],
    scenario: Scenario,
    made: str,
    left_out: Sequence[str],
) -> list[str]:
    """Paragraphs of a page in Markdown. made: the command as a block of code."""
    shown = set(found["experiment"])
    said = [f"- {e.title}: {_compared(e)}" for e in experiments if e.title in shown]
    return [
        "# Published experiments",
        "What the model makes of experiments whose outcome is published. Made with:",
        made,
        " ".join(footnotes(found, scenario)),
        table(HEADINGS, lines(found, experiments)),
        "## What is compared with what",
        "\n".join([*said, *(f"- {sentence}" for sentence in left_out)]),
    ]


def _compared(experiment: Experiment) -> str:
    """The two settings of an experiment in words."""
    note = f" {experiment.note}" if experiment.note else ""
    return f"`{experiment.arm}` against `{experiment.against}`.{note}"
