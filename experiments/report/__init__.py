"""The report of a study: one page that needs no other file and no network."""

from experiments.report.page import write_report

__all__ = ["write_report"]
