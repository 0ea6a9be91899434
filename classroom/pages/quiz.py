"""The quiz: a defaulted loan without its truth; judged by lives lived again."""

from __future__ import annotations

import random
from typing import NamedTuple

from nicegui import ui

from agents.failures import FAILURES
from agents.parameters import STAGES
from classroom.case_file import case_of
from classroom.pages.papers import sheet
from classroom.pages.visit import Visit
from classroom.quiz import Answer, Life, answer, is_saved, questions
from classroom.settings import Settings
from classroom.sheets import mode_title
from classroom.timeline import journal_of

NONE = "none"
_DECOYS = 3
"""Failure modes that are offered beside those that occurred."""


class _Question(NamedTuple):
    """A defaulted loan of a lesson. row: of the contract. firm: its row. since: month of its first
    contract. codes: offered.
    """

    settings: Settings
    row: int
    firm: int
    since: int
    codes: tuple[str, ...]

    def stands(self, visit: Visit) -> bool:
        """Is it this lesson, and has the loan defaulted by now?"""
        loans = visit.timeline.model.loans
        known = visit.settings == self.settings and self.row < len(loans)
        return known and bool(loans["default_month"][self.row] >= 0)


class Quiz:
    """One question after the other."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._asked: _Question | None = None
        self._seen: object = None
        with ui.element("div").classes("stack"):
            with ui.element("div").classes("card stack"):
                with ui.element("div").classes("strip between"):
                    ui.label(visit.say("quiz_ask")).classes("title")
                    following = ui.button(visit.say("quiz_next"), on_click=self._next)
                    following.props('dense no-caps outline data-do="quiz_next"')
                self._choices = ui.element("div").classes("stack")
                self._verdict = ui.element("div").classes("stack")
                self._verdict.props('role="status" data-show="verdict"')
                ui.label(visit.say("quiz_how")).classes("quiet small")
            self._papers = ui.element("div").classes("stack")

    async def refresh(self) -> None:
        """Ask, if nothing is asked yet or the loan has not defaulted in this world; the papers are
        those of the month and of the seat.
        """
        asked = self._asked
        if asked is None or not asked.stands(self._visit):
            self._asked = None
            await self._next()
        elif self._seen != self._place:
            self._verdict.clear()
            await self._lay_papers(asked)

    @property
    def _place(self) -> tuple[int, str]:
        """What the papers and the judgement depend on beside the question: month and seat."""
        return self._visit.month, self._visit.role

    async def _next(self) -> None:
        """Another loan that has defaulted."""
        visit = self._visit
        model = visit.timeline.model
        rows = questions(model)
        for part in (self._choices, self._verdict, self._papers):
            part.clear()
        if not rows:
            with self._choices:
                ui.label(visit.say("quiz_nothing")).classes("quiet")
            return
        row = self._chosen(rows)
        contract = model.loans[row]
        firm, codes = int(contract["enterprise"]), _offered(int(contract["failures"]))
        since = int(contract["chain_month"]) - model.scenario.burn_in_months
        self._asked = asked = _Question(visit.settings, row, firm, since, codes)
        self._ask(codes)
        await self._lay_papers(asked)

    async def _lay_papers(self, asked: _Question) -> None:
        """The sealed case of the question as the seat sees it, in the month that is shown."""
        visit = self._visit
        self._seen = place = self._place
        journal = await visit.aside(journal_of, asked.settings, asked.firm, visit.month)
        if self._asked is not asked or self._seen != place:
            return  # another question, month or seat has come in the meantime
        case = case_of(journal, visit.language, role=visit.role, first=asked.since)
        self._papers.clear()
        with self._papers:
            ui.label(visit.say("case_of", enterprise=asked.firm)).classes("title")
            for document in case.documents:
                sheet(visit, document)

    def _chosen(self, rows: list[int]) -> int:
        """The loan to ask about: first that of the sealed case on the desk, then any other.

        Which one is no matter of the world's luck.
        """
        visit, loans = self._visit, self._visit.timeline.model.loans
        if self._asked is None and not visit.revealed:
            every = questions(visit.timeline.model, len(loans))
            open_ = [row for row in every if loans["enterprise"][row] == visit.firm]
            if open_:
                return open_[0]
        others = [row for row in rows if self._asked is None or row != self._asked.row]
        return random.choice(others or rows)

    def _ask(self, codes: tuple[str, ...]) -> None:
        say, language = self._visit.say, self._visit.language
        with self._choices:
            stages = {stage: say(stage) for stage in STAGES} | {NONE: say("quiz_none")}
            self._stage = ui.radio(stages, value=None).props('inline data-do="quiz_stage"')
            ui.label(say("quiz_check"))
            modes = {code: mode_title(language, code) for code in codes}
            self._mode = ui.radio(modes | {NONE: say("quiz_none")}, value=None)
            self._mode.props('inline data-do="quiz_mode"')
            with ui.element("div").classes("strip"):
                self._judge_button = ui.button(say("quiz_judge"), on_click=self._judge)
                self._judge_button.props('dense no-caps data-do="quiz_judge"')

    async def _judge(self) -> None:
        visit, asked = self._visit, self._asked
        if asked is None:
            return
        stage, mode = self._stage.value, self._mode.value
        self._judge_button.props("loading")
        ui.run_javascript("document.activeElement?.blur()")  # it would swallow the keys
        judged = None
        while judged != visit.month:  # a verdict is of the month that is shown
            judged = visit.month
            found = await visit.aside(answer, asked.settings, asked.firm, judged, asked.codes)
            if self._asked is not asked:
                return  # another one has been asked in the meantime
        self._judge_button.props(remove="loading")
        self._verdict.clear()
        with self._verdict:
            self._told(found, stage, mode)

    def _told(self, found: Answer, stage: object, mode: object) -> None:
        """Right or wrong, and what each life came to. stage, mode: chosen; None: nothing."""
        say, language = self._visit.say, self._visit.language
        self._mark(stage, found.saving)
        for name, life in found.stages.items():
            ui.label(self._sentence(say(name), found.usual, life))
        if not found.saving:
            ui.label(say("quiz_luck")).classes("quiet")
        ui.separator()
        self._mark(mode, found.catching)
        for code, life in found.modes.items():
            ui.label(self._sentence(mode_title(language, code), found.usual, life))

    def _mark(self, chosen: object, right: tuple[str, ...]) -> None:
        """Was the choice right? Nothing where none was made."""
        if chosen is None:
            return
        good = chosen in right or (chosen == NONE and not right)
        with ui.element("div").classes("strip"):
            icon = ui.icon("check_circle" if good else "cancel", size="20px")
            icon.classes("good" if good else "bad").props('aria-hidden="true"')
            ui.label(self._visit.say("quiz_right" if good else "quiz_wrong")).classes("title")

    def _sentence(self, name: str, usual: Life, life: Life) -> str:
        """What became of the loan with one thing put right."""
        say = self._visit.say
        if not life.lent_cny and not life.defaulted:
            return say("quiz_not_lent", name=name)
        if not life.defaulted:
            return say("quiz_saved", name=name)
        lost, was = f"{life.lost_cny:,.0f}", f"{usual.lost_cny:,.0f}"
        if is_saved(usual, life) or life.lost_cny < usual.lost_cny:
            return say("quiz_less", name=name, lost=lost, usual=was)
        if lost != was:
            return say("quiz_more", name=name, lost=lost, usual=was)
        return say("quiz_same", name=name, lost=lost)


def _offered(failures: int) -> tuple[str, ...]:
    """Codes to choose from: what occurred on a contract (bits), and some that did not."""
    occurred = [mode.code for mode in FAILURES if failures & mode.bit]
    others = [mode.code for mode in FAILURES if not failures & mode.bit]
    return tuple(sorted([*occurred, *random.sample(others, min(_DECOYS, len(others)))]))
