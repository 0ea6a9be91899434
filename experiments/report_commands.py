"""The command that writes the report of a stored study."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Folder = Annotated[str, typer.Argument(metavar="DIR", help="Folder of a study.")]


def report(folder: Folder) -> None:
    """Write the report of a study into its folder: one page, and its pictures."""
    from experiments.report.page import check_report, write_report
    from experiments.study import Study

    check_report()
    home = Path(folder)
    write_report(Study.opened(home), home / "report.html", figures=home / "figures")
    print(f"Written: {home / 'report.html'}, pictures in {home / 'figures'}")
