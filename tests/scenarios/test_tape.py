"""Loan tapes: what is read, what is refused, and how a scenario uses one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from scenarios import ScenarioError, check, load_scenario, read_tape
from scenarios.tape import NAICS_SECTORS
from scenarios.toml_files import SHIPPED_SCENARIOS
from simulation import LoanPortfolio
from simulation.first_day import first_enterprises
from simulation.scenario import SECTORS

SBA = Path(__file__).parents[2].parent / "shared" / "data" / "sba_7a_disbursed_1990_2002.parquet"


def written(folder: Path, text: str, name: str = "tape.csv") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def refusal(path: Path) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        read_tape(path)
    for line in caught.value.problems:
        assert line.startswith(str(path))
        assert "Traceback" not in line
    return [line.removeprefix(f"{path}: ") for line in caught.value.problems]


def test_columns_of_the_sba_form(tmp_path: Path) -> None:
    tape = read_tape(
        written(
            tmp_path,
            "disbursed,naics2,no_emp,new_exist,rev_line,weight,more\n"
            "100.5,44,3,2,Y,2.5,x\n200,0,,0,,1,y\n300,23,7,1,T,1,z\n",
        ),
        unit_cny=2.0,
    )
    assert tape.amount_cny.tolist() == [201.0, 400.0, 600.0]
    assert [SECTORS[i] for i in tape.sector] == ["retail", "other", "construction"]
    assert tape.employees.tolist() == [3.0, 0.0, 7.0]
    assert tape.is_new.tolist() == [1, 0, 0]
    assert tape.revolving.tolist() == [1, 0, 0]
    assert tape.weight.tolist() == [2.5, 1.0, 1.0]
    assert tape.sector.dtype == tape.is_new.dtype == tape.revolving.dtype == np.int64


def test_plain_columns_and_only_the_amount(tmp_path: Path) -> None:
    plain = read_tape(
        written(
            tmp_path,
            "amount,sector,employees,is_new,revolving\n5,Retail,2,true,0\n6,services,1,0,1\n",
        )
    )
    assert [SECTORS[i] for i in plain.sector] == ["retail", "services"]
    assert plain.is_new.tolist() == [1, 0]
    assert plain.revolving.tolist() == [0, 1]
    bare = read_tape(written(tmp_path, "amount\n5\n"))
    assert (bare.weight.tolist(), bare.employees) == ([1.0], None)
    assert (bare.sector, bare.is_new, bare.revolving) == (None, None, None)


def test_parquet_is_read_like_csv(tmp_path: Path) -> None:
    source = SHIPPED_SCENARIOS / "tape_example.csv"
    table = pd.read_csv(source).astype({"no_emp": "Int32", "new_exist": "Int8"})
    table.to_parquet(tmp_path / "tape.parquet")
    table.to_csv(tmp_path / "tape.csv.gz", index=False)
    first = read_tape(source)
    for other in (read_tape(tmp_path / "tape.parquet"), read_tape(tmp_path / "tape.csv.gz")):
        for name, column in vars(first).items():
            np.testing.assert_array_equal(column, getattr(other, name))


def test_every_bad_column_is_told(tmp_path: Path) -> None:
    path = written(tmp_path, "amount,employees,weight,sector\n0,-1,0,x\n")
    assert len(refusal(path)) == 4


def test_naics_table_names_real_sectors() -> None:
    assert set(NAICS_SECTORS.values()) == set(SECTORS) - {"other"}


def test_a_scenario_takes_amounts_and_weighted_sectors_from_its_tape(tmp_path: Path) -> None:
    written(tmp_path, "amount,sector,weight\n10,retail,3\n20,services,1\n")
    path = tmp_path / "my.toml"
    path.write_text(
        'schema_version = 1\nextends = "l_bank"\n[population]\n'
        'tape = "tape.csv"\ntape_unit_cny = 7.0\n'
    )
    scenario = load_scenario(path)
    assert scenario.tape is not None
    assert scenario.tape.amount_cny.tolist() == [70.0, 140.0]
    assert scenario.tape.weight.tolist() == [3.0, 1.0]
    assert (scenario.sectors["retail"], scenario.sectors["services"]) == (0.75, 0.25)
    assert Path(scenario.tape_path or "").samefile(tmp_path / "tape.csv")
    dearer = load_scenario(path, tape_unit_cny=1.0)
    assert dearer.tape is not None
    assert dearer.tape.amount_cny.tolist() == [10.0, 20.0]
    without = load_scenario(path, **{"population.tape": ""})
    assert without.tape is None
    assert without.tape_path is None
    assert without.sectors == load_scenario("l_bank").sectors


def test_problems_of_a_tape_are_problems_of_its_scenario(tmp_path: Path) -> None:
    written(tmp_path, "weight\n1\n")
    path = tmp_path / "my.toml"
    head = 'schema_version = 1\nextends = "l_bank"\nmonths = 0\n[population]\n'
    path.write_text(head + 'tape = "tape.csv"\n')
    found = check(path)
    assert len(found) == 2
    assert found[1].startswith(
        f"{path}: population.tape: tape.csv: no column disbursed or amount; the columns are"
    )
    path.write_text(head + 'tape = "gone.csv"\n[sectors]\nretail = 1.0\n')
    assert [line.removeprefix(f"{path}: ") for line in check(path)[1:]] == [
        "population.tape: gone.csv: no such file",
    ]


def test_a_table_of_sectors_only_beside_a_tape_without_them(tmp_path: Path) -> None:
    written(tmp_path, "amount,sector\n10,retail\n", "with.csv")
    written(tmp_path, "amount\n10\n", "without.csv")
    head = 'schema_version = 1\nextends = "l_bank"\n[sectors]\nservices = 1.0\n[population]\n'
    path = tmp_path / "my.toml"
    path.write_text(head + 'tape = "with.csv"\n')
    assert check(path) == [f"{path}: sectors: not beside population.tape, whose loans give them"]
    path.write_text(head + 'tape = "without.csv"\n')
    scenario = load_scenario(path, enterprises=50)
    assert scenario.sectors["services"] == 1.0
    firms = first_enterprises(scenario, dict(scenario.parameters), 12, 1, 0)
    assert set(firms["sector"]) == {SECTORS.index("services")}
    assert set(firms["need_fen"]) == {1_000}
    assert 0 < firms["wants_bullet"].sum() < len(firms)  # drawn: the tape does not say


def test_the_example_tape_is_as_described() -> None:
    scenario = load_scenario("tape_example")
    assert scenario.tape is not None
    assert len(scenario.tape.amount_cny) == 300
    assert scenario.parameters["tape_unit_cny"] == 7.0
    log_amount = np.log(scenario.tape.amount_cny / 7.0)
    assert np.median(log_amount) == pytest.approx(np.log(100_000), abs=0.2)
    assert log_amount.std() == pytest.approx(1.0, abs=0.15)
    assert set(scenario.tape.weight) == {1.0, 4.0}


@pytest.mark.skipif(not SBA.is_file(), reason="needs ../shared/data, which is not there")
def test_the_sba_file_is_read_as_it_is() -> None:
    tape = read_tape(SBA, unit_cny=7.0)
    table = pd.read_parquet(SBA)
    assert len(tape.amount_cny) == len(table) == 23_037
    np.testing.assert_allclose(tape.amount_cny, 7.0 * table["disbursed"])
    np.testing.assert_array_equal(tape.weight, table["weight"])
    weights = tape.weight / tape.weight.sum()
    assert weights[tape.sector == SECTORS.index("retail")].sum() == pytest.approx(0.112, abs=0.002)
    assert tape.is_new.sum() == (table["new_exist"] == 2).sum()
    assert tape.revolving.sum() == (table["rev_line"] == "Y").sum()


def test_the_model_samples_the_tape_in_cny_by_its_weights() -> None:
    scenario = load_scenario("tape_example", enterprises=4_000, burn_in_months=1, months=1)
    assert scenario.tape is not None
    needs = LoanPortfolio(scenario, seed=1).enterprises.get("need_fen")[:4_000]
    assert set(needs) <= set(np.round(scenario.tape.amount_cny * 100.0)), (
        "Tape.amount_cny is CNY already: simulation must not apply tape_unit_cny again"
    )
    mean = np.average(scenario.tape.amount_cny, weights=scenario.tape.weight)
    assert np.mean(needs) / 100.0 == pytest.approx(mean, rel=0.1)
