"""The runs behind the published experiments: a study for each scenario, the same seeds for all.

A setting is an arm of the scenario (``baseline``, ``volume_pay``, ``a+b``), a shipped scenario
whose stress paths are laid over it (``officers_leave``), or ``naive_hours`` and
``naive_hours+a``: the baseline and an arm under another rule for hours.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

import pandas as pd

from experiments.arms import BASELINE, parts
from experiments.published import NAIVE, Experiment
from experiments.running import Progress
from experiments.study import Rules, Study
from scenarios import list_scenarios, load_scenario
from simulation.scenario import Scenario, Strategy


def naive_file_hours(
    wanted: float,
    other: float,
    available: float,
    priority: float,
    audit: float,  # noqa: ARG001  (a replacement takes what the rule takes)
) -> float:
    """Hours for files where pay decides: files get the share ``priority`` of them first."""
    if wanted + other <= available:
        return wanted
    return min(wanted, max(priority * available, available - other))


class Part(NamedTuple):
    """A study and the settings that its arms stand for."""

    study: Study
    settings: dict[str, str]


def settings_of(experiments: Iterable[Experiment]) -> list[str]:
    """Every setting that the experiments compare, once."""
    both = (setting for e in experiments for setting in (e.against, e.arm))
    return list(dict.fromkeys(both))


def left_out(scenario: Scenario, experiments: Iterable[Experiment]) -> list[str]:
    """A sentence on each experiment that cannot be run, because a setting is not there."""
    sentences = []
    for experiment in experiments:
        missing = [s for s in settings_of([experiment]) if not _is_known(scenario, s)]
        if missing:
            sentences.append(
                f"{experiment.title}: left out, there is no strategy or scenario {missing[0]}."
            )
    return sentences


def _is_known(scenario: Scenario, setting: str) -> bool:
    names = [name for name in parts(setting) if name != NAIVE]
    return all(name in scenario.catalogue for name in names) or setting in _variants()


def _variants() -> list[str]:
    """Shipped scenarios."""
    return [name for name, _ in list_scenarios()]


def studies(
    scenario: Scenario, experiments: Sequence[Experiment], replications: int, seed: int
) -> list[Part]:
    """The studies that run every setting that is there. Raises: StudyError."""
    known = [s for s in settings_of(experiments) if _is_known(scenario, s)]
    naive = [s for s in known if NAIVE in parts(s)]
    variants = [s for s in known if s not in naive and not set(parts(s)) <= set(scenario.catalogue)]
    arms = [s for s in known if s not in naive and s not in variants]

    def part(of: Scenario, settings: dict[str, str], rules: Rules | None = None) -> Part:
        study = Study(
            of, list(settings), replications, seed, "fixed", references=False, rules=rules
        )  # fmt: skip
        return Part(study, settings)

    found = [part(scenario, {arm: arm for arm in arms})] if arms else []
    found += [part(stressed(scenario, name), {BASELINE: name}) for name in variants]
    if naive:
        settings = {_without_naive(s): s for s in naive}
        found.append(part(_naive(scenario), settings, {"file_hours_granted": naive_file_hours}))
    return found


def _without_naive(setting: str) -> str:
    return "+".join(name for name in parts(setting) if name != NAIVE) or BASELINE


def stressed(scenario: Scenario, variant: str) -> Scenario:
    """The scenario with the stress paths of a shipped one as well."""
    stress = load_scenario(variant).stress
    return replace(scenario, name=variant, stress=(*scenario.stress, *stress))


def _naive(scenario: Scenario) -> Scenario:
    """The scenario in which files claim hours by the weight of volume in pay.

    The rule for hours does not take that weight, so the files' priority is made equal to it.
    """
    values = dict(scenario.parameters)
    values["origination_priority"] = values["volume_weight"]
    strategies = {name: _claims_hours(s) for name, s in scenario.strategies.items()}
    return replace(scenario, name=NAIVE, parameters=values, strategies=strategies)


def _claims_hours(strategy: Strategy) -> Strategy:
    """A strategy that moves the files' priority with the weight of volume."""
    if "volume_weight" not in strategy.adds:
        return strategy
    more = {**strategy.adds, "origination_priority": strategy.adds["volume_weight"]}
    return replace(strategy, adds=more)


def run_parts(found: Sequence[Part], jobs: int, progress: Progress | None = None) -> pd.DataFrame:
    """Run the studies; returns their runs with ``strategy`` the setting."""
    total = sum(len(part.study.worlds) for part in found)
    tables, before = [], 0
    for part in found:

        def tell(done: int, _: int, before: int = before) -> None:
            if progress is not None:
                progress(before + done, total)

        runs = part.study.run(jobs, progress=tell).runs
        before += len(part.study.worlds)
        wanted = runs[runs["strategy"].isin(list(part.settings))]
        tables.append(wanted.assign(strategy=wanted["strategy"].map(part.settings)))
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()
