"""Who decides what: records, rules and Mesa views of enterprise, loan officer and bank."""

from agents import bank, enterprise, loan, officer, traits

__all__ = ["bank", "enterprise", "loan", "officer", "traits"]
