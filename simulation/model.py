"""The model: a Mesa model whose step is the month's story.

Order of a month: economy, enterprises, defaults and calls, workouts, officers, files, visits,
alerts, failed maturities, month end. See docs/ODD.md.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import mesa
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from agents import loan as loan_agent
from agents.compiled import rebuild
from agents.records import with_room
from simulation import head_office, ledger, shadows
from simulation.assumptions import drawn_values
from simulation.economy import draw_economy
from simulation.first_day import found_world, post_count
from simulation.journal import Journal
from simulation.management import checked, managed_values, monthly_cost_fen
from simulation.measures import measure, present_losses
from simulation.months import LOANS_BY_STATUS, MonthTable, state_values
from simulation.orders import OrderError, Orders
from simulation.populations import ModelOfRecords
from simulation.profit import Earnings, earnings
from simulation.rolls import RollBook
from simulation.scenario import Scenario, Strategy
from simulation.shadows import ShadowBook
from simulation.stages import closing, enterprises, monitoring, officers, origination, recovery
from simulation.strikes import strike
from simulation.world import (
    ALERTS,
    DEFAULTS,
    FILES,
    MATURITIES,
    TALLY,
    VISITS,
    WORKOUTS,
    World,
    clear_month,
)  # fmt: skip

LOOPS: dict[str, Callable[..., Any]] = {
    "turn_quarter": head_office.turn_quarter,
    "live_months": enterprises.live_months,
    "open_defaults": recovery.open_defaults,
    "work_outs": recovery.work_outs,
    "run_posts": officers.run_posts,
    "decide_files": origination.decide_files,
    "visits": monitoring.visits,
    "answer_alerts": monitoring.answer_alerts,
    "face_maturities": monitoring.face_maturities,
    "close_month": closing.close_month,
    "take_note": head_office.take_note,
    **shadows.STAGES,
}
"""The stages, each a loop over records."""

BODIES: dict[str, Callable[..., Any]] = {
    "turn_quarter": head_office.turn_quarter,
    "live_month": enterprises.live_month,
    "open_default": recovery.open_default,
    "work_out": recovery.work_out,
    "run_post": officers.run_post,
    "decide_file": origination.decide_file,
    "visit": monitoring.visit,
    "answer_alert": monitoring.answer_alert,
    "face_maturity": monitoring.face_maturity,
    "close_row": closing.close_row,
    "take_note": head_office.take_note,
}
"""The same stages for one row: what a view's ``act`` calls."""

_LISTED = {
    "open_defaults": DEFAULTS, "work_outs": WORKOUTS, "decide_files": FILES, "visits": VISITS,
    "answer_alerts": ALERTS, "face_maturities": MATURITIES,
}  # fmt: skip
"""The list that a stage works through: where it is empty the stage has nothing to do."""

LEGAL = loan_agent.legal_transitions()

_SHARED = (
    "scenario", "replication", "_key", "_values", "_month", "_economy", "_posts", "_home",
    "_births", "_moved",
)  # fmt: skip
_KEYS = 1 << 63  # seeds and replications are whole numbers below this


class WorldEndError(RuntimeError):
    """A step beyond the last month for which there is an economy."""


class WatchError(ValueError):
    """A journal of an enterprise that there is not."""


class LoanPortfolio(ModelOfRecords):
    """A bank, its officers and its borrowers, month by month.

    After construction the burn-in is over: the next ``step`` is the first month after the
    fork. Arms made by ``fork`` share all luck.

    scenario: a resolved scenario. strategies: names (or Strategy objects) in force from the
    fork. seed, replication: non-negative integers, the key of all luck. rules: rule name ->
    replacement with the same arguments. drawn: draw each parameter that is an assumption from
    its range, once for the replication. watch: rows of enterprises of which a journal is kept
    from the first month on (``journals``). Raises: StrategyError, RuleError, LedgerError,
    WatchError for a row that there is not, and ValueError for a negative or too large key.
    """

    _bodies: dict[str, Callable[..., Any]] | None = None

    def __init__(
        self,
        scenario: Scenario,
        strategies: Sequence[str | Strategy] | str = (),
        seed: int = 0,
        replication: int = 0,
        *,
        rules: Mapping[str, Callable[..., Any]] | None = None,
        drawn: bool = False,
        watch: Sequence[int] = (),
    ) -> None:
        for name, key in (("seed", seed), ("replication", replication)):
            if not 0 <= key < _KEYS:
                raise ValueError(f"{name} must be from 0 to 2**63 - 1, not {key}")
        # Mesa's own generator, for users' draws: another stream in each replication.
        super().__init__(seed=int(np.random.SeedSequence([seed, replication]).generate_state(1)[0]))
        self.scenario = scenario
        self.replication = replication
        self._key = (int(seed), int(replication))
        self._values = dict(scenario.parameters)
        if drawn:
            self._values.update(drawn_values(scenario, seed, replication))
        self._stages = rebuild(LOOPS, rules) if rules else LOOPS
        self.strategies: tuple[Strategy, ...] = ()
        self._rules = dict(rules or {})
        self._orders = Orders()
        self.journals = {row: Journal(row) for row in watch}
        self._month = -scenario.burn_in_months
        self._moved: tuple[str, ...] = ()
        self._found_world()
        self._check_watched()
        self._make_views()
        while self._month < 0:
            self._live_one_month()
        self.strategies = self._chosen(strategies)
        self._shadows = ShadowBook(self._world)
        self._rolls = RollBook(self._world)

    def __setstate__(self, state: dict[str, Any]) -> None:
        """After a copy or a pickle: look at the copied desk, not at a copy of the look at it."""
        self.__dict__.update(state)
        self._sheet = self._world.sheet

    def _check_watched(self) -> None:
        """Refuse a journal of an enterprise that there is not."""
        rows = len(self._world.enterprises)
        for row in self.journals:
            if not 0 <= row < rows:
                raise WatchError(f"enterprise = {row} is not allowed; allowed: 0 to {rows - 1}")

    # --- the story -----------------------------------------------------------------------

    def step(self) -> None:
        """One month."""
        self._live_one_month()

    def _live_one_month(self) -> None:
        """The month's story: what happens, in this order and nowhere else."""
        world = self._turn_month()
        born = int(self._births.searchsorted(self._month + self.scenario.burn_in_months, "right"))
        self._do("live_months", world, born)
        self._do("open_defaults", world)
        self._do("work_outs", world)
        self._do("run_posts", world)
        self._make_room()
        world = self._world
        self._do("decide_files", world)
        self._do("visits", world)
        self._do("answer_alerts", world)
        self._do("face_maturities", world)
        self._follow_refused(world)
        self._close_books(born)
        self._month += 1
        if self._orders:
            self._orders.close(self._month - 1)

    def _do(self, stage: str, *arguments: Any) -> None:
        """One stage of the month, after what was ordered; journals look on."""
        for journal in self.journals.values():
            journal.before(self._world)
        if self._orders:
            for row, name in self._orders.before(stage, self._world):
                if row in self.journals:
                    self.journals[row].note_order(stage, self._month, name, self._world)
        if stage not in _LISTED or self._sheet["listed"][_LISTED[stage]]:
            self._stages[stage](*arguments)
        for journal in self.journals.values():
            journal.after(stage, self._month, self._world)

    def run(self) -> dict[str, float]:
        """Go on to the end of the run-off; returns the measures."""
        while not self.finished:
            self.step()
        return self.measures()

    @property
    def finished(self) -> bool:
        """Is the horizon past and the new lending settled (or the run-off at its limit)?"""
        s = self.scenario
        if self._month < s.months:
            return False
        if self._month >= s.months + s.run_off_months:
            return True
        return self._table.settled(self._values["settled_share"]) and self._worked_out()

    def _worked_out(self) -> bool:
        """Is enough of the new lending's defaulted exposure through its workout?"""
        loans = np.asarray(self.loans)  # a recarray looks each field up slowly
        failed = np.flatnonzero(loans["default_month"] >= 0)
        failed = failed[loans["cohort"][failed] == loan_agent.NEW_LENDING]
        exposure, closed = loans["ead_fen"][failed], loans["closed_month"][failed] >= 0
        wanted = self._values["worked_out_share"] * float(exposure.sum())
        return float(exposure[closed].sum()) >= wanted

    # --- arms ----------------------------------------------------------------------------

    def fork(
        self,
        strategies: Sequence[str | Strategy] | str = (),
        *,
        rules: Mapping[str, Callable[..., Any]] | None = None,
    ) -> LoanPortfolio:
        """The same world at the same month under other decisions from here on."""
        twin = object.__new__(type(self))
        mesa.Model.__init__(twin, seed=self._key[0])
        twin.steps = self.steps
        for name in _SHARED:
            setattr(twin, name, getattr(self, name))
        twin._world = self._world.copy()
        twin._sheet = twin._world.sheet
        twin._table = self._table.copy()
        twin._shadows = self._shadows.copy()
        twin._rolls = self._rolls.copy()
        twin.journals = {row: journal.copy() for row, journal in self.journals.items()}
        twin._rules = dict(self._rules if rules is None else rules)
        twin._stages = self._stages if rules is None else rebuild(LOOPS, rules)
        twin.strategies = self._going_on(self._chosen(strategies))
        twin.random.setstate(self.random.getstate())
        twin.rng.bit_generator.state = self.rng.bit_generator.state
        twin._orders = Orders()
        twin._make_views()
        return twin

    def _chosen(self, strategies: Sequence[str | Strategy] | str) -> tuple[Strategy, ...]:
        """Strategy objects from names or objects."""
        if isinstance(strategies, str):
            return self.scenario.strategy_list(strategies)
        names = [s for s in strategies if isinstance(s, str)]
        given = tuple(checked(s) for s in strategies if isinstance(s, Strategy))
        return self.scenario.strategy_list(names) + given

    def _going_on(self, chosen: tuple[Strategy, ...]) -> tuple[Strategy, ...]:
        """Strategies of a fork: what is in force goes on, what is new starts now."""
        in_force = {s.name: s for s in self.strategies}
        going_on = []
        for strategy in chosen:
            old = in_force.get(strategy.name)
            if old is not None and replace(old, start_month=strategy.start_month) == strategy:
                going_on.append(old)
            else:
                later = strategy.start_month + max(self._month, 0)
                going_on.append(replace(strategy, start_month=later))
        return tuple(going_on)

    # --- the parts of a month ------------------------------------------------------------

    def _found_world(self) -> None:
        """The first day: economy, enterprises, officers, an empty book."""
        s, values, (seed, replication) = self.scenario, self._values, self._key
        total = s.burn_in_months + s.months + s.run_off_months
        self._economy = draw_economy(
            values, s.stress, total, s.burn_in_months, seed, replication, s.observed
        )
        self._world = found_world(s, values, total, seed, replication)
        self._sheet = self._world.sheet
        self._posts = post_count(s.enterprises, values)
        self._home = self._world.enterprises["officer"].copy()
        # Contiguous and of the month's own type: it is searched every month.
        self._births = self._world.enterprises["birth_month"].astype(np.int64)
        self._table = MonthTable(total)

    def _turn_month(self) -> World:
        """Set the month: economy, season, pressure, what the strategies have changed."""
        t = self._month + self.scenario.burn_in_months
        world, economy = self._world, self._economy
        if t >= len(economy.systematic):
            s = self.scenario
            raise WorldEndError(
                f"the world ends after {s.months} months of lending and {s.run_off_months} of "
                "run-off; a scenario with more months goes on longer"
            )
        w = self._sheet
        self._opening = w["balances"].copy()
        self._opening_loans, self._opening_count = w["open_loans"].copy(), self.loan_count
        clear_month(world)
        self._set_parameters()
        head_office.open_posts(world, self._posts, self._home, t)
        w["month"] = t
        w["cohort"] = (
            loan_agent.LEGACY if self._month < 0
            else loan_agent.NEW_LENDING if self._month < self.scenario.months
            else loan_agent.BEYOND
        )  # fmt: skip
        w["systematic"], w["collateral_log"] = economy.systematic[t], economy.collateral[t]
        w["sectors"], w["season"] = economy.sectors[t], economy.season[t % 12]
        w["stress"], w["departures"] = economy.pressure[t], economy.departures[t]
        strike(world, self.scenario.stress, self._month)
        self._stages["turn_quarter"](0, world)
        return world

    def _set_parameters(self) -> None:
        """Parameters in force this month."""
        t = self._month + self.scenario.burn_in_months
        driven = {name: float(path[t]) for name, path in self._economy.driven.items()}
        if not self._moved and not self.strategies and not driven:
            return
        base = {**self._values, **driven}
        p = self._sheet["p"]
        for name in (*self._moved, *driven):
            p[name] = base[name]
        changed = managed_values(base, self.strategies, self._month, base["strategy_effect"])
        for name, value in changed.items():
            p[name] = value
        self._moved = tuple(changed)

    def _follow_refused(self, world: World) -> None:
        """Shadow loans: those refused within the window, and their later months."""
        if self._month < 0:
            return
        self._shadows.live(world, self._stages)
        if self._month < self.scenario.months:
            self._shadows.take(world, self._stages)

    def _make_room(self) -> None:
        """Grow the loan book before files are decided: each may add one contract."""
        loans = self._world.loans
        needed = self.loan_count + int(self._sheet["listed"][FILES])
        if needed > len(loans):
            room = max(needed, 2 * len(loans))
            self._world = self._world._replace(loans=with_room(loans, self.loan_count, room))

    def _close_books(self, born: int) -> None:
        """Month end: classes, ledger, feedback to the bank, one row of the table."""
        w = self._sheet
        flows, balances, bank = w["flows"], w["balances"], w["bank"]
        self._do("close_month", self._world, born)
        if 0 <= self._month < self.scenario.months:
            self._rolls.look(self._world)
        ledger.check_month(self._month, self._opening, flows, balances)
        ledger.check_transitions(self._month, w["transitions"], LEGAL)
        ledger.check_statuses(
            self._month, self._opening_loans, w["transitions"],
            self.loan_count - self._opening_count, w["open_loans"],
        )  # fmt: skip
        state = state_values(w["sums"])
        cost = self._strategy_cost(state["officers"])
        cash_change, income, balance = ledger.month_sums(flows, balances)
        bank["cash_fen"] += cash_change - cost
        result = ledger.month_result(income, balance, self._values) - cost
        after_provisions = head_office.carry_result(
            bank, self._values, result, float(balance), state["provision_fen"], self._month >= 0
        )
        self._stages["take_note"](0, self._world)
        state |= {
            "result_fen": result, "result_after_provisions_fen": after_provisions,
            "capital_ratio": bank["capital_ratio"],
            **dict(zip(LOANS_BY_STATUS, w["open_loans"].tolist()[:4], strict=True)),
            "systematic": w["systematic"], "pressure": w["pressure"],
            "collateral_index": w["collateral_log"], "strategy_cost_fen": cost,
            "cutoff_shift": bank["cutoff_shift"], "bank_cash_fen": bank["cash_fen"],
        }  # fmt: skip
        self._table.add(self._month, state, flows, balances, w["tally"])

    def _strategy_cost(self, posts: float) -> int:
        """Cost of the strategies this month (fen of the sample)."""
        if self._month < 0 or not self.strategies:
            return 0
        factor = self._values["strategy_cost_factor"]
        handled = float(self._sheet["tally"][TALLY["decided"]])
        return math.floor(
            factor * monthly_cost_fen(self.strategies, self._month, handled, posts, self.scale)
        )

    # --- what users read -----------------------------------------------------------------

    @property
    def scale(self) -> float:
        """Firms of the declared bank for each simulated one: money is multiplied by it."""
        declared = self.scenario.bank_officers * self._values["enterprises_per_officer"]
        return declared / self.scenario.enterprises

    @property
    def month(self) -> int:
        """Months since the fork: 0 before the first step, negative never."""
        return self._month

    @property
    def parameters(self) -> dict[str, float]:
        """Values of all parameters without strategies (drawn ones as drawn)."""
        return dict(self._values)

    def list_rates(self, world_months: NDArray[np.int64]) -> NDArray[np.float64]:
        """The bank's list price (1/year) in months of the world (0 is its first)."""
        constant = np.full(int(world_months.max(initial=0)) + 1, self._values["base_rate"])
        return np.asarray(self._economy.driven.get("base_rate", constant)[world_months])

    @property
    def loan_count(self) -> int:
        """Contracts ever made."""
        return int(self._sheet["loan_count"])

    @property
    def loans(self) -> Any:
        """The loan book: a recarray, one row a contract (fields: agents.loan.FIELDS)."""
        return self._world.loans[: self.loan_count]

    @property
    def months(self) -> pd.DataFrame:
        """One row a month, burn-in with negative months; money in CNY of the sample."""
        return self._table.frame()

    @property
    def month_records(self) -> NDArray[Any]:
        """The same as a structured array with money in fen of the sample: quicker to make."""
        return self._table.rows

    @property
    def refused(self) -> ShadowBook:
        """Applications refused in the window, carried on to see what would have become of them."""
        return self._shadows

    @property
    def rolls(self) -> NDArray[np.int64]:
        """Loans by (stage of arrears at a month's end, stage or end at the next), in the window.

        Stages: simulation.rolls.ARREARS_STAGES and STAGES.
        """
        return self._rolls.counts.copy()

    def measures(self) -> dict[str, float]:
        """Measures of this run so far (see docs/model-basis.md, section "Measures")."""
        return measure(
            self.loans, self._table.rows, self._values, scale=self.scale,
            horizon=self.scenario.months, burn_in=self.scenario.burn_in_months,
            refused=self._shadows.loans,
        )  # fmt: skip

    def earnings(self, cohort: int) -> Earnings:
        """What a cohort (agents.loan.COHORTS) has earned each month so far (fen of the sample)."""
        return earnings(
            self.loans, present_losses(self.loans, discounted=False), self._table.rows,
            self._values, horizon=self.scenario.months, cohort=cohort,
        )  # fmt: skip

    # --- orders --------------------------------------------------------------------------

    def order(self, row: int, name: str) -> None:
        """Order something for an enterprise in the coming month (names: simulation.orders.ORDERS).

        The coming ``step`` carries it out, and raises OrderError after the month where that was
        impossible. Raises: OrderError for an unknown order or enterprise.
        """
        self._check_ordered(row)
        self._orders.give(row, name)

    def possible_orders(self, row: int) -> tuple[str, ...]:
        """Orders that are possible for an enterprise in the coming month, found in a fork of it.

        Raises: OrderError for an unknown enterprise.
        """
        self._check_ordered(row)
        twin = self.fork(self.strategies)
        twin._orders.ask(row)
        twin.step()
        return twin._orders.found(row)

    def _check_ordered(self, row: int) -> None:
        rows = len(self._world.enterprises)
        if not 0 <= row < rows:
            raise OrderError(f"enterprise = {row} is not allowed; allowed: 0 to {rows - 1}")

    def act(self, stage: str, row: int) -> None:
        """Let one agent act: run the plain scalar body of a stage for its row.

        stage: a key of BODIES. Raises: KeyError for an unknown stage.
        """
        if self._bodies is None:
            self._bodies = rebuild(BODIES, self._rules, plain=True)
        self._bodies[stage](row, self._world)
