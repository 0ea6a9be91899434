"""Run what was declared and set it beside its target."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd

from experiments.validation.closed_forms import Check, ClosedForm
from experiments.validation.estimators import Estimate, estimate
from experiments.validation.fact import Fact, Part, Verdict, judge, of_parts
from experiments.validation.facts import FACTS, samples_of
from experiments.validation.samples import Drawn, Progress, Sample, run_samples

WANTED, WANTED_FREE = 15, 8
"""Facts, and free facts, that were to hold: set when the facts were chosen, before any was read."""


class Measured(NamedTuple):
    """A part with what was found. worlds: how many."""

    part: Part
    found: Estimate
    verdict: Verdict
    worlds: int


class FactResult(NamedTuple):
    """A fact with its parts."""

    fact: Fact
    parts: tuple[Measured, ...]

    @property
    def verdict(self) -> Verdict:
        """Of the whole fact."""
        return of_parts([measured.verdict for measured in self.parts])


class FormResult(NamedTuple):
    """A closed form with its checks. judged: enough worlds for a verdict."""

    form: ClosedForm
    checks: tuple[Check, ...]
    judged: bool

    @property
    def verdict(self) -> Verdict:
        """Of the whole closed form."""
        if not self.judged:
            return "too small to judge"
        return "holds" if all(check.holds for check in self.checks) else "misses"


class Validation(NamedTuple):
    """All that was found. seconds: of all processes, by sample."""

    facts: tuple[FactResult, ...]
    forms: tuple[FormResult, ...]
    samples: tuple[Sample, ...]
    worlds: dict[str, int]
    seconds: dict[str, float]
    quick: bool


def validate(
    facts: Sequence[Fact],
    forms: Sequence[ClosedForm],
    seed: int,
    jobs: int,
    quick: bool,
    progress: Progress,
) -> Validation:
    """Run the samples, each once, and judge. quick: a few tiny worlds and no verdict on facts."""
    samples = (*samples_of(facts), *(form.sample for form in forms))
    drawn = run_samples(samples, seed, jobs, quick, progress)
    return Validation(
        tuple(_fact(fact, drawn, seed, quick) for fact in facts),
        tuple(_form(form, drawn, quick) for form in forms),
        samples,
        {name: d.count for name, d in drawn.items()},
        {name: d.seconds for name, d in drawn.items()},
        quick,
    )


def _fact(fact: Fact, drawn: dict[str, Drawn], seed: int, quick: bool) -> FactResult:
    parts = []
    for part in fact.parts:
        sample = drawn[part.sample.name]
        found = estimate(
            part.estimator, [sample.worlds[arm] for arm in part.arms], seed, interval=not quick
        )
        verdict: Verdict = "not judged"
        if part.judged:
            verdict = "too small to judge" if quick else judge(found, part.target)
        parts.append(Measured(part, found, verdict, sample.count))
    return FactResult(fact, tuple(parts))


def _form(form: ClosedForm, drawn: dict[str, Drawn], quick: bool) -> FormResult:
    checks = form.check(drawn[form.sample.name].worlds)
    return FormResult(form, tuple(checks), form.exact or not quick)


def _told(verdict: Verdict) -> str | None:
    """A verdict in a table; None where nothing was judged for want of worlds."""
    return None if verdict == "too small to judge" else verdict


def fact_table(found: Validation) -> pd.DataFrame:
    """A row for each part; neither interval nor verdict where there are too few worlds."""
    return pd.DataFrame([
        {
            "fact": result.fact.number, "name": result.fact.name,
            "calibrated": bool(result.fact.calibrated), "what": measured.part.what,
            "value": measured.found.value, "low": measured.found.low,
            "high": measured.found.high, "target_low": measured.part.target[0],
            "target_high": measured.part.target[1], "unit": measured.part.unit,
            "verdict": _told(measured.verdict), "fact_verdict": _told(result.verdict),
            "sample": measured.part.sample.name, "arms": "+".join(measured.part.arms),
            "worlds": measured.worlds, "source": result.fact.source, "mark": result.fact.mark,
        }
        for result in found.facts for measured in result.parts
    ])  # fmt: skip


def form_table(found: Validation) -> pd.DataFrame:
    """A row for each check of a closed form; no bounds where there are too few worlds to judge."""
    return pd.DataFrame([
        {
            "closed_form": result.form.name, "formula": result.form.formula, "what": check.what,
            "value": check.value,
            **{name: getattr(check, name) if result.judged else None
               for name in ("low", "high", "holds")},
            "verdict": _told(result.verdict), "sample": result.form.sample.name,
            "worlds": found.worlds[result.form.sample.name],
        }
        for result in found.forms for check in result.checks
    ])  # fmt: skip


def closing_line(found: Validation) -> str:
    """How many facts hold, and how many of the free ones."""
    if found.quick:
        return "Too small to judge: run without --quick."
    free = [result for result in found.facts if not result.fact.calibrated]
    hold = sum(result.verdict == "holds" for result in found.facts)
    free_hold = sum(result.verdict == "holds" for result in free)
    words = f"{hold} of {len(found.facts)} facts hold, {free_hold} of the {len(free)} free ones"
    if found.forms:
        exact = sum(result.verdict == "holds" for result in found.forms)
        words += f"; {exact} of {len(found.forms)} closed forms hold"
    if len(found.facts) < len(FACTS):
        return f"{words}."
    wanted = f"Wanted were {WANTED} facts and {WANTED_FREE} free ones"
    return f"{words}. {wanted}; {_reached(hold, free_hold)}."


def _reached(hold: int, free_hold: int) -> str:
    """Is what was wanted reached, and if not, what is not? In words."""
    missed = [f"{WANTED} facts"] if hold < WANTED else []
    missed += [f"{WANTED_FREE} free ones"] if free_hold < WANTED_FREE else []
    return f"not reached: {' and '.join(missed)}" if missed else "reached"
