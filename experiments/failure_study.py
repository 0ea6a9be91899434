"""What each failure mode does: the bank without it, in the same worlds.

A mode is switched off alone; agents.failures says what the mode does, so without it the change
should have the other sign. Source: docs/model-basis.md, section "Failure modes".
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from rich.box import SIMPLE_HEAD
from rich.table import Table

from agents.failures import FAILURES
from experiments.markdown import table
from experiments.study import Study
from experiments.tables import about, with_interval, worlds_text
from simulation.scenario import Scenario
from simulation.switches import SWITCHES

MEASURES = {
    "loss_rate": "Loss rate", "default_rate": "PD", "lgd": "LGD",
    "exposure_at_default_share": "EAD", "disbursed": "Volume",
}  # fmt: skip
"""Measures of the table and their headings; the source has a sign for all but the first."""

AS_EXPECTED, OPPOSITE, UNEXPECTED = "as expected", "opposite", "unexpected"
NOT_RESOLVED, EITHER = "not resolved", "either sign"

_WITHOUT: dict[str, set[int]] = {
    "+": {-1}, "++": {-1}, "-": {1}, "--": {1}, "0": {0}, "0/+": {-1, 0}, "0/-": {0, 1},
}  # fmt: skip
"""Signs that a change may have without a mode, by what the mode does; others: any."""

COLUMNS = (
    "strategy", "mode", "measure", "relative_change", "relative_low", "relative_high",
    "replications", "mode_does", "verdict",
)  # fmt: skip

HEADING = (
    "Changes in % of the baseline's, with the mode switched off alone. In brackets: what the mode "
    "does by its source; switched off, the change should have the other sign. + raises, ++ raises "
    "much, 0 leaves as it is, 0/+ one of the two, +- raises or lowers, delay puts off."
)

MEANINGS = (
    "PD: probability of default. LGD: loss given default, the part of the exposure that is lost. "
    "EAD: exposure at default over the principal of the loans that default. Volume: new money lent."
)


_READ_ON = (
    "What each mode is, where it acts and what trace it leaves: "
    "[failure modes](model-basis.md#failure-modes). Loans on which one occurred: "
    "`loanlab loans l_bank --failure F01`, the story of one: `loanlab journal`."
)


def failure_study(scenario: Scenario, replications: int, seed: int) -> Study:
    """The study of all switches, assumptions as declared. Raises: StudyError."""
    return Study(scenario, list(SWITCHES), replications, seed, "fixed", references=False)


def verdict(mode_does: str, low: float, high: float) -> str:
    """What an interval of the change without a mode says of the mode's expected sign.

    mode_does: as in agents.failures; "" where the source has no sign. low, high: of the change.
    Returns: "" without a sign; ``not resolved`` where the interval covers 0, unless no effect
    is what is expected; ``unexpected`` where there is an effect and none should be.
    """
    if not mode_does:
        return ""
    found = int(low > 0.0) - int(high < 0.0)
    allowed = _WITHOUT.get(mode_does, {-1, 1})
    if not low <= high:  # an interval that is not known
        return NOT_RESOLVED
    if found in allowed:
        return EITHER if len(allowed - {0}) > 1 else AS_EXPECTED
    if found == 0:
        return NOT_RESOLVED
    return UNEXPECTED if allowed == {0} else OPPOSITE


def effects(comparison: pd.DataFrame) -> pd.DataFrame:
    """Changes without each mode, stage and all modes, with the verdicts (columns: COLUMNS).

    comparison: as from Study.comparison.
    """
    does = {f"without_{m.code}": dict(zip(list(MEASURES)[1:], m.expected, strict=True))
            for m in FAILURES}  # fmt: skip
    rows = comparison[comparison["measure"].isin(list(MEASURES))].copy()
    rows["mode"] = [mode_title(arm) for arm in rows["strategy"]]
    pairs = zip(rows["strategy"], rows["measure"], strict=True)
    rows["mode_does"] = [does.get(arm, {}).get(measure, "") for arm, measure in pairs]
    seen = zip(rows["mode_does"], rows["relative_low"], rows["relative_high"], strict=True)
    rows["verdict"] = [verdict(*row) for row in seen]
    return rows[list(COLUMNS)].reset_index(drop=True)


def mode_title(arm: str) -> str:
    """The modes that an arm is without, for people."""
    for mode in FAILURES:
        if arm == f"without_{mode.code}":
            return f"{mode.code} {mode.title}"
    stage = arm.removeprefix("without_")
    return "All modes" if stage == "failures" else f"All {stage.replace('_', '-')} modes"


def _lines(found: pd.DataFrame) -> list[list[tuple[str, str]]]:
    """For each mode its title and its cells, as (change, what the mode does and verdict)."""
    lines = []
    for mode, rows in found.groupby("mode", sort=False):
        cells = [(str(mode), "")]
        for _, row in rows.set_index("measure").loc[list(MEASURES)].iterrows():
            change = with_interval(row, "relative", 100.0, 1)
            told = f"({row['mode_does']}) {row['verdict']}" if row["verdict"] else ""
            cells.append((change, told))
        lines.append(cells)
    return lines


def failure_table(found: pd.DataFrame) -> Table:
    """Two lines a mode: the changes, and under each its verdict."""
    screen = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), show_edge=False)
    screen.add_column("Without", max_width=24, overflow="fold")
    for heading in MEASURES.values():
        screen.add_column(f"{heading}\n%", justify="right", overflow="fold")
    for line in _lines(found):
        screen.add_row(*("\n".join(filter(None, cell)) for cell in line))
    return screen


def exceptions(found: pd.DataFrame) -> list[str]:
    """A sentence on each mode of which not all is as expected."""
    sentences = []
    for mode, rows in found[found["mode_does"] != ""].groupby("mode", sort=False):
        verdicts = rows.set_index("measure")["verdict"].to_dict()
        by_verdict = {
            told: [title for name, title in MEASURES.items() if verdicts.get(name) == told]
            for told in (OPPOSITE, UNEXPECTED, NOT_RESOLVED)
        }
        said = [f"{told}: {', '.join(names)}" for told, names in by_verdict.items() if names]
        if said:
            sentences.append(f"{mode}: {'; '.join(said)}.")
    return sentences


def page(found: pd.DataFrame, scenario: Scenario, made: str) -> list[str]:
    """Paragraphs of a page in Markdown. made: the command as a block of code."""
    worlds = int(found["replications"].max())
    rows = [[" ".join(filter(None, cell)) for cell in line] for line in _lines(found)]
    open_modes = [f"- {sentence}" for sentence in exceptions(found)]
    return [
        "# Failure modes switched off, one at a time",
        f"For {about(scenario)}, in {worlds_text(worlds)}, assumptions as declared. Made with:",
        made,
        f"{HEADING} {_words()}",
        f"{MEANINGS} {_READ_ON}",
        table(["Without", *MEASURES.values()], rows),
        "## Not as expected, or not resolved",
        "\n".join(open_modes) or "Every mode does what its source says.",
    ]


def _words() -> str:
    """What the verdicts mean."""
    return (
        "Intervals: 95 %, of the paired mean. `not resolved`: the interval covers 0. "
        "`opposite`: an effect with the sign that the mode itself should have. "
        "`unexpected`: an effect where the source has none. `either sign`: the source has no "
        "one sign for it. A mode off means the check is always made, succeeds and takes no "
        "hours: an upper bound on what more care can do."
    )


def footnotes(worlds: int, scenario: Scenario) -> Sequence[str]:
    """What a reader of the printed table must know."""
    same = f"The same {worlds_text(worlds)} for all; {about(scenario)}; assumptions as declared."
    return [HEADING, _words().replace("`", ""), MEANINGS, same]
