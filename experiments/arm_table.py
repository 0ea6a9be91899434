"""A table with a line for each arm and kind of worlds, in parts where the screen is narrow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from experiments.arms import arm_title
from experiments.tables import LABELS
from simulation.scenario import Scenario

Cells = Mapping[tuple[str, str], Mapping[str, str]]
"""Arm and interval -> heading -> what is told."""


def arm_table(scenario: Scenario, cells: Cells, headings: Sequence[str]) -> Table:
    """A row for each arm in the order of the cells, in it a line for each kind of worlds."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), show_edge=False)
    table.add_column("Strategy", max_width=22, overflow="fold")
    table.add_column("", no_wrap=True)
    for heading in headings:
        table.add_column(heading, justify="right", no_wrap=True)
    for arm in dict.fromkeys(arm for arm, _ in cells):
        kinds = [interval for interval in LABELS if (arm, interval) in cells]
        told = [[cells[arm, kind].get(heading, "-") for kind in kinds] for heading in headings]
        columns = [[LABELS[kind] for kind in kinds], *told]
        table.add_row(arm_title(scenario, arm), *(escape("\n".join(lines)) for lines in columns))
    return table


def arm_tables(scenario: Scenario, cells: Cells, width: int) -> list[Table]:
    """All headings of the cells in one table, or in as few as fit into so many columns."""
    rest = list(dict.fromkeys(heading for line in cells.values() for heading in line))
    found = []
    while rest:
        tables = [arm_table(scenario, cells, rest[: n + 1]) for n in range(len(rest))]
        fitting = [table for table in tables if _width(table) <= width] or tables[:1]
        found.append(fitting[-1])
        rest = rest[len(fitting) :]
    return found


def print_arm_table(scenario: Scenario, cells: Cells, out: Console) -> None:
    """Print them, an empty line after each."""
    for table in arm_tables(scenario, cells, out.width):
        out.print(table)
        out.print()


def _width(table: Table) -> int:
    """Columns of a screen that a table takes."""
    return Console(width=1000).measure(table).maximum
