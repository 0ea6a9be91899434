"""Pictures: nothing is cut off, nothing lies over anything else, titles say what the tables say."""

from __future__ import annotations

import itertools
import re
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib import colors
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import imread
from matplotlib.text import Text

from experiments import Study, figures
from experiments.figures.fans import loss_paths
from experiments.figures.rolls import roll_rates
from experiments.figures.style import band, families
from experiments.figures.vintages import default_curves
from experiments.figures.waterfall import waterfall_steps
from experiments.report.findings import Findings
from experiments.world import World
from simulation import Scenario

LONG = "A bank with a very long name indeed, in a district whose name costs $5 or $6 to print"

DRAWN = {
    "comparison": lambda f, sc: figures.draw_comparison(f.comparison, sc),
    "npl_fan": lambda f, sc: figures.draw_npl_fan(f.study.months, sc),
    "loss_fan": lambda f, sc: figures.draw_loss_fan(f.study.table("losses"), sc),
    "losses": lambda f, sc: figures.draw_loss_distribution(f.study.runs, sc),
    "vintages": lambda f, sc: figures.draw_vintages(f.study.table("vintages"), sc),
    "rolls": lambda f, sc: figures.draw_rolls(f.study.table("rolls"), sc),
    "waterfall": lambda f, sc: figures.draw_waterfall(f.study.runs, sc),
    "cost": lambda f, sc: figures.draw_cost(f.money, sc),
    "segments": lambda f, sc: figures.draw_segments(f.segments, sc),
}
"""Every picture of a study, of its findings and a scenario."""


def check(figure: Figure) -> None:
    """All texts lie within the picture and none lies over another."""
    figure.draw_without_rendering()
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


def title(figure: Figure) -> str:
    return " ".join(figure.get_suptitle().split())


@pytest.mark.parametrize("name", list(DRAWN))
def test_every_picture_is_legible(found: Findings, name: str) -> None:
    figure = DRAWN[name](found, replace(found.study.scenario, title=LONG))
    check(figure)
    assert title(figure).startswith(LONG.replace("$", r"\$"))


def test_a_bank_in_which_nothing_happened_is_drawn_as_well(study: Study) -> None:
    check(figures.draw_comparison(study.comparison(), study.scenario))
    check(figures.draw_loss_distribution(study.runs, study.scenario))


@pytest.mark.parametrize("strategy", ["baseline", "pre_loan_process+risk_warning"])
def test_a_world_is_legible(tiny: Scenario, strategy: str) -> None:
    world = World(replace(tiny, title=LONG), strategy, 7, 0, "fixed")
    world.run()
    check(figures.draw_world(world.by_arm, world.scenario))


def test_a_picture_is_written_as_png_and_is_not_empty(study: Study, tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    figures.draw_npl_fan(study.months, study.scenario, path)
    pixels = imread(path)[:, :, :3]
    assert pixels.shape[1] == 12 * 150
    inked = (pixels.min(axis=2) < 0.9).mean()
    assert 0.005 < inked < 0.6


def test_the_same_figure_gives_the_same_svg_without_date_or_foreign_address(study: Study) -> None:
    texts = [
        figures.svg_text(figures.draw_npl_fan(study.months, study.scenario), "fan")
        for _ in range(2)
    ]
    assert texts[0] == texts[1]
    assert texts[0].startswith("<svg")
    assert "<metadata" not in texts[0]
    assert set(re.findall(r'\bid="([^-"]*)', texts[0])) == {"fan"}
    referred = set(re.findall(r'(?:url\(#|href="#)([^")]+)', texts[0]))
    assert referred
    assert referred <= set(re.findall(r'\bid="([^"]+)"', texts[0]))
    assert not re.search(r'href="(?!#)', texts[0])


def test_colours_differ_in_lightness() -> None:
    """Told apart in grey: relative luminance (WCAG 2) of what stands side by side."""
    weights = np.array([0.2126, 0.7152, 0.0722])
    blue, orange, grey = (
        float(weights @ (np.array(colors.to_rgb(c)) ** 2.2))
        for c in (figures.BLUE, figures.ORANGE, figures.GREY)
    )
    for one, other in itertools.combinations((blue, orange, grey), 2):
        high, low = max(one, other), min(one, other)
        assert (high + 0.05) / (low + 0.05) > 1.3


@pytest.mark.parametrize(
    ("worlds", "words"), [(3, "range"), (12, "range"), (13, "25-75 % band"), (36, "10-90 % band")]
)
def test_a_band_is_one_that_the_worlds_carry(worlds: int, words: str) -> None:
    assert band(worlds)[2] == words


def test_the_comparison_of_one_world_says_that_it_tells_nothing(study: Study) -> None:
    rows = study.comparison().assign(
        ci_low=float("nan"), ci_high=float("nan"), relative_low=float("nan"),
        relative_high=float("nan"), replications=1,
    )  # fmt: skip
    figure = figures.draw_comparison(rows, study.scenario)
    assert "too few worlds" in figure.axes[0].get_title(loc="left")


def test_the_comparison_names_the_strategy_that_lowers_the_loss_most(found: Findings) -> None:
    rows = found.comparison.copy()
    planted = (rows["strategy"] == "staff_ability") & (rows["measure"] == "loss_rate")
    ends = {"relative_change": -0.777, "relative_low": -0.9, "relative_high": -0.65}
    for column, value in ends.items():
        rows.loc[planted, column] = value
    words = title(figures.draw_comparison(rows, found.study.scenario))
    assert (
        "staff ability lowers the loss rate most on average: -77.7 % [-90.0, -65.0] as declared"
        in words
    )
    rows.loc[planted, "relative_high"] = 0.05
    words = title(figures.draw_comparison(rows, found.study.scenario))
    assert "staff ability has the lowest loss rate, by no more than luck could make: -77.7" in words


def test_the_npl_fan_begins_in_the_burn_in(study: Study, tiny: Scenario) -> None:
    months = study.months["month"]
    assert (months.min(), months.max()) == (-tiny.burn_in_months, tiny.months - 1)


def test_losses_add_up_over_time() -> None:
    losses = pd.DataFrame({
        "assumptions": "fixed", "replication": [0, 0, 1, 1], "strategy": "baseline",
        "quarter": [0, 2, 0, 1], "lent_cny": [100.0, 0.0, 50.0, 0.0],
        "loss_cny": [0.0, 4.0, 1.0, 2.0],
    })  # fmt: skip
    paths = loss_paths(losses, "baseline")
    assert list(paths.index) == [3, 6, 9]  # a quarter's end
    assert paths[0].tolist() == [0.0, 0.0, 4.0]
    assert paths[1].tolist() == [2.0, 6.0, 6.0]


def test_roll_rates_are_shares_of_a_row() -> None:
    rolls = pd.DataFrame({
        "assumptions": "fixed", "strategy": "baseline", "replication": [0, 0, 1],
        "stage": "1-30 days", "next_stage": ["31-60 days", "current", "31-60 days"],
        "loans": [3, 4, 3],
    })  # fmt: skip
    rates = roll_rates(rolls, "baseline")
    assert rates.loc["1-30 days", "31-60 days"] == pytest.approx(0.6)
    assert rates.loc["1-30 days"].sum() == pytest.approx(1.0)
    assert rates.loc["default"].isna().all()


def test_the_roll_matrix_tells_the_roll_of_its_rows(eventful: Study) -> None:
    rolls = eventful.table("rolls")
    fixed = rolls[rolls["assumptions"] == "fixed"]
    rate = 100.0 * roll_rates(fixed, "baseline").loc["1-30 days", "31-60 days"]
    assert f"{rate:.0f} % under the baseline" in title(figures.draw_rolls(rolls, eventful.scenario))


def test_default_curves_rise_to_what_was_counted(eventful: Study) -> None:
    vintages = eventful.table("vintages")
    fixed = vintages[vintages["assumptions"] == "fixed"]
    curves = default_curves(fixed, "baseline", eventful.scenario)
    assert list(curves.columns) == ["months 1-3", "months 4-6", "months 7-9", "months 10-12"]
    own = fixed[(fixed["strategy"] == "baseline") & (fixed["vintage"] == 0)]
    ends = own["defaulted"].sum() / own["loans"].sum()
    assert curves["months 1-3"].dropna().iloc[-1] == pytest.approx(ends)
    assert (curves.fillna(1.0).diff().dropna() >= 0.0).all(axis=None)
    assert curves["months 10-12"].isna().any()  # its loans were not seen for so long


def test_the_steps_of_the_waterfall_lead_from_the_baseline_to_all(eventful: Study) -> None:
    steps = waterfall_steps(eventful.runs, eventful.scenario)
    assert steps is not None
    assert steps["change"].iloc[:-1].sum() == pytest.approx(steps.loc["all", "change"])
    runs = eventful.runs
    fixed = runs[runs["assumptions"] == "fixed"]
    means = 100.0 * fixed.groupby("strategy")["loss_rate"].mean()
    assert steps.loc["baseline", "change"] == pytest.approx(means["baseline"])
    alone = steps.loc["risk_warning", "change"]
    assert alone == pytest.approx(means["risk_warning"] - means["baseline"])


def test_there_is_no_waterfall_without_every_strategy(study: Study) -> None:
    assert waterfall_steps(study.runs, study.scenario) is None
    with pytest.raises(ValueError, match="every strategy alone"):
        figures.draw_waterfall(study.runs, study.scenario)


def test_the_cost_picture_counts_whole_intervals(found: Findings) -> None:
    money, scenario = found.money, found.study.scenario
    planted = (money["strategy"] == "risk_warning") & (money["interval"] == "luck")
    none = money.assign(loss_avoided_low=-1e9)
    words = title(figures.draw_cost(none, scenario))
    assert "none of 7 against the baseline" in words
    one = none.assign(loss_avoided_low=none["loss_avoided_low"].mask(planted, 1e12))
    assert "1 (risk-warning technology) of 7 against the baseline" in title(
        figures.draw_cost(one, scenario)
    )


def test_the_distribution_compares_luck_with_strategies(eventful: Study) -> None:
    runs = eventful.runs
    words = title(figures.draw_loss_distribution(runs, eventful.scenario))
    assert "luck moves the loss rate more than any alternative" in words
    same = runs.assign(loss_rate=runs["loss_rate"].where(runs["strategy"] == "baseline", 0.9))
    assert "luck moves the loss rate less than any" in title(
        figures.draw_loss_distribution(same, eventful.scenario)
    )


@pytest.mark.skipif(len(families()) < 2, reason="no font with Chinese here: make browser")
def test_a_chinese_title_has_its_letters(study: Study, tmp_path: Path) -> None:
    chinese = replace(study.scenario, title="某商业银行小微企业贷款")
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # matplotlib warns of a letter that no font has
        figures.draw_npl_fan(study.months, chinese, tmp_path / "npl.png")
