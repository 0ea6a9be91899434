"""An assessment from its file to its result: answers, weights, belief, process."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from experiments.assessment.belief import Gap, gaps, is_made_up
from experiments.assessment.evaluation import Evaluation, believed
from experiments.assessment.process import Process, measured, simulated
from experiments.assessment.questionnaire import Questionnaire, read_questionnaire
from experiments.assessment.records import observed
from experiments.assessment.weights import Method, Weighing, weigh
from experiments.progress import progress, tell_of_compiling
from simulation import Scenario


class Assessed(NamedTuple):
    """All that was found. process, gaps: None where only a questionnaire was asked for."""

    answered: Questionnaire
    weighing: Weighing
    belief: Evaluation
    scenario: Scenario
    process: Process | None
    gaps: list[Gap] | None

    @property
    def is_made_up(self) -> bool:
        """Are the answers those that this project made up?"""
        return is_made_up(Path(self.answered.label))


def assessed(
    file: Path, scenario: Scenario, method: Method, resamples: int, worlds: int, seed: int
) -> Assessed:
    """Evaluate a questionnaire, and as many worlds of a scenario beside it; 0 for none.

    file: the questionnaire. resamples: of the bootstrap. seed: of all luck.
    Raises: ScenarioError, StudyError.
    """
    answered = read_questionnaire(file)
    weighing = weigh(answered, method)
    belief = believed(answered, weighing, method, resamples, seed)
    if not worlds:
        return Assessed(answered, weighing, belief, scenario, None, None)
    tell_of_compiling()
    each = []
    with progress("worlds") as tell:
        for world in range(worlds):
            each.append(measured(observed(scenario, seed, world)))
            tell(world + 1, worlds)
    process = simulated(each, weighing, method.operator)
    apart = gaps(belief, process.evaluation)
    return Assessed(answered, weighing, belief, scenario, process, apart)


def heading(found: Assessed) -> str:
    """Whose answers they are, in a line."""
    file = Path(found.answered.label)
    many = {expert for judges in found.answered.judgements.values() for expert in judges}
    made_up = ", all made up" if found.is_made_up else ""
    return f"{file.name}: {len(many)} experts, {found.belief.number} respondents{made_up}"
