"""What ``loanlab break-even`` prints: how much may go wrong before a strategy no longer pays."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd

from experiments.arms import arm_title
from experiments.markdown import table
from experiments.money_table import MILLION, amount
from experiments.tables import LABELS, about
from simulation.scenario import Scenario

HEADINGS = (
    "Net present value\nm CNY", "Least share\nof effect, %", "Longest delay\nmonths",
    "Highest cost\nm CNY", "of planned\n%",
)  # fmt: skip

NONE = "none"
"""Where the value as planned is not above 0, or not for certain."""


def cells(row: Any) -> list[str]:
    """What an arm can bear, in words and numbers. row: of experiments.break_even."""
    return [amount(row, "npv"), _effect(row), _delay(row), _cost(row), _cost_share(row)]


def _effect(row: Any) -> str:
    """Smallest share of the effect, per cent, from the favourable to the unfavourable end."""
    ends = ("effect_share", "effect_share_low", "effect_share_high")
    return _ends([NONE if math.isnan(row[name]) else f"{100.0 * row[name]:.0f}" for name in ends])


def _delay(row: Any) -> str:
    """Longest delay in months, from the unfavourable to the favourable end; + is at least."""
    told = []
    for name in ("delay_months", "delay_months_low", "delay_months_high"):
        more = "+" if row[name] >= row["longest_delay"] else ""
        told.append(NONE if math.isnan(row[name]) else f"{row[name]:.0f}{more}")
    return _ends(told)


def _ends(told: list[str]) -> str:
    """A value with both ends of its interval; one word where none of them exists."""
    return NONE if told == [NONE] * 3 else f"{told[0]} [{told[1]}, {told[2]}]"


def _cost(row: Any) -> str:
    """Highest present cost; in words where the strategy would not pay at no cost."""
    limit = amount(row, "cost_limit")
    return limit if row["cost_limit"] > 0.0 else f"{NONE}: {limit}"


def _cost_share(row: Any) -> str:
    """The same over what it is planned to cost."""
    if math.isnan(row["cost_ratio"]):
        return "-"
    names = ("cost_ratio", "cost_ratio_low", "cost_ratio_high")
    middle, low, high = (100.0 * row[name] for name in names)
    return f"{middle:.0f} [{low:.0f}, {high:.0f}]"


def break_even_cells(found: pd.DataFrame) -> dict[tuple[str, str], dict[str, str]]:
    """What is told of each arm in worlds of each kind. found: as from experiments.break_even."""
    return {
        (row["strategy"], row["interval"]): dict(zip(HEADINGS, cells(row), strict=True))
        for row in found.to_dict("records")
    }


def footnotes(found: pd.DataFrame, scenario: Scenario) -> list[str]:
    """What a reader must know, with how far the closed form for the cost is off."""
    off = MILLION * found["feedback"].abs().max()
    bank = about(scenario)
    return [
        (
            f"{bank[:1].upper()}{bank[1:]}; {found['replications'].max():,} worlds of each kind, "
            "the same for all variants; intervals 95 %, of the mean over worlds."
        ),
        (
            "As long as the net present value of the whole book stays above 0: the smallest part "
            "of the assumed effect, at the full cost and with the full hours; the longest delay of "
            f"start and cost ({found['longest_delay'].max():.0f} months were run, + is at least); "
            "the highest present cost. In brackets the same for both ends of its interval; none: "
            "the value is not above 0 as planned, or not for certain."
        ),
        (
            "Between the variants that were run the value is taken as linear. At no cost it was at "
            f"most {off:.2f} m CNY from what the highest cost assumes: cost acts on the bank's "
            "capital."
        ),
    ]


def throughout(rungs: pd.DataFrame, scenario: Scenario) -> list[str]:
    """A sentence on each arm whose value has one sign whatever its effect and its start.

    rungs: as from experiments.break_even.rungs.
    """
    ran = rungs[rungs["variant"] != "cost_ratio"]
    sentences = []
    for (arm, interval), part in ran.groupby(["strategy", "interval"], sort=False):
        some = part[part["npv"] != 0.0]["npv"]  # no effect at no cost is worth exactly nothing
        if len(some) and ((some < 0.0).all() or (some > 0.0).all()):
            side = "below" if some.iloc[0] < 0.0 else "above"
            sentences.append(
                f"{arm_title(scenario, str(arm))} ({LABELS[str(interval)]}): the mean is {side} 0 "
                "at every share of the effect and every start that was run."
            )
    return sentences


def page(found: pd.DataFrame, scenario: Scenario, made: str, notes: Sequence[str]) -> list[str]:
    """Paragraphs of a page in Markdown. made: the command as a block of code."""
    headings = ["Strategy", "", *HEADINGS]
    rows = [
        [arm_title(scenario, arm), LABELS[interval], *line.values()]
        for (arm, interval), line in break_even_cells(found).items()
    ]
    return ["# Break-even", "Made with:", made, table(headings, rows), *notes]
