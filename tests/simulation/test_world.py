"""The world in the large: level after the burn-in, the same at any size, small in memory."""

from __future__ import annotations

import gc
import math
from collections.abc import Callable
from typing import Any

import joblib
import numpy as np
import psutil
import pytest

from scenarios import load_scenario
from simulation import LoanPortfolio

# --- level --------------------------------------------------------------------------------------

# A slope is small if over the 24 months it moves the level by less than this part of it.
SMALL_MOVE = 0.05
LEVELS = ("npl_ratio", "clients_per_officer", "cash_months", "book_age_months")


def slopes_of(replication: int) -> dict[str, tuple[float, float]]:
    """Slope a month and mean over the last 24 months of the burn-in, of each level."""
    scenario = load_scenario("l_bank", enterprises=2_000)
    rows = LoanPortfolio(scenario, seed=100, replication=replication)._table.rows[-24:]
    rows_by_name = {name: rows[name] for name in LEVELS if name in rows.dtype.names}
    rows_by_name["clients_per_officer"] = rows["clients"] / rows["officers"]
    month = np.arange(24) - 11.5
    return {
        name: (float((month @ values) / (month @ month)), float(values.mean()))
        for name, values in rows_by_name.items()
    }


def check_level(slopes: list[dict[str, tuple[float, float]]]) -> None:
    """Each level's mean slope: its 95 % interval contains 0, or it is small."""
    report = []
    for name in LEVELS:
        values = np.array([world[name] for world in slopes])
        slope, level = values.mean(axis=0)
        half = 1.96 * values[:, 0].std(ddof=1) / math.sqrt(len(values))
        moved = 24.0 * slope / level
        ok = abs(slope) <= half or abs(moved) + 24.0 * half / level <= SMALL_MOVE
        report.append(
            f"{name}: level {level:.4g}, 24 months move it by {100 * moved:+.1f} "
            f"± {2400 * half / level:.1f} %{'' if ok else '   <-- a trend'}"
        )
    print("\n".join(report))
    assert not [line for line in report if "trend" in line], "\n".join(report)


@pytest.mark.long
def test_the_last_two_years_of_the_burn_in_are_level() -> None:
    slopes_of(0)
    check_level(joblib.Parallel(n_jobs=2)(joblib.delayed(slopes_of)(r) for r in range(120)))


def test_a_trend_would_be_seen() -> None:
    """The same check on a world that starts with an empty book."""
    scenario = load_scenario("l_bank", enterprises=500, burn_in_months=24)
    young = []
    for replication in range(10):
        rows = LoanPortfolio(scenario, replication=replication)._table.rows
        values = {name: rows[name] for name in LEVELS if name in rows.dtype.names}
        values["clients_per_officer"] = rows["clients"] / rows["officers"]
        month = np.arange(24) - 11.5
        young.append(
            {n: (float((month @ v) / (month @ month)), float(v.mean())) for n, v in values.items()}
        )
    with pytest.raises(AssertionError, match=r"clients_per_officer: .* <-- a trend"):
        check_level(young)


# --- size ---------------------------------------------------------------------------------------

SIZED = ("loss_rate", "default_rate_24m", "npl_ratio")


def measures_of(enterprises: int, replication: int) -> dict[str, float]:
    scenario = load_scenario("l_bank", enterprises=enterprises)
    return LoanPortfolio(scenario, seed=7, replication=replication).run()


@pytest.mark.long
def test_expectation_does_not_move_with_the_number_of_enterprises() -> None:
    """The same 100 economies with some 2,000 and with some 20,000 firms.

    The sizes give whole numbers of officers' posts: rounding them changes the caseload. What
    does move a little is how often the cut-off is raised, because the NPL ratio of fewer loans
    is noisier; at these sizes it is lost in the errors of the three measures.
    """
    small_size, large_size, replications = 2_040, 20_400, range(1_000, 1_100)
    measures_of(small_size, 0)
    run = joblib.Parallel(n_jobs=2)
    small_worlds = run(joblib.delayed(measures_of)(small_size, r) for r in replications)
    large_worlds = run(joblib.delayed(measures_of)(large_size, r) for r in replications)
    report = []
    for name in SIZED:
        small = np.array([world[name] for world in small_worlds])
        large = np.array([world[name] for world in large_worlds])
        difference = large - small
        error = difference.std(ddof=1) / math.sqrt(len(difference))
        wrong = abs(difference.mean()) > 3.0 * error
        report.append(
            f"{name}: {small.mean():.5f} with {small_size:,}, {large.mean():.5f} with "
            f"{large_size:,}; difference {difference.mean():+.5f} (standard error {error:.5f})"
            f"{'   <-- moves' if wrong else ''}"
        )
    print("\n".join(report))
    assert not [line for line in report if "moves" in line], "\n".join(report)


def test_traits_do_not_move_with_the_number_of_enterprises() -> None:
    """Quick: the first day of a large world is that of a small one, more often."""
    small = load_scenario("l_bank", enterprises=1_000, burn_in_months=0)
    large = load_scenario("l_bank", enterprises=20_000, burn_in_months=0)
    e = LoanPortfolio(large, seed=1)._world.enterprises
    parts = [LoanPortfolio(small, seed=1, replication=r)._world.enterprises for r in range(1, 11)]
    for field in ("revenue_fen", "need_fen", "cash_fen", "quality", "willingness", "lump_sd"):
        ours = e[field][:20_000].astype(float)
        theirs = np.concatenate([part[field][:1_000] for part in parts]).astype(float)
        if field.endswith("_fen"):
            ours, theirs = np.log(np.maximum(ours, 1)), np.log(np.maximum(theirs, 1))
        error = math.hypot(ours.std() / math.sqrt(20_000), theirs.std() / math.sqrt(10_000))
        assert abs(ours.mean() - theirs.mean()) < 4.0 * error, field


# --- memory -------------------------------------------------------------------------------------

BIG = """
import resource
from scenarios import load_scenario
from simulation import LoanPortfolio
scenario = load_scenario(
    "l_bank", enterprises=200_000, burn_in_months=36, months=12, run_off_months=12, settled_share=1
)
model = LoanPortfolio(scenario)
model.run()
print(len(model.months), model.loan_count, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.mark.long
def test_200_000_enterprises_for_60_months_need_less_than_a_gigabyte(
    python: Callable[..., str],
) -> None:
    python("-c", BIG.replace("200_000", "100"))  # compile first: that is not the world's memory
    months, loans, kilobytes = map(int, python("-c", BIG).split())
    print(f"{kilobytes / 1024:.0f} MB for {loans:,} contracts")
    assert months == 60 and loans > 200_000
    assert kilobytes * 1024 < 1e9


def test_hundreds_of_runs_keep_memory_flat(tiny: Any) -> None:
    """500 worlds with an arm each, one after the other in one process."""
    scenario = tiny(enterprises=40, months=3, burn_in_months=6, run_off_months=1)

    def worlds(count: int) -> int:
        for replication in range(count):
            model = LoanPortfolio(scenario, replication=replication)
            arm = model.fork(["risk_warning", "staff_ability"])
            arm.run()
            len(arm.agents), arm.bank.cash_fen, arm.months
        gc.collect()
        return int(psutil.Process().memory_info().rss)

    worlds(60)  # buffers and caches fill
    objects, before = len(gc.get_objects()), worlds(1)
    after = worlds(440)
    assert after - before < 6_000_000, f"{(after - before) / 1e6:.1f} MB more after 440 worlds"
    assert len(gc.get_objects()) - objects < 2_000


def test_a_world_needs_little_more_than_its_records(tiny: Any) -> None:
    scenario = tiny(enterprises=20_000, burn_in_months=2)
    gc.collect()
    before = psutil.Process().memory_info().rss
    model = LoanPortfolio(scenario)
    held = psutil.Process().memory_info().rss - before
    world = model._world
    records = sum(array.nbytes for array in world)
    assert held < 2.5 * records + 30e6, f"{held / 1e6:.0f} MB for {records / 1e6:.0f} MB of records"
