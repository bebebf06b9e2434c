"""Alarms against what was measured: when each would have fired and cleared, which incidents they find and how fast, and what they say for nothing.

A coverage file states which scenario must trip which alarm; no other page may come.
"""

from monitoring.backtest.coverage import Coverage, CoverageError, read_coverage
from monitoring.backtest.given import Alarms, generated, read_alarms
from monitoring.backtest.replay import Change, replay
from monitoring.backtest.result import Firing, Result, backtest, never_fired, silent

__all__ = [
    "Alarms",
    "Change",
    "Coverage",
    "CoverageError",
    "Firing",
    "Result",
    "backtest",
    "generated",
    "never_fired",
    "read_alarms",
    "read_coverage",
    "replay",
    "silent",
]
