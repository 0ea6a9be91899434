"""Functions whose indices are known, through the whole pipeline."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from functions import (
    ISHIGAMI,
    ISHIGAMI_VARIANCE,
    ishigami,
    ishigami_study,
    morris_20,
    sobol_g,
    sobol_g_indices,
    study_of,
)

from experiments.replication import Outcome, Run, World
from experiments.sensitivity.analysis import Finding, Question, finding
from experiments.sensitivity.convergence import agreement
from experiments.sensitivity.study import SensitivityStudy

LOSS = Question("loss_rate")


def found(study: SensitivityStudy, question: Question = LOSS) -> Finding:
    return finding(study.run(jobs=1), question)


def table(found: Finding) -> pd.DataFrame:
    return found.indices.set_index(["index", "factor"])


def outside(rows: pd.DataFrame, known: dict[tuple[str, str], float], suffix: str = "") -> list[str]:
    """Known indices that lie outside their intervals."""
    return [
        f"{index} {name}: {value:.3f} not in {rows.loc[(index + suffix, name), 'low']:.3f} to "
        f"{rows.loc[(index + suffix, name), 'high']:.3f}"
        for (index, name), value in known.items()
        if not rows.loc[(index + suffix, name), "low"]
        <= value + 1e-4
        <= rows.loc[(index + suffix, name), "high"] + 2e-4
    ]


def narrow(rows: pd.DataFrame, most: float) -> bool:
    return bool((rows["high"] - rows["low"]).max() < 2.0 * most)


def test_sobol_finds_ishigami_with_second_order() -> None:
    rows = table(found(ishigami_study("sobol2", 1024)))
    assert outside(rows, ISHIGAMI) == [] and narrow(rows.loc[["S1", "ST"]], 0.1)


def test_sobol_finds_sobol_g() -> None:
    rows = table(found(study_of(sobol_g, "sobol", 1024, number=5)))
    assert outside(rows, sobol_g_indices()) == [] and narrow(rows, 0.15)


def test_given_data_finds_first_order() -> None:
    rows = table(found(ishigami_study("given", 2048)))
    first = {key: value for key, value in ISHIGAMI.items() if key[0] == "S1"}
    assert outside(rows, first) == []


@pytest.mark.parametrize(
    ("method", "main", "samples"),
    [("given", "PAWN", 512), pytest.param("delta", "delta", 512, marks=pytest.mark.long)],
)
def test_distances_rank_ishigami(method: str, main: str, samples: int) -> None:
    """x2 first, then x1; x3 acts only with x1."""
    got = found(ishigami_study(method, samples))
    assert got.ranking["factor"].tolist() == ["x2", "x1", "x3"]
    assert got.ranking["value"].iloc[1] > got.floor > 0.0
    idle = found(study_of(sobol_g, method, samples, number=5))
    assert idle.ranking["factor"].tolist()[:2] == ["x1", "x2"]
    assert table(idle).loc[(main, "x5"), "value"] < idle.floor


def test_regional_finds_what_makes_the_answer_high() -> None:
    """Low answers of Sobol-G need |4 x1 - 2| near 0: x1 near a half; x5 has next to no say."""
    got = found(study_of(sobol_g, "regional", 512, number=5))
    rows = table(got)
    assert got.ranking["factor"].iloc[0] == "x1"
    assert rows.loc[("KS bottom", "x1"), "value"] > got.floor > rows.loc[("KS top", "x5"), "value"]


# --- luck ------------------------------------------------------------------------------------


def test_shared_luck_leaves_the_indices_as_they_are() -> None:
    """The same shift at all points: the indices are those without noise, to rounding."""
    plain = found(ishigami_study("sobol", 256))
    noisy = found(ishigami_study("sobol", 256, replications=3, shared=9.0))
    both = plain.indices.merge(noisy.indices, on=["factor", "index"])
    np.testing.assert_allclose(both["value_x"], both["value_y"], atol=1e-9)
    assert noisy.luck.interplay == pytest.approx(0.0, abs=1e-9)
    assert noisy.luck.assumptions + noisy.luck.shared == pytest.approx(1.0)


@pytest.mark.parametrize("own", [4.0, 14.0])
def test_noise_of_known_variance_is_told_and_taken_off(own: float) -> None:
    got = found(ishigami_study("sobol", 1024, replications=3, own=own, shared=1.0))
    share = got.luck.interplay / (got.luck.interplay + got.luck.assumptions)
    assert share == pytest.approx(own / (ISHIGAMI_VARIANCE + own), abs=0.03)
    left = (own / 3) / (ISHIGAMI_VARIANCE + own / 3)
    assert got.luck.left == pytest.approx(left, abs=0.03)
    first_and_total = {key: value for key, value in ISHIGAMI.items() if key[0] != "S2"}
    assert outside(table(got), first_and_total, " net") == []
    # Without the correction the noise counts as interaction: the interval misses.
    assert table(got).loc[("ST", "x3"), "value"] > table(got).loc[("ST net", "x3"), "value"]


def test_luck_that_neighbours_share_is_not_taken_off_twice() -> None:
    """Luck that acts through x1 alone, e sin(x1): at points with the same x1 it is the same, so
    it adds to x1's indices and to no other's.
    """

    def replicate(world: World) -> Outcome:
        x = np.array([world.scenario.parameters[f"x{i}"] for i in (1, 2, 3)])
        luck = np.random.default_rng([world.seed, world.replication]).normal()
        y = ishigami(x) + 3.0 * luck * np.sin(x[0])
        return Outcome([Run("baseline", "ok", {"loss_rate": y})], {})

    study = ishigami_study("sobol", 512, replications=2)
    study.replicate = replicate
    rows = table(found(study)).loc[:, "value"]
    plain = ishigami_study("sobol", 512)
    clean = table(found(plain)).loc[:, "value"]
    more = (
        study.answers("loss_rate").mean(axis=1).var()
        / plain.answers("loss_rate").mean(axis=1).var()
    )
    assert more > 1.05 or more < 0.95
    for name in ("x2", "x3"):
        assert more * rows["ST", name] == pytest.approx(clean["ST", name], rel=0.02)
        assert rows["ST net", name] > 0.9 * rows["ST", name]


def test_the_share_of_luck_that_all_points_share() -> None:
    """Thirty replications tell it: 14 of 29.8."""
    got = found(ishigami_study("given", 256, replications=30, shared=14.0, own=2.0))
    assert got.luck.shared == pytest.approx(14.0 / (14.0 + ISHIGAMI_VARIANCE + 2.0), abs=0.15)


def test_one_replication_says_that_luck_is_unknown() -> None:
    got = found(ishigami_study("given", 64))
    assert np.isnan(got.luck.luck) and "One replication" in got.remarks[0]


def test_the_benefit_is_a_paired_difference() -> None:
    """The arm adds 3 x1 on the same luck: only x1 drives the benefit, whatever the noise."""
    study = ishigami_study("sobol", 64, replications=2, own=100.0, shared=50.0,
                           strategies=["risk_warning"])  # fmt: skip
    got = found(study, Question("loss_rate", "risk_warning"))
    rows = table(got)
    assert rows.loc[("ST", "x1"), "value"] == pytest.approx(1.0, abs=0.1)
    assert rows.loc[("ST", "x2"), "value"] == pytest.approx(0.0, abs=1e-9)
    assert got.luck.luck == pytest.approx(0.0, abs=1e-9)
    level = finding(study, LOSS)
    assert level.luck.luck > 0.8


# --- Morris ----------------------------------------------------------------------------------


def test_morris_ranks_the_function_of_20_inputs_as_published() -> None:
    got = found(study_of(morris_20, "morris", 20, number=20))
    rows = table(got)
    ranked = got.ranking["factor"].tolist()
    assert set(ranked[:10]) == {f"x{i}" for i in range(1, 11)}
    sizes = rows.loc["mu*", "value"]
    assert sizes[ranked[9]] > 3.0 * sizes[ranked[10]]
    spread = rows.loc["sigma", "value"] / sizes
    assert (spread[["x8", "x9", "x10"]] < 0.3).all()
    assert (spread[[f"x{i}" for i in range(1, 8)]] > 0.4).all()
    again = found(study_of(morris_20, "morris", 20, number=20, seed=8))
    ten = sizes[ranked[:10]]
    assert agreement(sizes, table(again).loc["mu*", "value"]) > 0.6
    assert set(again.ranking["factor"].head(10)) == set(ten.index)


def test_what_luck_alone_makes_of_morris() -> None:
    """Noise of variance v at two points moves an effect over 2/3 of the range by sqrt(2 v / R)."""
    got = found(study_of(morris_20, "morris", 40, number=20, replications=2, own=50.0, shared=90.0))
    rows = table(got)
    expected = np.sqrt(2.0 * 50.0 / 2.0) * 1.5 * np.sqrt(2.0 / np.pi)
    assert rows.loc["mu* of luck", "value"].mean() == pytest.approx(expected, rel=0.15)
    assert "of 20 factors lies above what luck makes of them" in got.remarks[1]
    sure = rows.loc["mu*", "low"] > rows.loc["mu* of luck", "value"]
    assert sure[[f"x{i}" for i in (1, 2, 4, 8, 9, 10)]].all()
    plain = found(study_of(morris_20, "morris", 8, number=20, replications=2))
    assert "mu* of luck" not in set(plain.indices["index"])


def test_groups_get_one_index_each() -> None:
    from dataclasses import replace

    study = ishigami_study("morris", 8)
    grouped = [
        replace(f, groups={"stage": "first" if f.name != "x3" else "second"}) for f in study.factors
    ]
    for method in (study.method, ishigami_study("sobol", 64).method):
        samples = 8 if method.name == "morris" else 64
        whole = SensitivityStudy(
            study.scenario, grouped, method, samples, 1, group_by="stage",
            replicate=study.replicate,
        )  # fmt: skip
        assert set(found(whole).indices["factor"]) == {"first", "second"}
        assert len(whole.points) == samples * method.block(whole.problem)
