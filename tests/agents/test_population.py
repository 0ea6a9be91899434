"""Populations pass Mesa's own tests of AgentSet, and never lose an agent to a weak reference.

The tests ``test_mesa_*`` are those of Mesa 3.3.1 (tests/test_agent.py, tests/test_model.py
and tests/test_datacollector.py), on records instead of registered agents. What of them does
not apply, and why:

- hard references kept beside a set (``test_agentset``: "because AgentSet uses weakrefs, we
  need hard refs as well"; ``test_agentset_serialization``): views are made on demand from
  rows, so nothing has to be kept alive;
- an agent that vanishes from a set when its last reference goes, and ``do``, ``map`` and
  ``shuffle_do`` skipping such agents (the last part of ``test_agentset_shuffle_do``): a row
  never vanishes, so who is a member at the start is called;
- the warning for an empty set without a generator (``test_agentset_initialization``): a
  population always knows its model, so it always has one;
- ``Agent.remove`` and ``Model.remove_all_agents`` emptying ``model.agents``
  (``test_agent_removal``): rows stay, the model's living rows decide who is shown;
- ``Agent.create_agents`` (``test_agent_create``): the model makes the rows;
- attributes invented by ``set`` (``test_agentset_get``, ``test_agentset_set_method``): a
  record has its declared fields, anything else is an error with the nearest name.
"""

from __future__ import annotations

import copy
import gc
import operator
import pickle
import random
import subprocess
import sys
import tracemalloc
import weakref
from types import SimpleNamespace
from typing import Any

import mesa
import numpy as np
import pytest
from mesa.agent import AgentSet

from agents.population import Agents, Population
from agents.records import Field, new_records
from agents.views import Bank, Enterprise, LoanOfficer, RecordAgent, release_model

FIELDS = {
    "wealth": Field("i8", "fen", "money"),
    "even": Field("?", "0/1", "unique_id is even"),
    "group": Field("i4", "index", "group"),
    "score": Field("f8", "sd", "score"),
    "alive": Field("?", "0/1", "still there", initial=1),
    "flag": Field("i1", "0/1", "a flag"),
    "due": Field("i8", "fen", "two months", shape=(2,)),
}
OFFICER_FIELDS = {"skill": Field("f8", "share", "skill"), "group": Field("i4", "index", "team")}
BANK_FIELDS = {"cash_fen": Field("i8", "fen", "cash")}


class Firm(Enterprise):
    """An enterprise of the toy model, with methods that Mesa's tests call by name."""

    @property
    def double(self) -> int:
        return int(2 * self.wealth)

    @double.setter
    def double(self, value: int) -> None:
        self.wealth = value // 2

    @property
    def broken(self) -> int:
        return int(self.score.nothing)

    def get_unique_identifier(self) -> int:
        return self.unique_id

    def do_add(self) -> None:
        self.model.chosen.add(self.population.agent(self.row + len(self.model.books.firms) // 2))

    def do_remove(self) -> None:
        self.model.chosen.remove(self)

    def step(self) -> None:
        self.act("grow")

    def leave(self) -> None:
        self.alive = False


class Toy(mesa.Model):  # type: ignore[misc]
    """A model as a user of the library has it: records, and Mesa's view of them."""

    def __init__(self, firms: int = 10, officers: int = 3, seed: int = 3) -> None:
        super().__init__(seed=seed)
        self.books = SimpleNamespace(
            firms=new_records(FIELDS, firms),
            officers=new_records(OFFICER_FIELDS, officers),
            bank=new_records(BANK_FIELDS, 1),
        )
        ids = np.arange(1, firms + 1)
        self.books.firms.wealth = 10 * ids
        self.books.firms.even = ids % 2 == 0
        self.books.firms.group = ids % 3
        self.firms = Population(self, "books.firms", Firm, "living")
        self.officers = Population(self, "books.officers", LoanOfficer, first_id=1001)
        self.bank = Population(self, "books.bank", Bank, first_id=2001)[0]
        self.everyone = Agents([self.firms, self.officers, self.bank.population, self._all_agents])

    def living(self) -> Any:
        return np.flatnonzero(self.books.firms.alive)

    def act(self, stage: str, row: int) -> str:
        self.books.firms[row].wealth += 1
        return f"{stage} {row}"

    @property
    def agents(self) -> AgentSet:
        return self.everyone

    @property
    def agents_by_type(self) -> dict[type, AgentSet]:
        return self.everyone.by_type()

    @property
    def agent_types(self) -> list[type]:
        return list(self.agents_by_type)


class Person(mesa.Agent):  # type: ignore[misc]
    """An ordinary registered Mesa agent, to compare with and to mix in."""

    def __init__(self, model: mesa.Model, wealth: int = 0) -> None:
        super().__init__(model)
        self.wealth = wealth

    even = property(lambda self: self.unique_id % 2 == 0)
    group = property(lambda self: self.unique_id % 3)


@pytest.fixture
def model() -> Toy:
    return Toy()


def all_of(model: Toy) -> Population:
    """A fixed set of all rows, as Mesa's tests make one with AgentSet(agents)."""
    return Population(model, "books.firms", Firm, np.arange(len(model.books.firms)))


def chosen_half(n: int = 10) -> tuple[Toy, Population]:
    """A model with 2n rows and a set of the first n, which its agents can reach."""
    model = Toy(2 * n)
    model.chosen = all_of(model).select(at_most=n)
    return model, model.chosen


# ---------------------------------------------------------------- Mesa's tests


def test_mesa_agentset(model: Toy) -> None:
    agentset = all_of(model)
    agents = list(agentset)
    assert isinstance(agentset, AgentSet)
    assert agents[0] in agentset
    assert len(agentset) == len(agents) == 10
    assert agentset[0:5] == agents[0:5]
    assert list(agentset) == agents

    def above_5(agent: Firm) -> bool:
        return agent.unique_id > 5

    assert len(agentset.select(at_most=0.2)) == 2
    assert len(agentset.select(at_most=0.549)) == 5
    assert len(agentset.select(at_most=0.09)) == 0
    assert len(agentset.select(at_most=1.0)) == 10
    assert len(agentset.select(at_most=1)) == 1
    assert len(agentset.select(above_5)) == 5
    assert len(agentset.select(above_5, at_most=2)) == 2
    assert len(agentset.select(above_5, inplace=True)) == 5
    assert agentset.select(inplace=True) is agentset
    assert agentset.select(inplace=True) == agentset
    assert list(agentset.select()) == list(agentset)
    assert list(agentset.select(at_most=5)) == agentset[:5]
    assert len(agentset.shuffle(inplace=False).select(at_most=5)) == 5

    assert list(agentset.sort(lambda a: a.unique_id, ascending=False)) == agentset[::-1]
    assert list(agentset.sort("unique_id", ascending=False)) == agentset[::-1]
    assert agentset.get("unique_id") == [agent.unique_id for agent in agentset]
    assert agentset == agentset.do("get_unique_identifier")

    first = agentset[0]
    agentset.discard(first)
    assert first not in agentset
    agentset.discard(first)
    with pytest.raises(KeyError):
        agentset.remove(first)
    agentset.add(first)
    assert first in agentset

    other_agents, another_set = pickle.loads(pickle.dumps([agents, all_of(model)]))
    assert [a.unique_id for a in another_set] == [a.unique_id for a in other_agents]


def test_mesa_agentset_initialization(model: Toy) -> None:
    empty = Population(model, "books.firms", Firm, [])
    assert len(empty) == 0 and list(empty) == [] and empty.get("wealth") == []
    assert empty.random is model.random
    assert all_of(model).random is model.random
    own = random.Random(1)
    assert Population(model, "books.firms", Firm, [], random=own).random is own


def test_mesa_agentset_serialization(model: Toy) -> None:
    agentset = all_of(model).select(at_most=5)
    again = pickle.loads(pickle.dumps(agentset))
    assert again.get("unique_id") == agentset.get("unique_id") == [1, 2, 3, 4, 5]


def test_mesa_agent_membership(model: Toy) -> None:
    agentset = all_of(model).select(at_most=5)
    assert agentset[0] in agentset
    assert model.firms[7] not in agentset
    assert model.firms.agent(0) not in model.officers
    assert "firm" not in agentset


def test_mesa_agent_rng(model: Toy) -> None:
    assert model.firms[0].random is model.random
    assert model.firms[0].rng is model.rng


def test_mesa_add_remove_discard(model: Toy) -> None:
    agentset = model.firms.select(at_most=0)
    agent = model.firms[4]
    agentset.add(agent)
    agentset.add(agent)
    assert agent in agentset and len(agentset) == 1
    agentset.remove(agent)
    assert agent not in agentset
    agentset.add(agent)
    agentset.discard(agent)
    assert agent not in agentset
    with pytest.raises(KeyError):
        agentset.remove(agent)


def test_mesa_get_item(model: Toy) -> None:
    agentset = all_of(model)
    agents = list(agentset)
    assert agentset[0] == agents[0]
    assert agentset[-1] == agents[-1]
    assert agentset[1:3] == agents[1:3]
    with pytest.raises(IndexError):
        agentset[20]


@pytest.mark.parametrize(
    ("add", "leave"),
    [
        ("do_add", "do_remove"),
        (lambda agent: agent.do_add(), lambda agent: agent.do_remove()),
    ],
)
def test_mesa_do_may_change_the_set(add: Any, leave: Any) -> None:
    _, agentset = chosen_half()
    agentset.do(add)
    assert len(agentset) == 20
    agentset.do(leave)
    assert len(agentset) == 0


@pytest.mark.parametrize("verb", ["do", "map", "shuffle_do"])
def test_mesa_unknown_method(model: Toy, verb: str) -> None:
    with pytest.raises(AttributeError):
        getattr(model.firms, verb)("non_existing_method")
    with pytest.raises(AttributeError):
        getattr(model.firms, verb)(lambda agent: agent.non_existing_method())


def test_mesa_get(model: Toy) -> None:
    agentset = model.firms
    agentset.set("wealth", 5).set("group", 6)
    assert agentset.get(["wealth", "group"]) == [[5, 6]] * 10
    with pytest.raises(AttributeError):
        agentset.get("unknown")
    assert agentset.get("unknown", handle_missing="default", default_value=True) == [True] * 10
    values = agentset.get(["wealth", "unknown"], handle_missing="default", default_value=True)
    assert values == [[5, True]] * 10
    with pytest.raises(ValueError, match="nonsense"):
        agentset.get("unknown", handle_missing="nonsense")  # type: ignore[arg-type]
    # an attribute that only some agents have
    assert model.agents.get("skill", "default", -1) == [-1] * 10 + [0.0] * 3 + [-1]
    with pytest.raises(AttributeError):
        model.agents.get("skill")
    assert agentset.get([]) == [[]] * 10


def test_mesa_agg(model: Toy) -> None:
    agentset = all_of(model)
    assert agentset.agg("wealth", min) == 10
    assert agentset.agg("wealth", np.mean) == 55.0
    assert agentset.agg("wealth", [min, max]) == [10, 100]
    assert agentset.agg("wealth", (min, max, sum)) == [10, 100, 550]
    assert agentset.agg("unique_id", sum) == 55
    mean = agentset.agg("wealth", lambda values: sum(values) / len(values) if values else 0)
    assert mean == 55.0


def test_mesa_set(model: Toy) -> None:
    assert model.firms.set("wealth", 100) is model.firms
    assert all(agent.wealth == 100 for agent in model.firms)
    model.firms.set("double", 60)
    assert model.firms.get("wealth") == [30] * 10
    with pytest.raises(AttributeError, match="'wealth'"):
        model.firms.set("welth", 100)


def test_mesa_map(model: Toy) -> None:
    assert all_of(model).map("get_unique_identifier") == list(range(1, 11))
    assert all_of(model).map(lambda agent: agent.unique_id) == list(range(1, 11))


def test_mesa_shuffle_do() -> None:
    model = Toy(100)
    before = model.firms.get("wealth")
    assert model.firms.shuffle_do("step") is model.firms
    assert model.firms.get("wealth") == [w + 1 for w in before]
    order: list[Any] = []
    model.firms.shuffle_do(order.append)
    assert order != list(model.firms) and set(order) == set(model.firms)

    def drive_out(agent: Firm) -> None:
        other = agent.random.choice(agent.model.firms)
        if agent.alive and other != agent:  # who left meanwhile is still called
            other.leave()

    model.firms.shuffle_do(drive_out)
    assert 0 < len(model.firms) < 100


def test_mesa_select_by_type(model: Toy) -> None:
    firms = model.agents.select(agent_type=Firm)
    assert len(firms) == 10 and all(isinstance(agent, Firm) for agent in firms)
    assert len(model.agents.select(agent_type=LoanOfficer)) == 3
    assert len(model.agents.select(agent_type=RecordAgent)) == 14
    assert len(model.agents.select()) == 14
    assert len(model.firms.select(agent_type=LoanOfficer)) == 0
    assert len(model.firms.select(agent_type=Enterprise)) == 10


def test_mesa_shuffle() -> None:
    model = Toy(12)
    agents = list(model.firms)
    shuffled = model.firms.shuffle()
    assert list(shuffled) != agents and set(shuffled) == set(agents)
    agentset = all_of(model)
    assert agentset.shuffle(inplace=True) is agentset
    assert agentset.get("unique_id") != list(range(1, 13))


def test_mesa_groupby(model: Toy) -> None:
    agentset = all_of(model)
    for groups in (agentset.groupby("even"), agentset.groupby(lambda a: a.unique_id % 2 == 0)):
        assert len(groups) == 2
        assert len(groups.groups[True]) == len(groups.groups[False]) == 5
        for name, group in groups:
            assert len(group) == 5 and name in {True, False}
            assert isinstance(group, Population)
    groups = agentset.groupby("even", result_type="list")
    assert isinstance(groups.groups[True], list)
    assert groups.map(len) == {True: 5, False: 5}
    groups = agentset.groupby("even")
    assert groups.map("get", "even") == {True: [True] * 5, False: [False] * 5}
    assert groups.do("do", "step") is groups
    assert groups.do(lambda x: x.do("step")) is groups
    assert groups.count() == {True: 5, False: 5}
    assert groups.agg("unique_id", sum) == {True: 30, False: 25}
    assert groups.agg("wealth", max) == {True: 102, False: 92}


def test_mesa_model_agents_by_type(model: Toy) -> None:
    assert model.agents_by_type[Firm] == model.firms
    assert model.agents_by_type[LoanOfficer] == model.officers
    assert list(model.agents_by_type[Bank]) == [model.bank]
    assert model.agent_types == [Firm, LoanOfficer, Bank]
    with pytest.raises(AttributeError):
        model.agents = []  # type: ignore[misc]


# ------------------------------------------- the same answers as Mesa's own set


@pytest.mark.parametrize(
    "verb",
    [
        lambda s: s.shuffle(),
        lambda s: s.shuffle().shuffle(inplace=True),
        lambda s: s.sort("group"),
        lambda s: s.sort("group", ascending=True),
        lambda s: s.shuffle().sort(lambda a: -a.group, inplace=True),
        lambda s: s.select(lambda a: a.wealth > 30),
        lambda s: s.select(lambda a: a.even, at_most=2),
        lambda s: s.select(at_most=0.35),
        lambda s: s.select(at_most=2.5),
        lambda s: s.select(at_most=-1),
        lambda s: s.shuffle().select(lambda a: a.even, at_most=0.2, inplace=True),
        lambda s: s.groupby("group").groups[2],
        lambda s: s.groupby("even", result_type="list").groups[True],
        lambda s: s.select(lambda a: a.even) | s.select(lambda a: a.group == 1),
        lambda s: s.select(lambda a: a.even) & s.select(lambda a: a.group == 1),
        lambda s: s - s.select(lambda a: a.group == 1),
        lambda s: s.select(lambda a: a.even) ^ s.select(lambda a: a.group == 1),
        reversed,
        lambda s: s[2:7:2],
        lambda s: s.random.sample(s, 4),
    ],
)
def test_verbs_answer_as_mesa_does(verb: Any) -> None:
    model, plain = Toy(seed=11), mesa.Model(seed=11)
    people = [Person(plain, 10 * i) for i in range(1, 11)]
    wanted = [agent.unique_id for agent in verb(AgentSet(people))]
    assert [agent.unique_id for agent in verb(all_of(model))] == wanted
    release_model(plain)


def test_shuffle_do_calls_in_mesas_order() -> None:
    model, plain = Toy(seed=4), mesa.Model(seed=4)
    people = [Person(plain) for _ in range(10)]
    ours: list[int] = []
    mesas: list[int] = []
    model.firms.shuffle_do(lambda a: ours.append(a.unique_id))
    AgentSet(people).shuffle_do(lambda a: mesas.append(a.unique_id))
    assert ours == mesas
    release_model(plain)


@pytest.mark.parametrize("kind", [Population, Agents])
def test_no_public_verb_reads_mesas_weak_references(kind: type) -> None:
    inherited = [n for n in dir(AgentSet) if not n.startswith("_") or n in AgentSet.__dict__]
    for name in inherited:
        code = getattr(getattr(kind, name), "__code__", None)
        assert code is None or "_agents" not in code.co_names, name


# ------------------------------------------------------------------------ views


def test_a_view_reads_and_writes_its_record(model: Toy) -> None:
    firm = model.firms[3]
    assert (firm.row, firm.unique_id, firm.model) == (3, 4, model)
    assert firm.wealth == 40 and type(firm.wealth) is int and firm.even is True
    firm.wealth -= 15
    assert model.books.firms.wealth[3] == 25 and model.firms[3].wealth == 25
    firm.due[1] = 7
    assert model.books.firms["due"][3].tolist() == [0, 7]
    assert firm.pos is None and repr(firm) == "<Firm unique_id=4>"
    assert {"wealth", "unique_id"} <= set(dir(firm))
    assert firm.act("grow") == "grow 3" and firm.wealth == 26


def test_an_unknown_field_names_the_nearest(model: Toy) -> None:
    firm = model.firms[0]
    with pytest.raises(AttributeError, match="Firm has no field 'welth'; the nearest is 'wealth'"):
        _ = firm.welth
    with pytest.raises(AttributeError, match="'score'"):
        firm.scores = 1
    with pytest.raises(AttributeError, match="'nothing'"):  # not: no field 'broken'
        _ = firm.broken
    for fixed in ("model", "unique_id", "pos", "step"):
        with pytest.raises(AttributeError):
            setattr(firm, fixed, 1)
    assert set(vars(firm)) == {"population", "row"}
    assert getattr(firm, "welth", 5) == 5 and not hasattr(firm, "__len__")


def test_views_are_equal_by_population_and_row(model: Toy) -> None:
    assert model.firms[2] == model.firms.select(lambda a: a.row > 1)[0]
    assert model.firms[2] is not model.firms[2]
    assert Firm(model.firms.select(), 2) == model.firms[2]
    assert len({model.firms[2], model.firms[2], model.firms[3]}) == 2
    assert model.firms[2] != model.officers[2]
    assert model.firms[2] != Toy().firms[2]
    assert model.firms[2] != 3


def test_rows_are_neither_removed_nor_created(model: Toy) -> None:
    with pytest.raises(TypeError, match="cannot be removed"):
        model.firms[0].remove()
    with pytest.raises(TypeError, match="creates none"):
        Firm.create_agents(model, 3)
    with pytest.raises(ValueError, match="does not belong"):
        model.firms.select().add(model.officers[0])
    with pytest.raises(IndexError):
        model.firms.agent(10)
    with pytest.raises(IndexError):
        Population(model, "books.firms", Firm, [3, 10])


def test_a_field_that_a_method_would_hide_is_refused(model: Toy) -> None:
    model.books.odd = new_records({"step": Field("i8", "1", "hidden")}, 2)
    with pytest.raises(ValueError, match="step"):
        Population(model, "books.odd", Firm)


def test_copies_of_a_model_have_their_own_records(model: Toy) -> None:
    for twin in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        twin.firms.set("wealth", 1)
        twin.firms[9].leave()
        assert twin.firms.model is twin and len(twin.firms) == 9 and len(twin.agents) == 13
        assert model.firms.get("wealth")[:2] == [10, 20] and len(model.firms) == 10
    firm = copy.copy(model.firms[1])
    assert firm == model.firms[1]
    again = pickle.loads(pickle.dumps(firm))
    assert again.wealth == 20 and again.model is not model


# ------------------------------------------------------------------ populations


def test_a_living_population_follows_the_model(model: Toy) -> None:
    subset = model.firms.select()
    gone = model.firms[4]
    gone.leave()
    assert len(model.firms) == 9 and gone not in model.firms and gone in subset
    assert [a.row for a in model.firms] == [0, 1, 2, 3, 5, 6, 7, 8, 9]
    assert model.firms.agent(4) == gone and gone.wealth == 50
    assert "9 Firm" in repr(model.firms)
    for change in (
        lambda: model.firms.shuffle(inplace=True),
        lambda: model.firms.sort("wealth", inplace=True),
        lambda: model.firms.select(lambda a: a.even, inplace=True),
        lambda: model.firms.remove(model.firms[0]),
        lambda: model.firms.add(gone),
        lambda: model.agents.shuffle(inplace=True),
    ):
        with pytest.raises(TypeError, match=r"select\(\)"):
            change()
    model.firms.discard(gone)  # no member, nothing to do
    model.firms.add(model.firms[0])  # a member, nothing to do
    assert copy.copy(model.firms).select() == model.firms


def test_records_may_be_allocated_again(model: Toy) -> None:
    firm = model.firms[1]
    model.books.firms = np.concatenate([model.books.firms] * 2).view(np.recarray)
    model.books.firms.wealth[1] = 77
    assert firm.wealth == 77 and len(model.firms) == 20


def test_columns(model: Toy) -> None:
    model.firms[0].leave()
    assert model.firms["wealth"].tolist() == list(range(20, 101, 10))
    assert model.firms["unique_id"].tolist() == list(range(2, 11))
    assert model.firms["double"].tolist() == list(range(40, 201, 20))
    assert model.firms["due"].shape == (9, 2)
    with pytest.raises(AttributeError, match="'wealth'"):
        model.firms["welth"]
    rich = model.firms.select(model.firms["wealth"] > 50, at_most=2)
    assert rich.get("wealth") == [60, 70]
    with pytest.raises(TypeError):
        model.firms.select(model.firms["group"])
    with pytest.raises(ValueError, match=r"shorter|longer"):
        model.firms.select(np.ones(4, dtype=bool))
    rich.set("score", np.array([0.5, 1.5]))
    assert rich.get("score") == [0.5, 1.5]


def test_rows_from_a_function_a_mask_or_a_path(model: Toy) -> None:
    model.firms[0].leave()
    records = model.books.firms
    for rows in ("books.firms.alive", "living", lambda: records.alive, records.alive):
        assert len(Population(model, lambda: records, Firm, rows)) == 9
    assert len(Population(model, "books.firms", Firm)) == 10
    assert Population(model, "books.firms", Firm, [4, 2, 4]).rows.tolist() == [4, 2]
    with pytest.raises(TypeError, match="== 1"):
        len(Population(model, "books.firms", Firm, "books.firms.flag"))
    with pytest.raises(TypeError):
        Population(model, "books.firms", Firm, [0.5])
    with pytest.raises(ValueError, match="read-only"):
        all_of(model).rows[0] = 5


def test_a_users_plain_function_acts_on_every_enterprise(model: Toy) -> None:
    seen = []

    def audit(enterprise: Any, share: float, *, least: int) -> None:
        enterprise.score = share * max(enterprise.wealth, least)
        seen.append(enterprise.unique_id)

    assert model.firms.do(audit, 0.5, least=30) is model.firms
    assert seen == list(range(1, 11))
    assert model.books.firms.score.tolist() == [15, 15, 15, 20, 25, 30, 35, 40, 45, 50]
    assert model.firms.to_list() == list(model.firms) and model.firms.count(model.firms[0]) == 1
    assert model.firms.index(model.firms[6]) == 6


# -------------------------------------------------------------- all of a model


def test_agents_is_the_union(model: Toy) -> None:
    assert isinstance(model.agents, AgentSet) and len(model.agents) == 14
    assert model.agents[0] == model.firms[0] and model.agents[-1] == model.bank
    assert model.agents[10:12] == model.officers[:2]
    with pytest.raises(IndexError):
        model.agents[14]
    ids = model.agents.get("unique_id")
    assert len(set(ids)) == 14 and ids[10:] == [1001, 1002, 1003, 2001]
    model.agents.select(agent_type=(Firm, LoanOfficer)).set("group", 8)
    assert model.officers.get("group") == [8] * 3
    mixed = model.agents.select().shuffle(inplace=True)
    assert list(mixed) != list(model.agents) and set(mixed) == set(model.agents)
    assert mixed.sort("unique_id", ascending=True).get("unique_id") == ids
    assert {k: len(v) for k, v in mixed.by_type().items()} == {Firm: 10, LoanOfficer: 3, Bank: 1}
    assert model.agents.groupby(type).count() == {Firm: 10, LoanOfficer: 3, Bank: 1}
    mixed.remove(model.bank)
    assert model.bank not in mixed and model.bank in model.agents
    assert len(mixed & model.firms) == 10
    with pytest.raises(ValueError, match="not a Mesa agent"):
        mixed.add(3)
    assert model.random.choice(model.agents) in model.agents
    assert repr(model.agents) == "<Agents: 14>"
    assert model.agents.map(operator.attrgetter("model")) == [model] * 14
    team = Agents([model.firms, model.officers]).set("group", 4)
    assert team.agg("group", sum) == 4 * 13
    assert Agents([model.firms, all_of(model)]).by_type()[Firm][3] == model.firms[3]


def test_a_users_own_registered_agent_is_among_the_agents(model: Toy) -> None:
    regulator = Person(model, wealth=3)
    assert regulator in model.agents and len(model.agents) == 15
    assert list(model.agents_by_type[Person]) == [regulator]
    assert model.agents[14] is regulator
    regulator.remove()
    assert len(model.agents) == 14
    release_model(model)


def test_data_collector(model: Toy) -> None:
    collector = mesa.DataCollector(
        model_reporters={"agents": lambda m: len(m.agents), "steps": "steps"},
        agent_reporters={"wealth": "wealth", "kind": lambda a: type(a).__name__},
        agenttype_reporters={
            Firm: {"wealth": "wealth", "twice": lambda a: 2 * a.wealth},
            LoanOfficer: {"skill": "skill"},
            Enterprise: {"id": "unique_id"},
        },
    )
    collector.collect(model)
    model.step()
    model.firms.do("step")
    model.firms[9].leave()
    collector.collect(model)

    assert collector.get_model_vars_dataframe()["agents"].tolist() == [14, 13]
    agents = collector.get_agent_vars_dataframe()
    assert agents.index.is_unique and len(agents) == 27
    assert agents.loc[(0, 4), "wealth"] == 40 and agents.loc[(1, 4), "wealth"] == 41
    assert agents.loc[(1, 1001), "kind"] == "LoanOfficer"
    firms = collector.get_agenttype_vars_dataframe(Firm)
    assert firms.loc[1]["twice"].tolist() == [2 * w for w in model.firms.get("wealth")]
    assert len(collector.get_agenttype_vars_dataframe(LoanOfficer)) == 6
    assert len(collector.get_agenttype_vars_dataframe(Enterprise)) == 19


# ----------------------------------------------------------------------- memory


def test_views_leave_no_memory_behind() -> None:
    model = Toy(1000)
    before = dict(mesa.Agent._ids)
    model.firms.do("get_unique_identifier")
    gc.disable()  # dropped views must go at once, not wait for the collector
    tracemalloc.start()
    try:
        for _ in range(100):
            for firm in model.firms:
                firm.get_unique_identifier()
        held = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
        gc.enable()
    assert held < 20_000
    assert mesa.Agent._ids == before and model not in mesa.Agent._ids
    assert len(model._agents) == 0


@pytest.mark.parametrize("registered", [False, True])
def test_a_released_model_can_be_collected(registered: bool) -> None:
    model = Toy()
    model.agents.shuffle_do(lambda agent: agent.unique_id)
    if registered:
        Person(model)
        assert model in mesa.Agent._ids
    release_model(model)
    assert model not in mesa.Agent._ids
    gone = weakref.ref(model)
    del model
    gc.collect()
    assert gone() is None


def test_a_population_pickled_in_one_process_opens_in_another(tmp_path: Any) -> None:
    """What a study's workers do: no lambda, no id of an object may be part of the state."""
    path = tmp_path / "population.pickle"
    model = mesa.Model(seed=1)
    model.firms_records = new_records(FIELDS, 4)
    path.write_bytes(pickle.dumps(Population(model, "firms_records", Enterprise)[2]))
    code = (
        "import pickle, sys; view = pickle.load(open(sys.argv[1], 'rb'));"
        "print(view.unique_id, view in {view}, view in view.population)"
    )
    done = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True)
    assert done.stdout.split() == ["3", "True", "True"], done.stderr
