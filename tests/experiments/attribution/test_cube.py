"""The map over the cube of qualities: its points, and what a point says."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from agents.parameters import STAGES, all_parameters, at_quality
from experiments.attribution.cube import COLUMNS, cube, levels_of, lines, sentence
from experiments.attribution.figures import draw_map
from scenarios import load_scenario
from simulation import Scenario


def scenario_at(qualities: dict[str, float]) -> Scenario:
    return load_scenario("l_bank", enterprises=100, management=qualities)


def test_points_have_their_qualities() -> None:
    points = cube(scenario_at, (0.2, 0.9), 2, 7, "management")
    assert len(points) == 8 and len({tuple(point.qualities.values()) for point in points}) == 8
    declared = all_parameters()
    for point in points:
        assert point.plan.study.assumptions == "fixed"
        for stage in STAGES:
            name = next(n for n, p in declared.items() if p.stage == stage)
            value = point.plan.game.scenario.parameters[name]
            assert value == pytest.approx(at_quality(declared[name], point.qualities[stage]))


def test_levels_are_sorted_numbers() -> None:
    assert levels_of("0.9, 0.1,0.5") == (0.1, 0.5, 0.9)


@pytest.fixture
def by_hand() -> pd.DataFrame:
    nan = float("nan")
    rows = [
        (0.1, 0.1, 0.1, 0.40, 0.30, 0.50, 0.3, 0.2, 0.4, "below", 9),
        (0.1, 0.9, 0.1, 0.60, 0.50, 0.70, 0.3, 0.2, 0.4, "not told apart", 9),
        (0.9, 0.1, 0.1, 0.80, 0.70, 0.90, 0.3, 0.2, 0.4, "above", 9),
        (0.9, 0.9, 0.1, nan, nan, nan, 0.0, -0.1, 0.1, "not resolved", 9),
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def test_the_map_in_words(by_hand: pd.DataFrame) -> None:
    told = sentence(by_hand)
    assert "at 4 points of the cube" in told and "run from 40 to 80 %" in told
    for words in ("below 1", "above 1", "not told apart 1", "not resolved 1"):
        assert words in told
    assert lines(by_hand)[0] == [
        "0.1", "0.1", "0.1", "+40 [+30, +50]", "+30 [+20, +40]", "below 58.237 %",
    ]  # fmt: skip
    assert lines(by_hand)[3][3] == "-"


def test_the_map_is_drawn(by_hand: pd.DataFrame, tmp_path: Path) -> None:
    draw_map(by_hand, tmp_path / "map.png")
    assert (tmp_path / "map.png").read_bytes()[:4] == b"\x89PNG"
