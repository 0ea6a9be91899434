"""The parameters from which the traits of enterprises are drawn on the first day.

Distributions and sources: docs/model-basis.md, section "Enterprises".
"""

from __future__ import annotations

from agents.parameters import Parameter, declare

PARAMETERS = declare(
    "population",
    revenue_median=Parameter(
        250_000.0, "CNY/month", "median baseline monthly sales", (1.0, 1e9), "A", "assumed",
        (150_000.0, 400_000.0)),
    revenue_spread=Parameter(
        0.8, "log", "spread of sales over firms", (0.0, 3.0), "A", "assumed", (0.6, 1.0)),
    need_median=Parameter(
        1.75, "months of sales", "median credit that the business can use", (0.01, 60.0), "C",
        "prototype"),
    need_spread=Parameter(
        0.4, "log", "spread of that need over firms", (0.0, 2.0), "C", "prototype"),
    bullet_share=Parameter(
        0.6, "share", "applicants who want a bullet loan", (0.0, 1.0), "R",
        "Chinese practice: mostly up to 12 months, principal at the end", (0.4, 0.8)),
    long_use_share=Parameter(
        0.25, "share", "firms whose need is for long-lived assets", (0.0, 1.0), "A", "assumed",
        (0.1, 0.4)),
    real_estate_share=Parameter(
        0.45, "share", "firms that can pledge real estate", (0.0, 1.0), "A", "assumed",
        (0.3, 0.6)),
    guarantee_share=Parameter(
        0.30, "share", "firms that offer guarantors, mutual or not", (0.0, 1.0), "A", "assumed",
        (0.2, 0.4)),
    circle_share=Parameter(
        0.6, "share", "of those, the ones in a mutual-guarantee circle", (0.0, 1.0), "A",
        "assumed", (0.3, 0.9)),
    circle_size=Parameter(
        5.0, "firms", "members of a circle", (2.0, 50.0), "R", "circles of 3 to 7 are usual",
        (3.0, 7.0), integer=True),
    hub_share=Parameter(
        0.3, "share", "circles in which a large firm of another circle stands too", (0.0, 1.0),
        "A", "assumed: guarantee networks are near scale-free (Li et al. 2019)", (0.1, 0.6)),
    true_ltv_median=Parameter(
        0.75, "ratio", "median need over the true value of the real estate", (0.01, 5.0), "A",
        "prototype", (0.65, 0.85)),
    true_ltv_spread=Parameter(
        0.25, "log", "spread of that ratio", (0.0, 2.0), "A", "prototype", (0.15, 0.35)),
    asset_median=Parameter(
        0.08, "months of sales", "median liquidation value of stock and equipment",
        (0.0, 100.0), "A", "assumed, with an unsecured recovery of 20-30 % in view (fact 4)",
        (0.04, 0.15)),
    asset_spread=Parameter(
        1.3, "log", "spread of that value", (0.0, 3.0), "A", "assumed", (1.0, 1.6)),
    survivor_quality=Parameter(
        0.02, "share of sales", "margin advantage of the firms of the first day: the weakest "
        "are gone", (-1.0, 1.0), "C", "keeps the first years level"),
    first_cash=Parameter(
        1.8, "ratio", "cash of the firms of the first day over the owners' targets", (0.0, 10.0),
        "C", "keeps mean cash level"),
    new_share=Parameter(
        0.2, "share", "firms on the first day that are newly founded", (0.0, 1.0), "A", "assumed",
        (0.1, 0.3)),
    new_buffer=Parameter(
        0.6, "ratio", "cash of a new firm, of what an old one would hold", (0.0, 1.0), "A",
        "assumed", (0.4, 0.9)),
    birth_rate=Parameter(
        0.0033, "1/month", "foundations a month, of the firms of the first day", (0.0, 0.2), "C",
        "keeps the number of live firms level"),
    tape_unit_cny=Parameter(
        1.0, "CNY", "value of the loan tape's currency unit", (1e-6, 1e6), "D", "definition"),
)  # fmt: skip
