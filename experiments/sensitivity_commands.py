"""The command ``loanlab sensitivity``."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from experiments.study_commands import (
    AsJson,
    Cluster,
    Deadline,
    Enterprises,
    Jobs,
    Months,
    Out,
    Seed,
    chosen_scenario,
    free_folder,
    number,
)
from experiments.study_output import records

if TYPE_CHECKING:
    from experiments.sensitivity.answer import Answer
    from experiments.sensitivity.study import SensitivityStudy

Where = Annotated[
    str,
    typer.Argument(
        metavar="SCENARIO", help="Scenario name or TOML file, or the folder of a finished study."
    ),
]
MethodName = Annotated[
    str | None,
    typer.Option(
        metavar="M",
        help="morris, sobol, sobol2 (second order), given, pawn, delta or regional; left out: "
        "morris, for a finished study given.",
    ),
]
Factors = Annotated[
    str | None,
    typer.Option(
        metavar="A,B=LOW:HIGH,mark:M",
        help="Parameters, with a range or not; stage:, agent:, strategy:, mark:; left out: all "
        "in doubt.",
    ),
]


def sensitivity(
    scenario: Where,
    method: MethodName = None,
    factors: Factors = None,
    group_by: Annotated[
        str | None, typer.Option(metavar="stage|agent|strategy|mark", help="Indices of groups.")
    ] = None,
    law: Annotated[
        str, typer.Option(metavar="uniform|log|triangular", help="Law over a factor's range.")
    ] = "uniform",
    strategy: Annotated[
        str | None, typer.Option(metavar="A,B", help="Ask for the benefit of these, too.")
    ] = None,
    measures: Annotated[str, typer.Option(metavar="M,N", help="Measures.")] = "loss_rate",
    samples: Annotated[
        int | None, number("Trajectories, base samples or points; left out: usual of the method.")
    ] = None,
    replications: Annotated[int, number("Worlds of luck at each point.")] = 2,
    enterprises: Enterprises = None,
    months: Months = None,
    seed: Seed = 7,
    jobs: Jobs = None,
    cluster: Cluster = None,
    deadline: Deadline = None,
    plan: Annotated[
        bool, typer.Option("--plan", help="Tell runs and time from a pilot, and stop.")
    ] = False,
    out: Out = None,
    as_json: AsJson = False,
) -> None:
    """Tell which assumptions drive a measure, or the benefit of a strategy."""
    from experiments.store.database import FILE

    asked = [name.strip() for name in measures.split(",")]
    arms = [] if strategy is None else strategy.split(",")
    if (Path(scenario) / FILE).is_file():
        _finished(Path(scenario), method or "given", factors, arms, asked, out, as_json=as_json)
        return
    study = _study(
        scenario, enterprises, months,
        method=method or "morris", factors=factors, law=law, group_by=group_by, samples=samples,
        replications=replications, strategies=arms, seed=seed,
    )  # fmt: skip
    from experiments.sensitivity.analysis import questions

    questions(asked, study.arms)  # a wrong name is told before the work
    usual = Path("results") / f"{study.scenario.name}_sensitivity"
    folder = Path(out) if out is not None else free_folder(study, usual)
    _run(study, folder, jobs, cluster, deadline, plan=plan)
    if plan:
        return
    from experiments.results import study_manifest
    from experiments.sensitivity.answer import answer_of

    answer = answer_of(study, asked)
    _tell(answer, folder, study_manifest(study), as_json=as_json)
    if len(study.failures):
        counts = study.failures["error"].str.partition("\n")[0].value_counts()
        for error, times in counts.items():
            print(f"loanlab: runs that failed: {times}: {error}", file=sys.stderr)
        raise typer.Exit(1)


def _study(
    name: str, enterprises: int | None, months: int | None, *, method: str,
    factors: str | None, law: str, **how: Any,
) -> SensitivityStudy:  # fmt: skip
    """The study that is asked for. Raises: StudyError."""
    resolved = chosen_scenario(name, enterprises, months)
    from experiments.sensitivity.choice import chosen
    from experiments.sensitivity.methods import method_named
    from experiments.sensitivity.study import SensitivityStudy

    wanted = method_named(method)
    return SensitivityStudy(resolved, chosen(resolved, factors, law), wanted, **how)


def _run(
    study: SensitivityStudy, folder: Path, jobs: int | None, cluster: str | None,
    deadline: float | None, *, plan: bool,
) -> None:  # fmt: skip
    """Tell what it takes, then run what is missing."""
    from joblib import cpu_count

    from experiments.progress import progress, tell_of_compiling
    from experiments.running import DEADLINE
    from experiments.sensitivity import cost

    if deadline is not None and not deadline > 0.0:
        raise typer.BadParameter(f"--deadline {deadline:g} is not allowed; allowed: more than 0")
    tell_of_compiling()
    processes = cpu_count() if jobs is None else jobs
    for line in cost.words(study):
        print(line, file=sys.stderr)
    told = cost.time_words(cost.pilot(study, processes, folder, cluster))
    if told:
        print(told, file=sys.stderr, flush=True)
    if plan:
        return
    with progress("worlds") as tell:
        study.run(
            processes, folder, tell, cluster=cluster,
            deadline=DEADLINE if deadline is None else deadline,
        )  # fmt: skip


def _finished(
    folder: Path, method: str, factors: str | None, arms: list[str], measures: list[str],
    out: str | None, *, as_json: bool,
) -> None:  # fmt: skip
    """Given-data analysis of a finished study."""
    from experiments.arms import StudyError
    from experiments.results import check_folder, manifest_of
    from experiments.sensitivity.answer import answer_of_finished
    from experiments.sensitivity.choice import chosen
    from experiments.sensitivity.methods import METHODS, method_named
    from experiments.study import Study

    if method_named(method).by_design:
        allowed = ", ".join(name for name, m in METHODS.items() if not m.by_design)
        raise StudyError(
            f"--method {method}: needs points of its own; allowed for a finished study: {allowed}"
        )
    study = Study.opened(folder)
    unknown = [arm for arm in arms if arm not in study.strategies]
    if unknown:
        raise StudyError(
            f"--strategy {unknown[0]}: is not in the study; known: {', '.join(study.strategies)}"
        )
    names = None if factors is None else [f.name for f in chosen(study.scenario, factors)]
    place = Path(out) if out is not None else Path("results") / f"{folder.name}_given"
    check_folder(place, "given")
    answer = answer_of_finished(study, measures, arms, method, names)
    _tell(answer, place, manifest_of("given", study.scenario, study=str(folder), method=method),
          as_json=as_json)  # fmt: skip


def _tell(answer: Answer, folder: Path, manifest: dict[str, Any], *, as_json: bool) -> None:
    """Write the answer and print it."""
    from experiments.sensitivity.report import print_answer, sentences
    from experiments.sensitivity.writing import PAGE, tables_of, write_answer

    write_answer(answer, folder, manifest)
    if as_json:
        told = {name: records(rows) for name, rows in tables_of(answer).items() if name != "points"}
        words = {f.question.title: sentences(f) for f in answer.findings}
        print(json.dumps({
            "scenario": answer.scenario.name, "about": answer.about, **told, "words": words,
            "leaders": answer.leaders, "out": str(folder),
        }, ensure_ascii=False))  # fmt: skip
        return
    from experiments.tables import console

    print_answer(answer, console())
    print(f"\nReport: {folder / PAGE}")
