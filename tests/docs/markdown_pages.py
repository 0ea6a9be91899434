"""Reading the project's Markdown: pages, blocks of code, headings."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]

_FENCE = re.compile(r"^```(?P<info>[^\n`]*)\n(?P<text>.*?)^```[ \t]*$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#{1,6} +(.+?) *#*$", re.MULTILINE)


class Block(NamedTuple):
    """A block of code. line: of its first line of code, counted from 1."""

    language: str
    flags: tuple[str, ...]
    line: int
    text: str


def read(path: Path) -> str:
    """A page's text."""
    return path.read_text(encoding="utf-8")


def blocks(path: Path, language: str) -> list[Block]:
    """The page's blocks of a language, in order."""
    text = read(path)
    found = []
    for match in _FENCE.finditer(text):
        first, *flags = match["info"].split() or [""]
        line = text.count("\n", 0, match.start("text")) + 1
        found.append(Block(first, tuple(flags), line, match["text"]))
    return [block for block in found if block.language == language]


def prose(path: Path) -> str:
    """The page without its blocks of code."""
    return _FENCE.sub("", read(path))


def headings(path: Path) -> list[str]:
    """The page's headings, without marks of code."""
    return [heading.replace("`", "") for heading in _HEADING.findall(prose(path))]


def anchors(path: Path) -> set[str]:
    """What a link to a heading of the page may say after the #."""
    return {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings(path)}
