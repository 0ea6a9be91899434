"""The failure modes: each can be switched off alone, leaves its trace, and steers nothing else."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import agents
import simulation
from agents.failures import F06, F13, FAILURES, PARAMETERS, Failure
from agents.officer import APPRAISAL, CIRCLE_MAP, OWNER, SOURCES, STATEMENTS
from agents.parameters import STAGES
from simulation import LoanPortfolio, Scenario, Strategy
from simulation.investigation import failed_checks
from simulation.switches import SWITCHES
from simulation.world import REFUSALS

FOLDERS = [Path(package.__file__ or "").parent for package in (agents, simulation)]
CODES = [mode.code for mode in FAILURES]
BY_CODE = {mode.code: mode for mode in FAILURES}


# --- what is declared ---------------------------------------------------------------------------


def test_sixteen_modes_have_a_code_a_bit_and_a_switch_of_their_own() -> None:
    assert [f"F{k:02}" for k in range(1, 17)] == CODES
    assert [mode.bit for mode in FAILURES] == [2**k for k in range(16)]
    assert list(PARAMETERS) == [mode.name for mode in FAILURES]
    assert all(p.default == 1.0 and p.allowed == (0.0, 1.0) for p in PARAMETERS.values())
    assert [mode.stage for mode in FAILURES] == sorted(
        (mode.stage for mode in FAILURES), key=STAGES.index
    )


def test_there_is_an_arm_without_each_mode_each_stage_and_all() -> None:
    assert list(SWITCHES) == [
        *(f"without_{code}" for code in CODES), *(f"without_{stage}" for stage in STAGES),
        "without_failures",
    ]  # fmt: skip
    for mode in FAILURES:
        assert dict(SWITCHES[f"without_{mode.code}"].adds) == {mode.name: -1.0}
    for stage in STAGES:
        of_stage = {mode.name for mode in FAILURES if mode.stage == stage}
        assert set(SWITCHES[f"without_{stage}"].adds) == of_stage
    assert set(SWITCHES["without_failures"].adds) == set(PARAMETERS)
    for arm in SWITCHES.values():
        costs = (arm.set_up_cny, arm.running_cny_per_year, arm.per_application_cny)
        assert (*costs, arm.per_officer_cny_per_year) == (0.0, 0.0, 0.0, 0.0)
        assert not arm.closes and arm.half_month == 0.0 and arm.kind == "switch"


# --- off means off ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def parent(tiny: Any, eventful: dict[str, Any]) -> LoanPortfolio:
    """An eventful world at the fork, in which every mode occurs before and after."""
    sizes = {"enterprises": 400, "months": 24, "burn_in_months": 24}
    return LoanPortfolio(tiny(**{**eventful, **sizes}), seed=1)


def ran(model: LoanPortfolio) -> LoanPortfolio:
    model.run()
    return model


@pytest.fixture(scope="module")
def baseline(parent: LoanPortfolio) -> LoanPortfolio:
    """The same world's future with all modes."""
    return ran(parent.fork())


def new_bits(parent: LoanPortfolio, after: LoanPortfolio) -> np.ndarray:
    """Modes (bits) that occurred on each contract since the fork."""
    bits = after.loans["failures"].copy()
    known = len(parent.loans)
    bits[:known] &= ~parent.loans["failures"]
    return np.asarray(bits)


def months_without_late_answers(
    arm: LoanPortfolio, fork_month: int, months: int | None = None
) -> LoanPortfolio:
    """The arm after its months (all by default); late answers to older alerts are forgotten.

    An alert from before the fork keeps its delay, so it may still be answered late (F13) in an
    arm in which new ones cannot. Nobody reads the bit, so it can be taken off again.
    """
    lived = 0
    while not arm.finished and lived != months:
        firms, late_before = arm._world.enterprises, late_answers(arm)
        alert, raised = firms["alert"].copy(), firms["raised_month"].copy()
        arm.step()
        lived += 1
        firm = arm.loans["enterprise"]
        old = (alert[firm] != 0) & (raised[firm] <= fork_month)
        old &= arm._world.desk[0].month - raised[firm] >= 2
        late = late_answers(arm)
        late[: len(late_before)] &= ~late_before
        arm._world.loans["failures"][: len(late)][old & late] &= ~F13
    return arm


def late_answers(model: LoanPortfolio) -> np.ndarray:
    """Which contracts have an alert that was not answered or answered late."""
    return np.asarray(model.loans["failures"] & F13 > 0)


def ran_without(parent: LoanPortfolio, names: list[str] | str) -> LoanPortfolio:
    """An arm in which modes are switched off, at its end."""
    fork_month = int(parent._world.desk[0].month)
    return months_without_late_answers(parent.fork(names), fork_month)


# What else shows that a mode occurred: tallies that then stay at nothing after the fork.
TRACES = {
    "F06": ("suppressed",), "F08": ("overridden",), "F10": ("unregistered",),
    "F11": ("diverted", "recalled"), "F14": ("evergreened",), "F16": ("hidden",),
}  # fmt: skip


@pytest.mark.parametrize("code", CODES)
def test_a_mode_that_is_switched_off_occurs_no_more(
    code: str, parent: LoanPortfolio, baseline: LoanPortfolio
) -> None:
    mode = BY_CODE[code]
    without = ran_without(parent, [f"without_{code}"])
    assert (new_bits(parent, baseline) & mode.bit > 0).sum() > 0
    assert (parent.loans["failures"] & mode.bit > 0).sum() > 0
    assert not (new_bits(parent, without) & mode.bit).any()
    # The past stays as it was.
    known = parent.loans["failures"]
    assert (without.loans["failures"][: len(known)] & known == known).all()
    rows = without._table.rows
    for name in TRACES.get(code, ()):
        assert rows[name][rows["month"] >= 0].sum() == 0, name
        assert baseline._table.rows[name][baseline._table.rows["month"] >= 0].sum() > 0, name


def test_what_was_hidden_before_can_still_come_out(
    parent: LoanPortfolio, baseline: LoanPortfolio
) -> None:
    """Without F16 audits uncover old cases alone, and no new default is hidden."""
    fork_month = int(parent._world.desk[0].month)
    without = ran_without(parent, ["without_F16"])
    old = int((parent.loans["hidden_until"] > fork_month).sum())
    found = {}
    for name, model in (("baseline", baseline), ("without", without)):
        rows, loans = model._table.rows, model.loans
        found[name] = rows["uncovered"][rows["month"] >= 0].sum()
        fresh = (loans["default_month"] > fork_month) & (loans["hidden_until"] >= 0)
        # A contract that was hidden before, cured and in default again keeps its date.
        fresh[: len(parent.loans)] &= parent.loans["hidden_until"] < 0
        assert fresh.any() == (name == "baseline")
    assert found["without"] <= old
    assert found["without"] < found["baseline"]


def test_without_failures_none_occurs(parent: LoanPortfolio) -> None:
    without = ran_without(parent, ["without_failures"])
    assert len(without.loans) > len(parent.loans) + 100
    assert not new_bits(parent, without).any()
    rows = without._table.rows[without._table.rows["month"] >= 0]
    assert np.array_equal(rows["checks_made"], rows["checks_due"])
    assert np.array_equal(rows["visits_made"], rows["visits_due"])


@pytest.mark.parametrize("arm", [*STAGES, "failures"])
def test_a_stages_switch_is_the_union_of_its_modes(
    arm: str, parent: LoanPortfolio, baseline: LoanPortfolio, hashes: Any
) -> None:
    modes = [mode for mode in FAILURES if arm in (mode.stage, "failures")]
    together = ran_without(parent, [f"without_{arm}"])
    one_by_one = ran_without(parent, "+".join(f"without_{mode.code}" for mode in modes))
    assert hashes.differing_fields(together, one_by_one) == []
    assert hashes.differing_fields(together, baseline) != []
    off = sum(mode.bit for mode in modes)
    found = new_bits(parent, together)
    assert not (found & off).any()
    assert arm == "failures" or (found & ~np.int64(off)).any()


def test_alerts_from_before_the_fork_may_be_answered_late_after_it(parent: LoanPortfolio) -> None:
    """What the arms above forget does happen: only soon after the fork, and to old alerts."""
    arm = parent.fork(["without_F13"])
    fork_month, late = int(parent._world.desk[0].month), []
    while not arm.finished:
        before, raised = late_answers(arm), arm._world.enterprises["raised_month"].copy()
        arm.step()
        gained = late_answers(arm)
        gained[: len(before)] &= ~before
        firms = arm.loans["enterprise"][gained]
        assert (raised[firms] <= fork_month).all()
        late += [arm.month] * len(firms)
    assert len(late) > 0 and max(late) <= 4


@pytest.mark.parametrize("code", CODES)
def test_a_mode_on_again_after_half_the_time_occurs_again(code: str, parent: LoanPortfolio) -> None:
    """The switch works in its months alone: a fork that gives it up has the mode again."""
    fork_month = int(parent._world.desk[0].month)
    arm = months_without_late_answers(parent.fork([f"without_{code}"]), fork_month, 6)
    before = int((new_bits(parent, arm) & BY_CODE[code].bit > 0).sum())
    again = ran(arm.fork())
    assert before == 0
    assert (new_bits(parent, again) & BY_CODE[code].bit > 0).sum() > 0


# --- a switch without an object -----------------------------------------------------------------

# Enough hours, full skill, and everything that management can set at its best.
FLAWLESS = {
    "enterprises": 150, "months": 12, "burn_in_months": 18, "hours_per_month": 1e6,
    "volume_weight": 0.7, "check_compliance": 1.0, "training": 1.0, "handover_skill": 1.0,
    "circle_map": 1.0, "relation_shading": 0.0, "suppressed_reports": 0.0, "review_share": 1.0,
    "shading_width": 0.0,
    "override_probability": 0.0, "formula_share": 1.0, "registration_share": 1.0,
    "disbursement_control": 1.0, "visit_compliance": 1.0, "action_days": 0.0,
    "alert_handled": 1.0, "alert_capacity": 1e9, "evergreening": 0.0, "suit_days": 0.0,
    "hiding": 0.0, "fixed_cost": 0.18,
}  # fmt: skip

# (mode, what makes it impossible in a world with all its usual flaws)
NO_OBJECT = [
    ("F04", {"real_estate_share": 0.0}),
    ("F05", {"guarantee_share": 0.0}),
    ("F05", {"circle_share": 0.0}),
    ("F10", {"real_estate_share": 0.0}),
    ("F14", {"bullet_share": 0.0}),
    ("F06", {"relation_shading": 0.0, "suppressed_reports": 0.0, "shading_width": 0.0}),
    ("F06", {"relation_shading": 0.0, "pressure": 0.0}),
    ("F08", {"pressure": 0.0}),
    ("F08", {"branch_authority_cny": 0.0}),
    ("F16", {"hiding": 0.0}),
]


def always_notices(skill: float, u: float) -> bool:
    """A visit that misses nothing: full skill still misses one in ten."""
    return True


def changed_by(
    code: str, scenario: Scenario, hashes: Any, rules: dict[str, Any] | None = None
) -> set[str]:
    """Fields that differ at the end between a world and its arm without a mode.

    The switch itself stands in the records too, on the bank's desk and on the shadows'.
    """
    model = LoanPortfolio(scenario, seed=3, rules=rules)
    with_mode, without = ran(model.fork()), ran(model.fork([f"without_{code}"]))
    differing = set(hashes.differing_fields(with_mode, without))
    switch = f"desk.p.{BY_CODE[code].name}"
    assert switch in differing
    return differing - {switch, f"shadow {switch}"}


@pytest.mark.parametrize("code", CODES)
def test_where_nothing_fails_a_switch_changes_no_byte(code: str, tiny: Any, hashes: Any) -> None:
    rules = {"notices_distress": always_notices} if code == "F12" else None
    assert changed_by(code, tiny(**FLAWLESS), hashes, rules) == set()


def test_without_missed_visits_a_visit_notices_for_certain(tiny: Any, hashes: Any) -> None:
    """Where every visit is made the switch still lets it see what skill would have missed."""
    assert "months.true_alerts" in changed_by("F12", tiny(**FLAWLESS), hashes)


@pytest.mark.parametrize(
    "one_kind",
    [
        {"relation_shading": 0.0},
        {"pressure": 0.0, "suppressed_reports": 0.0},
        {"shading_width": 0.0},
    ],
    ids=str,
)
def test_the_sixth_mode_is_shading_of_either_kind_and_silence(
    one_kind: dict[str, float], tiny: Any, eventful: Any, hashes: Any
) -> None:
    assert changed_by("F06", tiny(**{**eventful, **one_kind}), hashes)


def test_where_nothing_fails_there_is_no_trace_but_all_else(tiny: Any) -> None:
    model = ran(LoanPortfolio(tiny(**FLAWLESS), seed=3))
    assert not model.loans["failures"].any()
    rows = model._table.rows
    for name in ("defaults", "refused", "approved", "alerts_handled", "calls", "visits_made"):
        assert rows[name].sum() > 0, name


@pytest.mark.parametrize(("code", "world"), NO_OBJECT, ids=str)
def test_the_switch_of_a_mode_that_cannot_occur_changes_no_byte(
    code: str, world: dict[str, Any], tiny: Any, eventful: Any, hashes: Any
) -> None:
    assert changed_by(code, tiny(**{**eventful, **world}), hashes) == set()
    assert changed_by(code, tiny(**eventful), hashes)  # else the line above proves nothing


# --- who reads what, from the source ------------------------------------------------------------

# The functions that make the check that a switch governs, and nobody else.
READERS = {
    "unverified_statements": {"investigation.make_checks"},
    "single_source": {"investigation.make_checks"},
    "unchecked_owner": {"investigation.make_checks"},
    "inflated_appraisal": {"investigation.make_checks"},
    "unmapped_circle": {"investigation.make_checks", "recovery.call_guarantor"},
    "collusion": {"approval.proposal", "approval.relation_with"},
    "rubber_stamp": {"approval.is_reviewed"},
    "pressed_override": {"approval.decide"},
    "mismatched_limit": {"approval.decide"},
    "waived_conditions": {"contracts.register"},
    "uncontrolled_use": {"contracts.pay_out"},
    "missed_visits": {"monitoring.pay_visit", "monitoring.see_firm"},
    "ignored_warnings": {"alerts.raise_alert", "monitoring.follow_up"},
    "papered_maturity": {"monitoring.settle_maturity"},
    "late_collection": {"recovery.schedule_liquidation"},
    "hidden_npl": {"recovery.open_default"},
}


# They look on and decide nothing: only each other and the model, which calls them, know them.
ONLOOKERS = {"journal", "story", "checklist", "auditor"}


def sources() -> Iterator[tuple[str, ast.Module]]:
    """Module name and syntax tree of every source of the model but the onlookers."""
    for folder in FOLDERS:
        for path in sorted(folder.rglob("*.py")):
            if not ONLOOKERS & {path.stem, path.parent.name}:
                yield path.stem, ast.parse(path.read_text(encoding="utf-8"))


def test_nothing_that_decides_knows_an_onlooker() -> None:
    for module, tree in sources():
        imported = {
            node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)
        } | {
            f"{node.module}.{name.name}"
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom)
            for name in node.names
        }
        known = {name.removeprefix("simulation.").split(".")[0] for name in imported} & ONLOOKERS
        assert not known or module in ("model", "__init__"), module


def uses(names: set[str], kind: type[ast.expr_context]) -> dict[str, set[str]]:
    """Where attributes of these names are read or written: name -> module.function."""
    found: dict[str, set[str]] = {name: set() for name in names}
    for module, tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                for inner in ast.walk(node):
                    if not isinstance(inner, ast.Attribute) or inner.attr not in names:
                        continue
                    if isinstance(inner.ctx, kind):
                        found[inner.attr].add(f"{module}.{node.name}")
    return found


def spelled(names: set[str]) -> dict[str, set[str]]:
    """Modules in which these names stand as text: keys of arrays and of mappings."""
    found: dict[str, set[str]] = {name: set() for name in names}
    for module, tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and node.value in names:
                found[node.value].add(module)
    return found


def test_only_the_check_it_governs_reads_a_switch() -> None:
    assert READERS.keys() == PARAMETERS.keys()
    assert uses(set(READERS), ast.Load) == READERS
    assert not any(uses(set(READERS), ast.Store).values())
    # By its text a switch is named only where it is declared.
    assert set().union(*spelled(set(READERS)).values()) == {"failures"}


def test_no_decision_reads_what_failed_or_what_a_full_check_would_have_done() -> None:
    """Both are written for measures and audits. Adding a bit is writing."""
    fields = {"failures", "full_check_fen"}
    assert uses(fields, ast.Load) == {
        "failures": set(),
        # Counted beside the decision, and copied into the contract.
        "full_check_fen": {"origination.count_refusal", "origination.keep_papers"},
    }
    assert uses(fields, ast.Store)["full_check_fen"] == {
        "origination.decide_file", "origination.keep_papers",
    }  # fmt: skip
    readers = {"loan", "enterprise", "measures"}  # declared, declared, read
    assert spelled(fields)["full_check_fen"] == readers
    assert spelled({"failures"})["failures"] <= {"failures", "loan", "measures"}


def test_another_past_of_failures_changes_nothing_but_itself(parent: Any, hashes: Any) -> None:
    """The same by experiment: false entries in both fields move no other field of the world."""
    honest, forged = parent.fork(), parent.fork()
    world = forged._world
    luck = np.random.default_rng(0)
    for records, field in (
        (world.loans, "failures"), (world.loans, "full_check_fen"),
        (world.enterprises, "full_check_fen"),
    ):  # fmt: skip
        records[field] = luck.integers(0, 2**15, len(records))
    assert set(hashes.differing_fields(ran(honest), ran(forged))) == {
        "loans.failures", "loans.full_check_fen", "enterprises.full_check_fen",
    }  # fmt: skip


# --- bits and papers ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("security", "circle", "found", "expected"),
    [
        (0, -1, 0, ["F01", "F02", "F03"]),
        (0, -1, STATEMENTS | SOURCES | OWNER, []),
        (0, -1, STATEMENTS | OWNER, ["F02"]),
        (1, -1, STATEMENTS | SOURCES | OWNER, ["F04"]),
        (1, -1, STATEMENTS | SOURCES | OWNER | APPRAISAL, []),
        (2, 3, STATEMENTS | SOURCES | OWNER, ["F05"]),
        (2, 3, STATEMENTS | SOURCES | CIRCLE_MAP, ["F03"]),
        (0, -1, SOURCES | APPRAISAL | CIRCLE_MAP, ["F01", "F03"]),
    ],
)
def test_a_check_that_was_due_and_found_nothing_is_a_failure(
    security: int, circle: int, found: int, expected: list[str], tiny: Any
) -> None:
    e = LoanPortfolio(tiny(burn_in_months=0))._world.enterprises[0]
    e.security, e.circle = security, circle
    assert failed_checks(e, found) == sum(BY_CODE[code].bit for code in expected)


def has(loans: Any, mode: Failure) -> np.ndarray:
    return np.asarray(loans["failures"] & mode.bit > 0)


def test_the_bits_say_what_the_papers_say(baseline: LoanPortfolio) -> None:
    """Where a mode leaves a trace in the contract's record, bit and trace agree."""
    loans = baseline.loans
    f = {mode.code: has(loans, mode) for mode in FAILURES}
    estate, circle = loans["security"] == 1, loans["security"] == 2
    for code, sheet in (("F01", STATEMENTS), ("F02", SOURCES), ("F03", OWNER), ("F04", APPRAISAL)):
        # A sheet may be there although nothing was found; without one nothing was.
        due = estate if code == "F04" else np.ones(len(loans), dtype=bool)
        assert f[code][due & (loans["sheets"] & sheet == 0)].all(), code
        assert not f[code][~due].any()
        assert (f[code] & (loans["sheets"] & sheet > 0)).any()
    assert np.array_equal(f["F05"], circle & (loans["sheets"] & CIRCLE_MAP == 0))
    assert np.array_equal(f["F07"], loans["reviewed"] == 0)
    assert np.array_equal(f["F08"], loans["overridden"] == 1)
    assert np.array_equal(f["F11"], loans["entrusted"] == 0)
    assert np.array_equal(f["F14"], loans["extensions"] > 0)
    assert (loans["visits_logged"] <= loans["visits_due"]).all()
    assert f["F12"][loans["visits_logged"] < loans["visits_due"]].all()
    assert (f["F12"] & (loans["visits_logged"] == loans["visits_due"])).any()  # from the desk
    assert not f["F10"][~estate].any()
    # An alert that waited two months was answered late, if at all.
    assert f["F13"][loans["longest_wait"] >= 2].all() and (loans["longest_wait"] >= 2).any()
    assert (f["F13"] & (loans["longest_wait"] < 2)).any()  # not taken up
    # An alert on a contract may be answered in the month of its renewal.
    assert not f["F13"][(loans["alerts"] == 0) & (loans["previous"] < 0)].any()
    # 90 days are 2.96 months: two or three months in the calendar.
    sued = loans["suit_month"] >= 0
    wait = loans["suit_month"] - loans["default_month"]
    assert not f["F15"][~sued].any()
    assert (wait[f["F15"]] >= 2).all() and (wait[sued & ~f["F15"]] <= 3).all()
    assert f["F15"].any() and (sued & ~f["F15"]).any()


def test_conditions_are_waived_where_nothing_is_registered(baseline: LoanPortfolio) -> None:
    loans = baseline.loans
    waived = has(loans, BY_CODE["F10"])
    assert np.array_equal(waived, loans["registered"] == 0)
    assert baseline._table.rows["unregistered"].sum() == waived.sum() > 0
    # With a registration taken over, there is nothing to waive.
    renewed = loans["previous"] >= 0
    registered_before = renewed & (loans["registered"][loans["previous"]] == 1)
    assert not waived[registered_before].any() and registered_before.sum() > 10


def test_a_proposal_that_was_lifted_at_all_was_shaded(parent: LoanPortfolio) -> None:
    model, lifted = parent.fork(), 0
    while not model.finished:
        model.step()
        loans = model.loans[model.loans["start_month"] == model._world.desk[0].month]
        shaded = has(loans, BY_CODE["F06"])
        up = loans["proposed"] > model._world.enterprises["score"][loans["enterprise"]]
        assert shaded[up].all()
        # A renewal's report can be kept back in the month of the contract, a new loan's cannot.
        assert not shaded[~up & (loans["previous"] < 0)].any()
        lifted += int(up.sum())
    assert lifted > 10


def test_a_report_kept_back_sets_the_bit_of_collusion(tiny: Any, eventful: Any) -> None:
    """Nobody shades here, so each bit is from a report."""
    sizes = {"enterprises": 400, "months": 24, "shading_width": 0.0}
    model = ran(LoanPortfolio(tiny(**{**eventful, **sizes}), seed=1))
    shaded = int((model.loans["failures"] & F06 > 0).sum())
    assert 0 < shaded <= model._table.rows["suppressed"].sum()


# --- the full check -----------------------------------------------------------------------------

# What remains of a decision where no check fails, nobody shades, and there is time: exactly the
# decision that is compared with it. Weight of volume up to the usual: full effort is full care.
SEEN_IN_FULL = {
    "enterprises": 300, "months": 10, "burn_in_months": 30, "run_off_months": 0,
    "hours_per_month": 1e6, "volume_weight": 0.7, "pressure": 0.0, "impatience": 0.0,
    **{mode.name: 0.0 for mode in FAILURES if mode.stage != "post_loan"},
}  # fmt: skip
NO_CIRCLES = {"guarantee_share": 0.0}
ONLY_CIRCLES = {"guarantee_share": 1.0, "real_estate_share": 0.0, "circle_share": 1.0}


def departures_from_full_check(model: LoanPortfolio) -> tuple[int, int]:
    """Files decided and, of these, those that a full check would have decided otherwise.

    Also holds the amount of every new loan against the full check's.
    """
    decided = other = 0
    while not model.finished:
        model.step()
        row, loans = model._table.rows[-1], model.loans
        decided += int(row["decided"])
        other += int(row["wrongly_granted"] + row["wrongly_refused"])
        fresh = loans[(loans["start_month"] == model._world.desk[0].month)]
        fresh = fresh[fresh["previous"] < 0]
        granted = fresh["principal_fen"] + fresh["undrawn_fen"]
        other += int((granted != fresh["full_check_fen"]).sum())
    return decided, other


@pytest.mark.parametrize(
    "world",
    [
        ONLY_CIRCLES,
        {**ONLY_CIRCLES, "training": 0.5},
        {},
        NO_CIRCLES,
        # These two occur after the decision.
        {"waived_conditions": 1.0, "uncontrolled_use": 1.0},
        # Pressure works through shading and overrides only.
        {"pressure": 5.0},
    ],
    ids=str,
)
def test_where_nothing_fails_every_decision_is_the_full_checks(
    world: dict[str, float], tiny: Any
) -> None:
    decided, other = departures_from_full_check(
        LoanPortfolio(tiny(**{**SEEN_IN_FULL, **world}), seed=2)
    )
    assert decided > 50
    assert other == 0


# One condition less, and some decisions are others.
LESS = [
    {"unverified_statements": 1.0},
    {"single_source": 1.0},
    {"unchecked_owner": 1.0},
    {"inflated_appraisal": 1.0, "real_estate_share": 0.5, "guarantee_share": 0.5},
    {"unmapped_circle": 1.0},
    {"collusion": 1.0, "relation_shading": 2.0, "shading_width": 1.0},
    {"rubber_stamp": 1.0},
    {"pressed_override": 1.0, "pressure": 1.0, "shading_width": 0.0},
    {"mismatched_limit": 1.0},
    {"volume_weight": 1.0},
    {"hours_per_month": 40.0},
    {"collusion": 1.0, "relation_shading": 0.0, "pressure": 5.0},
]


@pytest.mark.parametrize("change", LESS, ids=str)
def test_with_one_condition_less_some_are_not(change: dict[str, float], tiny: Any) -> None:
    scenario = tiny(
        **{**SEEN_IN_FULL, **ONLY_CIRCLES, "months": 24, "integrity_shape": 0.5, **change}
    )
    _, other = departures_from_full_check(LoanPortfolio(scenario, seed=2))
    assert other > 0


def test_the_full_check_of_a_firm_is_the_same_whatever_was_checked(
    parent: LoanPortfolio,
) -> None:
    """In the first month both arms have the same files: only what was checked differs."""
    arms = [parent.fork(), parent.fork(["without_pre_loan", "without_approval"])]
    for arm in arms:
        arm.step()
    ours, theirs = (arm._world.enterprises for arm in arms)
    month = arms[0]._world.desk[0].month
    both = (ours["file"] == 0) & (theirs["file"] == 0) & (ours["file_month"] == month)
    both &= ours["ordinal"] > parent._world.enterprises["ordinal"]
    assert both.sum() > 10
    assert np.array_equal(ours["full_check_fen"][both], theirs["full_check_fen"][both])
    assert not np.array_equal(ours["score"][both], theirs["score"][both])


def test_wrongly_granted_are_contracts_that_a_full_check_would_not_have_made(tiny: Any) -> None:
    """The share is of contracts made, so what is counted must be contracts too."""
    model = ran(LoanPortfolio(tiny(enterprises=500, impatience=0.05), seed=2))
    made = int((model.loans["full_check_fen"] == 0).sum())
    assert made > 10
    assert int(model._table.rows["wrongly_granted"].sum()) == made


def test_wrongly_refused_are_refusals_that_a_full_check_would_have_granted(tiny: Any) -> None:
    """New files and renewals, those with unpaid interest among them."""
    model = LoanPortfolio(
        tiny(enterprises=1_200, months=24, evergreening=0.0, renewal_concession=-0.2), seed=2
    )
    new = renewals = 0
    while not model.finished:
        known, before = model.loan_count, model.loans["refused"].copy()
        model.step()
        world, row = model._world, model._table.rows[-1]
        rows = world.lists[REFUSALS, : int(world.desk[0].listed[REFUSALS])]
        held = np.flatnonzero(model.loans["refused"][:known] > before)
        assert row["refused"] == len(rows) + len(held)
        full = world.enterprises["full_check_fen"] > 0
        applicants = int(full[rows].sum())
        clients = int(full[model.loans["enterprise"][held]].sum())
        assert row["wrongly_refused"] == applicants + clients
        new, renewals = new + applicants, renewals + clients
    assert new > 5 and renewals > 5


def idle(name: str) -> Strategy:
    """An experiment that changes nothing."""
    return Strategy(name, name, name, kind="experiment")


def test_a_switch_goes_with_strategies_and_experiments(parent: LoanPortfolio, hashes: Any) -> None:
    both = ran(parent.fork(["without_F12", idle("nothing")]))
    assert hashes.differing_fields(both, ran(parent.fork(["without_F12"]))) == []
