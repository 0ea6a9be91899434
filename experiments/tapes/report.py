"""The profile page of a loan tape: one HTML file that needs no other."""

from __future__ import annotations

from importlib import resources, util
from pathlib import Path
from typing import Any

import pandas as pd

from experiments.arms import StudyError
from scenarios.tape.columns import COLUMNS
from scenarios.tape.profile import Profile
from scenarios.tape.reading import LoanTape
from scenarios.tape.sampling import weights

TEMPLATE = "page.html.jinja"
TITLES = {
    "status": "State", "sector": "Sector", "is_new": "New firm", "revolving": "Revolving",
    "collateral": "Main security", "amount": "Amount",
}  # fmt: skip


def check_page(path: Path) -> None:
    """Can a page be written there? Asked before the work begins. Raises: StudyError."""
    if util.find_spec("jinja2") is None:
        raise StudyError(
            "--report needs the extra report; install it with: "
            "python -m pip install 'loanlab[report]'"
        )
    allowed = "a file that ends in .html, in a folder that exists"
    if path.suffix.lower() != ".html" or path.is_dir():
        raise StudyError(f"--report {path}: is no page; allowed: {allowed}")
    if not path.absolute().parent.is_dir():
        raise StudyError(f"--report {path}: there is no such folder; allowed: {allowed}")


def html(tape: LoanTape, profile: Profile, command: str) -> str:
    """The page. command: that makes it."""
    from jinja2 import Environment, StrictUndefined

    text = resources.files("experiments.tapes").joinpath(TEMPLATE).read_text("utf-8")
    template = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    ).from_string(text)
    return template.render(
        name=Path(tape.label).name, tape=tape, totals=profile.totals, command=command,
        day=tape.cut_off.date() if tape.cut_off is not None else None,
        filled=_rows(profile.filled), numbers=_numbers(profile.numbers),
        groups=_groups(profile.groups), cohorts=_rows(profile.cohorts),
        hazard=_rows(profile.hazard), severity=profile.severity,
        meanings={name: column.meaning for name, column in COLUMNS.items()},
        pictures=_pictures(tape, profile),
    )  # fmt: skip


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows for the template; what is not known is None."""
    rows: list[dict[str, Any]] = table.astype("object").where(table.notna(), None).to_dict(
        "records")  # type: ignore[assignment]  # fmt: skip
    return rows


def _numbers(table: pd.DataFrame) -> list[list[str]]:
    """Cells of the table of numbers."""
    return [
        [str(row["column"]), f"{row['loans']:,}", *(f"{row[c]:,.4g}" if abs(row[c]) < 100
                                                    else f"{row[c]:,.0f}" for c in row.index[2:])]
        for _, row in table.iterrows()
    ]  # fmt: skip


def _groups(table: pd.DataFrame) -> list[tuple[str, list[dict[str, Any]]]]:
    """Title and rows of each column of groups."""
    return [
        (TITLES[str(name)], _rows(group)) for name, group in table.groupby("column", sort=False)
    ]  # fmt: skip


def _pictures(tape: LoanTape, profile: Profile) -> dict[str, str]:
    """Pictures by name; those for which the tape has no figures are left out."""
    from experiments.tapes import figures

    loans, w = tape.loans, pd.Series(weights(tape.loans), index=tape.loans.index)
    found = {"amount": figures.histogram(loans["amount"], w, "amount", log=True)}
    if "term_months" in loans and loans["term_months"].notna().any():
        found["term"] = figures.histogram(loans["term_months"], w, "term (months)")
    if not profile.cohorts.empty:
        found["cohorts"] = figures.cohorts(profile.cohorts)
    if not profile.curves.empty:
        found["defaults"] = figures.curves(profile.curves, "default_share", "loans defaulted")
        if profile.curves["loss_share"].notna().any():
            found["losses"] = figures.curves(profile.curves, "loss_share", "money lost")
    if not profile.hazard.empty:
        found["hazard"] = figures.hazard(profile.hazard)
    return found
