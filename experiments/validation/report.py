"""The validation for people: on a screen, as a page in Markdown, and as one in HTML."""

from __future__ import annotations

import math
from collections.abc import Sequence
from importlib import resources, util
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.table import Table

from experiments.arms import StudyError
from experiments.markdown import table
from experiments.targets import Target
from experiments.validation.closed_forms import Check
from experiments.validation.declared import DRAWN, MARKS, declarations, set_in_view
from experiments.validation.fact import Unit
from experiments.validation.running import (
    FactResult,
    FormResult,
    Measured,
    Validation,
    closing_line,
)

HEADINGS = ("Fact", "Measured", "Value", "Target", "Verdict")
FORM_HEADINGS = ("Closed form", "Checked", "Value", "Allowed", "Verdict")
GROUPS = {"Calibrated facts": True, "Free facts": False}
TEMPLATE = "report.html.jinja"

INTRODUCTION = (
    (
        "Estimator, worlds and target of a fact were declared before a number was read; where one "
        "was changed afterwards it says so. A fact is calibrated where a parameter that decides "
        "it was set with it in view, else free. Free is not independent: mechanisms were added "
        "with missed facts in view, and some are here because the source of the fact reports "
        "them (care that falls with caseload, pressure at the quarter's end, calls in circles)."
    ),
    (
        "Intervals are 95 %, bootstrap over worlds, of luck with assumptions as declared. A part "
        "holds where the whole interval lies in the target, misses where all of it lies outside, "
        "and is open where it straddles an edge; a fact holds where all its judged parts do. A "
        "target is the published range; where one size is published, half to twice that size, "
        "if nothing else is said; where only a direction is, the sign."
    ),
    (
        "Targets come from other banks and countries: that a fact holds says that this mechanism "
        "can make it, not that a real bank looks like this one."
    ),
)
"""What a reader must know, in paragraphs."""

_SCALES: dict[Unit, tuple[float, str]] = {
    "%": (100.0, ".1f"), "change": (100.0, "+.1f"), "number": (1.0, ".2f"),
    "area": (1.0, ".3f"),
    "months": (1.0, ".0f"), "points a year": (100.0, "+.1f"),
}  # fmt: skip
_SUFFIX: dict[Unit, str] = {
    "%": " %", "change": " %", "number": "", "area": "", "months": " months",
    "points a year": " points a year",
}  # fmt: skip


def number_text(value: float, unit: Unit) -> str:
    """A number in its unit; "-" where there is none."""
    scale, form = _SCALES[unit]
    if not math.isfinite(value):
        return "-"
    if value == 0.0:
        return "0"
    digits = int(form[-2])
    return format(round(scale * value, digits) + 0.0, form)


def value_text(measured: Measured) -> str:
    """A value with its interval and unit."""
    value, low, high = (number_text(v, measured.part.unit) for v in measured.found)
    interval = "" if low == "-" else f" [{low}, {high}]"
    return f"{value}{interval}{_SUFFIX[measured.part.unit]}"


def target_text(target: Target, unit: Unit) -> str:
    """A target in words."""
    low, high = (number_text(end, unit) for end in target)
    if low == "-":
        return f"below {high}{_SUFFIX[unit]}"
    return f"{low} to {high}{_SUFFIX[unit]}" if high != "-" else f"above {low}{_SUFFIX[unit]}"


def check_texts(check: Check, judged: bool = True) -> tuple[str, str]:
    """Value of a closed form's check, and what is allowed; "-" where there are too few worlds."""
    value, low, high = (
        f"{end:,.0f}" if float(end).is_integer() else f"{end:.4g}"
        for end in (check.value, check.low, check.high)
    )
    if not judged:
        return value, "-"
    if check.low == check.high:
        return value, low
    return value, f"at least {low}" if math.isinf(check.high) else f"{low} to {high}"


def lines(results: Sequence[FactResult]) -> list[list[str]]:
    """A line for each part, its cells as HEADINGS; a fact's name stands once."""
    rows = []
    for result in results:
        for place, measured in enumerate(result.parts):
            name = f"{result.fact.number} {result.fact.name}: {result.verdict}"
            rows.append([
                "" if place else name, measured.part.what, value_text(measured),
                target_text(measured.part.target, measured.part.unit) if measured.part.judged
                else "-", measured.verdict,
            ])  # fmt: skip
    return rows


def form_lines(results: Sequence[FormResult]) -> list[list[str]]:
    """A line for each check, its cells as FORM_HEADINGS."""
    rows = []
    for result in results:
        for place, check in enumerate(result.checks):
            verdict = ("holds" if check.holds else "misses") if result.judged else result.verdict
            name = f"{result.form.name}: {result.verdict}"
            texts = check_texts(check, result.judged)
            rows.append(["" if place else name, check.what, *texts, verdict])
    return rows


def of_group(found: Validation, calibrated: bool) -> list[FactResult]:
    """The calibrated or the free facts."""
    return [result for result in found.facts if bool(result.fact.calibrated) == calibrated]


def screens(found: Validation) -> list[tuple[str, Table]]:
    """Headings and tables for the screen."""
    shown = []
    for heading, calibrated in GROUPS.items():
        rows = lines(of_group(found, calibrated))
        if rows:
            shown.append((heading, _screen(HEADINGS, rows)))
    if found.forms:
        shown.append(("Closed forms", _screen(FORM_HEADINGS, form_lines(found.forms))))
    return shown


def _screen(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    screen = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), show_edge=False)
    for place, heading in enumerate(headings):
        screen.add_column(heading, overflow="fold", ratio=(20, 36, 26, 18, 12)[place])
    for row in rows:
        screen.add_row(*row)
    return screen


def page(found: Validation, made: str) -> list[str]:
    """Paragraphs of a page in Markdown. made: the command as a block of code."""
    paragraphs = ["# Validation", f"**{closing_line(found)}**", "Made with:", made, *INTRODUCTION]
    for heading, calibrated in GROUPS.items():
        results = of_group(found, calibrated)
        if results:
            paragraphs += [f"## {heading}", table(HEADINGS, lines(results))]
    if found.forms:
        paragraphs += ["## Closed forms", table(FORM_HEADINGS, form_lines(found.forms))]
    return [
        *paragraphs, *declarations([result.fact for result in found.facts]), "## Worlds",
        table(("Sample", "What", "Worlds"), [
            [sample.name, sample.told(found.quick), str(found.worlds[sample.name])]
            for sample in found.samples
        ]),
    ]  # fmt: skip


# --- the page in HTML ------------------------------------------------------------------------


def check_report() -> None:
    """Can a report be made? Asked before the work begins. Raises: StudyError."""
    if util.find_spec("jinja2") is None:
        raise StudyError(
            "--report needs the extra report; install it with: "
            "python -m pip install 'loanlab[report]'"
        )


def html(found: Validation, command: str) -> str:
    """The report: one page that needs no other file. command: that makes it."""
    from jinja2 import Environment, StrictUndefined

    text = resources.files("experiments.validation").joinpath(TEMPLATE).read_text("utf-8")
    template = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    ).from_string(text)
    return template.render(
        closing=closing_line(found), command=command, introduction=INTRODUCTION,
        marks=f"{MARKS} {DRAWN.replace('*', '').replace('`', '')}",
        groups=[(heading, _cards(of_group(found, calibrated)))
                for heading, calibrated in GROUPS.items()],
        forms=[{"form": result.form, "verdict": result.verdict,
                "what": result.form.sample.told(found.quick),
                "checks": [(check.what, *check_texts(check, result.judged), check.holds)
                           for check in result.checks],
                "judged": result.judged, "worlds": found.worlds[result.form.sample.name]}
               for result in found.forms],
        samples=[(sample.name, sample.told(found.quick), found.worlds[sample.name],
                  found.seconds[sample.name]) for sample in found.samples],
    )  # fmt: skip


def _cards(results: Sequence[FactResult]) -> list[dict[str, Any]]:
    """What the template shows of each fact."""
    from experiments.validation.figures import NO_TARGET, strip

    return [
        {
            "fact": result.fact, "verdict": result.verdict,
            "set_in_view": set_in_view(result.fact),
            "parts": [
                {
                    "what": m.part.what, "value": value_text(m), "verdict": m.verdict,
                    "target": target_text(m.part.target, m.part.unit) if m.part.judged else "",
                    "because": m.part.because, "sample": m.part.sample.name, "worlds": m.worlds,
                    "picture": strip(
                        m.found, m.part.target if m.part.judged else NO_TARGET,
                        _SCALES[m.part.unit][0],
                    ),
                }
                for m in result.parts
            ],
        }
        for result in results
    ]  # fmt: skip
