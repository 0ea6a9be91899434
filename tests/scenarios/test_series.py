"""Series of a scenario: what is read, what is refused, which month is missing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from experiments.store.scenario_text import scenario_as_text, scenario_from_text
from scenarios import ScenarioError, check, difference, explain, load_scenario

HEAD = """schema_version = 1
extends = "l_bank"
burn_in_months = 3
months = 6
run_off_months = 3
fork_month = "2001-04"
"""
ENTRY = """[[series]]
name = "jobs"
file = "s.csv"
drives = "systematic"
size = 0.5
"""
MONTHS = pd.period_range("2001-01", "2001-12", freq="M")
GOOD = "DATE,V\n" + "".join(f"{m}-01,{5 + i % 4}\n" for i, m in enumerate(MONTHS))


def file(folder: Path, series: str = GOOD, entry: str = ENTRY, head: str = HEAD) -> Path:
    (folder / "s.csv").write_text(series)
    path = folder / "my.toml"
    path.write_text(head + entry)
    return path


def only(folder: Path, series: str = GOOD, entry: str = ENTRY, head: str = HEAD) -> str:
    path = file(folder, series, entry, head)
    (problem,) = check(path)
    return problem.removeprefix(f"{path}: ").removeprefix("my.toml: ")


def test_values_are_standardised_over_their_own_history_with_the_sign(tmp_path: Path) -> None:
    scenario = load_scenario(file(tmp_path))
    (series,) = scenario.observed
    values = np.array([5.0 + i % 4 for i in range(12)])
    expected = -(values - values.mean()) / values.std()
    assert series.path == pytest.approx(expected)
    good = load_scenario(file(tmp_path, entry=ENTRY + 'high_is = "good"\n'))
    assert good.observed[0].path == pytest.approx(-expected)
    assert series.source == "s.csv, 2001-01 to 2001-12"
    assert scenario.identity()["observed"][0]["path"] == series.path


def test_a_cut_off_is_tighter_where_high_is_bad(tmp_path: Path) -> None:
    entry = ENTRY.replace('"systematic"', '"cutoff"')
    (series,) = load_scenario(file(tmp_path, entry=entry)).observed
    assert series.path[3] > 0.0 > series.path[0]


def test_a_rate_is_told_by_its_distance_from_the_mean(tmp_path: Path) -> None:
    entry = ENTRY.replace('"systematic"', '"base_rate"')
    (series,) = load_scenario(file(tmp_path, entry=entry)).observed
    assert sum(series.path) == pytest.approx(0.0)
    assert series.path[3] - series.path[0] == pytest.approx(0.03)  # three points


def test_quarters_hold_for_three_months_and_days_are_averaged(tmp_path: Path) -> None:
    quarters = pd.period_range("2001Q1", periods=8, freq="Q").asfreq("M", how="S")
    quarterly = "DATE,V\n" + "".join(f"{q}-01,{i}\n" for i, q in enumerate(quarters))
    entry = ENTRY + 'every = "quarter"\n'
    path = load_scenario(file(tmp_path, quarterly, entry)).observed[0].path
    assert [len(set(path[i : i + 3])) for i in range(0, 12, 3)] == [1, 1, 1, 1]
    assert len(set(path)) == 4
    daily = GOOD + "".join(f"{m}-15,{7 + i % 4}\n" for i, m in enumerate(MONTHS))
    averaged = load_scenario(file(tmp_path, daily, ENTRY + 'every = "day"\n')).observed[0].path
    assert averaged == pytest.approx(load_scenario(file(tmp_path)).observed[0].path)


def test_the_first_missing_month_is_named(tmp_path: Path) -> None:
    needed = "the world needs 2001-01 to 2001-12)"
    hole = GOOD.replace("2001-06-01,6", "2001-06-01,.")
    assert only(tmp_path, hole) == (
        f"[[series]] number 1: s.csv has no value for 2001-06 (1 of 12 months missing; {needed}"
    )
    short = "\n".join(GOOD.splitlines()[:10])
    assert "no value for 2001-10 (3 of 12 months missing" in only(tmp_path, short)
    gone = "\n".join(line for line in GOOD.splitlines() if "2001-02" not in line)
    assert "no value for 2001-02 (1 of 12" in only(tmp_path, gone)
    with pytest.raises(ScenarioError, match="no value for 2002-01"):
        load_scenario(file(tmp_path), months=7)


BAD = {
    "day": (GOOD + "soon,5\n", ENTRY, 'row 14, column DATE: "soon" is not allowed (1 such rows)'),
    "value": (GOOD + "2002-01-01,x\n", ENTRY, 'row 14, column V: "x" is not allowed'),
    "infinite": (GOOD + "2002-01-01,inf\n", ENTRY, 'row 14, column V: "inf" is not allowed'),
    "twice": (GOOD + "2001-05-09,5\n", ENTRY, 'row 14, column DATE: "2001-05-09" is not allowed'),
    "one column": ("DATE\n2001-01-01\n", ENTRY, "one column; a series has a day and a value"),
    "empty": ("", ENTRY, "the file is empty"),
    "short": ("DATE,V\n2001-01-01,5\n", ENTRY, "column V: fewer than 8 values"),
    "flat": (GOOD.replace(",6", ",5").replace(",7", ",5").replace(",8", ",5"), ENTRY,
             "column V: no variation"),
    "column": (GOOD, ENTRY + 'column = "VV"\n', 'no column "VV"; nearest known: V'),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_a_bad_series_names_file_row_and_column(tmp_path: Path, case: str) -> None:
    series, entry, message = BAD[case]
    assert only(tmp_path, series, entry).startswith(f"[[series]] number 1: s.csv: {message}")


def test_bad_entries(tmp_path: Path) -> None:
    assert only(tmp_path, entry=ENTRY.replace("s.csv", "gone.csv")).endswith("no such file")
    assert only(tmp_path, entry=ENTRY.replace("s.csv", "s.xlsx")).endswith("allowed: .csv")
    assert "rain" in only(tmp_path, entry=ENTRY.replace("systematic", "rain"))
    assert "size = 1.5 is not allowed; at most 1 where it drives systematic" in only(
        tmp_path, entry=ENTRY.replace("0.5", "1.5")
    )
    both = ENTRY.replace("0.5", "0.8") * 2
    assert only(tmp_path, entry=both).endswith("add up to 1.6; allowed: at most 1")
    assert "fork_month is missing" in only(tmp_path, head=HEAD.replace("fork_month", "# "))
    assert "a month in quotes" in only(tmp_path, head=HEAD.replace("2001-04", "2001-13"))
    walk = HEAD + "[enterprise]\ndemand_persistence = 1.0\n"
    assert "cannot drive systematic" in only(tmp_path, head=walk)


def test_a_later_layer_can_take_the_series_away(tmp_path: Path) -> None:
    scenario = load_scenario(file(tmp_path), series=[])
    assert scenario.observed == ()
    assert "keyword sets none" in explain(scenario, "series")
    keys = {d.key for d in difference(load_scenario(file(tmp_path)), scenario)}
    assert {"series.1.name", "series.1.size"} <= keys


def test_a_study_keeps_the_series(tmp_path: Path) -> None:
    scenario = load_scenario(file(tmp_path), months=6)
    assert scenario_from_text(scenario_as_text(scenario)) == scenario


def test_the_shipped_history_covers_its_world_and_knows_the_recessions() -> None:
    scenario = load_scenario("us_history")
    jobs, standards = scenario.observed
    assert scenario.fork_month == "2001-01"
    assert len(jobs.path) == scenario.burn_in_months + scenario.months + scenario.run_off_months
    months = pd.period_range("1992-01", periods=len(jobs.path), freq="M").astype(str).tolist()
    at = {name: dict(zip(months, series.path, strict=True))
          for name, series in (("jobs", jobs), ("standards", standards))}  # fmt: skip
    assert at["jobs"]["2009-10"] < -2.0 < 0.0 < at["jobs"]["2000-04"]
    assert at["standards"]["2008-10"] > 3.0 > 0.0 > at["standards"]["2004-10"]
