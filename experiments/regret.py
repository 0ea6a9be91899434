"""What is lost by choosing an arm that is not the best.

Source: docs/model-basis.md, section "Comparison and money".
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from experiments.comparison import RANKED, ranked_worlds, standard_error, t_quantile
from simulation.measures import UNITS

COLUMNS = (
    "interval", "measure", "strategy", "least_regret", "most_regret", "standard_error",
    "ci_low", "ci_high", "replications", "unit",
)  # fmt: skip


def regret(runs: pd.DataFrame) -> pd.DataFrame:
    """Expected regret of choosing each arm, by loss rate and by profit, in the measure's unit.

    Ranked are the baseline, single strategies and rivals, as in experiments.comparison.ranking.
    most_regret: mean over worlds of the best arm of that world less the chosen one. It knows
    each world's luck beforehand, which nobody does. least_regret: the best mean less the chosen
    arm's mean; it knows nothing but the means. What is lost by not knowing the assumptions lies
    between the two, for E max >= E max E(.|assumptions) >= max E (Jensen).
    Returns: a row for each arm, columns COLUMNS; the interval is that of most_regret, 95 %.
    """
    rows = []
    for interval, measure, worlds in ranked_worlds(runs):
        gains = -worlds if RANKED[measure] == "lowest" else worlds
        lost = gains.rsub(gains.max(axis=1), axis=0)
        means = gains.mean()
        for arm in worlds.columns:
            values = lost[arm].to_numpy()
            error = standard_error(values)
            margin = t_quantile(len(values)) * error
            most = float(values.mean()) if len(values) else float("nan")
            rows.append({
                "interval": interval, "measure": measure, "strategy": arm,
                "least_regret": means.max() - means[arm], "most_regret": most,
                "standard_error": error, "ci_low": float(np.maximum(0.0, most - margin)),
                "ci_high": most + margin, "replications": len(values), "unit": UNITS[measure],
            })  # fmt: skip
    return pd.DataFrame(rows, columns=list(COLUMNS))
