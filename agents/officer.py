"""The loan officer: hours, checks, what is seen and what is made of it.

A record is a post; the person in it changes. No rule here takes a true field: what an officer
knows comes in through observations. Equations and sources: docs/model-basis.md, section
"Loan officers".
"""

from __future__ import annotations

import math

from agents.compiled import rule
from agents.parameters import Parameter, declare
from agents.records import Field

# Bits of the checks made on a file.
STATEMENTS, SOURCES, OWNER, APPRAISAL, CIRCLE_MAP = 1, 2, 4, 8, 16
CHECKS = ("statements", "sources", "owner", "appraisal", "circle_map")

FIELDS: dict[str, Field] = {
    "active": Field("i1", "0/1", "post is staffed", "contract"),
    "person": Field("i4", "count", "persons who have held the post before", "contract"),
    "since_month": Field("i4", "month", "month from which the person serves these clients",
                         "contract"),
    "vacant_until": Field("i4", "month", "until then the post is vacant", "contract", -1),
    "integrity": Field("f8", "share", "resistance to favours for old clients, 0-1"),
    "skill": Field("f8", "share", "skill, 0-1"),
    "new_files": Field("i4", "count", "files for new loans on the desk this month", "observed"),
    "renewal_files": Field("i4", "count", "renewal files on the desk this month", "observed"),
    "visits_due": Field("i4", "count", "visits due this month", "observed"),
    "alerts_due": Field("i4", "count", "alerts to act upon this month", "observed"),
    "collections": Field("i4", "count", "loans in arrears or default this month", "observed"),
    "clients": Field("i4", "count", "contracts in the officer's care", "observed"),
    "file_effort": Field("f8", "share", "hours given to a file, of the standard", "observed"),
    "watch_effort": Field("f8", "share", "hours given to visits and alerts, of the standard",
                          "observed"),
    "collection_effort": Field("f8", "share", "hours given to collection, of the standard",
                               "observed"),
    "file_hours": Field("f8", "hours", "hours for files this month", "observed"),
    "file_hours_left": Field("f8", "hours", "of these, not yet used", "observed"),
    "hours_used": Field("f8", "hours", "all hours used this month", "observed"),
}  # fmt: skip

PARAMETERS = declare(
    "officer",
    enterprises_per_officer=Parameter(
        120.0, "firms", "firms of the first day for each post", (1.0, 1e7), "A",
        "gives about 80 loans an officer", (90.0, 160.0)),
    extra_officers=Parameter(
        0.0, "ratio", "posts added, of those there are (negative: closed)", (-0.9, 2.0), "D",
        "set by strategies"),
    hours_per_month=Parameter(
        136.0, "hours", "working hours of an officer for clients", (1.0, 1e9), "A",
        "160 hours less 15 % absence", (120.0, 150.0)),
    file_hours=Parameter(
        12.0, "hours", "standard work on a file for a new loan", (0.0, 100.0), "R",
        "8-16 hours for two persons", (8.0, 16.0)),
    renewal_hours=Parameter(
        6.0, "hours", "standard work on a renewal file", (0.0, 100.0), "R", "4-8 hours",
        (4.0, 8.0)),
    visit_hours=Parameter(
        3.0, "hours", "a visit with travel", (0.0, 100.0), "R", "2-4 hours", (2.0, 5.0)),
    alert_hours=Parameter(
        3.0, "hours", "following up an alert", (0.0, 100.0), "A", "assumed", (1.0, 5.0)),
    collection_hours=Parameter(
        3.0, "hours", "a month's work on a loan in arrears", (0.0, 100.0), "A", "assumed",
        (2.0, 6.0)),
    origination_priority=Parameter(
        0.7, "share", "hours that files claim first when there are too few", (0.0, 1.0), "A",
        "prototype", (0.5, 0.9)),
    hours_per_day=Parameter(
        3.0, "hours", "hours that one file can take of an officer's working day", (0.1, 24.0),
        "A", "assumed: papers and people have to be waited for", (2.0, 5.0)),
    least_effort=Parameter(
        0.5, "share", "a file gets at least this part of its hours or waits: what a standard "
        "process insists on", (0.05, 1.0), "A", "assumed", stage="pre_loan", weak=0.25,
        strong=0.75),
    stand_in=Parameter(
        0.3, "share", "hours that colleagues find for a vacant post", (0.0, 1.0), "A", "assumed",
        (0.1, 0.6)),
    vacancy_months=Parameter(
        2.0, "months", "from a departure to the successor's first day", (0.0, 24.0), "A",
        "assumed", (1.0, 4.0), integer=True),
    handover_months=Parameter(
        6.0, "months", "until a successor knows the clients", (0.0, 60.0), "R",
        "6-9 months to full productivity", (3.0, 9.0), integer=True),
    handover_skill=Parameter(
        0.7, "ratio", "skill in that time with a client that a predecessor knew", (0.0, 1.0), "A",
        "assumed", (0.5, 0.9)),
    integrity_shape=Parameter(
        2.5, "shape", "integrity is Beta(shape, 1) over officers", (0.1, 100.0), "A",
        "assumed: mean 0.71", (1.5, 5.0)),
    rotation=Parameter(
        0.014, "1/month", "officers who hand their clients to another post's officer",
        (0.0, 1.0), "A", "3 years where there is rotation", stage="approval", weak=0.0,
        strong=0.028),
    suppressed_reports=Parameter(
        0.5, "share", "distress found at an old client that an officer without integrity keeps "
        "quiet about", (0.0, 1.0), "A", "direction: Hertzberg, Liberti, Paravisini 2010",
        (0.2, 0.8)),
    desk_visits=Parameter(
        0.3, "share", "missed visits that are reported from the desk", (0.0, 1.0), "A",
        "assumed", (0.1, 0.5)),
    contact_share=Parameter(
        0.9, "share", "owners who put money into a firm that is short, or put suppliers off "
        "for the bank, only because their officer asks", (0.0, 1.0), "C",
        "officer's leave: delinquency +22 %, default +18 %, Drexler and Schoar 2014", (0.6, 1.0)),
    alert_capacity=Parameter(
        8.0, "alerts/month", "alerts that one officer can take seriously", (0.1, 1e9), "A",
        "assumed", (4.0, 16.0)),
    view_sd=Parameter(
        0.6, "sd of capacity", "error of an officer's view of a client at skill 0.5", (0.0, 5.0),
        "A", "prototype", (0.4, 0.9)),
    visit_interval=Parameter(
        3.0, "months", "months between visits", (1.0, 60.0), "R", "1-6 months", (2.0, 6.0),
        integer=True),
    volume_weight=Parameter(
        0.7, "share", "weight of volume in an officer's pay", (0.0, 1.0), "A", "assumed",
        (0.4, 0.9), strong=0.4),
    initial_skill=Parameter(
        0.5, "share", "mean skill on the first day", (0.0, 1.0), "A", "assumed", (0.4, 0.6)),
    newcomer_skill=Parameter(
        0.40, "share", "skill of a newcomer", (0.0, 1.0), "A", "assumed", (0.3, 0.5)),
    training=Parameter(
        0.0, "share", "part of the gap to full skill that training closes", (0.0, 1.0), "D",
        "set by strategies", strong=0.3),
    learning_rate=Parameter(
        0.003, "1/month", "growth of skill from a normal month's files", (0.0, 1.0), "A",
        "keeps mean skill level against departures", (0.002, 0.006)),
    turnover=Parameter(
        0.012, "1/month", "officers who leave", (0.0, 1.0), "A", "12-18 % a year",
        (0.005, 0.03)),
    check_compliance=Parameter(
        0.55, "share", "checks that are made when there are hours for them", (0.0, 1.0), "A",
        "assumed, with statements at half of small loans in view (fact 16)", stage="pre_loan",
        weak=0.25, strong=0.85),
    source_sd=Parameter(
        0.9, "sd of capacity", "error of one source on revenue, before skill", (0.0, 5.0), "A",
        "assumed", stage="pre_loan", weak=1.2, strong=0.6),
    appraisal_inflation=Parameter(
        0.20, "log", "scale of inflation in an appraisal nobody checks", (0.0, 2.0), "A",
        "assumed", stage="pre_loan", weak=0.25, strong=0.15),
    circle_map=Parameter(
        0.5, "share", "circles that the bank has mapped", (0.0, 1.0), "A", "assumed",
        stage="pre_loan", weak=0.1, strong=0.9),
    dressing=Parameter(
        0.6, "ratio", "how far weak firms dress up accounts that nobody checks", (0.0, 3.0), "A",
        "assumed", (0.2, 0.9)),
    relation_shading=Parameter(
        0.25, "sd of capacity", "what an old relation adds to a score near the cut-off",
        (0.0, 2.0), "A", "assumed", (0.1, 0.4)),
    shading_width=Parameter(
        0.5, "sd of capacity", "distance from the cut-off within which scores are shaded",
        (0.0, 5.0), "A", "assumed", (0.25, 0.75)),
    care_slope=Parameter(
        1.8, "ratio", "care lost for each unit of the weight of volume in pay above 0.7",
        (0.0, 3.0), "C", "volume pay +24 % default, Agarwal and Ben-David 2018", (0.9, 2.5)),
    visit_compliance=Parameter(
        0.65, "share", "visits due that are made when there are hours for them", (0.0, 1.0),
        "A", "assumed", stage="post_loan", weak=0.35, strong=0.95),
)  # fmt: skip


@rule
def file_hours_granted(
    wanted: float, other: float, available: float, priority: float, audit: float
) -> float:
    """Hours for files: all if there are enough, else a share claimed first (hours)."""
    if wanted + other <= available:
        return wanted
    first = priority / (1.15 + audit) * available
    return min(wanted, max(first, available - other))


@rule
def effort(granted: float, wanted: float, least: float) -> float:
    """Part of the standard hours that each piece of work gets, within [least, 1]."""
    if wanted <= granted or wanted <= 0.0:
        return 1.0
    return max(least, granted / wanted)


@rule
def cares(effort_given: float, volume_weight: float, slope: float) -> float:
    """Effort that reaches the file's quality: who is paid for volume looks less closely.

    slope: care lost for each unit of the weight of volume above 0.7.
    """
    return min(1.0, max(0.15, effort_given * (1.0 - slope * (volume_weight - 0.7))))


@rule
def check_is_made(compliance: float, effort_given: float, u: float) -> bool:
    """Is a check made? Fewer are where hours are short."""
    return u < compliance * effort_given**0.7


@rule
def check_succeeds(skill: float, u: float) -> bool:
    """Does a check that is made find what it looks for?"""
    return u < 0.5 + 0.5 * min(1.0, 1.3 * skill)


@rule
def observation_sd(source_sd: float, sources: int, effort_given: float, skill: float) -> float:
    """Standard deviation of a belief's error, in sd of capacity; bounded at no effort or skill.

    source_sd: of one source, at reference effort 1 and skill 0.40.
    """
    relative = max(effort_given * skill / 0.40, 0.1)
    return source_sd / math.sqrt(float(sources)) / math.sqrt(relative)


@rule
def belief(seen_capacity: float, dressing: float, hidden_debt: float, error: float) -> float:
    """Score of a file: what was looked at, flattered by what was taken on trust.

    dressing, hidden_debt: what an unchecked statement and an unchecked owner add (sd).
    """
    return seen_capacity + dressing + hidden_debt + error


@rule
def shading(distance: float, width: float, push: float, relation: float, restraint: float) -> float:
    """What an officer adds to a score within ``width`` below the cut-off (sd).

    distance: cut-off less score. push: from volume pay and pressure; relation: from an old
    relation; restraint: from pay for quality and audit.
    """
    if distance <= 0.0 or distance > width:
        return 0.0
    return max(0.0, push + relation - restraint)


@rule
def follows_formula(share: float, volume_weight: float, slope: float, u: float) -> bool:
    """Is the limit worked out by the formula? Less often where volume is paid for above 0.7."""
    return u < share * min(1.0, 1.0 - slope * (volume_weight - 0.7))


@rule
def resists(pull: float, integrity: float) -> float:
    """What is left of a relation's pull on an officer of some integrity, 0-1."""
    return pull * (1.0 - integrity)


@rule
def keeps_quiet(share: float, integrity: float, u: float) -> bool:
    """Does an officer keep an old client's distress to himself?"""
    return u < share * (1.0 - integrity)


@rule
def skill_with(skill: float, months: int, handover: int, factor: float) -> float:
    """Skill with a client that a predecessor knew, ``months`` after taking it over."""
    return factor * skill if months < handover else skill


@rule
def contact(effort_given: float, months: int, handover: int, factor: float) -> float:
    """How well owners in arrears are spoken to, 0-1: hours, and knowing them.

    effort_given: hours given to collection, of the standard. months: since the officer took the
    clients over; negative while the post is vacant.
    """
    return effort_given * (factor if months < handover else 1.0)


@rule
def attention(alerts: int, capacity: float) -> float:
    """Part of the alerts that are taken seriously: a flood of them tires."""
    return min(1.0, capacity / max(float(alerts), 1.0))


@rule
def view_error(view_sd: float, skill: float) -> float:
    """Standard deviation of an officer's view of a client (sd of capacity); bounded."""
    return view_sd * math.sqrt(0.5 / max(skill, 0.05))


@rule
def notices_distress(skill: float, u: float) -> bool:
    """Does a visit to a firm in distress reveal it?"""
    return u < 0.5 + 0.4 * skill


@rule
def days_to_decision(
    months_waited: float, desk_share: float, hours: float, hours_per_day: float, review: float
) -> float:
    """Calendar days from request to decision.

    desk_share: part of the month's file hours used when this file's turn is over; files come in
    evenly, so half of it is waiting. hours: worked on this file. review: days, 0 without.
    """
    working = hours / hours_per_day * 7.0 / 5.0
    return 365.0 / 12.0 * (months_waited + 0.5 * desk_share) + working + review


@rule
def next_skill(skill: float, rate: float, files: int) -> float:
    """Skill after a month: files teach, less so the more one knows. 8 files are normal."""
    return skill + rate * (1.0 - skill) * min(files / 8.0, 2.0)


@rule
def trained(skill: float, training: float) -> float:
    """Skill as used: training closes a part of the gap to full skill."""
    return skill + training * (1.0 - skill)


@rule
def leaves(turnover: float, u: float) -> bool:
    """Does the officer leave this month?"""
    return u < turnover
