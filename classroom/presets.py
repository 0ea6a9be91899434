"""Worlds to start a lesson from: each makes one weakness plain, by the parameters of its mechanism.

What each does was looked at in runs: tests/classroom/test_presets.py says what must be seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Preset(NamedTuple):
    """Where a lesson starts.

    scenario: a shipped one. values: parameters that are not as there, at the qualities with
    which the preset begins.
    """

    scenario: str
    values: Mapping[str, float]


PRESETS: dict[str, Preset] = {
    "l_bank": Preset("l_bank", {}),
    "unverified_statements": Preset("l_bank", {"check_compliance": 0.05, "source_sd": 1.2}),
    "rubber_stamp": Preset(
        "growth_race",
        {"review_share": 0.0, "override_probability": 0.8, "override_depth": 0.9},
    ),
    "unregistered_collateral": Preset("l_bank", {"registration_share": 0.3}),
    "late_watch_list": Preset(
        "l_bank",
        {"visit_compliance": 0.2, "detection": 0.05, "action_days": 120.0, "alert_handled": 0.1},
    ),
    "evergreening": Preset("l_bank", {"evergreening": 0.95, "hiding": 0.5, "audit": 0.0}),
    "guarantee_circle": Preset("hub_shock", {"circle_map": 0.0, "circle_share": 0.9}),
}  # fmt: skip
"""Presets by name. Their titles and lessons stand among the words."""
