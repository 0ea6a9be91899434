"""Each preset shows what it is about, in worlds of their own."""

from __future__ import annotations

import pytest

from classroom.presets import PRESETS
from classroom.settings import Settings
from classroom.timeline import Timeline

WORLDS = 3


@pytest.fixture(scope="module")
def worlds() -> dict[str, list[dict[str, float]]]:
    return {name: [seen(name, number) for number in range(WORLDS)] for name in PRESETS}


def seen(preset: str, replication: int) -> dict[str, float]:
    """What is looked at after two years."""
    timeline = Timeline(
        Settings(preset=preset, enterprises=400, months=24, replication=replication)
    )
    timeline.go_to(24)
    model = timeline.model
    new = model.loans[model.loans["start_month"] >= model.scenario.burn_in_months]
    estate = new[new["security"] == 1]
    return model.measures() | {
        "reviewed": float(new["reviewed"].mean()),
        "registered": float(estate["registered"].mean()),
        "wait": float(new["longest_wait"].max()),
        "circles": float((new["security"] == 2).mean()),
        "extended": float(new["extensions"].mean()),
        "calls": float(model.months["calls"].sum()),
    }


Worlds = dict[str, list[dict[str, float]]]


def mean(worlds: Worlds, preset: str, name: str) -> float:
    return sum(world[name] for world in worlds[preset]) / WORLDS


@pytest.mark.parametrize(
    ("preset", "name", "sign", "size"),
    [
        ("unverified_statements", "checks_done_share", -1, 0.3),
        ("rubber_stamp", "reviewed", -1, 0.2),
        ("rubber_stamp", "override_rate", 1, 0.02),
        ("unregistered_collateral", "registered", -1, 0.4),
        ("late_watch_list", "visits_done_share", -1, 0.15),
        ("late_watch_list", "wait", 1, 1.0),
        ("evergreening", "evergreening_share", 1, 0.4),
        ("evergreening", "extended", 1, 0.0),
        ("guarantee_circle", "circles", 1, 0.1),
        ("guarantee_circle", "calls", 1, 20.0),
    ],
)  # fmt: skip
def test_a_preset_shows_what_it_is_about(
    worlds: Worlds, preset: str, name: str, sign: int, size: float
) -> None:
    gap = sign * (mean(worlds, preset, name) - mean(worlds, "l_bank", name))
    assert gap > size, gap


def test_evergreening_parts_what_is_reported_from_what_is_true(worlds: Worlds) -> None:
    def apart(preset: str) -> float:
        return mean(worlds, preset, "npl_ratio_true") - mean(worlds, preset, "npl_ratio")

    assert apart("evergreening") > apart("l_bank") > 0.0


def test_unregistered_collateral_costs_recoveries_and_not_defaults() -> None:
    found = {}
    for preset in ("l_bank", "unregistered_collateral"):
        lesson = Settings(preset=preset, enterprises=1_500, months=24)
        found[preset] = Timeline(lesson).model.run()
    weak, usual = found["unregistered_collateral"], found["l_bank"]
    assert weak["lgd"] > usual["lgd"] + 0.02
    assert weak["default_rate"] == pytest.approx(usual["default_rate"], rel=0.1)
