"""A lesson lived again from its run code, without a page: ``loanlab replay --code``."""

from __future__ import annotations

import json
from collections.abc import Iterator

from agents.parameters import STAGES
from classroom.codes import settings_from
from classroom.debrief import as_data, fingerprint
from classroom.settings import SettingsError
from classroom.timeline import Timeline
from classroom.twin import MEASURES
from classroom.words import said
from experiments.arms import StudyError
from simulation.orders import OrderError


def replayed(code: str, *, as_json: bool = False) -> Iterator[str]:
    """Live the lesson of a code to its end. Yields: lines, or one line of JSON.

    Raises: StudyError for a code that cannot be read, or whose decisions are impossible.
    """
    try:
        timeline = Timeline(settings_from(code))
        timeline.go_to(timeline.settings.months)
    except (SettingsError, OrderError) as error:
        raise StudyError(f"--code: {error}") from None
    if as_json:
        yield json.dumps(as_data(timeline), ensure_ascii=False, allow_nan=False)
        return
    settings = timeline.settings
    qualities = ", ".join(f"{said('en', s)} {100 * settings.qualities[s]:.0f}" for s in STAGES)
    yield (
        f"{said('en', f'preset.{settings.preset}')}, {settings.enterprises:,} firms, "
        f"{settings.months} months; seed {settings.seed}, world {settings.replication}"
    )
    yield f"Quality of management: {qualities}"
    for start in settings.strategies:
        yield f"Strategy {start.strategy} from month {start.month}"
    for d in settings.decisions:
        yield said("en", "ordered", month=d.month, enterprise=d.enterprise,
                   order=said("en", f"order.{d.order}"))  # fmt: skip
    for measure in MEASURES:
        value = measure.told.format(measure.read(timeline.model))
        yield f"  {said('en', f'measure.{measure.name}'):<32}{value:>14}"
    yield f"Fingerprint of the loan book: {fingerprint(timeline)}"
