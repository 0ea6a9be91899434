"""Segments compared: by hand on two groups in two worlds."""

from __future__ import annotations

import pandas as pd
import pytest

from experiments.report.findings import Findings
from experiments.segments import MEASURES, compared, group_title


def by_hand() -> pd.DataFrame:
    """Baseline and one arm in two worlds; the arm refuses more small firms."""
    rows = []
    for replication in (0, 1):
        for strategy, small, large in (
            ("baseline", (6, 4, 2), (8, 2, 1)),
            ("x", (4, 6, 4), (8, 2, 1)),
        ):
            for group, (granted, refused, good) in (
                ("under 10 persons", small),
                ("10-19 persons", large),
            ):
                rows.append({
                    "assumptions": "fixed", "replication": replication, "strategy": strategy,
                    "dimension": "size", "group": group, "granted": granted + replication,
                    "refused": refused - replication, "good_refused": good,
                    "lent_cny": 100.0, "rate_cny": 5.0 if strategy == "baseline" else 6.0,
                })  # fmt: skip
    return pd.DataFrame(rows)


def test_differences_are_paired_and_by_group() -> None:
    table = compared(by_hand()).set_index(["group", "measure"])
    small = table.loc[("under 10 persons", "approved")]
    assert small["baseline_mean"] == pytest.approx(0.65)
    assert small["difference"] == pytest.approx(-0.2)
    assert small["ci_low"] == pytest.approx(small["ci_high"])  # the same in both worlds
    assert table.loc[("10-19 persons", "approved"), "difference"] == pytest.approx(0.0)
    assert table.loc[("under 10 persons", "good_refused"), "difference"] == pytest.approx(0.2)
    assert table.loc[("10-19 persons", "price"), "difference"] == pytest.approx(0.01)


def test_a_group_without_applications_counts_in_no_world() -> None:
    rows = by_hand()
    empty = (rows["replication"] == 1) & (rows["group"] == "10-19 persons")
    rows.loc[empty, ["granted", "refused", "good_refused", "lent_cny", "rate_cny"]] = 0
    table = compared(rows).set_index(["group", "measure"])
    assert table.loc[("10-19 persons", "approved"), "replications"] == 1
    assert table.loc[("under 10 persons", "approved"), "replications"] == 2


def test_every_group_arm_and_measure_of_a_study_is_compared(found: Findings) -> None:
    table, arms = found.segments, found.study.strategies[1:]
    assert list(dict.fromkeys(table["strategy"])) == list(arms)
    assert len(table) == 14 * len(MEASURES) * len(arms) * 2
    titles = {group_title(d, g) for d, g in zip(table["dimension"], table["group"], strict=True)}
    assert len(titles) == 14
    strict = table[(table["strategy"] == "tighter_cutoff") & (table["measure"] == "approved")]
    assert strict["difference"].mean() < 0.0
