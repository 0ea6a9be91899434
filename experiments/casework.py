"""Single cases and the papers: the journal of one loan, and what an auditor would find."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from agents.failures import FAILURES
from agents.loan import NEW_LENDING
from experiments.arms import BASELINE, StudyError, checked_arms, whole_number
from experiments.replay import run_key
from experiments.study import MOST_SEED, Study
from simulation import LoanPortfolio, Scenario
from simulation.auditor import audit, scored
from simulation.journal import Journal
from simulation.model import WatchError
from simulation.story.telling import parting


def costliest_default(model: LoanPortfolio) -> int:
    """Row of the loan of new lending that lost most. Raises: StudyError where none was lost."""
    loans = model.loans
    lost = np.where(loans["first_default"] >= 0, loans["ead_fen"] - loans["recovered_fen"], 0)
    lost = np.where(loans["cohort"] == NEW_LENDING, lost, 0)
    if not lost.any():
        raise StudyError("no loan of this world was lost; name one with --loan")
    return int(np.argmax(lost))


def journal_of(
    scenario: Scenario,
    strategy: str,
    seed: int,
    replication: int,
    loan: int | None,
    *,
    drawn: bool = False,
) -> tuple[int, Journal, int, int | None]:
    """Live a world to find the borrower of a loan, and once more with its journal.

    loan: row in the loan book; None for the costliest default. Returns: the loan's row, the
    journal of its borrower, and the months (from the fork) of its file and its end, None if it
    goes on. drawn: assumptions are drawn. Raises: StudyError for a loan that there is not.
    """
    for name, value in (("seed", seed), ("replication", replication)):
        whole_number(name, value, 0, MOST_SEED)
    arm = checked_arms(scenario, [strategy])[-1]
    first = LoanPortfolio(scenario, arm, seed, replication, drawn=drawn)
    first.run()
    row = costliest_default(first) if loan is None else loan
    whole_number("loan", row, 0, first.loan_count - 1)
    kept = _kept(scenario, arm, seed, replication, int(first.loans["enterprise"][row]), drawn)
    contract = first.loans[row]
    first_month = int(contract["start_month"]) - scenario.burn_in_months
    ended = int(contract["closed_month"])
    last = ended - scenario.burn_in_months if ended >= 0 else None
    return row, kept, first_month, last


def journal_of_firm(
    scenario: Scenario, strategy: str, seed: int, replication: int, enterprise: int
) -> Journal:
    """The journal of an enterprise, which is the same firm in every arm of a world.

    enterprise: row, firms that are founded later included. Raises: StudyError for one that there
    is not.
    """
    for name, value in (("seed", seed), ("replication", replication)):
        whole_number(name, value, 0, MOST_SEED)
    arm = checked_arms(scenario, [strategy])[-1]
    try:
        return _kept(scenario, arm, seed, replication, enterprise, drawn=False)
    except WatchError as error:
        raise StudyError(str(error)) from None


def _kept(
    scenario: Scenario, arm: str, seed: int, replication: int, borrower: int, drawn: bool
) -> Journal:
    """The journal of one enterprise in one arm, to the end of the world."""
    model = LoanPortfolio(
        scenario, seed=seed, replication=replication, drawn=drawn, watch=[borrower]
    ).fork(arm)
    model.run()
    return model.journals[borrower]


def story_of_run(study: Study, name: str, loan: int) -> Iterator[str]:
    """The story of a loan in a run of a study, and the same borrower's in the baseline.

    name: as in experiments.replay.run_key. loan: row in the run's loan book. Yields: lines.
    Raises: StudyError for a loan that there is not.
    """
    mode, replication, arm = run_key(study, name)
    drawn = mode == "drawn"
    scenario = study.arms_scenario
    row, kept, first, last = journal_of(scenario, arm, study.seed, replication, loan, drawn=drawn)
    yield f"Loan {row} of enterprise {kept.row} under {arm}"
    story = list(kept.lines(first=first, last=last))
    yield from story
    if arm == BASELINE:
        return
    twin = _kept(scenario, BASELINE, study.seed, replication, kept.row, drawn)
    other = list(twin.lines(first=first, last=last))
    end = "the end" if last is None else f"month {last}"
    yield f"The same enterprise in the baseline, from month {first} to {end}"
    if story == other:
        yield "  the same story, line by line"
        return
    yield from other
    apart = parting(story, other) or "the end"
    yield f"The two part at: {apart.strip()}"


def audited(scenario: Scenario, strategy: str, seed: int, replications: int) -> pd.DataFrame:
    """Traces in the papers of several worlds on the horizon's last day.

    Returns: see simulation.auditor.audit, with the mode and its title as columns. Raises:
    StudyError.
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
    table = scored(sum(counts[1:], counts[0])).rename_axis("mode").reset_index()
    table.insert(1, "title", [mode.title for mode in FAILURES])
    return table
