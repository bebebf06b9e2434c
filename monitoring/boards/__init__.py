"""The dashboards beside the one for on-call: one for the patterns, one for each stream consumer, one for several stacks."""

from monitoring.boards.consumer import consumer_dashboard
from monitoring.boards.patterns import patterns_dashboard
from monitoring.boards.summary import Watched, summary_dashboard

__all__ = ["Watched", "consumer_dashboard", "patterns_dashboard", "summary_dashboard"]
