"""The overview: how the work goes, where the loans went, how the ratios run."""

from __future__ import annotations

from collections.abc import Callable

from nicegui import ui

from classroom.flow import Listed
from classroom.pages.flow import Flow
from classroom.pages.lamps import Lamps
from classroom.pages.ratios import Ratios
from classroom.pages.visit import Visit
from classroom.twin import summary


class Overview:
    """Lamps, flow and ratios on one screen. on_loan: opens the case of a loan."""

    def __init__(self, visit: Visit, on_loan: Callable[[Listed], object]) -> None:
        self._visit = visit
        with ui.element("div").classes("stack"):
            self._lamps = Lamps(visit)
            self._summary = ui.label().classes("card small").props('data-show="summary"')
            self._flow = Flow(visit, on_loan)
            self._ratios = Ratios(visit)
        ui.timer(0.5, self._ratios.fill, once=True)

    def refresh(self) -> None:
        """Everything, as it is now."""
        model = self._visit.timeline.model
        self._summary.text = summary(model, self._visit.language)
        self._lamps.refresh()
        self._flow.refresh()
        self._ratios.refresh()
