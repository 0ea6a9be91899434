"""The command line as a user meets it: results, exit codes, one clear sentence."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from importlib import metadata
from pathlib import Path

import pytest
import typer
from rich.console import Console

from experiments import Study, cli, tables
from experiments.comparison import COLUMNS
from experiments.equal_table import print_equal
from experiments.store.report import status_of

ROOT = Path(__file__).resolve().parents[2]
TINY = ["--enterprises", "60", "--months", "3"]


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Commands run in an empty folder, with a scenario whose burn-in is short."""
    text = 'schema_version = 1\nextends = "l_bank"\nburn_in_months = 6\nrun_off_months = 4\n'
    (tmp_path / "tiny.toml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def loanlab(*arguments: str, **options: object) -> subprocess.Popen[str]:
    """The command line in a process of its own, in the current folder."""
    return subprocess.Popen(
        [sys.executable, "-m", "experiments", *arguments], stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True, encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(ROOT)}, **options,
    )  # type: ignore[call-overload,no-any-return]  # fmt: skip


BAD_INPUT = {
    "compar": "Did you mean 'compare'",
    "--fast": "No such option: --fast",
    "compare": "Missing argument 'SCENARIO'",
    "compare l_bnk": "nearest known: l_bank",
    "compare nothing.toml": "nothing.toml: no such file",
    "compare l_bank more": "more",
    "compare l_bank --replication 3": "--replications",
    "compare l_bank --replications 0": "replications = 0 is not allowed; allowed: a whole number",
    "compare l_bank --replications -2": "replications = -2 is not allowed",
    "compare l_bank --replications many": "'many' is not a whole number",
    "compare l_bank --enterprises 0": "--enterprises = 0 is not allowed; allowed: a whole number",
    "compare l_bank --months 0": "--months = 0 is not allowed",
    "compare l_bank --seed -1": "seed = -1 is not allowed",
    "compare l_bank --jobs 0": "jobs = 0 is not allowed",
    "compare l_bank --assumptions some": "allowed: drawn or fixed",
    "compare l_bank --strategies risk_warnin": "nearest known: risk_warning",
    "compare l_bank --strategies a,": "unknown strategy",
    "compare l_bank --out tiny.toml": "is a file",
    "compare l_bank --out .": "is not empty",
    "compare l_bank --out tiny.toml/x": "cannot be written to",
    "compare l_bank --strategies without_F17": "nearest known: without_F1",
    "failures": "Missing argument 'SCENARIO'",
    "failures l_bnk": "nearest known: l_bank",
    "failures l_bank --replications 0": "replications = 0 is not allowed",
    "failures l_bank --strategies a": "--strategies",
    "failures l_bank --jobs 0": "jobs = 0 is not allowed",
    "failures l_bank --out tiny.toml": "is a file",
    "failures l_bank --markdown tiny.toml": "allowed: a file that ends in .md",
    "failures l_bank --markdown nowhere/page.md": "there is no such folder",
    "published l_bank --seed -1": "seed = -1 is not allowed",
    "published l_bank --months 0": "--months = 0 is not allowed",
    "published l_bank --markdown page.txt": "allowed: a file that ends in .md",
    "published nothing.toml": "nothing.toml: no such file",
    "run l_bank --strategy x+y": "unknown strategy",
    "run l_bank --replication -1": "replication = -1",
    "audit-draws l_bank baseline nothing": "unknown strategy",
    "check nothing": "unknown scenario",
    "check tiny.toml --explain detecton": "nearest known: detection",
    "new 3x": "not a scenario name",
    "new mine --from nothing": "unknown scenario",
    "diff l_bank nothing": "unknown scenario",
}


@pytest.mark.parametrize("line", BAD_INPUT)
def test_bad_input_gets_one_clear_sentence(
    line: str, capsys: pytest.CaptureFixture[str], elsewhere: Path
) -> None:
    before = sorted(elsewhere.iterdir())
    assert cli.run(line.split()) == cli.WRONG_INPUT
    out, told = capsys.readouterr()
    assert out == ""
    assert told.startswith("loanlab: ") and told.count("\n") == 1, told
    assert BAD_INPUT[line] in told
    assert not any(word in told for word in ("Traceback", "Input should", "Error("))
    assert sorted(elsewhere.iterdir()) == before


def test_every_problem_of_a_file_is_told_at_once(
    elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (elsewhere / "bad.toml").write_text("schema_version = 1\nmonths = 0\nenterprises = 0\n")
    assert cli.run(["check", "bad.toml"]) == cli.WRONG_INPUT
    assert len(capsys.readouterr().err.splitlines()) == 2


def test_compare_prints_a_table_and_writes_the_study(
    capsys: pytest.CaptureFixture[str], elsewhere: Path
) -> None:
    line = ["compare", "tiny.toml", *TINY, "--replications", "2", "--jobs", "1"]
    assert cli.run(line) == 0
    out, progress = capsys.readouterr()
    assert all(len(row) <= tables.WIDTH for row in out.splitlines())
    assert "\x1b" not in out and "\x1b" not in progress
    for words in ("Standard pre-loan", "All four strategies", "Tighter cut-off",
                  "Baseline, assumptions drawn:", "npl_fan.png",
                  "intervals 95 %: luck / luck and assumptions drawn"):  # fmt: skip
        assert words in " ".join(out.split())
    assert out.count("All four strategies") == 3  # the main table, the equals, money
    assert "tighter_cutoff x" not in out.split("Equal volume:")[0]
    assert "worlds: 4 of 4" in progress
    assert "Net present value" in out and "Regret" not in out
    assert cli.run([*line, "--risk"]) == 0
    assert "No VaR or expected shortfall" in capsys.readouterr().out
    header = (elsewhere / "results" / "tiny" / "comparison.csv").read_text().splitlines()[0]
    assert header == ",".join(COLUMNS)


def test_one_replication_says_that_there_is_no_interval(
    capsys: pytest.CaptureFixture[str],
) -> None:
    line = ["compare", "tiny.toml", *TINY, "--replications", "1", "--jobs", "1",
            "--strategies", "risk_warning", "--assumptions", "fixed"]  # fmt: skip
    assert cli.run(line) == 0
    assert "One world a strategy gives no interval" in capsys.readouterr().out


def test_json_is_for_machines(capsys: pytest.CaptureFixture[str]) -> None:
    line = ["compare", "tiny.toml", *TINY, "--replications", "2", "--jobs", "1", "--json",
            "--strategies", "risk_warning,risk_warning+tighter_cutoff"]  # fmt: skip
    assert cli.run(line) == 0
    found = json.loads(capsys.readouterr().out)
    assert set(found["comparison"][0]) == set(COLUMNS)
    assert found["strategies"] == ["baseline", "risk_warning", "risk_warning+tighter_cutoff"]
    assert {row["interval"] for row in found["ranking"]} == {"luck", "assumptions"}
    assert found["baseline"]["disbursed"] > 0
    assert {row["reference"] for row in found["equal"]} == {"equal_volume", "equal_cost"}
    assert isinstance(found["equal_left_out"], list)


def test_run_shows_one_world(capsys: pytest.CaptureFixture[str], elsewhere: Path) -> None:
    assert cli.run(["run", "tiny.toml", *TINY, "--strategy", "risk_warning"]) == 0
    out = capsys.readouterr().out
    assert "loss_rate" in out and "world.png" in out
    assert all(len(row) <= tables.WIDTH for row in out.splitlines())
    folder = elsewhere / "results" / "tiny_world"
    assert json.loads((folder / "manifest.json").read_text())["kind"] == "world"
    assert len((folder / "figures" / "world.png").read_bytes()) > 20_000
    assert cli.run(["run", "tiny.toml", *TINY, "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["months"]) >= 9


def test_audit_draws_proves_it(capsys: pytest.CaptureFixture[str]) -> None:
    line = ["audit-draws", "tiny.toml", "baseline", "risk_warning+tighter_cutoff", *TINY]
    assert cli.run(line) == 0
    assert "Both arms had the same luck." in capsys.readouterr().out
    assert cli.run([*line, "--json"]) == 0
    assert all(row["differing"] == 0 for row in json.loads(capsys.readouterr().out))


def test_audit_draws_fails_where_luck_differs(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from experiments import audit

    wrong = [audit.Finding("demand", 10, 1)]
    monkeypatch.setattr(audit, "audit_draws", lambda *_: wrong)
    assert cli.run(["audit-draws", "tiny.toml", "baseline", "risk_warning"]) == cli.FAILED
    assert "do not share" in capsys.readouterr().err


def test_scenario_commands(capsys: pytest.CaptureFixture[str], elsewhere: Path) -> None:
    assert cli.run(["scenarios"]) == 0
    out = capsys.readouterr().out.splitlines()
    headings = [line for line in out if not line.startswith(" ")]
    assert headings[:4] == ["scenarios:", "strategies:", "rivals:", "experiments:"]
    assert [line for line in out if "without_F01 to without_F16" in line] == headings[4:]
    assert any(line.startswith("  l_bank ") for line in out)
    assert cli.run(["scenarios", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert "risk_warning" in listed["strategies"] and "tighter_cutoff" not in listed["strategies"]
    assert "tighter_cutoff" in listed["rivals"] and "volume_pay" in listed["experiments"]
    assert len(listed["switches"]) == 20
    assert cli.run(["new", "mine", "--from", "downturn"]) == 0
    assert (elsewhere / "mine.toml").exists()
    assert cli.run(["check", "mine.toml"]) == 0
    assert cli.run(["check", "l_bank", "--explain", "detection"]) == 0
    assert "history" in capsys.readouterr().out
    assert cli.run(["diff", "l_bank", "downturn"]) == 0
    assert "stress.1.size" in capsys.readouterr().out
    assert cli.run(["diff", "l_bank", "l_bank", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []


def test_without_a_command_there_is_help(capsys: pytest.CaptureFixture[str]) -> None:
    for line in ([], ["--help"]):
        assert cli.run(line) == 0
        out = capsys.readouterr().out
        assert "audit-draws" in out and "Traceback" not in out


def greet(name: str = "you") -> None:
    """Greet somebody."""
    print(f"hello {name}")


group = typer.Typer(help="A group.")
group.command("one")(greet)
group.command("two")(greet)


def test_other_packages_add_commands(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Entry:
        def __init__(self, name: str, found: object) -> None:
            self.name, self.found = name, found

        def load(self) -> object:
            if self.found is None:
                raise ImportError("No module named 'nicegui'")
            return self.found

    added = [Entry("greet", greet), Entry("group", group), Entry("gone", None)]
    monkeypatch.setattr(
        metadata, "entry_points", lambda group: added if group == cli.GROUP else []
    )  # fmt: skip
    assert cli.run(["greet", "--name", "Li"]) == 0
    assert cli.run(["group", "one"]) == 0
    assert capsys.readouterr().out == "hello Li\nhello you\n"
    assert cli.run(["--help"]) == 0
    assert "Greet somebody." in capsys.readouterr().out
    assert cli.run(["gone"]) == cli.WRONG_INPUT
    assert "nicegui" in capsys.readouterr().err


def test_what_fails_on_the_way_is_told(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from experiments import results

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device", "results")

    monkeypatch.setattr(results, "write_study", fail)
    line = ["compare", "tiny.toml", *TINY, "--replications", "1", "--jobs", "1"]
    assert cli.run(line) == cli.FAILED
    assert "failed: [Errno 28] No space left" in capsys.readouterr().err


def test_a_reader_that_goes_away_is_no_error() -> None:
    process = loanlab("diff", "l_bank", "vasicek")
    assert process.stdout is not None and process.stderr is not None
    process.stdout.close()
    assert "Traceback" not in process.stderr.read()
    assert process.wait(timeout=30) in (0, 1)


@pytest.mark.skipif(os.name == "nt", reason="sends a POSIX signal")
@pytest.mark.parametrize("jobs", [pytest.param("1", marks=pytest.mark.long), "2"])
def test_an_interrupt_leaves_a_study_that_resumes(jobs: str, elsewhere: Path) -> None:
    line = ["compare", "tiny.toml", "--strategies", "risk_warning", "--replications", "100"]
    process = loanlab(*line, "--jobs", jobs, "--out", "study", start_new_session=True)
    assert process.stderr is not None
    while "of 200" not in (told := process.stderr.readline()):
        assert told, "the study ended before it could be interrupted"
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == cli.INTERRUPTED
    assert (out, err.splitlines()[-1]) == ("", "loanlab: interrupted")
    assert "Traceback" not in err
    assert not running(process.pid)
    files = {path.name for path in (elsewhere / "study").iterdir()}
    assert not files & {"comparison.csv", "figures"}
    found = status_of(Study.opened(elsewhere / "study"))
    assert found["started"] == 0
    assert 0 < found["ok"] < found["planned"]


def running(session: int) -> list[str]:
    """Processes of a session that still run after a moment."""
    for _ in range(50):
        listed = subprocess.run(
            ["ps", "-A", "-o", "pgid=,stat="], capture_output=True, text=True, check=True
        ).stdout
        left = [row for row in listed.splitlines() if row.split()[0] == str(session)]
        left = [row for row in left if not row.split()[1].startswith("Z")]
        if not left:
            break
        time.sleep(0.1)
    return left


def test_help_does_not_load_the_model() -> None:
    code = (
        "import sys; from experiments import cli; cli.run(['--help']); "
        "print([m for m in ('numba', 'pandas', 'mesa', 'matplotlib') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert done.stdout.splitlines()[-1] == "[]", done.stderr


@pytest.mark.parametrize("width", [80, 100, 110, 120])
def test_the_table_is_whole_at_any_width(
    width: int, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = Console(width=width, file=io.StringIO(), force_terminal=False)
    monkeypatch.setattr(tables, "console", lambda: screen)
    tables.print_comparison(study)
    print_equal(study, screen)
    out = screen.file.getvalue()  # type: ignore[attr-defined]
    assert max(map(len, out.splitlines())) <= width
    assert "…" not in out
    assert ("More measures" in out) == ("Deci-" not in out)
    assert out.count("Strategy") == (3 if width == 80 else 2)  # no heading is broken
    for words in ("Tighter cut-off", "Loss rate", "Profit", "% of worlds", "Equal volume:",
                  "Equal cost:"):  # fmt: skip
        assert words in out
    for _, row in study.at_equal().iterrows():
        rival = {"equal_volume": "tighter_cutoff", "equal_cost": "more_officers"}[row["reference"]]
        if row["measure"] != "risk_adjusted_profit" or row["strategy"] == rival:
            continue
        words = tables.with_interval(row, "absolute", 1e-6, 1)
        assert words in out
