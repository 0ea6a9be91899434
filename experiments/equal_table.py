"""The table under the main one: each strategy at equal volume and at equal cost."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from experiments.arms import MODES, arm_title
from experiments.comparison import INTERVALS
from experiments.references import Reference
from experiments.study import Study
from experiments.tables import LABELS, with_interval

CELLS = (
    ("loss_rate", "loss rate", "relative", 100.0, "%"),
    ("risk_adjusted_profit", "profit", "absolute", 1e-6, "m CNY"),
)
"""Measures of the table: name, words, kind of change, factor, unit."""


def equal_table(study: Study, references: Sequence[Reference]) -> Table:
    """Changes from the references of equal volume and equal cost, a line for each interval."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), show_edge=False)
    table.add_column("Strategy", max_width=22, overflow="fold")
    table.add_column("", no_wrap=True)
    for reference in references:
        for _, words, _, _, unit in CELLS:
            table.add_column(
                f"{reference.words.capitalize()}:\n{words}\n{unit}", justify="right", no_wrap=True
            )
    found = study.at_equal().groupby(["strategy", "interval"], sort=False)
    rows = {key: part.set_index(["reference", "measure"]) for key, part in found}
    intervals = [INTERVALS[mode] for mode in MODES[study.assumptions]]
    for arm in study.strategies[1:]:
        lines = [
            [LABELS[i], *_cells(arm, rows[arm, i], references)]
            for i in intervals
            if (arm, i) in rows
        ]
        if lines:
            cells = ["\n".join(column) for column in zip(*lines, strict=True)]
            table.add_row(arm_title(study.scenario, arm), *cells)
    return table


def _cells(arm: str, rows: pd.DataFrame, references: Sequence[Reference]) -> list[str]:
    """Changes of an arm in one kind of worlds; rows: by reference and measure."""
    return [
        with_interval(rows.loc[(reference.name, measure)], unit, factor, 1)
        if arm != reference.rival and (reference.name, measure) in rows.index
        else "-"  # against itself, or in no world are all rungs there
        for reference in references
        for measure, _, unit, factor, _ in CELLS
    ]


def equal_footnotes(study: Study) -> list[str]:
    """What a reader must know to read the table, and what it cannot tell."""
    told = {
        "equal_volume": "the baseline with its cut-off moved until it lends as much",
        "equal_cost": "the baseline with more officers for the same money",
    }
    words = [f"{r.words}: against {told[r.name]}" for r in study.references]
    line = (
        f"{'; '.join(words).capitalize()}. A dash: no such reference was run, or it is the arm "
        "itself. Better than a reference is not better than the baseline: see the first table."
    )
    return [*([line] if words else []), *study.equal_gaps()]


def print_equal(study: Study, out: Console) -> None:
    """Table and footnotes; on a narrow screen one table for each reference."""
    if study.references:
        whole = equal_table(study, study.references)
        fits = Console(width=1000).measure(whole).maximum <= out.width
        for table in [whole] if fits else [equal_table(study, [r]) for r in study.references]:
            out.print(table)
            out.print()
    for line in equal_footnotes(study):
        out.print(line, markup=False)
