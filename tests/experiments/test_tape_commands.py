"""Commands about good tapes: the page, JSON, the scenario, and that no name is kept."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from experiments import cli
from scenarios import load_scenario
from simulation import LoanPortfolio

NAMES = ("Wang Fang", "Li Wei", "Acme Hardware", "LN-77001")
TAPE = (
    "loan_id,client,amount,disbursement_date,default_date,status,term_months,sector,is_new,"
    "revolving,collateral,officer,annual_rate,loss_amount\n"
    "LN-77001,Acme Hardware,10000,2020-01-31,2021-01-31,default,12,retail,1,1,抵押,Li Wei,6%,900\n"
    "LN-77002,Wang Fang,20000,2020-03-31,,open,24,services,0,0,保证,Li Wei,5%,\n"
    "LN-77003,Wang Fang,30000,2021-03-31,,open,36,retail,0,0,抵押,Wang Fang,5%,\n"
    "LN-77004,Wang Fang,40000,2021-03-31,,paid,36,retail,0,0,信用,Wang Fang,4%,\n"
)
TINY = {"enterprises": 60, "months": 3, "burn_in_months": 6, "run_off_months": 4}


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.csv").write_text(TAPE, encoding="utf-8")
    return tmp_path


def test_no_name_is_written_anywhere(elsewhere: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["tape", "check", "t.csv", "--report", "p.html"]) == 0
    assert cli.run(["tape", "check", "t.csv", "--json"]) == 0
    assert cli.run(["tape", "scenario", "t.csv", "--out", "my.toml"]) == 0
    told = capsys.readouterr()
    files = [path for path in elsewhere.iterdir() if path.name != "t.csv"]
    assert {p.name for p in files} == {"p.html", "my.toml", "my.tape.parquet", "my.observed.json"}
    for text in (told.out + told.err, *(p.read_bytes().decode("latin-1") for p in files)):
        assert not any(name in text for name in NAMES)
    assert "Not read: client." in told.out
    kept = pd.read_parquet(elsewhere / "my.tape.parquet").columns.tolist()
    assert kept == ["amount", "sector", "is_new", "revolving"]


def test_the_page_needs_no_other_file(elsewhere: Path) -> None:
    assert cli.run(["tape", "check", "t.csv", "--report", "p.html"]) == 0
    page = (elsewhere / "p.html").read_text(encoding="utf-8")
    assert "4 loans, 100,000 lent, 25.0 % defaulted." in page
    assert page.count('src="data:image/svg+xml;base64,') == page.count("<img ") == 6
    assert "http" not in page


def test_the_scenario_takes_what_the_tape_says_and_lists_the_rest(
    elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["tape", "scenario", "t.csv", "--out", "my.toml", "--unit-cny", "7", "--json"]
    assert cli.run(words) == 0
    told = json.loads(capsys.readouterr().out)
    assert {name: v["value"] for name, v in told["values"].items()} == {
        "bullet_tenor": 12.0, "instalment_tenor": 36.0, "real_estate_share": 0.5,
        "guarantee_share": 0.25, "base_rate": 0.05, "enterprises_per_officer": 2.0,
    }  # fmt: skip
    text = (elsewhere / "my.toml").read_text(encoding="utf-8")
    assert "employees from sales as before" in " ".join(told["assumed"])
    assert all(f"#   {line}" in text for line in told["assumed"])
    scenario = load_scenario(elsewhere / "my.toml", **TINY)
    assert scenario.tape is not None
    assert scenario.tape.amount_cny.tolist() == [70_000.0, 140_000.0, 210_000.0, 280_000.0]
    assert scenario.parameters["instalment_tenor"] == 36.0
    assert LoanPortfolio(scenario, seed=1).run()["disbursed"] > 0.0
    observed = json.loads((elsewhere / "my.observed.json").read_text(encoding="utf-8"))
    assert [row["year"] for row in observed["cohorts"]] == [2020, 2021]
    assert observed["cohorts"][0]["default_share"] == 0.5


def test_nothing_is_replaced(elsewhere: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (elsewhere / "my.observed.json").write_text("mine")
    assert cli.run(["tape", "scenario", "t.csv", "--out", "my.toml"]) == 2
    assert "my.observed.json: is there already; nothing was written" in capsys.readouterr().err
    assert (elsewhere / "my.observed.json").read_text() == "mine"
    assert not (elsewhere / "my.toml").exists()
    assert cli.run(["tape", "scenario", "t.csv", "--out", "my.json"]) == 2
    assert "allowed: NAME.toml" in capsys.readouterr().err


def test_a_scenario_beside_another_and_money_that_is_none(
    elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (elsewhere / "base.toml").write_text('schema_version = 1\nextends = "l_bank"\nmonths = 12\n')
    (elsewhere / "new").mkdir()
    words = ["tape", "scenario", "t.csv", "--from", "base.toml", "--out"]
    assert cli.run([*words, "new/my.toml", "--unit-cny", "-1"]) == 2
    assert "--unit-cny -1 is not allowed; allowed: a number" in capsys.readouterr().err
    assert list((elsewhere / "new").iterdir()) == []
    assert cli.run([*words, "new/my.toml"]) == 0
    assert load_scenario(elsewhere / "new" / "my.toml").months == 12
