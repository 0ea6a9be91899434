"""The agents of the model as Mesa sees them: populations over the records of a world."""

from __future__ import annotations

from typing import Any

import mesa
import numpy as np
from numpy.typing import NDArray

from agents.enterprise import ALIVE, IN_WORKOUT
from agents.population import Agents, Population
from agents.views import Bank, Enterprise, LoanOfficer
from simulation.world import World

_OFFICER_ID, _BANK_ID = 1_000_000_001, 2_000_000_001


class ModelOfRecords(mesa.Model):  # type: ignore[misc]  # mesa ships no types
    """A Mesa model whose agents live in the records of a world; ``_make_views`` once it is there.

    enterprises, officers, banks: populations, through which Mesa and people look at the records.
    """

    _world: World

    def _make_views(self) -> None:
        """Populations through which Mesa and people look at the records."""
        self.enterprises = Population(self, "_world.enterprises", Enterprise, self._living)
        self.officers = Population(
            self, "_world.officers", LoanOfficer, self._staffed, first_id=_OFFICER_ID
        )
        self.banks = Population(self, self._bank_records, Bank, first_id=_BANK_ID)
        self._everyone = Agents([self._all_agents, self.enterprises, self.officers, self.banks])

    def _living(self) -> NDArray[np.int64]:
        """Rows of enterprises that are alive or in workout."""
        status = self._world.enterprises["status"]
        return np.flatnonzero((status == ALIVE) | (status == IN_WORKOUT))

    def _staffed(self) -> NDArray[np.int64]:
        """Rows of staffed posts."""
        return np.flatnonzero(self._world.officers["active"] == 1)

    def _bank_records(self) -> Any:
        """The bank's record, as an array of one row."""
        return self._world.desk["bank"].view(np.recarray)

    @property
    def bank(self) -> Bank:
        """The bank."""
        return self.banks.agent(0)

    @property
    def agents(self) -> Agents:
        """All agents: enterprises, officers, the bank, and whatever a user registers."""
        return self._everyone

    @property
    def agents_by_type(self) -> dict[type[mesa.Agent], Any]:
        """Agents by class."""
        return self._everyone.by_type()

    @property
    def agent_types(self) -> list[type]:
        """Classes of agents."""
        return list(self.agents_by_type)
