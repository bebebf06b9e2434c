"""What was found, for people, for programs and for code review."""

from monitoring.lint.output.page import page
from monitoring.lint.output.report import report
from monitoring.lint.output.sarif import sarif
from monitoring.lint.output.text import Style, text

__all__ = ["Style", "page", "report", "sarif", "text"]
