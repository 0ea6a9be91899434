"""The folder of results: it appears when all is in it, and never holds a half."""

from __future__ import annotations

import json
import os
import platform
import shlex
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.arms import StudyError
from experiments.store.database import FILE, Store
from experiments.store.definition import Stored, differences, facts_of, readable
from experiments.store.identity import model_version, scenario_hash, versions
from simulation.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

    from experiments.study import Study

MANIFEST = "manifest.json"
"""Written last: a folder with a manifest is complete."""


def check_folder(out: Path, kind: str) -> None:
    """May results be written there? Asked before the work begins.

    kind: ``study`` or ``world``; results of the same kind are replaced. Raises: StudyError.
    """
    if out.exists() and not out.is_dir():
        raise StudyError(f"--out {out}: is a file; allowed: a folder, new, empty or of a {kind}")
    if out.is_dir() and any(out.iterdir()) and _kind_of(out) != kind:
        held = _kind_of(out)
        what = f"holds the results of a {held}" if held else "is not empty and holds no results"
        raise StudyError(f"--out {out}: {what}; allowed: a folder, new, empty or of a {kind}")
    near = out.absolute()
    while not near.exists():
        near = near.parent
    try:
        with tempfile.TemporaryFile(dir=near):
            pass
    except OSError as error:
        reason = error.strerror or error
        raise StudyError(f"--out {out}: {near} cannot be written to ({reason})") from None


def _kind_of(folder: Path) -> str | None:
    """Kind of the results that a folder holds, None if it holds none."""
    if (folder / FILE).exists():
        return "study"
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    kind = manifest.get("kind") if isinstance(manifest, dict) else None
    return kind if isinstance(kind, str) else None


@contextmanager
def results_folder(out: Path, manifest: Mapping[str, Any]) -> Iterator[Path]:
    """A folder to write into; its files go to ``out`` when the block ends without an error.

    The manifest, written last, gets the list of files. Other files in ``out`` stay.
    """
    home = out if out.is_dir() else out.absolute().parent
    home.mkdir(parents=True, exist_ok=True)
    partial = home / f".{out.absolute().name}.partial-{os.getpid()}"
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir()
    try:
        yield partial
        files = sorted(p.relative_to(partial) for p in partial.rglob("*") if p.is_file())
        whole = {**manifest, "files": [file.as_posix() for file in files]}
        text = json.dumps(whole, indent=2, ensure_ascii=False, default=float)
        (partial / MANIFEST).write_text(text + "\n", encoding="utf-8")
        if out.is_dir():
            (out / MANIFEST).unlink(missing_ok=True)
            for file in (*files, Path(MANIFEST)):
                (out / file).parent.mkdir(parents=True, exist_ok=True)
                (partial / file).replace(out / file)
        else:
            partial.rename(out)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def files_of(folder: Path) -> list[Path]:
    """Files of the results that were written last, pictures behind the others; what stands there
    from before is left out.
    """
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    paths = [folder / name for name in manifest["files"]]
    return sorted(paths, key=lambda path: (path.suffix == ".png", path))


def manifest_of(kind: str, scenario: Scenario, **asked: Any) -> dict[str, Any]:
    """What was run, on what: the text of manifest.json.

    kind: ``study`` or ``world``. asked: seed, replications and the like.
    """
    return {
        "kind": kind,
        **asked,
        "command": shlex.join(sys.argv),
        "finished_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "scenario_hash": scenario_hash(scenario),
        "model_version": model_version(),
        "versions": versions(),
        "platform": platform.platform(),
        "scenario": {"title": scenario.title, **scenario.identity()},
    }


def belongs(study: Stored, folder: Path) -> bool:
    """May this study's results go to a folder: is it new, or does it hold the same study?"""
    path = folder / FILE
    if not path.exists():
        return not folder.exists() or not any(folder.iterdir()) or _kind_of(folder) == "study"
    facts = readable(Store.opened(path).facts(), path, None)
    return not differences(facts, study, path)


def store_for(study: Stored, folder: Path) -> Store:
    """The store to write a study into: there already, or new.

    Raises: StudyError for a folder that is in use or holds another study.
    """
    path = folder / FILE
    if not path.exists():
        begin_study(study, folder)
        return Store.made(path, facts_of(study))
    store = Store.opened(path)
    apart = differences(readable(store.facts(), path, None), study, path)
    if apart:
        raise StudyError(
            f"{folder}: holds another study: {'; '.join(apart)}; choose another folder"
        )
    return store


def begin_study(study: Stored, out: Path) -> None:
    """Make the folder of a new study, with the manifest of what is going to be run.

    Raises: StudyError for a folder that is in use or cannot be made.
    """
    check_folder(out, "study")
    with results_folder(out, study_manifest(study)):
        pass


def study_manifest(study: Stored) -> dict[str, Any]:
    """The text of a study's manifest."""
    return manifest_of(
        "study", study.scenario, seed=study.seed, **study.plan,
        ladders={reference.name: reference.rungs for reference in study.references},
        rules=sorted(study.rules),
    )  # fmt: skip


def summaries(study: Study) -> dict[str, pd.DataFrame]:
    """What is made of a study's runs, by name; nothing where no run of the baseline is there."""
    from experiments.precision import precision

    if not study.has_baseline:
        return {}
    found = {"comparison": study.comparison(), "precision": precision(study.runs)}
    if study.references:
        found |= {"equal": study.at_equal(), "ladder": study.ladder_runs}
    return found


def write_study(study: Study, out: Path) -> None:
    """Tables, pictures and manifest of a study that was run."""
    from experiments.figures import draw_comparison, draw_npl_fan
    from experiments.report.shown import of_two

    with results_folder(out, study_manifest(study)) as folder:
        if not study.has_baseline:
            return
        tables = summaries(study)
        for name, table in {"runs": study.runs, **tables}.items():
            table.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")
        if not study.has_declared_baseline:
            return
        (folder / "figures").mkdir()
        comparison = tables["comparison"]
        if len(comparison):
            path = folder / "figures" / "comparison.png"
            draw_comparison(comparison, study.scenario, path)
        draw_npl_fan(
            of_two(study.months, study), study.scenario, folder / "figures" / "npl_fan.png"
        )


def write_tables(
    out: Path,
    manifest: Mapping[str, Any],
    tables: Mapping[str, Any],
    draw: Callable[[Path], object] | None = None,
) -> None:
    """Tables (pandas, by name) as CSV files, and the manifest.

    draw: writes pictures into the folder ``figures``.
    """
    with results_folder(out, manifest) as folder:
        for name, rows in tables.items():
            rows.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")
        if draw is not None:
            (folder / "figures").mkdir()
            draw(folder / "figures")
