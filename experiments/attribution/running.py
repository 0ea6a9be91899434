"""Run a game: every coalition as an arm of one study, in the same worlds, then split its value."""

from __future__ import annotations

from pathlib import Path

from experiments.attribution.plan import Plan
from experiments.attribution.split import Attribution, split
from experiments.running import Progress


def attributed(
    plan: Plan, jobs: int, progress: Progress | None = None, out: Path | None = None
) -> Attribution:
    """Run the study of a game and split what all players avoid.

    out: folder of the study; one that holds its runs already is gone on with.
    """
    study = plan.study.run(jobs, out, progress)
    found = split(plan, study.runs)
    failed = len(study.failures)
    told = [f"{failed} runs failed; their worlds are left out."] if failed else []
    return found._replace(gaps=[*found.gaps, *told])
