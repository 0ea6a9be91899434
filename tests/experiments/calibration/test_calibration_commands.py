"""``loanlab calibrate``: what it prints, the page, and a sentence for each bad file."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from experiments import cli
from experiments.calibration.invoices import read_invoices

HEAD = "firm,kind,month,net,gross\n"
GOOD = HEAD + "E1,output,2020-01,10.5,11\nE1,input,2020-02,4,5\nE2,output,2020-03,-2,-2\n"
BAD = {
    "": "the file is empty",
    HEAD: "no rows",
    "firm,kind,month\nE1,output,2020-01\n": "no column net; needed: firm, kind, month, net",
    HEAD + "E1,output,2020-01,1,1\n,output,2020-01,1,1\n": "row 2, column firm: empty",
    HEAD + "E1,sales,2020-01,1,1\n": 'row 1, column kind: "sales" is not allowed',
    HEAD + "E1,output,2020-01,1,1\nE1,output,2020-13,1,1\n": 'row 2, column month: "2020-13"',
    HEAD + "E1,output,2020-01,many,1\n": 'row 1, column net: "many" is not allowed',
    HEAD + "E1,output,2020-01,,1\n": "row 1, column net: empty is not allowed",
    HEAD + "E1,output,2020-01,inf,1\n": 'row 1, column net: "inf" is not allowed',
    HEAD + "E1,output,2020-01,1,1\nE1,output,2020-01,2,2\n": "one row a firm, kind and month",
    GOOD: "0 firms have 18 months with a sale",
}  # fmt: skip


@pytest.mark.parametrize(("text", "sentence"), BAD.items(), ids=list(BAD.values()))
def test_a_bad_file_gives_one_sentence(
    text: str, sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(text, encoding="utf-8")
    assert cli.run(["calibrate", "billing", str(path)]) == cli.WRONG_INPUT
    told = capsys.readouterr().err.strip().splitlines()[-1]
    assert told.startswith("loanlab: ")
    assert sentence in told


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["nowhere.csv"], "no such file"),
        (["table.xlsx"], "allowed: .csv or .csv.gz"),
        (["nowhere.csv", "--worlds", "0"], "--worlds 0 is not allowed; allowed: at least 1"),
        (["nowhere.csv", "--samples", "9"], "--samples 9 is not allowed; allowed: at least 50"),
        (["nowhere.csv", "--markdown", "page.txt"], "allowed: a file that ends in .md"),
        (["nowhere.csv", "--scenario", "l_bnk"], "l_bank"),
    ],
)
def test_a_wrong_order_gives_one_sentence(
    options: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["calibrate", "billing", *options]) == cli.WRONG_INPUT
    assert sentence in capsys.readouterr().err


def test_invoices_are_read_by_kind(tmp_path: Path) -> None:
    path = tmp_path / "good.csv"
    path.write_text(GOOD, encoding="utf-8")
    found = read_invoices(path)
    sales = found["output"]
    assert [str(month) for month in sales.index] == ["2020-01", "2020-02", "2020-03"]
    assert sales["E1"].tolist()[0] == 10.5
    assert np.isnan(sales["E1"].iloc[1]) and sales["E2"].iloc[2] == -2.0
    assert found["input"]["E1"].dropna().tolist() == [4.0]
    assert sales.dtypes.eq(np.float64).all()


@pytest.fixture(scope="module")
def invoices(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of 40 firms with 24 months of luck and no season."""
    rng = np.random.default_rng(2)
    rows = [
        f"F{firm},output,{2020 + month // 12}-{1 + month % 12:02d},{np.exp(rng.normal()):.4f},0\n"
        for firm in range(40) for month in range(24) if rng.random() > 0.1 or month in (0, 23)
    ]  # fmt: skip
    path = tmp_path_factory.mktemp("invoices") / "firms.csv"
    path.write_text(HEAD + "".join(rows), encoding="utf-8")
    return path


SMALL = ["--worlds", "1", "--searches", "1", "--samples", "50"]


def test_json_and_page_say_the_same(
    invoices: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "billing.md"
    order = ["calibrate", "billing", str(invoices), *SMALL, "--json", "--markdown", str(page)]
    assert cli.run(order) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["firms"] == 40 and found["degrees_of_freedom"] == 10
    text = page.read_text(encoding="utf-8")
    assert "loanlab calibrate billing firms.csv --worlds 1" in text
    for row in found["parameters"]:
        assert f"| {row['parameter']} | {row['unit']} | {row['declared']:.3f}" in text
        assert f"| {row['estimate']:.3f} | {row['standard_error']:.3f} |" in text
    assert len(found["moments"]) == 21


def test_the_screen_shows_parameters_moments_and_verdict(
    invoices: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["calibrate", "billing", str(invoices), *SMALL]) == 0
    out = capsys.readouterr().out
    assert "40 firms with at least 18 months of sales" in out
    assert "season_amplitude" in out and "Not fitted" in out and "Over-identification: J =" in out
