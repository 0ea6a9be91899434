"""The contracts of new lending in one run, as the tables of this folder read them."""

from __future__ import annotations

import math
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from agents.loan import NEW_LENDING
from agents.records import FEN_PER_CNY
from simulation import LoanPortfolio
from simulation.measures import present_losses


class NewLoans(NamedTuple):
    """Columns of equal length, one entry a contract of new lending (renewals are contracts too).

    row: in the loan book. record: the contract. first: is it the first of its chain, paid out in
    new money? chain_month: month of that first one, from the fork. lent_cny: new money;
    loss_cny: discounted net loss, as in the measure ``net_credit_loss``; ead_cny: exposure at
    its current default. CNY of the declared bank. defaulted: has it defaulted?
    """

    row: NDArray[np.int64]
    record: Any
    first: NDArray[np.bool_]
    chain_month: NDArray[np.int64]
    lent_cny: NDArray[np.float64]
    loss_cny: NDArray[np.float64]
    ead_cny: NDArray[np.float64]
    defaulted: NDArray[np.bool_]


_READ: WeakKeyDictionary[LoanPortfolio, tuple[int, NewLoans]] = WeakKeyDictionary()


def new_loans(model: LoanPortfolio) -> NewLoans:
    """The contracts of new lending of a run; read once a month, for several tables ask."""
    month, book = _READ.get(model, (-1, None))
    if book is None or month != model.month:
        book = _read(model)
        _READ[model] = model.month, book
    return book


def _read(model: LoanPortfolio) -> NewLoans:
    book = model.loans
    row = np.flatnonzero(book["cohort"] == NEW_LENDING)
    record = book[row]
    money = model.scale / FEN_PER_CNY
    failed = record["default_month"] >= 0
    return NewLoans(
        row=row, record=record, first=record["previous"] < 0,
        chain_month=record["chain_month"].astype(np.int64) - model.scenario.burn_in_months,
        lent_cny=money * record["new_money_fen"], loss_cny=money * present_losses(book)[row],
        ead_cny=money * np.where(failed, record["ead_fen"], 0),
        defaulted=record["first_default"] >= 0,
    )  # fmt: skip


def sums(shape: tuple[int, ...], at: tuple[NDArray[Any], ...], values: Any) -> NDArray[np.float64]:
    """Values summed by their place: a table of ``shape``. at: an index array for each axis."""
    flat = np.ravel_multi_index(tuple(axis.astype(np.intp) for axis in at), shape)
    summed = np.bincount(flat, weights=values, minlength=math.prod(shape))
    return summed.astype(np.float64).reshape(shape)  # of nothing numpy makes whole numbers
