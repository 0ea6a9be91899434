"""An attribution as a picture of a study's report."""

from __future__ import annotations

from experiments.attribution.figures import draw_attribution
from experiments.attribution.report import headings, lines
from experiments.attribution.split import Attribution
from experiments.report.gallery import Picture
from experiments.report.grid import Grid

TITLES = {
    "stage": "Which stage the loss comes from", "strategy": "Which strategy gets the credit",
    "failure": "Which failure modes the loss comes from",
}  # fmt: skip
"""By who plays."""


def attribution_picture(found: Attribution) -> Picture:
    """Bars of what each player avoids, for ``write_report(study, path, more=[...])``."""
    rows = [row for player in lines(found) for row in player]
    return Picture(
        f"attribution_{found.game.by}", TITLES[found.game.by],
        "A bar is what a part avoids on average over all orders in which the parts can come; the "
        "bars add up to what all avoid together.", draw_attribution(found),
        Grid("At equal volume, and as it comes; 95 % intervals.",
             [heading.replace("\n", " ") for heading in headings(found)], rows, 2),
    )  # fmt: skip
