"""From answers to weights, grades, intervals and qualities; L Bank's qualities come from here."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from experiments.arms import StudyError
from experiments.assessment import fuzzy
from experiments.assessment.ahp import reciprocal
from experiments.assessment.belief import L_BANK, furthest, gaps, is_made_up
from experiments.assessment.evaluation import CODES, Evaluation, Graded, believed, levels
from experiments.assessment.hierarchy import GOAL, GRADES, GROUPS, INDICATORS, STAGE_OF
from experiments.assessment.questionnaire import Questionnaire
from experiments.assessment.tables import consistency_lines, fraction, furthest_lines
from experiments.assessment.weights import Method, weigh
from scenarios import ScenarioError, load_scenario

CODES_OF_STAFF = [item.code for item in INDICATORS]


def answered(grades: list[list[float]], **judgements: list[tuple[float, ...]]) -> Questionnaire:
    """A questionnaire in which all items weigh alike unless judged otherwise."""
    matrices = {}
    for group, codes in GROUPS.items():
        equal = [(1.0,) * (len(codes) * (len(codes) - 1) // 2)]
        uppers = judgements.get(group, equal)
        matrices[group] = {f"E{k}": reciprocal(len(codes), u) for k, u in enumerate(uppers)}
    index = [f"S{k}" for k in range(len(grades))]
    return Questionnaire("made.csv", matrices, pd.DataFrame(grades, index, CODES_OF_STAFF))


def staff(*grades: float) -> list[list[float]]:
    """Respondents who give each indicator the same grade."""
    return [[grade] * 14 for grade in grades]


def evaluated(found: Questionnaire, method: Method | None = None) -> Evaluation:
    method = method or Method()
    return believed(found, weigh(found, method), method, 200, 7)


# --- L Bank ---


def test_l_banks_qualities_come_from_its_questionnaire(l_bank: Questionnaire) -> None:
    found = evaluated(l_bank).qualities
    stated = load_scenario("l_bank").management
    assert {stage: round(q.value, 2) for stage, q in found.items()} == stated
    assert all(q.low < stated[stage] < q.high for stage, q in found.items())
    assert is_made_up(L_BANK)


def test_l_banks_weights_of_the_stages(l_bank: Questionnaire) -> None:
    weighing = weigh(l_bank, Method())
    assert [round(weighing.overall(b), 5) for b in STAGE_OF] == [0.58237, 0.30290, 0.11473]
    assert sum(weighing.overall(code) for code in CODES_OF_STAFF) == pytest.approx(1.0)
    assert weighing.overall(GOAL) == 1.0


def test_the_inconsistent_expert_is_named_with_the_judgement_that_hurts(
    l_bank: Questionnaire,
) -> None:
    weighing = weigh(l_bank, Method())
    (found,) = weighing.inconsistent
    assert (found.group, found.expert) == ("B1", "Expert 2") and found.hurt is not None
    assert found.hurt.cr < found.limit <= found.found.cr
    line = consistency_lines(weighing)[-1]
    assert line.startswith("Expert 2 on B1: CR 0.134 is not below 0.10; C4 against C5 = 2 hurts")
    kept = weigh(l_bank, Method(drop=True)).groups["B1"]
    assert kept.kept == 3 and kept.local != weighing.groups["B1"].local


# --- experts ---


def test_where_nobody_is_consistent_nothing_can_be_dropped() -> None:
    torn = answered(staff(3), B3=[(9, 1 / 9, 9, 1, 9, 1 / 9)])
    assert weigh(torn, Method()).groups["B3"].kept == 1
    with pytest.raises(ScenarioError, match=r"made.csv: no expert is consistent on B3 \(E0 CR"):
        weigh(torn, Method(drop=True))


def test_strict_limits_and_the_table_of_random_indices() -> None:
    found = answered(staff(3), goal=[(2, 3, 4)])
    assert weigh(found, Method()).inconsistent == []
    assert len(weigh(found, Method(strict=True)).inconsistent) == 1
    saaty = weigh(found, Method()).groups["goal"].found
    simulated = weigh(found, Method(random_index="simulated")).groups["goal"].found
    assert simulated.ci == saaty.ci
    assert simulated.cr == pytest.approx(saaty.cr * 0.58 / 0.524)


@pytest.mark.parametrize(
    ("name", "value"),
    [("weights", "x"), ("random_index", "x"), ("aggregate", "x"), ("operator", "x")],
)
def test_unknown_methods_are_refused(name: str, value: str) -> None:
    with pytest.raises(StudyError, match=f'{name.replace("_", "-")} = "x" is not allowed'):
        Method(**{name: value}).checked()


# --- grades, scores, qualities ---


@pytest.mark.parametrize("operator", fuzzy.OPERATORS)
@pytest.mark.parametrize(("grade", "quality"), [(1, 1.0), (3, 0.5), (5, 0.0)])
def test_one_opinion_is_the_quality(operator: str, grade: int, quality: float) -> None:
    found = evaluated(answered(staff(grade, grade)), Method(operator=operator))
    for code in CODES:
        assert found.graded[code].grade == GRADES[grade - 1]
        assert found.graded[code].score == pytest.approx(20.0 * grade)
    for q in found.qualities.values():
        assert (q.value, q.low, q.high) == pytest.approx((quality, quality, quality))


def test_scores_by_hand() -> None:
    grades = staff(3, 3, 3, 3)
    for row, grade in zip(grades, (1, 2, 4, 4), strict=True):
        row[6] = grade  # C7, one of four in B2
    found = evaluated(answered(grades)).graded
    assert found["C7"].membership == pytest.approx((0.25, 0.25, 0.0, 0.5, 0.0))
    assert found["C7"].score == pytest.approx(55.0) and found["C7"].grade == "high"
    assert found["B2"].score == pytest.approx((55.0 + 3 * 60.0) / 4)
    assert found[GOAL].score == pytest.approx((60.0 + found["B2"].score + 60.0) / 3)


def test_a_riskier_answer_lowers_the_quality() -> None:
    safe, risky = evaluated(answered(staff(2, 3))), evaluated(answered(staff(4, 3)))
    for stage, q in safe.qualities.items():
        assert risky.qualities[stage].value < q.value


def test_answers_left_out_count_nowhere() -> None:
    grades = staff(2, 2, 4)
    grades[2][0] = float("nan")
    found = evaluated(answered(grades)).graded
    assert found["C1"].score == pytest.approx(40.0)
    assert found["C2"].score == pytest.approx(160.0 / 3.0)


def test_an_indicator_without_membership_is_left_out_and_the_rest_weigh_more() -> None:
    weighing = weigh(answered(staff(3), B3=[(2, 2, 2, 1, 1, 1)]), Method())
    rows = {code: np.eye(5)[2] for code in CODES_OF_STAFF}
    rows["C12"] = np.eye(5)[4]
    whole = levels(rows, weighing, "weighted")
    del rows["C11"]  # weighs .4, the others .2 each
    found = levels(rows, weighing, "weighted")
    assert fuzzy.score(whole["B3"]) == pytest.approx(0.8 * 60 + 0.2 * 100)
    assert fuzzy.score(found["B3"]) == pytest.approx((2 * 60 + 100) / 3)
    for code in GROUPS["B3"]:
        rows.pop(code, None)
    assert "B3" not in levels(rows, weighing, "weighted")


# --- intervals ---


def test_intervals_are_those_of_numpys_own_resampling() -> None:
    rng = np.random.default_rng(5)
    grades = rng.integers(1, 6, (30, 14)).astype(float)
    found = believed(
        answered(grades.tolist()), weigh(answered(staff(3)), Method()), Method(), 4000, 1
    )
    b2 = 20.0 * grades[:, 6:10].mean(axis=1)
    drawn = b2[rng.integers(0, 30, (4000, 30))].mean(axis=1)
    low, high = np.quantile(drawn, [0.025, 0.975])
    assert found.graded["B2"].low == pytest.approx(low, abs=0.6)
    assert found.graded["B2"].high == pytest.approx(high, abs=0.6)
    assert found.graded["B2"].score == pytest.approx(b2.mean())


def test_the_same_seed_gives_the_same_interval(l_bank: Questionnaire) -> None:
    assert evaluated(l_bank) == evaluated(l_bank)


def test_one_respondent_has_no_interval() -> None:
    found = evaluated(answered(staff(4)))
    assert np.isnan(found.graded[GOAL].low) and found.number == 1
    assert found.graded[GOAL].score == pytest.approx(80.0)


def test_a_question_that_few_answered_still_has_an_interval() -> None:
    grades = staff(2, 3, 4, 5)
    for row in grades[1:]:
        row[13] = float("nan")
    found = evaluated(answered(grades)).graded["C14"]
    assert (found.score, found.low, found.high) == pytest.approx((40.0, 40.0, 40.0))


# --- gaps ---


def one(score: float, low: float, high: float) -> Graded:
    return Graded(0.1, (0, 0, 1, 0, 0), "medium", 1.0, score, low, high)


def test_gaps_are_clear_where_intervals_do_not_overlap() -> None:
    belief = Evaluation({"C1": one(50, 45, 55), "C2": one(50, 45, 55), "C3": one(50, 45, 55)}, 9)
    process = Evaluation({"C1": one(80, 75, 85), "C2": one(56, 54, 58), "C3": one(30, 29, 31)}, 9)
    found = gaps(belief, process)
    assert [(g.code, g.points, g.clear) for g in found] == [
        ("C1", 30, True), ("C2", 6, False), ("C3", -20, True),
    ]  # fmt: skip
    told = furthest_lines(furthest(found))
    assert "30 points riskier than staff believes (80 against 50)" in told[0]
    assert "20 points safer" in told[1] and len(told) == 2
    nowhere = furthest_lines(furthest([g for g in found if not g.clear]))
    assert "part on no indicator" in nowhere[0]


@pytest.mark.parametrize(("value", "told"), [(3.0, "3"), (1 / 3, "1/3"), (2.5, "2.5"), (9, "9")])
def test_judgements_as_experts_write_them(value: float, told: str) -> None:
    assert fraction(value) == told
