"""Work on a cluster: tasks on the workers of a Dask scheduler that somebody else started."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, Future
from typing import Any
from uuid import uuid4

from experiments.arms import StudyError
from experiments.store.identity import model_version

PATIENCE = 30.0
"""Seconds to wait for the scheduler, and for its first worker."""


def _theirs() -> str:
    """On a worker: the version of its model."""
    return model_version()


class Cluster:
    """Workers of a Dask cluster. address: of its scheduler, ``tcp://host:port``.

    Each worker needs the same loanlab and one thread (``dask worker ADDRESS --nthreads 1``).
    Raises: StudyError where there is no scheduler, no worker, or another model version.
    """

    def __init__(self, address: str) -> None:
        try:
            from distributed import Client, KilledWorker
        except ImportError:
            raise StudyError(
                '--cluster needs Dask: python -m pip install "loanlab[cluster]"'
            ) from None
        self.losses: tuple[type[BaseException], ...] = (KilledWorker, CancelledError)
        try:
            self._client = Client(address, timeout=PATIENCE, set_as_default=False)
            self._client.wait_for_workers(1, timeout=PATIENCE)
        except (OSError, ValueError, TimeoutError) as error:
            raise StudyError(f"--cluster {address}: no answer from it ({error})") from None
        self._check_versions(address)
        self._pool = self._client.get_executor(pure=False)
        self._keys: dict[Future[Any], str] = {}

    @property
    def size(self) -> int:
        """One task that runs and one that waits for each thread there is now."""
        threads: dict[str, int] = self._client.nthreads()
        return 2 * max(1, sum(threads.values()))

    def _check_versions(self, address: str) -> None:
        """Other sources would give other results under the same name."""
        ours = model_version()
        for worker, theirs in self._client.run(_theirs).items():
            if theirs != ours:
                raise StudyError(
                    f"--cluster {address}: worker {worker} has loanlab {theirs}, here it is {ours}"
                )

    def submit(self, function: Callable[[Any], Any], task: Any) -> Future[Any]:
        """Begin a task."""
        key = f"loanlab-{uuid4().hex}"
        future: Future[Any] = self._pool.submit(function, task, key=key)
        self._keys[future] = key
        future.add_done_callback(self._keys.pop)
        return future

    def drop(self, lost: Sequence[Future[Any]]) -> None:
        """Restart the workers that still hold a lost task; Dask cannot end a task otherwise."""
        keys = {self._keys[future] for future in lost if future in self._keys}
        held = self._client.processing()
        for future in lost:
            future.cancel()
        workers = [worker for worker, tasks in held.items() if keys.intersection(tasks)]
        if workers:
            self._client.restart_workers(workers, timeout=PATIENCE, raise_for_error=False)
        try:
            self._client.wait_for_workers(1, timeout=PATIENCE)
        except TimeoutError:
            raise StudyError("--cluster: no worker is left; start some and resume") from None

    def close(self, *, kill: bool) -> None:
        """Take back what is not finished, and leave the cluster to others."""
        if kill:
            for future in list(self._keys):
                future.cancel()
        self._client.close()
