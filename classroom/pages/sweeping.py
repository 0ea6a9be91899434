"""Memory returns when a visitor has left: worlds hold themselves in circles, found by a sweep."""

from __future__ import annotations

import asyncio
import ctypes
import gc

PAUSE_SECONDS = 5.0
"""Between a visitor's leaving and the sweep: a class that leaves together is swept up once."""


class Sweeper:
    """Collects what visitors leave. What is there before the first visitor is never looked at."""

    def __init__(self) -> None:
        self._due = False
        gc.collect()
        gc.freeze()

    def soon(self) -> None:
        """Sweep once, a while from now, however many ask for it. Needs a running event loop."""
        if not self._due:
            self._due = True
            asyncio.get_running_loop().call_later(PAUSE_SECONDS, self._sweep)

    def _sweep(self) -> None:
        self._due = False
        gc.collect()
        give_back()


def give_back() -> None:
    """Give freed memory back to the machine, where the C library (glibc) can be asked for it."""
    try:
        trim = ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):
        return
    trim(0)
