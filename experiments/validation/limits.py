"""What is taken from a world at a known limit: functions of a model that stands at the fork."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.enterprise import ALIVE, NEW_FILE, NO_FILE
from agents.records import packed_bytes
from experiments.validation.takes import Taken
from simulation import LoanPortfolio

MONTHS = 13
"""Shocks up to maturity in the scenario ``vasicek``, that of the month of lending among them."""


def first_month_defaults(model: LoanPortfolio) -> Taken:
    """Defaults among the loans of the first month, the parameters that decide them, the factor."""
    model.run()
    first = model.loans[model.loans["start_month"] == 0]
    p = model.parameters
    factor = model.months["systematic"].iloc[:MONTHS].sum() / math.sqrt(MONTHS)
    return {
        "loans": len(first), "defaults": (first["first_default"] >= 0).sum(), "factor": factor,
        **{name: p[name] for name in ("demand_sd", "need_median", "systematic_share")},
    }  # fmt: skip


def losses(model: LoanPortfolio) -> Taken:
    """Default rate and loss rate."""
    measured = model.run()
    return {name: measured[name] for name in ("default_rate", "loss_rate", "lgd")}


def decisions(model: LoanPortfolio) -> Taken:
    """Right and wrong decisions on new files, held against true capacity."""
    found: Taken = dict.fromkeys(
        ("bad_accepted", "good_refused", "approved", "refused", "waiting"), 0
    )
    cutoff = model.parameters["cutoff"]
    while not model.finished:
        truth, approved, waiting = decided(model)
        clear = np.abs(truth - cutoff) > 1e-9
        found["bad_accepted"] += int((approved & (truth < cutoff) & clear).sum())
        found["good_refused"] += int((~approved & (truth >= cutoff) & clear).sum())
        found["approved"] += int(approved.sum())
        found["refused"] += int((~approved).sum())
        found["waiting"] += waiting
    return found


def decided(model: LoanPortfolio) -> tuple[NDArray[np.float64], NDArray[np.bool_], int]:
    """One month more: true capacity of the firms whose new file was decided, whether they were
    approved, and how many files wait.

    Capacity is computed afresh from the records: docs/model-basis.md, section "Origination".
    """
    before = model.enterprises.records.copy()
    model.step()
    e, p = model.enterprises.records, model.parameters
    fresh = (e["ordinal"] > before["ordinal"]) & (before["loan"] < 0) & (e["file"] == NO_FILE)
    fresh &= e["status"] == ALIVE
    waiting = int(((e["status"] == ALIVE) & (e["file"] == NEW_FILE)).sum())
    e = e[fresh]
    level = np.exp(e["demand"] + e["setback"])
    margin = 1.0 - p["variable_cost"] + e["quality"]
    flow = e["revenue_fen"] * (margin * level - p["fixed_cost"]) - e["hidden_service_fen"]
    service = e["need_fen"] * (p["base_rate"] / 12.0 + 1.0 / 24.0)
    spare = (e["cash_fen"] + e["line_fen"]) / np.maximum(e["buffer_fen"] + e["line_fen"], 1)
    raw = (flow - service) / e["revenue_fen"] / 0.04 + 0.6 * np.log(np.maximum(spare, 0.05))
    return (raw - p["score_location"]) / p["score_scale"], e["loan"] >= 0, waiting


def untouched(model: LoanPortfolio) -> Taken:
    """Bytes that differ between the baseline and all strategies at intensity 0, at the horizon."""
    idle = [replace(s, intensity=0.0) for s in model.scenario.strategies.values()]
    twin = model.fork(idle)
    for one in (model, twin):
        while one.month < model.scenario.months:
            one.step()
    pairs = list(zip(_state(model), _state(twin), strict=True))
    return {
        "different": sum(
            int((a != b).sum()) if a.shape == b.shape else max(len(a), len(b)) for a, b in pairs
        ),
        "compared": sum(len(a) for a, _ in pairs),
    }


def _state(model: LoanPortfolio) -> list[NDArray[np.uint8]]:
    """Firms, officers, contracts and months, as bytes."""
    arrays: list[Any] = [
        model.enterprises.records, model.officers.records, model.loans, model.months.to_numpy(),
    ]  # fmt: skip
    return [np.frombuffer(packed_bytes(a), dtype=np.uint8) for a in arrays]
