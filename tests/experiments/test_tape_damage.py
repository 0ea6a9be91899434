"""Every kind of damage to a loan tape has its sentence, with file, row and column; exit code 2."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from experiments import cli

HEADER = (
    "loan_id,amount,disbursement_date,term_months,status,default_date,closed_date,loss_amount,"
    "annual_rate,sector,employees,is_new,revolving,collateral,officer,weight"
)
GOOD = {
    "loan_id": "A1", "amount": "1000", "disbursement_date": "2001-01-31", "term_months": "24",
    "status": "paid", "default_date": "", "closed_date": "2003-01-31", "loss_amount": "",
    "annual_rate": "0.05", "sector": "retail", "employees": "3", "is_new": "0", "revolving": "1",
    "collateral": "none", "officer": "Zhang Wei", "weight": "1.5",
}  # fmt: skip
HIDDEN = ("Zhang Wei", "A1")


def rows(**cells: str) -> str:
    """A good tape of two loans but for cells of the second, row 3."""
    first = {**GOOD, "loan_id": "A0"}
    lines = [HEADER]
    for row in (first, {**GOOD, **cells}):
        lines.append(",".join(f'"{v}"' if "," in v else v for v in row.values()))
    return "\n".join(lines) + "\n"


def cell(column: str, value: str, allowed: str, **others: str) -> tuple[str, str]:
    """A tape with a bad cell and the sentence that tells it."""
    written = f'"{value}"' if value else "an empty cell"
    text = f"t.csv: row 3, column {column}: {written} is not allowed; allowed: {allowed}"
    return rows(**{column: value}, **others), text


_ABOVE = "a number above 0, at most 1e+12"
_DATE = 'a date such as 2001-12-31; a mapping\'s dates = "dmy" or "mdy" reads 31/12/2001'

CELLS: dict[str, tuple[str, str]] = {
    "amount in words": cell("amount", "about 5", _ABOVE),
    "amount negative": cell("amount", "-5", _ABOVE),
    "amount zero": cell("amount", "0", _ABOVE),
    "amount empty": cell("amount", "", _ABOVE),
    "amount infinite": cell("amount", "inf", _ABOVE),
    "amount too large": cell("amount", "1e13", _ABOVE),
    "thousands in wrong groups": cell("amount", "1,23", _ABOVE),
    "decimal comma after points": cell("amount", "1.234,5", _ABOVE),
    "two decimal points": cell("amount", "1.2.3", _ABOVE),
    "term zero": cell("term_months", "0", "a number of months from 1 to 720"),
    "term in years": cell("term_months", "2 years", "a number of months from 1 to 720"),
    "term of a date": cell("term_months", "2001-01-31", "a number of months from 1 to 720"),
    "date in words": cell("disbursement_date", "last May", _DATE),
    "date with the year last": cell("disbursement_date", "03/04/2001", _DATE),
    "date that never was": cell("disbursement_date", "2001-02-30", _DATE),
    "date of two digits": cell("disbursement_date", "28-Feb-97", _DATE),
    "date long ago": cell("disbursement_date", "1899-12-31", "a day from 1900-01-01 to 20"),
    "date in the future": cell("closed_date", "2999-01-01", "a day from 1900-01-01 to 20"),
    "default before disbursement": cell(
        "default_date", "2000-12-31", "a day not before the disbursement", status="default"),
    "end before disbursement": cell(
        "closed_date", "2000-12-31", "a day not before the disbursement"),
    "status unknown": cell("status", "defalt", "paid, open or default; nearest known: default"),
    "sector unknown": cell("sector", "fishing", "manufacturing, construction, wholesale, retail"),
    "rate in per cent": cell("annual_rate", "4.5", "a share from 0 to 1, or per cent written as"),
    "rate negative": cell("annual_rate", "-0.01", "a share from 0 to 1, or per cent written as"),
    "loss negative": cell("loss_amount", "-1", "a number of at least 0"),
    "employees negative": cell("employees", "-2", "a number of at least 0"),
    "flag of three": cell("is_new", "3", "1 or 0, yes or no"),
    "flag in doubt": cell("revolving", "perhaps", "1 or 0, yes or no"),
    "collateral unknown": cell("collateral", "gold", "real_estate, guarantee or none"),
    "weight zero": cell("weight", "0", _ABOVE),
    "weight empty": cell("weight", "", _ABOVE),
    "spreadsheet error": cell("amount", "#REF!", _ABOVE),
    "loan twice": (
        rows(loan_id="A0"),
        "t.csv: row 3, column loan_id: allowed: each loan once, but this number stands in an e"),
    "cells too few": (
        rows() + "A2,5\n", "t.csv: row 4: 2 cells, but the header has 16"),
    "cells too many": (
        rows().replace("1.5\n", "1.5,7\n"), "t.csv: row 2: 17 cells, but the header has 16"),
    "quote never closed": (
        rows() + 'A2,"5,2001\n', "t.csv: row 4: 2 cells, but the header has 16"),
    "columns shifted": (
        rows(amount="Wang Fang", disbursement_date="1000"),
        't.csv: row 3, column amount: "Wang Fang" is not allowed; allowed: a number'),
    "naics of six digits": (
        "amount,naics2\n5,44\n5,441110\n",
        't.csv: row 3, column naics2 (sector): "441110" is not allowed; allowed: 0, 1, 2'),
    "rows after a blank one": (
        "amount,weight\n5,1\n\n-5,1\n", 't.csv: row 4, column amount: "-5" is not allowed'),
    "line within a cell": (
        'amount,sector,note\n5,retail,"a\nb"\n-5,retail,c\n',
        't.csv: row 3, column amount: "-5" is not allowed'),
    "semicolons": (
        "amount;weight\n5;1\n5;x\n", 't.csv: row 3, column weight: "x" is not allowed'),
    "no amount": (
        "ammount,weight\n5,1\n", "t.csv: no column disbursed or amount; is ammount meant?"),
    "header twice": (
        "amount,Amount \n5,6\n", 't.csv: two columns have the same header: "Amount", "amount"'),
    "no header": ("\n5,6\n", "t.csv: no row of headers"),
    "only a header": ("amount,weight\n", "t.csv: the tape has no rows"),
    "empty": (" \n", "t.csv: the file is empty"),
}  # fmt: skip


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    """What the command says of a bad tape, without the program's name."""
    assert cli.run(["tape", *arguments]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert "Traceback" not in told.err
    lines = told.err.splitlines()
    assert all(line.startswith("loanlab: ") for line in lines)
    return [line.removeprefix("loanlab: ") for line in lines]


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_tape_that_is_damaged_is_good(
    elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (elsewhere / "t.csv").write_text(rows())
    assert cli.run(["tape", "check", "t.csv"]) == 0
    told = capsys.readouterr().out
    assert told.startswith("t.csv: good: 2 loans, 3,000 lent; 0.0 % defaulted (weighted)")


@pytest.mark.parametrize("kind", CELLS)
def test_damage_is_told_with_row_and_column(
    elsewhere: Path, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    text, sentence = CELLS[kind]
    (elsewhere / "t.csv").write_text(text, encoding="utf-8", newline="")
    lines = refused(capsys, "check", "t.csv")
    assert lines[0].startswith(sentence)
    assert not any(name in line for name in HIDDEN for line in lines)


# --- files that are no tape ------------------------------------------------------------------


def _xlsx(path: Path) -> None:
    pd.DataFrame({"amount": [5, "x"]}).to_excel(path, index=False)


FILES: dict[str, tuple[str, bytes | Callable[[Path], None], str]] = {
    "ending": ("t.txt", b"amount\n5\n", "not a tape; allowed: .csv, .csv.gz, .parquet or .xlsx"),
    "folder": ("t.csv", lambda path: path.mkdir(), "no such file"),
    "gone": ("t.csv", lambda path: None, "no such file"),
    "no Parquet": ("t.parquet", b"amount\n5\n", "cannot be read as Parquet"),
    "half a Parquet": ("t.parquet", b"PAR1" + b"\0" * 40, "cannot be read as Parquet"),
    "no workbook": ("t.xlsx", b"amount\n5\n", "cannot be read as XLSX"),
    "no gzip": ("t.csv.gz", b"amount\n5\n", "cannot be read as CSV"),
    "half a gzip": ("t.csv.gz", gzip.compress(b"amount\n5\n" * 99)[:-9], "cannot be read as CSV"),
    "zero byte": ("t.csv", b"amount\n5\n6\0\n", "row 3: a zero byte; not a text file"),
    "no text": ("t.csv", b"amount\n5\n\xff\xff\n", "row 3: not text in UTF-8 or GB18030"),
    "half a UTF-16": ("t.csv", "amount\n5\n".encode("utf-16")[:-1], "row 2: not text in UTF-16"),
    "cell of a sheet": ("t.xlsx", _xlsx, 'row 3, column amount: "x" is not allowed'),
    "row of a Parquet": (
        "t.parquet", lambda path: pd.DataFrame({"amount": [5.0, -1.0]}).to_parquet(path),
        'row 2, column amount: "-1.0" is not allowed'),
    "date in Parquet's amount": (
        "t.parquet",
        lambda path: pd.DataFrame({"amount": pd.to_datetime(["2001-01-31"])}).to_parquet(path),
        'row 1, column amount: "2001-01-31" is not allowed'),
    "Chinese header in GB18030": (
        "t.csv", "放款金额,行业,姓名\n5,零售业,王芳\n五,零售业,李伟\n".encode("gb18030"),
        'row 3, column 放款金额 (amount): "五" is not allowed'),
}  # fmt: skip


@pytest.mark.parametrize("kind", FILES)
def test_a_file_that_cannot_be_used_is_told(
    elsewhere: Path, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    name, content, sentence = FILES[kind]
    if callable(content):
        content(elsewhere / name)
    else:
        (elsewhere / name).write_bytes(content)
    (line,) = refused(capsys, "check", name)
    assert line.startswith(f"{name}: {sentence}")
    assert "王芳" not in line


# --- mappings -------------------------------------------------------------------------------

HEAD = 'schema_version = 1\n[columns]\namount = "放款"\n'

MAPPINGS: dict[str, tuple[str, str]] = {
    "no version": ('[columns]\namount = "放款"\n', "m.toml: schema_version is missing"),
    "no columns": ("schema_version = 1\n", "m.toml: columns is missing"),
    "no amount": (HEAD.replace("amount", "weight"), "m.toml: columns.amount is missing"),
    "column unknown": (HEAD + 'secter = "行业"', "m.toml: columns.secter: unknown key; nearest"),
    "key unknown": ("datum = 1\n" + HEAD, "m.toml: datum: unknown key; nearest known: dates"),
    "header is a number": (HEAD.replace('"放款"', "3"), "m.toml: columns.amount = 3 is not"),
    "header taken": (HEAD + 'weight = "放款"', 'm.toml: columns.weight: "放款" is already col'),
    "header not there": (
        HEAD + 'weight = "权数"',
        't.csv: no column "权数", which m.toml names for weight; known: 放款, 行业'),
    "value of a code": (
        HEAD + 'sector = {header = "行业", codes = {A = "farming"}}',
        'm.toml: columns.sector: the value "farming" is not allowed; allowed: construction or'),
    "code unknown": (
        HEAD + 'sector = {header = "行业", codes = {A = "retail"}}',
        't.csv: row 3, column 行业 (sector): "B" is not allowed; allowed: manufacturing'),
    "codes of a number": (
        HEAD + 'weight = {header = "行业", codes = {A = "1"}}',
        "m.toml: columns.weight: codes and other belong to columns of codes only"),
    "scale of a code": (
        HEAD + 'sector = {header = "行业", scale = 2}',
        "m.toml: columns.sector: scale belongs to columns of numbers only"),
    "codes in a list": (HEAD + 'sector = {header = "行业", codes = [1]}',
                        "m.toml: columns.sector.codes = a list is not allowed; allowed: a table"),
    "encoding": ('encoding = "big5"\n' + HEAD, 'm.toml: encoding = "big5" is not allowed'),
    "wrong encoding": ('encoding = "utf-16"\n' + HEAD,
                       't.csv: no column "放款", which m.toml names for amount'),
    "day in quotes": ('cut_off = "2014"\n' + HEAD, 'm.toml: cut_off = "2014" is not allowed'),
    "header's row too far": ("header_row = 9\n" + HEAD, "t.csv: no row of headers"),
    "no TOML": ("columns", "m.toml: not valid TOML"),
}  # fmt: skip


@pytest.mark.parametrize("kind", MAPPINGS)
def test_a_bad_mapping_is_told(
    elsewhere: Path, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    text, sentence = MAPPINGS[kind]
    (elsewhere / "t.csv").write_text("放款,行业\n5,A\n6,B\n7,零售业\n", encoding="utf-8")
    (elsewhere / "m.toml").write_text(text, encoding="utf-8")
    assert refused(capsys, "check", "t.csv", "--mapping", "m.toml")[0].startswith(sentence)


def test_an_unknown_mapping_and_a_missing_sheet(
    elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _xlsx(elsewhere / "t.xlsx")
    (line,) = refused(capsys, "check", "t.xlsx", "--mapping", "sba")
    assert line == '"sba": unknown mapping; nearest known: sba_7a'
    (elsewhere / "m.toml").write_text('sheet = "Loans"\n' + HEAD)
    (line,) = refused(capsys, "check", "t.xlsx", "--mapping", "m.toml")
    assert line == 't.xlsx: no sheet "Loans"; it has "Sheet1"'
    assert len(CELLS) + len(FILES) + len(MAPPINGS) + 2 > 40


def test_the_tapes_day_bounds_its_dates(
    elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (elsewhere / "t.csv").write_text("amount,day\n5,2014-12-31\n6,2015-01-01\n")
    mapping = "cut_off = 2014-12-31\n" + HEAD.replace("放款", "amount")
    (elsewhere / "m.toml").write_text(mapping + 'disbursement_date = "day"\n')
    (line,) = refused(capsys, "check", "t.csv", "--mapping", "m.toml")
    assert line == (
        't.csv: row 3, column day (disbursement_date): "2015-01-01" is not allowed; allowed: '
        "a day from 1900-01-01 to 2014-12-31, the day of the tape"
    )


def test_a_few_cells_of_a_kind_are_named_and_the_rest_counted(
    elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = "".join(f"{-i},x\n" for i in range(1, 1_001))
    (elsewhere / "t.csv").write_text("amount,weight\n" + bad)
    lines = refused(capsys, "check", "t.csv", "--most", "2")
    assert lines == [
        *(f't.csv: row {r}, column weight: "x" is not allowed; allowed: {_ABOVE}' for r in (2, 3)),
        "t.csv: and 998 more such cells in column weight",
        *(f't.csv: row {r}, column amount: "{1 - r}" is not allowed; allowed: {_ABOVE}'
          for r in (2, 3)),
        "t.csv: and 998 more such cells in column amount",
    ]  # fmt: skip
