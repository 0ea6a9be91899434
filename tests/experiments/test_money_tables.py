"""What compare prints of money and risk: cells by hand, narrow screens, a whole study."""

from __future__ import annotations

import io
import math

import pandas as pd
import pytest
from hand_made import table
from rich.console import Console

from experiments import Study
from experiments.arm_table import arm_table, print_arm_table
from experiments.money_table import WORDS, money_cells, money_of, print_money
from experiments.risk import risk
from experiments.risk_table import choice_cells, loss_cells, print_risk, risk_of
from simulation import Scenario, Strategy

NAN = math.nan
KNOWN = Scenario("x", "X", {}, strategies={"a": Strategy("a", "Arm A", "甲")})

ROW = {
    "interval": "luck", "strategy": "a", "reference": "baseline",
    "npv": 3.04e6, "npv_low": -1e6, "npv_high": 7e6, "new_lending": 4e6, "legacy": -1e6,
    "probability_positive": 0.655, "pay_back_month": 31.0, "pay_back_early": 20.0,
    "pay_back_late": NAN, "loss_avoided": 2e6, "loss_avoided_low": 1e6, "loss_avoided_high": 3e6,
    "cost_per_loss_avoided": 0.5, "cost_per_loss_low": 0.25, "cost_per_loss_high": 1.125,
}  # fmt: skip


def screen(width: int) -> Console:
    return Console(file=io.StringIO(), width=width, highlight=False, no_color=True)


def text_of(out: Console) -> str:
    assert isinstance(out.file, io.StringIO)
    return out.file.getvalue()


def test_cells_of_money_by_hand() -> None:
    equal = {**ROW, "reference": "equal_volume", "cost_per_loss_avoided": NAN}
    ((key, cells),) = money_cells(pd.DataFrame([ROW, equal])).items()
    assert key == ("a", "luck")
    assert list(cells.values()) == [
        "+3.0 [-1.0, +7.0]", "+4.0 / -1.0", "66", "31 [20, -]", "+2.0 [+1.0, +3.0]",
        "0.50 [0.25, 1.12]", "-",
    ]  # fmt: skip


def test_what_is_not_known_is_a_dash() -> None:
    nothing = dict.fromkeys([name for name in ROW if name not in
                             ("interval", "strategy", "reference")], NAN)  # fmt: skip
    cells = money_cells(pd.DataFrame([{**ROW, **nothing, "npv": 1e6, "probability_positive": 1.0}]))
    told = list(cells["a", "luck"].values())
    assert told == ["+1.0", "- / -", "100", "-", "-", "-", "-"]


def test_brackets_are_told_and_not_taken_for_markup() -> None:
    cells = {("a", "luck"): {"Share\n%": "41 [none, from 16 %]"}}
    out = screen(80)
    out.print(arm_table(KNOWN, cells, ["Share\n%"]))
    assert "41 [none, from 16 %]" in text_of(out)


def test_a_narrow_screen_gets_every_cell_in_several_tables() -> None:
    headings = [f"Heading {n}" for n in range(6)]
    cells = {("a", kind): {h: f"{kind} {h}" for h in headings} for kind in ("luck", "assumptions")}
    for width, tables in ((240, 1), (80, 3), (45, 6)):
        out = screen(width)
        print_arm_table(KNOWN, cells, out)
        text = text_of(out)
        assert text.count("Strategy") == tables, width
        for told in (value for line in cells.values() for value in line.values()):
            assert told in text


def test_losses_tell_levels_that_the_worlds_carry() -> None:
    few = loss_cells(risk(table([0.01, 0.03]), ["loss_rate"]))
    assert few["baseline", "luck"] == {
        "Expected\nloss, %": "2.00 [-10.71, 14.71]", "Standard\ndeviation": "1.41",
    }  # fmt: skip
    many = loss_cells(risk(table([0.0001 * n for n in range(1, 102)]), ["loss_rate"]))
    told = many["baseline", "luck"]
    assert told["VaR\n95 %"].startswith("0.96 [0.9")
    assert told["Unexpected\nloss 95 %"] == "0.45"
    assert told["Shortfall\n95 %"].startswith("0.99 ± 0.0")
    assert not any("99" in heading for heading in told)


def test_intervals_and_regret_by_hand() -> None:
    runs = table([0.04, 0.02], a=[0.03, 0.01]).assign(
        risk_adjusted_profit=[1e6, 2e6, 5e6, 6e6], net_credit_loss=0.0
    )
    tables = risk_of_runs(runs)
    cells = choice_cells(("baseline", "a"), tables)
    assert cells["a", "luck"]["Profit, m CNY\nall at once"] == "+4.0 [+4.0, +4.0]"
    assert cells["a", "luck"]["Regret\nprofit, m CNY"] == "0.0 to 0.0"
    assert cells["baseline", "luck"] == {
        "Loss rate, %\nall at once": "-", "Profit, m CNY\nall at once": "-",
        "Regret\nloss rate, points": "1.00 to 1.00", "Regret\nprofit, m CNY": "4.0 to 4.0",
    }  # fmt: skip


def risk_of_runs(runs: pd.DataFrame) -> dict[str, pd.DataFrame]:
    class Ran:
        """What risk_of asks of a study."""

    ran = Ran()
    ran.runs = runs  # type: ignore[attr-defined]
    return risk_of(ran)  # type: ignore[arg-type]


def test_a_study_is_printed_whole(study: Study) -> None:
    out = screen(140)
    print_money(study, out)
    print_risk(study, out)
    text = " ".join(text_of(out).split())
    assert "Net present value" in text and "Tighter cut-off" in text
    assert "No VaR or expected shortfall at 95 %: an interval takes at least 72 worlds" in text
    assert all(" ".join(words.split()) in text for words in WORDS)
    found = money_of(study)
    assert set(found["reference"]) <= {"baseline", "equal_volume"}
    assert len(found[found["reference"] == "baseline"]) == 2 * 4
    assert found.loc[found["reference"] == "equal_volume", "pay_back_month"].isna().all()


def test_a_study_of_the_baseline_alone_has_no_money(
    tiny: Scenario, capsys: pytest.CaptureFixture[str]
) -> None:
    out = screen(140)
    alone = Study(tiny, ["baseline"], 1, 11, "fixed").run(jobs=1)
    print_money(alone, out)
    assert text_of(out) == "" and capsys.readouterr().out == ""
    print_risk(alone, out)
    assert "Baseline" in text_of(out)
