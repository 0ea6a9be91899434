"""When it happens: keyed draws, the economy, the stages of a month, the ledger, the model."""

from simulation.model import LoanPortfolio
from simulation.scenario import Scenario, Strategy, StrategyError, Stress, Tape

__all__ = ["LoanPortfolio", "Scenario", "Strategy", "StrategyError", "Stress", "Tape"]
