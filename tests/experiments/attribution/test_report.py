"""Tables, sentences and pictures of an attribution, and the command that makes them."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pandas as pd
import pytest

from experiments import Study, cli, tables
from experiments.attribution.figures import draw_attribution
from experiments.attribution.report import footnotes, headings, lines, page
from experiments.attribution.split import ALL, Attribution
from experiments.attribution.words import SURVEYED_WEIGHT, joint, surveyed, title_of, where_is
from experiments.markdown import made_with
from experiments.report.attribution import attribution_picture
from experiments.report.page import html

PNG = b"\x89PNG"


def with_share(found: Attribution, value: float, low: float, high: float) -> Attribution:
    """The same with the pre-loan stage's share at equal volume by hand."""
    shares = found.shares.copy()
    own = (shares["player"] == "right_pre_loan") & (shares["interval"] == "luck")
    shares.loc[own, ["share_value", "share_low", "share_high"]] = value, low, high
    return found._replace(shares=shares[shares["interval"] == "luck"])


@pytest.mark.parametrize(
    ("value", "low", "high", "where"),
    [(0.3, 0.2, 0.4, "above"), (0.55, 0.4, 0.7, "in"), (0.8, 0.7, 0.9, "below")],
)
def test_the_surveyed_weight_stands_beside_the_share(
    found: Attribution, value: float, low: float, high: float, where: str
) -> None:
    assert where_is(SURVEYED_WEIGHT, low, high) == where
    told = surveyed(with_share(found, value, low, high))
    assert told == [
        f"Pre-loan, assumptions as declared: {value:.0%} [".replace("%", " %")
        + f"{100 * low:.0f}, {100 * high:.0f}] of what all stages avoid; the surveyed weight of "
        f"58.237 % lies {where} the interval. The model is not fitted to it."
    ]


def test_where_all_may_avoid_nothing_no_share_is_told(found: Attribution) -> None:
    told = surveyed(with_share(found, math.nan, math.nan, math.nan))
    assert len(told) == 1 and "no share can be told" in told[0] and "58.237 %" in told[0]


def test_the_weight_is_told_of_stages_alone(modes: Attribution) -> None:
    assert surveyed(modes) == [] and joint(modes) == []


def test_resolved_interactions_have_a_sentence(found: Attribution) -> None:
    pairs = found.pairs.copy()
    own = (pairs["measure"] == "loss_rate") & (pairs["basis"] == "equal_volume")
    names = ["relative_value", "relative_low", "relative_high"]
    pairs.loc[own, names] = 0.0, -0.1, 0.1
    assert joint(found._replace(pairs=pairs)) == [
        "No interaction of two is resolved in so many worlds."
    ]
    first = pairs.index[own & (pairs["interval"] == "luck")][0]
    pairs.loc[first, names] = -0.02, -0.03, -0.01
    (told,) = joint(found._replace(pairs=pairs))
    assert told == (
        "Pre-loan and Approval in part replace each other (luck): together -2.0 [-3.0, -1.0] % of "
        "the baseline's loss rate beyond what each adds alone."
    )


def test_a_line_for_each_player_and_interval(found: Attribution, modes: Attribution) -> None:
    cells = lines(found)
    assert [rows[0][0] for rows in cells] == [
        "Pre-loan",
        "Approval",
        "Post-loan",
        "All three together",
    ]
    assert [row[1] for row in cells[0]] == ["luck", "both"]
    assert all(len(row) == len(headings(found)) for rows in cells for row in rows)
    assert cells[-1][0][5] == ""
    assert all(len(row) == len(headings(modes)) for rows in lines(modes) for row in rows)
    assert title_of(modes, ALL) == "All 16 together"


def test_the_ends_are_told_where_they_are_known(found: Attribution) -> None:
    shares = found.shares.assign(alone=0.021, last=-0.034)
    shares.loc[shares["player"] == ALL, ["alone", "last"]] = math.nan
    cells = lines(found._replace(shares=shares))
    assert cells[0][0][5] == "+2.1 / -3.4" and cells[-1][0][5] == ""


def test_the_page_says_how_it_was_made(found: Attribution) -> None:
    made = made_with("attribute", "l_bank", by="stage", replications=4, map=True, jobs=None)
    assert made == "```sh\nloanlab attribute l_bank --by stage --replications 4 --map\n```"
    text = "\n\n".join(page(found, made))
    assert made in text and "in 4 worlds" in text and "58.237 %" in text
    assert "| Pre-loan and Approval |" in text and "The same 4 worlds" in " ".join(footnotes(found))


def test_pictures_are_drawn(found: Attribution, modes: Attribution, tmp_path: Path) -> None:
    for name, each in (("stage", found), ("modes", modes)):
        draw_attribution(each, tmp_path / f"{name}.png")
        assert (tmp_path / f"{name}.png").read_bytes()[:4] == PNG
    share = with_share(found, 0.3, 0.2, 0.4)
    draw_attribution(share, tmp_path / "share.png")
    assert (tmp_path / "share.png").read_bytes() != (tmp_path / "stage.png").read_bytes()


@pytest.fixture
def small_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    text = 'schema_version = 1\nextends = "l_bank"\nburn_in_months = 18\nrun_off_months = 12\n'
    (tmp_path / "small.toml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return "small.toml"


SIZES = ["--enterprises", "200", "--months", "3", "--jobs", "1", "--replications", "2"]


def test_the_command_writes_tables_a_page_and_goes_on(
    small_file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = ["attribute", small_file, *SIZES, "--by", "strategy", "--assumptions", "fixed",
            "--study", "kept", "--markdown", "page.md"]  # fmt: skip
    assert cli.run(line) == 0
    told, files = capsys.readouterr().out.split("\nResults: ")
    assert all(len(row) <= tables.WIDTH for row in told.splitlines()) and "page.md" in files
    folder = tmp_path / "results" / "small_attribute_strategy"
    shares = pd.read_csv(folder / "attribution.csv")
    assert set(shares["player"]) == {*game_players(), ALL} and set(shares["replications"]) == {2}
    assert len(pd.read_csv(folder / "interactions.csv")) == 6 * 4
    assert len(pd.read_csv(folder / "coalitions.csv")) == 16 * 4
    assert (folder / "figures" / "attribution.png").read_bytes()[:4] == PNG
    text = (tmp_path / "page.md").read_text(encoding="utf-8")
    assert "--by strategy --replications 2 --enterprises 200 --months 3 --seed 7" in text
    runs = len(Study.opened(tmp_path / "kept").volatile)
    assert cli.run([*line, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert len(answer["attribute"]) == len(shares) and answer["by"] == "strategy"
    again = pd.read_csv(folder / "attribution.csv")
    pd.testing.assert_frame_equal(again, shares)
    volatile = Study.opened(tmp_path / "kept").volatile
    assert len(volatile) == runs and set(volatile["attempts"]) == {1}


def game_players() -> tuple[str, ...]:
    return ("pre_loan_process", "risk_warning", "internal_control", "staff_ability")


def test_the_map_has_a_row_for_each_point(
    small_file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = ["attribute", small_file, *SIZES, "--map", "--levels", "0.2", "--markdown", "map.md"]
    assert cli.run(line) == 0
    assert "at 1 point of the cube" in " ".join(capsys.readouterr().out.split())
    folder = tmp_path / "results" / "small_attribute_map"
    rows = pd.read_csv(folder / "map.csv")
    assert len(rows) == 1 and set(rows["pre_loan"]) == {0.2}
    assert (folder / "figures" / "map.png").read_bytes()[:4] == PNG
    assert "--map --levels 0.2" in (tmp_path / "map.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--by", "stages"], 'by = "stages" is not allowed; allowed: stage or strategy or failure'),
        (["--put-right", "x"], 'put-right = "x" is not allowed; allowed: management or failures'),
        (["--by", "failure", "--map"], "--map goes with --by stage"),
        (["--by", "strategy", "--put-right", "failures"], "--put-right goes with --by stage"),
        (["--permutations", "3"], "--permutations goes with --by failure"),
        (["--levels", "0.2,0.8"], "--levels goes with --map"),
        (["--map", "--levels", "0.1,1"], '--levels "0.1,1" is not allowed; allowed: different'),
        (["--map", "--levels", "a"], '--levels "a" is not allowed; allowed: different numbers'),
        (["--by", "failure", "--permutations", "1"], "permutations = 1 is not allowed"),
        (["--assumptions", "x"], 'assumptions = "x" is not allowed; allowed: drawn or fixed'),
        (["--replications", "0"], "replications = 0 is not allowed"),
    ],
)
def test_wrong_input_gets_a_sentence(
    options: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["attribute", "l_bank", *options]) == 2
    assert said in capsys.readouterr().err


def test_a_study_s_report_shows_an_attribution_as_well(found: Attribution, study: Study) -> None:
    picture = attribution_picture(found)
    widths = {len(row) for row in picture.grid.rows}
    assert widths == {len(picture.grid.headings)}
    text = html(study, [picture])
    assert f'aria-label="{picture.finding}"' in text
    assert '<figure id="attribution_stage">' in text
