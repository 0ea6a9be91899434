"""Pages in Markdown that commands write: a table, the command that made them, the file."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

from experiments.arms import StudyError


def check_page(path: Path) -> None:
    """May a page be written there? Asked before the work begins. Raises: StudyError."""
    allowed = "a file that ends in .md, in a folder that exists"
    if path.suffix.lower() != ".md" or path.is_dir():
        raise StudyError(f"--markdown {path}: is no page; allowed: {allowed}")
    if not path.absolute().parent.is_dir():
        raise StudyError(f"--markdown {path}: there is no such folder; allowed: {allowed}")


def write_page(path: Path, paragraphs: Sequence[str]) -> None:
    """Write a page, one empty line between paragraphs."""
    path.write_text("\n\n".join(paragraphs) + "\n", encoding="utf-8")


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table. rows: cells in the order of the headings."""
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join(f"| {' | '.join(_cell(text) for text in line)} |" for line in lines)


def _cell(text: str) -> str:
    """A cell: on one line, its bars made harmless."""
    return " ".join(text.split()).replace("|", "\\|")


def made_with(command: str, scenario: str, **options: int | str | bool | None) -> str:
    """The command that makes a page again, as a block of code.

    options: None or False where left out, True where an option takes no value.
    """
    words = ["loanlab", command, scenario]
    for name, value in options.items():
        if value is None or value is False:
            continue
        words += [f"--{name}"] if value is True else [f"--{name}", str(value)]
    return f"```sh\n{shlex.join(words)}\n```"
