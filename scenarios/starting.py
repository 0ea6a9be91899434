"""Write a scenario file to start from: with every key as a comment, or with qualities."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from agents.parameters import MARKS, SECTIONS, Parameter
from scenarios.loading import load_scenario
from scenarios.problems import ScenarioError, number_text, range_text, shown
from scenarios.schema import RUN_KEYS, SCHEMA_VERSION
from scenarios.toml_files import SHIPPED_SCENARIOS, is_name, shipped
from simulation.scenario import STRESSED, Scenario

_NAME = re.compile(r"[^\W\d][\w-]{0,63}")
_HEADER = """\
# {name}: begins as {source}; what is not stated here is as there.
# To change a value, remove the "# " before its line and before the [table] above it.
# Stress paths are tables [[stress]] with start_month, months, size and factor, one of
# {factors};
# for the two setbacks also share (of the living firms in guarantee circles, 0 to 1; else all).
# Own strategies are tables [strategies.NAME].
schema_version = {version}
title = {title}
extends = {extends}
"""


def new_file(name: str, source: str | os.PathLike[str], folder: str | os.PathLike[str]) -> Path:
    """Write ``NAME.toml``: it extends ``source``, with all it could change as comments.

    name: letters, digits, - and _, beginning with a letter. source: shipped name or path.
    folder: existing folder to write into. An existing file is never overwritten.
    Returns: the path of the new file.
    Raises: ScenarioError listing what is wrong with name, folder or source.
    """
    path = Path(folder) / f"{name}.toml"
    problems: list[str] = []
    if not _NAME.fullmatch(name):
        problems.append(f"{shown(name)}: not a scenario name; allowed: letters, digits, - and _")
    elif name in shipped(SHIPPED_SCENARIOS):
        problems.append(f"{name}: is the name of a shipped scenario; take another")
    if not Path(folder).is_dir():
        problems.append(f"{folder}: no such folder")
    elif path.exists():
        problems.append(f"{path}: is there already; nothing was written")
    try:
        scenario = load_scenario(source)
    except ScenarioError as error:
        raise ScenarioError([*problems, *error.problems]) from None
    if problems:
        raise ScenarioError(problems)
    _write(path, _content(name, source, path.parent, scenario))
    return path


def quality_file(
    path: str | os.PathLike[str],
    source: str | os.PathLike[str],
    qualities: Mapping[str, tuple[float, str]],
    remarks: Sequence[str],
) -> Path:
    """Write a scenario that extends ``source`` and states the management quality of stages.

    path: ending in .toml; an existing file is never overwritten. qualities: stage -> quality in
    [0, 1] and a remark. remarks: lines of comment for the head of the file.
    Returns: the path. Raises: ScenarioError listing what is wrong with path or source.
    """
    path = Path(path)
    problems: list[str] = []
    if path.suffix.lower() != ".toml":
        problems.append(f"{path}: is no scenario file; allowed: a name ending in .toml")
    elif path.exists():
        problems.append(f"{path}: is there already; nothing was written")
    elif not path.absolute().parent.is_dir():
        problems.append(f"{path}: there is no such folder")
    try:
        load_scenario(source)
    except ScenarioError as error:
        raise ScenarioError([*problems, *error.problems]) from None
    if problems:
        raise ScenarioError(problems)
    lines = [f"# {_one_line(remark)}" for remark in remarks]
    lines += [f"schema_version = {SCHEMA_VERSION}", f"title = {_quoted(path.stem)}"]
    lines += [f"extends = {_quoted(extended(source, path.parent))}", "", "[management]"]
    lines += [f"{s} = {value!r}  # {_one_line(r)}" for s, (value, r) in qualities.items()]
    _write(path, "\n".join(lines) + "\n")
    return path


def _one_line(words: str) -> str:
    """Words of a comment, without the signs that would end it or that TOML refuses."""
    return "".join(c if c.isprintable() else " " for c in words)


def _write(path: Path, text: str) -> None:
    """Write a file that must not be there yet. Raises: ScenarioError."""
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise ScenarioError([f"{path}: cannot be written ({error.strerror})"]) from None


def _content(name: str, source: str | os.PathLike[str], folder: Path, scenario: Scenario) -> str:
    """The whole text of a new file."""
    extends = extended(source, folder)
    header = _HEADER.format(
        name=name, source=scenario.name, version=SCHEMA_VERSION,
        title=_quoted(name), extends=_quoted(extends), factors=", ".join(STRESSED),
    )  # fmt: skip
    run = [f"# {key} = {getattr(scenario, key)}" for key in RUN_KEYS]
    parts = [header, "\n".join(run) + "\n", _management(scenario)]
    if scenario.tape is None or scenario.tape.sector is None:
        parts.append(_sectors(scenario))
    parts += [_section(s, known, scenario) for s, known in SECTIONS.items()]
    return "\n".join(parts)


def extended(source: str | os.PathLike[str], folder: Path) -> str:
    """How a file in ``folder`` names the scenario that it extends."""
    if is_name(source):
        return str(source)
    try:
        return Path(os.path.relpath(source, folder)).as_posix()
    except ValueError:  # another drive
        return Path(source).resolve().as_posix()


def _quoted(words: str) -> str:
    """Text as a TOML string."""
    escaped = words.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _management(scenario: Scenario) -> str:
    """Management quality, commented out."""
    lines = ["# Quality of each stage, 0 weak to 1 strong; it sets the parameters marked below.",
             "# [management]"]  # fmt: skip
    lines += [f"# {stage} = {quality!r}" for stage, quality in scenario.management.items()]
    return "\n".join(lines) + "\n"


def _sectors(scenario: Scenario) -> str:
    """Sector shares, commented out."""
    lines = ["# Shares of firms; they must add up to 1.", "# [sectors]"]
    lines += [f"# {sector} = {share!r}" for sector, share in scenario.sectors.items()]
    return "\n".join(lines) + "\n"


def _section(section: str, known: dict[str, Parameter], scenario: Scenario) -> str:
    """One table of parameters, commented out, at the source's values."""
    lines = [f"# [{section}]"]
    for name, parameter in known.items():
        value = scenario.parameters[name]
        stated = repr(int(value)) if parameter.integer else repr(value)
        lines += [f"# {name} = {stated}", f"#   {_remark(parameter)}"]
    return "\n".join(lines) + "\n"


def _remark(parameter: Parameter) -> str:
    """Default, unit, bounds, range of doubt, mark and meaning of a parameter on one line."""
    words = [
        f"{parameter.meaning} [{parameter.unit}]",
        f"default {number_text(parameter.default)}",
        range_text(*parameter.allowed, parameter.integer),
    ]
    if parameter.doubt:
        words.append("doubt {} to {}".format(*map(number_text, parameter.doubt)))
    if parameter.stage:
        words.append(f"set by management.{parameter.stage}")
    words.append(MARKS[parameter.mark].split(":")[0])
    return " ".join("; ".join(words).split())
