"""Facts 1 to 9 and 18: levels, losses, recovery, correlation, the hump, and billing."""

from __future__ import annotations

import math

from experiments.validation import plan
from experiments.validation.estimators import (
    default_correlation,
    hazard_over_peak,
    mean,
    peak_month,
    ratio,
    skewness,
    slope_per_year,
    tail,
    year_correlation,
)  # fmt: skip
from experiments.validation.fact import POSITIVE, Fact, Part

_TENORS = tuple(arm.name for arm in plan.INSTALMENTS.arms)
_SHARES = tuple(plan.TENORS.values())

RISK_FACTS = (
    Fact(
        1, "Default rate", "1.5-4 % a year", "NPL ratio and turnover of such books", "A/R",
        (Part(
            "defaults a year over mean live loans, whole book, first 24 months", plan.FIRMS,
            ratio("defaults", "clients", 12.0), (0.015, 0.04), "the published range", "%"),),
        calibrated=("fixed_cost", "quality_sd", "demand_sd", "injection_probability"),
    ),
    Fact(
        2, "Reported NPL ratio", "1.5-3.8 %", "Chinese regulator in the news", "V",
        (Part(
            "reported NPL ratio, mean over the first 24 months", plan.FIRMS, mean("npl_ratio"),
            (0.015, 0.038), "the published range", "%"),),
        calibrated=("write_off_months", "fixed_cost"),
    ),
    Fact(
        3, "True over reported NPL", "2-3 times", "Charoenwong, Miao, Ruan 2025", "V",
        (
            Part(
                "true over reported NPL, first 24 months", plan.FIRMS,
                ratio("npl_ratio_true", "npl_ratio"), (2.0, 3.0), "the published range"),
            Part(
                "the same at a bank with approval and post-loan quality 0.25", plan.WEAK_BANK,
                ratio("npl_ratio_true", "npl_ratio"), (2.0, 3.0),
                "informs: more is hidden at a weaker bank", judged=False),
        ),
        calibrated=("audit", "hiding_months"),
    ),
    Fact(
        4, "Loss given default in two humps", "U-shaped; mean 40-55 %",
        "shape: Chen, Liu, Yang 2015; mean assumed", "V/A",
        (
            Part(
                "workouts with an LGD of at most 10 %, by number", plan.YEARS,
                ratio("low_lgd", "workouts"), (0.15, math.inf), "more than 15 % make a hump", "%"),
            Part(
                "workouts with an LGD of at least 90 %, by number", plan.YEARS,
                ratio("high_lgd", "workouts"), (0.15, math.inf), "more than 15 % make a hump", "%"),
            Part(
                "mean LGD by exposure, discounted, cured defaults left out", plan.YEARS,
                ratio("lost", "exposure"), (0.40, 0.55), "the assumed range", "%"),
        ),
        calibrated=("auction_value", "asset_median", "sound_guarantor_share", "guarantor_honours"),
    ),
    Fact(
        5, "Recovery falls with time", "about 10 points a year in the first three years",
        "resolution times of European-type loans", "V",
        (Part(
            "slope of the undiscounted recovery on years from default to the end of the "
            "workout, workouts of less than three years", plan.YEARS,
            slope_per_year("recovered_by_month", "resolved_by_month"), (-0.15, -0.05),
            "half to one and a half times the published slope", "points a year"),),
        calibrated=("asset_months",),
    ),
    Fact(
        6, "Default and loss given default move together", "correlation above 0 (0.2-0.5)",
        "Frye 2000; size recalled", "V/R",
        (Part(
            "correlation over world-years of defaulted exposure over balance and of LGD, each "
            "over its year's mean", plan.YEARS,
            year_correlation("year_default_rate", "year_lgd"), POSITIVE,
            "the sign is read, the size only recalled"),),
    ),
    Fact(
        7, "Default asset correlation", "1-3 %, 0-3.4 %", "Dietsch, Petey 2004; Bams et al. 2015",
        "V",
        (Part(
            "asset correlation by the method of moments, annual defaults of firms with a sound "
            "loan at the year's start", plan.YEARS, default_correlation, (0.01, 0.04),
            "the published estimates", "%"),),
        calibrated=("systematic_share",),
    ),
    Fact(
        8, "Losses skewed to the right", "skewness above 0, fat tail",
        "Vasicek at a default rate of 2 % and a correlation of 3 %: 99.9 % quantile three means",
        "C",
        (
            Part(
                "skewness of annual loss rates over their year's mean", plan.YEARS,
                skewness("year_loss_rate"), POSITIVE, "a sign"),
            Part(
                "99 % quantile of annual loss rates over the mean", plan.YEARS,
                tail("year_loss_rate", 0.99), (2.0, math.inf),
                "2 at 99 % goes with 3 at 99.9 %, which no such number of world-years can show"),
        ),
    ),
    Fact(
        9, "Hump of the hazard", "rises, peaks in months 36-48, then falls",
        "SBA loans 1990-2002, terms of 36-90 months; Glennon, Nigro 2005", "V",
        (
            Part(
                "write-off hazard of months 1-12 over the peak", plan.INSTALMENTS,
                hazard_over_peak(0, 2, _SHARES), (-math.inf, 0.15),
                "near zero: 3-5 % of the peak in the SBA data", "%", _TENORS),
            Part(
                "middle of the half-year with the highest hazard", plan.INSTALMENTS,
                peak_month(_SHARES),
                (24.0, 54.0), "peaks of the SBA cohorts 39-45, Glennon and Nigro the second year",
                "months", _TENORS),
            Part(
                "write-off hazard of months 79-84 over the peak", plan.INSTALMENTS,
                hazard_over_peak(13, 14, _SHARES), (-math.inf, 0.60),
                "24-40 % of the peak in the SBA data", "%", _TENORS),
        ),
        amended="The bank hides nothing and terms are mixed as in the SBA data. At first it hid as "
        "l_bank does, which dates write-offs up to 54 months late, and the three terms counted "
        "by their loans: the last half-year then had 60 % [56, 64] of the peak.",
    ),
    Fact(
        18, "Sales of small firms", "CV 0.89 (0.63-1.23), autocorrelation 0.17, empty months 3 %",
        "invoices of 339 Chinese firms", "C",
        (
            Part("median coefficient of variation of monthly billing", plan.FIRMS, mean("cv"),
                 (0.80, 1.00), "around 0.89"),
            Part("its lower quartile", plan.FIRMS, mean("cv_low"), (0.53, 0.73), "around 0.63"),
            Part("its upper quartile", plan.FIRMS, mean("cv_high"), (1.10, 1.40), "around 1.23"),
            Part("median lag-1 autocorrelation of log billing", plan.FIRMS,
                 mean("autocorrelation"), (0.10, 0.25), "around 0.17"),
            Part("median share of months without a sale", plan.FIRMS, mean("empty"),
                 (0.01, 0.05), "around 3 %", "%"),
        ),
        calibrated=("lump_sd", "lump_spread", "zero_month_share", "season_amplitude"),
    ),
)  # fmt: skip
