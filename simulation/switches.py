"""Arms in which failure modes cannot occur: one mode, a stage's modes, or all.

A switch is a strategy at no cost and without ramp that moves nothing but the switches declared
in ``agents.failures``. Source: docs/model-basis.md, section "Failure modes".
"""

from __future__ import annotations

from agents.failures import FAILURES, Failure
from agents.parameters import STAGES
from simulation.scenario import Strategy

_STAGES_ZH = {"pre_loan": "贷前", "approval": "贷中", "post_loan": "贷后"}


def _switch(name: str, title: str, title_zh: str, modes: tuple[Failure, ...]) -> Strategy:
    """The arm without some failure modes."""
    off = {mode.name: -1.0 for mode in modes}
    return Strategy(name, title, title_zh, kind="switch", adds=off, half_month=0.0)


def _stage(stage: str) -> Strategy:
    modes = tuple(mode for mode in FAILURES if mode.stage == stage)
    title = f"Without {stage.replace('_', '-')} failures"
    return _switch(f"without_{stage}", title, f"无{_STAGES_ZH[stage]}失效", modes)


SWITCHES: dict[str, Strategy] = {
    arm.name: arm
    for arm in (
        *(
            _switch(f"without_{m.code}", f"Without {m.code}", f"无{m.title_zh}", (m,))
            for m in FAILURES
        ),
        *(_stage(stage) for stage in STAGES),
        _switch("without_failures", "Without any failure", "无流程失效", FAILURES),
    )
}
"""Arms by name: ``without_F01`` to ``without_F16``, ``without_<stage>``, ``without_failures``."""
