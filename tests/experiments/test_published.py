"""Published experiments: verdicts from numbers, settings and their studies, the page."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from experiments import cli, published, tables
from experiments.published import (
    COLUMNS,
    EXPERIMENTS,
    HIGHER,
    LOWER,
    NAIVE,
    Claim,
    Experiment,
    results,
    verdict,
)  # fmt: skip
from experiments.published_report import lines, page, published_text
from experiments.published_runs import left_out, naive_file_hours, run_parts, settings_of, studies
from simulation import Scenario
from simulation.measures import UNITS

OPEN = "right sign, size open: the interval covers half or twice the published size"


@pytest.mark.parametrize(
    ("size", "change", "low", "high", "told"),
    [
        ((0.24, 0.24), 0.20, 0.13, 0.30, "right sign, within half to twice the published size"),
        ((0.24, 0.24), 0.20, 0.10, 0.30, OPEN),
        ((0.24, 0.24), 0.20, 0.12, 0.30, OPEN),
        ((0.24, 0.24), 0.49, 0.10, 0.60, OPEN),
        ((0.24, 0.24), 0.11, 0.10, 0.12, "right sign, less than half the published size"),
        ((0.24, 0.24), 0.50, 0.48, 0.60, "right sign, more than twice the published size"),
        ((0.24, 0.24), -0.20, -0.30, -0.10, "wrong sign"),
        ((0.24, 0.24), 0.20, -0.10, 0.50, "not resolved: the interval covers 0"),
        ((-0.5, -0.2), -0.3, -0.9, -0.11, "right sign, within half to twice the published size"),
        ((-0.5, -0.2), -0.11, -0.2, -0.1, OPEN),
        ((-0.5, -0.5), -0.11, -0.12, -0.1, "right sign, less than half the published size"),
        ((-0.1, -0.1), -0.3, -0.4, -0.21, "right sign, more than twice the published size"),
        ((-0.5, -0.2), -0.09, -0.2, -0.05, OPEN),
        ((-0.5, -0.2), 0.20, 0.10, 0.30, "wrong sign"),
        (HIGHER, 9.0, 1.0, 20.0, "right sign"),
        (HIGHER, -0.2, -0.3, -0.1, "wrong sign"),
        (LOWER, -0.2, -0.3, -0.1, "right sign"),
        (LOWER, 0.0, 0.0, 0.0, "not resolved: the interval covers 0"),
        (LOWER, -0.2, math.nan, math.nan, "no interval"),
    ],
)
def test_verdicts(
    size: tuple[float, float], change: float, low: float, high: float, told: str
) -> None:
    assert verdict(size, change, low, high) == told


def test_published_sizes_are_told() -> None:
    texts = [published_text(size) for size in ((0.31, 0.31), (-0.5, -0.2), HIGHER, LOWER)]
    assert texts == ["+31", "-50 to -20", "higher", "lower"]


def runs_of(**settings: np.ndarray) -> pd.DataFrame:
    return pd.concat([
        pd.DataFrame({"assumptions": "fixed", "replication": range(len(values)),
                      "strategy": name, "loss_rate": values, "lgd": values[::-1]})
        for name, values in settings.items()
    ], ignore_index=True)  # fmt: skip


def experiment(*claims: Claim, arm: str = "a", against: str = "b") -> Experiment:
    return Experiment("One", arm, against, claims, "somebody", "V")


def test_a_mean_is_compared_in_pairs_and_against_its_own_setting() -> None:
    rng = np.random.default_rng(2)
    base = rng.normal(1.0, 0.1, 30)
    runs = runs_of(a=1.2 * base, b=base, baseline=5.0 * base)
    row = results(runs, [experiment(Claim("loss_rate", (0.3, 0.3)))]).iloc[0]
    assert tuple(row.index) == COLUMNS
    assert row["relative_change"] == pytest.approx(0.2)
    assert row["relative_low"] == pytest.approx(0.2) and row["replications"] == 30
    assert row["verdict"] == "right sign, within half to twice the published size"


@pytest.mark.parametrize(
    ("statistic", "expected", "scaled"),
    [
        ("sd", lambda x: np.std(x, ddof=1), 0.5),
        ("cv", lambda x: np.std(x, ddof=1) / np.mean(x), 0.0),
        ("q95", lambda x: np.quantile(x, 0.95), 0.5),
    ],
)
def test_spread_and_tail_are_bootstrapped_in_pairs(
    statistic: str, expected: object, scaled: float
) -> None:
    rng = np.random.default_rng(4)
    base = rng.gamma(4.0, 0.01, 80)
    arm = 1.5 * base  # in every resample exactly one and a half times: no spread if paired
    claim = Claim("loss_rate", HIGHER, statistic)
    row = results(runs_of(a=arm, b=base), [experiment(claim)]).iloc[0]
    change = [row[f"relative_{end}"] for end in ("change", "low", "high")]
    assert change == pytest.approx([scaled] * 3, abs=1e-12)
    assert scaled == 0.0 or row["verdict"] == "right sign"
    noisy = arm + rng.normal(0.0, 0.01, 80)
    row = results(runs_of(a=noisy, b=base), [experiment(claim)]).iloc[0]
    assert row["relative_change"] == pytest.approx(expected(noisy) / expected(base) - 1.0)  # type: ignore[operator]
    again = stats.bootstrap(
        (noisy, base), lambda a, b: expected(a) / expected(b) - 1.0, paired=True,  # type: ignore[operator]
        vectorized=False, method="percentile", n_resamples=1000, rng=rng,
    ).confidence_interval  # fmt: skip
    assert row["relative_low"] == pytest.approx(again.low, abs=0.06)
    assert row["relative_high"] == pytest.approx(again.high, abs=0.06)


def test_one_world_or_no_spread_gives_no_interval() -> None:
    claims = (Claim("loss_rate", HIGHER), Claim("loss_rate", HIGHER, "sd"))
    one = results(runs_of(a=np.ones(1), b=np.ones(1)), [experiment(*claims)])
    assert one["verdict"].tolist() == ["no interval"] * 2
    flat = results(runs_of(a=np.arange(4.0), b=np.ones(4)), [experiment(claims[1])])
    assert flat["verdict"].tolist() == ["no interval"]


def test_an_experiment_without_its_runs_is_left_out() -> None:
    runs = runs_of(a=np.arange(4.0), b=np.arange(4.0))
    found = results(runs, [experiment(Claim("loss_rate", HIGHER), arm="c")])
    assert found.empty and tuple(found.columns) == COLUMNS


def test_the_declared_experiments_are_sound(tiny: Scenario) -> None:
    assert len({e.title for e in EXPERIMENTS}) == len(EXPERIMENTS)
    for e in EXPERIMENTS:
        assert e.mark in ("V", "R", "A") and e.source and e.arm != e.against
        for claim in e.claims:
            assert claim.measure in UNITS and claim.published[0] <= claim.published[1]
            assert claim.statistic in ("mean", *published.STATISTICS)
    assert left_out(tiny, EXPERIMENTS) == []


def test_every_declared_claim_has_its_line() -> None:
    rng = np.random.default_rng(5)
    runs = pd.DataFrame({"replication": range(30), "assumptions": "fixed"})
    tables_of = [
        runs.assign(strategy=setting, **{name: rng.gamma(4.0, 1.0, 30) for name in UNITS})
        for setting in settings_of(EXPERIMENTS)
    ]
    found = results(pd.concat(tables_of, ignore_index=True), EXPERIMENTS)
    told = lines(found, EXPERIMENTS)
    assert len(told) == sum(len(e.claims) for e in EXPERIMENTS)
    circles = [line[1] for line in told if line[0].startswith("Guarantee circles")]
    assert circles == [
        "lgd", "default_rate, cv over worlds", "default_rate, sd over worlds",
        "loss_rate, cv over worlds",
        "loss_rate, sd over worlds", "loss_rate, 95th percentile over worlds",
    ]  # fmt: skip


def test_what_is_not_there_is_told(tiny: Scenario) -> None:
    absent = experiment(Claim("lgd", LOWER), arm="perfect_world", against="baseline")
    assert left_out(tiny, [absent]) == [
        "One: left out, there is no strategy or scenario perfect_world."
    ]
    assert studies(tiny, [absent], 1, 7)[0].settings == {"baseline": "baseline"}


MIXED = (
    experiment(Claim("disbursed", HIGHER), arm="volume_pay", against="baseline"),
    experiment(Claim("default_rate", HIGHER), arm="downturn", against="baseline"),
    experiment(Claim("disbursed", HIGHER), arm=f"{NAIVE}+volume_pay", against=NAIVE),
)


def test_each_setting_has_a_study_of_its_scenario(tiny: Scenario) -> None:
    assert settings_of(MIXED) == [
        "baseline", "volume_pay", "downturn", NAIVE, f"{NAIVE}+volume_pay",
    ]  # fmt: skip
    bank = replace(tiny, parameters={**tiny.parameters, "volume_weight": 0.6})
    arms, shocked, naive = studies(bank, MIXED, 2, 5)
    assert arms.study.strategies == ("baseline", "volume_pay")
    assert shocked.settings == {"baseline": "downturn"}
    (path,) = shocked.study.scenario.stress
    assert (path.factor, path.size) == ("systematic", -0.5)
    assert shocked.study.scenario.enterprises == tiny.enterprises
    assert naive.settings == {"baseline": NAIVE, "volume_pay": f"{NAIVE}+volume_pay"}
    values = naive.study.scenario.parameters
    assert values["origination_priority"] == values["volume_weight"] == 0.6
    assert arms.study.scenario.parameters["origination_priority"] != 0.6
    adds = naive.study.scenario.strategies["volume_pay"].adds
    assert adds["origination_priority"] == adds["volume_weight"]
    assert {part.study.seed for part in (arms, shocked, naive)} == {5}


def test_the_naive_rule_gives_files_the_share_of_pay() -> None:
    assert naive_file_hours(100.0, 100.0, 100.0, 0.7, 0.05) == 70.0
    assert naive_file_hours(100.0, 100.0, 100.0, 0.95, 0.05) == 95.0
    assert naive_file_hours(40.0, 50.0, 100.0, 0.7, 0.05) == 40.0
    assert naive_file_hours(100.0, 10.0, 100.0, 0.7, 0.05) == 90.0


def test_runs_carry_their_settings_and_share_the_burn_in(tiny: Scenario) -> None:
    seen: list[tuple[int, int]] = []
    parts = studies(tiny, MIXED, 2, 5)
    runs = run_parts(parts, 1, lambda done, total: seen.append((done, total)))
    assert seen == [(n, 6) for n in range(1, 7)]
    assert runs["strategy"].value_counts().to_dict() == dict.fromkeys(settings_of(MIXED), 2)
    lent = runs.pivot(index="replication", columns="strategy", values="disbursed")
    assert (lent["volume_pay"] != lent["baseline"]).all()
    months = [part.study.months for part in parts[:2]]
    before = [m[(m["month"] < 0) & (m["strategy"] == "baseline")] for m in months]
    pd.testing.assert_frame_equal(*(m.reset_index(drop=True) for m in before), check_exact=True)


def test_the_page_names_sources_and_settings(tiny: Scenario) -> None:
    rng = np.random.default_rng(1)
    base = rng.normal(1.0, 0.1, 10)
    one = experiment(Claim("loss_rate", (0.2, 0.3), "sd", stands_for="risk"))._replace(note="So.")
    found = results(runs_of(a=2.0 * base, b=base), [one])
    (line,) = lines(found, [one])
    assert line[:2] == ["One", "loss_rate, sd over worlds (for: risk)"]
    assert line[3:] == [
        "+20 to +30", "somebody [V]", "right sign, more than twice the published size",
    ]  # fmt: skip
    text = "\n\n".join(page(found, [one], tiny, "```sh\nloanlab\n```", ["Two: left out."]))
    assert "| One | loss_rate, sd over worlds (for: risk) | +100.0 [+100.0, +100.0] |" in text
    assert text.endswith("- One: `a` against `b`. So.\n- Two: left out.")


def test_the_command_writes_tables_and_a_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = 'schema_version = 1\nextends = "l_bank"\nburn_in_months = 6\nrun_off_months = 4\n'
    (tmp_path / "tiny.toml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(published, "EXPERIMENTS", MIXED[:2])
    line = ["published", "tiny.toml", "--enterprises", "60", "--months", "3", "--jobs", "1",
            "--replications", "2", "--markdown", "published.md"]  # fmt: skip
    assert cli.run(line) == 0
    out = capsys.readouterr().out
    assert all(len(row) <= tables.WIDTH for row in out.splitlines())
    assert "somebody [V]" in out and "published.md" in out
    written = pd.read_csv(tmp_path / "results" / "tiny_published" / "published.csv")
    assert tuple(written.columns) == COLUMNS
    assert written["arm"].tolist() == ["volume_pay", "downturn"]
    page_text = (tmp_path / "published.md").read_text(encoding="utf-8")
    assert "--replications 2" in page_text and "`downturn` against `baseline`" in page_text
    assert cli.run([*line, "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["published"]) == 2
