"""The papers of a case: a document's sheet, and a decision in numbers with its checks."""

from __future__ import annotations

from nicegui import ui

from classroom.case_file import Check, Document, Line, Verdict
from classroom.pages.visit import Visit
from classroom.sheets import (
    CheckState,
    check_told,
    document_title,
    mode_title,
    verdict_facts,
    verdict_title,
)

CHECK_LOOKS: dict[CheckState, tuple[str, str]] = {
    "made_state": ("check_circle", "good"), "skipped_state": ("cancel", "bad"),
    "found_nothing_state": ("error", "warn"),
}  # fmt: skip
"""What became of a check -> icon, each of another shape, and class of its colour."""


def sheet(visit: Visit, document: Document) -> None:
    """A document."""
    truth = " truth" if document.kind == "truth" else ""
    with ui.element("article").classes(f"document{truth}"):
        head = ui.label(document_title(visit.language, document)).classes("title")
        head.props('role="heading" aria-level="3"')
        for line in document.lines:
            _line(visit, line)


def _line(visit: Visit, line: Line) -> None:
    with ui.element("div").classes("strip wrap" + (" truth" if line.hidden else "")):
        ui.label(line.text)
        for code in line.modes:
            ui.badge(mode_title(visit.language, code)).props("color=deep-orange-10")
        if line.hidden:
            ui.label(visit.say("hidden_line")).classes("quiet small")


def approval_sheet(visit: Visit, verdict: Verdict) -> None:
    """A decision in numbers, its checks, and the way back to its month."""
    with ui.element("div").classes("card stack"):
        with ui.element("div").classes("strip wrap"):
            ui.label(verdict_title(visit.language, verdict)).classes("title")
            if visit.month > verdict.month >= 0:
                back = ui.button(visit.say("to_decision"),
                                 on_click=lambda: visit.go_to(verdict.month))  # fmt: skip
                back.props('dense flat no-caps data-do="to_decision"')
        with ui.element("div").classes("strip wrap"):
            for name, value in verdict_facts(visit.language, verdict):
                with ui.element("div").classes("strip tight"):
                    ui.label(name).classes("quiet")
                    ui.label(value).classes("number")
        with ui.element("div").classes("strip wrap"):
            for check in verdict.checks:
                _check(visit, check)


def _check(visit: Visit, check: Check) -> None:
    state, told = check_told(visit.language, check)
    icon, colour = CHECK_LOOKS[state]
    with ui.element("div").classes("strip tight"):
        ui.icon(icon, size="16px").classes(colour).props('aria-hidden="true"')
        ui.label(told).classes("small")
