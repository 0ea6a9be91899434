"""What a tape says in figures: hand-made tapes, and the facts of the real one."""

from __future__ import annotations

from pathlib import Path

import pytest

from scenarios.tape import LoanTape, read_loans, read_mapping
from scenarios.tape.profile import curves, hazard, profiled, severity

EARLY = [0.1, 0.4, 2.5, 4.9, 5.4, 6.7, 8.5, 7.6, 6.9, 5.7, 5.3, 4.7, 2.8, 2.0]
LATE = [0.2, 1.9, 7.9, 14, 11, 15, 18, 22, 19, 15, 13, 8.8, 9.0, 8.7]


def tape(folder: Path, text: str) -> LoanTape:
    (folder / "t.csv").write_text(text)
    return read_loans(folder / "t.csv")


@pytest.fixture(scope="module")
def sba(shared_data: Path) -> LoanTape:
    path = shared_data / "sba_7a_disbursed_1990_2002.parquet"
    return read_loans(path, read_mapping("sba_7a"))


def test_shares_are_weighted(tmp_path: Path) -> None:
    text = (
        "amount,status,sector,weight\n10,default,retail,1\n20,paid,retail,3\n30,paid,services,4\n"
    )
    found = profiled(tape(tmp_path, text))
    assert found.totals["default_share"] == pytest.approx(1 / 8)
    assert found.totals["amount"] == 10 + 60 + 120
    retail = found.groups[found.groups["group"] == "retail"].iloc[0]
    assert (retail["share"], retail["default_share"]) == (0.5, 0.25)
    assert retail["amount_share"] == pytest.approx(70 / 190)
    assert found.cohorts.empty
    assert found.hazard.empty


def test_hazard_is_defaults_over_months_at_risk(tmp_path: Path) -> None:
    """Three loans: one defaults after a year, one ends after half a year, one is watched on."""
    read = tape(
        tmp_path,
        "amount,disbursement_date,default_date,closed_date\n1,2000-01-01,2001-01-01,\n"
        "1,2000-01-01,,2000-06-30\n1,2000-01-01,,2002-01-01\n",
    )
    found = hazard(read.loans.assign(weight=1.0), read.cut_off)
    assert found["at_risk"].tolist() == [3, 2, 2, 1, 1]
    assert found["defaults"].tolist() == [0, 0, 1, 0, 0]
    into_third = 366 / 30.4375 - 12.0  # 2000 has a day more
    assert found["hazard"].iloc[2] == pytest.approx(1.0 / (into_third + 6.0))


def test_a_curve_ends_where_a_loan_has_not_been_watched_for_so_long(tmp_path: Path) -> None:
    read = tape(
        tmp_path,
        "amount,disbursement_date,default_date,loss_amount\n100,2000-01-01,2000-05-01,40\n"
        "100,2000-12-01,,\n300,2001-12-31,,\n",
    )
    found = curves(read.loans.assign(weight=1.0), read.cut_off)
    of_2000 = found[found["year"] == 2000]
    assert of_2000["month"].tolist() == [0, 6, 12]
    assert of_2000["default_share"].tolist() == [0.0, 0.5, 0.5]
    assert of_2000["loss_share"].tolist() == [0.0, 0.2, 0.2]
    assert found[found["year"] == 2001]["month"].tolist() == [0]


def test_the_real_tapes_gradients(sba: LoanTape) -> None:
    found = profiled(sba)
    assert found.totals["loans"] == 23_037
    share = found.groups.set_index(["column", "group"])["default_share"] * 100
    wanted = {
        ("is_new", "yes"): 8.9, ("is_new", "no"): 6.2, ("revolving", "yes"): 11.1,
        ("amount", "250,000 to 500,000"): 5.8, ("sector", "wholesale"): 6.3,
        ("sector", "construction"): 7.7, ("sector", "retail"): 10.0,
        ("sector", "hospitality"): 12.4,
    }  # fmt: skip
    for key, value in wanted.items():
        assert share[key] == pytest.approx(value, abs=0.06), key


def test_the_real_tapes_hazard_and_losses(sba: LoanTape) -> None:
    loans = sba.loans[sba.loans["term_months"].between(36, 90)]
    early = loans["disbursement_date"].dt.year <= 2000
    for chosen, wanted in ((early, EARLY), (~early, LATE)):
        found = 1e4 * hazard(loans[chosen], sba.cut_off)["hazard"].to_numpy()[:14]
        assert found == pytest.approx(wanted, rel=0.05, abs=0.06)
    lost = severity(sba.loans)
    assert [lost[k] for k in ("mean", "sd", "p25", "p50", "p75")] == pytest.approx(
        [0.59, 0.27, 0.39, 0.61, 0.81], abs=0.006
    )
