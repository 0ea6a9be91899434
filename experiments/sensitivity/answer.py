"""All that a sensitivity study says, from points that were run for it or from a finished study."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from experiments.arms import is_combination
from experiments.comparison import RANKED
from experiments.sensitivity import breakdown, cost, finished
from experiments.sensitivity.analysis import Finding, Question, finding, questions
from experiments.sensitivity.factors import Array
from experiments.sensitivity.figures import Picture
from experiments.sensitivity.methods.base import NoAnswerError
from experiments.sensitivity.study import SensitivityStudy
from experiments.study import Study
from simulation.measures import UNITS
from simulation.scenario import Scenario

SCALES = {"CNY": (1e-6, "million CNY"), "share": (100.0, "%")}
"""How pictures tell an answer: factor and unit, by the measure's unit."""


class Answer(NamedTuple):
    """Findings by question, and when the conclusion breaks down, by measure.

    about: what was run, in sentences. values: of the factors, a row a point; pictures: one for
    each finding. leaders: the arm that is first, by measure.
    """

    scenario: Scenario
    about: list[str]
    values: pd.DataFrame
    findings: list[Finding]
    pictures: list[Picture]
    breakdowns: dict[str, pd.DataFrame]
    leaders: dict[str, str]


def answer_of(study: SensitivityStudy, measures: Sequence[str]) -> Answer:
    """What a sensitivity study that was run says. Raises: StudyError."""
    asked = questions(measures, study.arms)
    findings, silent = _answered(asked, lambda question: finding(study, question))
    pictures = [
        _picture(found, study.values, study.answers(*found.question).mean(axis=1))
        for found in findings
    ]
    apart = study.method.independent(study.problem, len(study.points))
    worlds = {m: _by_point(study, m).iloc[apart] for m in measures if m in RANKED}
    return Answer(
        study.scenario, [*cost.words(study), *silent, *_break_words(study, len(apart))],
        study.values, findings, pictures,
        *_breakdowns(worlds, study.values.iloc[apart]),
    )  # fmt: skip


def answer_of_finished(
    study: Study, measures: Sequence[str], strategies: Sequence[str], method: str,
    names: Sequence[str] | None = None,
) -> Answer:  # fmt: skip
    """What the drawn worlds of a finished study say, without a run more.

    names: factors; None for all that were drawn. Raises: StudyError.
    """
    values = finished.drawn_factors(study)
    chosen = None if names is None else list(names)
    asked = questions(measures, strategies)
    findings, silent = _answered(
        asked, lambda question: finished.given_finding(study, question, chosen, method)
    )
    shown = values if chosen is None else values[chosen]
    pictures = [_picture(f, shown, finished.answers_of(study, f.question)) for f in findings]
    worlds = {m: finished.worlds_of(study, m) for m in measures if m in RANKED}
    about = [
        f"Given-data analysis of a finished study: {study.replications} drawn worlds, no run more.",
        *silent,
    ]
    return Answer(study.scenario, about, shown, findings, pictures, *_breakdowns(worlds, shown))


def _answered(
    asked: Sequence[Question], ask: Callable[[Question], Finding]
) -> tuple[list[Finding], list[str]]:
    """Findings, and why other questions have none. Raises: StudyError where none has one."""
    findings, silent = [], []
    for question in asked:
        try:
            findings.append(ask(question))
        except NoAnswerError as error:
            silent.append(f"What drives {question.title} cannot be told: {error}.")
    if not findings:
        raise NoAnswerError("\n".join(silent))
    return findings, silent


def _by_point(study: SensitivityStudy, measure: str) -> pd.DataFrame:
    """A measure at each point, mean over replications: a row a point, a column an arm."""
    levels = {"baseline": study.answers(measure).mean(axis=1)}
    for arm in study.arms[1:]:
        levels[arm] = levels["baseline"] + study.answers(measure, arm).mean(axis=1)
    return pd.DataFrame(levels)


def _break_words(study: SensitivityStudy, apart: int) -> list[str]:
    """On what a break-down rests, where there may be one."""
    if len(study.arms) < 2:
        return []
    fewest = breakdown.FEWEST * breakdown.BINS
    if apart < fewest:
        words = (
            f"When the conclusion breaks down cannot be told: {apart} points of this design were "
            f"drawn apart, it takes {fewest}; ask --method given, or a finished study."
        )
        return [words]
    words = (
        f"When the conclusion breaks down rests on the {apart} points that were drawn apart, and "
        f"on the luck of {study.replications} replications that all points share."
    )
    return [words]


def _breakdowns(
    worlds: dict[str, pd.DataFrame], values: pd.DataFrame
) -> tuple[dict[str, pd.DataFrame], dict[str, str]]:
    """Break-down and leader of each measure; combinations of strategies are left out."""
    found, leaders = {}, {}
    for measure, table in worlds.items():
        arms = table[[arm for arm in table if not is_combination(str(arm))]]
        good = arms.notna().all(axis=1)
        if arms.shape[1] < 2 or good.sum() < breakdown.FEWEST * breakdown.BINS:
            continue
        leaders[measure] = breakdown.leader(arms[good], measure)
        found[measure] = breakdown.breakdown(values[good], arms[good], measure)
    return found, leaders


def _picture(found: Finding, values: pd.DataFrame, y: Array) -> Picture:
    """What the pictures of a finding are drawn from."""
    good = ~np.isnan(y)
    single = set(found.indices["factor"]) >= set(values)
    shown = values[good] if single else pd.DataFrame(index=values.index[good])
    unit = UNITS[found.question.measure]
    scale, unit = SCALES.get(unit, (1.0, unit))
    return Picture(
        found.question.title, found.method.main, unit, found.indices, found.grown, shown,
        scale * y[good],
    )  # fmt: skip
