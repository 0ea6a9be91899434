"""What if: scenario files, strategies, loan tapes.

A scenario is a TOML file, shipped by name or the user's own by path; ``load_scenario`` turns
it into the plain, checked values that simulation is built from.
"""

from scenarios.catalogue import list_strategies
from scenarios.explaining import Difference, difference, explain
from scenarios.loading import check, list_scenarios, load_scenario
from scenarios.problems import ScenarioError
from scenarios.starting import new_file, quality_file
from scenarios.tape import read_tape

__all__ = [
    "Difference",
    "ScenarioError",
    "check",
    "difference",
    "explain",
    "list_scenarios",
    "list_strategies",
    "load_scenario",
    "new_file",
    "quality_file",
    "read_tape",
]
