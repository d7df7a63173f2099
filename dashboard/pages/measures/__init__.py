"""The statistic indexes of the newest daily report, with plots; taken out as HTML or PDF."""

from sandan.dashboard.pages.measures.page import PAGE

__all__ = ["PAGE"]
