"""One world, month by month: the command ``loanlab run``."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from rich.box import SIMPLE_HEAD
from rich.table import Table

from experiments.arms import BASELINE, MODES, arm_title, checked_arms, one_of, whole_number
from experiments.results import check_folder, manifest_of, results_folder
from experiments.study import MOST_SEED
from experiments.tables import about, console
from simulation import LoanPortfolio, Scenario
from simulation.measures import UNITS


class World:
    """One replication of one arm, beside the baseline in the same world.

    strategy: ``a+b`` or ``baseline``. seed, replication: non-negative integers, the key of
    all luck. assumptions: ``fixed`` or ``drawn``. Raises: StudyError.
    """

    def __init__(
        self, scenario: Scenario, strategy: str, seed: int, replication: int, assumptions: str
    ) -> None:
        self.scenario = scenario
        self.arms = checked_arms(scenario, [strategy])
        self.arm = self.arms[-1]
        self.seed = whole_number("seed", seed, 0, MOST_SEED)
        self.replication = whole_number("replication", replication, 0, MOST_SEED)
        self.assumptions = one_of("assumptions", assumptions, MODES)
        self.by_arm: dict[str, pd.DataFrame] = {}
        self.measures: dict[str, float] = {}

    def run(self) -> None:
        """Run the arm, and the baseline beside it."""
        drawn = self.assumptions == "drawn"
        model = LoanPortfolio(
            self.scenario, seed=self.seed, replication=self.replication, drawn=drawn
        )
        for arm in self.arms:
            branch = model.fork(arm)
            self.measures = branch.run()
            self.by_arm[arm] = _scaled(branch)

    @property
    def months(self) -> pd.DataFrame:
        """The arm's months, burn-in negative; money in CNY of the declared bank."""
        return self.by_arm[self.arm]


def _scaled(model: LoanPortfolio) -> pd.DataFrame:
    """A model's months with money of the declared bank instead of the sample."""
    months = model.months
    factors = pd.Series({name: model.scale for name in months.columns if name.endswith("_cny")})
    months[factors.index] *= factors
    return months


def check(folder: Path) -> None:
    """May the world's results be written there? Raises: StudyError."""
    check_folder(folder, "world")


def write(world: World, folder: Path) -> None:
    """Months, measures, picture and manifest of a world that was run."""
    from experiments.figures import draw_world

    manifest = manifest_of(
        "world", world.scenario, seed=world.seed, replication=world.replication,
        assumptions=world.assumptions, strategy=world.arm, measures=world.measures,
    )  # fmt: skip
    with results_folder(folder, manifest) as partial:
        world.months.to_csv(partial / "months.csv", index=False, lineterminator="\n")
        (partial / "figures").mkdir()
        draw_world(world.by_arm, world.scenario, partial / "figures" / "world.png")


def month_table(months: pd.DataFrame) -> Table:
    """The months of new lending, one line each. months: money in CNY."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=0, show_edge=False)
    for heading in ("Month", "New\nmoney\nm CNY", "Book\nm CNY", "NPL\nrep.\n%", "NPL\ntrue\n%",
                    "Files\nde-\ncided", "Files\nap-\nproved", "Days\nto de-\ncision",
                    "Visits\nmade\n%", "Alerts", "New\nde-\nfaults",
                    "Writ-\nten off\nm CNY"):  # fmt: skip
        table.add_column(heading, justify="right", no_wrap=True)
    for _, m in months.iterrows():
        parts = ("legacy", "new_lending", "beyond")
        lent, book, lost = (
            1e-6 * sum(m[f"{part}_{what}_cny"] for part in parts)
            for what in ("new_money", "balance", "written_off")
        )
        days = m["decision_days"] / m["decided"] if m["decided"] else float("nan")
        visits = 100 * m["visits_made"] / m["visits_due"] if m["visits_due"] else float("nan")
        table.add_row(
            f"{m['month'] + 1:.0f}", f"{lent:,.0f}", f"{book:,.0f}",
            f"{100 * m['npl_ratio']:.2f}", f"{100 * m['npl_ratio_true']:.2f}",
            f"{m['decided']:.0f}", f"{m['approved']:.0f}", f"{days:.0f}", f"{visits:.0f}",
            f"{m['alerts']:.0f}", f"{m['defaults']:.0f}", f"{lost:,.1f}",
        )  # fmt: skip
    return table


def show(world: World) -> None:
    """The result of ``loanlab run``, to standard output."""
    out, scenario = console(), world.scenario
    out.print(
        f"{scenario.title}: world {world.replication} of seed {world.seed}, "
        f"{arm_title(scenario, world.arm).lower() if world.arm == BASELINE else world.arm}",
        style="bold", markup=False,
    )  # fmt: skip
    window = world.months[world.months["month"].between(0, scenario.months - 1)]
    out.print(month_table(window))
    out.print()
    for name in UNITS:
        out.print(f"  {name:<26} {_told(world.measures[name], UNITS[name])}", markup=False)
    out.print()
    out.print(
        f"One world of {about(scenario)}: money and new loans of the declared bank; files and "
        f"alerts of a month are those of the {scenario.enterprises:,} simulated firms. One world "
        "proves nothing: loanlab compare runs many.",
        markup=False,
    )  # fmt: skip


def _told(value: float, unit: str) -> str:
    """A measure with its unit."""
    if unit == "share":
        return f"{100 * value:.2f} %"
    if unit == "CNY":
        return f"{1e-6 * value:,.1f} m CNY"
    return f"{value:.2f} {unit}"
