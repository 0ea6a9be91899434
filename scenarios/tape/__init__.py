"""Loan tapes: read, checked, profiled, sampled from, turned into scenarios. See docs/tape.md."""

from scenarios.tape.columns import NAICS_SECTORS
from scenarios.tape.mapping import Mapping, read_mapping
from scenarios.tape.reading import LoanTape, read_loans
from scenarios.tape.sampling import read_tape

__all__ = ["NAICS_SECTORS", "LoanTape", "Mapping", "read_loans", "read_mapping", "read_tape"]
