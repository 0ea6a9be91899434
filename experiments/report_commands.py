"""The command that writes the report of a stored study."""

from __future__ import annotations

import sys
from pathlib import Path

from experiments.store_commands import Elsewhere, Folder


def report(folder: Folder, out: Elsewhere = None) -> None:
    """Write the report of a study: one page, and its pictures."""
    from experiments.report.page import check_report, missing_words, write_report
    from experiments.study import Study

    check_report()
    study = Study.opened(folder)
    home = Path(out or folder)
    write_report(study, home / "report.html", figures=home / "figures")
    missing = missing_words(study)
    if missing:
        print(
            f"loanlab: {folder}:{missing} Go on with: loanlab study resume {folder}",
            file=sys.stderr,
        )
    print(f"Written: {home / 'report.html'}, pictures in {home / 'figures'}")
