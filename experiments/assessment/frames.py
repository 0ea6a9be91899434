"""What an assessment comes to, as tables for files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from experiments.assessment.belief import Gap
from experiments.assessment.evaluation import Evaluation
from experiments.assessment.hierarchy import (
    CRITERION_OF,
    GOAL,
    GRADES,
    GROUPS,
    in_order,
    title,
    title_zh,
)
from experiments.assessment.process import FIGURES, Process
from experiments.assessment.weights import ExpertCheck, Weighing

_COLUMNS = tuple(name.replace(" ", "_") for name in GRADES)


def grade_frame(found: Evaluation, weighing: Weighing) -> pd.DataFrame:
    """One row a criterion, an indicator and the whole: weights, memberships, grade, score."""
    rows = []
    for code in in_order():
        if code in found.graded:
            g = found.graded[code]
            memberships = dict(zip(_COLUMNS, g.membership, strict=True))
            rows.append({
                "code": code, "title": title(code), "title_zh": title_zh(code),
                "local_weight": local_weight(weighing, code), "weight": g.weight,
                **memberships, "grade": g.grade, "lead": g.lead,
                "score": g.score, "score_low": g.low, "score_high": g.high,
            })  # fmt: skip
    return pd.DataFrame(rows)


def consistency_frame(weighing: Weighing) -> pd.DataFrame:
    """One row a group and expert, and one for the experts' mean: λmax, CI, CR, worst judgement."""
    rows: list[dict[str, Any]] = []
    for group, weights in weighing.groups.items():
        rows += [
            {"group": group, "expert": check.expert, **check.found._asdict(),
             "limit": check.limit, "consistent": check.is_consistent, **_worst(check)}
            for check in weights.experts
        ]  # fmt: skip
        rows.append({"group": group, "expert": "mean", **weights.found._asdict()})
    return pd.DataFrame(rows)


def _worst(check: ExpertCheck) -> dict[str, Any]:
    """The judgement that hurts most, as cells."""
    if check.hurt is None:
        return {}
    codes, hurt = GROUPS[check.group], check.hurt
    return {
        "item": codes[hurt.first], "against": codes[hurt.second], "judged": hurt.judged,
        "better": hurt.better, "cr_with_it": hurt.cr,
    }  # fmt: skip


def quality_frame(found: Evaluation) -> pd.DataFrame:
    """One row a stage."""
    rows = [{"stage": stage, **q._asdict()} for stage, q in found.qualities.items()]
    return pd.DataFrame(rows)


def process_frame(process: Process) -> pd.DataFrame:
    """One row a figure of the process."""
    return pd.DataFrame([
        {"indicator": f.indicator, "figure": f.name, "what": f.what, "unit": f.unit,
         "value": process.values[f.name], "strong": f.strong, "weak": f.weak, "source": f.source}
        for f in FIGURES
    ])  # fmt: skip


def gap_frame(found: Sequence[Gap]) -> pd.DataFrame:
    """One row a code that both have."""
    return pd.DataFrame([{"title": title(gap.code), **gap._asdict()} for gap in found])


def local_weight(weighing: Weighing, code: str) -> float:
    """Weight within its group; 1 for the whole."""
    if code == GOAL:
        return 1.0
    return weighing.local(CRITERION_OF.get(code, GOAL), code)
