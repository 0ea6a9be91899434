"""A study on a Dask cluster whose scheduler and workers were started by somebody else."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import psutil
import pytest

from experiments import Study, StudyError, cluster, running
from experiments.replication import live_to_end
from simulation import LoanPortfolio, Scenario

pytest.importorskip("distributed", reason="the extra cluster is not installed")

ROOT = Path(__file__).resolve().parents[2]
ARM = "risk_warning"


def dask(*arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "dask", *arguments, "--no-dashboard"], cwd=ROOT,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A scheduler and two workers on loopback, as docs/guide.md tells to start them."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    where = f"tcp://127.0.0.1:{port}"
    started = [dask("scheduler", "--host", "127.0.0.1", "--port", str(port))]
    started += [dask("worker", where, "--nthreads", "1") for _ in range(2)]
    try:
        yield where
    finally:
        for process in started:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def study_of(scenario: Scenario, worlds: int, **more: object) -> Study:
    return Study(scenario, [ARM], worlds, 11, "fixed", references=False, **more)  # type: ignore[arg-type]


def test_a_cluster_gives_the_same_bytes(address: str, tiny: Scenario, tmp_path: Path) -> None:
    here = study_of(tiny, 6).run(jobs=1)
    there = study_of(tiny, 6).run(cluster=address, out=tmp_path / "study")
    pd.testing.assert_frame_equal(there.runs, here.runs, check_exact=True)
    pd.testing.assert_frame_equal(there.months, here.months, check_exact=True)


@pytest.mark.long
def test_a_killed_worker_changes_nothing(address: str, tiny: Scenario) -> None:
    here = study_of(tiny, 30).run(jobs=1)
    killed: list[int] = []

    def kill_one(done: int, _: int) -> None:
        if done == 3 and not killed:
            for process in psutil.process_iter(["cmdline"]):
                line = " ".join(process.info["cmdline"] or [])
                if "spawn_main" in line and any(
                    address in " ".join(parent.cmdline()) for parent in process.parents()
                ):
                    killed.append(process.pid)
                    process.kill()
                    return

    there = study_of(tiny, 30).run(cluster=address, progress=kill_one)
    assert killed
    pd.testing.assert_frame_equal(there.runs, here.runs, check_exact=True)


@pytest.mark.long
def test_runs_that_raise_kill_or_hang_are_rows(
    address: str, tiny: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "START_UP", 20.0)

    def live(model: LoanPortfolio, deadline: float) -> dict[str, float]:
        if model.strategies and model.replication == 1:
            raise RuntimeError("deliberate")
        if model.strategies and model.replication == 2:
            os._exit(3)
        if model.strategies and model.replication == 3:
            time.sleep(10_000.0)
        return live_to_end(model, deadline)

    study = study_of(tiny, 6, live=live).run(cluster=address, deadline=5.0)
    assert study.failures["replication"].tolist() == [1, 2, 3]
    assert set(study.failures["strategy"]) == {ARM}
    errors = study.failures["error"].tolist()
    assert errors[0] == "RuntimeError: deliberate"
    assert "its process died, twice" in errors[1]
    assert "did not come back in time, twice" in errors[2]
    assert len(study.runs) == 9


def test_a_cluster_that_does_not_answer_is_told(
    tiny: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "PATIENCE", 1.0)
    for address in ("tcp://127.0.0.1:9", "nonsense"):
        with pytest.raises(StudyError, match=f"--cluster {address}: no answer"):
            study_of(tiny, 1).run(cluster=address)


def test_another_version_on_a_worker_is_refused(
    address: str, tiny: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "_theirs", lambda: "0.0.1+old")
    with pytest.raises(StudyError, match=r"has loanlab 0\.0\.1\+old, here it is"):
        study_of(tiny, 1).run(cluster=address)
