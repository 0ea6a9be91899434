"""References hold: cited sections, links, names of parameters, the order of the month."""

from __future__ import annotations

import ast
import inspect
import re
from functools import cache
from pathlib import Path

import markdown_pages as pages
import pytest

from agents import bank, enterprise, loan, officer
from agents.parameters import SECTIONS, all_parameters
from simulation.measures import UNITS
from simulation.model import LoanPortfolio
from simulation.months import DTYPE
from simulation.switches import SWITCHES

ROOT = pages.ROOT
DOCS = ROOT / "docs"
BASIS = DOCS / "model-basis.md"
PACKAGES = ("agents", "simulation", "scenarios", "experiments", "benchmarks", "docs")
SOURCES = [path for folder in PACKAGES for path in sorted((ROOT / folder).rglob("*.py"))]
FILES = sorted((ROOT / "scenarios").rglob("*.toml"))
LINKED = [*pages.PAGES, ROOT / "CONTRIBUTING.md"]

_CITED = re.compile(r'docs/([\w-]+\.md)`*,? sections? ((?:"[^"]+"(?:, | and )?)+)')
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_CODE = re.compile(r"`([^`\n]+)`")
_SNAKE = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)+")


def running_text(path: Path) -> str:
    """A source's text with line breaks, and the marks of comments after them, as blanks."""
    return re.sub(r"\s*\n\s*(?:# ?)?", " ", pages.read(path))


def cited_sections() -> list[tuple[str, str, str]]:
    """Every section that a source cites: (source, page, section)."""
    return [
        (str(path.relative_to(ROOT)), page, section)
        for path in [*SOURCES, *FILES]
        for page, sections in _CITED.findall(running_text(path))
        for section in re.findall(r'"([^"]+)"', sections)
    ]


def test_the_search_for_citations_finds_them() -> None:
    found = {section for _, page, section in cited_sections() if page == BASIS.name}
    assert {"Economy", "Enterprises", "Loan officers", "Closed forms"} <= found


@pytest.mark.parametrize(
    ("source", "page", "section"), cited_sections(), ids=lambda part: str(part)
)
def test_cited_sections_exist(source: str, page: str, section: str) -> None:
    assert (DOCS / page).is_file(), f"{source} cites docs/{page}"
    assert section in pages.headings(DOCS / page), f"{source}: docs/{page} has no {section!r}"


def test_cited_pages_exist() -> None:
    texts = [*SOURCES, *FILES, *LINKED, ROOT / "Makefile"]
    cited = {
        (str(path.relative_to(ROOT)), name)
        for path in texts
        for name in re.findall(r"\bdocs/([\w/-]+\.(?:md|py))", pages.read(path))
    }
    assert sorted(c for c in cited if not (DOCS / c[1]).is_file()) == []


@pytest.mark.parametrize("path", LINKED, ids=lambda path: path.name)
def test_links_resolve(path: Path) -> None:
    broken = []
    for target in _LINK.findall(pages.prose(path)):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        page = (path.parent / name).resolve() if name else path
        if not page.exists() or (anchor and anchor not in pages.anchors(page)):
            broken.append(target)
    assert broken == []


@cache
def known_names() -> frozenset[str]:
    """Every name that code or files use: identifiers, arguments, keys, columns, constants."""
    names = {*all_parameters(), *UNITS, *(DTYPE.names or ())}
    names |= {n.removesuffix("_fen") + "_cny" for n in DTYPE.names or () if n.endswith("_fen")}
    names |= set(SWITCHES)
    for record in (bank, enterprise, loan, officer):
        names |= set(record.FIELDS)
    for path in SOURCES:
        for node in ast.walk(ast.parse(pages.read(path))):
            for attribute in ("id", "attr", "arg", "name", "value"):
                value = getattr(node, attribute, None)
                if isinstance(value, str):
                    names.add(value)
    for path in FILES:
        names |= {path.stem, *re.findall(r"\w+", pages.read(path))}
    return frozenset(names)


@pytest.mark.parametrize("path", pages.PAGES, ids=lambda path: path.name)
def test_names_in_code_letters_exist(path: Path) -> None:
    """A name with an underscore, or ``section.parameter``, must be one that the project has.

    ``failures.csv`` is a file, not a parameter of a section.
    """
    wrong = []
    for code in _CODE.findall(pages.prose(path)):
        section, _, name = code.partition(".")
        if name and section in SECTIONS and re.fullmatch(r"\w+", name) and name != "csv":
            wrong += [] if name in SECTIONS[section] else [code]
        elif _SNAKE.fullmatch(code) and code not in known_names():
            wrong.append(code)
    shown = "\n".join(block.text for block in pages.blocks(path, "python"))
    assert [name for name in wrong if name not in shown] == []


@pytest.mark.parametrize("path", LINKED, ids=lambda path: path.name)
def test_paths_in_code_letters_exist(path: Path) -> None:
    found = re.findall(rf"`((?:{'|'.join(PACKAGES)}|tests)/[\w./-]*)`", pages.prose(path))
    names = [name for name in found if "NAME" not in name]
    assert [name for name in names if not (ROOT / name).exists()] == []


def test_every_parameter_is_explained() -> None:
    words = set(re.findall(r"\w+", pages.read(BASIS)))
    missing = sorted(set(all_parameters()) - words)
    assert missing == [], f"say in docs/model-basis.md what these parameters do: {missing}"


def test_every_measure_is_defined() -> None:
    cells = "\n".join(line for line in pages.read(BASIS).splitlines() if line.startswith("| `"))
    missing = sorted(name for name in UNITS if f"`{name}`" not in cells)
    assert missing == [], f'define in docs/model-basis.md, section "Measures": {missing}'


def test_the_order_of_the_month_is_that_of_the_model() -> None:
    story = inspect.getsource(LoanPortfolio._live_one_month)
    stages = [*re.findall(r'_do\("(\w+)"', story), "close_month"]
    text = pages.prose(DOCS / "ODD.md")
    places = [text.find(f"(`{stage}`)") for stage in stages]
    assert -1 not in places, dict(zip(stages, places, strict=True))
    assert places == sorted(places)
