"""The model's billing in the windows of real firms: its own first day, economy and rules.

Luck is keyed, so the moments are a deterministic function of the parameters. Equations:
docs/model-basis.md, section "Enterprises".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from agents.compiled import kernel
from agents.enterprise import PARAMETERS as DECLARED
from experiments.arms import StudyError
from experiments.calibration.sales import (
    FITTED,
    LEAST_SALES,
    bootstrap_covariance,
    firm_statistics,
    moments,
    windows,
)
from experiments.calibration.smm import Estimate, fit
from scenarios.problems import nearest
from simulation.economy import draw_economy
from simulation.first_day import first_desk, first_enterprises
from simulation.scenario import Scenario
from simulation.stages.enterprises import suffer_shocks

PARAMETERS = (
    "lump_sd", "lump_spread", "zero_month_share", "zero_month_spread", "season_amplitude",
)  # fmt: skip
"""What is fitted on billing. Demand and setbacks are fitted on defaults."""

BURN_IN_MONTHS = 36
"""Months before the first month of the data, in which setbacks gather. Whole years."""


@kernel
def bill(enterprises: Any, desk: Any, billed: Any) -> None:
    """Every firm's shocks and billing of a month. billed: (firms,), in fen, is filled."""
    w = desk[0]
    for row in range(len(enterprises)):
        e = enterprises[row]
        suffer_shocks(e, w)
        billed[row] = e.billed_fen


class BillingModel:
    """Moments of the model's billing as a function of its parameters.

    scenario: whose parameters hold where nothing else is said. sales: the data's windows (months
    x firms, NaN outside), mirrored firm by firm. worlds: how many times. seed: of all luck.
    """

    def __init__(
        self, scenario: Scenario, sales: pd.DataFrame, worlds: int = 20, seed: int = 7
    ) -> None:
        self._scenario = replace(scenario, enterprises=sales.shape[1])
        self._sales = sales
        self.worlds = worlds
        self._seed = seed

    def billed(self, changes: Mapping[str, float], world: int) -> NDArray[np.float64]:
        """Billing in CNY, months x firms, in the data's windows. changes: parameter -> value."""
        values = {**self._scenario.parameters, **changes}
        periods = pd.PeriodIndex(self._sales.index)
        first = BURN_IN_MONTHS + int(periods[0].month) - 1  # month 0 of a world is a January
        months = first + len(periods)
        economy = draw_economy(values, (), months, 0, self._seed, world)
        enterprises = first_enterprises(self._scenario, values, 1, self._seed, world)
        desk = first_desk(values, self._seed, world)
        billed = np.zeros((months, len(enterprises)), dtype=np.int64)
        for t in range(months):
            desk["month"], desk["systematic"] = t, economy.systematic[t]
            desk["sectors"], desk["season"] = economy.sectors[t], economy.season[t % 12]
            bill(enterprises, desk, billed[t])
        return np.where(self._sales.notna(), billed[first:] / 100.0, np.nan)

    def moments(self, changes: Mapping[str, float]) -> pd.Series[float]:
        """Moments over the firms of all worlds. changes: parameter -> value."""
        every = [self.billed(changes, world) for world in range(self.worlds)]
        table = pd.DataFrame(np.concatenate(every, axis=1), index=self._sales.index)
        return moments(firm_statistics(windows(table)))


@dataclass(frozen=True)
class Calibration:
    """A fit of billing. firms, months: of the data. start: moments at the scenario's values.

    worlds, searches, samples: how it was made.
    """

    estimate: Estimate
    data: pd.Series[float]
    errors: pd.Series[float]
    start: pd.Series[float]
    firms: int
    months: int
    worlds: int
    searches: int
    samples: int


def calibrate(
    net: pd.DataFrame,
    scenario: Scenario,
    also: tuple[str, ...] = (),
    *,
    worlds: int = 20,
    searches: int = 5,
    samples: int = 500,
    seed: int = 7,
) -> Calibration:
    """Fit the parameters of billing to net sales (months x firms).

    also: parameters of the enterprise that are fitted too. samples: of the bootstrap over firms.
    Raises: StudyError for an unknown parameter or too few firms.
    """
    for name in also:
        if name not in DECLARED:
            raise StudyError(f"--also {name}: no parameter of firms{nearest(name, DECLARED)}")
    names = tuple(dict.fromkeys([*PARAMETERS, *also]))
    if len(names) > len(FITTED):
        raise StudyError(f"--also: {len(FITTED)} moments cannot tell {len(names)} parameters")
    sales = windows(net)
    if sales.shape[1] < 2 * len(FITTED):
        raise StudyError(
            f"{sales.shape[1]} firms have {LEAST_SALES} months with a sale; "
            f"needed: at least {2 * len(FITTED)}"
        )
    firms = firm_statistics(sales)
    covariance = bootstrap_covariance(firms, samples, seed)
    model = BillingModel(scenario, sales, worlds, seed)
    start = {name: scenario.parameters[name] for name in names}
    bounds = {name: DECLARED[name].allowed for name in names}
    target = moments(firms)
    estimate = fit(
        model.moments, target, covariance, bounds, start, FITTED,
        copies=worlds, searches=searches, seed=seed,
    )  # fmt: skip
    errors = pd.Series(np.sqrt(np.diag(covariance)), covariance.index)
    return Calibration(
        estimate, target, errors, model.moments({}), sales.shape[1],
        int(sales.notna().sum().sum()), worlds, searches, samples,
    )  # fmt: skip
