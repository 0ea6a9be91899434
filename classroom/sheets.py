"""The papers of a case in words: headings, facts and checks, for the page and the debrief."""

from __future__ import annotations

from typing import Literal

from agents.failures import FAILURES
from classroom.case_file import Check, Document, Verdict
from classroom.settings import Settings
from classroom.words import said
from classroom.world import scenario_of
from simulation.scenario import Strategy


def mode_title(language: str, code: str) -> str:
    """Code and title of a failure mode."""
    mode = next(mode for mode in FAILURES if mode.code == code)
    return f"{code} {mode.title_zh if language == 'zh' else mode.title}"


def strategy_title(language: str, strategy: Strategy) -> str:
    """The name of a strategy."""
    return strategy.title_zh if language == "zh" else strategy.title


def strategies_told(language: str, settings: Settings) -> list[str]:
    """A lesson's strategies, each with the month in which it starts."""
    catalogue = scenario_of(settings).strategies
    return [
        said(language, "is", what=strategy_title(language, catalogue[start.strategy]),
             told=said(language, "from_month", month=start.month))
        for start in settings.strategies
    ]  # fmt: skip


def management_told(language: str, settings: Settings) -> str:
    """A lesson's management in a line: qualities, strategies, and how many decisions."""
    told = [f"{said(language, s)} {round(100 * q)}" for s, q in settings.qualities.items()]
    told += strategies_told(language, settings)
    if settings.decisions:
        told.append(said(language, "taken", number=len(settings.decisions)))
    return " · ".join(told)


def document_title(language: str, document: Document) -> str:
    """What a document is, and of which month."""
    when = said(language, "in_month", month=document.month)
    return f"{said(language, f'kind.{document.kind}')} · {when}"


def verdict_title(language: str, verdict: Verdict) -> str:
    """Which decision it is, and how it went."""
    return said(
        language, "decision", when=said(language, "in_month", month=verdict.month),
        kind=said(language, "renewal" if verdict.renewal else "new_file"),
        outcome=said(language, f"outcome.{verdict.outcome}"),
    )  # fmt: skip


def verdict_facts(language: str, verdict: Verdict) -> tuple[tuple[str, str], ...]:
    """What a decision rests on, name and value, as far as it is known."""
    facts = {"asked": f"{verdict.asked_cny:,.0f}", "granted_cny": f"{verdict.lent_cny:,.0f}"}
    if verdict.believed is not None:
        facts["believed"] = f"{verdict.believed:+.2f}"
    facts["cutoff"] = f"{verdict.cutoff:+.2f}"
    if verdict.true is not None and verdict.full_check_cny is not None:
        facts |= {"true_score": f"{verdict.true:+.2f}",
                  "full_check": f"{verdict.full_check_cny:,.0f}"}  # fmt: skip
    return tuple((said(language, name), value) for name, value in facts.items())


CheckState = Literal["made_state", "skipped_state", "found_nothing_state"]


def check_told(language: str, check: Check) -> tuple[CheckState, str]:
    """What became of a check, and the sentence of it: why, where that may be told."""
    state: CheckState = "made_state" if check.made else "skipped_state"
    if check.made and check.found is False:
        state = "found_nothing_state"
    told = said(language, state)
    if check.why:
        told = said(language, "because", told=told, why=said(language, f"why.{check.why}"))
    return state, said(language, "is", what=said(language, f"check.{check.check}"), told=told)


def key_verdicts(verdicts: tuple[Verdict, ...]) -> tuple[Verdict, ...]:
    """The decisions that a case is opened with: the first and the last."""
    return tuple(dict.fromkeys((*verdicts[:1], *verdicts[-1:])))


def parting_told(language: str, place: tuple[int, str] | None) -> str:
    """Where the twin's story parts from a case's, as classroom.case_file.parted returns it."""
    if place is None:
        return said(language, "never_parts")
    return said(language, "parts_at", month=place[0], line=place[1])
