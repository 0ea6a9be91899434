"""The built wheel is complete: it runs from a folder where the source tree is out of sight."""

from __future__ import annotations

import importlib.metadata
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LEAST_SETUPTOOLS = 77

TINY_MODEL = """
import sys
from pathlib import Path

import agents, experiments, scenarios, simulation, simulation.stages

home = Path(sys.argv[1])
for package in (agents, experiments, scenarios, simulation, simulation.stages):
    assert Path(package.__file__).is_relative_to(home), package.__file__

scenario = scenarios.load_scenario(
    "l_bank", enterprises=40, months=2, burn_in_months=2, run_off_months=1
)
model = simulation.LoanPortfolio(scenario, strategies=["risk_warning"], seed=1)
model.step()
print(len(model.months))
"""

pytestmark = pytest.mark.wheel


def run(*command: str | Path, cwd: Path, env: dict[str, str] | None = None) -> str:
    """Standard output of a command; the test fails with all it printed where it fails."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=env,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode != 0:
        pytest.fail(f"exit code {done.returncode}\n{done.stdout}\n{done.stderr}", pytrace=False)
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with the installed wheel, built from the source distribution, without network.

    By way of the source distribution, old files in ./build cannot enter the wheel.
    """
    version = importlib.metadata.version("setuptools")
    if int(version.split(".")[0]) < LEAST_SETUPTOOLS:
        pytest.skip(f"needs setuptools {LEAST_SETUPTOOLS} or newer to build, found {version}")
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT, cwd=folder)
    (wheel,) = folder.glob("*.whl")
    home = folder / "home"
    run(
        *(sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"),
        *("--target", home, wheel),
        cwd=folder,
    )
    return home


def run_installed(home: Path, cwd: Path, *arguments: str | Path) -> str:
    """Run Python with the wheel and its dependencies, but no editable installation (-S)."""
    paths = [str(home), sysconfig.get_path("purelib"), sysconfig.get_path("platlib")]
    env = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(dict.fromkeys(paths)),
        "PYTHONUTF8": "1",
        "NUMBA_DISABLE_JIT": "1",  # nothing to compile for two months of a tiny bank
    }
    return run(sys.executable, "-S", *arguments, cwd=cwd, env=env)


def test_the_command_line_lists_the_shipped_scenarios(installed: Path, tmp_path: Path) -> None:
    listed = run_installed(installed, tmp_path, "-m", "experiments", "scenarios")
    missing = [
        path.stem
        for path in (ROOT / "scenarios" / "files").glob("*.toml")
        if path.stem not in listed
    ]
    assert not missing


def files(root: Path, package: str, *ends: str) -> set[Path]:
    """Files of a package with one of the endings, relative to the folder it lies in."""
    found = (root / package).rglob("*")
    return {path.relative_to(root) for path in found if path.suffix in ends}


@pytest.mark.parametrize("package", ["agents", "simulation", "scenarios", "experiments"])
def test_every_file_of_a_package_is_in_the_wheel(installed: Path, package: str) -> None:
    ends = (".py", ".toml", ".csv", ".jinja")
    assert files(installed, package, *ends) == files(ROOT, package, *ends)


def test_a_tiny_model_runs(installed: Path, tmp_path: Path) -> None:
    script = tmp_path / "tiny.py"
    script.write_text(TINY_MODEL, encoding="utf-8")
    assert int(run_installed(installed, tmp_path, script, installed)) >= 1
