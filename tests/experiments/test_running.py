"""A study that meets trouble: failures are rows, and nothing that was run is run again."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import psutil
import pytest

from experiments import Study, StudyError, cli, running
from experiments.precision import precision
from experiments.replay import replay
from experiments.replication import Live, live_to_end
from experiments.store.database import Store
from experiments.store.export import KINDS
from experiments.store.report import status_of
from scenarios import load_scenario
from simulation import LoanPortfolio, Scenario

ARM = "risk_warning"
Rule = Callable[[float, float], bool]


def faulty(**on: int) -> Live:
    """Lives a model, but for the worlds named: ``raising``, ``killing``, ``hanging``, ``late``."""

    def live(model: LoanPortfolio, deadline: float) -> dict[str, float]:
        if model.strategies:
            if model.replication == on.get("raising"):
                raise RuntimeError("deliberate")
            if model.replication == on.get("killing"):
                os._exit(3)
            if model.replication == on.get("hanging"):
                time.sleep(1000.0)
            if model.replication == on.get("late"):
                deadline = 0.0
        return live_to_end(model, deadline)

    return live


def study_of(scenario: Scenario, replications: int = 4, **more: object) -> Study:
    return Study(scenario, [ARM], replications, 11, "fixed", references=False, **more)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def clean(tiny: Scenario) -> Study:
    return study_of(tiny).run(jobs=1)


def test_failing_killing_and_late_runs_are_rows(
    tiny: Scenario, clean: Study, tmp_path: Path
) -> None:
    study = study_of(tiny, live=faulty(raising=0, killing=1, late=2))
    study.run(jobs=2, out=tmp_path / "study")
    failures = study.failures.set_index("replication")
    assert failures["strategy"].tolist() == [ARM] * 3
    assert (failures["seed"] == 11).all()
    assert failures["error"].tolist() == [
        "RuntimeError: deliberate", "WorkerLostError: its process died, twice",
        "DeadlineError: passed its deadline of 0 s in month 0",
    ]  # fmt: skip
    ok = clean.runs[(clean.runs["strategy"] != ARM) | (clean.runs["replication"] == 3)]
    pd.testing.assert_frame_equal(study.runs, ok.reset_index(drop=True), check_exact=True)
    assert study.comparison()["replications"].max() == 1
    again = Study.opened(tmp_path / "study").run(jobs=1, out=tmp_path / "study", again=True)
    assert again.failures.empty
    pd.testing.assert_frame_equal(again.runs, clean.runs, check_exact=True)


@pytest.mark.long  # tests/experiments/test_workers.py has the short form
def test_a_hanging_run_is_given_up(
    tiny: Scenario, clean: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "START_UP", 8.0)
    study = study_of(tiny, 2, live=faulty(hanging=1)).run(jobs=2, deadline=2.0)
    assert study.failures["error"].tolist() == [
        "WorkerLostError: it did not come back in time, twice"
    ]
    assert len(study.runs) == 3


def test_what_is_there_is_not_run_again(tiny: Scenario, clean: Study, tmp_path: Path) -> None:
    lived: list[tuple[int, str]] = []

    def counted(model: LoanPortfolio, deadline: float) -> dict[str, float]:
        lived.append((model.replication, "+".join(s.name for s in model.strategies)))
        return live_to_end(model, deadline)

    folder = tmp_path / "study"
    study_of(tiny, 2, live=counted).run(jobs=1, out=folder)
    assert len(lived) == 4
    study_of(tiny, 2, live=counted).run(jobs=1, out=folder)
    assert len(lived) == 4
    wider = study_of(tiny, 4, live=counted).run(jobs=1, out=folder)
    assert len(lived) == 8
    pd.testing.assert_frame_equal(wider.runs, clean.runs, check_exact=True)
    more = Study.opened(folder, strategies=[ARM, "tighter_cutoff"])
    more.live = counted
    more.run(jobs=1, out=folder)
    assert set(lived[8:]) == {(number, "tighter_cutoff") for number in range(4)}
    assert Study.opened(folder).plan["strategies"] == ["baseline", ARM, "tighter_cutoff"]
    narrow = study_of(tiny, 1).run(jobs=1, out=folder)
    assert len(narrow.runs) == 2 and Study.opened(folder).replications == 4


def test_an_interrupt_is_marked_and_gone_on_with(
    tiny: Scenario, clean: Study, tmp_path: Path
) -> None:
    def interrupted(model: LoanPortfolio, deadline: float) -> dict[str, float]:
        if model.replication == 2:
            raise KeyboardInterrupt
        return live_to_end(model, deadline)

    folder = tmp_path / "study"
    with pytest.raises(KeyboardInterrupt):
        study_of(tiny, live=interrupted).run(jobs=1, out=folder)
    status = status_of(Study.opened(folder))
    assert (status["ok"], status["aborted"], status["missing"]) == (4, 2, 4)
    again = Study.opened(folder).run(jobs=1, out=folder)
    pd.testing.assert_frame_equal(again.runs, clean.runs, check_exact=True)
    pd.testing.assert_frame_equal(again.months, clean.months, check_exact=True)


@pytest.mark.parametrize(
    ("other", "words"),
    [
        (lambda s: Study(s, [ARM], 1, 12, "fixed"), "seed 11, not 12"),
        (lambda s: study_of(load_scenario("l_bank", enterprises=70)), "enterprises = 60, not 70"),
        (lambda s: study_of(s, rules={"approves": refuses}), "other replaced rules"),
    ],
)
def test_another_study_is_not_mixed_in(
    tiny: Scenario, tmp_path: Path, other: Callable[[Scenario], Study], words: str
) -> None:
    study_of(tiny, 1).run(jobs=1, out=tmp_path / "study")
    with pytest.raises(StudyError, match=words):
        other(tiny).run(jobs=1, out=tmp_path / "study")


def refuses(score: float, cutoff: float) -> bool:
    return score > cutoff + 9.0


def test_a_run_is_repeated_to_the_last_bit(tiny: Scenario, tmp_path: Path) -> None:
    folder = tmp_path / "study"
    study = study_of(tiny, 2).run(jobs=1, out=folder)
    found = replay(study, f"{ARM}/fixed/1", folder)
    assert (found.exact, found.differing, found.stored_status) == (True, {}, "ok")
    with study._written._connection as rows:
        rows.execute(f"UPDATE runs SET loss_rate = loss_rate + 1e-12 WHERE strategy = '{ARM}'")
        rows.execute("UPDATE months SET npl_ratio = 0.5 WHERE month = 1")
    changed = Study.opened(folder)
    assert set(replay(changed, f"{ARM}/fixed/1", folder).differing) == {
        "loss_rate", "table months",
    }  # fmt: skip
    changed._written.note("platform", {"system": "elsewhere"})
    elsewhere = replay(changed, f"{ARM}/fixed/1", folder)
    assert not elsewhere.exact and set(elsewhere.differing) >= {"table months"}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("risk_warning", "is no run's name"),
        ("risk_warning/often/1", "allowed: fixed or drawn"),
        ("risk_warning/fixed/x", "a whole number"),
        ("risk_warnin/fixed/1", "nearest known: risk_warning"),
        ("risk_warning/fixed/77", "has no such run"),
    ],
)
def test_a_run_that_there_is_not_is_told(
    clean: Study, tmp_path: Path, name: str, words: str
) -> None:
    with pytest.raises(StudyError, match=words):
        replay(clean, name, tmp_path)


def test_the_parent_keeps_nothing_but_the_store(tiny: Scenario, tmp_path: Path) -> None:
    """Results of a world are let go of before the next comes: nothing refers to them."""
    import gc

    from experiments.replication import Outcome

    most = 0

    def count(_: int, __: int) -> None:
        nonlocal most
        most = max(most, sum(type(o) is Outcome for o in gc.get_objects()))

    study_of(tiny, 8).run(jobs=1, out=tmp_path / "study", progress=count)
    assert most <= 2


# --- kill -9 -----------------------------------------------------------------------------------


def start(folder: Path, *more: str) -> subprocess.Popen[bytes]:
    line = [sys.executable, "-m", "experiments", *more, "--jobs", "2"]
    return subprocess.Popen(
        line, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip


ROOT = Path(__file__).resolve().parents[2]
COMPARE = ("compare", "l_bank", "--enterprises", "80", "--months", "6", "--strategies", ARM,
           "--replications", "20", "--seed", "11", "--out", "study")  # fmt: skip


def exported(folder: Path) -> dict[str, bytes]:
    assert cli.run(["study", "export", str(folder)]) == 0
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*.parquet"))}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("undisturbed")
    assert start(folder, *COMPARE).wait(timeout=300) == 0
    return exported(folder / "study")


def killed_and_resumed(folder: Path, kills: int) -> int:
    """Start a study, kill it so often while it runs, and let it end. Returns: kills that hit."""
    luck, hits = random.Random(5), 0
    process = start(folder, *COMPARE)
    while not (folder / "study" / "study.sqlite").exists():
        time.sleep(0.01)
    while hits < kills:
        if hits % 2:  # while a process starts, or while runs are written
            time.sleep(luck.uniform(0.0, 2.0))
        else:
            wait_for_runs(folder / "study" / "study.sqlite", process)
            time.sleep(luck.uniform(0.0, 0.3))
        if process.poll() is not None:
            break
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        hits += 1
        process = start(folder, "study", "resume", "study")
    assert process.wait(timeout=300) == 0
    return hits


def wait_for_runs(path: Path, process: subprocess.Popen[bytes]) -> None:
    """Until a run more is written, or the process has ended."""
    before = None
    while process.poll() is None:
        done = list(Store.opened(path).statuses().values()).count("ok")
        if before is not None and done > before:
            return
        before = done if before is None else before
        time.sleep(0.02)


@pytest.mark.skipif(os.name == "nt", reason="sends a POSIX signal")
@pytest.mark.parametrize("kills", [1, pytest.param(10, marks=pytest.mark.long)])
def test_a_killed_study_resumes_to_the_same_bytes(
    kills: int, tmp_path: Path, undisturbed: dict[str, bytes]
) -> None:
    assert killed_and_resumed(tmp_path, kills) >= min(kills, 2)
    assert exported(tmp_path / "study") == undisturbed
    assert set(undisturbed) >= {"runs.parquet", "months.parquet"}
    statuses = Store.opened(tmp_path / "study" / "study.sqlite").statuses()
    assert set(statuses.values()) == {"ok"}


# --- commands ----------------------------------------------------------------------------------


def test_commands_on_a_study(
    tiny: Scenario, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(tmp_path / "study")
    study_of(tiny, 2, live=faulty(raising=1)).run(jobs=1, out=folder, progress=True)
    assert "worlds: 2 of 2" in capsys.readouterr().err
    assert cli.run(["study", "status", folder]) == 0
    out = capsys.readouterr().out
    assert "3 of 4 runs ok, 1 failed, 0 missing" in out
    assert "failed: risk_warning/fixed/1 (seed 11): RuntimeError: deliberate" in out
    assert cli.run(["study", "resume", folder, "--jobs", "1"]) == cli.FAILED
    assert "loanlab: runs that failed: 1" in capsys.readouterr().err
    assert cli.run(["study", "resume", folder, "--jobs", "1", "--again"]) == 0
    assert cli.run(["study", "extend", folder, "--replications", "3", "--jobs", "1",
                    "--strategies", "tighter_cutoff"]) == 0  # fmt: skip
    capsys.readouterr()
    assert cli.run(["study", "status", folder, "--json"]) == 0
    status = json.loads(capsys.readouterr().out)
    assert (status["ok"], status["failed"], status["missing"]) == (9, 0, 0)
    assert cli.run(["study", "extend", folder, "--replications", "1"]) == cli.WRONG_INPUT
    assert "replications = 1 is not allowed; the study has 3" in capsys.readouterr().err
    assert cli.run(["replay", folder, "tighter_cutoff/fixed/2", "--loan", "0"]) == 0
    out = capsys.readouterr().out
    assert "the same to the last bit" in out and "in the baseline" in out
    assert cli.run(["replay", folder, "tighter_cutoff/fixed/2", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["differing"] == {}


@pytest.mark.parametrize("kind", KINDS)
def test_exports_hold_the_rows_in_their_order(tiny: Scenario, tmp_path: Path, kind: str) -> None:
    study = Study(tiny, [ARM], 2, 11, "fixed").run(jobs=1, out=tmp_path / "study")
    line = ["study", "export", str(tmp_path / "study"), "--as", kind]
    assert cli.run([*line, "--out", str(tmp_path / "new" / "exports")]) == 0
    made = tmp_path / "new" / "exports"
    read = {
        "parquet": lambda name: pd.read_parquet(made / f"{name}.parquet"),
        "csv": lambda name: pd.read_csv(made / f"{name}.csv"),
        "xlsx": lambda name: pd.read_excel(made / "study.xlsx", sheet_name=name),
    }[kind]
    wanted = {
        "runs": study.runs, "months": study.months, "comparison": study.comparison(),
        "equal": study.at_equal(), "ladder": study.ladder_runs,
    }  # fmt: skip
    for name, rows in wanted.items():
        pd.testing.assert_frame_equal(read(name), rows, check_dtype=False, rtol=1e-14)
    assert not list(made.glob(".*partial*"))
    assert len(list(made.iterdir())) == 1 or kind != "xlsx"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (["study", "status", "nowhere"], "nowhere: holds no study"),
        (["study", "export", "nowhere", "--as", "pdf"], "allowed: parquet or csv or xlsx"),
        (["study", "resume", "nowhere", "--deadline", "-1"], "nowhere: holds no study"),
        (["compare", "l_bank", "--deadline", "0"], "--deadline 0 is not allowed"),
        (["compare", "l_bank", "--cluster", "nonsense"], "--cluster nonsense: no answer"),
        (["replay", "nowhere", "a/fixed/1"], "nowhere: holds no study"),
    ],
)
def test_wrong_commands_are_told(
    line: list[str], words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    assert cli.run(line) == cli.WRONG_INPUT
    assert words in capsys.readouterr().err


def test_another_study_gets_a_folder_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    text = 'schema_version = 1\nextends = "l_bank"\nburn_in_months = 6\nrun_off_months = 4\n'
    (tmp_path / "tiny.toml").write_text(text, encoding="utf-8")
    line = ["compare", "tiny.toml", "--enterprises", "60", "--months", "3", "--strategies", ARM,
            "--replications", "1", "--jobs", "1", "--assumptions", "fixed"]  # fmt: skip
    for seed in ("1", "1", "2", "2"):
        assert cli.run([*line, "--seed", seed]) == 0
    assert sorted(path.name for path in (tmp_path / "results").iterdir()) == ["tiny", "tiny-2"]
    told = capsys.readouterr().err
    assert told.count("results/tiny holds another study; this one goes to results/tiny-2") == 2


# --- precision ---------------------------------------------------------------------------------


def test_worlds_are_added_until_the_difference_is_known(tmp_path: Path) -> None:
    scenario = load_scenario(
        "l_bank", enterprises=300, months=12, burn_in_months=36, run_off_months=36
    )
    share = 0.6 * precision(study_of(scenario, 6).run(jobs=1).runs)["half_width"].max()
    known = study_of(scenario, 6).run_until(share, 300, out=tmp_path / "study", jobs=1)
    assert 6 < known.replications < 300
    assert precision(known.runs)["half_width"].max() <= share
    assert (tmp_path / "study" / "comparison.csv").exists()
    assert Study.opened(tmp_path / "study").replications == known.replications


def test_what_cannot_be_reached_stops_at_the_most(tiny: Scenario) -> None:
    study = study_of(tiny, 2).run_until(1e-9, 5, jobs=1)
    assert study.replications == 5
    with pytest.raises(StudyError, match="precision = 0 is not allowed"):
        study.run_until(0.0)
    with pytest.raises(StudyError, match="most replications = 3 is not allowed"):
        study.run_until(0.1, 3)


def test_the_command_says_how_many_worlds_it_takes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    text = 'schema_version = 1\nextends = "l_bank"\nburn_in_months = 6\nrun_off_months = 4\n'
    (tmp_path / "tiny.toml").write_text(text, encoding="utf-8")
    line = ["compare", "tiny.toml", "--enterprises", "60", "--months", "3", "--strategies", ARM,
            "--replications", "2", "--jobs", "1", "--assumptions", "fixed"]  # fmt: skip
    assert cli.run([*line, "--precision", "0.1%", "--most", "4"]) == 0
    out = capsys.readouterr().out
    assert "is not known to within 0.1 %" in out and "after 4 worlds of each kind" in out
    assert cli.run([*line, "--precision", "much"]) == cli.WRONG_INPUT
    assert "'much' is not a share, as 5% or 0.05" in capsys.readouterr().err


# --- rules ---------------------------------------------------------------------------------------

FACTOR = 1.0


def shifted(shift: float) -> Rule:
    def approves(score: float, cutoff: float) -> bool:
        return score > FACTOR * cutoff + shift

    return approves


def test_a_rule_with_another_number_is_another_study(
    tiny: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "study"
    study = study_of(tiny, 1, rules={"approves": shifted(0.2)}).run(jobs=1, out=folder)
    assert "score > FACTOR" in study.facts["rule_sources"]["approves"]
    study_of(tiny, 1, rules={"approves": shifted(0.2)}).run(jobs=1, out=folder)
    with pytest.raises(StudyError, match="other replaced rules"):
        study_of(tiny, 1, rules={"approves": shifted(0.8)}).run(jobs=1, out=folder)
    monkeypatch.setitem(globals(), "FACTOR", 2.0)
    with pytest.raises(StudyError, match="other replaced rules"):
        study_of(tiny, 1, rules={"approves": shifted(0.2)}).run(jobs=1, out=folder)


def test_a_rule_that_divides_by_zero_fails(tiny: Scenario) -> None:
    def approves(score: float, cutoff: float) -> bool:
        return score / (cutoff - cutoff) > 0.0

    study = study_of(tiny, 1, rules={"approves": approves}).run(jobs=1)
    assert study.failures["error"].str.startswith("ZeroDivisionError").all()
    assert len(study.failures) == 2


# --- what is not there ---------------------------------------------------------------------------


def test_fewer_worlds_leave_the_files_of_all_that_is_there(tiny: Scenario, tmp_path: Path) -> None:
    study_of(tiny, 3).run(jobs=1, out=tmp_path / "study")
    few = study_of(tiny, 1).run(jobs=1, out=tmp_path / "study")
    assert few.runs["replication"].nunique() == 1
    assert pd.read_csv(tmp_path / "study" / "runs.csv")["replication"].nunique() == 3
    manifest = json.loads((tmp_path / "study" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["replications"] == 3


@pytest.mark.skipif(os.name == "nt", reason="sends a POSIX signal")
def test_workers_end_with_a_parent_that_was_killed(tmp_path: Path) -> None:
    process = start(tmp_path, *COMPARE, "--replications", "4000")
    while not (tmp_path / "study" / "study.sqlite").exists():
        time.sleep(0.05)
    wait_for_runs(tmp_path / "study" / "study.sqlite", process)
    workers = psutil.Process(process.pid).children(recursive=True)
    assert workers
    process.kill()  # it alone
    process.wait()
    _, alive = psutil.wait_procs(workers, timeout=30)
    for worker in alive:
        worker.kill()
    assert alive == []
