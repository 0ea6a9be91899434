"""Commands on a stored study: status, resume, extend, export; and replay of one run."""

from __future__ import annotations

import json
import sys
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from experiments.study_commands import (
    AsJson,
    Cluster,
    Deadline,
    Jobs,
    number,
    run_study,
)
from experiments.study_output import print_study

if TYPE_CHECKING:
    from experiments.study import Study

Folder = Annotated[str, typer.Argument(metavar="DIR", help="Folder of a study.")]
Elsewhere = Annotated[
    str | None, typer.Option(metavar="DIR", help="Folder to write into; left out: the study's.")
]
Again = Annotated[bool, typer.Option("--again", help="Repeat runs that failed, too.")]

app = typer.Typer(help="Go on with a study: status, resume, extend, export.")


def _opened(folder: str, **changes: Any) -> Study:
    """A stored study, with changes of its plan."""
    from experiments.study import Study

    return Study.opened(folder, **{k: v for k, v in changes.items() if v is not None})


def _check_going_on(study: Study, folder: str) -> None:
    """Can runs be added to it here? Raises: StudyError."""
    from experiments.arms import StudyError
    from experiments.store.definition import differences
    from experiments.store.identity import model_version

    apart = differences(study.facts, study, folder)
    if apart:
        same = study.facts["identity"][2] == model_version()
        advice = "" if same else "; go on with that version, or run it anew: loanlab compare --out"
        raise StudyError(f"{folder}: cannot be gone on with here: {'; '.join(apart)}{advice}")


@app.command()
def status(folder: Folder, as_json: AsJson = False) -> None:
    """What was run, what failed and why, and what is missing."""
    from experiments.store.report import print_status, status_of

    study = _opened(folder)
    if as_json:
        print(json.dumps(status_of(study), ensure_ascii=False))
    else:
        print_status(study, folder)


@app.command()
def resume(
    folder: Folder,
    jobs: Jobs = None,
    cluster: Cluster = None,
    deadline: Deadline = None,
    again: Again = False,
    as_json: AsJson = False,
) -> None:
    """Run what is missing after a crash or an interrupt."""
    study = _opened(folder)
    _check_going_on(study, folder)
    run_study(study, Path(folder), jobs, cluster, deadline, again=again)
    print_study(study, Path(folder), as_json=as_json)


@app.command()
def extend(
    folder: Folder,
    replications: Annotated[int | None, number("Worlds there shall be in all.")] = None,
    strategies: Annotated[str | None, typer.Option(metavar="A,B,A+B", help="Arms to add.")] = None,
    jobs: Jobs = None,
    cluster: Cluster = None,
    deadline: Deadline = None,
    as_json: AsJson = False,
) -> None:
    """Add replications or arms to a study; what is there stays."""
    from experiments.arms import StudyError

    study = _opened(folder)
    if replications is not None and replications < study.replications:
        raise StudyError(
            f"replications = {replications} is not allowed; the study has {study.replications}"
        )
    arms = [*study.strategies, *(strategies.split(",") if strategies else [])]
    study = _opened(folder, replications=replications, strategies=list(dict.fromkeys(arms)))
    _check_going_on(study, folder)
    run_study(study, Path(folder), jobs, cluster, deadline)
    print_study(study, Path(folder), as_json=as_json)


@app.command()
def export(
    folder: Folder,
    kind: Annotated[
        str, typer.Option("--as", metavar="parquet|csv|xlsx", help="Kind of files.")
    ] = "parquet",
    out: Elsewhere = None,
) -> None:
    """Write runs, tables and comparisons for other programs: a file each, or one workbook."""
    from experiments.arms import one_of
    from experiments.store.export import KINDS
    from experiments.store.export import export as write

    one_of("--as", kind, KINDS)
    written = write(_opened(folder), Path(out or folder), kind)
    print("Written: " + ", ".join(str(path) for path in written))


def replay(
    folder: Annotated[str | None, typer.Argument(metavar="DIR", help="Folder of a study.")] = None,
    run: Annotated[
        str | None, typer.Argument(metavar="RUN", help="strategy/assumptions/replication.")
    ] = None,
    code: Annotated[
        str | None, typer.Option(metavar="CODE", help="Run code of a lesson, in place of a study.")
    ] = None,
    loan: Annotated[int | None, number("Tell the story of this loan as well.")] = None,
    as_json: AsJson = False,
) -> None:
    """Run one run of a study again, bit by bit; or a lesson of the classroom by its code."""
    if code is not None:
        _replay_lesson(code, folder, as_json=as_json)
        return
    if folder is None or run is None:
        raise typer.BadParameter("name a study's folder and a run, or a lesson with --code")
    from experiments.replay import replay as again

    study = _opened(folder)
    found = again(study, run, Path(folder))
    if as_json:
        print(json.dumps({
            "run": run, "status": found.run.status, "stored_status": found.stored_status,
            "error": found.run.error, "exact": found.exact, "measures": found.run.measures,
            "differing": {k: [str(v) for v in pair] for k, pair in found.differing.items()},
        }, ensure_ascii=False))  # fmt: skip
    else:
        from experiments.store.report import print_replay

        print_replay(run, found)
    if loan is not None and found.run.status == "ok":
        from experiments.casework import story_of_run

        for line in story_of_run(study, run, loan):
            print(line)
    if found.differing or found.run.status != found.stored_status:
        print(f"loanlab: {run}: not what the study wrote down", file=sys.stderr)
        raise typer.Exit(1)


def _replay_lesson(code: str, folder: str | None, *, as_json: bool) -> None:
    """Live a lesson again, if the classroom is there to read its code."""
    from experiments.arms import StudyError

    if folder is not None:
        raise typer.BadParameter("--code and a study's folder exclude each other")
    for entry in metadata.entry_points(group="loanlab.lessons"):
        for line in entry.load()(code, as_json=as_json):
            print(line)
        return
    raise StudyError("this installation has no classroom that could read the code")
