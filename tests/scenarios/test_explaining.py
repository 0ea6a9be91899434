"""Where a value comes from, what a strategy does to it, how two scenarios differ."""

from __future__ import annotations

import pytest

from agents.parameters import SECTIONS, all_parameters
from scenarios import ScenarioError, difference, explain, list_scenarios, load_scenario
from scenarios.explaining import strategy_effect
from simulation.scenario import Strategy


def test_explanation_tells_value_unit_history_and_strategies() -> None:
    parameter = all_parameters()["check_compliance"]
    strong = parameter.strong
    assert strong is not None
    scenario = load_scenario(
        "l_bank", check_compliance=0.45,
        strategies={"half": {"closes": {"check_compliance": 0.5}, "adds": {"cutoff": 0.1}}},
    )  # fmt: skip
    text = explain(scenario, "check_compliance")
    assert text == explain(scenario, "officer.check_compliance")
    lines = text.splitlines()
    assert lines[0] == f"officer.check_compliance = 0.45 ({parameter.unit})"
    assert lines.index("history:") < lines.index("  keyword sets 0.45")
    after = 0.45 + 0.5 * (strong - 0.45)
    assert f"  half: closes 50 % of the gap to {strong:g}: 0.45 → {after:g}" in lines
    assert "half: adds 0.1" in explain(scenario, "cutoff")


def test_effect_at_full_reach() -> None:
    parameter = all_parameters()["check_compliance"]
    strong = parameter.strong
    assert strong is not None
    assert strong > 0.4

    def effect(value: float, strategy: Strategy) -> str:
        return strategy_effect({"check_compliance": value}, parameter, "check_compliance", strategy)

    name = {"check_compliance": 0.5}
    closer = Strategy("s", "s", "s", closes=name, intensity=0.1, decay_per_year=0.9)
    after = 0.4 + 0.5 * (strong - 0.4)
    assert effect(0.4, closer) == f"closes 50 % of the gap to {strong:g}: 0.4 → {after:g}"
    assert effect(strong, closer).startswith(f"changes nothing: {strong:g} is already")
    assert effect(0.4, Strategy("s", "s", "s", adds=name)) == "adds 0.5: 0.4 → 0.9"
    assert effect(0.8, Strategy("s", "s", "s", adds=name)) == "adds 0.5: 0.8 → 1"
    assert effect(0.4, Strategy("s", "s", "s")) == ""


@pytest.mark.parametrize("name", [name for name, _ in list_scenarios()])
def test_every_key_of_a_history_can_be_explained(name: str) -> None:
    scenario = load_scenario(name)
    for key in scenario.history:
        text = explain(scenario, key)
        assert "history:" in text
        assert scenario.history[key][-1] in text


def test_other_keys_and_unknown_keys() -> None:
    scenario = load_scenario("downturn", months=30)
    assert explain(scenario, "months").splitlines()[0] == "months = 30"
    assert explain(scenario, "management.pre_loan").startswith("management.pre_loan = ")
    assert 'stress.1.factor = "systematic"' in explain(scenario, "stress")
    assert explain(load_scenario("l_bank"), "stress").startswith("stress = none")
    with pytest.raises(ScenarioError) as caught:
        explain(scenario, "demand_ds")
    assert str(caught.value) == 'downturn: "demand_ds": unknown key; nearest known: demand_sd'


def test_difference_lists_what_differs_and_nothing_else() -> None:
    a = load_scenario("l_bank")
    b = load_scenario(
        "l_bank", months=7, demand_sd=0.3,
        stress=[{"factor": "pressure", "start_month": 0, "months": 1, "size": 0.5}],
        strategies={"risk_warning": {"adoption": {"half_month": 1}}},
    )  # fmt: skip
    assert difference(a, a) == []
    rows = {key: (first, second) for key, first, second in difference(a, b)}
    assert rows == {
        "months": (24, 7),
        "enterprise.demand_sd": (a.parameters["demand_sd"], 0.3),
        "stress.1.factor": (None, "pressure"),
        "stress.1.start_month": (None, 0),
        "stress.1.months": (None, 1),
        "stress.1.size": (None, 0.5),
        "stress.1.share": (None, 1.0),
        "strategies.risk_warning.half_month": (a.strategies["risk_warning"].half_month, 1.0),
    }
    assert {key: (b, a) for key, a, b in difference(b, a)} == rows


def test_every_parameter_shows_in_a_difference() -> None:
    a = load_scenario("l_bank")
    for section, known in SECTIONS.items():
        for name, parameter in known.items():
            other = next(bound for bound in parameter.allowed if bound != a.parameters[name])
            b = load_scenario("l_bank", **{name: other})
            keys = [row.key for row in difference(a, b)]
            assert keys == [f"{section}.{name}"]
