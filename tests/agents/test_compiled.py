"""Replacing rules, plain twins, and a cache that never serves an old rule."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
import numpy as np
import pytest

import agents
from agents import compiled
from agents.compiled import RuleError, called_rules, plain_function, rebuild
from simulation import LoanPortfolio, Scenario
from simulation.model import BODIES, LOOPS

ROOT = Path(agents.__file__).resolve().parent.parent

needs_compiler = pytest.mark.skipif(compiled.PLAIN, reason="nothing is compiled here")


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Kernels with replaced rules go to a folder of the test: the user's cache stays as it is."""
    monkeypatch.setenv("LOANLAB_CACHE_DIR", str(tmp_path))
    return tmp_path


def records_of(model: LoanPortfolio) -> list[np.ndarray]:
    """The arrays in which two worlds can differ."""
    world = model._world
    return [np.asarray(a) for a in (world.enterprises, model.loans, world.officers)]


def same(one: LoanPortfolio, other: LoanPortfolio) -> bool:
    """Are two worlds equal in every field, bit by bit?"""
    pairs = zip(records_of(one), records_of(other), strict=True)
    return all(
        a[name].tobytes() == b[name].tobytes() for a, b in pairs for name in a.dtype.names or ()
    )


def lived(scenario: Scenario, **options: Any) -> LoanPortfolio:
    """A world at its end."""
    model = LoanPortfolio(scenario, **options)
    model.run()
    return model


# --- replacing ----------------------------------------------------------------------------------


def test_a_bank_that_approves_nothing_lends_nothing(tiny: Any) -> None:
    def approves(score: float, cutoff: float) -> bool:
        return False

    def overrides(score: float, cutoff: float, depth: float, probability: float, u: float) -> bool:
        return False

    scenario = tiny()
    model = lived(scenario, rules={"approves": approves, "overrides": overrides})
    assert model.loan_count == 0
    assert model._table.rows["decided"].sum() > 20
    assert lived(scenario).loan_count > 20  # the others are as they were


def test_a_rule_deep_down_takes_effect(tiny: Any) -> None:
    def leaves(turnover: float, u: float) -> bool:
        return True

    scenario = tiny(vacancy_months=2)
    model = lived(scenario, rules={"leaves": leaves})
    months = scenario.burn_in_months + model.month
    # Nobody leaves a vacant post: who comes after two months leaves in the same month again.
    assert np.all(model._world.officers["person"][: model._posts] == -(-months // 2))
    usual = lived(scenario)._world.officers["person"]
    assert not np.any(usual[: model._posts] == -(-months // 2))


def test_the_same_rule_given_again_changes_nothing(tiny: Any) -> None:
    def approves(score: float, cutoff: float) -> bool:
        return score >= cutoff

    scenario = tiny()
    assert same(lived(scenario, rules={"approves": approves}), lived(scenario))


def test_a_rule_replaced_at_the_fork_leaves_the_past_alone(tiny: Any) -> None:
    def approves(score: float, cutoff: float) -> bool:
        return False

    def overrides(score: float, cutoff: float, depth: float, probability: float, u: float) -> bool:
        return False

    parent = LoanPortfolio(tiny())
    before = parent.loan_count
    twin = parent.fork(rules={"approves": approves, "overrides": overrides})
    twin.run()
    parent.run()
    assert before > 0
    assert not (twin.loans["new_money_fen"][before:] > 0).any()
    assert (parent.loans["new_money_fen"][before:] > 0).any()


def make_cut(limit: float) -> Callable[[float, float], bool]:
    """A rule that closes over a number."""

    def approves(score: float, cutoff: float) -> bool:
        return score >= limit

    return approves


LIMIT = 0.0


def approves_by_global(score: float, cutoff: float) -> bool:
    """A rule that reads a global number."""
    return score >= LIMIT


def approves_nested(score: float, cutoff: float) -> bool:
    """A rule whose inner function reads a global number."""
    enough = lambda x: x >= LIMIT  # noqa: E731
    return enough(score)


def rules_of_another_value(how: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Two rules of one text and different meaning, one after the other."""
    for limit in (-1e9, 1e9):
        if how == "closure":
            yield make_cut(limit)
        elif how == "global":
            monkeypatch.setitem(approves_by_global.__globals__, "LIMIT", limit)
            yield approves_by_global
        elif how == "nested":
            monkeypatch.setitem(approves_nested.__globals__, "LIMIT", limit)
            yield approves_nested
        else:  # typed at a prompt or in a notebook: there is no source to read
            space: dict[str, Any] = {}
            exec(f"def approves(score, cutoff): return score >= {limit}", space)
            yield space["approves"]


@pytest.mark.parametrize("how", ["closure", "global", "nested", "no source"])
def test_a_rule_of_the_same_text_and_another_number_is_another_rule(
    how: str, tiny: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second of two such rules must not get the kernels that were compiled for the first."""
    scenario = tiny(override_probability=0.0)
    lent = [
        lived(scenario, rules={"approves": rule}).loan_count
        for rule in rules_of_another_value(how, monkeypatch)
    ]
    assert lent[0] > 0
    assert lent[1] == 0


# --- refusing -----------------------------------------------------------------------------------


def test_an_unknown_rule_is_refused_and_the_known_ones_named(tiny: Any) -> None:
    with pytest.raises(RuleError) as caught:
        LoanPortfolio(tiny(burn_in_months=0), rules={"aproves": lambda score, cutoff: True})
    assert "'aproves'" in str(caught.value)
    assert "approves" in str(caught.value).split("rules are: ")[1].split(", ")


@pytest.mark.parametrize(
    "wrong",
    [lambda score: True, lambda cutoff, score: True, lambda score, cutoff, more: True],
    ids=["too few", "another order", "too many"],
)
def test_another_signature_is_refused_and_both_are_named(wrong: Any) -> None:
    with pytest.raises(RuleError, match=r"'approves' takes \(score, cutoff\), the replacement"):
        rebuild(LOOPS, {"approves": wrong})


def test_what_is_no_function_is_refused() -> None:
    with pytest.raises(RuleError, match="is not a Python function"):
        rebuild(LOOPS, {"approves": max})
    with pytest.raises(RuleError, match="is not a Python function"):
        rebuild(LOOPS, {"approves": 3})  # type: ignore[dict-item]


def test_primitives_cannot_be_replaced() -> None:
    """Luck and rounding are not decisions."""
    assert not {"uniforms", "normal", "philox", "to_fen"} & set(called_rules(LOOPS))
    with pytest.raises(RuleError, match="no rule 'uniforms'"):
        rebuild(LOOPS, {"uniforms": lambda *args: None})


# --- plain --------------------------------------------------------------------------------------


def test_plain_stages_hold_no_compiled_function_but_primitives() -> None:
    stages = {**rebuild(LOOPS, plain=True), **rebuild(BODIES, plain=True)}
    assert stages.keys() == {*LOOPS, *BODIES}
    assert not any(hasattr(stage, "py_func") for stage in stages.values())
    reached = called_rules(stages)
    assert set(reached) == set(called_rules(LOOPS)) | set(called_rules(BODIES))
    assert not [name for name, function in reached.items() if hasattr(function, "py_func")]


def test_rebuilding_leaves_the_original_alone() -> None:
    before = {name: plain_function(stage).__globals__ for name, stage in LOOPS.items()}
    rules = {n: before[n].get("applies") for n in before}
    rebuild(LOOPS, {"applies": lambda hazard, volume_weight, gained, lost, u: False}, plain=True)
    assert rules == {n: plain_function(s).__globals__.get("applies") for n, s in LOOPS.items()}
    assert rebuild(LOOPS) == LOOPS


def test_plain_and_compiled_worlds_are_equal(tiny: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = tiny(enterprises=40)
    fast = lived(scenario)
    monkeypatch.setattr("simulation.model.LOOPS", rebuild(LOOPS, plain=True))
    slow = lived(scenario)
    assert fast.loan_count > 15
    assert same(fast, slow)
    assert fast._table.rows.tobytes() == slow._table.rows.tobytes()


def spelled_out(score: float, cutoff: float) -> bool:
    """Approves by a text: numba has no format specifications."""
    return float(f"{score:.17g}") >= float(f"{cutoff:.17g}")


def looked_up(score: float, cutoff: float) -> bool:
    """Approves by a table of objects, which numba cannot type."""
    table = {"yes": object(), 1: None}
    return bool(score >= cutoff) and "yes" in table


class Committee:
    """Approves by a method of an object."""

    def meets(self, score: float, cutoff: float) -> bool:
        return score >= cutoff


COMMITTEE = Committee()


def asked(score: float, cutoff: float) -> bool:
    """Approves by asking an object."""
    return COMMITTEE.meets(score, cutoff)


@needs_compiler
@pytest.mark.parametrize("approves", [spelled_out, looked_up, asked], ids=lambda f: f.__name__)
def test_a_rule_that_cannot_be_compiled_runs_plain(approves: Any, tiny: Any) -> None:
    scenario = tiny(enterprises=40)
    model = lived(scenario, rules={"approves": approves})
    assert same(model, lived(scenario))
    plain = {name for name, stage in model._stages.items() if not hasattr(stage, "py_func")}
    assert plain == {"decide_files"}


def test_a_view_acts_with_the_replaced_rule(tiny: Any) -> None:
    def next_skill(skill: float, rate: float, files: int) -> float:
        return 0.123

    model = LoanPortfolio(tiny(turnover=0.0), rules={"next_skill": next_skill})
    model._world.officers["skill"] = 0.9
    model.officers.do("act", "run_post")
    assert model.officers.get("skill") == [0.123] * len(model.officers)


@pytest.mark.parametrize("name", ["five_class", "next_skill", "approves"])
def test_every_replaced_rule_leaves_views_able_to_act(name: str, tiny: Any) -> None:
    rule = plain_function(called_rules(LOOPS)[name])
    model = LoanPortfolio(tiny(burn_in_months=0), rules={name: rule})
    model.officers[0].act("run_post")


# --- the cache ----------------------------------------------------------------------------------


def in_copy(
    folder: Path, code: str, *, cwd: Path | None = None, **environment: str | None
) -> list[str]:
    """Lines printed by a process that runs from a copy of the packages."""
    env = {**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    for name, value in environment.items():
        env.pop(name, None)
        if value is not None:
            env[name] = value
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=cwd or folder, env=env, capture_output=True, text=True,
        check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A copy of the packages that a test may edit."""
    folder = tmp_path / "copy"
    for package in ("agents", "simulation"):
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pyca*"))
    return folder


FOLDER = "from agents.compiled import CACHE_FOLDER; print(CACHE_FOLDER)"


@needs_compiler
@pytest.mark.parametrize(
    "edited", ["agents/bank.py", "simulation/draws.py", "simulation/stages/closing.py"]
)
def test_the_folder_is_named_by_all_sources(copied: Path, tmp_path: Path, edited: str) -> None:
    home = str(tmp_path / "cache")
    before = in_copy(copied, FOLDER, LOANLAB_CACHE_DIR=home)
    again = in_copy(copied, FOLDER, LOANLAB_CACHE_DIR=home)
    source = copied / edited
    source.write_text(source.read_text(encoding="utf-8") + "\n# edited\n", encoding="utf-8")
    after = in_copy(copied, FOLDER, LOANLAB_CACHE_DIR=home)
    assert before == again != after
    assert Path(before[0]).parent == Path(after[0]).parent
    assert tmp_path / "cache" / "loanlab" in Path(after[0]).parents


RUN_POST = """
import numpy as np
from agents.compiled import CACHE_FOLDER
from agents import officer
from agents.records import new_records
from simulation.stages.officers import staff_post
from simulation.first_day import first_desk
from agents.parameters import all_parameters
import simulation

desk = first_desk({name: p.default for name, p in all_parameters().items()}, 0, 0)
posts = new_records(officer.FIELDS, 200)
posts["skill"] = 0.5
desk["p"]["turnover"] = 0.5
for post in range(200):
    staff_post(posts[post], post, desk[0])
print(int((posts["person"] > 0).sum()))
print(sum(staff_post.stats.cache_hits.values()))
"""


WAITING = """
from agents.compiled import waits_for_compiler
print(waits_for_compiler(["staff_post"]), waits_for_compiler(["staff_post", "close_month"]))
"""


@needs_compiler
def test_a_kernel_waits_for_the_compiler_until_a_process_has_run_it(
    copied: Path, tmp_path: Path
) -> None:
    home = str(tmp_path / "cache")
    seen = in_copy(copied, WAITING + RUN_POST + WAITING, LOANLAB_CACHE_DIR=home)
    assert (seen[0], seen[-1]) == ("True True", "False True")
    assert in_copy(copied, WAITING, LOANLAB_CACHE_DIR=home) == ["False True"]


@needs_compiler
def test_an_edited_rule_reaches_kernels_of_other_files(copied: Path, tmp_path: Path) -> None:
    """numba's own cache looks only at the kernel's file and would keep the old rule."""
    home = str(tmp_path / "cache")
    some, hits = in_copy(copied, RUN_POST, LOANLAB_CACHE_DIR=home)
    assert 50 < int(some) < 150 and int(hits) == 0
    same_again, hits = in_copy(copied, RUN_POST, LOANLAB_CACHE_DIR=home)
    assert same_again == some and int(hits) == 1  # from the cache
    source = copied / "agents" / "officer.py"
    text = source.read_text(encoding="utf-8")
    assert text.count("return u < turnover") == 1
    source.write_text(text.replace("return u < turnover", "return u < 2.0 * turnover"))
    everybody, hits = in_copy(copied, RUN_POST, LOANLAB_CACHE_DIR=home)
    assert int(everybody) == 200 and int(hits) == 0


@needs_compiler
def test_the_users_choice_of_folder_is_honoured(copied: Path, tmp_path: Path) -> None:
    chosen, other = tmp_path / "chosen", tmp_path / "other"
    folder = in_copy(copied, FOLDER, LOANLAB_CACHE_DIR=str(chosen), XDG_CACHE_HOME=str(other))
    assert chosen / "loanlab" in Path(folder[0]).parents
    assert not other.exists()
    folder = in_copy(copied, FOLDER, LOANLAB_CACHE_DIR=None, XDG_CACHE_HOME=str(other))
    assert other / "loanlab" in Path(folder[0]).parents


def unwritable(path: Path) -> str:
    """A folder that nobody can make: a file stands where its parent should be."""
    path.write_text("a file")
    return str(path / "below")


@needs_compiler
def test_an_unwritable_folder_falls_back_to_the_users_cache(copied: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    folder = in_copy(
        copied, FOLDER, LOANLAB_CACHE_DIR=unwritable(tmp_path / "file"), XDG_CACHE_HOME=str(other)
    )
    assert other / "loanlab" in Path(folder[0]).parents


@needs_compiler
def test_without_any_folder_rules_are_compiled_but_not_cached(copied: Path, tmp_path: Path) -> None:
    nowhere = unwritable(tmp_path / "file")
    lines = in_copy(
        copied,
        FOLDER + "; from agents.officer import leaves; print(leaves(0.5, 0.4), leaves.signatures)",
        LOANLAB_CACHE_DIR=nowhere, XDG_CACHE_HOME=nowhere, LOCALAPPDATA=None,
    )  # fmt: skip
    assert lines[0] == ""
    assert lines[1].startswith("True [(float64, float64)]")
    assert not list(copied.rglob("*.nbi"))


@needs_compiler
def test_nothing_is_written_beside_the_sources(copied: Path, tmp_path: Path) -> None:
    home = tmp_path / "cache"
    in_copy(
        copied, "from agents.officer import leaves; leaves(.5, .4)", LOANLAB_CACHE_DIR=str(home)
    )
    assert list(home.rglob("*.nbi"))
    assert not list(copied.rglob("*.nb?"))


@needs_compiler
def test_old_folders_are_removed_and_those_that_may_be_in_use_stay(own_cache: Path) -> None:
    """A folder taken from another process makes that process raise at its next kernel."""
    kept = compiled._KEPT_FOLDERS
    made = [Path(compiled._open_cache(f"text {k}")) for k in range(kept + 3)]
    assert all(folder.is_dir() and own_cache in folder.parents for folder in made)
    *old, recent = made[:4]
    for folder in old:
        os.utime(folder, (0, 0))
    last = Path(compiled._open_cache("one more"))
    left = {folder for folder in last.parent.iterdir() if folder.is_dir()}
    assert left >= {last, recent, *made[4:]} and not left & set(old)
    for age, folder in enumerate(left):
        os.utime(folder, (age, age))
    compiled._open_cache("and another")
    assert len(list(last.parent.iterdir())) == kept


@needs_compiler
def test_replaced_rules_do_not_push_out_the_ordinary_kernels(copied: Path, tmp_path: Path) -> None:
    """A study of several own rules must not cost a cold start next time."""
    home = str(tmp_path / "cache")
    code = """
import os
from agents import compiled
from simulation.model import LOOPS
for k in range(5):
    space = {}
    exec(f"def leaves(turnover, u): return u {'+ 1' * k} < turnover", space)
    compiled.rebuild(LOOPS, {"leaves": space["leaves"]})
print(os.path.isdir(compiled.CACHE_FOLDER))
"""
    assert in_copy(copied, code, LOANLAB_CACHE_DIR=home) == ["True"]


@needs_compiler
def test_the_interpreters_and_the_compilers_version_enter_the_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = compiled._source_hash()
    assert now == compiled._source_hash() != compiled._source_hash("a user's rule")
    monkeypatch.setattr(sys, "version", sys.version + " patched")
    other = compiled._source_hash()
    monkeypatch.setattr(numba, "__version__", numba.__version__ + ".1")
    assert len({now, other, compiled._source_hash()}) == 3


def test_never_fastmath_and_the_lock_of_python_is_released() -> None:
    for function in called_rules(LOOPS).values():
        options = getattr(function, "targetoptions", None)
        if options is not None:
            assert not options.get("fastmath") and options.get("nogil")


@needs_compiler
def test_kernels_run_while_other_threads_run(tiny: Any) -> None:
    """The same world lived in two threads at once is the same world."""
    scenario = tiny()
    models = [LoanPortfolio(scenario, seed=seed) for seed in (3, 3)]
    threads = [threading.Thread(target=model.run) for model in models]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert same(*models)
    assert same(models[0], lived(scenario, seed=3))
