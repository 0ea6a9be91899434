"""Write docs/attribution.md from folders of results: ``python docs/make_attribution.py DIR``.

DIR holds what ``loanlab attribute l_bank --out DIR/NAME`` wrote, NAME one of PARTS or ``map``. The
words about what was found (FOUND) stand here and have their numbers from the same folders: a new
run needs new words.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import pandas as pd

from experiments.attribution import cube, report
from experiments.attribution.games import game_of
from experiments.attribution.split import Attribution
from experiments.markdown import made_with, write_page
from scenarios import load_scenario

DOCS = Path(__file__).resolve().parent

PARTS = {
    "stage": "The stages, managed as well as is declared possible",
    "stage_failures": "The stages, failure modes switched off",
    "strategy": "The strategies",
    "failure": "The sixteen failure modes",
}

ABOUT = """\
"""

FOUND = """\
"""


def asked(folder: Path) -> dict[str, Any]:
    """What was asked for, from the manifest."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    names = ("by", "put-right", "replications", "seed", "assumptions", "permutations", "map",
             "levels")  # fmt: skip
    return {name: manifest[name] for name in names if manifest.get(name) is not None}


def read(folder: Path) -> Attribution:
    """A game's result from its folder."""
    options = asked(folder)
    game = game_of(load_scenario("l_bank"), options["by"], options.get("put-right", "management"))
    pairs = pd.read_csv(folder / "interactions.csv") if game.exact else pd.DataFrame()
    shares = pd.read_csv(folder / "attribution.csv")
    return Attribution(game, shares, pairs, pd.DataFrame(), pd.DataFrame(), [])


def picture(folder: Path, name: str, to: str, words: str) -> str:
    """Copy a picture into docs/images and show it."""
    shutil.copyfile(folder / "figures" / name, DOCS / "images" / to)
    return f"![{words}](images/{to})"


def part(folder: Path, title: str) -> list[str]:
    """Paragraphs on one game."""
    words = f"{title}: parts of the loss avoided, with intervals"
    return [
        f"## {title}", made_with("attribute", "l_bank", **asked(folder)),
        *report.sections(read(folder)),
        picture(folder, "attribution.png", f"attribution_{folder.name}.png", words),
    ]  # fmt: skip


def the_map(folder: Path) -> list[str]:
    """Paragraphs on the map."""
    found = pd.read_csv(folder / "map.csv")
    title = "The pre-loan share over the cube of stage qualities"
    return [
        f"## {title}", *cube.page(found, load_scenario("l_bank"),
                                  made_with("attribute", "l_bank", **asked(folder)))[1:],
        picture(folder, "map.png", "attribution_map.png", title),
    ]  # fmt: skip


def main() -> None:
    """Write the page."""
    folder = Path(sys.argv[1])
    write_page(DOCS / "attribution.md", [
        "# Who is to blame, and who gets the credit", ABOUT.strip(), "## What was found",
        FOUND.strip(), *(p for name, title in PARTS.items() for p in part(folder / name, title)),
        *the_map(folder / "map"),
    ])  # fmt: skip


if __name__ == "__main__":
    main()
