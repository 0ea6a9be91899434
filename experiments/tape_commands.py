"""Commands about loan tapes: ``loanlab tape check`` and ``loanlab tape scenario``."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from experiments.study_commands import AsJson

if TYPE_CHECKING:
    from scenarios.tape.profile import Profile
    from scenarios.tape.reading import LoanTape

app = typer.Typer(help="Read a bank's loan tape: check it, show it, make a scenario of it.")

File = Annotated[Path, typer.Argument(metavar="FILE", help="CSV, Parquet or XLSX, one row a loan.")]
MappingFile = Annotated[
    str | None,
    typer.Option("--mapping", metavar="MAP", help="The bank's headers and codes: TOML, or sba_7a."),
]


@app.callback()
def tape() -> None:
    """Read a bank's loan tape: check it, show it, make a scenario of it."""


@app.command()
def check(
    file: File,
    mapping: MappingFile = None,
    report: Annotated[
        Path | None, typer.Option(metavar="PAGE", help="Write a profile page, PAGE.html.")
    ] = None,
    most: Annotated[
        int, typer.Option(metavar="N", min=1, help="Cells named of each kind of problem.")
    ] = 5,
    as_json: AsJson = False,
) -> None:
    """Tell every problem of a tape with row and column, or what is on it."""
    from experiments.tapes import report as page

    if report is not None:
        page.check_page(report)
    from scenarios import ScenarioError
    from scenarios.tape.profile import profiled

    try:
        read = _read(file, mapping, most)
    except ScenarioError as error:
        if as_json:
            print(json.dumps({"good": False, "problems": error.problems}, ensure_ascii=False))
        raise
    profile = profiled(read)
    if report is not None:
        words = ["loanlab", "tape", "check", file.name, "--report", report.name]
        words += ["--mapping", Path(mapping).name] if mapping else []
        report.write_text(page.html(read, profile, shlex.join(words)), encoding="utf-8")
    _tell(read, profile, report, as_json)


@app.command()
def scenario(
    file: File,
    out: Annotated[
        Path, typer.Option(metavar="NAME.toml", help="Scenario file to write; none is replaced.")
    ],
    mapping: MappingFile = None,
    source: Annotated[
        str, typer.Option("--from", metavar="SCENARIO", help="Where all else comes from.")
    ] = "l_bank",
    unit_cny: Annotated[
        float, typer.Option(metavar="CNY", help="Value of one unit of the tape's money.")
    ] = 1.0,
    as_json: AsJson = False,
) -> None:
    """Make a scenario of a tape; list what it takes and what stays assumed."""
    from scenarios.tape.writing import write_scenario

    read = _read(file, mapping)
    taken, files = write_scenario(read, out, source, unit_cny)
    if as_json:
        values = {name: {"value": v, "how": how} for name, (v, how) in taken.values.items()}
        told = {"files": list(map(str, files)), "values": values, "kept": taken.kept,
                "assumed": taken.assumed}  # fmt: skip
        print(json.dumps(told, ensure_ascii=False))
        return
    print(f"Taken from {len(read.loans):,} loans:")
    print(f"  each loan's {', '.join(taken.columns)}")
    for name, (value, how) in taken.values.items():
        print(f"  {name} = {value:g}: {how}")
    print("Not on the tape, or not taken; it stays as in the scenario", source + ":")
    for name, why in taken.kept.items():
        print(f"  {name}: {why}")
    for line in taken.assumed:
        print(f"  {line}")
    print(f"Written: {', '.join(map(str, files))}. Run it with: loanlab compare {out}")


def _read(file: Path, mapping: str | None, most: int = 5) -> LoanTape:
    """The tape, checked. Raises: ScenarioError with every problem."""
    from scenarios.tape import read_loans, read_mapping

    return read_loans(file, read_mapping(mapping) if mapping else None, most=most)


def _tell(read: LoanTape, profile: Profile, page: Path | None, as_json: bool) -> None:
    """Print what is on a good tape."""
    if as_json:
        from scenarios.tape.writing import observed

        told: dict[str, Any] = {
            "good": True, **observed(read, profile), "columns": read.headers,
            "dropped": read.dropped, "encoding": read.encoding, "notices": read.notices,
            "report": str(page) if page else None,
        }  # fmt: skip
        print(json.dumps(told, ensure_ascii=False))
        return
    from experiments.tables import console
    from experiments.tapes.screens import screens, summary

    screen = console()
    for line in summary(read, profile):
        screen.print(line, markup=False, soft_wrap=True)
    for table in screens(profile):
        screen.print(table)
    if page is not None:
        print(f"Written: {page}")
