"""Where the loans went: the bands, and the loans of one of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from nicegui import ui

from classroom.charts import sankey
from classroom.flow import Band, Listed, flow, listed, refused_files
from classroom.pages.picture import Numbers, Picture, table_of
from classroom.pages.visit import Visit
from classroom.roles import ROLES

HEIGHT = "212px"


class Flow:
    """The flow of loans. on_loan: called with a loan whose case is to be opened."""

    def __init__(self, visit: Visit, on_loan: Callable[[Listed], object]) -> None:
        self._visit, self._on_loan = visit, on_loan
        self._bands: list[Band] = []
        with ui.element("div").classes("card"):
            self._picture = Picture(
                visit, visit.say("flow"), HEIGHT, on_point=self._clicked, on_row=self._open
            )
            with self._picture.bar:
                choices = {False: visit.say("by_number"), True: visit.say("by_amount")}
                self._by = ui.toggle(choices, value=False, on_change=self._draw)
                self._by.props("dense unelevated no-caps")
            self._hint = ui.label().classes("quiet small")
            self._scale = ui.label().classes("quiet small")
        with ui.dialog() as self._dialog, ui.card().classes("wide"):
            self._list = ui.element("div").classes("stack")

    def refresh(self) -> None:
        """The bands, as they are now."""
        model = self._visit.timeline.model
        self._bands = flow(model)
        self._scale.text = self._visit.say("scale", times=f"{model.scale:,.0f}")
        self._draw()

    def _draw(self) -> None:
        by_amount = bool(self._by.value)
        option = sankey(self._bands, self._visit.language, by_amount=by_amount)
        hints = ["click_band"] if self._bands else ["flow_nothing"]
        hints += ["by_money"] if by_amount else []
        self._hint.text = " ".join(self._visit.say(hint) for hint in hints)
        self._picture.show(option, lambda: numbers_of_flow(self._visit, self._bands))

    def _clicked(self, data: Any) -> None:
        """A band, or a node or its name: then the band into it, or the first out of it."""
        if not isinstance(data, dict):
            return
        ends, node = data.get("band"), data.get("node")
        into = [k for k, band in enumerate(self._bands)
                if ends == [band.source, band.target] or node == band.target]  # fmt: skip
        out = [k for k, band in enumerate(self._bands) if node == band.source]
        for place in (*into, *out)[:1]:
            self._open(place)

    def _open(self, place: int) -> None:
        """Show the loans of a band."""
        if not 0 <= place < len(self._bands):
            return
        band, say = self._bands[place], self._visit.say
        model = self._visit.timeline.model
        files = band.target == "refused"
        loans = refused_files(model) if files else listed(model, band.loans)
        self._list.clear()
        with self._list:
            ui.label(say(
                "loans_of_band", source=say(f"node.{band.source}"),
                target=say(f"node.{band.target}"), number=f"{band.number:,.0f}", listed=len(loans),
            )).classes("title")  # fmt: skip
            if loans:
                loan_table(self._visit, loans, self._chosen)
            else:
                ui.label(say("no_loans"))
            ui.button(say("close"), on_click=self._dialog.close).props("flat no-caps").classes(
                "snug"
            )
        self._dialog.open()

    def _chosen(self, loan: Listed) -> None:
        self._dialog.close()
        self._on_loan(loan)


def numbers_of_flow(visit: Visit, bands: Sequence[Band]) -> Numbers:
    """The table behind a flow."""
    say = visit.say
    columns = {name: say(name) for name in ("from", "to", "number", "amount")}
    rows = [
        {"from": say(f"node.{band.source}"), "to": say(f"node.{band.target}"),
         "number": f"{band.number:,.0f}",
         "amount": "–" if math.isnan(band.amount) else f"{band.amount / 1e6:,.1f}"}
        for band in bands
    ]  # fmt: skip
    return Numbers(columns, rows)


def loan_table(visit: Visit, loans: Sequence[Listed], chosen: Callable[[Listed], object]) -> None:
    """Loans or refused files in a table, each with a button that opens its case. What became of a
    loan is the trainer's to know: other seats choose a case without it.
    """
    say = visit.say
    columns: tuple[str, ...] = ("loan", "enterprise", "made", "lent")
    if any(one.loan is None for one in loans):
        columns = ("enterprise", "decided_in", "asked")
    elif ROLES[visit.role].everything:
        columns = (*columns, "status", "default", "lost")
    rows = [
        {"loan": one.loan, "enterprise": one.enterprise, "made": one.month, "decided_in": one.month,
         "lent": f"{one.lent_cny:,.0f}", "asked": f"{one.lent_cny:,.0f}",
         "status": say(f"status.{one.status}"),
         "default": "–" if one.default_month is None else one.default_month,
         "lost": f"{one.lost_cny:,.0f}" if one.lost_cny else "–"}
        for one in loans
    ]  # fmt: skip

    def opened(place: int) -> object:
        return chosen(loans[place])

    table_of(visit, Numbers({name: say(name) for name in columns}, rows), opened).classes("tall")
