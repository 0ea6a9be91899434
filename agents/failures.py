"""The sixteen failure modes: what can go wrong in the process, where, and the trace it leaves.

Each mode has a switch among the parameters: 1, the mode can occur; 0, the check that it
concerns is always made, succeeds and takes no hours. Only that check reads the switch.
Source: docs/model-basis.md, section "Failure modes".
"""

from __future__ import annotations

from typing import NamedTuple

from agents.parameters import Parameter, declare


class Failure(NamedTuple):
    """A failure mode.

    code: F01 to F16. name: its switch among the parameters. stage: of the process. trace: what
    an auditor can find in the papers. expected: sign of what the mode does to the probability
    of default, the loss given default, the exposure and the volume (``+``, ``0``, ``+-``),
    as the source has it.
    """

    code: str
    name: str
    title: str
    title_zh: str
    stage: str
    trace: str
    expected: tuple[str, str, str, str]

    @property
    def bit(self) -> int:
        """The mode's bit in the field ``failures`` of a loan."""
        return 1 << (int(self.code[1:]) - 1)


FAILURES: tuple[Failure, ...] = (
    Failure("F01", "unverified_statements", "Unverified statements", "报表未核实", "pre_loan",
            "no cross-check sheet", ("+", "0", "+", "+")),
    Failure("F02", "single_source", "Single-source revenue check", "收入单一来源", "pre_loan",
            "one item of evidence", ("+", "0", "+", "+-")),
    Failure("F03", "unchecked_owner", "Missed check of owner and hidden debt", "未查隐性负债",
            "pre_loan", "no page on the owner's credit", ("+", "+", "0", "+")),
    Failure("F04", "inflated_appraisal", "Inflated appraisal", "押品高估", "pre_loan",
            "no second appraisal; reported LTV just below the cap", ("0/+", "++", "+", "+")),
    Failure("F05", "unmapped_circle", "Guarantee circle not mapped", "互保圈未识别", "pre_loan",
            "same guarantors in many files", ("+", "+", "0", "+")),
    Failure("F06", "collusion", "Relationship or volume shading", "关系放水", "pre_loan",
            "proposals just above the cut-off for old clients", ("+", "+", "+", "+")),
    Failure("F07", "rubber_stamp", "Rubber-stamp review", "审查走过场", "approval",
            "no reviewer's questions", ("+", "0", "+", "+")),
    Failure("F08", "pressed_override", "Override under volume pressure", "业绩压力下越权",
            "approval", "override code at quarter end", ("+", "0", "+", "++")),
    Failure("F09", "mismatched_limit", "Limit, price and tenor mismatch", "额度价格期限错配",
            "approval", "amount and kind as asked", ("+", "0", "++", "+")),
    Failure("F10", "waived_conditions", "Conditions precedent waived", "放款条件未落实", "approval",
            "no registration number", ("0", "++", "0", "0")),
    Failure("F11", "uncontrolled_use", "Disbursement without control of use", "贷款用途失控",
            "approval", "paid to the borrower's own account", ("++", "+", "0", "0")),
    Failure("F12", "missed_visits", "Missed or desk-only visits", "贷后检查缺失", "post_loan",
            "gaps in the visit log", ("+", "+", "+", "0")),
    Failure("F13", "ignored_warnings", "Late or ignored warning", "预警处置滞后", "post_loan",
            "alert closed without action; days from alert to action", ("+", "+", "+", "0")),
    Failure("F14", "papered_maturity", "Evergreening", "借新还旧", "post_loan",
            "maturity moved, interest capitalised", ("delay", "++", "+", "+")),
    Failure("F15", "late_collection", "Late collection", "清收迟缓", "post_loan",
            "days from default to suit", ("0", "++", "0", "0")),
    Failure("F16", "hidden_npl", "Hidden non-performing loan", "隐瞒不良", "post_loan",
            "more than 90 days past due, not substandard", ("delay", "+", "0", "+")),
)  # fmt: skip

PARAMETERS = declare(
    "failures",
    **{
        mode.name: Parameter(
            1.0, "0/1", f"{mode.code}, {mode.title.lower()}: 1 it can occur, 0 it cannot",
            (0.0, 1.0), "D", "switch of an experiment", integer=True)
        for mode in FAILURES
    },
)  # fmt: skip

(
    F01, F02, F03, F04, F05, F06, F07, F08, F09, F10, F11, F12, F13, F14, F15, F16,
) = (1 << k for k in range(len(FAILURES)))  # fmt: skip
