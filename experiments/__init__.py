"""How often, and what we learn: studies, comparison, figures, the command line.

``Study`` is loaded when it is first asked for, so that the command line answers at once where
it needs no model.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from experiments.arms import StudyError
    from experiments.study import Study

__all__ = ["Study", "StudyError"]


def __getattr__(name: str) -> object:
    if name == "Study":
        from experiments.study import Study

        return Study
    if name == "StudyError":
        from experiments.arms import StudyError

        return StudyError
    raise AttributeError(f"module 'experiments' has no attribute {name!r}")
