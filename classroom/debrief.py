"""What a lesson came to: numbers, as JSON for a file and as a page for the debrief."""

from __future__ import annotations

import hashlib
import json
import math
from importlib import resources
from typing import Any

from agents.parameters import STAGES
from agents.records import packed_bytes
from classroom.case_file import Case, parted
from classroom.codes import code_of
from classroom.flow import flow
from classroom.lamps import lamps
from classroom.ratios import SERIES, ratios, value_told
from classroom.sheets import (
    check_told,
    document_title,
    key_verdicts,
    management_told,
    mode_title,
    parting_told,
    strategies_told,
    verdict_facts,
    verdict_title,
)
from classroom.timeline import Timeline
from classroom.twin import MEASURES, differences, summary
from classroom.words import said
from classroom.world import BUDGET_POINTS, points, yearly_cny

TEMPLATE = "debrief.html.jinja"


def numbers(timeline: Timeline) -> dict[str, float]:
    """What the bank has come to by the lesson's month, by the names of classroom.twin.MEASURES."""
    return {measure.name: measure.read(timeline.model) for measure in MEASURES}


def fingerprint(timeline: Timeline) -> str:
    """A hash of the whole loan book: the same lesson gives the same one on the same platform."""
    return hashlib.sha256(packed_bytes(timeline.model.loans)).hexdigest()[:16]


def as_data(timeline: Timeline, twin: Timeline | None = None) -> dict[str, Any]:
    """A lesson as plain data: enough to live it again, and what was seen.

    twin: in the same month, if one was looked at.
    """
    lines = ratios(timeline.model)
    return {
        "code": code_of(timeline.settings), "month": timeline.month,
        "settings": timeline.settings.model_dump(mode="json"),
        "numbers": numbers(timeline), "fingerprint": fingerprint(timeline),
        "twin": None if twin is None else {
            "code": code_of(twin.settings), "settings": twin.settings.model_dump(mode="json"),
            "numbers": numbers(twin), "fingerprint": fingerprint(twin),
        },
        "flow": [
            {"from": b.source, "to": b.target, "number": b.number, "amount_cny": _known(b.amount)}
            for b in flow(timeline.model)
        ],
        "lamps": [
            {"name": lamp.name, "share": _known(lamp.value), "state": lamp.state}
            for lamp in lamps(timeline.model)
        ],
        "months": [
            {"month": month, **{name: _known(value) for name, value in row.items()}}
            for month, row in zip(lines.index.tolist(), lines.to_dict("records"), strict=True)
        ],
    }  # fmt: skip


def as_json(timeline: Timeline, twin: Timeline | None = None) -> str:
    """The same as text."""
    data = as_data(timeline, twin)
    return json.dumps(data, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _known(value: float) -> float | None:
    """A number; None where there is none, which JSON has no other word for."""
    return None if math.isnan(value) else float(value)


def as_page(
    timeline: Timeline, language: str, twin: Timeline | None = None, case: Case | None = None
) -> str:
    """A self-contained page in a language: the same lesson gives the same bytes.

    twin: in the same month, if one was looked at. case: the one on the desk, sealed or with its
    truth, as it lies there.
    """
    from jinja2 import Environment, StrictUndefined

    source = resources.files("classroom").joinpath(TEMPLATE).read_text(encoding="utf-8")
    template = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    ).from_string(source)

    def say(key: str, /, **facts: object) -> str:
        return said(language, key, **facts)

    return template.render(
        say=say, language=language,
        case=None if case is None else _case_contents(case, timeline, language, twin),
        **_contents(timeline, language, twin),
    )  # fmt: skip


def _contents(timeline: Timeline, language: str, twin: Timeline | None) -> dict[str, Any]:
    """What the template shows of the lesson."""
    settings = timeline.settings
    compared = [] if twin is None else differences(timeline.model, twin.model)
    lines = ratios(timeline.model)
    yearly = lines.iloc[[i for i, m in enumerate(lines.index) if (m + 1) % 12 == 0]]
    return {
        "settings": settings, "month": timeline.month, "code": code_of(settings),
        "stages": [(stage, round(100 * settings.qualities[stage])) for stage in STAGES],
        "spent": points(settings), "points": BUDGET_POINTS,
        "cost": f"{yearly_cny(settings, timeline.model.scenario) / 1e6:.1f}",
        "strategies": strategies_told(language, settings),
        "flow": [(b.source, b.target, f"{b.number:,.0f}",
                  "" if math.isnan(b.amount) else f"{b.amount / 1e6:,.0f}")
                 for b in flow(timeline.model)],
        "lamps": lamps(timeline.model),
        "series": list(SERIES),
        "years": [(month, [value_told(str(name), value) for name, value in row.items()])
                  for month, row in zip(yearly.index.tolist(), yearly.to_dict("records"),
                                        strict=True)],
        "management": None if twin is None else [
            (key, management_told(language, one.settings))
            for key, one in (("this_bank", timeline), ("other_bank", twin))
        ],
        "twin_code": None if twin is None else code_of(twin.settings),
        "differences": [difference.sentence(language) for difference in compared],
        "summary": summary(timeline.model, language),
        "fingerprint": fingerprint(timeline),
    }  # fmt: skip


def _case_contents(
    case: Case, timeline: Timeline, language: str, twin: Timeline | None
) -> dict[str, Any]:
    """What the template shows of a case."""
    parting = ""
    if twin is not None and case.revealed:
        parting = parting_told(language, parted(
            timeline.settings, twin.settings, case.enterprise, timeline.month, language
        ))  # fmt: skip
    return {
        "parting": parting,
        "enterprise": case.enterprise, "role": case.role, "revealed": case.revealed,
        "modes": [mode_title(language, code) for code in case.modes],
        "verdicts": [
            {"title": verdict_title(language, verdict), "facts": verdict_facts(language, verdict),
             "checks": [check_told(language, check)[1] for check in verdict.checks]}
            for verdict in key_verdicts(case.verdicts)
        ],
        "documents": [
            {"title": document_title(language, document),
             "lines": [(line.text, [mode_title(language, code) for code in line.modes],
                        line.hidden) for line in document.lines]}
            for document in case.documents
        ],
    }  # fmt: skip
