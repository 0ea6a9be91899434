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
Several stages, strategies or failure modes together avoid a part of the loss. How much of it is
owed to each? By Shapley's rule: to each what it adds when it comes, averaged over all orders in
which they can come. The parts add up to the whole in every simulated world, nobody gets credit
for nothing, and who brings the same gets the same. Definitions: [model
basis](model-basis.md#attribution).

All is measured *at equal volume*: against the baseline with its cut-off moved until it lends as
much. Otherwise refusing more would count as managing better. The columns *as it comes* leave that
out. *Loss avoided* is here that of new lending alone; in `loanlab compare`
([README](../README.md#what-it-answers)) it is that of the whole book, less lending included.

The survey at L Bank gives the pre-loan stage a weight of 58.237 %: perceived importance, by
questionnaire, not a share of losses ([how to read it](model-basis.md#the-study-of-l-bank)). It
stands beside the model's shares and was not used to set any number.

Made with the commands below, each with `--out DIR/NAME`, and `python docs/make_attribution.py
DIR`. A bank with L Bank's assumed weaknesses; intervals 95 %; [..] without a word are luck alone,
assumptions as declared.
"""

FOUND = """\
**The stages.** Managed as well as is declared possible, the three together avoid 19 % [15, 24] of
the loss rate at equal volume, and each about a third of it: pre-loan 33 % [22, 43], approval 35 %
[24, 46], post-loan 33 % [23, 42]. With assumptions drawn, pre-loan has 17 % [-7, 41]. The
surveyed 58 % lies above both intervals. With the failure modes switched off instead, pre-loan has
48 % [30, 65], which cannot be told from 58 %, and 35 % [22, 48] with assumptions drawn, which
can. So the answer hangs on what "put right" means.

Why the model gives the pre-loan stage less than the survey does:

- Better checks find more bad files, so more are refused: with pre-loan management put right the
  bank lends 8 % less and the loss rate falls by 16 %. A stricter cut-off that lends as little
  avoids half of that without any better check. Approval is alike: 11 % less volume, 18 % less
  loss.
- Post-loan management moves the loss given default (44 to 40 %) and hardly the volume, so it
  keeps what it avoids when volume is held equal: 18 % of the whole as it comes, 33 % at equal
  volume.
- Declared strong management is no perfection: the share of checks made rises from 52 to 81 %, and
  a check that is made may find nothing. A mode switched off is perfection, and adds most where
  most is missed: the pre-loan share is then larger, 53 % as it comes.
- The survey asked how important a stage is, not how much is lost there. The two need not agree,
  and where they do it shows little.

**What replaces what.** Between the stages' modes one interaction is resolved, as declared and
with assumptions drawn: pre-loan and post-loan together avoid 8 and 6 points of the loss rate less
than the sum of both, because loans that are not made need no rescue. Pre-loan avoids 21 % alone
and 7 % last.

**Where they agree.** Over banks of other qualities
([map](#the-pre-loan-share-over-the-cube-of-stage-qualities)) the pre-loan share runs from 14 to
60 %. It comes near the surveyed weight where approval is strong and pre-loan management weak: 56
% [19, 93] and 60 % [21, 100]. With 24 worlds a bank those intervals tell little more than the
direction. Three banks of eight lie below 58 % with the whole interval, none above; at a bank that
is strong everywhere so little is left to avoid that no share can be told.

**The strategies.** As declared, internal control has 89 % [54, 125] of what the four avoid
together (9 % [4, 13] of the loss rate at equal volume); the parts of the other three are not
resolved. A share above 100 % is none too many: another part may be negative. With assumptions
drawn nothing is left of all four together, -1 % [-8, 7], so no shares are told. There the
pre-loan process has a negative part, -8 % [-13, -3]: it lends less because files wait for their
hours, and a stricter cut-off that lends as little would have avoided more. The others avoid
little: internal control 4 % [-0.1, 8.1], warning 1.6 % [0.2, 3.0], staff ability 1.4 % [0.4,
2.5]. Two interactions of twelve have intervals that leave 0 out, both near 1 %, of different
pairs and in one kind of world only; by luck alone one of twenty would.

**The failure modes.** All sixteen off avoid 29 % [22, 36]. F01, unverified statements, has the
largest part: 10 % [6, 14], a third of the whole. Hidden bad loans (F16), waived conditions (F10)
and late warnings (F13) have about 3 % each. F09, limits granted as asked, avoids 11 % [6, 15] as
it comes and nothing that can be told at equal volume, 0 % [-5, 5]: lending less avoids as much.
F04, inflated appraisals, is below 0, -0.7 % [-1.2, -0.3]: without it the bank lends a little less
and loses no less. The six pre-loan modes add up to 52 %, the stage as one player has 48 %: a
split depends on who plays. Orders not tried add little to the error, luck most of it.

What it does not mean:

- A part is not a cause in law or history. It is an average over orders of coming, and depends on
  who plays, on what "put right" means, and on what is held equal.
- Parts are not what a bank gets for doing one thing: for that see *alone*, and the
  [comparison](strategies.md). Cost is not in them.
- A negative part does not say that the work is useless: as it comes the same process avoids 5 %
  [2, 8].
- Most assumptions behind the sizes are not measured. The intervals with assumptions drawn are of
  the mean over banks, not the range in which one bank's share lies.
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
