"""What a lesson is made of: enough to live it again, in every value, to the last bit."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from agents.parameters import STAGES
from classroom.presets import PRESETS
from scenarios.catalogue import shipped_strategies
from scenarios.problems import nearest, shown
from simulation.orders import ORDERS

FEWEST = 50
MOST_ENTERPRISES = 5_000
MOST_MONTHS = 120
MOST_DECISIONS = 50
MOST_LUCK = 10**9
"""The highest seed and world of a lesson: a code stays short."""

Quality = Annotated[float, Field(ge=0.0, le=1.0)]


class SettingsError(ValueError):
    """A lesson that there cannot be: one sentence that says why."""


class Start(BaseModel):
    """A strategy and the month, from the fork, in which it starts."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    strategy: str
    month: int = Field(ge=0, lt=MOST_MONTHS)


class Decision(BaseModel):
    """A trainee's order for a firm (row) in a month from the fork. See simulation.orders."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    month: int = Field(ge=0, lt=MOST_MONTHS)
    enterprise: int = Field(ge=0)
    order: str


class Settings(BaseModel):
    """A lesson.

    preset: a key of classroom.presets.PRESETS. qualities: of management, by stage, in [0, 1], from
    the beginning of the bank's history. strategies: each starts in its month. decisions: in the
    order in which they were taken.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    preset: str = "l_bank"
    seed: int = Field(default=7, ge=0, le=MOST_LUCK)
    replication: int = Field(default=0, ge=0, le=MOST_LUCK)
    enterprises: int = Field(default=1_000, ge=FEWEST, le=MOST_ENTERPRISES)
    months: int = Field(default=60, ge=6, le=MOST_MONTHS)
    pre_loan: Quality = 0.5
    approval: Quality = 0.5
    post_loan: Quality = 0.5
    strategies: tuple[Start, ...] = Field(default=(), max_length=4)
    decisions: tuple[Decision, ...] = Field(default=(), max_length=MOST_DECISIONS)

    @model_validator(mode="after")
    def _known(self) -> Self:
        """Refuse unknown names, a strategy twice, and what comes after the lesson's end."""
        if self.preset not in PRESETS:
            raise ValueError(
                f"preset {shown(self.preset)} is unknown{nearest(self.preset, PRESETS)}"
            )
        names = [start.strategy for start in self.strategies]
        own = [name for name, table in shipped_strategies().items() if _is_own(table)]
        for name in names:
            if name not in own:
                raise ValueError(f"strategy {shown(name)} is unknown{nearest(name, own)}")
        if len(set(names)) < len(names):
            raise ValueError("a strategy is named twice")
        for decision in self.decisions:
            if decision.order not in ORDERS:
                known = nearest(decision.order, ORDERS)
                raise ValueError(f"order {shown(decision.order)} is unknown{known}")
        begun = [start.month for start in self.strategies] + [d.month for d in self.decisions]
        if begun and max(begun) >= self.months:
            raise ValueError(f"what begins in month {max(begun)} comes after the last month")
        if any(decision.enterprise >= 2 * MOST_ENTERPRISES for decision in self.decisions):
            raise ValueError("a decision names an enterprise that there cannot be")
        return self

    @property
    def qualities(self) -> dict[str, float]:
        """Quality of management by stage."""
        return {stage: getattr(self, stage) for stage in STAGES}

    def but(self, **changes: object) -> Settings:
        """The same lesson with some fields changed, checked again. Raises: SettingsError."""
        return settings_of(self.model_dump() | changes)


def settings_of(fields: object) -> Settings:
    """A lesson from what a visitor, a file or a code says. Raises: SettingsError."""
    try:
        return Settings.model_validate(fields)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        told = first["msg"].removeprefix("Value error, ")
        raise SettingsError(f"{place}: {told}" if place else told) from None


def _is_own(table: dict[str, object]) -> bool:
    """Is a strategy of the catalogue one of the four, not a rival or an experiment?"""
    return table.get("kind", "strategy") == "strategy"
