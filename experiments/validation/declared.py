"""What was declared of each fact, in words: source, what was set, what changed, what to know."""

from __future__ import annotations

from collections.abc import Sequence

from agents.parameters import all_parameters
from experiments.markdown import table
from experiments.validation.fact import Fact
from simulation.assumptions import range_of_doubt

HEADINGS = ("Fact", "Published", "Mark", "Set with it in view", "Why these targets")

MARKS = "V read, R recalled, A assumed, C computed from data or calibrated."

DRAWN = (
    "Behind a parameter stands its mark in parameters.md. One that is *drawn* leaves its value "
    "with `--assumptions drawn`: such worlds were not set to the fact. One that is not drawn stays "
    "there, also where a range of doubt is shown for it."
)


def set_in_view(fact: Fact) -> list[tuple[str, str]]:
    """Names of what was set with a fact in view, and in brackets what each rests on.

    A rule with constants in it is no parameter and has no mark.
    """
    declared = all_parameters()
    told = []
    for name in fact.calibrated:
        words = []
        if name in declared:
            drawn = range_of_doubt(declared[name]) is not None
            words = [declared[name].mark, *(["drawn"] if drawn else [])]
        told.append((name, f" ({', '.join(words)})" if words else ""))
    return told


def declarations(facts: Sequence[Fact]) -> list[str]:
    """Paragraphs of a page in Markdown."""
    rows = [
        [
            str(fact.number), f"{fact.published} ({fact.source})", fact.mark,
            ", ".join(f"`{name}`{words}" for name, words in set_in_view(fact)) or "-",
            "; ".join(f"{part.what}: {part.because}" for part in fact.parts),
        ]
        for fact in facts
    ]  # fmt: skip
    return [
        "## What was declared", f"Marks: {MARKS} {DRAWN}", table(HEADINGS, rows),
        *_section("Beside the verdict", "What to keep in mind", facts, "note"),
        *_section("Changed after a first reading", "Change", facts, "amended"),
    ]  # fmt: skip


def _section(title: str, heading: str, facts: Sequence[Fact], field: str) -> list[str]:
    """A section on a text of the facts, where one has it."""
    rows = [[str(fact.number), getattr(fact, field)] for fact in facts if getattr(fact, field)]
    return [f"## {title}", table(("Fact", heading), rows)] if rows else []
