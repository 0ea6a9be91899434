"""Reading and checking a loan tape of a million rows."""

from __future__ import annotations

import tempfile
from pathlib import Path
from time import perf_counter

import numpy as np
import pandas as pd

from benchmarks.speed import Figure, held
from scenarios.tape import read_loans


def made_up(rows: int, path: Path) -> None:
    """Write a tape of loans that never were."""
    luck = np.random.default_rng(1)
    days = pd.Timestamp("2015-01-01") + pd.to_timedelta(luck.integers(0, 2_500, rows), unit="D")
    pd.DataFrame({
        "loan_id": np.arange(rows), "amount": luck.lognormal(11.0, 1.0, rows).round(2),
        "disbursement_date": days.strftime("%Y-%m-%d"),
        "term_months": luck.choice([12, 24, 36], rows),
        "sector": luck.choice(["retail", "services", "wholesale"], rows),
        "employees": luck.integers(1, 50, rows), "is_new": luck.integers(0, 2, rows),
        "status": luck.choice(["paid", "open", "default"], rows),
    }).to_csv(path, index=False)  # fmt: skip


def tape_figures(rows: int = 1_000_000) -> list[Figure]:
    """Seconds to read and check a CSV."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tape.csv"
        made_up(rows, path)
        start = perf_counter()
        read_loans(path)
        seconds = perf_counter() - start
    return [Figure(f"a CSV of {rows:,} loans, read and checked", seconds, "s",
                   held(seconds <= 20.0, "under 20"))]  # fmt: skip
