"""Tables of runs made by hand, for tests of pure functions."""

from __future__ import annotations

import pandas as pd


def table(baseline: list[float], mode: str = "fixed", measure: str = "loss_rate",
          **arms: list[float]) -> pd.DataFrame:  # fmt: skip
    rows = [
        {"assumptions": mode, "replication": number, "strategy": arm, measure: value}
        for arm, values in {"baseline": baseline, **arms}.items()
        for number, value in enumerate(values)
    ]
    return pd.DataFrame(rows)
