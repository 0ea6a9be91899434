"""Write a tape's scenario: what the tape says is taken, the rest stays assumed and is listed.

Three files: NAME.toml, NAME.tape.parquet (the columns that a model samples from, no more) and
NAME.observed.json (cohorts, hazard and losses, for a later calibration).
"""

from __future__ import annotations

import json
import math
from pathlib import Path

import pandas as pd

from agents.parameters import SECTIONS, all_parameters
from scenarios.loading import load_scenario
from scenarios.problems import ScenarioError, range_text
from scenarios.schema import SCHEMA_VERSION
from scenarios.starting import extended
from scenarios.tape.profile import Profile, profiled
from scenarios.tape.reading import LoanTape
from scenarios.tape.taking import Taken, taken

_BESIDE = ("tape.parquet", "observed.json")
_WORKOUT_MONTHS = 36  # of run-off after the last maturity


def write_scenario(
    tape: LoanTape, out: Path, base: str = "l_bank", unit_cny: float = 1.0
) -> tuple[Taken, list[Path]]:
    """Write a scenario, its tape and the observed figures.

    out: NAME.toml, which must not be there. base: scenario that it extends. unit_cny: CNY of one
    unit of the tape's amounts. Returns: what was taken, and the files.
    Raises: ScenarioError where a file is there already or cannot be written.
    """
    beside = {
        kind: out.with_name(f"{out.stem}.{kind}") for kind in ("tape.parquet", "observed.json")
    }
    _check_place(out, [out, *beside.values()])
    _check_unit(unit_cny)
    load_scenario(base)
    found = taken(tape)
    try:
        tape.loans[list(found.columns)].to_parquet(beside["tape.parquet"], index=False)
        text = json.dumps(observed(tape), indent=1, ensure_ascii=False)
        beside["observed.json"].write_text(text + "\n", encoding="utf-8")
        content = _content(tape, found, out.stem, base, unit_cny, beside)
        out.write_text(content, encoding="utf-8")
    except OSError as error:
        raise ScenarioError([f"{out}: cannot be written ({error.strerror})"]) from None
    load_scenario(out)
    return found, [out, *beside.values()]


def _check_place(out: Path, files: list[Path]) -> None:
    """Can these files be written? Raises: ScenarioError."""
    problems = []
    if out.suffix.lower() != ".toml":
        problems.append(f"{out}: not a scenario file; allowed: NAME.toml")
    if not out.parent.is_dir():
        problems.append(f"{out.parent}: no such folder")
    problems += [f"{f}: is there already; nothing was written" for f in files if f.exists()]
    if problems:
        raise ScenarioError(problems)


def observed(tape: LoanTape, profile: Profile | None = None) -> dict[str, object]:
    """Figures of a tape as plain values; null where there is none."""
    p = profile or profiled(tape)
    day = tape.cut_off.date().isoformat() if tape.cut_off is not None else None
    return {
        "tape": Path(tape.label).name, "day": day, "day_told": tape.told, "totals": p.totals,
        "numbers": _records(p.numbers), "groups": _records(p.groups),
        "cohorts": _records(p.cohorts), "curves": _records(p.curves), "hazard": _records(p.hazard),
        "severity": p.severity,
    }  # fmt: skip


def _check_unit(unit_cny: float) -> None:
    """Is it a value of money? Raises: ScenarioError."""
    low, high = all_parameters()["tape_unit_cny"].allowed
    if not low <= unit_cny <= high:
        raise ScenarioError([
            f"--unit-cny {unit_cny:g} is not allowed; allowed: {range_text(low, high)}"
        ])  # fmt: skip


def _records(table: pd.DataFrame) -> list[dict[str, object]]:
    """Rows as plain values."""
    return [
        {str(k): None if isinstance(v, float) and math.isnan(v) else v for k, v in row.items()}
        for row in table.to_dict("records")
    ]


def _content(
    tape: LoanTape, found: Taken, name: str, base: str, unit_cny: float, beside: dict[str, Path]
) -> str:
    """The text of the scenario file."""
    folder = beside["observed.json"].parent
    extends = extended(base, folder)
    lines = [
        f"# {name}: firms sampled from {len(tape.loans):,} loans of {Path(tape.label).name}.",
        f"# Taken from each loan: {', '.join(found.columns)}.",
        f"# Observed cohorts, hazard and losses: {beside['observed.json'].name}.",
        *(f"# Stays: {key}: {why}." for key, why in found.kept.items()),
        "# Not on the tape, so assumed as in the scenario that this one extends:",
        *(f"#   {line}" for line in found.assumed),
        f"schema_version = {SCHEMA_VERSION}",
        f"title = {json.dumps(f'Firms of {Path(tape.label).name}', ensure_ascii=False)}",
        f"extends = {json.dumps(extends, ensure_ascii=False)}",
        *_run_off(found, base), "", "[population]",
        f"tape = {json.dumps(beside['tape.parquet'].name, ensure_ascii=False)}",
        f"tape_unit_cny = {float(unit_cny)!r}",
    ]  # fmt: skip
    # The table that is open above comes first.
    for section in sorted(SECTIONS, key=lambda name: name != "population"):
        stated = {key: found.values[key] for key in SECTIONS[section] if key in found.values}
        if stated and section != "population":
            lines += ["", f"[{section}]"]
        lines += [f"{key} = {_number(key, value)}  # {how}" for key, (value, how) in stated.items()]
    return "\n".join(lines) + "\n"


def _run_off(found: Taken, base: str) -> list[str]:
    """Months of run-off that let the longest loans end, where the base scenario has fewer."""
    longest = max((v for key, (v, _) in found.values.items() if key.endswith("_tenor")), default=0)
    needed = int(longest) + _WORKOUT_MONTHS
    if needed <= load_scenario(base).run_off_months:
        return []
    return [
        f"run_off_months = {needed}  # the longest term and {_WORKOUT_MONTHS} months of workout"
    ]


def _number(name: str, value: float) -> str:
    return str(int(value)) if all_parameters()[name].integer else repr(float(value))
