"""The experts' part: weights of every criterion and indicator, and whose judgements clash."""

from __future__ import annotations

from typing import NamedTuple

from experiments.arms import one_of
from experiments.assessment.ahp import (
    DERIVATIONS,
    RANDOM_INDICES,
    Consistency,
    Hurt,
    Matrix,
    consistency,
    limit_for,
    mean_matrix,
    together,
    worst_judgement,
)
from experiments.assessment.fuzzy import OPERATORS
from experiments.assessment.hierarchy import CRITERION_OF, GOAL, GROUPS, named
from experiments.assessment.questionnaire import Questionnaire
from scenarios.problems import ScenarioError


class Method(NamedTuple):
    """How answers become numbers.

    weights: a key of DERIVATIONS. random_index: of RANDOM_INDICES. aggregate: ``judgements`` or
    ``weights``. operator: of OPERATORS. strict: Saaty's smaller limits of CR for three and four
    items. drop: leave inconsistent experts out of the group in which they are.
    """

    weights: str = "eigenvector"
    random_index: str = "saaty"
    aggregate: str = "judgements"
    operator: str = "weighted"
    strict: bool = False
    drop: bool = False

    def checked(self) -> Method:
        """The same. Raises: StudyError for a word that is not known."""
        one_of("weights", self.weights, DERIVATIONS)
        one_of("random-index", self.random_index, RANDOM_INDICES)
        one_of("aggregate", self.aggregate, ("judgements", "weights"))
        one_of("operator", self.operator, OPERATORS)
        return self


class ExpertCheck(NamedTuple):
    """An expert's judgements in a group. hurt: of those that are inconsistent, else None."""

    group: str
    expert: str
    found: Consistency
    limit: float
    hurt: Hurt | None

    @property
    def is_consistent(self) -> bool:
        """Is CR below its limit?"""
        return self.found.cr < self.limit


class GroupWeights(NamedTuple):
    """Weights within a group.

    local: by code, sum 1. found: consistency of the experts' mean judgements. experts: checks
    of all of them. kept: how many the weights rest on.
    """

    local: dict[str, float]
    found: Consistency
    experts: tuple[ExpertCheck, ...]
    kept: int


class Weighing(NamedTuple):
    """Weights of the whole hierarchy, by group."""

    groups: dict[str, GroupWeights]

    def local(self, group: str, code: str) -> float:
        """Weight within its group."""
        return self.groups[group].local[code]

    def overall(self, code: str) -> float:
        """Weight in the whole: the local one times its criterion's; 1 for the goal."""
        if code == GOAL:
            return 1.0
        if code not in CRITERION_OF:
            return self.local(GOAL, code)
        criterion = CRITERION_OF[code]
        return self.local(criterion, code) * self.local(GOAL, criterion)

    @property
    def inconsistent(self) -> list[ExpertCheck]:
        """Judgements that should go back to their expert."""
        return [c for g in self.groups.values() for c in g.experts if not c.is_consistent]


def weigh(answered: Questionnaire, method: Method) -> Weighing:
    """Weights from all experts' judgements. Raises: ScenarioError where nobody is consistent."""
    return Weighing({
        group: _weigh_group(answered, group, answered.judgements[group], method)
        for group in GROUPS
    })  # fmt: skip


def _weigh_group(
    answered: Questionnaire, group: str, matrices: dict[str, Matrix], method: Method
) -> GroupWeights:
    """Weights within a group."""
    checks = tuple(_check(group, name, m, method) for name, m in matrices.items())
    kept = [matrices[c.expert] for c in checks if c.is_consistent or not method.drop]
    if not kept:
        told = "; ".join(f"{c.expert} CR {c.found.cr:.3f}" for c in checks)
        advice = "leave out --drop-inconsistent or ask them again"
        raise ScenarioError([
            f"{answered.label}: no expert is consistent on {named(group)} ({told}); {advice}"
        ])  # fmt: skip
    found = together(kept, method.aggregate, DERIVATIONS[method.weights])
    local = dict(zip(GROUPS[group], found.tolist(), strict=True))
    whole = consistency(mean_matrix(kept), method.random_index)
    return GroupWeights(local, whole, checks, len(kept))


def _check(group: str, expert: str, matrix: Matrix, method: Method) -> ExpertCheck:
    """Hold an expert's judgements in a group against the limit."""
    found = consistency(matrix, method.random_index)
    limit = limit_for(len(matrix), method.strict)
    hurt = worst_judgement(matrix, method.random_index) if found.cr >= limit else None
    return ExpertCheck(group, expert, found, limit, hurt)
