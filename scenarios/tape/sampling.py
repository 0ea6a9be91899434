"""From a tape's loans to the columns from which a model samples its enterprises."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenarios.tape.mapping import Mapping
from scenarios.tape.reading import LoanTape, read_loans
from simulation.scenario import SECTORS, Tape


def read_tape(
    path: str | Path, unit_cny: float = 1.0, label: str | None = None,
    mapping: Mapping | None = None,
) -> Tape:  # fmt: skip
    """Read a loan tape for sampling.

    path: file ending in .csv, .csv.gz, .parquet or .xlsx. unit_cny: CNY of one unit of the tape's
    amounts (7.0 for US dollars). label: how messages name the tape; the path where None.
    mapping: the bank's own headers and codes. Returns: the tape, amounts in CNY; None for sector,
    employees, new or old and revolving where the tape has no such column.
    Raises: ScenarioError naming every kind of problem, by row and column.
    """
    return sampled(read_loans(path, mapping, label), unit_cny)


def sampled(tape: LoanTape, unit_cny: float = 1.0) -> Tape:
    """The columns of a tape that a model samples from, amounts in CNY."""
    loans = tape.loans
    places = {sector: place for place, sector in enumerate(SECTORS)}
    sectors: NDArray[np.int64] | None = None
    if "sector" in loans:
        sectors = loans["sector"].fillna("other").map(places).to_numpy().astype(np.int64)
    return Tape(
        amount_cny=loans["amount"].to_numpy(np.float64) * unit_cny,
        sector=sectors,
        employees=loans["employees"].to_numpy(np.float64) if "employees" in loans else None,
        is_new=_flag(loans, "is_new"),
        revolving=_flag(loans, "revolving"),
        weight=weights(loans),
    )


def weights(loans: pd.DataFrame) -> NDArray[np.float64]:
    """Sampling weights; 1 where the tape has none."""
    return loans["weight"].to_numpy(np.float64) if "weight" in loans else np.ones(len(loans))


def _flag(loans: pd.DataFrame, name: str) -> NDArray[np.int64] | None:
    """1 and 0; an empty cell is 0."""
    return loans[name].fillna(0.0).to_numpy(np.int64) if name in loans else None
