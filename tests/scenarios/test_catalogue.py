"""The shipped strategies, and what a strategy file may not say."""

from __future__ import annotations

from pathlib import Path

import pytest

from agents.parameters import all_parameters
from scenarios import ScenarioError, list_strategies, load_scenario
from scenarios.catalogue import merged, strategy_table

NO_GAP = (
    "mine.toml: closes.cutoff: cutoff has no declared strong value, so no gap to close; use [adds]"
)
STRATEGIES = load_scenario("l_bank").strategies


def test_the_promised_strategies_are_shipped() -> None:
    kinds = {name: strategy.kind for name, strategy in STRATEGIES.items()}
    assert {name: kind for name, kind in kinds.items() if kind != "experiment"} == {
        "pre_loan_process": "strategy", "risk_warning": "strategy",
        "internal_control": "strategy", "staff_ability": "strategy",
        "tighter_cutoff": "rival", "more_officers": "rival", "pay_for_quality": "rival",
    }  # fmt: skip
    assert [name for name, _ in list_strategies()] == list(STRATEGIES) == list(kinds)
    assert list(kinds)[:4] == [
        "pre_loan_process", "risk_warning", "internal_control", "staff_ability",
    ]  # fmt: skip
    experiments = [name for name, _ in list_strategies("experiment")]
    assert set(experiments) == {
        "volume_pay", "independent_review", "caseload_doubled", "caseload_halved",
        "frequent_audits", "no_joint_liability",
    }  # fmt: skip
    assert list(kinds)[-len(experiments) :] == experiments


@pytest.mark.parametrize("name", STRATEGIES)
def test_shipped_strategy_names_real_parameters_and_does_something(name: str) -> None:
    strategy = STRATEGIES[name]
    declared = all_parameters()
    assert strategy.closes or strategy.adds
    assert all(declared[key].strong is not None for key in strategy.closes)
    assert all(0.0 <= share <= 1.0 for share in strategy.closes.values())
    assert set(strategy.adds) <= set(declared)
    assert strategy.title != name
    assert any("一" <= sign <= "鿿" for sign in strategy.title_zh)


def test_all_problems_of_a_strategy_file_come_at_once(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(
        'kind = "plan"\n[closes]\ncutoff = 0.5\n[adoption]\nhalf_mnth = 3\n[cost]\nset_up_cny = "x"'
    )
    with pytest.raises(ScenarioError) as caught:
        strategy_table(path)
    assert sorted(caught.value.problems) == [
        'mine.toml: adoption.half_mnth: unknown key; nearest known: half_month',
        NO_GAP,
        'mine.toml: cost.set_up_cny = "x" is not allowed; allowed: a number of at least 0',
        'mine.toml: kind = "plan" is not allowed; allowed: "strategy" or "rival" or "experiment"',
        'mine.toml: schema_version is missing; write schema_version = 1',
    ]  # fmt: skip


def test_merging_goes_into_tables_and_leaves_the_first_alone() -> None:
    base = {"a": {"b": 1, "c": 2}, "d": 3}
    assert merged(base, {"a": {"b": 9}, "d": {"e": 1}}) == {"a": {"b": 9, "c": 2}, "d": {"e": 1}}
    assert base == {"a": {"b": 1, "c": 2}, "d": 3}
