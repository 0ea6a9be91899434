"""What the simulated process does, in the same fourteen indicators as the questionnaire.

Each indicator has one to three figures of what was done, not of what was reported. A figure is
graded between the value of a strong bank and that of a weak one: where a declared parameter
says what these are, its ends at quality 1 and 0, else what stands here. Source:
docs/assessment.md, section "Belief against process".
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from scipy import stats

from agents.enterprise import CIRCLE, REAL_ESTATE
from agents.failures import F09
from agents.officer import APPRAISAL, CIRCLE_MAP, OWNER, SOURCES, STATEMENTS
from agents.parameters import all_parameters
from experiments.assessment import fuzzy
from experiments.assessment.evaluation import CONFIDENCE, Evaluation, graded, levels
from experiments.assessment.hierarchy import INDICATORS, SCORES
from experiments.assessment.records import Records
from experiments.assessment.weights import Weighing

_DAYS_A_MONTH = 365.0 / 12.0


class Figure(NamedTuple):
    """A figure of the process.

    indicator: its code. name: for machines. what: for people. unit: ``share`` or ``days``.
    strong, weak: values of very low and very high risk. source: of these two. take: the figure
    from a world's records, NaN where there was nothing to count.
    """

    indicator: str
    name: str
    what: str
    unit: str
    strong: float
    weak: float
    source: str
    take: Callable[[Records], float]


def _ratio(part: float, whole: float) -> float:
    """A share; NaN where there is nothing to share."""
    return float(part) / float(whole) if whole else float("nan")


def _sheet(bit: int, security: int | None = None) -> Callable[[Records], float]:
    """Share of new contracts with a check's sheet, of all or of those with a kind of security."""

    def take(records: Records) -> float:
        new = records.new if security is None else records.new[records.new["security"] == security]
        return _ratio((new["sheets"] & bit != 0).sum(), len(new))

    return take


def _of_new(field: str, security: int | None = None) -> Callable[[Records], float]:
    """Share of new contracts in which a field is 1."""

    def take(records: Records) -> float:
        new = records.new if security is None else records.new[records.new["security"] == security]
        return _ratio((new[field] == 1).sum(), len(new))

    return take


def _tally(part: str, *whole: str) -> Callable[[Records], float]:
    """Share of a count of the months in the sum of others."""
    return lambda records: _ratio(records.total[part], sum(records.total[name] for name in whole))


def _effort(records: Records) -> float:
    """Mean of the months' effort on files."""
    return _ratio(records.total["file_effort"], records.total["months"])


def _days_to_suit(records: Records) -> float:
    """Median days from default to suit."""
    if not len(records.sued):
        return float("nan")
    months = records.sued["suit_month"] - records.sued["default_month"]
    return float(np.median(months)) * _DAYS_A_MONTH


def _of(
    indicator: str, name: str, what: str, parameter: str, take: Callable[[Records], float],
    unit: str = "share",
) -> Figure:  # fmt: skip
    """A figure whose ends are those of a parameter at quality 1 and 0."""
    p = all_parameters()[parameter]
    if p.strong is None or p.weak is None:
        raise ValueError(f"{parameter} is not set by the quality of a stage")
    return Figure(indicator, name, what, unit, p.strong, p.weak, f"`{parameter}`", take)


FIGURES: tuple[Figure, ...] = (
    _of("C1", "owner_checked", "new loans with a page on the owner's credit", "check_compliance",
        _sheet(OWNER)),
    _of("C2", "sources_checked", "new loans with three sources on revenue", "check_compliance",
        _sheet(SOURCES)),
    _of("C3", "statements_checked", "new loans with statements cross-checked", "check_compliance",
        _sheet(STATEMENTS)),
    _of("C4", "appraisal_checked", "mortgage loans with a second appraisal", "check_compliance",
        _sheet(APPRAISAL, REAL_ESTATE)),
    _of("C5", "circle_mapped", "circle loans with the circle on the map", "circle_map",
        _sheet(CIRCLE_MAP, CIRCLE)),
    _of("C6", "checks_made", "checks made of those due, refused files too", "check_compliance",
        _tally("checks_made", "checks_due")),
    Figure("C6", "file_effort", "hours that files get of the standard", "share", 1.0, 0.5,
           "assumed: half the standard hours is very high risk", _effort),
    _of("C7", "reviewed", "new loans with a reviewer's questions", "review_share",
        _of_new("reviewed")),
    Figure("C8", "overridden", "new loans granted against the score", "share", 0.0, 0.10,
           "assumed: none is very low, one in ten very high risk",
           _tally("overridden", "approved")),
    _of("C9", "by_formula", "new loans with limit, price and tenor by the formula", "formula_share",
        lambda r: _ratio((r.new["failures"] & F09 == 0).sum(), len(r.new))),
    _of("C10", "registered", "mortgage loans registered before pay-out", "registration_share",
        _of_new("registered", REAL_ESTATE)),
    _of("C10", "entrusted", "new loans paid to the supplier", "disbursement_control",
        _of_new("entrusted")),
    _of("C11", "first_checks", "first checks after pay-out made", "visit_compliance",
        lambda r: _ratio(*r.first_checks)),
    _of("C12", "visits_made", "visits made of those due", "visit_compliance",
        _tally("visits_made", "visits_due")),
    _of("C13", "alerts_handled", "alerts taken up", "alert_handled",
        _tally("alerts_handled", "alerts")),
    _of("C13", "alert_days", "mean days from an alert to its turn", "action_days",
        lambda r: float(np.mean(r.waits)) * _DAYS_A_MONTH if r.waits else float("nan"), "days"),
    _of("C14", "hidden", "new defaults not reported as such", "hiding",
        _tally("hidden", "defaults")),
    _of("C14", "evergreened", "failed maturities papered over", "evergreening",
        _tally("evergreened", "evergreened", "extensions_refused")),
    _of("C14", "suit_days", "median days from default to suit", "suit_days", _days_to_suit, "days"),
)  # fmt: skip
"""Every figure. Those of one indicator count alike."""

NOT_IN_THE_MODEL: dict[str, str] = {
    "C1": "the owner's character: only whether it was asked about",
    "C2": "how well cash flow was estimated: only on how many sources",
    "C6": "the second investigator",
    "C10": "the wording of the contract",
    "C12": "what a visit's report says",
}
"""What an indicator asks of staff and the model has no figure for."""


def measured(records: Records) -> dict[str, float]:
    """Every figure by name."""
    return {figure.name: figure.take(records) for figure in FIGURES}


class Process(NamedTuple):
    """values: mean over worlds of each figure, NaN without any. evaluation: as of staff."""

    values: dict[str, float]
    evaluation: Evaluation


def simulated(worlds: list[dict[str, float]], weighing: Weighing, operator: str) -> Process:
    """Grade the figures of several worlds; memberships are means over worlds.

    worlds: figures by name. Intervals are Student's over worlds; one world gives none.
    """
    each = [levels(_memberships(world), weighing, operator) for world in worlds]
    codes = [code for code in each[0] if all(code in one for one in each)]
    whole = levels(
        {i.code: np.mean([one[i.code] for one in each], axis=0)
         for i in INDICATORS if i.code in codes},
        weighing, operator,
    )  # fmt: skip
    scores = {code: [float(fuzzy.score(one[code])) for one in each] for code in whole}
    intervals = {code: _interval(found) for code, found in scores.items()}
    values = {f.name: float(np.mean([world[f.name] for world in worlds])) for f in FIGURES}
    return Process(values, Evaluation(graded(whole, weighing, intervals), len(worlds)))


def _memberships(values: dict[str, float]) -> dict[str, Any]:
    """Membership of each indicator that has a figure: the mean of its figures' memberships."""
    found = {}
    for item in INDICATORS:
        rows = [
            fuzzy.triangular(values[f.name], f.strong, f.weak)
            for f in FIGURES if f.indicator == item.code and np.isfinite(values[f.name])
        ]  # fmt: skip
        if rows:
            found[item.code] = np.mean(rows, axis=0)
    return found


def _interval(scores: list[float]) -> tuple[float, float]:
    """Student's 95 % interval of a mean, within the scale; NaN for one world."""
    if len(scores) < 2:
        return float("nan"), float("nan")
    middle, error = float(np.mean(scores)), float(stats.sem(scores))
    margin = float(stats.t.ppf(0.5 + CONFIDENCE / 2.0, len(scores) - 1)) * error
    return max(SCORES[0], middle - margin), min(SCORES[-1], middle + margin)
