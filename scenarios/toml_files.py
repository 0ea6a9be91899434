"""Find scenario files, by name or by path, and read their TOML."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from scenarios.problems import ScenarioError, nearest, shown

SHIPPED_SCENARIOS = Path(__file__).resolve().parent / "files"
SHIPPED_STRATEGIES = Path(__file__).resolve().parent / "strategies"


def shipped(folder: Path) -> dict[str, Path]:
    """Name -> path of the TOML files of a folder, sorted by name."""
    return {path.stem: path for path in sorted(folder.glob("*.toml"))}


def is_name(source: str | os.PathLike[str]) -> bool:
    """Is it a scenario's name (``l_bank``) rather than a path?"""
    if not isinstance(source, str):
        return False
    return not source.lower().endswith(".toml") and not set(source) & {"/", "\\"}


def find_scenario(source: str | os.PathLike[str], beside: Path | None = None) -> Path:
    """Path of a scenario given by its shipped name or by a path.

    beside: folder that a relative path starts from; the working folder where None.
    Raises: ScenarioError where there is no such scenario, with the nearest known name.
    """
    folder = beside or Path()
    if is_name(source):
        known = shipped(SHIPPED_SCENARIOS)
        name = str(source)
        if name in known:
            return known[name]
        if f"{name}.toml" in {path.name for path in folder.glob("*.toml")}:
            advice = f"; for the file write {name}.toml"
        else:
            advice = nearest(name, known)
        raise ScenarioError([f"{shown(name)}: unknown scenario{advice}"])
    return folder / source


def read_toml(path: Path, label: str) -> dict[str, Any]:
    """The tables of a TOML file as written.

    label: how messages name the file.
    Raises: ScenarioError where the file is missing, empty, not text or not TOML.
    """
    content = _content(path, label)
    if not content.strip():
        raise ScenarioError([f"{label}: the file is empty"])
    try:
        return tomllib.loads(content)
    except tomllib.TOMLDecodeError as error:
        raise ScenarioError([f"{label}: not valid TOML: {error}"]) from None
    except RecursionError:
        raise ScenarioError([f"{label}: not valid TOML: brackets too deep"]) from None
    except ValueError:  # Python refuses integers of thousands of digits
        raise ScenarioError([f"{label}: not valid TOML: a number has too many digits"]) from None


def _content(path: Path, label: str) -> str:
    """A file's text."""
    try:
        if path.is_dir():
            raise ScenarioError([f"{label}: is a folder, not a file"])
        if not path.is_file():
            raise ScenarioError([f"{label}: no such file{_neighbour(path)}"])
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ScenarioError([f"{label}: not a text file in UTF-8"]) from None
    except (OSError, ValueError) as error:
        if isinstance(error, ScenarioError):
            raise
        reason = getattr(error, "strerror", None) or "not a file name"
        raise ScenarioError([f"{label}: cannot be read ({reason})"]) from None


def _neighbour(path: Path) -> str:
    """The nearest of our TOML files in the same folder, as the end of a message."""
    beside: Iterable[Path] = path.parent.glob("*.toml") if path.parent.is_dir() else ()
    advice = nearest(path.name, [p.name for p in beside if _is_ours(p)])
    return advice if "nearest" in advice else ""


def _is_ours(path: Path) -> bool:
    """Does a file name its schema, as every scenario and mapping does and pyproject.toml not?"""
    try:
        return b"schema_version" in path.read_bytes()
    except OSError:
        return False
