"""The economy: one systematic factor, sector factors, a property price index, stress.

All paths are drawn before the run, so every arm meets the same economy. Equations and sources:
docs/model-basis.md, section "Economy".
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from agents.parameters import Parameter, all_parameters, declare
from simulation.draws import ECONOMY, SYSTEM, draw_columns
from simulation.scenario import SECTORS, Observed, Stress

PARAMETERS = declare(
    "economy",
    systematic_share=Parameter(
        0.16, "share of variance", "part of demand shocks that hits all firms", (0.0, 1.0), "C",
        "gives a default asset correlation of 1-4 %", (0.10, 0.30)),
    sector_share=Parameter(
        0.05, "share of variance", "part of demand shocks that hits one sector", (0.0, 1.0), "C",
        "prototype", (0.0, 0.10)),
    collateral_drift=Parameter(
        0.0, "log/year", "trend of real-estate prices", (-1.0, 1.0), "A", "assumed",
        (-0.03, 0.03)),
    collateral_sd=Parameter(
        0.12, "log/year", "volatility of the price of one property", (0.0, 2.0), "R",
        "about 12 % a year", (0.08, 0.16)),
    collateral_systematic=Parameter(
        0.3, "share of variance", "part of it that moves with the systematic factor", (0.0, 1.0),
        "R", "Frye 2000: default and collateral share the factor", (0.1, 0.5)),
)  # fmt: skip


class Economy(NamedTuple):
    """Paths over the months of a world (index 0 is the world's first month).

    systematic: (months,) standard normal factor plus stress; sectors: (months, sectors);
    collateral: (months,) log price index, 0 at the start; pressure: (months,) stress added to
    the volume pressure; departures: (months,) share of officers who leave beside the usual;
    season: (12, 12) factor by month of the year and month of the peak. driven: parameter ->
    (months,) its value where an observed series drives it.
    """

    systematic: NDArray[np.float64]
    sectors: NDArray[np.float64]
    collateral: NDArray[np.float64]
    pressure: NDArray[np.float64]
    departures: NDArray[np.float64]
    season: NDArray[np.float64]
    driven: Mapping[str, NDArray[np.float64]]


def draw_economy(
    parameters: dict[str, float],
    stress: tuple[Stress, ...],
    months: int,
    fork_month: int,
    seed: int,
    replication: int,
    observed: tuple[Observed, ...] = (),
) -> Economy:
    """Draw all paths. fork_month: world month from which stress is counted.

    A stress path that lies outside the months is cut off. Raises: ValueError where an observed
    series has not one number for each month.
    """
    columns = 1 + len(SECTORS)
    draws = np.empty((months, columns))
    entity = np.array([SYSTEM], dtype=np.int64)
    for month in range(months):
        draws[month] = draw_columns(seed, replication, entity, ECONOMY, columns, occasion=month)
    factors = ndtri(draws)
    systematic = _with_history(factors[:, 0], observed, parameters["demand_persistence"])
    price_shock, pressure, departures = np.zeros(months), np.zeros(months), np.zeros(months)
    target = {
        "systematic": systematic, "collateral": price_shock, "pressure": pressure,
        "departures": departures,
    }  # fmt: skip
    for path in stress:
        if path.factor not in target:
            continue  # it strikes single firms, see simulation.strikes
        first = fork_month + path.start_month
        span = slice(max(first, 0), max(first + path.months, 0))
        target[path.factor][span] += path.size
    monthly_sd = parameters["collateral_sd"] / math.sqrt(12.0)
    steps = (
        parameters["collateral_drift"] / 12.0
        + monthly_sd * math.sqrt(parameters["collateral_systematic"]) * systematic
        + price_shock
    )
    season = np.array([season_table(parameters["season_amplitude"], m) for m in range(12)])
    return Economy(
        systematic, factors[:, 1:], np.cumsum(steps), pressure, departures, season,
        _driven(parameters, observed),
    )  # fmt: skip


def _with_history(
    drawn: NDArray[np.float64], observed: tuple[Observed, ...], persistence: float
) -> NDArray[np.float64]:
    """The systematic factor: drawn, but for the shares of variance that observed series have."""
    for series in observed:
        if len(series.path) != len(drawn):
            raise ValueError(
                f"series {series.name} has {len(series.path)} months, the world {len(drawn)}"
            )
    parts = [series for series in observed if series.drives == "systematic"]
    if not parts:
        return drawn
    left = math.sqrt(max(1.0 - sum(series.size for series in parts), 0.0))
    told = [math.sqrt(s.size) * innovations(np.array(s.path), persistence) for s in parts]
    return np.asarray(left * drawn + sum(told))


def innovations(path: NDArray[np.float64], persistence: float) -> NDArray[np.float64]:
    """Monthly shocks (sd) with which the common part of demand follows a path.

    path: that part over its own long-run sd, by month. persistence: of demand, below 1. The first
    shock carries all that came before. Source: docs/model-basis.md, section "Observed series".
    """
    before = np.concatenate([[0.0], path[:-1]])
    return np.asarray((path - persistence * before) / math.sqrt(1.0 - persistence * persistence))


def _driven(
    parameters: dict[str, float], observed: tuple[Observed, ...]
) -> dict[str, NDArray[np.float64]]:
    """Values by month of the parameters that series drive, within their declared bounds."""
    values: dict[str, NDArray[np.float64]] = {}
    for series in observed:
        if series.drives != "systematic":
            now = values.get(series.drives, np.full(len(series.path), parameters[series.drives]))
            values[series.drives] = now + series.size * np.array(series.path)
    return {name: np.clip(v, *all_parameters()[name].allowed) for name, v in values.items()}


def season_table(amplitude: float, month: int) -> NDArray[np.float64]:
    """Seasonal factor of mean about one for each phase of the peak, 0-11. month: any."""
    phases = np.arange(12)
    wave = amplitude * np.cos(2.0 * np.pi * (month - phases) / 12.0)
    return np.exp(wave - amplitude * amplitude / 4.0)
