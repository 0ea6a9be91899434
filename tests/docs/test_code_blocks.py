"""What the pages show is true: Python blocks run, commands and make targets exist.

The blocks ```` ```python ```` of a page run in order, in one namespace, in an empty folder; a
block that begins with ```` ```python no-run ```` is only compiled.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import markdown_pages as pages
import pytest
import typer

from experiments.cli import app

SHELL = {"sh", "bash", "console", "shell"}
WITH_PYTHON = [path for path in pages.PAGES if pages.blocks(path, "python")]


@pytest.mark.parametrize("path", WITH_PYTHON, ids=lambda path: path.name)
def test_python_blocks_run(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MPLBACKEND", "Agg")
    # As in a script: a cached kernel that calls a page's function must find its module again.
    namespace: dict[str, Any] = {"__name__": "__main__"}
    for block in pages.blocks(path, "python"):
        # Lines before the block, so that an error shows its line of the page.
        code = compile("\n" * (block.line - 1) + block.text, str(path), "exec")
        if "no-run" not in block.flags:
            exec(code, namespace)


def test_the_guide_shows_every_promised_verb() -> None:
    shown = "\n".join(b.text for b in pages.blocks(pages.ROOT / "docs" / "guide.md", "python"))
    verbs = ("select", "get", "agg", "groupby", "do", "map", "sort", "shuffle_do", "fork")
    assert [verb for verb in verbs if f".{verb}(" not in shown] == []
    assert "model.agents" in shown
    assert "DataCollector(" in shown
    assert "rules={" in shown


def commands() -> list[tuple[str, list[str]]]:
    """Every command line of a shell block: where it stands, its words."""
    found = []
    for path in pages.PAGES:
        for language in SHELL:
            for block in pages.blocks(path, language):
                text = block.text.replace("\\\n", " ")
                for line in text.splitlines():
                    words = shlex.split(line.removeprefix("$ "), comments=True)
                    if words:
                        found.append((f"{path.name}: {line}", words))
    return found


def test_commands_and_their_options_exist() -> None:
    group = typer.main.get_command(app)
    with group.make_context("loanlab", [], resilient_parsing=True) as context:
        known = group.list_commands(context)
        for where, words in commands():
            program = Path(words[0]).name
            if program != "loanlab":
                continue
            assert len(words) > 1, where
            assert words[1] in known, f"{where}\nno such command; there are {', '.join(known)}"
            command = group.get_command(context, words[1])
            if members := getattr(command, "commands", {}):  # a group, such as calibrate
                assert words[2] in members, f"{where}\nno such command; there are {list(members)}"
                command = members[words[2]]
            options = {"--help"} | {o for p in command.params for o in [*p.opts, *p.secondary_opts]}
            used = [word.split("=")[0] for word in words[2:] if word.startswith("-")]
            assert set(used) <= options, f"{where}\nno such option; there are {sorted(options)}"


def test_make_targets_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", pages.read(pages.ROOT / "Makefile"), re.MULTILINE))
    for where, words in commands():
        if words[0] == "make":
            asked = [word for word in words[1:] if "=" not in word and not word.startswith("-")]
            assert set(asked) <= targets, where
