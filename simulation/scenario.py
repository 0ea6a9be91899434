"""What a model is built from: a resolved scenario, its strategies, stress paths and tape.

Plain values only. The package ``scenarios`` reads them from TOML files; simulation never
looks there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

SECTORS = (
    "manufacturing", "construction", "wholesale", "retail",
    "transport", "hospitality", "services", "other",
)  # fmt: skip
"""Sectors in the order of the economy's sector factors."""


STRESSED = (
    "systematic", "collateral", "pressure", "departures", "setback_hubs", "setback_circles",
)  # fmt: skip
"""What a stress path can act on, see Stress."""


class StrategyError(ValueError):
    """A strategy that the scenario's catalogue does not know."""


@dataclass(frozen=True)
class Strategy:
    """An intervention: what it changes, how fast it comes, what it costs.

    closes: managed parameter -> share in [0, 1] of the remaining gap to the parameter's
    declared strong value that is closed at full reach. adds: parameter -> amount added at
    full reach (hours, head-count, cut-off). Reach in [0, 1] of a month is
    intensity x coverage x adoption x decay. start_month counts from the fork;
    half_month: months after the start at which adoption is one half; spread_months: scale of
    the logistic curve; decay_per_year: share of the effect lost a year.
    Costs are CNY of the declared bank: set-up, running a year, for each application handled,
    for each officer and year. Source: docs/model-basis.md, section "Strategies".
    """

    name: str
    title: str
    title_zh: str
    kind: Literal["strategy", "rival", "experiment", "switch"] = "strategy"
    closes: Mapping[str, float] = field(default_factory=dict)
    adds: Mapping[str, float] = field(default_factory=dict)
    intensity: float = 1.0
    coverage: float = 1.0
    start_month: int = 0
    half_month: float = 6.0
    spread_months: float = 1.5
    decay_per_year: float = 0.0
    set_up_cny: float = 0.0
    running_cny_per_year: float = 0.0
    per_application_cny: float = 0.0
    per_officer_cny_per_year: float = 0.0


@dataclass(frozen=True)
class Stress:
    """A path added to the economy: ``size`` on ``factor`` in each of ``months`` months.

    factor: one of STRESSED: ``systematic`` (standard deviations of the monthly factor),
    ``collateral`` (log price change a month), ``pressure`` (added to the volume pressure, in
    [0, 1]), ``departures`` (share of officers who leave, in [0, 1]), or a setback (log fall of
    demand) of a ``share`` of the firms in guarantee circles: ``setback_hubs`` of those in most
    circles, ``setback_circles`` of any. start_month counts from the fork.
    """

    factor: str
    start_month: int
    months: int
    size: float
    share: float = 1.0


DRIVEN = ("systematic", "cutoff", "base_rate")
"""What an observed series can drive, see Observed."""


@dataclass(frozen=True)
class Observed:
    """An observed series that drives a part of the world.

    name, source: for messages and manifests. drives: one of DRIVEN. path: one number for each
    month of the world from its first on. ``systematic``: the common part of demand in standard
    deviations, positive is good, and ``size`` is its share of the factor's variance in [0, 1].
    ``cutoff``: in standard deviations, positive is tighter, and size is in sd of the score for one.
    ``base_rate``: distance from its mean (1/year), and size is the share that is passed on.
    Source: docs/model-basis.md, section "Observed series".
    """

    name: str
    drives: str
    size: float
    source: str
    path: tuple[float, ...]


@dataclass(frozen=True)
class Tape:
    """Columns of a loan tape, one entry a loan: what enterprises are sampled from.

    amount_cny > 0; sector: index into SECTORS; employees >= 0; is_new, revolving: 0 or 1;
    weight > 0 (sampling weight). None where the tape has no such column: it is then drawn as
    without a tape.
    """

    amount_cny: NDArray[np.float64]
    sector: NDArray[np.int64] | None
    employees: NDArray[np.float64] | None
    is_new: NDArray[np.int64] | None
    revolving: NDArray[np.int64] | None
    weight: NDArray[np.float64]

    def fingerprint(self) -> str:
        """Hash of all columns: the same for the same loans, wherever the file lies."""
        digest = hashlib.sha256()
        for name, column in vars(self).items():
            known = column is not None
            digest.update(np.ascontiguousarray(column).tobytes() if known else name.encode())
        return digest.hexdigest()


@dataclass(frozen=True)
class Scenario:
    """A bank and its world, fully resolved.

    parameters: every declared parameter's value. history: parameter -> where its value comes
    from, oldest first. enterprises: firms simulated on the first day. months: months of new
    lending after the fork. burn_in_months: months before it. run_off_months: at most so many
    months after the horizon. bank_officers: loan officers of the declared bank, to which
    money is scaled. sectors: share of each of SECTORS. fork_month: the fork's month in the calendar
    of the observed series (YYYY-MM), "" for none.
    """

    name: str
    title: str
    parameters: Mapping[str, float]
    enterprises: int = 2_000
    months: int = 24
    burn_in_months: int = 60
    run_off_months: int = 60
    bank_officers: int = 200
    management: Mapping[str, float] = field(default_factory=dict)
    sectors: Mapping[str, float] = field(default_factory=dict)
    stress: tuple[Stress, ...] = ()
    strategies: Mapping[str, Strategy] = field(default_factory=dict)
    tape: Tape | None = None
    tape_path: str | None = None
    fork_month: str = ""
    observed: tuple[Observed, ...] = ()
    history: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def strategy_list(self, names: str | list[str] | tuple[str, ...]) -> tuple[Strategy, ...]:
        """Strategies of ``"a+b"`` or ``["a", "b"]``; ``"baseline"`` and ``[]`` are none.

        Raises: StrategyError naming the unknown strategy.
        """
        parts = names.split("+") if isinstance(names, str) else list(names)
        wanted = [part for part in parts if part != "baseline"]
        known = self.catalogue
        for name in wanted:
            if name not in known:
                raise StrategyError(
                    f"unknown strategy {name!r}; known: {', '.join(['baseline', *self.strategies])}"
                    ", and without_F01 to without_F16"
                )
        if len(set(wanted)) < len(wanted):
            raise StrategyError(f"a strategy is named twice in {'+'.join(wanted)!r}")
        return tuple(known[name] for name in wanted)

    @property
    def catalogue(self) -> dict[str, Strategy]:
        """Strategies by name, and the arms without failure modes (simulation.switches)."""
        from simulation.switches import SWITCHES

        return {**SWITCHES, **self.strategies}

    def identity(self) -> dict[str, Any]:
        """All that decides the model's results, as plain values (for hashes and manifests)."""
        return {
            "name": self.name,
            "enterprises": self.enterprises,
            "months": self.months,
            "burn_in_months": self.burn_in_months,
            "run_off_months": self.run_off_months,
            "bank_officers": self.bank_officers,
            "parameters": dict(sorted(self.parameters.items())),
            "sectors": dict(self.sectors),
            "stress": [vars(s) for s in self.stress],
            "strategies": {
                name: {**vars(s), "closes": dict(s.closes), "adds": dict(s.adds)}
                for name, s in sorted(self.strategies.items())
            },
            "tape": None if self.tape is None else self.tape.fingerprint(),
            # Left out where there are none, so that older hashes stay as they are.
            **({"observed": [vars(s) for s in self.observed]} if self.observed else {}),
        }
