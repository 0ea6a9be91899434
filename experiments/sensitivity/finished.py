"""Given-data analysis: the drawn worlds of a finished study, without a run more.

Every drawn world of a study has its own draw of the assumptions and its own luck. Their values
are computed again from the seed (simulation.assumptions), so nothing more need be stored.
Points and luck are one here: the share of luck cannot be told apart.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from experiments.arms import StudyError
from experiments.sensitivity.analysis import Finding, Question, estimated
from experiments.sensitivity.factors import Array
from experiments.sensitivity.failing import failure_map
from experiments.sensitivity.methods import METHODS
from experiments.sensitivity.methods.base import NoAnswerError, Problem
from experiments.store.identity import model_version
from experiments.study import Study
from simulation.assumptions import drawn_values

DRAWN = "drawn"


def drawn_factors(study: Study) -> pd.DataFrame:
    """Values of the drawn assumptions: a row a drawn world, a column a parameter.

    Raises: StudyError where the study has no drawn worlds.
    """
    if study.assumptions != DRAWN:
        raise StudyError("the study has no worlds with drawn assumptions; allowed: assumptions "
                         "= drawn")  # fmt: skip
    rows = [drawn_values(study.scenario, study.seed, r) for r in range(study.replications)]
    return pd.DataFrame(rows)


def ranks(values: pd.DataFrame) -> Array:
    """Each column as shares in (0, 1), in its order; equal values in the order of the rows."""
    return np.column_stack([
        (stats.rankdata(column, method="ordinal") - 0.5) / len(column)
        for _, column in values.items()
    ])  # fmt: skip


def worlds_of(study: Study, measure: str) -> pd.DataFrame:
    """A measure in the drawn worlds: a row a replication, a column an arm."""
    runs = study.runs
    drawn = runs[runs["assumptions"] == DRAWN]
    wide = drawn.pivot(index="replication", columns="strategy", values=measure)
    arms = [arm for arm in study.strategies if arm in wide]
    return wide.reindex(range(study.replications))[arms]


def answers_of(study: Study, question: Question) -> Array:
    """The answer in each drawn world; NaN where it is missing."""
    worlds = worlds_of(study, question.measure)
    level = worlds["baseline"]
    answers = level if question.strategy is None else worlds[question.strategy] - level
    return answers.to_numpy(dtype=np.float64)


def given_finding(
    study: Study, question: Question, names: list[str] | None = None, method: str = "given"
) -> Finding:
    """The answer to a question from a study's drawn worlds.

    names: factors; None for all that are drawn. Raises: StudyError for too few worlds or a
    factor that was not drawn.
    """
    values = drawn_factors(study)
    wanted = [str(name) for name in values] if names is None else names
    undrawn = [name for name in wanted if name not in values]
    if undrawn:
        raise StudyError(f"--factors: {undrawn[0]}: was not drawn in this study")
    answers = answers_of(study, question)
    failed = np.asarray(np.isnan(answers))
    chosen = METHODS[method]
    good = ~failed
    if good.sum() < chosen.least:
        raise NoAnswerError(
            f"{question.title}: {good.sum()} drawn worlds have an answer; {chosen.name} needs "
            f"{chosen.least}"
        )
    problem = Problem(tuple(wanted))
    y = answers[good][:, None]
    found = estimated(chosen, problem, ranks(values[wanted])[good], y, study.seed)
    remarks = [
        (
            "Every drawn world has its own luck as well: it counts with what no factor explains. "
            f"{len(wanted)} factors are looked at in {good.sum()} worlds."
        ),
        *_other_version(study),
        *found.remarks[1:],
    ]
    return found._replace(
        question=question, remarks=remarks, failed=failed,
        map=failure_map(values[wanted], failed),
    )  # fmt: skip


def _other_version(study: Study) -> list[str]:
    """A warning where the ranges of doubt may not be those that the study was run with."""
    run_by = study.facts["identity"][2]
    if run_by == model_version():
        return []
    words = (
        f"The study was run by another version of the model ({run_by}); the drawn values are "
        "those of this version's ranges of doubt, right only where these did not change."
    )
    return [words]
