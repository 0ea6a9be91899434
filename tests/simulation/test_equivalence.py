"""Kernels and agents are the same model: every field, every month, bit by bit.

A small portfolio lives 36 months through the compiled loops, and again agent by agent: each
view calls its plain scalar body, in the order that the loops promise.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from agents.compiled import rebuild
from agents.enterprise import NEW_FILE, RENEWAL_FILE
from agents.failures import FAILURES
from agents.loan import INSTALMENT, SETTLED, WRITTEN_OFF
from simulation import LoanPortfolio, Scenario, Strategy, shadows
from simulation.model import BODIES, LOOPS
from simulation.world import ALERTS, DEFAULTS, FILES, MATURITIES, VISITS, WORKOUTS

DOUBLE = Strategy("double", "Twice the posts", "倍增", adds={"extra_officers": 1.0}, half_month=3.0)
STRATEGIES = ["risk_warning", "pre_loan_process", DOUBLE]

TALLIED = {
    "defaults": "default", "cures": "cure", "renewals_granted": "renewal", "refused": "refusal",
    "evergreened": "evergreening", "calls": "guarantor call", "pulled": "pulled credit line",
    "alerts_handled": "alert handled", "actions": "action on an alert",
    "extensions_refused": "maturity that runs into default", "hidden": "hidden default",
    "overridden": "override", "dropped_out": "applicant who goes elsewhere",
    "files_waiting": "file that waits", "closures": "insolvency",
    "unregistered": "security not registered", "diverted": "diversion",
    "visits_made": "visit", "approved": "new loan", "frozen": "frozen limit",
    "recalled": "diverted money brought back", "suppressed": "suppressed report",
    "uncovered": "audit that uncovers", "rotations": "rotation", "departures": "departure",
    "sound_firms_cut": "action on a sound firm", "wrongly_granted": "loan wrongly granted",
    "wrongly_refused": "file wrongly refused",
}  # fmt: skip


def events(model: Watched) -> dict[str, int]:
    """How often each kind of event happened in a run."""
    rows, loans = model._table.rows, model.loans
    found = {what: int(rows[name].sum()) for name, what in TALLIED.items()}
    late = sum(rows[f"{cohort}_late_recovery_fen"].sum() for cohort in ("legacy", "new_lending"))
    found |= {
        f"{mode.code} {mode.title}": int((loans["failures"] & mode.bit > 0).sum())
        for mode in FAILURES
    }
    return (
        found
        | events_of_limits_and_hubs(model)
        | {
            "write-off": int((loans["status"] == WRITTEN_OFF).sum()),
            "settlement": int((loans["status"] == SETTLED).sum()),
            "eased contract": int((loans["restructured"] > 0).sum()),
            "security given later": int((loans["extra_security_fen"] > 0).sum()),
            "recovery after write-off": int(late > 0),
            "repayment": int((loans["status"] == 4).sum()),
            "officer who leaves": int(model._world.officers["person"].sum()),
            "tightening": int((rows["cutoff_shift"] > 0).sum()),
            "refused firm followed": len(model._shadows.loans),
            "refused firm that would have failed": int(
                (model._shadows.loans.first_default >= 0).sum()
            ),
            "refused firm that would have repaid": int(
                (model._shadows.loans.first_default < 0).sum()
            ),
            "vacant post filled": int(model._world.officers["active"][model._posts :].sum()),
        }
    )


def events_of_limits_and_hubs(model: Watched) -> dict[str, int]:
    """Events that no tally counts, from the records."""
    world, loans, rows = model._world, model.loans, model._table.rows
    # A bullet that was cured is an instalment loan too, but has a default behind it.
    was_bullet = loans["tenor_months"] == model.parameters["bullet_tenor"]
    was_bullet &= (loans["kind"] == INSTALMENT) & (loans["first_default"] < 0)
    firms = world.enterprises[np.diff(world.circles_start) > 1]
    window = rows[(rows["month"] >= 0) & (rows["month"] < model.scenario.months)]
    turned_down = len(model._shadows.loans)
    return {
        "undrawn limit": int((loans["undrawn_fen"] > 0).sum()),
        "drawing on a limit": model.drawings,
        "bullet turned into instalments": int(was_bullet.sum()),
        "vacant post": int((world.officers["vacant_until"] >= 0).sum()),
        "hub that defaults": int((firms["defaults"] > 0).sum()),
        "hub that is called": int((firms["last_call"] >= 0).sum()),
        "approved applicant who has gone": int(
            window["decided"].sum() - window["approved"].sum() - turned_down
        ),
    }


class Watched(LoanPortfolio):
    """Counts the drawings on limits, of which the books keep only the sum."""

    drawings = 0

    def _live_one_month(self) -> None:
        before = self.loans["principal_fen"].copy()
        super()._live_one_month()
        self.drawings += int((self.loans["principal_fen"][: len(before)] > before).sum())


class Recorded(Watched):
    """Keeps a copy of all its arrays at the end of each month."""

    parts: Callable[[Any], dict[str, Any]]

    def _live_one_month(self) -> None:
        super()._live_one_month()
        seen = {name: np.array(array) for name, array in type(self).parts(self).items()}
        self.__dict__.setdefault("history", []).append(seen)


class ByAgents(Recorded):
    """The same months, but each agent acts for itself, without a compiled loop."""

    def _found_world(self) -> None:
        super()._found_world()
        self._bodies = rebuild(BODIES, self._rules, plain=True)
        assert not any(hasattr(body, "py_func") for body in self._bodies.values())
        self._stages = {
            "turn_quarter": lambda row, world: self.bank.act("turn_quarter"),
            "take_note": lambda row, world: self.bank.act("take_note"),
            "live_months": self.all_live,
            "open_defaults": lambda world: self.listed_act(DEFAULTS, "open_default"),
            "work_outs": lambda world: self.listed_act(WORKOUTS, "work_out"),
            "run_posts": self.all_posts,
            "decide_files": self.all_files,
            "visits": lambda world: self.listed_act(VISITS, "visit"),
            "answer_alerts": lambda world: self.listed_act(ALERTS, "answer_alert"),
            "face_maturities": lambda world: self.listed_act(MATURITIES, "face_maturity"),
            "close_month": self.all_close,
            # Shadow loans are no agents of the model: their two loops run plain.
            **{name: rebuild(LOOPS, plain=True)[name] for name in shadows.STAGES},
        }
        assert self._stages.keys() == LOOPS.keys()

    def all_live(self, world: Any, rows: int) -> None:
        for row in range(rows):
            if world is self._world:
                self.enterprises.agent(row).act("live_month")
            else:  # a shadow of a firm, with the same body
                self._bodies["live_month"](row, world)

    def all_close(self, world: Any, rows: int) -> None:
        for row in range(rows):
            self.enterprises.agent(row).act("close_row")

    def all_posts(self, world: Any) -> None:
        for post in range(len(world.officers)):
            self.officers.agent(post).act("run_post")

    def on_list(self, which: int) -> list[int]:
        count = int(self._world.desk[0].listed[which])
        return [int(row) for row in self._world.lists[which, :count]]

    def listed_act(self, which: int, stage: str) -> None:
        for row in self.on_list(which):
            self.enterprises.agent(row).act(stage)

    def all_files(self, world: Any) -> None:
        """Renewals first, then new files, the longest wait first, else by row."""
        month = int(world.desk[0].month)
        firms = [self.enterprises.agent(row) for row in self.on_list(FILES)]
        for firm in firms:
            if firm.file == RENEWAL_FILE:
                firm.act("decide_file")
        longest = int(world.desk[0].p.patience_months)
        new = [firm for firm in firms if firm.file == NEW_FILE]
        new.sort(key=lambda firm: -min(month - firm.file_month, longest))  # stable
        for firm in new:
            firm.act("decide_file")


@pytest.fixture(scope="module")
def forced(tiny: Any, eventful: dict[str, Any]) -> tuple[Scenario, int]:
    """The scenario and the first seed in which every kind of event happens."""
    scenario, missing = tiny(**eventful), {}
    for seed in range(60):
        model = Watched(scenario, STRATEGIES, seed=seed)
        model.run()
        missing[seed] = [what for what, count in events(model).items() if not count]
        if not missing[seed]:
            return scenario, seed
    raise AssertionError(f"no world has all events; missing: {missing}")


@pytest.fixture(scope="module")
def both(forced: Any, hashes: Any) -> tuple[Recorded, ByAgents]:
    """The world lived through kernels, and through agents."""
    scenario, seed = forced
    Recorded.parts = staticmethod(hashes.world_parts)
    models = Recorded(scenario, STRATEGIES, seed=seed), ByAgents(scenario, STRATEGIES, seed=seed)
    for model in models:
        model.run()
    return models


def test_all_that_can_happen_happened(both: Any) -> None:
    """Within 36 months each kind of event occurred, in both worlds alike."""
    counted = events(both[0])
    assert [what for what, count in counted.items() if count == 0] == []
    assert len(both[0].history) == len(both[1].history) == 36
    assert counted == events(both[1])


def test_kernels_and_agents_agree_in_every_field_of_every_month(both: Any, hashes: Any) -> None:
    by_kernels, by_agents = both
    compared = 0
    for month, (ours, theirs) in enumerate(zip(by_kernels.history, by_agents.history, strict=True)):
        assert ours.keys() == theirs.keys()
        for name, array in ours.items():
            mine, others = hashes.field_bytes(array), hashes.field_bytes(theirs[name])
            assert mine.keys() == others.keys()
            differing = [field for field in mine if mine[field] != others[field]]
            assert differing == [], f"month {month}, {name}: {differing}"
            compared += len(mine)
    assert compared > 36 * 150
    ours, theirs = by_kernels.measures(), by_agents.measures()
    assert list(ours) == list(theirs)
    assert np.array_equal(list(ours.values()), list(theirs.values()), equal_nan=True)


def test_the_agents_world_ran_without_a_compiled_loop(both: Any) -> None:
    _, by_agents = both
    assert not any(hasattr(stage, "py_func") for stage in by_agents._stages.values())
    assert not any(hasattr(body, "py_func") for body in by_agents._bodies.values())


@pytest.mark.parametrize("stage", ["run_posts", "visits", "answer_alerts", "face_maturities"])
def test_where_agents_do_not_meet_their_order_does_not_matter(stage: str, forced: Any) -> None:
    """Posts and borrowers that only look at themselves may act in any order."""
    scenario, seed = forced
    lists = {"visits": VISITS, "answer_alerts": ALERTS, "face_maturities": MATURITIES}

    class Backwards(ByAgents):
        def all_posts(self, world: Any) -> None:
            posts = range(len(world.officers))
            for post in reversed(posts) if stage == "run_posts" else posts:
                self.officers.agent(post).act("run_post")

        def listed_act(self, which: int, name: str) -> None:
            rows = self.on_list(which)
            for row in reversed(rows) if lists.get(stage) == which else rows:
                self.enterprises.agent(row).act(name)

    scenario = replace(scenario, months=4, burn_in_months=8)
    usual, turned = ByAgents(scenario, seed=seed), Backwards(scenario, seed=seed)
    usual.run()
    turned.run()
    for one, other in (
        (usual._world.enterprises, turned._world.enterprises),
        (usual.loans, turned.loans),
        (usual._world.officers, turned._world.officers),
    ):
        for field in one.dtype.names:
            assert np.array_equal(one[field], other[field]), field
