"""The page: what is put into the template, and how it is written."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping, Sequence
from importlib import resources, util
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.arms import MODES, StudyError, arm_title
from experiments.report.grid import Grid, by_arm, cells

if TYPE_CHECKING:
    import pandas as pd

    from experiments.report.gallery import Picture
    from experiments.study import Study

TEMPLATE = "page.html.jinja"


def check_report() -> None:
    """Can a report be made? Asked before the work begins. Raises: StudyError."""
    if util.find_spec("jinja2") is None:
        raise StudyError(
            "a report needs the extra report; install it with: "
            "python -m pip install 'loanlab[report]'"
        )


def write_report(
    study: Study, path: Path, more: Iterable[Picture] = (), *, figures: Path | None = None
) -> None:
    """Write the report of a study that was run. The same study gives the same bytes.

    path: HTML file to write; it appears when it is whole. more: further pictures, after the
    study's own, of an attribution for instance. figures: folder for the pictures as PNG, if
    wanted. Raises: StudyError where the extra ``report`` is missing or the study holds no run of
    the baseline with the assumptions as declared.
    """
    check_report()
    if not study.has_declared_baseline:
        raise StudyError(
            "the study has no run of the baseline with the assumptions as declared, which every "
            "picture shows, so there is nothing to report"
        )
    partial = path.with_name(f".{path.name}.partial")
    partial.write_text(html(study, more, figures=figures), encoding="utf-8", newline="\n")
    partial.replace(path)


def html(study: Study, more: Iterable[Picture] = (), *, figures: Path | None = None) -> str:
    """The page as text; arguments and errors as of ``write_report``."""
    check_report()
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup

    from experiments.figures import svg_text

    contents = _contents(study, more)
    if figures is not None:
        _write_pictures(contents, figures)
    text = resources.files("experiments.report").joinpath(TEMPLATE).read_text("utf-8")
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    # An SVG is our own text, made by matplotlib, which escapes what stands in it.
    environment.filters["svg"] = lambda p: Markup(svg_text(p.figure, p.name))
    return environment.from_string(text).render(**contents)


def _write_pictures(contents: Mapping[str, Any], folder: Path) -> None:
    """All pictures of the page as PNG, by name."""
    from experiments.figures import finish

    folder.mkdir(parents=True, exist_ok=True)
    segments = contents["segments"]
    driving = [part.picture for part in contents["drivers"] if part.picture]
    for picture in [*contents["pictures"], *([segments] if segments else []), *driving]:
        finish(picture.figure, folder / f"{picture.name}.png")


def _contents(study: Study, more: Iterable[Picture]) -> dict[str, Any]:
    """What the template shows."""
    from experiments.report import numbers
    from experiments.report.answer import answer
    from experiments.report.drivers import drivers
    from experiments.report.findings import findings
    from experiments.report.gallery import pictures
    from experiments.report.limits import NOT_MODELLED
    from experiments.report.register_grid import loans_grid, register_grid
    from experiments.report.shown import why_shown
    from experiments.tables import unpaired

    found = findings(study)
    shown = [*pictures(found), *more]
    return {
        "scenario": study.scenario, "about": _about(study), "answer": answer(found),
        "headline": _headline(study, found.comparison), "money": _money(study, found.money),
        "pictures": [p for p in shown if p.name != "segments"],
        "segments": next((p for p in shown if p.name == "segments"), None),
        "approvals": numbers.approvals(study, found.segments),
        "register": register_grid(found.register), "loans": loans_grid(found.shown),
        "limits": NOT_MODELLED,
        "gaps": [*unpaired(study), *(study.equal_gaps() if study.references else [])],
        "drivers": drivers(study),
        "failed": len(study.failures), "shown": why_shown(study), **_assumed(study), **_made(study),
    }  # fmt: skip


def _about(study: Study) -> str:
    """What was run, in a sentence."""
    from experiments.tables import FEW_WORLDS, about, rough_words, worlds_text

    worlds = study.runs.groupby("assumptions")["replication"].nunique()
    rough = f" {rough_words()}" if worlds.max() < FEW_WORLDS else ""
    told = [
        f"{worlds_text(int(worlds.get(mode, 0)))} with the assumptions {words}"
        for mode, words in (("fixed", "as declared"), ("drawn", "drawn"))
        if mode in MODES[study.assumptions]
    ]
    return (
        f"{' and '.join(told).capitalize()}, "
        f"{study.scenario.months} months of new lending, every arm in the same worlds; "
        f"{about(study.scenario)}.{missing_words(study)}{rough}"
    )


def missing_words(study: Study) -> str:
    """What has not been run yet, as a sentence that follows another; "" where all has."""
    from experiments.store.report import status_of

    found = status_of(study)
    if not found["missing"]:
        return ""
    return (
        f" The study is incomplete: {found['missing']:,} of {found['planned']:,} runs are missing."
    )


def _headline(study: Study, comparison: pd.DataFrame) -> Grid:
    """The table of strategies."""
    from experiments.tables import LABELS

    headings = {
        "loss_rate": "Loss rate, %", "risk_adjusted_profit": "Profit, m CNY",
        "disbursed": "New loans, %", "default_rate_24m": "Default in 24 months, points",
        "good_refused_share": "Good refused, points", "decision_days": "Decision, days",
        "npl_ratio": "Reported NPL, points", "npl_ratio_true": "True NPL, points",
        "strategy_cost": "Cost, m CNY",
    }  # fmt: skip
    rows = []
    for (arm, interval), part in by_arm(comparison).groupby(["strategy", "interval"], sort=False):
        own: Any = part.set_index("measure")
        rows.append([arm_title(study.scenario, str(arm)), LABELS[str(interval)],
                     *cells(own, headings)])  # fmt: skip
    return Grid(
        "Changes from the baseline. Loss rate and new loans in % of the baseline's. luck: "
        "assumptions as declared; both: drawn in each world. Intervals 95 %, of the mean. Good "
        "refused: applications that would have repaid, of all decided.",
        ("Strategy", "Worlds", *headings.values()), rows, 2,
    )  # fmt: skip


def _money(study: Study, money: pd.DataFrame) -> Grid | None:
    """Net present value, chance and pay-back."""
    from experiments.money_table import WORDS, money_cells
    from experiments.tables import LABELS

    told = money_cells(by_arm(money))
    if not told:
        return None
    headings = [heading.replace("\n", " ") for heading in next(iter(told.values()))]
    rows = [
        [arm_title(study.scenario, arm), LABELS[interval], *line.values()]
        for (arm, interval), line in told.items()
    ]
    return Grid(" ".join(WORDS), ("Strategy", "Worlds", *headings), rows, 2)


def _assumed(study: Study) -> dict[str, Any]:
    """Parameters with their marks, and the strategies."""
    from experiments.report.assumptions import mark_counts, parameter_grids, strategy_grid

    return {
        "parameters": parameter_grids(study.scenario), "marks": mark_counts(),
        "strategies": strategy_grid(study.scenario, list(study.strategies)),
    }  # fmt: skip


def _made(study: Study) -> dict[str, Any]:
    """How the study is made again. All of it is the study's own, nothing this machine's."""
    facts = study.facts
    scenario_hash, seed, version, rules = facts["identity"]
    made = {
        "Scenario (SHA-256)": scenario_hash, "Seed": str(seed), "Model": version,
        "Replaced rules": ", ".join(facts["rules"]) + f" ({rules})" if rules else "none",
        **{f"Made with {name}": value for name, value in facts["platform"].items()},
    }  # fmt: skip
    replaced = facts["rules"]
    again = python_call(study, replaced) if replaced else command(study)
    return {"command": again, "made": made, "replaced": replaced}


def command(study: Study) -> str:
    """The command that makes the study, for a shipped scenario without other changes."""
    scenario = study.scenario
    words = [
        "loanlab", "compare", scenario.name,
        "--strategies", ",".join(study.strategies[1:]),
        "--replications", str(study.replications), "--enterprises", str(scenario.enterprises),
        "--months", str(scenario.months), "--seed", str(study.seed),
        "--assumptions", study.assumptions,
    ]  # fmt: skip
    return shlex.join(words)


def python_call(study: Study, replaced: Sequence[str]) -> str:
    """The same in Python, for a study with replaced rules, which no command takes.

    replaced: names of the rules.
    """
    scenario = study.scenario
    rules = ", ".join(f'"{name}": {name}' for name in replaced)
    return (
        "from experiments import Study\n"
        "from scenarios import load_scenario\n\n"
        f'# {", ".join(replaced)}: your functions; study.facts["rule_sources"] has their text\n'
        f'scenario = load_scenario("{scenario.name}", enterprises={scenario.enterprises}, '
        f"months={scenario.months})\n"
        f"study = Study(scenario, {list(study.strategies[1:])}, replications={study.replications}, "
        f'seed={study.seed}, assumptions="{study.assumptions}", '
        f"references={bool(study.references)}, rules={{{rules}}})\n"
        "study.run(out=DIR)"
    )
