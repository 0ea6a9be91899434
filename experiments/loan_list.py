"""The contracts of a world as a list from which a case is chosen."""

from __future__ import annotations

import numpy as np
import pandas as pd

from agents.failures import FAILURES
from agents.records import FEN_PER_CNY
from experiments.arms import StudyError, checked_arms, whole_number
from experiments.study import MOST_SEED
from scenarios.problems import nearest, shown
from simulation import LoanPortfolio, Scenario
from simulation.story.records import codes

COLUMNS = ("loan", "enterprise", "made", "lent_cny", "default", "lost_cny", "full_check", "modes")


def failure_bit(code: str) -> int:
    """The bit of a failure mode by its code. Raises: StudyError that names the nearest."""
    bits = {mode.code: mode.bit for mode in FAILURES}
    if code.upper() not in bits:
        raise StudyError(
            f"failure = {shown(code)} is not allowed; allowed: {min(bits)} to {max(bits)}"
            f"{nearest(code, bits)}"
        )
    return bits[code.upper()]


def loan_list(
    scenario: Scenario, strategy: str, seed: int, replication: int, failure: str | None
) -> pd.DataFrame:
    """Contracts made after the fork in a world lived to its end, the costliest first.

    failure: code of a mode that must have occurred. Returns: columns COLUMNS; months from the
    fork; lent_cny with what was drawn later; full_check is ``refuses`` where a full check would
    not have lent; lost_cny not discounted, of defaults, NaN of others. Raises: StudyError.
    """
    bits = 0 if failure is None else failure_bit(failure)
    for name, value in (("seed", seed), ("replication", replication)):
        whole_number(name, value, 0, MOST_SEED)
    model = LoanPortfolio(scenario, checked_arms(scenario, [strategy])[-1], seed, replication)
    model.run()
    return _rows(model, bits)


def _rows(model: LoanPortfolio, bits: int) -> pd.DataFrame:
    """The list of a finished world. bits: of modes that must have occurred."""
    loans, zero = model.loans, model.scenario.burn_in_months
    chosen = np.flatnonzero((loans["start_month"] >= zero) & ((loans["failures"] & bits) == bits))
    own = loans[chosen]
    failed = own["first_default"] >= 0
    lost = np.where(own["default_month"] >= 0, own["ead_fen"] - own["recovered_fen"], 0)
    table = pd.DataFrame({
        "loan": chosen,
        "enterprise": own["enterprise"],
        "made": own["start_month"] - zero,
        "lent_cny": own["principal_fen"] / FEN_PER_CNY,
        "default": pd.Series(own["first_default"] - zero, dtype="Int64").where(failed),
        "lost_cny": np.where(failed, lost / FEN_PER_CNY, np.nan),
        "full_check": np.where(own["full_check_fen"] > 0, "lends", "refuses"),
        "modes": [" ".join(codes(int(b))) for b in own["failures"]],
    })  # fmt: skip
    return table.sort_values("lost_cny", ascending=False, ignore_index=True, kind="stable")
