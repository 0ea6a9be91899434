"""Commands that run the model: compare, run, audit-draws."""

from __future__ import annotations

import json
import sys
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from experiments.study_output import print_files, print_study, records

if TYPE_CHECKING:
    from experiments.store.definition import Stored
    from experiments.study import Study
    from simulation import Scenario


def whole(text: str | int) -> int:
    """A whole number that was typed. Raises: typer.BadParameter."""
    try:
        return int(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a whole number") from None


def number(words: str) -> Any:
    """An option that takes a whole number; words: its help."""
    return typer.Option(parser=whole, metavar="N", help=words)


def share_of(text: str | float) -> float:
    """A share that was typed as 0.05 or 5%. Raises: typer.BadParameter."""
    words = str(text).strip()
    try:
        return float(words.removesuffix("%")) / (100.0 if words.endswith("%") else 1.0)
    except ValueError:
        raise typer.BadParameter(f"{words!r} is not a share, as 5% or 0.05") from None


ScenarioName = Annotated[
    str, typer.Argument(metavar="SCENARIO", help="Scenario name or TOML file.")
]
Enterprises = Annotated[int | None, number("Firms to simulate.")]
Months = Annotated[int | None, number("Months of new lending.")]
Seed = Annotated[int, number("Seed of all luck.")]
Jobs = Annotated[int | None, number("Processes; left out: all cores.")]
Replication = Annotated[int, number("Number of the world, from 0.")]
Cluster = Annotated[
    str | None, typer.Option(metavar="tcp://HOST:PORT", help="Dask scheduler to run on.")
]
Deadline = Annotated[
    float | None, typer.Option(metavar="SECONDS", help="Time that a run may take; an hour.")
]
Out = Annotated[str | None, typer.Option(metavar="DIR", help="Folder of results.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]


def chosen_scenario(
    name: str,
    enterprises: int | None,
    months: int | None,
    management: dict[str, float] | None = None,
) -> Scenario:
    """The scenario with what the command line overrides. management: qualities of the stages."""
    from scenarios import ScenarioError, load_scenario

    asked = {"enterprises": enterprises, "months": months, "management": management}
    try:
        return load_scenario(name, **{k: v for k, v in asked.items() if v is not None})
    except ScenarioError as error:
        raise ScenarioError(p.replace("keyword: ", "--", 1) for p in error.problems) from None


def compare(
    scenario: ScenarioName,
    strategies: Annotated[
        str | None,
        typer.Option(metavar="A,B,A+B", help="Arms; left out: all, together, and rivals."),
    ] = None,
    replications: Annotated[int, number("Worlds for each kind of interval.")] = 20,
    enterprises: Enterprises = None,
    months: Months = None,
    seed: Seed = 7,
    jobs: Jobs = None,
    assumptions: Annotated[
        str, typer.Option(metavar="drawn|fixed", help="Draw the assumptions as well, or not.")
    ] = "drawn",
    precision: Annotated[
        float | None,
        typer.Option(
            parser=share_of,
            metavar="SHARE",
            help="Add worlds until differences of the "
            "loss rate are known to within so much of the baseline's, as in 5%.",
        ),
    ] = None,
    most: Annotated[int, number("Most worlds that --precision may take.")] = 1_000,
    risk: Annotated[
        bool, typer.Option("--risk", help="Tables of unexpected loss, VaR and regret as well.")
    ] = False,
    cluster: Cluster = None,
    deadline: Deadline = None,
    out: Out = None,
    as_json: AsJson = False,
) -> None:
    """Compare every strategy with the baseline in the same worlds."""
    resolved = chosen_scenario(scenario, enterprises, months)
    from experiments.study import Study

    arms = None if strategies is None else strategies.split(",")
    study = Study(resolved, arms, replications, seed, assumptions)  # type: ignore[arg-type]
    folder = Path(out) if out is not None else free_folder(study)
    run_study(study, folder, jobs, cluster, deadline, precision=precision, most=most)
    print_study(study, folder, as_json=as_json, share=precision, risk=risk)


def free_folder(study: Stored, usual: Path | None = None) -> Path:
    """The usual folder of a study; where another study is, one with a number."""
    from experiments.results import belongs

    usual = usual or Path("results") / study.scenario.name
    if belongs(study, usual):
        return usual
    numbered = (usual.with_name(f"{usual.name}-{i}") for i in count(2))
    folder = next(folder for folder in numbered if belongs(study, folder))
    print(f"{usual} holds another study; this one goes to {folder}", file=sys.stderr)
    return folder


def run_study(
    study: Study,
    folder: Path,
    jobs: int | None,
    cluster: str | None,
    deadline: float | None,
    *,
    again: bool = False,
    precision: float | None = None,
    most: int = 1_000,
) -> None:
    """Run what a study lacks, with a bar on standard error."""
    from joblib import cpu_count

    from experiments.progress import progress, tell_of_compiling
    from experiments.running import DEADLINE

    if deadline is not None and not deadline > 0.0:
        raise typer.BadParameter(f"--deadline {deadline:g} is not allowed; allowed: more than 0")
    tell_of_compiling()
    with progress("worlds") as tell:
        how: dict[str, Any] = {
            "jobs": cpu_count() if jobs is None else jobs, "out": folder, "progress": tell,
            "cluster": cluster, "deadline": DEADLINE if deadline is None else deadline,
            "again": again,
        }  # fmt: skip
        try:
            if precision is None:
                study.run(**how)
            else:
                study.run_until(precision, most, **how)
        except KeyboardInterrupt:
            print(f"loanlab: go on with: loanlab study resume {folder}", file=sys.stderr)
            raise


def run(
    scenario: ScenarioName,
    strategy: Annotated[str, typer.Option(metavar="A+B", help="In force.")] = "baseline",
    replication: Replication = 0,
    enterprises: Enterprises = None,
    months: Months = None,
    seed: Seed = 7,
    assumptions: Annotated[
        str, typer.Option(metavar="drawn|fixed", help="As in compare.")
    ] = "fixed",
    out: Out = None,
    as_json: AsJson = False,
) -> None:
    """Run one world, month by month."""
    resolved = chosen_scenario(scenario, enterprises, months)
    from experiments import world
    from experiments.progress import tell_of_compiling

    one = world.World(resolved, strategy, seed, replication, assumptions)
    folder = Path(out if out is not None else f"results/{resolved.name}_world")
    world.check(folder)
    tell_of_compiling()
    one.run()
    world.write(one, folder)
    if as_json:
        print(json.dumps(
            {"scenario": resolved.name, "strategy": one.arm, "seed": seed,
             "replication": replication, "measures": one.measures,
             "months": records(one.months), "out": str(folder)}, ensure_ascii=False))  # fmt: skip
        return
    world.show(one)
    print_files(folder)


def audit_draws(
    scenario: ScenarioName,
    first: Annotated[str, typer.Argument(metavar="A", help="Strategies of one arm, a+b.")],
    second: Annotated[str, typer.Argument(metavar="B", help="Strategies of the other.")],
    enterprises: Enterprises = None,
    months: Months = None,
    seed: Seed = 7,
    replication: Replication = 0,
    as_json: AsJson = False,
) -> None:
    """Prove that two arms share their luck, bit by bit."""
    resolved = chosen_scenario(scenario, enterprises, months)
    from experiments import audit
    from experiments.progress import tell_of_compiling

    tell_of_compiling()
    found = audit.audit_draws(resolved, first, second, seed, replication)
    if as_json:
        print(json.dumps([row._asdict() for row in found]))
    else:
        print(f"{resolved.name}: {first} and {second}, world {replication} of seed {seed}, "
              f"{resolved.months} months")  # fmt: skip
        for row in found:
            print(f"  {row.what:<40} {row.compared:>12,} compared  {row.differing:>8,} differ")
    if any(row.differing for row in found):
        print("loanlab: the arms do not share their luck", file=sys.stderr)
        raise typer.Exit(1)
    if not as_json:
        print("Both arms had the same luck.")
