"""The benchmarks run and tell what they promise; how fast is not tested."""

from __future__ import annotations

import math

from benchmarks.__main__ import told
from benchmarks.speed import (
    Figure,
    held,
    in_turns,
    month_figures,
    process_figures,
    profile_figures,
    ratio,
    size_figures,
    timed,
)
from benchmarks.studies import branching_figures, store_figures
from benchmarks.tapes import tape_figures
from experiments import Study


def test_tasks_take_turns_after_one_round_to_warm_up():
    done = []
    tasks = {name: timed(done.append, lambda name=name: name, 1, 1.0) for name in "ab"}
    costs = in_turns(tasks, 2)
    assert done == ["a", "b", "a", "b", "b", "a"]
    assert [len(costs[name]) for name in "ab"] == [2, 2]


def test_a_ratio_pairs_the_rounds():
    assert ratio({"a": [2.0, 9.0, 40.0], "b": [1.0, 3.0, 10.0]}, "a", "b") == 3.0


def test_a_line_of_the_table():
    line = told(Figure("a live enterprise's month", 255.2, "ns", "in context"))
    assert line.split() == ["a", "live", "enterprise's", "month", "255", "ns", "in", "context"]


def test_a_small_model_can_be_measured():
    figures = month_figures(size=200, repeats=1) + size_figures((100, 200), 300, repeats=1)
    assert all(math.isfinite(figure.value) and figure.value > 0.0 for figure in figures)
    assert {figure.unit for figure in figures} == {"1/s", "%", "ns", "x", "µs"}


def test_the_profile_adds_up_to_the_month():
    *parts, draws = profile_figures(size=200, repeats=1)
    assert "live_months" in {figure.name for figure in parts}
    shares = [float(figure.note.rstrip(" %")) for figure in parts]
    assert math.isclose(sum(shares), 100.0, abs_tol=1.0)
    assert draws.value > 0.0


def test_every_round_lives_a_study_of_its_own(monkeypatch):
    """A study that has run once would not run again."""
    lived = []
    monkeypatch.setattr(Study, "run", lambda study, jobs: lived.append(study))
    process_figures(1, repeats=2)
    assert len(lived) == len({id(study) for study in lived}) == 6


def test_a_target_tells_whether_it_is_reached():
    assert held(True, "at most 8") == "target: at most 8; reached"
    assert held(False, "at most 8") == "target: at most 8; NOT reached"


def test_a_study_can_be_measured():
    figures = branching_figures(100, 6, repeats=1) + store_figures(1, repeats=1)
    assert all(math.isfinite(figure.value) for figure in figures)
    assert figures[2].value > 1.0  # a burn-in shared by sixteen arms


def test_a_tape_can_be_measured():
    (figure,) = tape_figures(500)
    assert figure.value > 0.0
