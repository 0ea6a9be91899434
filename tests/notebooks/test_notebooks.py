"""Every notebook runs from a clean start, and is the same as a script and as a notebook."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import jupytext
import nbformat
import pytest

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.py"))


def test_there_are_five_notebooks() -> None:
    assert [path.stem[0] for path in NOTEBOOKS] == list("12345")


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
@pytest.mark.parametrize("quick", ["1", pytest.param("", marks=pytest.mark.long)])
def test_a_notebook_runs_as_a_script(notebook: Path, quick: str) -> None:
    done = subprocess.run(
        [sys.executable, str(notebook)], cwd=ROOT, capture_output=True, text=True, timeout=900,
        env={**os.environ, "LOANLAB_QUICK": quick},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_script_and_notebook_are_a_pair_without_outputs(notebook: Path) -> None:
    """To renew a pair: jupytext --sync notebooks/*.py"""
    script = jupytext.read(notebook)
    paired = nbformat.read(notebook.with_suffix(".ipynb"), as_version=4)
    cells = [(cell.cell_type, cell.source) for cell in paired.cells]
    assert cells == [(cell.cell_type, cell.source) for cell in script.cells]
    for cell in paired.cells:
        assert not cell.get("outputs") and cell.get("execution_count") is None


@pytest.mark.long
@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_in_jupyter(notebook: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from nbclient import NotebookClient

    monkeypatch.setenv("LOANLAB_QUICK", "1")
    paired = nbformat.read(notebook.with_suffix(".ipynb"), as_version=4)
    resources = {"metadata": {"path": str(ROOT)}}
    NotebookClient(paired, timeout=300, kernel_name="python3", resources=resources).execute()
    outputs = [output for cell in paired.cells for output in cell.get("outputs", [])]
    assert outputs and not any(output.output_type == "error" for output in outputs)
