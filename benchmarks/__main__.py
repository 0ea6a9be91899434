"""Measure the speed of the model, print a table, write it as JSON where asked."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from statistics import median
from time import time

from benchmarks.speed import (
    SIZE,
    Figure,
    held,
    month_figures,
    process_figures,
    profile_figures,
    size_figures,
)
from benchmarks.studies import (
    branching_figures,
    large_figures,
    small_figures,
    store_figures,
)
from benchmarks.tapes import tape_figures

_FIRST_MONTH = """
import sys, time
begun, entered = float(sys.argv[1]), time.time()
from scenarios import load_scenario
from simulation import LoanPortfolio
imported = time.time()
LoanPortfolio(load_scenario("l_bank")).step()
print(time.time() - begun, imported - entered, time.time() - imported)
"""


def first_month(cache: str) -> list[float]:
    """A fresh process: seconds from its start, for its imports, for burn-in and first month."""
    done = subprocess.run(
        [sys.executable, "-c", _FIRST_MONTH, str(time())], check=True, text=True,
        stdout=subprocess.PIPE, cwd=Path(__file__).parent.parent,
        env={**os.environ, "LOANLAB_CACHE_DIR": cache},
    )  # fmt: skip
    return [float(seconds) for seconds in done.stdout.split()]


def start_figures(repeats: int = 3) -> list[Figure]:
    """One start with an empty cache, then ``repeats`` starts from what it has left."""
    with tempfile.TemporaryDirectory() as cache:
        cold, *warm = (first_month(cache) for _ in range(1 + repeats))
    spent, imports, living = map(median, zip(*warm, strict=True))
    compiling = cold[2] - living
    return [
        Figure("first start, empty cache", cold[0], "s"),
        Figure("of it compiling", compiling, "s", held(compiling <= 30.0, "at most 30")),
        Figure("second start", spent, "s", held(spent < 2.0, "under 2")),
        Figure("of it imports", imports, "s"),
        Figure("of it kernels from the cache, burn-in, one month", living, "s"),
        Figure("first start over second", cold[0] / spent, "x"),
    ]


SECTIONS: dict[str, Callable[[], list[Figure]]] = {
    f"Full month of l_bank, {SIZE:,} enterprises, one thread": month_figures,
    f"Where that month goes, {SIZE:,} enterprises, for each live one": profile_figures,
    "By size": size_figures,
    "Processes": process_figures,
    "Sixteen arms of 2,000 enterprises and 84 months": branching_figures,
    "A study that is kept": store_figures,
    "Two thousand small runs": small_figures,
    "A loan tape": tape_figures,
    "From typing to the first month of l_bank after the burn-in": start_figures,
}


def told(figure: Figure) -> str:
    """A line of the table."""
    value = format(figure.value, ",.0f" if figure.value >= 100 else ".3g")
    return f"  {figure.name:<56}{value:>12} {figure.unit:<8}{figure.note}".rstrip()


def main() -> None:
    """Measure everything."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--json", type=Path, metavar="PATH", help="also write the results here")
    parser.add_argument("--large", action="store_true", help="one large study and nothing else")
    asked = parser.parse_args()
    path: Path | None = asked.json
    sections = {"A large study": large_figures} if asked.large else SECTIONS
    machine = {name: metadata.version(name) for name in ("numba", "numpy", "mesa")}
    machine |= {"python": sys.version.split()[0], "cores": str(os.cpu_count())}
    print(", ".join(f"{name} {value}" for name, value in machine.items()))
    print("Only ratios (x) mean much: the rest depends on the machine and what else it does.")
    results: dict[str, object] = {"machine": machine}
    for title, measure in sections.items():
        figures = measure()
        print("\n".join(["", title, *map(told, figures)]), flush=True)
        results[title] = [figure._asdict() for figure in figures]
    if path is not None:
        path.write_text(json.dumps(results, indent=2, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main()
