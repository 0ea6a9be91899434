"""Worlds in several processes: results as they come, and a clean end at an interrupt."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from typing import Any, TypeVar

from joblib import Parallel, delayed
from joblib.externals.loky import get_reusable_executor

from agents.compiled import waits_for_compiler
from simulation.model import LOOPS

Result = TypeVar("Result")


def results_of(
    run: Callable[..., Result],
    tasks: Iterable[tuple[Any, ...]],
    jobs: int,
    *,
    rules: bool = False,
) -> Generator[Result, None, None]:
    """What ``run(*task)`` returns for each task, in any order; an interrupt stops all workers.

    jobs: number of processes. rules: the tasks replace rules of the model.
    """
    left = list(tasks)
    if jobs > 1 and left and (rules or waits_for_compiler(LOOPS)):
        # The first task here: it compiles the rules, once, for all the workers.
        yield run(*left.pop(0))
    todo = (delayed(run)(*task) for task in left)
    try:
        yield from Parallel(n_jobs=jobs, return_as="generator_unordered")(todo)
    except BaseException:
        if jobs > 1:
            get_reusable_executor().shutdown(wait=True, kill_workers=True)
        raise
