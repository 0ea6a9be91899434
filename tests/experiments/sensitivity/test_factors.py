"""Factors: from declarations, from what is typed, and what they refuse."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from agents.parameters import all_parameters
from experiments import StudyError
from experiments.sensitivity.choice import chosen
from experiments.sensitivity.factors import categorical, continuous, declared, in_doubt, integer
from scenarios import load_scenario
from simulation.assumptions import range_of_doubt

SCENARIO = load_scenario("l_bank")
SHARES = np.linspace(0.0, 1.0, 1001)


def test_every_parameter_in_doubt_is_a_factor_over_its_range() -> None:
    factors = in_doubt(SCENARIO)
    doubtful = {n for n, p in all_parameters().items() if range_of_doubt(p) is not None}
    assert {f.name for f in factors} == doubtful and len(doubtful) > 100
    for factor in factors:
        low, high = range_of_doubt(all_parameters()[factor.name])  # type: ignore[misc]
        values = factor.value(SHARES)
        assert values.min() == pytest.approx(low) and values.max() == pytest.approx(high)
        if all_parameters()[factor.name].integer:
            assert (values == np.round(values)).all()


def test_laws_are_quantiles() -> None:
    log = continuous("a", 0.01, 1.0, "log").value(np.array([0.0, 0.5, 1.0]))
    np.testing.assert_allclose(log, [0.01, 0.1, 1.0])
    triangle = continuous("a", 0.0, 1.0, "triangular", mode=0.0).value(np.array([0.75]))
    np.testing.assert_allclose(triangle, 0.5)
    normal = continuous("a", -1.0, 1.0, stats.norm(0.0, 0.5)).value(SHARES)
    assert np.isfinite(normal).all() and (normal[0], normal[-1]) == (-1.0, 1.0)


def test_whole_numbers_and_categories_are_all_as_likely() -> None:
    """The quantile of a discrete law at 0 would be one too low."""
    whole = integer("a", 3, 6).value((np.arange(4000) + 0.5) / 4000)
    assert dict(zip(*np.unique(whole, return_counts=True), strict=True)) == dict.fromkeys(
        (3.0, 4.0, 5.0, 6.0), 1000
    )
    assert integer("a", 3, 6).value(np.array([0.0, 1.0])).tolist() == [3.0, 6.0]
    three = categorical("a", [0.5, 9.0, 0.1]).value(np.array([0.0, 0.4, 1.0]))
    assert three.tolist() == [0.5, 9.0, 0.1]
    switch = declared(SCENARIO, "rubber_stamp")
    assert switch.kind == "integer" and switch.value(np.array([0.2, 0.8])).tolist() == [0.0, 1.0]


def test_choice_by_name_range_and_group() -> None:
    factors = chosen(SCENARIO, "cutoff=-0.5:0.5,patience_months,training=0.1|0.2|0.3,mark:R")
    by_name = {f.name: f for f in factors}
    assert [f.name for f in factors][:3] == ["cutoff", "patience_months", "training"]
    assert (by_name["cutoff"].low, by_name["cutoff"].high) == (-0.5, 0.5)
    assert by_name["patience_months"].kind == "integer"
    assert by_name["training"].values == (0.1, 0.2, 0.3)
    assert sum(f.groups["mark"] == "R" for f in factors) > 10
    moved = {f.name for f in chosen(SCENARIO, "strategy:internal_control")}
    assert (
        {"review_weight", "audit"} <= moved <= set(SCENARIO.strategies["internal_control"].closes)
    )
    assert {f.groups["stage"] for f in chosen(SCENARIO, "stage:approval")} == {"approval"}
    assert {f.groups["agent"] for f in chosen(SCENARIO, "agent:officer")} == {"officer"}
    assert len(chosen(SCENARIO, None)) == len(in_doubt(SCENARIO))
    assert chosen(SCENARIO, "cutoff=0.1:1:log")[0].law.dist.name == "loguniform"


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("patience_month", "unknown factor; nearest known: patience_months"),
        ("cutoff=0.5:0.5", "its range 0.5 to 0.5 is empty"),
        ("cutoff=0.5:0.1", "is empty; allowed: low < high"),
        ("cutoff=nan:0.1", "leaves what is allowed"),
        ("patience_months=2.2:2.9", "is empty"),
        ("cutoff=low:high", "is no range; allowed: LOW:HIGH, LOW:HIGH:LAW or A|B|C"),
        ("cutoff=-1:1:log", "a log law needs a range above 0, not -1"),
        ("cutoff=0:1:lgo", "unknown law 'lgo'"),
        ("training=0.1|0.1", "its range is empty; allowed: at least two values"),
        ("rubber_stamp=0:7", "leaves what is allowed, 0 to 1 0/1"),
        ("bullet_rate_that_is_not", "unknown factor"),
        ("stage:aproval", "unknown stage; nearest known: approval"),
        ("stages:approval", "unknown kind of group; nearest known: stage"),
        ("mark:Z", "unknown mark"),
        ("agent:failures", "none of its parameters is in doubt"),
        ("", "unknown factor"),
    ],
)
def test_factors_that_will_not_do(asked: str, words: str) -> None:
    with pytest.raises(StudyError, match=words.replace("|", r"\|").replace("(", r"\(")):
        chosen(SCENARIO, asked)


def test_a_parameter_that_is_not_in_doubt_needs_a_range() -> None:
    sure = next(
        n for n, p in all_parameters().items() if range_of_doubt(p) is None and p.unit != "0/1"
    )
    with pytest.raises(StudyError, match=f"{sure}: is not in doubt, so it has no range"):
        chosen(SCENARIO, sure)
