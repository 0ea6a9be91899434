"""The columns of a loan tape: what each means, what is allowed, under which headers it is known.

A tape is a table with one row a loan. Only ``amount`` must be there. A column that is none of
these is not read; identifiers become numbers when read. See docs/tape.md.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from simulation.scenario import SECTORS

LARGEST = 1e12
"""Of any amount, in the tape's unit."""

NAICS_SECTORS: dict[int, str] = {
    23: "construction",
    31: "manufacturing", 32: "manufacturing", 33: "manufacturing",
    42: "wholesale",
    44: "retail", 45: "retail",
    48: "transport", 49: "transport",
    51: "services", 52: "services", 53: "services", 54: "services", 55: "services",
    56: "services", 61: "services", 62: "services", 71: "services", 81: "services",
    72: "hospitality",
}  # fmt: skip
"""Two-digit NAICS code -> sector. All else is other: 0 unknown, 11 farming, 21 mining,
22 utilities, 92 administration."""

_NAICS = {str(code): NAICS_SECTORS.get(code, "other") for code in range(100)}
_YES = dict.fromkeys(("1", "y", "yes", "true", "t", "是", "有"), "1")
_NO = dict.fromkeys(("0", "n", "no", "false", "f", "否", "无"), "0")
_YES_NO = {**_YES, **_NO}
_SECTOR_NAMES = {
    **{sector: sector for sector in SECTORS},
    "制造业": "manufacturing", "建筑业": "construction", "批发业": "wholesale", "零售业": "retail",
    "交通运输业": "transport", "住宿和餐饮业": "hospitality", "住宿餐饮业": "hospitality",
    "服务业": "services", "其他": "other",
}  # fmt: skip

REAL_ESTATE, GUARANTEE, UNSECURED = "real_estate", "guarantee", "none"
PAID, OPEN, DEFAULT = "paid", "open", "default"

_SECURITIES = {
    REAL_ESTATE: REAL_ESTATE, GUARANTEE: GUARANTEE, UNSECURED: UNSECURED,
    "抵押": REAL_ESTATE, "保证": GUARANTEE, "信用": UNSECURED,
}  # fmt: skip
_STATES = {
    PAID: PAID, OPEN: OPEN, DEFAULT: DEFAULT, "pif": PAID, "chgoff": DEFAULT,
    "结清": PAID, "正常": OPEN, "违约": DEFAULT, "核销": DEFAULT,
}  # fmt: skip


@dataclass(frozen=True)
class Source:
    """Where a column comes from: a header of the file and how its cells are read.

    codes: cell -> value, for columns of codes; {} for the column's own. other: the value of
    every cell that is no code; None: such a cell is a problem. unknown: cells that count as
    empty. scale: numbers are multiplied by it.
    """

    header: str
    codes: Mapping[str, str] = field(default_factory=dict)
    other: str | None = None
    unknown: frozenset[str] = frozenset()
    scale: float = 1.0


@dataclass(frozen=True)
class Column:
    """A column of the schema.

    kind: number, date, code, flag (a code of 1 and 0) or identifier. allowed: in words.
    low, high: of numbers; above: is ``low`` itself not allowed? needed: may no cell be empty?
    known: sources that are recognised without a mapping; the first that a file has counts.
    """

    kind: str
    meaning: str
    allowed: str
    known: tuple[Source, ...]
    low: float = 0.0
    high: float = LARGEST
    above: bool = False
    needed: bool = False
    codes: Mapping[str, str] = field(default_factory=dict)


def _sources(*headers: str) -> tuple[Source, ...]:
    return tuple(Source(header) for header in headers)


_DATE = "a date such as 2001-12-31, not before 1900 and not after the day of the tape"
_FLAG = "1 or 0, yes or no"

COLUMNS: dict[str, Column] = {
    "loan_id": Column(
        "identifier", "number of the loan", "each loan once",
        _sources("loan_id", "loan_nr", "贷款编号", "借据号", "合同号")),
    "amount": Column(
        "number", "amount lent", f"a number above 0, at most {LARGEST:.0e}",
        _sources("disbursed", "amount", "放款金额", "贷款金额", "发放金额"), above=True,
        needed=True),
    "disbursement_date": Column(
        "date", "day of disbursement", _DATE,
        _sources("disbursement_date", "放款日期", "发放日期", "放款日")),
    "term_months": Column(
        "number", "contract's term", "a number of months from 1 to 720",
        _sources("term_months", "期限", "贷款期限", "期限(月)"), low=1.0, high=720.0),
    "status": Column(
        "code", "state on the day of the tape", f"{PAID}, {OPEN} or {DEFAULT}",
        _sources("status", "状态", "贷款状态"), codes=_STATES),
    "default_date": Column(
        "date", "day of default, empty where none", f"{_DATE}, not before the disbursement",
        _sources("default_date", "chgoff_date", "违约日期", "核销日期")),
    "closed_date": Column(
        "date", "day the loan ended, empty where it runs", f"{_DATE}, not before the disbursement",
        _sources("closed_date", "结清日期")),
    "loss_amount": Column(
        "number", "loss of a defaulted loan", "a number of at least 0",
        _sources("loss_amount", "chgoff_amt", "损失金额", "核销金额")),
    "annual_rate": Column(
        "number", "contract rate a year", "a share from 0 to 1, or per cent written as 4.5%",
        _sources("annual_rate", "年利率"), high=1.0),
    "sector": Column(
        "code", "sector of the firm", ", ".join(SECTORS),
        (Source("naics2", _NAICS), *_sources("sector", "行业")), codes=_SECTOR_NAMES),
    "employees": Column(
        "number", "employees, 0 where unknown", "a number of at least 0",
        _sources("no_emp", "employees", "员工人数")),
    "is_new": Column(
        "flag", "is the firm new?", _FLAG,
        (Source("new_exist", {"0": "0", "1": "0", "2": "1"}), *_sources("is_new", "新企业")),
        codes=_YES_NO),
    "revolving": Column(
        "flag", "is all of it due at the end or revolving?", _FLAG,
        (Source("rev_line", {"y": "1"}, other="0"), *_sources("revolving", "循环贷款")),
        codes=_YES_NO),
    "collateral": Column(
        "code", "main security", f"{REAL_ESTATE}, {GUARANTEE} or {UNSECURED}",
        _sources("collateral", "担保方式"), codes=_SECURITIES),
    "officer": Column(
        "identifier", "loan officer, counted only", "any text", _sources("officer", "客户经理")),
    "weight": Column(
        "number", "sampling weight", f"a number above 0, at most {LARGEST:.0e}",
        _sources("weight", "权重"), above=True, needed=True),
}  # fmt: skip
"""All columns in the order in which they are shown."""


def plain(text: str) -> str:
    """A header or a code without differences that do not matter: width, case, blanks, _."""
    folded = unicodedata.normalize("NFKC", str(text)).strip().casefold()
    return "".join(folded.replace("_", " ").split())


def known_sources(headers: list[str]) -> dict[str, Source]:
    """Column -> the first known source whose header the file has, spelled as in the file."""
    spelled = {plain(header): header for header in reversed(headers)}
    found: dict[str, Source] = {}
    for name, column in COLUMNS.items():
        for source in column.known:
            header = spelled.get(plain(source.header))
            if header is not None:
                found[name] = Source(header, source.codes, source.other)
                break
    return found
