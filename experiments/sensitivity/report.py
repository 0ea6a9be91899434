"""What drives the answer, for people: on a screen and as a page in Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from experiments.arms import arm_title
from experiments.markdown import table
from experiments.sensitivity.analysis import Finding
from experiments.sensitivity.answer import Answer
from experiments.sensitivity.breakdown import broken
from experiments.sensitivity.figures import draw_all

SHOWN = 12
"""Factors in a table."""

MAP_SHOWN = 5

Lines = tuple[list[str], list[list[str]]]


def index_lines(found: Finding) -> Lines:
    """Headings and rows: the leading factors, a column an index."""
    single = [i for i in dict.fromkeys(found.indices["index"]) if i != "S2"]
    rows = []
    for name in found.ranking["factor"].head(SHOWN):
        own = found.indices[found.indices["factor"] == name].set_index("index")
        rows.append([str(name), *(_cell(own.loc[i]) for i in single)])
    return ["Factor", *single], rows


def pair_lines(found: Finding) -> Lines:
    """Headings and rows: the pairs with the largest second order."""
    pairs = found.indices[found.indices["index"] == "S2"].nlargest(MAP_SHOWN, "value")
    cells = [[row["factor"], _cell(row)] for _, row in pairs.iterrows()]
    return ["Pair", "S2"], cells


def map_lines(found: Finding) -> Lines:
    """Headings and rows: where the model fails."""
    rows = [
        [
            row["factor"], f"{row['mean_ok']:.4g}", f"{row['mean_failed']:.4g}",
            f"{row['low_failed']:.4g} to {row['high_failed']:.4g}", f"{row['ks']:.2f}",
            f"{row['p_value']:.2g}" if row["p_value"] == row["p_value"] else "-",
        ]
        for _, row in found.map.head(MAP_SHOWN).iterrows()
    ]  # fmt: skip
    return ["Factor", "Mean ok", "Mean failed", "Range failed", "KS", "p (adjusted)"], rows


def break_lines(found: pd.DataFrame) -> Lines:
    """Headings and rows: where another arm is first."""
    shares = ("leader_share", "share_low", "share_high")
    rows = [
        [
            row["factor"], f"{row['from']:.4g} to {row['to']:.4g}", str(row["worlds"]),
            row["first"],
            " ".join(f"{100 * row[name]:.0f}" for name in shares),
            f"{row['p_value']:.2g}", row["verdict"],
        ]
        for _, row in broken(found).head(SHOWN).iterrows()
    ]  # fmt: skip
    headings = ["Assumption", "Range", "Worlds", "First there", "Leader first, % low high",
                "p (adjusted)", "Verdict"]  # fmt: skip
    return headings, rows


def break_words(answer: Answer, measure: str) -> str:
    """How far the conclusion stands."""
    found = answer.breakdowns[measure]
    name = arm_title(answer.scenario, answer.leaders[measure])
    other = broken(found)
    sure = int((other["verdict"] == "breaks").sum())
    if other.empty:
        return (
            f"By {measure}, {name} is first over all worlds and in each of the {len(found)} bins "
            "(quarters of one assumption at a time)."
        )
    return (
        f"By {measure}, {name} is first over all worlds. In {len(other)} of {len(found)} bins "
        f"(quarters of one assumption at a time) another is; {sure} of these are resolved."
    )


def _cell(row: pd.Series[float]) -> str:
    value, low, high = (float(row[name]) for name in ("value", "low", "high"))
    form = ".3f" if max(abs(v) for v in (value, low, high) if v == v) < 10.0 else ",.0f"
    form = ".2e" if 0.0 < abs(value) < 1e-3 and high == high and abs(high) < 1e-2 else form
    return format(value, form) + (f" [{low:{form}}, {high:{form}}]" if low == low else "")


def sentences(found: Finding) -> list[str]:
    """What a reader must know of a finding."""
    return [found.method.meaning, found.verdict, *found.remarks]


def print_answer(answer: Answer, out: Console) -> None:
    """The result of ``loanlab sensitivity``."""
    for line in answer.about:
        out.print(line, markup=False)
    for found in answer.findings:
        out.print()
        out.print(f"What drives {found.question.title}", style="bold", markup=False)
        out.print(_screen(*index_lines(found)))
        if "S2" in set(found.indices["index"]):
            out.print(_screen(*pair_lines(found)))
        for line in sentences(found):
            out.print(f"- {line}", markup=False)
        if len(found.map):
            out.print("Where the model fails:", markup=False)
            out.print(_screen(*map_lines(found)))
    for measure, bins in answer.breakdowns.items():
        out.print()
        out.print(break_words(answer, measure), markup=False)
        if len(broken(bins)):
            out.print(_screen(*break_lines(bins)))


def _screen(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    screen = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 2, 0, 0), show_edge=False)
    for place, heading in enumerate(headings):
        screen.add_column(heading, overflow="fold", justify="right" if place else "left")
    for row in rows:
        screen.add_row(*row)
    return screen


def write_pages(answer: Answer, folder: Path, command: str) -> list[str]:
    """Pictures into the folder; returns the page's paragraphs, pictures linked."""
    paragraphs = ["# What drives the answer", f"`{command}`", *answer.about]
    for number, found in enumerate(answer.findings):
        place = folder / "figures" / f"question_{number + 1}"
        place.mkdir(parents=True)
        names = draw_all(answer.pictures[number], place)
        paragraphs += [f"## {found.question.title}", table(*index_lines(found))]
        if "S2" in set(found.indices["index"]):
            paragraphs.append(table(*pair_lines(found)))
        paragraphs.append("\n".join(f"- {line}" for line in sentences(found)))
        if len(found.map):
            paragraphs += ["Where the model fails:", table(*map_lines(found))]
        paragraphs += [f"![{name}]({place.relative_to(folder) / name})" for name in names]
    for measure, bins in answer.breakdowns.items():
        paragraphs += [f"## When the conclusion breaks down: {measure}",
                       break_words(answer, measure)]  # fmt: skip
        if len(broken(bins)):
            paragraphs.append(table(*break_lines(bins)))
    return paragraphs
