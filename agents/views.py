"""Enterprises, loan officers and the bank as Mesa agents: thin views of the records.

A view is a population and a row; its attributes are the fields of the record, read and
written in place. It keeps no state, is never registered with the model and costs nothing
once dropped, so views are made wherever somebody wants to look.
"""

from __future__ import annotations

import difflib
import functools
from typing import TYPE_CHECKING, Any, NoReturn

import mesa

if TYPE_CHECKING:
    from agents.population import Population


@functools.lru_cache(maxsize=512)
def _unknown_field(owner: str, name: str, fields: tuple[str, ...]) -> str:
    """Error text with the nearest field; cached, for ``getattr`` with a default asks often."""
    nearest = difflib.get_close_matches(name, fields, n=1, cutoff=0.0)
    hint = f"; the nearest is {nearest[0]!r}" if nearest else ""
    return f"{owner} has no field {name!r}{hint}"


class RecordAgent(mesa.Agent):  # type: ignore[misc]  # mesa ships no types
    """One row of a population, seen as a Mesa agent.

    population: the set of agents whose records the row belongs to (of a subset: the set
    that it was selected from). row: the row, which never moves and is never reused.
    Two views are equal if they show the same row of the same population. A written value is
    converted to the field's type as NumPy does it: whole fen drop the part after the point.
    """

    population: Population
    row: int
    pos = None  # Mesa's place in a space: these agents have none

    def __init__(self, population: Population, row: int) -> None:
        # Not Mesa's own __init__, which registers the agent: Agent._ids would then keep
        # the model alive for ever, and the model would hold one object an enterprise.
        self.__dict__["population"] = population.root
        self.__dict__["row"] = row

    @property
    def model(self) -> Any:
        """The model that the agent lives in."""
        return self.population.model

    @property
    def unique_id(self) -> int:
        """The row + 1 (or + the population's first id): the same in every month and arm."""
        return int(self.population.first_id + self.row)

    def act(self, stage: str) -> Any:
        """Run one stage of the month for this agent alone.

        stage: name of the stage, as the model knows it.
        """
        return self.model.act(stage, self.row)

    def remove(self) -> NoReturn:
        """Refuse: a row is never removed; who has left is no longer among the living rows."""
        raise TypeError(
            f"{self!r} cannot be removed: rows stay for ever, the model marks who has left"
        )

    @classmethod
    def create_agents(cls, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Refuse: a view shows a row that exists; the model decides how many rows there are."""
        raise TypeError(f"{cls.__name__} shows rows of the model's records; it creates none")

    def __getattr__(self, name: str) -> Any:
        # Only reached where Python found no attribute. Copy and pickle ask for special
        # methods before the view has a population, so those never look at the records.
        if name.startswith("__"):
            raise AttributeError(name)
        records = self.__dict__["population"].records
        if name not in records.dtype.fields:
            if hasattr(type(self), name):  # a property failed inside: let it tell its own error
                return super().__getattribute__(name)
            raise AttributeError(_unknown_field(type(self).__name__, name, records.dtype.names))
        value = records[name][self.row]
        return value if value.ndim else value.item()

    def __setattr__(self, name: str, value: Any) -> None:
        records = self.population.records
        if name in records.dtype.fields:
            records[name][self.row] = value
        elif isinstance(getattr(type(self), name, None), property):
            super().__setattr__(name, value)
        else:
            raise AttributeError(_unknown_field(type(self).__name__, name, records.dtype.names))

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self.population.records.dtype.names]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, RecordAgent):
            return NotImplemented
        return self.population is other.population and self.row == other.row

    def __hash__(self) -> int:
        return hash((id(self.population), self.row))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} unique_id={self.unique_id}>"


class Enterprise(RecordAgent):
    """A small or micro enterprise: applicant, borrower, possibly a defaulter."""


class LoanOfficer(RecordAgent):
    """A loan officer, whose hours decide which checks and visits are made."""


class Bank(RecordAgent):
    """The bank: the one row of its own records."""


def release_model(model: Any) -> None:
    """Let go of a finished model that Mesa would otherwise keep alive for ever.

    Mesa counts the agents of each model in a dict of the class ``Agent``; agents that a user
    has registered therefore keep their model. Views never enter it. An agent registered
    after the release would be numbered from 1 again.
    """
    mesa.Agent._ids.pop(model, None)
