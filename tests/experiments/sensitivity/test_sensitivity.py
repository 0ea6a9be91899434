"""Sensitivity studies of the model: the store, resuming, finished studies, the command."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from functions import ishigami_study

from experiments import Study, StudyError, cli
from experiments.replication import Outcome, World, run_world
from experiments.sensitivity import cost, finished
from experiments.sensitivity.analysis import Question
from experiments.sensitivity.answer import answer_of, answer_of_finished
from experiments.sensitivity.choice import chosen
from experiments.sensitivity.convergence import unresolved
from experiments.sensitivity.finished import drawn_factors
from experiments.sensitivity.methods import METHODS
from experiments.sensitivity.study import SensitivityStudy
from experiments.store.database import Store
from scenarios import load_scenario
from simulation import LoanPortfolio, Scenario
from simulation.assumptions import drawn_values

ARM = "risk_warning"


@pytest.fixture(scope="module")
def small() -> Scenario:
    return load_scenario("l_bank", enterprises=50, months=2, burn_in_months=4, run_off_months=3)


def morris(scenario: Scenario, samples: int = 4, **more: object) -> SensitivityStudy:
    factors = chosen(scenario, "cutoff=-0.5:0.5,patience_months,detection")
    return SensitivityStudy(scenario, factors, METHODS["morris"], samples, 2, [ARM], 11, **more)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def clean(small: Scenario) -> SensitivityStudy:
    return morris(small).run(jobs=1)


def test_a_point_is_the_model_with_these_parameters(
    small: Scenario, clean: SensitivityStudy
) -> None:
    from dataclasses import replace

    point = clean.values.iloc[5].to_dict()
    changed = replace(small, parameters={**small.parameters, **point})
    model = LoanPortfolio(changed, seed=11, replication=1)
    twin = model.fork(ARM)
    model.run(), twin.run()
    assert clean.answers("disbursed")[5, 1] == model.measures()["disbursed"]
    gap = twin.measures()["disbursed"] - model.measures()["disbursed"]
    assert clean.answers("disbursed", ARM)[5, 1] == gap


def test_points_share_their_luck(clean: SensitivityStudy) -> None:
    """Seeds and replication numbers are the same at all points; replications differ."""
    runs = clean._written._connection.execute("SELECT DISTINCT seed, replication FROM runs")
    assert sorted(runs.fetchall()) == [(11, 0), (11, 1)]
    answers = clean.answers("disbursed")
    assert (answers[:, 0] != answers[:, 1]).all()
    assert np.corrcoef(answers.T)[0, 1] > 0.2


def test_an_interrupted_study_resumes_to_the_same_numbers(
    small: Scenario, clean: SensitivityStudy, tmp_path: Path
) -> None:
    left = [9]

    def interrupted(world: World) -> Outcome:
        left[0] -= 1
        if not left[0]:
            raise KeyboardInterrupt
        return run_world(world)

    folder = tmp_path / "s"
    with pytest.raises(KeyboardInterrupt):
        morris(small, replicate=interrupted).run(jobs=1, out=folder)
    held = list(Store.opened(folder / "study.sqlite").statuses().values())
    assert held.count("ok") == 16 and held.count("aborted") == 2
    again = morris(small).run(jobs=1, out=folder)
    np.testing.assert_array_equal(again.answers("loss_rate", ARM), clean.answers("loss_rate", ARM))
    ran = Store.opened(folder / "study.sqlite").volatile()["attempts"]
    assert ran.value_counts().to_dict() == {1: len(ran) - 2, 2: 2}


def test_an_extended_study_runs_only_what_is_new(small: Scenario, tmp_path: Path) -> None:
    lived = []

    def counted(world: World) -> Outcome:
        lived.append(world.key)
        return run_world(world)

    folder = tmp_path / "s"
    first = morris(small, 4, replicate=counted).run(jobs=1, out=folder)
    before = len(lived)
    assert before == len(first.worlds)
    wider = morris(small, 5, replicate=counted).run(jobs=1, out=folder)
    assert len(lived) == len(wider.worlds) and set(lived) == set(wider.worlds)
    np.testing.assert_array_equal(
        wider.answers("loss_rate")[: len(first.points)], first.answers("loss_rate")
    )


def test_the_two_kinds_of_study_keep_apart(small: Scenario, tmp_path: Path) -> None:
    own, other = tmp_path / "own", tmp_path / "other"
    ishigami_study("morris", 4).run(jobs=1, out=own)
    with pytest.raises(StudyError, match=r"holds a sensitivity study \(repeat its loanlab"):
        Study.opened(own)
    Study(small, [ARM], 1, 11, "fixed", references=False).run(jobs=1, out=other)
    with pytest.raises(StudyError, match="another study: a study of strategies"):
        morris(small).run(jobs=1, out=other)


def test_the_cost_is_told_with_a_cheaper_way(small: Scenario) -> None:
    factors = chosen(small, "stage:approval")
    study = SensitivityStudy(small, factors, METHODS["sobol2"], 64, 2, [ARM])
    k = len(factors)
    told = cost.words(study)
    assert f"{64 * (2 * k + 2):,} points x 2 replications x 2 arms" in told[0]
    assert told[1] == f"Without second order: --method sobol, {64 * (k + 2) * 4:,} runs."
    assert told[2] == f"To rank only: --method morris, {20 * (k + 1) * 4:,} runs."
    assert not cost.words(morris(small))[1:]
    assert cost.time_words(float("nan")) == "" and "about 3 minutes" in cost.time_words(180.0)


def test_a_pilot_is_not_run_twice(tmp_path: Path) -> None:
    study = ishigami_study("given", 64)
    seconds = cost.pilot(study, 1, tmp_path / "s", None)
    assert seconds > 0.0
    done = Store.opened(tmp_path / "s" / "study.sqlite").statuses()
    assert len(done) == cost.WARM + cost.PILOT
    assert np.isnan(cost.pilot(study, 1, tmp_path / "s", None))
    study.run(jobs=1, out=tmp_path / "s")
    assert set(study._written.volatile()["attempts"]) == {1}


def test_indices_below_zero_are_explained() -> None:
    rows = pd.DataFrame(
        [("a", "S1", 0.5, 0.4, 0.6), ("b", "S1", -0.02, -0.1, 0.06), ("c", "S1", -0.3, -0.4, -0.2),
         ("a", "ST", 0.9, 0.8, 1.0), ("b", "ST", 0.3, 0.2, 0.4), ("c", "ST", 0.25, 0.1, 0.4)],
        columns=["factor", "index", "value", "low", "high"])  # fmt: skip
    words = unresolved(rows, "ST")
    assert words[0].startswith("1 indices are below 0") and "read them as none" in words[0]
    assert "(S1 of c)" in words[1] and "too few samples" in words[1]
    assert words[2].endswith("not resolved: b/c.")


# --- a finished study ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def drawn(small: Scenario) -> Study:
    return Study(small, [ARM, "tighter_cutoff"], 70, 11, references=False).run(jobs=1)


def test_the_drawn_worlds_of_a_finished_study_are_analysed(small: Scenario, drawn: Study) -> None:
    values = drawn_factors(drawn)
    assert len(values) == 70 and values.iloc[3].to_dict() == drawn_values(small, 11, 3)
    names = ["patience_months", "detection", "strategy_effect"]
    answer = answer_of_finished(
        drawn, ["risk_adjusted_profit", "disbursed"], [ARM], "regional", names
    )
    assert [f.question.title for f in answer.findings][2] == (
        f"risk_adjusted_profit: {ARM} minus baseline"
    )
    assert set(answer.findings[0].indices["factor"]) == set(names)
    assert "its own luck" in answer.findings[0].remarks[0]
    assert set(answer.breakdowns) == {"risk_adjusted_profit"}
    worlds = drawn.runs.query("assumptions == 'drawn'").groupby("strategy")
    assert answer.leaders["risk_adjusted_profit"] == worlds["risk_adjusted_profit"].mean().idxmax()
    assert set(answer.breakdowns["risk_adjusted_profit"]["factor"]) == set(names)
    # The baseline costs nothing anywhere: the other question is still answered.
    silent = answer_of_finished(drawn, ["strategy_cost", "disbursed"], [], "regional", names)
    assert len(silent.findings) == 1
    assert silent.about[1].startswith("What drives strategy_cost cannot be told: regional: ")


def test_the_share_of_luck_is_that_of_the_worlds_as_declared(drawn: Study) -> None:
    question = Question("disbursed")
    runs = drawn.runs.query("strategy == 'baseline'").groupby("assumptions")["disbursed"]
    share, low, high = finished.luck_share(drawn, question)
    assert share == pytest.approx(runs.var()["fixed"] / runs.var()["drawn"])
    assert low < share < high
    assert finished.luck_share(drawn, question) == (share, low, high)
    found = finished.given_finding(drawn, question, ["patience_months", "detection"], "regional")
    assert f"the variance is {100 * share:.0f} % [" in found.remarks[1]
    assert np.isnan(finished.luck_share(drawn, Question("strategy_cost"))).all()


def test_another_version_of_the_model_is_told(
    drawn: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ["patience_months", "detection"]
    question = Question("disbursed")
    own = finished.given_finding(drawn, question, names, "regional")
    monkeypatch.setattr(finished, "model_version", lambda: "another")
    other = finished.given_finding(drawn, question, names, "regional")
    told = "run by another version of the model"
    assert told in " ".join(other.remarks) and told not in " ".join(own.remarks)


def test_a_study_without_drawn_worlds_is_refused(small: Scenario) -> None:
    study = Study(small, [ARM], 1, 11, "fixed", references=False)
    with pytest.raises(StudyError, match="no worlds with drawn assumptions"):
        drawn_factors(study)


# --- the command -----------------------------------------------------------------------------

SIZE = ("--enterprises", "50", "--months", "2", "--jobs", "1", "--replications", "2")


@pytest.fixture
def in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_command_writes_a_page_tables_and_pictures(
    in_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = ["sensitivity", "l_bank", "--factors", "cutoff=-0.5:0.5,patience_months",
            "--samples", "4", "--strategy", ARM, *SIZE,
            "--measures", "risk_adjusted_profit"]  # fmt: skip
    assert cli.run(line) == 0
    told = capsys.readouterr()
    assert "2 factors, 4 trajectories: " in told.err and "by a pilot" in told.err
    assert "What drives risk_adjusted_profit: risk_warning minus baseline" in told.out
    folder = in_folder / "results" / "l_bank_sensitivity"
    page = (folder / "sensitivity.md").read_text(encoding="utf-8")
    for picture in ("indices", "convergence", "morris", "tornado", "dependence"):
        place = f"figures/question_2/{picture}.png"
        assert f"]({place})" in page and (folder / place).stat().st_size > 5_000
    indices = pd.read_csv(folder / "indices.csv")
    assert set(indices["factor"]) == {"cutoff", "patience_months"}
    assert "When the conclusion breaks down cannot be told: 4 points" in page
    assert cli.run([*line, "--json"]) == 0
    told = capsys.readouterr()
    assert "by a pilot" not in told.err
    found = json.loads(told.out)
    assert found["leaders"] == {}
    assert len(found["indices"]) == len(indices)


KILLED = (
    "sensitivity", "l_bank", "--factors", "cutoff=-0.5:0.5,patience_months", "--samples", "8",
    "--enterprises", "80", "--months", "4", "--measures", "disbursed", "--jobs", "2",
)  # fmt: skip


@pytest.mark.skipif(os.name == "nt", reason="sends a POSIX signal")
def test_a_killed_command_goes_on_to_the_same_numbers(
    in_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = Path(__file__).resolve().parents[3]
    process = subprocess.Popen(
        [sys.executable, "-m", "experiments", *KILLED, "--out", "killed"], cwd=in_folder,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        env={**os.environ, "PYTHONPATH": str(root)},
    )  # fmt: skip
    path = in_folder / "killed" / "study.sqlite"
    while process.poll() is None:
        if path.exists() and "ok" in Store.opened(path).statuses().values():
            break
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    before = list(Store.opened(path).statuses().values()).count("ok")
    for folder in ("killed", "whole"):
        assert cli.run([*KILLED, "--out", folder]) == 0
    after = len(Store.opened(path).statuses())
    assert 0 < before < after
    killed, whole = ((in_folder / f / "indices.csv").read_bytes() for f in ("killed", "whole"))
    assert killed == whole


def test_sobol_with_second_order_draws_pairs(tmp_path: Path) -> None:
    from experiments.sensitivity.writing import write_answer

    study = ishigami_study("sobol2", 32).run(jobs=1)
    write_answer(answer_of(study, ["loss_rate"]), tmp_path / "out", {"kind": "given"})
    assert (tmp_path / "out" / "figures" / "question_1" / "pairs.png").exists()


def test_a_plan_runs_nothing_but_the_pilot(
    in_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = ["sensitivity", "l_bank", "--factors", "cutoff=-0.5:0.5,patience_months", *SIZE,
            "--samples", "4", "--plan", "--out", "planned"]  # fmt: skip
    assert cli.run(line) == 0
    told = capsys.readouterr()
    assert told.out == "" and "The rest takes about" in told.err
    assert len(Store.opened(in_folder / "planned" / "study.sqlite").statuses()) == 5


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--factors", "patience_month"], "unknown factor; nearest known: patience_months"),
        (["--factors", "cutoff=1:1"], "its range 1 to 1 is empty"),
        (["--method", "pawn", "--group-by", "stage"], "cannot take groups"),
        (["--method", "sobol", "--samples", "100"], "a power of two; allowed: 64 or 128"),
        (["--replications", "0"], "replications = 0 is not allowed; allowed: a whole number from"),
        (["--method", "moris"], "unknown method; nearest known: morris"),
        (["--measures", "loss_rat"], "unknown measure; nearest known: loss_rate"),
        (["--strategy", "risk_warnin"], "unknown strategy; nearest known: risk_warning"),
        (["--group-by", "stages"], "unknown kind of group; nearest known: stage"),
        (["--factors", "stage:approval", "--group-by", "stage"], "at least two groups"),
        (["--law", "lgo"], "unknown law"),
        (["--samples", "x"], "is not a whole number"),
    ],
)
def test_bad_input_is_told_in_a_sentence(
    options: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["sensitivity", "l_bank", *options]) == cli.WRONG_INPUT
    told = capsys.readouterr().err
    assert words in told and "Traceback" not in told


def test_bad_input_for_a_finished_study(
    small: Scenario, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(tmp_path / "study")
    Study(small, [ARM], 1, 11, references=False).run(jobs=1, out=folder, files=False)
    for options, words in (
        (["--method", "sobol"], "allowed for a finished study: pawn, delta, regional, given"),
        (["--method", "given"], "1 drawn worlds have an answer; given needs 64"),
        (["--method", "given", "--strategy", "tighter_cutoff"], "is not in the study"),
    ):
        line = ["sensitivity", folder, *options, "--out", str(tmp_path / "out")]
        assert cli.run(line) == cli.WRONG_INPUT
        assert words in capsys.readouterr().err


def test_failed_runs_are_told_and_the_rest_is_analysed(
    in_folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import experiments.sensitivity_commands as commands

    study = ishigami_study("sobol", 64, fails=lambda x: bool(x[0] > 2.5))
    monkeypatch.setattr(commands, "_study", lambda *_, **__: study)
    assert cli.run(["sensitivity", "l_bank", "--jobs", "1"]) == cli.FAILED
    told = capsys.readouterr()
    assert "RuntimeError: deliberate" in told.err
    assert "Where the model fails" in told.out
