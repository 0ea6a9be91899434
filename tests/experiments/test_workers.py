"""Work in other processes: results in any order, and every loss named."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

import joblib
import pytest

from experiments.workers import Crew, Here, Processes, WorkerLostError, results_of

Told = list[tuple[int, Any]]


def square(number: int) -> int:
    return number * number


def faulty(killing: int | None = None, hanging: int | None = None) -> Callable[[Any], Any]:
    """A function that works but for one number; a closure, so that it goes to workers by value."""

    def run(task: Any) -> Any:
        parts = task if isinstance(task, tuple) else (task,)
        if killing in parts:
            os._exit(3)
        if hanging in parts:
            time.sleep(1000.0)
        return sum(parts)

    return run


def told(crew: Crew[Any, Any], tasks: Sequence[Any]) -> dict[Any, Any]:
    return dict(crew.outcomes(tasks))


@pytest.mark.parametrize("workers", [Here, lambda: Processes(2)])
def test_every_task_comes_back(workers: Callable[[], Any]) -> None:
    begun: list[int] = []
    crew = Crew(square, workers(), starting=begun.append, warm=True)
    assert told(crew, range(20)) == {i: i * i for i in range(20)}
    assert sorted(begun) == list(range(20))


def test_few_tasks_are_under_way_at_a_time() -> None:
    workers = Processes(2)
    under_way, most = 0, 0

    def starting(_: int) -> None:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)

    for _ in Crew(square, workers, starting=starting).outcomes(range(50)):
        under_way -= 1
    assert most == workers.size == 4


def test_a_task_that_kills_its_process_is_named_and_the_others_come_back() -> None:
    found = told(Crew(faulty(killing=5), Processes(2)), range(12))
    assert isinstance(found[5], WorkerLostError) and "died, twice" in str(found[5])
    assert {i: found[i] for i in range(12) if i != 5} == {i: i for i in range(12) if i != 5}


def test_a_lost_task_is_run_again_in_its_parts() -> None:
    def parts(task: tuple[int, ...]) -> list[tuple[int, ...]]:
        return [(number,) for number in task]

    found = told(Crew(faulty(killing=5), Processes(2), alone=parts), [(4, 5), (6, 7)])
    assert isinstance(found.pop((5,)), WorkerLostError)
    assert found in ({(4,): 4, (6, 7): 13}, {(4,): 4, (6,): 6, (7,): 7})


@pytest.mark.long
def test_a_task_that_hangs_is_given_up() -> None:
    crew = Crew(faulty(hanging=2), Processes(2), limit=lambda _: 4.0)
    found = told(crew, range(6))
    assert isinstance(found[2], WorkerLostError) and "in time, twice" in str(found[2])
    assert {i: found[i] for i in range(6) if i != 2} == {i: i for i in range(6) if i != 2}


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_error_of_the_function_ends_all(jobs: int) -> None:
    with pytest.raises(ZeroDivisionError):
        list(results_of(divmod, [(1, 1), (1, 0), (3, 1)], jobs))


def test_results_are_of_all_arguments() -> None:
    assert sorted(results_of(divmod, [(7, 2), (9, 3)], 1)) == [(3, 0), (3, 1)]


def test_a_thread_of_the_pool_cannot_write_over_the_screen(
    capsys: pytest.CaptureFixture[str],
) -> None:
    workers = Processes(2)
    workers.submit(square, 3)
    before = threading.excepthook
    workers.close(kill=True)
    assert threading.excepthook is before
    assert "Traceback" not in capsys.readouterr().err


def test_a_user_may_call_joblib_between_two_studies() -> None:
    for _ in range(2):
        assert sorted(results_of(square, [(2,), (3,)], 2)) == [4, 9]
        tasks = [joblib.delayed(square)(k) for k in range(3)]
        assert joblib.Parallel(n_jobs=2)(tasks) == [0, 1, 4]
