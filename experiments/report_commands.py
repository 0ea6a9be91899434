"""The command that writes the report of a stored study."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

Folder = Annotated[str, typer.Argument(metavar="DIR", help="Folder of a study.")]


def report(folder: Folder) -> None:
    """Write the report of a study into its folder: one page, and its pictures."""
    from experiments.report.page import check_report, missing_words, write_report
    from experiments.study import Study

    check_report()
    home = Path(folder)
    study = Study.opened(home)
    write_report(study, home / "report.html", figures=home / "figures")
    missing = missing_words(study)
    if missing:
        print(f"loanlab: {home}:{missing} Go on with: loanlab study resume {home}", file=sys.stderr)
    print(f"Written: {home / 'report.html'}, pictures in {home / 'figures'}")
