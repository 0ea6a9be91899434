"""The officers' month: who comes and goes, what they learn, where the hours go.

Work per officer and month is bounded by the hours there are. Equations:
docs/model-basis.md, section "Loan officers".
"""

from __future__ import annotations

from typing import Any

from agents.compiled import kernel
from agents.officer import effort, file_hours_granted, leaves, next_skill
from simulation.draws import OFFICER, OFFICERS, uniforms
from simulation.world import SUM, TALLY, World

_HOURS = TALLY["hours"]
_DEPARTURES, _ROTATIONS = TALLY["departures"], TALLY["rotations"]
_POSTS, _SKILL = SUM["posts"], SUM["skill"]
_FILE_EFFORT, _WATCH_EFFORT = SUM["file_effort"], SUM["watch_effort"]
_COLLECTION_CEILING = 0.4  # of the hours that files leave


@kernel
def staff_post(o: Any, post: int, w: Any) -> None:
    """Turnover, rotation and learning.

    A newcomer knows neither the craft nor the clients; who rotates leaves the clients behind.
    """
    p = w.p
    if w.month < o.vacant_until:
        return
    u = uniforms(w.seed, w.replication, OFFICERS + post, w.month, OFFICER, 0)
    if leaves(p.turnover, u[0]) or leaves(w.departures, u[3]):
        o.person += 1
        o.since_month = o.vacant_until = w.month + int(p.vacancy_months)
        o.skill = p.newcomer_skill
        o.integrity = u[2] ** (1.0 / p.integrity_shape)
        w.tally[_DEPARTURES] += 1.0
        return
    o.skill = next_skill(o.skill, p.learning_rate, o.new_files + o.renewal_files)
    if leaves(p.rotation, u[1]):
        # As many come as go: the clients meet another officer of the same bank.
        o.since_month = w.month
        w.tally[_ROTATIONS] += 1.0


@kernel
def share_hours(o: Any, w: Any) -> None:
    """Split the month's hours: files first by priority, then collection, then the watch."""
    p = w.p
    files = o.new_files * p.file_hours + o.renewal_files * p.renewal_hours
    collection = o.collections * p.collection_hours
    watch = o.visits_due * p.visit_hours + o.alerts_due * p.alert_hours
    available = p.hours_per_month
    if w.month < o.vacant_until:
        available *= p.stand_in
    granted = file_hours_granted(
        files, collection + watch, available, p.origination_priority, p.audit
    )
    rest = available - granted
    collecting = min(collection, _COLLECTION_CEILING * rest)
    if collection + watch <= rest:
        collecting = collection
    watching = min(watch, rest - collecting)
    o.file_effort = effort(granted, files, p.least_effort)
    o.collection_effort = effort(collecting, collection, 0.0)
    o.watch_effort = effort(watching, watch, 0.0)
    o.file_hours = granted
    o.file_hours_left = granted
    o.hours_used = granted + collecting + watching
    w.tally[_HOURS] += o.hours_used


@kernel
def count_post(o: Any, w: Any) -> None:
    """Add a post to the month's sums."""
    w.sums[_POSTS] += 1.0
    w.sums[_SKILL] += o.skill
    w.sums[_FILE_EFFORT] += o.file_effort
    w.sums[_WATCH_EFFORT] += o.watch_effort


@kernel
def run(o: Any, post: int, w: Any) -> None:
    """One post's month, if it is staffed."""
    if o.active == 1:
        staff_post(o, post, w)
        share_hours(o, w)
        count_post(o, w)


@kernel
def run_post(post: int, world: World) -> None:
    """One post's month."""
    run(world.officers[post], post, world.desk[0])


@kernel
def run_posts(world: World) -> None:
    """All posts."""
    officers, w = world.officers, world.desk[0]
    for post in range(len(officers)):
        run(officers[post], post, w)
