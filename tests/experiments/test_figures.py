"""Pictures: nothing is cut off, nothing lies over anything else, whatever the names."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text

from experiments import Study, figures
from experiments.world import World
from simulation import Scenario

LONG = "A bank with a very long name indeed, in a district whose name costs $5 or $6 to print"


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Figure]]:
    made: list[Figure] = []
    save = figures._save

    def keep(figure: Figure, path: Path) -> None:
        made.append(figure)
        save(figure, path)

    monkeypatch.setattr(figures, "_save", keep)
    yield made
    assert made
    for figure in made:
        check(figure)


def check(figure: Figure) -> None:
    """All texts lie within the picture and none lies over another."""
    hidden = {id(label) for axes in figure.axes for label in labels_beyond(axes)}
    boxes = [
        (text.get_text(), text.get_window_extent())
        for text in figure.findobj(Text)
        if text.get_visible() and text.get_text().strip() and id(text) not in hidden
    ]
    assert len(boxes) > 5
    for words, box in boxes:
        assert box.x0 >= 0 and box.y0 >= 0, words
        assert box.x1 <= figure.bbox.width and box.y1 <= figure.bbox.height, words
    for (one, a), (other, b) in itertools.combinations(boxes, 2):
        overlap = min(a.x1, b.x1) - max(a.x0, b.x0), min(a.y1, b.y1) - max(a.y0, b.y0)
        assert min(overlap) < 1.0, f"{one!r} lies over {other!r}"


def labels_beyond(axes: Axes) -> list[Text]:
    """Labels of ticks that are not drawn because they lie beyond the axis."""
    beyond = []
    for axis in (axes.xaxis, axes.yaxis):
        low, high = sorted(axis.get_view_interval())
        ticks = axis.get_major_ticks()
        beyond += [t.label1 for t in ticks if not low <= t.get_loc() <= high]
    return beyond


@pytest.mark.parametrize("title", ["L Bank", LONG])
def test_the_comparison_is_legible(
    drawn: list[Figure], study: Study, tmp_path: Path, title: str
) -> None:
    scenario = replace(study.scenario, title=title)
    figures.draw_comparison(study.comparison(), scenario, tmp_path / "a.png")


def test_the_comparison_of_one_world_says_that_it_tells_nothing(
    drawn: list[Figure], study: Study, tmp_path: Path
) -> None:
    rows = study.comparison().assign(
        ci_low=float("nan"), ci_high=float("nan"), relative_low=float("nan"),
        relative_high=float("nan"), replications=1,
    )  # fmt: skip
    figures.draw_comparison(rows, study.scenario, tmp_path / "a.png")
    assert "too few worlds" in drawn[0].axes[0].get_title(loc="left")


@pytest.mark.parametrize("title", ["L Bank", LONG])
def test_the_npl_fan_is_legible(
    drawn: list[Figure], study: Study, tmp_path: Path, title: str
) -> None:
    scenario = replace(study.scenario, title=title)
    figures.draw_npl_fan(study.months, scenario, tmp_path / "a.png")


def test_the_npl_fan_begins_in_the_burn_in(study: Study, tiny: Scenario) -> None:
    months = study.months["month"]
    assert (months.min(), months.max()) == (-tiny.burn_in_months, tiny.months - 1)


@pytest.mark.parametrize("strategy", ["baseline", "pre_loan_process+risk_warning"])
def test_a_world_is_legible(
    drawn: list[Figure], tiny: Scenario, tmp_path: Path, strategy: str
) -> None:
    world = World(replace(tiny, title=LONG), strategy, 7, 0, "fixed")
    world.run()
    figures.draw_world(world.by_arm, world.scenario, tmp_path / "a.png")
