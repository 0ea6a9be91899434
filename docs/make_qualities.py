"""Write docs/qualities.md: does the loss fall along the quality of each stage? About 5 minutes.

``python docs/make_qualities.py [WORLDS]``. From a common fork the bank goes on at the quality it
had, or at a better one; two banks that have always differed would also differ in what they lent.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from agents.parameters import STAGES, all_parameters, at_quality
from experiments import Study
from experiments.markdown import table, write_page
from scenarios import load_scenario
from simulation import Strategy

PAGE = Path(__file__).resolve().parent / "qualities.md"
STEPS = ((0.1, 0.5), (0.5, 0.9))
MEASURES = {"loss_rate": "Loss rate %", "default_rate": "Default %", "lgd": "LGD %",
            "disbursed": "Volume %"}  # fmt: skip
RATIOS = {"npl_ratio": "NPL reported, points", "npl_ratio_true": "NPL true, points"}


def raised(stage: str, low: float, high: float) -> Strategy:
    """The arm in which a stage's quality rises from low to high at the fork, at no cost."""
    adds = {
        name: at_quality(p, high) - at_quality(p, low)
        for name, p in all_parameters().items() if p.stage == stage
    }  # fmt: skip
    return Strategy("raised", "Raised quality", "管理质量提升", adds=adds, half_month=0.0)


def step(stage: str, low: float, high: float, worlds: int) -> list[str]:
    """One row of the table."""
    quality = dict.fromkeys(STAGES, 0.5) | {stage: low}
    scenario = load_scenario("l_bank", management=quality)
    scenario = replace(scenario, strategies={"raised": raised(stage, low, high)})
    study = Study(scenario, ["raised"], replications=worlds, assumptions="fixed")
    found = study.run(jobs=2).comparison().set_index("measure")
    cells = [stage, f"{low} to {high}"]
    for name in MEASURES:
        row = found.loc[name]
        cells.append(
            f"{100 * row['relative_change']:+.1f} "
            f"[{100 * row['relative_low']:+.1f}, {100 * row['relative_high']:+.1f}]"
        )
    for name in RATIOS:
        row = found.loc[name]
        cells.append(
            f"{100 * row['difference']:+.2f} "
            f"[{100 * row['ci_low']:+.2f}, {100 * row['ci_high']:+.2f}]"
        )
    return cells


def main() -> None:
    """Write the page."""
    worlds = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    rows = [step(stage, *ends, worlds) for stage in STAGES for ends in STEPS]
    headings = ["Stage", "Quality", *MEASURES.values(), *RATIOS.values()]
    write_page(PAGE, [
        "# What the quality of a stage does",
        (f"Made with `python docs/make_qualities.py {worlds}`: the same {worlds} worlds, the other "
        "two stages at 0.5, quality raised at the fork, assumptions as declared; 95 % intervals of "
        "the paired mean. A bank with L Bank's assumed weaknesses."),
        table(headings, rows),
        ("The reported NPL ratio is no measure of post-loan management: with better management "
        "less is hidden and postponed, so the ratio can rise while loss and true NPL fall."),
    ])  # fmt: skip


if __name__ == "__main__":
    main()
