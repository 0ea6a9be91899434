"""Populations: the agents behind the rows of a record array, and the union of several."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Sequence
from random import Random
from typing import Any, Self

import numpy as np
from mesa.agent import Agent, AgentSet
from numpy.typing import ArrayLike, NDArray

from agents.agent_set import ViewSet
from agents.records import Records
from agents.views import RecordAgent

Rows = NDArray[np.int64]
Source = str | Callable[[], Any]
"""Where the model keeps something: an attribute path of the model, or a function of none."""


def _found(model: Any, source: Source) -> Any:
    """What a source leads to; a method at the end of a path is called."""
    found = operator.attrgetter(source)(model) if isinstance(source, str) else source
    return found() if callable(found) else found


def _row_numbers(rows: Any) -> Rows:
    """Row numbers from numbers or from a mask over all rows."""
    found = np.asarray(rows)
    if found.dtype == np.bool_:
        return np.flatnonzero(found)
    if found.dtype.itemsize == 1:
        raise TypeError("rows are numbers or a boolean mask; a 0/1 flag needs == 1")
    return found.astype(np.int64, casting="same_kind") if found.size else np.zeros(0, np.int64)


class Population(ViewSet):
    """The agents behind the rows of one record array.

    A model makes each population once: it is what its views are compared by.

    model: the Mesa model. records: where its recarray is, looked up at each use because the
    model may grow it. view: class of the agents. rows: where the rows of the living are
    (numbers or a mask, looked up at each use), or a fixed list of row numbers; left out: all
    rows. random: generator to shuffle with, the model's if left out. first_id: unique_id of
    row 0; choose other blocks where a model's populations must not share ids.
    Give paths or bound methods as sources: with those a copied or pickled model's
    populations read the copy, with a lambda they do not.
    """

    def __init__(
        self,
        model: Any,
        records: Source,
        view: type[RecordAgent],
        rows: Source | ArrayLike | None = None,
        random: Random | None = None,
        first_id: int = 1,
    ) -> None:
        self.root = self
        self.model = model
        self.view = view
        self.first_id = first_id
        self.random = model.random if random is None else random
        self._records = records
        living = rows is None or isinstance(rows, str) or callable(rows)
        self._rows: Any = rows if living else None
        hidden = {*dir(view), "population", "row"} & set(self.records.dtype.names)
        if hidden:
            raise ValueError(f"fields {sorted(hidden)} are attributes of {view.__name__}")
        if not living:
            self._rows = np.zeros(0, np.int64)
            self._hold(_row_numbers(rows).tolist())

    @property
    def records(self) -> Records:
        """The records of all rows, members or not, as they are now."""
        return _found(self.model, self._records)

    @property
    def rows(self) -> Rows:
        """Rows of the members, in order (shape: members)."""
        if isinstance(self._rows, np.ndarray):
            return self._rows
        if self._rows is None:
            return np.arange(len(self.records), dtype=np.int64)
        return _row_numbers(_found(self.model, self._rows))

    def agent(self, row: int) -> RecordAgent:
        """View of any row, also of one that is no member. Raises IndexError beyond the rows."""
        if not 0 <= row < len(self.records):
            raise IndexError(f"row {row} is not in 0 to {len(self.records) - 1}")
        return self.view(self.root, int(row))

    def _keys(self) -> list[int]:
        return list(self.rows.tolist())

    def _agent(self, key: int) -> RecordAgent:
        return self.view(self.root, key)

    def _key(self, agent: Any) -> int:
        if isinstance(agent, RecordAgent) and agent.population is self.root:
            return int(agent.row)
        raise ValueError(f"{agent!r} does not belong to the records of {self!r}")

    def _subset(self, keys: Iterable[int]) -> Self:
        part = type(self).__new__(type(self))
        part.__dict__.update(self.__dict__, _rows=np.zeros(0, np.int64))
        return part._hold(keys)

    def _hold(self, keys: Iterable[int]) -> Self:
        if not isinstance(self._rows, np.ndarray):
            raise self._living()
        rows = np.array(list(dict.fromkeys(keys)), dtype=np.int64)
        if rows.size and not 0 <= rows.min() <= rows.max() < len(self.records):
            raise IndexError(f"rows {rows.min()} to {rows.max()} of {len(self.records)}")
        rows.flags.writeable = False
        self._rows = rows
        return self

    def _values(self, name: str, *default: Any) -> list[Any]:
        records = self.records
        if name not in records.dtype.fields:
            return super()._values(name, *default)
        values = np.asarray(records[name])[self.rows]
        return values.tolist() if values.ndim == 1 else list(values)

    def set(self, attr_name: str, value: Any) -> Self:
        """Give a field of every member a value, or each its own from an array of members."""
        records = self.records
        if attr_name not in records.dtype.fields:
            return super().set(attr_name, value)
        records[attr_name][self.rows] = value
        return self

    def __len__(self) -> int:
        return len(self.rows)

    def __contains__(self, agent: object) -> bool:
        ours = isinstance(agent, RecordAgent) and agent.population is self.root
        return ours and bool((self.rows == agent.row).any())  # type: ignore[attr-defined]

    def __getitem__(self, item: Any) -> Any:
        """A member, a list of members (slice), or a column by its name (shape: members)."""
        if isinstance(item, str):
            return self._column(item)
        rows = self.rows[item]
        if isinstance(item, slice):
            return [self._agent(row) for row in rows.tolist()]
        return self._agent(int(rows))

    def _column(self, name: str) -> NDArray[Any]:
        records = self.records
        if name in records.dtype.fields:
            return np.asarray(np.asarray(records[name])[self.rows])
        if not hasattr(self.view, name):
            getattr(self.view(self.root, 0), name)  # raises, with the nearest field
        return np.array(self.get(name))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {len(self)} {self.view.__name__}>"


class Agents(ViewSet):
    """All agents of a model: the union of its populations, and of other Mesa agent sets.

    parts: the sets, in order; ``model._all_agents`` among them shows agents that a user has
    registered. random: generator to shuffle with, that of the first part if left out.
    """

    def __init__(self, parts: Sequence[AgentSet], random: Random | None = None) -> None:
        self.parts = tuple(parts)
        self.random = self.parts[0].random if random is None else random
        self._chosen: dict[Agent, None] | None = None

    def by_type(self) -> dict[type[Agent], AgentSet]:
        """The members by their class, as ``Model.agents_by_type`` promises them."""
        if self._chosen is not None:
            return dict(self.groupby(type).groups)
        found: dict[type[Agent], list[AgentSet]] = {}
        for part in self.parts:
            ours = isinstance(part, Population)
            groups = {part.view: part} if ours else part.groupby(type).groups
            for kind, members in groups.items():
                found.setdefault(kind, []).append(members)
        return {k: s[0] if len(s) == 1 else Agents(s, self.random) for k, s in found.items()}

    def _keys(self) -> list[Agent]:
        if self._chosen is None:
            return [agent for part in self.parts for agent in part]
        return list(self._chosen)

    def _agent(self, key: Agent) -> Agent:
        return key

    def _key(self, agent: Any) -> Agent:
        if isinstance(agent, Agent):
            return agent
        raise ValueError(f"{agent!r} is not a Mesa agent")

    def _subset(self, keys: Iterable[Agent]) -> Self:
        chosen = type(self)(self.parts, self.random)
        chosen._chosen = dict.fromkeys(keys)
        return chosen

    def _hold(self, keys: Iterable[Agent]) -> Self:
        if self._chosen is None:
            raise self._living()
        self._chosen = dict.fromkeys(keys)
        return self

    def _values(self, name: str, *default: Any) -> list[Any]:
        if self._chosen is not None:
            return super()._values(name, *default)
        missing = ("default", *default) if default else ("error",)
        return [value for part in self.parts for value in part.get(name, *missing)]

    def set(self, attr_name: str, value: Any) -> Self:
        """Give an attribute of every member a value."""
        if self._chosen is not None:
            return super().set(attr_name, value)
        for part in self.parts:
            part.set(attr_name, value)
        return self

    def __len__(self) -> int:
        return sum(map(len, self.parts)) if self._chosen is None else len(self._chosen)

    def __contains__(self, agent: object) -> bool:
        if self._chosen is None:
            return any(agent in part for part in self.parts)
        return agent in self._chosen

    def __getitem__(self, item: Any) -> Any:
        """A member or a list of members (slice)."""
        if self._chosen is not None or isinstance(item, slice):
            return super().__getitem__(item)
        place = range(len(self))[item]  # checks the bounds and counts from the end
        for part in self.parts:  # without making a view of everybody, for random.choice
            if place < len(part):
                return part[place]
            place -= len(part)
        raise IndexError(item)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {len(self)}>"
