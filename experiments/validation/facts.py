"""The eighteen stylised facts, in their order."""

from __future__ import annotations

from collections.abc import Sequence

from experiments.arms import StudyError
from experiments.validation.fact import Fact
from experiments.validation.process_facts import PROCESS_FACTS
from experiments.validation.risk_facts import RISK_FACTS
from experiments.validation.samples import Sample

FACTS: tuple[Fact, ...] = tuple(sorted((*RISK_FACTS, *PROCESS_FACTS), key=lambda f: f.number))


def chosen_facts(numbers: str | None) -> tuple[Fact, ...]:
    """Facts by their numbers. numbers: as in ``3,9,17``; None for all. Raises: StudyError."""
    if numbers is None:
        return FACTS
    known = {str(fact.number): fact for fact in FACTS}
    wanted = [word.strip() for word in numbers.split(",")]
    for word in wanted:
        if word not in known:
            allowed = f"numbers from 1 to {len(FACTS)} with commas between them, as in 3,9,17"
            raise StudyError(f"--facts {numbers}: there is no fact {word!r}; allowed: {allowed}")
    return tuple(fact for fact in FACTS if str(fact.number) in wanted)


def samples_of(facts: Sequence[Fact]) -> list[Sample]:
    """Every sample that the facts are measured in, once."""
    return list({part.sample.name: part.sample for f in facts for part in f.parts}.values())
