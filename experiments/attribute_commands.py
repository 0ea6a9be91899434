"""The command that splits the loss avoided among stages, strategies or failure modes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from experiments.experiment_commands import Findings, Markdown, Order, deliver
from experiments.study_commands import (
    AsJson,
    Enterprises,
    Jobs,
    Months,
    Out,
    ScenarioName,
    Seed,
    chosen_scenario,
    number,
)

if TYPE_CHECKING:
    from experiments.attribution.plan import Plan
    from simulation import Scenario

By = Annotated[
    str, typer.Option(metavar="stage|strategy|failure", help="What the loss is split among.")
]
PutRight = Annotated[
    str,
    typer.Option(
        metavar="management|failures",
        help="Stages: managed as well as declared possible, or their failure modes switched off.",
    ),
]
Assumptions = Annotated[
    str, typer.Option(metavar="drawn|fixed", help="Draw the assumptions as well, or not.")
]
Permutations = Annotated[int, number("Failure modes: orders, each with its reverse.")]
Map = Annotated[
    bool, typer.Option("--map", help="Stages: their split over the cube of qualities instead.")
]
Levels = Annotated[str, typer.Option(metavar="A,B,C", help="Qualities of the map.")]
StudyFolder = Annotated[
    str | None,
    typer.Option("--study", metavar="DIR", help="Keep the runs there, or go on with them."),
]


ORDERS = 6
LEVELS = "0.1,0.5,0.9"


def attribute(
    scenario: ScenarioName,
    by: By = "stage",
    put_right: PutRight = "management",
    replications: Annotated[int, number("Worlds for each kind of interval.")] = 40,
    assumptions: Assumptions = "drawn",
    permutations: Permutations = ORDERS,
    map_: Map = False,
    levels: Levels = LEVELS,
    enterprises: Enterprises = None,
    months: Months = None,
    seed: Seed = 7,
    jobs: Jobs = None,
    study: StudyFolder = None,
    out: Out = None,
    markdown: Markdown = None,
    as_json: AsJson = False,
) -> None:
    """Split the loss avoided at equal volume among its causes, by Shapley's rule."""
    resolved = chosen_scenario(scenario, enterprises, months)
    from experiments.arms import StudyError
    from experiments.attribution.games import game_of
    from experiments.attribution.plan import planned

    misplaced = {
        "--map goes with --by stage": map_ and by != "stage",
        "--put-right goes with --by stage": put_right != "management" and by != "stage",
        "--permutations goes with --by failure": permutations != ORDERS and by != "failure",
        "--levels goes with --map": levels != LEVELS and not map_,
    }
    for told in [told for told, wrong in misplaced.items() if wrong]:
        raise StudyError(told)
    part = "map" if map_ else by
    sizes: dict[str, int | str | bool | None] = {
        "by": by, "put-right": put_right if by == "stage" else None,
        "replications": replications, "enterprises": enterprises, "months": months, "seed": seed,
    }  # fmt: skip
    order = Order(
        "attribute", scenario, resolved, sizes, jobs, out, markdown, as_json,
        part=part if put_right == "management" else f"{part}_{put_right}",
    )  # fmt: skip
    keep = None if study is None else Path(study)
    if map_:
        sizes.update(map=True, levels=levels)
        _map(order, levels, replications, seed, put_right, enterprises, months)
        return
    sizes.update(assumptions=assumptions, permutations=permutations if by == "failure" else None)
    plan = planned(game_of(resolved, by, put_right), replications, seed, assumptions, permutations)
    deliver(order, partial(_split, order, plan, keep))


def _split(
    order: Order, plan: Plan, keep: Path | None, jobs: int, tell: Callable[[int, int], None]
) -> Findings:
    """Run the game."""
    from experiments.attribution import report
    from experiments.attribution.figures import draw_attribution
    from experiments.attribution.running import attributed
    from experiments.store.report import failure_lines

    found = attributed(plan, jobs, tell, keep)
    tables = {"attribution": found.shares, "coalitions": found.coalitions, "runs": found.runs}
    if plan.game.exact:
        tables["interactions"] = found.pairs
    return Findings(
        tables, report.attribution_table(found), report.footnotes(found),
        report.page(found, order.made()),
        lambda folder: draw_attribution(found, folder / "attribution.png"),
        failure_lines(plan.study) if len(plan.study.failures) else (),
    )  # fmt: skip


def _map(
    order: Order,
    levels: str,
    replications: int,
    seed: int,
    put_right: str,
    enterprises: int | None,
    months: int | None,
) -> None:
    """Run the map."""
    from experiments.attribution import cube

    def at(qualities: dict[str, float]) -> Scenario:
        return chosen_scenario(order.source, enterprises, months, management=qualities)

    points = cube.cube(at, cube.levels_of(levels), replications, seed, put_right)

    def run(jobs: int, tell: Callable[[int, int], None]) -> Findings:
        from experiments.attribution.figures import draw_map

        found = cube.mapped(points, jobs, tell)
        return Findings(
            {"map": found}, cube.map_table(found), cube.footnotes(found, order.scenario),
            cube.page(found, order.scenario, order.made()),
            lambda folder: draw_map(found, folder / "map.png"),
        )  # fmt: skip

    deliver(order, run)
