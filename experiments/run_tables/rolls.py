"""Moves of loans between stages of arrears, in the window."""

from __future__ import annotations

import numpy as np
import pandas as pd

from simulation import LoanPortfolio
from simulation.rolls import ARREARS_STAGES, STAGES


def rows(model: LoanPortfolio) -> pd.DataFrame:
    """Loans of the simulated sample by where they stood (``stage``) and stood a month later
    (``next_stage``), summed over the window's months; moves that nobody made are left out.
    """
    counts = model.rolls
    before, after = np.nonzero(counts)
    return pd.DataFrame({
        "stage": [ARREARS_STAGES[k] for k in before], "next_stage": [STAGES[k] for k in after],
        "loans": counts[before, after],
    })  # fmt: skip
