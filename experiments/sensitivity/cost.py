"""What a study will take, told before it runs, and whether a cheaper one would do."""

from __future__ import annotations

import time
from pathlib import Path
from typing import NamedTuple

from experiments.sensitivity.methods import METHODS
from experiments.sensitivity.study import SensitivityStudy

WARM = 1
"""Worlds that compile and start processes, not timed."""

PILOT = 4
"""Timed worlds for each process."""


class Cost(NamedTuple):
    """Points, worlds (points x replications) and runs (worlds x arms) of a study."""

    points: int
    worlds: int
    runs: int


def cost_of(study: SensitivityStudy) -> Cost:
    """What it takes, points that come twice counted once."""
    worlds = len(study.worlds)
    return Cost(worlds // study.replications, worlds, worlds * len(study.arms))


def pilot(study: SensitivityStudy, jobs: int, out: Path | None, cluster: str | None) -> float:
    """Seconds that the study takes, from its first worlds; these are kept.

    NaN where the first worlds are already there, or there are no others.
    """
    first, last = WARM, WARM + PILOT * jobs
    if len(study.worlds) <= last or study.has_begun(out):
        return float("nan")
    study.run(jobs, out, cluster=cluster, first=first)
    began = time.perf_counter()
    study.run(jobs, out, cluster=cluster, first=last)
    each = (time.perf_counter() - began) / (last - first)
    return each * (len(study.worlds) - last)


def words(study: SensitivityStudy) -> list[str]:
    """The cost in sentences, with a cheaper method where one would do."""
    cost = cost_of(study)
    text = (
        f"{study.method.title}: {len(study.problem.units)} "
        f"{'groups' if study.problem.groups else 'factors'}, {study.samples} "
        f"{study.method.samples_are}: {cost.points:,} points x {study.replications} "
        f"replications x {len(study.arms)} arms = {cost.runs:,} runs."
    )
    return [text, *cheaper(study)]


def cheaper(study: SensitivityStudy) -> list[str]:
    """A cheaper way to a part of the answer, if there is one."""
    arms = study.replications * len(study.arms)
    units = len(study.problem.units)
    points = study.samples * study.method.block(study.problem)
    out = []
    if study.method.name == "sobol2":
        less = study.samples * METHODS["sobol"].block(study.problem)
        out.append(f"Without second order: --method sobol, {less * arms:,} runs.")
    if study.method.name in ("sobol", "sobol2"):
        less = METHODS["morris"].usual * METHODS["morris"].block(study.problem)
        if less < points:
            out.append(f"To rank only: --method morris, {less * arms:,} runs.")
        if METHODS["given"].usual < points:
            out.append(
                f"For first order only: --method given, {METHODS['given'].usual * arms:,} runs."
            )
    if study.method.name == "morris" and not study.problem.groups and units > 30:
        less = study.samples * (len({f.groups.get("agent") for f in study.factors}) + 1)
        out.append(f"To rank groups first: --group-by agent, {less * arms:,} runs.")
    return out


def time_words(seconds: float) -> str:
    """Expected time in words; "" where it is not known."""
    if not seconds >= 0.0:
        return ""
    if seconds < 90.0:
        return f"The rest takes about {seconds:.0f} seconds, by a pilot."
    return f"The rest takes about {seconds / 60.0:.0f} minutes, by a pilot."
