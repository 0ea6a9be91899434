"""The real tape of SBA loans: read, profiled, and turned into a scenario that runs."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from experiments import cli
from scenarios import load_scenario
from simulation import LoanPortfolio

CHARGED_OFF = [4.5, 2.7, 2.1, 1.9, 2.1, 3.2, 4.2, 6.2, 8.4, 9.9, 11.4, 11.9, 11.8]
"""Share of the loans of 1990 to 2002 that were ever charged off, %, weighted: computed from the
tape before there was a reader of tapes."""


@pytest.fixture(scope="module")
def scenario_file(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("tape") / "sba.toml"
    tape = shared_data / "sba_7a_disbursed_1990_2002.parquet"
    line = ["tape", "scenario", str(tape), "--mapping", "sba_7a", "--out", str(out)]
    assert cli.run([*line, "--unit-cny", "7"]) == 0
    return out


def test_its_weighted_facts_are_kept(scenario_file: Path) -> None:
    kept = json.loads(scenario_file.with_suffix(".observed.json").read_text(encoding="utf-8"))
    cohorts = pd.DataFrame(kept["cohorts"])
    shares = cohorts.select_dtypes("number").loc[:, lambda t: t.columns.str.contains("default")]
    found = (100.0 * shares.iloc[:, 0]).round(1).tolist()
    assert found == CHARGED_OFF
    groups = pd.DataFrame(kept["groups"]).astype(str)
    text = groups.to_string()
    for group in ("hospitality", "retail", "wholesale", "construction"):
        assert group in text


def test_its_scenario_runs(scenario_file: Path) -> None:
    scenario = load_scenario(
        scenario_file, enterprises=300, months=6, burn_in_months=24, run_off_months=12
    )
    assert scenario.tape is not None and len(scenario.tape.amount_cny) == 23_037
    measures = LoanPortfolio(scenario, seed=7).run()
    assert measures["disbursed"] > 0.0
    names = set(pd.read_parquet(scenario_file.with_name("sba.tape.parquet")).columns)
    assert not names & {"loan_id", "officer", "state"}
