"""The papers of a case: a document's sheet, and a decision in numbers with its checks."""

from __future__ import annotations

from nicegui import ui

from agents.failures import FAILURES
from classroom.case_file import Check, Document, Line, Verdict
from classroom.pages.visit import Visit

CHECK_LOOKS = {
    "made_state": ("check_circle", "good"), "skipped_state": ("cancel", "bad"),
    "found_nothing_state": ("error", "warn"),
}  # fmt: skip
"""What became of a check -> icon, each of another shape, and class of its colour."""


def mode_title(language: str, code: str) -> str:
    """Code and title of a failure mode."""
    mode = next(mode for mode in FAILURES if mode.code == code)
    return f"{code} {mode.title_zh if language == 'zh' else mode.title}"


def sheet(visit: Visit, document: Document) -> None:
    """A document."""
    say = visit.say
    truth = " truth" if document.kind == "truth" else ""
    with ui.element("article").classes(f"document{truth}"):
        head = f"{say(f'kind.{document.kind}')} · {say('in_month', month=document.month)}"
        ui.label(head).classes("title").props('role="heading" aria-level="3"')
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
    say = visit.say
    facts = {
        "asked": f"{verdict.asked_cny:,.0f}", "granted_cny": f"{verdict.lent_cny:,.0f}",
    }  # fmt: skip
    if verdict.believed is not None:
        facts["believed"] = f"{verdict.believed:+.2f}"
    facts["cutoff"] = f"{verdict.cutoff:+.2f}"
    if verdict.true is not None and verdict.full_check_cny is not None:
        facts |= {"true_score": f"{verdict.true:+.2f}",
                  "full_check": f"{verdict.full_check_cny:,.0f}"}  # fmt: skip
    with ui.element("div").classes("card stack"):
        with ui.element("div").classes("strip wrap"):
            kind = say("renewal" if verdict.renewal else "new_file")
            when = say("in_month", month=verdict.month)
            outcome = say(f"outcome.{verdict.outcome}")
            ui.label(say("decision", when=when, kind=kind, outcome=outcome)).classes("title")
            if visit.month > verdict.month >= 0:
                back = ui.button(say("to_decision"),
                                 on_click=lambda: visit.go_to(verdict.month))  # fmt: skip
                back.props('dense flat no-caps data-do="to_decision"')
        with ui.element("div").classes("strip wrap"):
            for name, value in facts.items():
                with ui.element("div").classes("strip tight"):
                    ui.label(say(name)).classes("quiet")
                    ui.label(value).classes("number")
        with ui.element("div").classes("strip wrap"):
            for check in verdict.checks:
                _check(visit, check)


def _check(visit: Visit, check: Check) -> None:
    """A check: made or skipped, and why where that may be told."""
    say = visit.say
    state = "skipped_state" if not check.made else (
        "found_nothing_state" if check.found is False else "made_state")  # fmt: skip
    icon, colour = CHECK_LOOKS[state]
    told = say(state)
    if check.why:
        told = say("because", told=told, why=say(f"why.{check.why}"))
    with ui.element("div").classes("strip tight"):
        ui.icon(icon, size="16px").classes(colour).props('aria-hidden="true"')
        ui.label(say("is", what=say(f"check.{check.check}"), told=told)).classes("small")
