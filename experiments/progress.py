"""How far the work is: a bar on a terminal or in a notebook, plain lines elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def progress(words: str) -> Iterator[Callable[[int, int], None]]:
    """A function to call with (done, total); words: what is counted."""
    from rich.console import Console

    console = Console(stderr=True)
    if not (console.is_jupyter or sys.stderr.isatty()):
        yield _lines(words)
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    columns = ("{task.description}", BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(words, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _lines(words: str) -> Callable[[int, int], None]:
    """A line for about every tenth of the work."""
    told = 0

    def tell(done: int, total: int) -> None:
        nonlocal told
        tenth = 10 * done // total
        if tenth > told:
            told = tenth
            print(f"{words}: {done} of {total}", file=sys.stderr, flush=True)

    return tell


def tell_of_compiling() -> None:
    """Say that the first run compiles the rules, where it will."""
    from agents.compiled import CACHE_FOLDER, PLAIN

    if PLAIN or (CACHE_FOLDER and any(Path(CACHE_FOLDER).rglob("*.nbc"))):
        return
    print(
        "compiling the rules: once after an installation or a change, about half a minute",
        file=sys.stderr, flush=True,
    )  # fmt: skip
