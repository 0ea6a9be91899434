"""Work in other processes: results as they come, whatever happens to the processes.

joblib's own generator ends with the first worker that dies and with the first task that takes
too long, and on Dask it waits for ever for a task that kills its workers. So tasks are given to
loky (the pool that joblib brings) or to Dask as single futures: a lost future names its task.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Future,
    wait,
)
from functools import partial
from typing import Any, Generic, Protocol, TypeVar

from joblib.externals.loky import ProcessPoolExecutor
from joblib.externals.loky.process_executor import ShutdownExecutorError

from agents.compiled import waits_for_compiler
from simulation.model import LOOPS

Task = TypeVar("Task")
Result = TypeVar("Result")

_PATIENCE = 2.0
"""Seconds between two looks at whether the parent lives."""

_IDLE = 60.0
"""Seconds after which a process that has nothing to do ends."""

_KEPT: dict[int, Any] = {}
"""A pool for each number of processes that the next study may take. loky keeps one of its own, but
joblib.Parallel, which the user may call, takes that one for its own and stumbles over ours."""

_ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1"
)
"""Environment of a worker: the work is split by tasks, not within one."""


class WorkerLostError(RuntimeError):
    """A task whose process died, or which did not come back in time."""


class Workers(Protocol):
    """Where tasks run."""

    @property
    def size(self) -> int:
        """Tasks to keep under way."""

    @property
    def losses(self) -> tuple[type[BaseException], ...]:
        """Errors of a future whose process is gone."""

    def submit(self, function: Callable[[Any], Any], task: Any) -> Future[Any]:
        """Begin a task."""

    def drop(self, lost: Sequence[Future[Any]]) -> None:
        """End what still runs of these, and make good what died; others may end with them."""

    def close(self, *, kill: bool) -> None:
        """No more tasks. kill: end what is running."""


class Here:
    """This process: one task after the other. A task that dies takes the study with it."""

    size = 1
    losses: tuple[type[BaseException], ...] = ()

    def submit(self, function: Callable[[Any], Any], task: Any) -> Future[Any]:
        """Run the task now."""
        future: Future[Any] = Future()
        try:
            future.set_result(function(task))
        except Exception as error:  # noqa: BLE001 - the future hands it on
            future.set_exception(error)
        return future

    def drop(self, lost: Sequence[Future[Any]]) -> None:
        """Nothing can be lost here."""

    def close(self, *, kill: bool) -> None:
        """Nothing to end."""


class Processes:
    """Processes on this machine (loky). jobs: how many."""

    losses = (BrokenExecutor, CancelledError, ShutdownExecutorError)

    def __init__(self, jobs: int) -> None:
        self._jobs = jobs
        self.size = 2 * jobs  # one that runs and one that waits, so that nobody is idle
        self._pool = _KEPT.pop(jobs, None) or self._new()

    def _new(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(
            self._jobs, timeout=_IDLE, env=_ONE_THREAD, initializer=_begin_worker,
            initargs=(os.getpid(),),
        )  # fmt: skip

    def submit(self, function: Callable[[Any], Any], task: Any) -> Future[Any]:
        """Begin a task."""
        future: Future[Any] = self._pool.submit(function, task)
        return future

    def _kill(self) -> None:
        """End all processes and what they run."""
        # Once the processes are killed, loky's own thread may end in a KeyError for a task that
        # was submitted a moment ago; it would print a traceback over the user's screen.
        shown = threading.excepthook
        threading.excepthook = lambda told: None if told.exc_type is KeyError else shown(told)
        try:
            self._pool.shutdown(wait=True, kill_workers=True)
        finally:
            threading.excepthook = shown

    def drop(self, lost: Sequence[Future[Any]]) -> None:  # noqa: ARG002 - all end alike
        """Kill all processes and start new ones: no other way to end one task."""
        self._kill()
        self._pool = self._new()

    def close(self, *, kill: bool) -> None:
        """End the processes, or leave them for the next study."""
        if kill:
            self._kill()
        elif self._jobs not in _KEPT:
            _KEPT[self._jobs] = self._pool
        else:
            self._pool.shutdown()


def _begin_worker(parent: int) -> None:
    """In a worker: Ctrl-C is for the parent, which then ends its workers; and where the parent
    was killed nobody else would end them.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    """Leave at once when the parent is gone."""
    while os.getppid() == parent:
        time.sleep(_PATIENCE)
    os._exit(1)


def workers_here(jobs: int) -> Workers:
    """This process for one job, else so many processes."""
    return Here() if jobs == 1 else Processes(jobs)


class Crew(Generic[Task, Result]):
    """Tasks under way. A task whose process is lost is run again alone, once.

    function: of a task. alone: parts of a task that are run one by one when it was lost.
    limit: seconds after which a task that has begun is given up. starting: told of every task
    when it begins. warm: let the first task end before the others begin (it compiles).
    """

    def __init__(
        self,
        function: Callable[[Task], Result],
        workers: Workers,
        *,
        alone: Callable[[Task], Sequence[Task]] = lambda task: [task],
        limit: Callable[[Task], float] = lambda _: float("inf"),
        starting: Callable[[Task], None] = lambda _: None,
        warm: bool = False,
    ) -> None:
        self._function, self._workers = function, workers
        self._alone, self._limit, self._starting = alone, limit, starting
        self._cold = warm
        self._flying: dict[Future[Result], tuple[Task, float, bool]] = {}
        self._suspects: deque[Task] = deque()

    def outcomes(
        self, tasks: Iterable[Task]
    ) -> Generator[tuple[Task, Result | WorkerLostError], None, None]:
        """Each task with what it returned, in any order, or with the loss of its process.

        An error that the function raises ends everything, as an interrupt does.
        """
        waiting = iter(tasks)
        try:
            while self._fill(waiting):
                yield from self._landed()
                self._cold = False
        except BaseException:
            self._workers.close(kill=True)
            raise
        self._workers.close(kill=False)

    def _fill(self, waiting: Iterable[Task]) -> bool:
        """Begin as many tasks as may be under way; is there any?

        Suspects go alone, so that the next death has one possible cause.
        """
        if self._suspects:
            if not self._flying:
                self._begin(self._suspects.popleft(), alone=True)
            return True
        most = 1 if self._cold else self._workers.size
        while len(self._flying) < most:
            task = next(iter(waiting), None)
            if task is None:
                break
            self._begin(task, alone=False)
        return bool(self._flying)

    def _begin(self, task: Task, *, alone: bool) -> None:
        self._starting(task)
        future = self._workers.submit(self._function, task)
        # A task may wait for the one before it in its process.
        given_up = time.monotonic() + self._limit(task) * (1.0 if alone else 2.0)
        self._flying[future] = task, given_up, alone

    def _landed(self) -> Generator[tuple[Task, Result | WorkerLostError], None, None]:
        """Tasks that have ended, at least one or the overdue ones."""
        first = min(given_up for _, given_up, _ in self._flying.values())
        patience = first - time.monotonic()
        done, _ = wait(
            self._flying, None if patience == float("inf") else max(patience, 0.0), FIRST_COMPLETED
        )
        for future in done:
            if not self._is_lost(future):
                task, _, _ = self._flying.pop(future)
                yield task, future.result()
        now = time.monotonic()
        late = [] if done else [f for f, (_, end, _) in self._flying.items() if end <= now]
        lost = [future for future in done if future in self._flying]
        if lost or late:
            why = "its process died" if lost else "it did not come back in time"
            yield from self._lose([*lost, *late], why)

    def _lose(
        self, lost: Sequence[Future[Result]], why: str
    ) -> Generator[tuple[Task, Result | WorkerLostError], None, None]:
        """Put lost tasks aside to be run alone; those that were are lost for good."""
        self._workers.drop(lost)
        for future in [f for f in self._flying if f in lost or self._is_lost(f)]:
            task, _, was_alone = self._flying.pop(future)
            if was_alone:
                yield task, WorkerLostError(f"{why}, twice")
            else:
                self._suspects.extend(self._alone(task))

    def _is_lost(self, future: Future[Result]) -> bool:
        """Has it ended without an answer from the function?"""
        if not future.done():
            return False
        return future.cancelled() or isinstance(future.exception(), self._workers.losses)


def results_of(
    run: Callable[..., Result], tasks: Iterable[tuple[Any, ...]], jobs: int
) -> Generator[Result, None, None]:
    """What ``run(*task)`` returns for each task, in any order; an interrupt stops all workers.

    jobs: number of processes. Raises: what the function raises; WorkerLostError.
    """
    crew: Crew[tuple[Any, ...], Result] = Crew(
        partial(_apply, run), workers_here(jobs), warm=waits_for_compiler(LOOPS)
    )
    for _, result in crew.outcomes(tasks):
        if isinstance(result, WorkerLostError):
            raise result
        yield result


def _apply(run: Callable[..., Result], task: tuple[Any, ...]) -> Result:
    return run(*task)
