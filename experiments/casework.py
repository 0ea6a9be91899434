"""Single cases and the papers: the journal of one loan, and what an auditor would find."""

from __future__ import annotations

import numpy as np
import pandas as pd

from agents.loan import NEW_LENDING
from experiments.arms import StudyError, checked_arms, whole_number
from experiments.study import MOST_SEED
from simulation import LoanPortfolio, Scenario
from simulation.auditor import audit, scored
from simulation.journal import Journal


def costliest_default(model: LoanPortfolio) -> int:
    """Row of the loan of new lending that lost most. Raises: StudyError where none was lost."""
    loans = model.loans
    lost = np.where(loans["first_default"] >= 0, loans["ead_fen"] - loans["recovered_fen"], 0)
    lost = np.where(loans["cohort"] == NEW_LENDING, lost, 0)
    if not lost.any():
        raise StudyError("no loan of this world was lost; name one with --loan")
    return int(np.argmax(lost))


def journal_of(
    scenario: Scenario, strategy: str, seed: int, replication: int, loan: int | None
) -> tuple[int, Journal, int, int | None]:
    """Live a world to find the borrower of a loan, and once more with its journal.

    loan: row in the loan book; None for the costliest default. Returns: the loan's row, the
    journal of its borrower, and the months (from the fork) of its file and its end, None if it
    goes on. Raises: StudyError for a loan that there is not.
    """
    for name, value in (("seed", seed), ("replication", replication)):
        whole_number(name, value, 0, MOST_SEED)
    arm = checked_arms(scenario, [strategy])[-1]
    first = LoanPortfolio(scenario, arm, seed, replication)
    first.run()
    row = costliest_default(first) if loan is None else loan
    whole_number("loan", row, 0, first.loan_count - 1)
    borrower = int(first.loans["enterprise"][row])
    again = LoanPortfolio(scenario, arm, seed, replication, watch=[borrower])
    again.run()
    contract = again.loans[row]
    first_month = int(contract["start_month"]) - scenario.burn_in_months
    ended = int(contract["closed_month"])
    last = ended - scenario.burn_in_months if ended >= 0 else None
    return row, again.journals[borrower], first_month, last


def audited(scenario: Scenario, strategy: str, seed: int, replications: int) -> pd.DataFrame:
    """Traces in the papers of several worlds on the horizon's last day.

    Returns: see simulation.auditor.audit, with the mode as a column. Raises: StudyError.
    """
    whole_number("seed", seed, 0, MOST_SEED)
    whole_number("replications", replications, 1, 10_000)
    arm = checked_arms(scenario, [strategy])[-1]
    counts = []
    for replication in range(replications):
        model = LoanPortfolio(scenario, arm, seed, replication)
        for _ in range(scenario.months):
            model.step()
        counts.append(audit(model)[["occurred", "found", "hit"]])
    return scored(sum(counts[1:], counts[0])).rename_axis("mode").reset_index()
