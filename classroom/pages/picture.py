"""A chart and the table behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from inspect import isawaitable
from typing import Any, NamedTuple

from nicegui import ui
from nicegui.events import GenericEventArguments

from classroom.charts import Option
from classroom.pages.visit import Visit


class Numbers(NamedTuple):
    """A table. columns: name -> heading, in order. rows: of text and numbers, by name."""

    columns: Mapping[str, str]
    rows: Sequence[Mapping[str, object]]


class Picture:
    """A chart with a name for those who hear it, and a switch to its numbers.

    height: CSS. on_point: called with the data of a point that is clicked. on_row: called with
    the place of a row that is opened in the table. bar: where more switches may stand.
    """

    def __init__(
        self, visit: Visit, name: str, height: str, *,
        on_point: Callable[[Any], object] | None = None,
        on_row: Callable[[int], object] | None = None,
    ) -> None:  # fmt: skip
        self._visit, self._on_row = visit, on_row
        self._numbers: Callable[[], Numbers] | None = None
        with ui.element("section").classes("picture") as self._section:
            with ui.element("div").classes("strip between"):
                self.name = ui.label(name).classes("title").props('role="heading" aria-level="3"')
                with ui.element("div").classes("strip") as self.bar:
                    self._switch = ui.switch(visit.say("table"), on_change=self._turn)
                    self._switch.props("dense size=sm")
            self.chart = ui.echart({}, on_point_click=on_point and (lambda e: on_point(e.data)))
            self.chart.classes("chart").style(f"height: {height}")
            self.chart.props('role="img"')
            self._table = ui.element("div").classes("numbers").style(f"height: {height}")
            self._table.set_visibility(False)
        self.rename(name)

    def rename(self, name: str) -> None:
        """Another name, for those who see it and those who hear it."""
        self.name.text = name
        for part in (self._section, self.chart):
            part.props["aria-label"] = name

    def show(self, option: Option, numbers: Callable[[], Numbers]) -> None:
        """Another picture. numbers: makes its table, asked only where it is seen."""
        self._numbers = numbers
        self.chart.options.clear()
        self.chart.options.update(option)
        self.chart.update()
        self._fill()

    def _turn(self) -> None:
        """From the chart to its table, or back."""
        self.chart.set_visibility(not self._switch.value)
        self._table.set_visibility(bool(self._switch.value))
        self._fill()

    def _fill(self) -> None:
        if self._numbers is None or not self._switch.value:
            return
        numbers = self._numbers()
        self._table.clear()
        with self._table:
            table_of(self._visit, numbers, self._on_row)


def table_of(
    visit: Visit, numbers: Numbers, on_row: Callable[[int], object] | None = None
) -> ui.table:
    """A table; where a row can be opened its first column is a button.

    on_row: called with the row's place.
    """
    names = list(numbers.columns)
    heads = [
        {"name": name, "label": numbers.columns[name], "field": name,
         "align": "right" if place else "left"}
        for place, name in enumerate(names)
    ]  # fmt: skip
    rows = [{**row, "place": place} for place, row in enumerate(numbers.rows)]
    table = ui.table(columns=heads, rows=rows, row_key="place")
    table.props(f'dense flat no-data-label="{visit.say("nothing")}"').classes("plain")
    if on_row is not None:
        table.add_slot(f"body-cell-{names[0]}", _OPENER)

        async def opened(event: GenericEventArguments) -> None:
            if isinstance(event.args, int) and 0 <= event.args < len(rows):
                done = on_row(event.args)
                if isawaitable(done):
                    await done

        table.on("open", opened)
    return table


_OPENER = """<q-td :props="props"><q-btn dense flat no-caps color="primary" :label="props.value"
 @click="$parent.$emit('open', props.row.place)" /></q-td>"""
"""The button: what a visitor sees in it is text, never markup."""
