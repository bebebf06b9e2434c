"""Runs deployed functions as Lambda does: from the uploaded zip, in processes of their own, behind the Runtime API on loopback.

A function sees its deployed environment, handler, time limit and role credentials, and none of the packages of whoever runs it.
"""

from local.functions.function import Function, Throttled
from local.functions.outcome import FunctionError, FunctionFailed, LogLine, Outcome
from local.functions.package import Runtime
from local.functions.settings import FunctionSettings

__all__ = [
    "Function",
    "FunctionError",
    "FunctionFailed",
    "FunctionSettings",
    "LogLine",
    "Outcome",
    "Runtime",
    "Throttled",
]
