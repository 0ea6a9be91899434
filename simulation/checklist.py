"""Why a check on a file was skipped or found nothing, told from the file's own draws.

For the journal only: reads the luck of a decision that has been taken, decides nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from agents.officer import (
    APPRAISAL,
    CHECKS,
    CIRCLE_MAP,
    OWNER,
    SOURCES,
    STATEMENTS,
    cares,
    check_is_made,
)
from simulation.draws import CHECKS as CHECK_LUCK
from simulation.draws import uniforms
from simulation.investigation import check_due

_BITS = (STATEMENTS, SOURCES, OWNER, APPRAISAL)
_CODES = ("F01", "F02", "F03", "F04", "F05")


class CheckNote(NamedTuple):
    """What became of a check.

    check: name in agents.officer.CHECKS. code: of the failure mode if it fails. made, found:
    was it made, did it find the truth. why: the reason where it was not made or found nothing:
    ``hours``, ``pay for volume``, ``not insisted on``, ``skill`` or ``no map``.
    """

    check: str
    code: str
    made: bool
    found: bool
    why: str


def check_notes(
    firm: Any, file: Mapping[str, Any], post: Mapping[str, Any], w: Any
) -> tuple[CheckNote, ...]:
    """Notes on the checks of the file that was just decided.

    firm: record of the enterprise as the file was read. file: its fields after the decision.
    post: fields of the officer's post. w: the desk.
    """
    p = w.p
    u = uniforms(w.seed, w.replication, firm.entity, firm.ordinal, CHECK_LUCK, 0)
    effort = float(post["file_effort"])
    notes = []
    for k, bit in enumerate(_BITS):
        if not check_due(firm, k):
            continue
        made, found = bool(file["sheets"] & bit), bool(file["checks"] & bit)
        why = "" if found else "skill"
        if not made:
            why = _why_skipped(p.check_compliance, effort, u[k])
        notes.append(CheckNote(CHECKS[k], _CODES[k], made, found, why))
    if firm.circle >= 0:
        mapped = bool(file["sheets"] & CIRCLE_MAP)
        notes.append(CheckNote(CHECKS[4], _CODES[4], mapped, mapped, "" if mapped else "no map"))
    return tuple(notes)


def _why_skipped(compliance: float, effort: float, u: float) -> str:
    """What would have had to be otherwise for the check to be made, with effort as given."""
    if not check_is_made(compliance, 1.0, u):
        return "not insisted on"
    if not check_is_made(compliance, cares(effort, 0.7, 0.0), u):
        return "hours"
    return "pay for volume"
