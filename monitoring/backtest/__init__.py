"""Alarms against what was measured: when each would have fired and cleared, which incidents they find and how fast, and what they say for nothing.

A coverage file states which scenario must trip which alarm; no other page may come.
"""

from monitoring.backtest.coverage import Coverage, CoverageError, read_coverage
from monitoring.backtest.given import Alarms, answerable, deployed_alarms, generated, read_alarms
from monitoring.backtest.history import departures
from monitoring.backtest.observed import Incident, Observed
from monitoring.backtest.replay import Change, replay
from monitoring.backtest.report import Report
from monitoring.backtest.result import Firing, Result, backtest, contradictions, never_fired, silent
from monitoring.backtest.suggestion import Advice, Suggestion, advise

__all__ = [
    "Advice",
    "Alarms",
    "Change",
    "Coverage",
    "CoverageError",
    "Firing",
    "Incident",
    "Observed",
    "Report",
    "Result",
    "Suggestion",
    "advise",
    "answerable",
    "backtest",
    "contradictions",
    "departures",
    "deployed_alarms",
    "generated",
    "never_fired",
    "read_alarms",
    "read_coverage",
    "replay",
    "silent",
]
