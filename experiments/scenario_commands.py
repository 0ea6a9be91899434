"""Commands about scenario files: scenarios, check, new, diff."""

from __future__ import annotations

import json
from typing import Annotated

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]


def scenarios(as_json: AsJson = False) -> None:
    """List the shipped scenarios, strategies, rivals and experiments."""
    from scenarios import list_scenarios, list_strategies
    from simulation.switches import SWITCHES

    found = {
        "scenarios": list_scenarios(), "strategies": list_strategies("strategy"),
        "rivals": list_strategies("rival"), "experiments": list_strategies("experiment"),
    }  # fmt: skip
    if as_json:
        switches = [(name, switch.title) for name, switch in SWITCHES.items()]
        every = {**found, "switches": switches}
        print(json.dumps({kind: dict(rows) for kind, rows in every.items()}, ensure_ascii=False))
        return
    width = max(len(name) for rows in found.values() for name, _ in rows)
    for kind, rows in found.items():
        print(f"{kind}:")
        for name, title in rows:
            print(f"  {name:<{width}}  {title}")
    first, *_, last = (name for name in SWITCHES if name.startswith("without_F"))
    stages = ", ".join(name for name in SWITCHES if not name.startswith("without_F"))
    print(f"arms without failure modes: {first} to {last}, {stages}")


def check(
    file: Annotated[str, typer.Argument(metavar="FILE", help="Scenario name or TOML file.")],
    explain: Annotated[
        str | None, typer.Option(metavar="KEY", help="Say where a value comes from.")
    ] = None,
) -> None:
    """Tell every problem of a scenario at once, or where one of its values comes from."""
    from scenarios import explain as explained
    from scenarios import load_scenario

    scenario = load_scenario(file)  # raises ScenarioError with every problem
    print(f"{file}: good" if explain is None else explained(scenario, explain))


def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the new scenario.")],
    source: Annotated[str, typer.Option("--from", help="Scenario to begin from.")] = "l_bank",
) -> None:
    """Write NAME.toml here: a commented scenario file to start from."""
    from scenarios import new_file

    path = new_file(name, source, ".")
    print(f"{path}: written; it begins as {source}. Check it with: loanlab check {path}")


def diff(
    first: Annotated[str, typer.Argument(metavar="A", help="Scenario name or TOML file.")],
    second: Annotated[str, typer.Argument(metavar="B", help="Scenario name or TOML file.")],
    as_json: AsJson = False,
) -> None:
    """Tell which values differ between two scenarios."""
    from scenarios import difference, load_scenario

    found = difference(load_scenario(first), load_scenario(second))
    if as_json:
        print(json.dumps([row._asdict() for row in found], ensure_ascii=False, default=str))
        return
    if not found:
        print(f"{first} and {second} are the same")
        return
    rows = [("key", first, second), *((d.key, _shown(d.first), _shown(d.second)) for d in found)]
    widths = [max(len(row[i]) for row in rows) for i in range(2)]
    for key, a, b in rows:
        print(f"{key:<{widths[0]}}  {a:<{widths[1]}}  {b}")


def _shown(value: object) -> str:
    """A value of a scenario; "-" where there is none."""
    from scenarios.problems import number_text, shown

    if value is None:
        return "-"
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return number_text(float(value)) if is_number else shown(value)  # type: ignore[arg-type]
