"""Given-data analysis: the drawn worlds of a finished study, without a run more.

Every drawn world of a study has its own draw of the assumptions and its own luck. Their values
are computed again from the seed (simulation.assumptions), so nothing more need be stored.
Points and luck are one here: how much is luck is told roughly, by the worlds with the assumptions
as declared.
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


def worlds_of(study: Study, measure: str, assumptions: str = DRAWN) -> pd.DataFrame:
    """A measure in the worlds of a kind: a row a replication, a column an arm."""
    runs = study.runs
    drawn = runs[runs["assumptions"] == assumptions]
    wide = drawn.pivot(index="replication", columns="strategy", values=measure)
    arms = [arm for arm in study.strategies if arm in wide]
    return wide.reindex(range(study.replications))[arms]


def answers_of(study: Study, question: Question, assumptions: str = DRAWN) -> Array:
    """The answer in each world of a kind; NaN where it is missing."""
    # An arm of which no such world is there yet has no column.
    worlds = worlds_of(study, question.measure, assumptions).reindex(columns=list(study.strategies))
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
            f"{chosen.least}{_more(study, chosen.least)}"
        )
    problem = Problem(tuple(wanted))
    y = answers[good][:, None]
    found = estimated(chosen, problem, ranks(values[wanted])[good], y, study.seed)
    remarks = [
        (
            "Every drawn world has its own luck as well: it counts with what no factor explains. "
            f"{len(wanted)} factors are looked at in {good.sum()} worlds."
        ),
        *_luck_words(study, question),
        *_other_version(study),
        *found.remarks[1:],
    ]
    return found._replace(
        question=question, remarks=remarks, failed=failed,
        map=failure_map(values[wanted], failed),
    )  # fmt: skip


def _more(study: Study, least: int) -> str:
    """Which command adds the worlds that are wanted; "" where only failed runs stand in the way, or
    rules were replaced, which no command takes.
    """
    if study.facts["rules"]:
        return ""
    if study.replications < least:
        return f"; more worlds: loanlab study extend DIR --replications {least}"
    missing = len(study.worlds) * len(study.arms) - len(study.all_runs) - len(study.failures)
    return "; go on with: loanlab study resume DIR" if missing else ""


def luck_share(study: Study, question: Question) -> tuple[float, float, float]:
    """Variance with the assumptions as declared over that with them drawn; 95 % interval.

    What varies in the first is luck alone, so it is the share of luck in the second as far as
    luck is as large elsewhere in the ranges; it may exceed 1. Percentile bootstrap over worlds,
    which the two kinds share by number. NaN where either does not vary.
    """
    both = np.column_stack([answers_of(study, question, mode) for mode in ("fixed", DRAWN)])
    fixed, drawn = both[~np.isnan(both).any(axis=1)].T
    none = float("nan")
    if len(fixed) < 2 or not (fixed.var() and drawn.var()):
        return none, none, none
    found = stats.bootstrap(
        (fixed, drawn), lambda a, b, axis: a.var(axis=axis) / b.var(axis=axis), paired=True,
        method="percentile", rng=np.random.default_rng(study.seed),
    ).confidence_interval  # fmt: skip
    return float(fixed.var() / drawn.var()), float(found.low), float(found.high)


def _luck_words(study: Study, question: Question) -> list[str]:
    """The share of luck in a sentence; none where it is not known."""
    share, low, high = (100.0 * value for value in luck_share(study, question))
    if np.isnan(share):
        return []
    words = (
        f"With the assumptions as declared, where only luck varies, the variance is {share:.0f} % "
        f"[{low:.0f}, {high:.0f}] of that with them drawn: about so much of it is luck, as far as "
        "luck is as large elsewhere in the ranges."
    )
    return [words]


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
