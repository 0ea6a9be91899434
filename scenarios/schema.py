"""What may stand in a scenario file and in a strategy file, and how a breach is told.

The tables of parameters follow the register in ``agents.parameters``: a parameter that is
declared beside its rule can be set in a file at once, inside its declared bounds.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any

import numpy as np
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PlainValidator,
    create_model,
    model_validator,
)
from pydantic_core import PydanticCustomError

import simulation  # noqa: F401  (its import declares every parameter)
from agents.parameters import SECTIONS, Parameter, all_parameters
from scenarios.problems import number_text, range_text, shown
from simulation.scenario import DRIVEN, SECTORS, STRESSED

SCHEMA_VERSION = 1
SHARE_TOLERANCE = 1e-6
_INF = math.inf
_MONTH = re.compile(r"(19|20)\d\d-(0[1-9]|1[0-2])")


def _refused(allowed: str) -> PydanticCustomError:
    return PydanticCustomError("refused", "{allowed}", {"allowed": allowed})


def number(low: float, high: float, whole: bool = False) -> PlainValidator:
    """Accept a number in [low, high]; neither true/false, nan nor text."""

    def check(value: object) -> float:
        if isinstance(value, np.generic):
            value = value.item()
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise _refused(range_text(low, high, whole))
        try:
            amount = float(value)
        except OverflowError:
            amount = _INF
        if not math.isfinite(amount) or not low <= amount <= high:
            raise _refused(range_text(low, high, whole))
        if whole and not amount.is_integer():
            raise _refused(range_text(low, high, whole))
        return int(amount) if whole else amount

    return PlainValidator(check)


def text(filled: bool = True) -> PlainValidator:
    """Accept text, not empty where ``filled``."""

    def check(value: object) -> str:
        if not isinstance(value, str) or (filled and not value.strip()):
            raise _refused("text in quotes")
        return value

    return PlainValidator(check)


def calendar_month() -> PlainValidator:
    """Accept a month as YYYY-MM."""

    def check(value: object) -> str:
        if not isinstance(value, str) or not _MONTH.fullmatch(value):
            raise _refused('a month in quotes, such as "2001-01"')
        return value

    return PlainValidator(check)


def choice(*options: object) -> PlainValidator:
    """Accept one of the options."""

    def check(value: object) -> object:
        if isinstance(value, bool) or value not in options:
            raise _refused(" or ".join(shown(o) for o in options))
        return value

    return PlainValidator(check)


Share = Annotated[float, number(0.0, 1.0)]
Money = Annotated[float, number(0.0, _INF)]
Text = Annotated[str, text()]
Version = Annotated[int, choice(SCHEMA_VERSION)]


class Table(BaseModel):
    """A table of a file: no other keys than the declared ones."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Management(Table):
    """Management quality of each stage, 0 weak to 1 strong."""

    pre_loan: Share = 0.5
    approval: Share = 0.5
    post_loan: Share = 0.5


class Population(Table):
    """Where enterprises come from: a loan tape, relative to the file; "" for none."""

    tape: Annotated[str, text(filled=False)] = ""


class StressEntry(Table):
    """One stress path; see ``simulation.scenario.Stress``."""

    factor: Annotated[str, choice(*STRESSED)]
    start_month: Annotated[int, number(0, 600, whole=True)]
    months: Annotated[int, number(1, 600, whole=True)]
    size: Annotated[float, number(-100.0, 100.0)]
    share: Share = 1.0


class SeriesEntry(Table):
    """One observed series; see ``scenarios.series`` and ``simulation.scenario.Observed``."""

    name: Text
    file: Text
    column: Annotated[str, text(filled=False)] = ""
    every: Annotated[str, choice("month", "quarter", "day")] = "month"
    drives: Annotated[str, choice(*DRIVEN)]
    high_is: Annotated[str, choice("bad", "good")] = "bad"
    size: Annotated[float, number(0.0, 3.0)]


class Adoption(Table):
    """How fast a strategy comes, how far it reaches, how it wears off."""

    start_month: Annotated[int, number(0, 600, whole=True)] = 0
    half_month: Annotated[float, number(0.0, 600.0)] = 6.0
    spread_months: Annotated[float, number(0.01, 240.0)] = 1.5
    decay_per_year: Share = 0.0
    coverage: Share = 1.0
    intensity: Share = 1.0


class Cost(Table):
    """What a strategy costs the declared bank, CNY."""

    set_up_cny: Money = 0.0
    running_cny_per_year: Money = 0.0
    per_application_cny: Money = 0.0
    per_officer_cny_per_year: Money = 0.0


class StrategyTable(Table):
    """A strategy as a scenario file states it; ``closes`` and ``adds`` follow the register."""

    title: Text = ""
    title_zh: Text = ""
    kind: Annotated[str, choice("strategy", "rival", "experiment")] = "strategy"
    adoption: Adoption = Adoption()
    cost: Cost = Cost()


class RunTable(Table):
    """The top level of a scenario file, without the tables of parameters."""

    schema_version: Version
    extends: Text = ""
    title: Text = ""
    summary: Text = ""
    enterprises: Annotated[int, number(1, 1_000_000, whole=True)] = 2_000
    months: Annotated[int, number(1, 600, whole=True)] = 24
    burn_in_months: Annotated[int, number(0, 600, whole=True)] = 60
    run_off_months: Annotated[int, number(0, 600, whole=True)] = 60
    bank_officers: Annotated[int, number(1, 100_000, whole=True)] = 200
    management: Management = Management()
    population: Population = Population()
    stress: list[StressEntry] = Field(default=[])
    fork_month: Annotated[str, calendar_month()] = ""
    series: list[SeriesEntry] = Field(default=[])


RUN_KEYS = ("enterprises", "months", "burn_in_months", "run_off_months", "bank_officers")


def _sectors_add_up(table: BaseModel) -> BaseModel:
    total = math.fsum(table.model_dump(exclude_unset=True).values())
    if abs(total - 1.0) > SHARE_TOLERANCE:
        raise PydanticCustomError(
            "sum", "the shares add up to {total}; allowed: 1", {"total": number_text(total)}
        )
    return table


def _numbers(parameters: Mapping[str, Parameter]) -> dict[str, Any]:
    return {
        name: (Annotated[float, number(*p.allowed, whole=p.integer)], p.default)
        for name, p in parameters.items()
    }


def _model(name: str, base: type[Table], fields: Mapping[str, Any], **checks: Any) -> Any:
    """A table with further keys: name -> (type, default)."""
    return create_model(name, __base__=base, __validators__=checks, **fields)


@cache
def strategy_table() -> type[StrategyTable]:
    """Schema of a strategy inside a scenario file, for the parameters declared by now."""
    declared = all_parameters()
    amount = Annotated[float, number(-_INF, _INF)]
    managed = [name for name, p in declared.items() if p.strong is not None]
    closes = _model("Closes", Table, dict.fromkeys(managed, (Share, 0.0)))
    adds = _model("Adds", Table, dict.fromkeys(declared, (amount, 0.0)))
    changes = {"closes": (closes, closes()), "adds": (adds, adds())}
    made: type[StrategyTable] = _model("StrategyInScenario", StrategyTable, changes)
    return made


@cache
def strategy_file() -> type[StrategyTable]:
    """Schema of a strategy file."""
    version = {"schema_version": (Version, ...)}
    made: type[StrategyTable] = _model("StrategyFile", strategy_table(), version)
    return made


def _catalogue() -> type[Table]:
    """The table of a scenario's own strategies: any key that is no parameter is one."""
    extra = {"__pydantic_extra__": dict[str, strategy_table()]}  # type: ignore[misc]
    space = {"__annotations__": extra, "__module__": __name__}
    return type("Strategies", (Table,), {**space, "model_config": ConfigDict(extra="allow")})


@cache
def scenario_file() -> type[RunTable]:
    """Schema of a scenario file, for the parameters declared by now."""
    add_up = model_validator(mode="after")(_sectors_add_up)
    sectors = _model("Sectors", Table, dict.fromkeys(SECTORS, (Share, 0.0)), add_up=add_up)
    tables: dict[str, Any] = {"sectors": (sectors, Field(default=None))}
    fixed: dict[str, type[Table]] = {"population": Population, "strategies": _catalogue()}
    for section in dict.fromkeys([*SECTIONS, *fixed]):
        base = fixed.get(section, Table)
        model = _model(section, base, _numbers(SECTIONS.get(section, {})))
        tables[section] = (model, model())
    made: type[RunTable] = _model("ScenarioFile", RunTable, tables)
    return made
