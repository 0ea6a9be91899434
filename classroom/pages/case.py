"""The case file: a firm's papers as a seat in the bank sees them, and the decision taken again."""

from __future__ import annotations

from nicegui import ui

from classroom.case_file import Case, Document, parted
from classroom.flow import Listed, listed, loans_of_firm
from classroom.pages.fields import let_go, number_field, typed_number
from classroom.pages.flow import loan_table
from classroom.pages.papers import approval_sheet, sheet
from classroom.pages.visit import Visit
from classroom.quiz import questions
from classroom.roles import ROLES
from classroom.sheets import key_verdicts, mode_title, parting_told

SHOWN_LOANS = 15
"""Defaulted loans that are offered, the costliest first."""


class CaseFile:
    """The papers of ``visit.firm``."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        say = visit.say
        with ui.element("div").classes("stack"):
            with ui.element("div").classes("card strip wrap"):
                self._name = ui.label().classes("title").props('data-show="case"')
                self._costliest = ui.button(say("choose_case"), on_click=self._choose)
                self._costliest.props('dense no-caps outline data-do="choose_case"')
                self._number = number_field(say("enterprise"), "firm").classes("few")
                self._number.on("keydown.enter", self._open_number)
                roles = {name: say(f"role.{name}") for name in ROLES}
                self._role = ui.select(roles, label=say("role"), on_change=self._sit)
                let_go(self._role).props('dense outlined options-dense data-do="role"')
                self._duty = ui.label().classes("quiet small duty")
                self._reveal = ui.switch(say("reveal"), on_change=self._turn)
                self._reveal.props('dense data-do="reveal"')
            self._decisions = ui.element("div").classes("card").props('data-show="decisions"')
            self._orders = ui.element("div").classes("card stack").props('data-show="orders"')
            self._papers = ui.element("div").classes("stack").props('data-show="papers"')
        with ui.dialog() as self._dialog, ui.card().classes("wide"):
            self._list = ui.element("div").classes("stack")

    async def refresh(self) -> None:
        """The case, as it is now."""
        visit = self._visit
        self._role.value, self._reveal.value = visit.role, visit.revealed
        self._duty.text = visit.say(f"duty.{visit.role}")
        for more_than_a_seat_sees in (self._costliest, self._reveal):
            more_than_a_seat_sees.set_enabled(ROLES[visit.role].everything)
        firm = visit.firm
        self._orders.set_visibility(firm is not None)
        self._show_decisions()
        if firm is None:
            self._name.text = visit.say("no_case")
            self._papers.clear()
            return
        self._name.text = visit.say("case_of", enterprise=firm)
        asked = visit.on_desk
        possible = await visit.possible_orders()
        pending = await visit.pending() if "approve" in possible else ()
        case = await visit.case()
        if case is None or asked != visit.on_desk:
            return  # another case has been asked for in the meantime
        if ROLES[visit.role].once_failed and not case.documents:
            possible = ()  # what could be ordered would tell that it has failed
        self._show_orders(firm, possible, pending)
        self._show(case)

    # --- choices ----------------------------------------------------------------------------

    def _choose(self) -> None:
        """Offer the costliest defaults so far."""
        visit = self._visit
        model = visit.timeline.model
        loans = listed(model, tuple(questions(model, SHOWN_LOANS)))
        self._list.clear()
        with self._list:
            ui.label(visit.say("costliest" if loans else "quiz_nothing")).classes("title")
            loan_table(visit, loans, self._chosen)
            close = ui.button(visit.say("close"), on_click=self._dialog.close)
            close.props("flat no-caps").classes("snug")
        self._dialog.open()

    async def _chosen(self, loan: Listed) -> None:
        self._dialog.close()
        self._visit.open_case(loan)
        await self.refresh()

    async def _open_number(self) -> None:
        """Open the case of the firm whose number was typed."""
        value = typed_number(self._number)
        if value is not None and self._visit.open_firm(value):
            await self.refresh()
        else:
            self._visit.refuse("no_firm", most=f"{self._visit.firms - 1:,}")

    async def _sit(self) -> None:
        if self._role.value != self._visit.role:
            self._visit.sit(str(self._role.value))
            await self.refresh()

    async def _turn(self) -> None:
        if bool(self._reveal.value) != self._visit.revealed:
            self._visit.revealed = bool(self._reveal.value)
            await self.refresh()

    # --- decide again -----------------------------------------------------------------------

    def _show_orders(
        self, firm: int, possible: tuple[str, ...], pending: tuple[Document, ...]
    ) -> None:
        """Buttons for what can be ordered in the coming month from this seat, and the file that is
        decided in it.
        """
        visit, say = self._visit, self._visit.say
        own = [order for order in possible if order in ROLES[visit.role].orders]
        self._orders.clear()
        self._orders.props(f"data-month={visit.month}")
        with self._orders:
            if pending:
                ui.label(say("on_desk"))
            for document in pending:
                sheet(visit, document)
            with ui.element("div").classes("strip wrap"):
                ui.label(say("decide")).classes("title")
                for order in own:
                    button = ui.button(
                        say(f"order.{order}"),
                        on_click=lambda _, m=visit.month, o=order: visit.decide(m, firm, o),
                    )
                    button.props(f'dense no-caps outline data-do="order-{order}"')
                    button.props["title"] = say(f"about.{order}")
                if not own:
                    ui.label(say("no_order" if possible else "nothing_to_order")).classes("quiet")
            ui.label(say("decide_note")).classes("quiet small")

    def _show_decisions(self) -> None:
        """What has been ordered so far, for whatever firm, each to be taken back."""
        visit, say = self._visit, self._visit.say
        self._decisions.set_visibility(bool(visit.settings.decisions))
        self._decisions.clear()
        with self._decisions:
            ui.label(say("decisions")).classes("title")
            for decision in visit.settings.decisions:
                with ui.element("div").classes("strip"):
                    ui.label(visit.ordered(decision))
                    undo = ui.button(say("undo"), on_click=lambda _, d=decision: visit.take_back(d))
                    undo.props("dense flat no-caps")

    # --- papers -----------------------------------------------------------------------------

    def _show(self, case: Case) -> None:
        """All papers, the latest decision's numbers first."""
        visit, say = self._visit, self._visit.say
        self._papers.clear()
        with self._papers:
            self._other_loans(case.enterprise)
            if not case.documents:
                ui.label(say("nothing_seen")).classes("card")
            for verdict in key_verdicts(case.verdicts):
                approval_sheet(visit, verdict)
            if case.modes:
                titles = say("and").join(mode_title(visit.language, code) for code in case.modes)
                ui.label(say("is", what=say("modes"), told=titles)).classes("card truth")
            if visit.twin is not None and case.revealed:
                self._parting(case.enterprise)
            if not case.revealed:
                ui.label(say("sealed")).classes("quiet small")
            for document in case.documents:
                sheet(visit, document)

    def _other_loans(self, firm: int) -> None:
        """A firm's loans, where it has had several."""
        visit = self._visit
        loans = loans_of_firm(visit.timeline.model, firm)
        if len(loans) < 2:
            return

        async def chosen(month: int) -> None:
            visit.look_at(firm, month)
            await self.refresh()

        with ui.element("div").classes("strip wrap"):
            ui.label(visit.say("firm_loans")).classes("quiet")
            for loan in loans:
                button = ui.button(str(loan.month), on_click=lambda _, m=loan.month: chosen(m))
                button.props("dense no-caps outline")
                button.set_enabled(loan.month != visit.since)

    def _parting(self, firm: int) -> None:
        """Where the twin's story parts from this one."""
        label = ui.label().classes("card")

        async def tell() -> None:
            visit = self._visit
            twin = visit.twin
            if twin is None:
                return
            place = await visit.aside(
                parted, visit.settings, twin.settings, firm, visit.month, visit.language
            )
            if not label.is_deleted:  # other papers lie there by now
                label.text = parting_told(visit.language, place)

        ui.timer(0.05, tell, once=True)
