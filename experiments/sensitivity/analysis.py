"""What a sensitivity study says: indices for each question, with what stands against them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.arms import BASELINE, StudyError
from experiments.sensitivity import convergence
from experiments.sensitivity.factors import Array
from experiments.sensitivity.failing import failure_map
from experiments.sensitivity.luck import Luck, luck_alone, luck_of, net_of_luck
from experiments.sensitivity.luck import words as luck_words
from experiments.sensitivity.methods import METHODS
from experiments.sensitivity.methods.base import COLUMNS, Method, NoAnswerError, Problem
from experiments.sensitivity.study import SensitivityStudy
from scenarios.problems import nearest, shown
from simulation.measures import UNITS

DUMMIES = 19
"""Random columns whose largest index is the noise floor: 1 in 20 idle factors gets above it."""

HOLDS = "The indices hold where the model runs."

INSTEAD = "given"
"""The method for points of which some have no answer."""


class Question(NamedTuple):
    """What drives what: a measure in the baseline, or the benefit of a strategy in it."""

    measure: str
    strategy: str | None = None

    @property
    def title(self) -> str:
        """The question's name."""
        if self.strategy is None:
            return self.measure
        return f"{self.measure}: {self.strategy} minus baseline"


class Finding(NamedTuple):
    """The answer to a question.

    method: that made it. indices: factor, index, value, low, high. grown: see
    convergence.growing. floor: what idle factors reach; NaN where idle factors get 0. verdict:
    on convergence. remarks: sentences a reader must know. failed: of each point. map: see
    failing.failure_map.
    """

    question: Question
    method: Method
    indices: pd.DataFrame
    luck: Luck
    grown: pd.DataFrame
    floor: float
    verdict: str
    remarks: list[str]
    failed: NDArray[np.bool_]
    map: pd.DataFrame

    @property
    def ranking(self) -> pd.DataFrame:
        """Rows of the main index, the largest first."""
        own = self.indices[self.indices["index"] == self.method.main]
        return own.sort_values("value", ascending=False, ignore_index=True)


def questions(measures: Iterable[str], arms: Sequence[str]) -> list[Question]:
    """The level of each measure in the baseline, then each strategy's benefit.

    Raises: StudyError for an unknown measure.
    """
    found = list(dict.fromkeys(name.strip() for name in measures))
    for name in found:
        if name not in UNITS:
            raise StudyError(f"--measures: {shown(name)}: unknown measure{nearest(name, UNITS)}")
    strategies = [arm for arm in arms if arm != BASELINE]
    return [Question(m) for m in found] + [Question(m, s) for s in strategies for m in found]


def finding(study: SensitivityStudy, question: Question) -> Finding:
    """The answer to one question. Raises: StudyError where there is too little to go on."""
    answers = study.answers(*question)
    failed = np.asarray(np.isnan(answers).any(axis=1))
    remarks = [_failed_words(failed, study.method)] if failed.any() else []
    method, problem, good = _usable(study, failed)
    if good.sum() < method.least * method.block(problem):
        raise NoAnswerError(
            f"{question.title}: only {good.sum()} points of use have an answer; "
            f"{method.name} needs {method.least * method.block(problem)}"
        )
    found = estimated(method, problem, study.points[good], answers[good], study.seed)
    return found._replace(
        question=question, remarks=[*remarks, *found.remarks], failed=failed,
        map=failure_map(
            study.values, failed, study.method.independent(study.problem, len(failed))
        ),
    )  # fmt: skip


def _usable(
    study: SensitivityStudy, failed: NDArray[np.bool_]
) -> tuple[Method, Problem, NDArray[np.bool_]]:
    """The method for what has an answer, and which points it may use."""
    method, problem = study.method, study.problem
    if not (failed.any() and method.by_design):
        return method, problem, ~failed
    if method.by_blocks:
        block = method.block(problem)
        return method, problem, np.repeat(~failed.reshape(-1, block).any(axis=1), block)
    apart = np.zeros_like(failed)
    apart[method.independent(problem, len(failed))] = True
    return METHODS[INSTEAD], Problem(problem.names), ~failed & apart


def estimated(
    method: Method, problem: Problem, points: Array, answers: Array, seed: int
) -> Finding:
    """Indices of points that all have an answer. answers: shape (points, replications)."""
    y = answers.mean(axis=1)
    luck = luck_of(answers)
    indices = method.indices(problem, points, y, seed)
    added = _of_luck(method, problem, points, answers, indices, seed)
    if len(added):
        indices = pd.concat([indices, added], ignore_index=True)
    grown = convergence.growing(method, problem, points, y, seed)
    floor = float("nan")
    remarks = [luck_words(luck), *_above_luck(indices, method.main)]
    remarks += convergence.unresolved(indices, method.main)
    if not method.by_design:
        floor = noise_floor(method, y, seed)
        own = indices[indices["index"] == method.main]
        above = int((own["value"] > floor).sum())
        remarks.append(
            f"{above} of {len(own)} factors lie above the noise floor of {floor:.3f}, which 1 in "
            f"{DUMMIES + 1} idle factors passes."
        )
    return Finding(
        Question(""), method, indices, luck, grown, floor,
        convergence.verdict(grown, indices, method.main), remarks,
        np.zeros(len(y), dtype=np.bool_), pd.DataFrame(),
    )  # fmt: skip


def _of_luck(
    method: Method,
    problem: Problem,
    points: Array,
    answers: Array,
    indices: pd.DataFrame,
    seed: int,
) -> pd.DataFrame:
    """Rows ``mu* of luck`` (Morris), or those net of luck (Sobol); none for other methods.

    Both come from answers that hold nothing but luck.
    """
    alone = luck_alone(answers)
    if not method.by_design or alone is None or np.ptp(alone) < 1e-9 * np.ptp(answers):
        return pd.DataFrame(columns=list(COLUMNS))
    found = method.indices(problem, points, alone, seed)
    if method.main == "mu*":
        own = found[found["index"] == "mu*"]
        return own.assign(index="mu* of luck", low=np.nan, high=np.nan)
    return net_of_luck(indices, found, float(alone.var() / answers.mean(axis=1).var()))


def _above_luck(indices: pd.DataFrame, main: str) -> list[str]:
    """How many factors' indices cannot be luck alone, in words."""
    wide = indices.pivot(index="factor", columns="index", values="low")
    wide["luck"] = indices[indices["index"] == f"{main} of luck"].set_index("factor")["value"]
    if wide["luck"].isna().all():
        return []
    above = wide.index[wide[main] > wide["luck"]]
    words = (
        f"Luck alone, by the difference of replications, makes a {main} of "
        f"{wide['luck'].median():.3g} (median over factors). The interval of {len(above)} of "
        f"{len(wide)} factors lies above what luck makes of them."
    )
    return [words]


def noise_floor(method: Method, y: Array, seed: int) -> float:
    """The largest main index of DUMMIES columns that have nothing to do with the answer."""
    idle = np.random.default_rng([seed, DUMMIES]).random((len(y), DUMMIES))
    names = tuple(f"idle {number}" for number in range(DUMMIES))
    found = method.indices(Problem(names), idle, y, seed, resamples=0)
    return float(found.loc[found["index"] == method.main, "value"].max())


def _failed_words(failed: NDArray[np.bool_], method: Method) -> str:
    """What became of points without an answer."""
    text = f"{failed.sum()} of {len(failed)} points have no answer, after a second try"
    if method.by_blocks:
        return f"{text}; their {method.samples_are} are left out. {HOLDS}"
    if method.by_design:
        return (
            f"{text}: {method.name} needs every point of its design, so those of the others that "
            f"were drawn apart are analysed with {INSTEAD}, which takes any points. {HOLDS}"
        )
    return f"{text}; they are left out. {HOLDS}"
