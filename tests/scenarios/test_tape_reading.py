"""What a tape may look like and still be read: encodings, headers, numbers, dates, codes, files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scenarios import ScenarioError
from scenarios.tape import LoanTape, Mapping, read_loans, read_mapping
from scenarios.tape.columns import COLUMNS, Source, plain

BANK = """schema_version = 1
cut_off = 2022-12-31
[columns]
amount = {header = "放款金额(万元)", scale = 10000}
disbursement_date = "放款日"
term_months = "期限"
sector = {header = "行业代码", codes = {F52 = "retail", F51 = "wholesale"}, other = "other"}
is_new = {header = "是否新设", codes = {"新设" = true, "存量" = false}}
officer = "客户经理"
"""
TAPE = (
    "序号,客户名称,放款金额(万元),放款日,期限,行业代码,是否新设,客户经理\n"
    '1,宏达商行,"1,200.5",2020年3月1日,12,F52,新设,李伟\n'
    "2,永兴建材,８０,2020/4/1,24,E47,存量,李伟\n"
    "3,东方五金,30,20200501,36,f51,存量,王芳\n"
)


def written(folder: Path, content: str | bytes, name: str = "t.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def read(folder: Path, content: str | bytes, mapping: Mapping | None = None) -> LoanTape:
    return read_loans(written(folder, content), mapping, label="t.csv")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_banks_own_tape_in_its_encoding(tmp_path: Path, encoding: str) -> None:
    mapping = read_mapping(written(tmp_path, BANK, "m.toml"))
    tape = read(tmp_path, TAPE.encode(encoding), mapping)
    loans = tape.loans
    assert loans["amount"].tolist() == [12_005_000.0, 800_000.0, 300_000.0]
    assert [str(day.date()) for day in loans["disbursement_date"]] == [
        "2020-03-01", "2020-04-01", "2020-05-01",
    ]  # fmt: skip
    assert loans["sector"].tolist() == ["retail", "other", "wholesale"]
    assert loans["is_new"].tolist() == [1.0, 0.0, 0.0]
    assert loans["officer"].tolist() == [0.0, 0.0, 1.0], "counted, not kept"
    assert loans.index.tolist() == [2, 3, 4]
    assert tape.dropped == ("序号", "客户名称")
    assert tape.cut_off == pd.Timestamp("2022-12-31")
    assert tape.encoding == {"utf-8": "utf-8-sig"}.get(encoding, encoding)


NUMBERS = {
    "5": 5.0, "5.50": 5.5, "1,234": 1234.0, '"1,234,567.8"': 1234567.8, " 7 ": 7.0, "1e3": 1000.0,
    "¥5,000": 5000.0, "$12": 12.0, "８８": 88.0, "5 000": 5000.0, "3元": 3.0, "+4": 4.0,
}  # fmt: skip


@pytest.mark.parametrize("written_as", NUMBERS)
def test_numbers_as_banks_write_them(tmp_path: Path, written_as: str) -> None:
    quoted = f'"{written_as}"' if "," in written_as and '"' not in written_as else written_as
    tape = read(tmp_path, f"amount,weight\n{quoted},1\n")
    assert tape.loans["amount"].tolist() == [pytest.approx(NUMBERS[written_as])]


def test_a_decimal_comma_and_per_cent(tmp_path: Path) -> None:
    sources = {"amount": Source("a"), "annual_rate": Source("r")}
    mapping = Mapping(sources=sources, decimal=",")
    tape = read(tmp_path, "a;r\n1.234,5;4,35%\n7;0,05\n", mapping)
    assert tape.loans["amount"].tolist() == [1234.5, 7.0]
    assert tape.loans["annual_rate"].tolist() == pytest.approx([0.0435, 0.05])


DATES = ["2001-12-31", "2001/12/31", "2001.12.31", "20011231", "2001年12月31日",
         "2001-12-31 08:15:00", "2001-12-31T08:15:00", "31-Dec-2001", "37256"]  # fmt: skip


@pytest.mark.parametrize("day", DATES)
def test_dates_as_banks_write_them(tmp_path: Path, day: str) -> None:
    tape = read(tmp_path, f"amount,disbursement_date\n5,{day}\n6,2002-1-5\n")
    assert tape.loans["disbursement_date"].tolist() == [
        pd.Timestamp("2001-12-31"), pd.Timestamp("2002-01-05"),
    ]  # fmt: skip


@pytest.mark.parametrize(("order", "day"), [("dmy", "2001-04-03"), ("mdy", "2001-03-04")])
def test_the_order_of_day_and_month_is_told_never_guessed(
    tmp_path: Path, order: str, day: str
) -> None:
    sources = {"amount": Source("amount"), "disbursement_date": Source("d")}
    tape = read(tmp_path, "amount,d\n5,03/04/2001\n", Mapping(sources=sources, dates=order))
    assert tape.loans["disbursement_date"].tolist() == [pd.Timestamp(day)]


def test_files_of_every_form_say_the_same(tmp_path: Path) -> None:
    table = pd.DataFrame({
        "amount": [5.0, 6.5], "disbursement_date": pd.to_datetime(["2001-01-31", "2001-03-01"]),
        "sector": ["retail", None], "is_new": [True, False], "naics": [1, 2], "officer": ["a", "b"],
    })  # fmt: skip
    table.to_parquet(tmp_path / "t.parquet")
    table.to_csv(tmp_path / "t.csv", index=False)
    table.to_csv(tmp_path / "t.csv.gz", index=False)
    table.to_excel(tmp_path / "t.xlsx", index=False)
    first = read_loans(tmp_path / "t.csv").loans
    for name in ("t.csv.gz", "t.xlsx", "t.parquet"):
        other = read_loans(tmp_path / name).loans
        pd.testing.assert_frame_equal(
            other.reset_index(drop=True), first.reset_index(drop=True), check_dtype=False
        )
    assert first.index.tolist() == [2, 3]


def test_lines_above_the_header_and_another_sheet(tmp_path: Path) -> None:
    mapping = Mapping(sources={"amount": Source("amount")}, header_row=3, sheet="Loans")
    tape = read(tmp_path, "Bank of X\n\namount\n5\n\n6\n", mapping)
    assert tape.loans.index.tolist() == [4, 6]
    assert tape.notices == ("1 empty rows were left out (first: row 5)",)
    with pd.ExcelWriter(tmp_path / "t.xlsx") as book:
        pd.DataFrame({"x": [1]}).to_excel(book, sheet_name="Notes")
        pd.DataFrame({"amount": [5]}).to_excel(book, sheet_name="Loans", startrow=2, index=False)
    assert read_loans(tmp_path / "t.xlsx", mapping).loans.index.tolist() == [4]


def test_what_is_odd_but_possible_is_told_and_not_refused(tmp_path: Path) -> None:
    tape = read(
        tmp_path,
        "amount,status,default_date,loss_amount,term_months,disbursement_date\n"
        "5,paid,2001-01-31,,12,2000-01-31\n6,default,,9,,\n6,default,,9,,\n",
    )
    assert tape.notices == (
        "2 loans without a day of disbursement: not in cohorts and curves (first: row 3)",
        "2 loans in default without a day of default: not in the curves (first: row 3)",
        (
            "1 loans paid that have a day of default: paid in the shares, a default in the curves "
            "(first: row 2)"
        ),
        "2 losses above the amount lent (first: row 3)",
        "2 loans without a term: not in the curves (first: row 3)",
        "1 loans that equal an earlier one in every column (first: row 4)",
    )
    assert tape.cut_off == pd.Timestamp("2001-01-31")
    assert not tape.told


def test_headers_without_differences_that_do_not_matter() -> None:
    assert plain(" Loan_ID ") == plain("ｌｏａｎ　ｉｄ") == "loanid"
    known = [plain(s.header) for c in COLUMNS.values() for s in c.known]
    assert len(set(known)) == len(known), "a header is known for one column only"


def test_every_known_code_means_a_value_of_its_column() -> None:
    for name, column in COLUMNS.items():
        for source in column.known:
            assert set(source.codes.values()) <= set(column.codes.values()), name


# --- whatever is done to a tape --------------------------------------------------------------

CELLS = st.one_of(
    st.sampled_from([*NUMBERS, *DATES, "", "-", "NA", "inf", "-1", "0", "9" * 400, "1e999", '"',
                     "paid", "默认", "\x07", "\u200b", "'", "=1+1", "9999-12-31", "0x10"]),
    st.text(max_size=8),
)  # fmt: skip


@given(st.data())
@settings(max_examples=150, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
def test_a_tape_is_read_or_refused_in_sentences(tmp_path: Path, data: st.DataObject) -> None:
    names = data.draw(st.lists(st.sampled_from([*COLUMNS, "note"]), unique=True, max_size=8))
    headers = data.draw(st.permutations(["amount", *(n for n in names if n != "amount")]))
    rows = data.draw(st.lists(st.lists(CELLS, min_size=len(headers), max_size=len(headers)),
                              max_size=4))  # fmt: skip
    good = ["5", "2001-01-31", "1", "paid"]
    lines = [[data.draw(st.sampled_from(good)) for _ in headers], *rows]
    quote = data.draw(st.booleans())
    text = "\n".join(
        ",".join('"' + c.replace('"', '""') + '"' if quote else c for c in line)
        for line in [headers, *lines]
    )
    content = bytearray(text.encode(data.draw(st.sampled_from(["utf-8", "gb18030", "utf-16"])),
                                    "replace"))  # fmt: skip
    for place in data.draw(st.lists(st.integers(0, max(len(content) - 1, 0)), max_size=3)):
        content[place : place + 1] = data.draw(st.binary(max_size=2))
    try:
        tape = read(tmp_path, bytes(content[: data.draw(st.integers(0, len(content)))]))
    except ScenarioError as refused:
        problems = refused.problems
    else:
        problems = None
    if problems is not None:
        assert problems
        assert all(line.startswith("t.csv: ") and "\n" not in line for line in problems)
        return
    assert (tape.loans["amount"] > 0.0).all()
    assert np.isfinite(tape.loans["amount"]).all()


@given(st.dictionaries(
    st.sampled_from(["title", "encoding", "header_row", "dates", "decimal", "cut_off", "columns"]),
    st.one_of(st.integers(), st.text(max_size=5), st.booleans(), st.floats(), st.none(),
              st.lists(st.integers(), max_size=2),
              st.dictionaries(st.sampled_from(["amount", "sector", "x"]),
                              st.one_of(st.text(max_size=4), st.integers(),
                                        st.dictionaries(st.sampled_from(["header", "codes"]),
                                                        st.text(max_size=3))))),
))  # fmt: skip
@settings(max_examples=100, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
def test_a_mapping_is_read_or_refused_in_sentences(
    tmp_path: Path, table: dict[str, object]
) -> None:
    def toml(value: object) -> str:
        if isinstance(value, dict):
            return "{" + ", ".join(f"{k} = {toml(v)}" for k, v in value.items()) + "}"
        if isinstance(value, list):
            return "[" + ", ".join(map(toml, value)) + "]"
        if isinstance(value, bool):
            return str(value).lower()
        return repr(value) if isinstance(value, int | float | str) else "2001-01-31"

    lines = ["schema_version = 1", *(f"{k} = {toml(v)}" for k, v in table.items())]
    path = written(tmp_path, "\n".join(lines).encode("utf-8", "replace"), "m.toml")
    try:
        mapping = read_mapping(path)
    except ScenarioError as refused:
        problems = refused.problems
    else:
        problems = None
    if problems is not None:
        assert all(str(path) in line for line in problems)
        return
    assert mapping.sources is not None
    assert "amount" in mapping.sources
