"""The verbs of Mesa's ``AgentSet``, without weak references.

``mesa.agent.AgentSet`` keeps weak references, which views made on demand do not survive: an
inherited verb would answer for an empty set without a word. Every verb is therefore written
here again, over keys: the rows of a ``Population``, the agents themselves of ``Agents``.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator
from random import Random
from typing import Any, Literal, Self

import numpy as np
from mesa.agent import Agent, AgentSet, GroupBy
from numpy.typing import NDArray


class ViewSet(AgentSet):  # type: ignore[misc]  # mesa ships no types
    """Mesa's verbs over an ordered list of keys, with an agent for each key.

    Arguments, defaults and results are those of Mesa 3.3. Mesa's own store is absent, so
    that a verb overlooked here raises. A *living* set follows the model and refuses changes
    of its members or their order; ``select()`` copies it into a set that takes them.
    """

    random: Random

    @abstractmethod
    def _keys(self) -> list[Any]:
        """Keys of the members, in order, as they are now."""

    @abstractmethod
    def _agent(self, key: Any) -> Agent:
        """The agent of a key."""

    @abstractmethod
    def _key(self, agent: Any) -> Any:
        """The key of an agent. Raises ValueError where it can be no member."""

    @abstractmethod
    def _subset(self, keys: Iterable[Any]) -> Self:
        """A new set of these members, which no longer follows the model."""

    @abstractmethod
    def _hold(self, keys: Iterable[Any]) -> Self:
        """This set with these members from now on. Raises TypeError for a living set."""

    def _living(self) -> TypeError:
        return TypeError(f"{self!r} follows the model: change a copy, made with select()")

    def _values(self, name: str, *default: Any) -> list[Any]:
        return [getattr(agent, name, *default) for agent in self]

    def __len__(self) -> int:
        return len(self._keys())

    def __iter__(self) -> Iterator[Agent]:
        return map(self._agent, self._keys())

    def __reversed__(self) -> Iterator[Agent]:
        return map(self._agent, reversed(self._keys()))

    def __getitem__(self, item: Any) -> Any:
        keys = self._keys()[item]
        return [self._agent(k) for k in keys] if isinstance(item, slice) else self._agent(keys)

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__.copy()

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)

    def _from_iterable(self, agents: Iterable[Agent]) -> Self:
        """The result of ``|``, ``&``, ``-`` and ``^``."""
        return self._subset([self._key(agent) for agent in agents])

    def _update(self, agents: Iterable[Agent]) -> Self:
        """Mesa's private way to replace the members."""
        return self._hold([self._key(agent) for agent in agents])

    def to_list(self) -> list[Agent]:
        """All members as a list of agents."""
        return list(self)

    def select(
        self,
        filter_func: Callable[[Agent], bool] | NDArray[np.bool_] | None = None,
        at_most: int | float = float("inf"),
        inplace: bool = False,
        agent_type: Any = None,
    ) -> Self:
        """Members that meet a condition, in order.

        filter_func: predicate on an agent, or a boolean array with one entry a member.
        at_most: the first so many; a float up to 1 means a share of the set.
        """
        everybody = filter_func is None and agent_type is None and at_most == float("inf")
        if inplace and everybody:
            return self
        keys = self._keys()
        if isinstance(at_most, float) and at_most <= 1.0:
            at_most = int(len(keys) * at_most)
        if isinstance(filter_func, np.ndarray):
            if filter_func.dtype != np.bool_:
                raise TypeError(f"select takes a boolean array, not {filter_func.dtype}")
            keys = [k for k, kept in zip(keys, filter_func, strict=True) if kept]
            filter_func = None
        chosen: list[Any] = []
        for key in keys:
            if len(chosen) >= at_most:
                break
            agent = self._agent(key)
            fits = agent_type is None or isinstance(agent, agent_type)
            if (filter_func is None or filter_func(agent)) and fits:
                chosen.append(key)
        return self._hold(chosen) if inplace else self._subset(chosen)

    def shuffle(self, inplace: bool = False) -> Self:
        """Members in random order, drawn from ``self.random`` as Mesa draws it."""
        keys = self._keys()
        self.random.shuffle(keys)
        return self._hold(keys) if inplace else self._subset(keys)

    def sort(
        self, key: Callable[[Agent], Any] | str, ascending: bool = False, inplace: bool = False
    ) -> Self:
        """Members ordered by an attribute or a function; the largest first unless ascending."""
        by = self._values(key) if isinstance(key, str) else [key(agent) for agent in self]
        order = sorted(range(len(by)), key=by.__getitem__, reverse=not ascending)
        keys = self._keys()
        ordered = [keys[place] for place in order]
        return self._hold(ordered) if inplace else self._subset(ordered)

    def map(self, method: str | Callable[..., Any], *args: Any, **kwargs: Any) -> list[Any]:
        """Results of a method, or of a function of the agent, for every member."""
        if isinstance(method, str):
            return [getattr(agent, method)(*args, **kwargs) for agent in self]
        return [method(agent, *args, **kwargs) for agent in self]

    def do(self, method: str | Callable[..., Any], *args: Any, **kwargs: Any) -> Self:
        """Call a method, or a function of the agent, for every member.

        Who is a member at the start is called, also after leaving in the meantime.
        """
        self.map(method, *args, **kwargs)
        return self

    def shuffle_do(self, method: str | Callable[..., Any], *args: Any, **kwargs: Any) -> Self:
        """The same in random order."""
        self.shuffle().map(method, *args, **kwargs)
        return self

    def get(
        self,
        attr_names: str | list[str],
        handle_missing: Literal["error", "default"] = "error",
        default_value: Any = None,
    ) -> list[Any]:
        """Values of one attribute, or for several names a list of values for each member."""
        if handle_missing not in ("error", "default"):
            raise ValueError(f"handle_missing is 'error' or 'default', not {handle_missing!r}")
        default = (default_value,) if handle_missing == "default" else ()
        if isinstance(attr_names, str):
            return self._values(attr_names, *default)
        columns = [self._values(name, *default) for name in attr_names]
        return [[values[i] for values in columns] for i in range(len(self))]

    def set(self, attr_name: str, value: Any) -> Self:
        """Give an attribute of every member a value."""
        for agent in self:
            setattr(agent, attr_name, value)
        return self

    def agg(self, attribute: str, func: Callable[..., Any] | Iterable[Callable[..., Any]]) -> Any:
        """A function of the list of all members' values, or a list of results for several."""
        values = self.get(attribute)
        return func(values) if callable(func) else [one(values) for one in func]

    def groupby(self, by: Callable[[Agent], Any] | str, result_type: str = "agentset") -> GroupBy:
        """Members by the value of an attribute or function, as sets or (``"list"``) lists."""
        values = self._values(by) if isinstance(by, str) else [by(agent) for agent in self]
        groups: dict[Any, list[Any]] = {}
        for value, key in zip(values, self._keys(), strict=True):
            groups.setdefault(value, []).append(key)
        as_set = result_type == "agentset"
        return GroupBy(
            {v: self._subset(k) if as_set else [*map(self._agent, k)] for v, k in groups.items()}
        )

    def add(self, agent: Agent) -> None:
        """Take an agent in, as the last."""
        key = self._key(agent)
        if agent not in self:
            self._hold([*self._keys(), key])

    def discard(self, agent: Agent) -> None:
        """Leave an agent out; nothing happens if it is no member. Its row stays."""
        if agent in self:
            left = self._key(agent)
            self._hold([key for key in self._keys() if key != left])

    def remove(self, agent: Agent) -> None:
        """Leave a member out; KeyError if it is none. Its row stays."""
        if agent not in self:
            raise KeyError(agent)
        self.discard(agent)
