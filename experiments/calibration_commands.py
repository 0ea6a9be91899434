"""Commands that fit parameters to data: ``loanlab calibrate``."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Annotated

import typer

from experiments.experiment_commands import Markdown
from experiments.study_commands import AsJson, Seed, chosen_scenario, number
from experiments.study_output import records

app = typer.Typer(help="Fit parameters to data, with standard errors.")


@app.callback()
def calibrate() -> None:
    """Fit parameters to data, with standard errors."""


@app.command()
def billing(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="CSV with columns firm, kind, month, net.")
    ],
    scenario: Annotated[
        str, typer.Option(metavar="SCENARIO", help="Where all other parameters come from.")
    ] = "l_bank",
    also: Annotated[
        str | None, typer.Option(metavar="A,B", help="Parameters of firms to fit as well.")
    ] = None,
    worlds: Annotated[int, number("Simulated copies of the data's firms.")] = 20,
    searches: Annotated[int, number("Starting points of the search.")] = 5,
    samples: Annotated[int, number("Bootstrap samples of firms.")] = 500,
    seed: Seed = 7,
    markdown: Markdown = None,
    as_json: AsJson = False,
) -> None:
    """Fit lumps, empty months and season to firms' monthly invoices (about three minutes).

    FILE has a row for each firm, kind (output: sales, input: purchases) and month (YYYY-MM) with
    the sum of invoices without tax (net). Other columns are ignored.
    """
    resolved = chosen_scenario(scenario, None, None)
    from experiments.arms import StudyError
    from experiments.calibration import billing_report as report
    from experiments.calibration.billing import calibrate
    from experiments.calibration.invoices import read_invoices
    from experiments.markdown import check_page, write_page
    from experiments.progress import tell_of_compiling

    for name, value, least in (("worlds", worlds, 1), ("searches", searches, 1),
                               ("samples", samples, 50)):  # fmt: skip
        if value < least:
            raise StudyError(f"--{name} {value} is not allowed; allowed: at least {least}")
    if markdown is not None:
        check_page(Path(markdown))
    invoices = read_invoices(file)
    tell_of_compiling()
    names = tuple(part.strip() for part in also.split(",")) if also else ()
    sizes = {"worlds": worlds, "searches": searches, "samples": samples, "seed": seed}
    found = calibrate(invoices["output"], resolved, names, **sizes)
    declared = dict(resolved.parameters)
    if markdown is not None:
        words = ["loanlab", "calibrate", "billing", file.name]
        words += ["--scenario", scenario] if scenario != "l_bank" else []
        words += ["--also", also] if also else []
        words += [part for name, value in sizes.items() for part in (f"--{name}", str(value))]
        write_page(Path(markdown), report.page(found, declared, shlex.join(words)))
    if as_json:
        e = found.estimate
        print(json.dumps({
            "firms": found.firms, "months": found.months, **sizes,
            "parameters": records(report.parameters(found, declared)),
            "moments": records(report.moment_rows(found)),
            "j": e.statistic, "degrees_of_freedom": e.freedom, "p_value": e.p_value,
        }, ensure_ascii=False))  # fmt: skip
        return
    from experiments.tables import console

    screen = console()
    screen.print(report.sample(found), markup=False)
    for shown in report.screens(found, declared):
        screen.print(shown)
        screen.print()
    screen.print(report.verdict(found), markup=False)
