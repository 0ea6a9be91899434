"""What is judged: three criteria, one a stage, with fourteen indicators of risk under them.

Source: docs/assessment.md, section "Hierarchy".
"""

from __future__ import annotations

from typing import NamedTuple

from agents.parameters import STAGES

GOAL = "goal"
"""Code of the group of pairwise judgements that weighs the criteria themselves."""


class Item(NamedTuple):
    """A criterion or an indicator. code: in the questionnaire. title, title_zh: for people."""

    code: str
    title: str
    title_zh: str


CRITERIA: tuple[Item, ...] = (
    Item("B1", "Pre-loan assessment", "贷前调查"),
    Item("B2", "Examination and approval", "贷中审查审批"),
    Item("B3", "Post-loan management", "贷后管理"),
)

INDICATORS: tuple[Item, ...] = (
    Item("C1", "Owner's character and credit record", "企业主品行与信用记录"),
    Item("C2", "Cash flow for repayment", "还款现金流"),
    Item("C3", "Authenticity of statements", "报表真实性"),
    Item("C4", "Collateral and its appraisal", "押品充足性与评估"),
    Item("C5", "Guarantee circle and hidden debt", "担保圈与隐性负债"),
    Item("C6", "Compliance of the investigation", "尽职调查合规性"),
    Item("C7", "Independence of review", "审查独立性"),
    Item("C8", "Authority and overrides", "授权与越权审批"),
    Item("C9", "Fit of limit, price and tenor", "额度、价格与期限匹配"),
    Item("C10", "Contract, registration, disbursement", "合同、登记与放款控制"),
    Item("C11", "Tracking of the use of funds", "贷款用途跟踪"),
    Item("C12", "Frequency and quality of visits", "贷后检查频率与质量"),
    Item("C13", "Timeliness of warnings", "风险预警及时性"),
    Item("C14", "Classification and collection", "分类与清收"),
)

_MEMBERS: dict[str, tuple[str, ...]] = {
    "B1": ("C1", "C2", "C3", "C4", "C5", "C6"),
    "B2": ("C7", "C8", "C9", "C10"),
    "B3": ("C11", "C12", "C13", "C14"),
}

GROUPS: dict[str, tuple[str, ...]] = {GOAL: tuple(c.code for c in CRITERIA), **_MEMBERS}
"""Group of pairwise judgements -> the codes that are compared in it."""

ITEMS: dict[str, Item] = {item.code: item for item in (*CRITERIA, *INDICATORS)}
"""Every criterion and indicator by code."""

STAGE_OF: dict[str, str] = dict(zip(_MEMBERS, STAGES, strict=True))
"""Criterion -> stage whose management quality it gives."""

CRITERION_OF: dict[str, str] = {code: b for b, codes in _MEMBERS.items() for code in codes}
"""Indicator -> its criterion."""

GRADES: tuple[str, ...] = ("very low", "low", "medium", "high", "very high")
"""Grades of risk, 1 to 5: a high grade is a bad one."""

GRADES_ZH: tuple[str, ...] = ("很低", "较低", "一般", "较高", "很高")

SCORES: tuple[float, ...] = (20.0, 40.0, 60.0, 80.0, 100.0)
"""Points of risk of each grade."""


def group_of(first: str, second: str) -> str | None:
    """The group in which two codes are compared; None where they are not."""
    for group, codes in GROUPS.items():
        if first in codes and second in codes:
            return group
    return None


def named(group: str) -> str:
    """A group of judgements, for people."""
    return "the criteria" if group == GOAL else group


def title(code: str) -> str:
    """A code's name for people."""
    return "All stages" if code == GOAL else ITEMS[code].title


def title_zh(code: str) -> str:
    """A code's Chinese name."""
    return "全流程" if code == GOAL else ITEMS[code].title_zh


def in_order() -> list[str]:
    """Codes as they are told: each criterion, its indicators, then the whole."""
    order = [code for b in GROUPS[GOAL] for code in (b, *GROUPS[b])]
    return [*order, GOAL]
