"""What a scenario is made of: defaults, management quality, files, keywords, in that order."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest

from agents.parameters import STAGES, all_parameters, at_quality
from scenarios import ScenarioError, list_scenarios, load_scenario
from scenarios.toml_files import SHIPPED_SCENARIOS
from simulation.scenario import SECTORS, Strategy

SHIPPED = [name for name, _ in list_scenarios()]


@pytest.fixture
def my_file(tmp_path: Path) -> Path:
    path = tmp_path / "my.toml"
    path.write_text(
        """
        schema_version = 1
        title = "Mine"
        extends = "l_bank"
        enterprises = 500
        [management]
        pre_loan = 0.25
        [enterprise]
        demand_sd = 0.2
        [[stress]]
        factor = "systematic"
        start_month = 3
        months = 6
        size = -1
        [strategies.risk_warning.adoption]
        half_month = 18
        [strategies.light]
        title = "Light"
        closes = { check_compliance = 0.1 }
        adds = { file_hours = 1 }
        cost = { set_up_cny = 10 }
        """
    )
    return path


def test_the_promised_scenarios_are_shipped() -> None:
    assert set(SHIPPED) == {
        "l_bank", "vasicek", "downturn", "property_crash", "growth_race", "tape_example",
        "officers_leave", "hub_shock", "random_shock", "us_history",
    }  # fmt: skip
    assert all(title and title != name for name, title in list_scenarios())


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_scenario_loads_and_says_where_every_value_comes_from(name: str) -> None:
    scenario = load_scenario(name)
    assert scenario.name == name
    assert set(scenario.parameters) == set(all_parameters())
    assert all(isinstance(value, float) for value in scenario.parameters.values())
    assert set(all_parameters()) <= set(scenario.history)
    assert set(scenario.management) == set(STAGES)
    assert list(scenario.sectors) == list(SECTORS)
    assert sum(scenario.sectors.values()) == pytest.approx(1.0)
    assert pickle.loads(pickle.dumps(scenario)).identity() == scenario.identity()


def test_a_path_and_a_name_give_the_same() -> None:
    by_path = load_scenario(str(SHIPPED_SCENARIOS / "l_bank.toml"))
    assert by_path.identity() == load_scenario("l_bank").identity()


def test_a_file_states_only_what_differs(my_file: Path) -> None:
    mine, base = load_scenario(my_file), load_scenario("l_bank")
    assert (mine.name, mine.title, mine.enterprises) == ("my", "Mine", 500)
    assert mine.months == base.months
    assert mine.management == {**base.management, "pre_loan": 0.25}
    assert mine.parameters["demand_sd"] == 0.2
    assert mine.sectors == base.sectors
    assert [vars(s) for s in mine.stress] == [
        {"factor": "systematic", "start_month": 3, "months": 6, "size": -1.0, "share": 1.0}
    ]
    changed = {
        name
        for name, parameter in all_parameters().items()
        if mine.parameters[name] != base.parameters[name] and parameter.stage != "pre_loan"
    }
    assert changed == {"demand_sd"}


def test_own_strategies_are_new_or_change_shipped_ones_key_by_key(my_file: Path) -> None:
    mine, base = load_scenario(my_file), load_scenario("l_bank")
    assert mine.strategies["light"] == Strategy(
        "light", "Light", "Light", closes={"check_compliance": 0.1}, adds={"file_hours": 1.0},
        set_up_cny=10.0,
    )  # fmt: skip
    shipped = base.strategies["risk_warning"]
    assert vars(mine.strategies["risk_warning"]) == {**vars(shipped), "half_month": 18.0}
    assert [s.name for s in mine.strategy_list("light+risk_warning")] == ["light", "risk_warning"]
    assert "light" not in base.strategies


def test_history_is_told_oldest_first(my_file: Path) -> None:
    scenario = load_scenario(my_file, demand_sd=0.3, check_compliance=0.9, enterprises=70)
    parameter = all_parameters()["check_compliance"]
    default, quality, keyword = scenario.history["check_compliance"]
    evidence = f"[{parameter.mark}, {parameter.source}]"
    assert default == f"declared default {parameter.default:g} {evidence}"
    assert quality == f"management.pre_loan = 0.25 → {at_quality(parameter, 0.25):g}"
    assert keyword == "keyword sets 0.9"
    assert scenario.history["demand_sd"][-2:] == ("my.toml sets 0.2", "keyword sets 0.3")
    assert scenario.history["enterprises"][-2:] == ("my.toml sets 500", "keyword sets 70")


def test_management_quality_sets_the_parameters_of_its_stage() -> None:
    for quality in (0.0, 0.3, 1.0):
        scenario = load_scenario("l_bank", management=dict.fromkeys(STAGES, quality))
        for name, parameter in all_parameters().items():
            overridden = any("l_bank.toml sets" in step for step in scenario.history[name])
            if parameter.stage is not None and not overridden:
                assert scenario.parameters[name] == pytest.approx(at_quality(parameter, quality))


def test_an_explicit_value_counts_whatever_the_quality() -> None:
    for quality in (0.0, 1.0):
        scenario = load_scenario("l_bank", check_compliance=0.4, **{"management.pre_loan": quality})
        assert scenario.parameters["check_compliance"] == 0.4


def test_keywords_have_three_forms() -> None:
    forms = [
        load_scenario("l_bank", demand_sd=0.3),
        load_scenario("l_bank", **{"enterprise.demand_sd": 0.3}),
        load_scenario("l_bank", enterprise={"demand_sd": 0.3}),
        load_scenario("l_bank", enterprise={"demand_sd": np.float64(0.3)}),
        load_scenario("l_bank", enterprise={"demand_sd": 0.1}, demand_sd=0.3),
    ]
    assert all(form.identity() == forms[0].identity() for form in forms)
    table = {"pre_loan": 0.8}
    both = load_scenario("l_bank", management=table, **{"management.approval": 0.1})
    assert (both.management["pre_loan"], both.management["approval"]) == (0.8, 0.1)
    assert table == {"pre_loan": 0.8}
    own = {"mine": {"kind": "rival"}}
    both = load_scenario("l_bank", strategies=own, **{"strategies.mine.title": "Mine"})
    assert (both.strategies["mine"].kind, both.strategies["mine"].title) == ("rival", "Mine")
    assert own == {"mine": {"kind": "rival"}}
    stressed = load_scenario(
        "l_bank", stress=[{"factor": "pressure", "start_month": 0, "months": 1, "size": 0.5}]
    )
    assert stressed.stress[0].factor == "pressure"
    assert load_scenario("downturn", stress=[]).stress == ()


def test_keywords_are_checked_like_the_file() -> None:
    cases: dict[str, object] = {
        "enterprises": 0, "demand_sdd": 1, "months": None, "management.pre_loan": 1.2,
        "management": 3, "extends": "vasicek", "schema_version": 1, "enterprise.x.y": 1,
    }  # fmt: skip
    for key, value in cases.items():
        with pytest.raises(ScenarioError, match=r"^keyword: ") as caught:
            load_scenario("l_bank", **{key: value})
        assert len(caught.value.problems) == 1
        assert "\n" not in str(caught.value)
    with pytest.raises(ScenarioError, match="given a second time"):
        load_scenario("l_bank", management=3, **{"management.pre_loan": 0.1})


def test_a_file_extends_another_by_relative_path(my_file: Path) -> None:
    folder = my_file.parent / "inner"
    folder.mkdir()
    child = folder / "child.toml"
    child.write_text('schema_version = 1\nextends = "../my.toml"\nmonths = 7\n[management]\n')
    scenario = load_scenario(child)
    assert (scenario.months, scenario.enterprises, scenario.title) == (7, 500, "child")
    assert scenario.parameters["demand_sd"] == 0.2


def test_a_file_that_extends_nothing_has_the_declared_defaults(tmp_path: Path) -> None:
    (tmp_path / "plain.toml").write_text("schema_version = 1\n")
    scenario = load_scenario(tmp_path / "plain.toml")
    for name, parameter in all_parameters().items():
        if parameter.stage is None:
            assert scenario.parameters[name] == parameter.default
    assert scenario.enterprises == 2_000


def test_the_shipped_catalogue_is_not_changed_by_a_caller() -> None:
    load_scenario("l_bank").strategies["risk_warning"].closes["detection"] = 0.0  # type: ignore[index]
    assert load_scenario("l_bank").strategies["risk_warning"].closes["detection"] > 0.0
