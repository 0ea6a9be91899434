"""The samples of the stylised facts and their sizes: change a number of worlds here."""

from __future__ import annotations

from experiments.arms import BASELINE
from experiments.validation import panel, takes
from experiments.validation.samples import Arm, Sample

WORLDS = {
    "firms": 100, "weak_bank": 60, "years": 200, "instalments": 60, "experiments": 200,
    "absence": 400, "circles": 600, "hubs": 300,
}  # fmt: skip
"""Worlds of each sample; sized so that few intervals straddle the edge of a target."""

TENORS = {36: 0.05, 60: 0.38, 84: 0.57}
"""Months of the instalment loans on which the hump of the hazard is judged, and the share of each:
the weighted shares of terms of 36-47, 48-71 and 72-90 months in the SBA loans."""

FIRMS = Sample(
    "firms", "l_bank, 41 months, firms and contracts month by month", WORLDS["firms"], panel.firms,
    overrides={"desk_visits": 0.0},  # so that the log holds only visits that were made
)  # fmt: skip

WEAK_BANK = Sample(
    "weak_bank", "l_bank with approval and post-loan quality 0.25, 24 months",
    WORLDS["weak_bank"], takes.levels,
    overrides={"management": {"approval": 0.25, "post_loan": 0.25}},
)  # fmt: skip

YEARS = Sample(
    "years", "l_bank with 6,000 firms, burn-in to the last month of the run-off (19 years)",
    WORLDS["years"], takes.years, overrides={"enterprises": 6_000},
)  # fmt: skip

INSTALMENTS = Sample(
    "instalments",
    "l_bank that hides nothing and lends in instalments only, over 36, 60 or 84 months (19 years)",
    WORLDS["instalments"], takes.write_offs,
    arms=tuple(
        Arm(f"{tenor}_months", overrides={"instalment_tenor": tenor, "long_tenor": tenor})
        for tenor in TENORS
    ),
    overrides={"bullet_share": 0.0, "hidden_npl": 0.0},
)  # fmt: skip

EXPERIMENTS = Sample(
    "experiments", "l_bank and arms of it in the same worlds, whole runs",
    WORLDS["experiments"], takes.outcomes,
    arms=tuple(
        Arm(name, strategies=name)
        for name in (BASELINE, "volume_pay", "caseload_halved", "caseload_doubled",
                     "independent_review", "frequent_audits")
    ),
)  # fmt: skip

ABSENCE = Sample(
    "absence", "l_bank with and without all officers leaving in month 0, 9 months",
    WORLDS["absence"], takes.absence,
    arms=(Arm(), Arm("officers_leave", stress="officers_leave")),
)  # fmt: skip

CIRCLES = Sample(
    "circles", "l_bank with and without joint liability, whole runs", WORLDS["circles"],
    takes.outcomes, arms=(Arm(), Arm("no_joint_liability", strategies="no_joint_liability")),
)  # fmt: skip

HUBS = Sample(
    "hubs", "l_bank whose hubs are hit, or as many circle firms at random, or none, 36 months",
    WORLDS["hubs"], takes.contagion,
    arms=(Arm("hub_shock", stress="hub_shock"), Arm("random_shock", stress="random_shock"), Arm()),
)  # fmt: skip
