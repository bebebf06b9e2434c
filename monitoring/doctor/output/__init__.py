"""What was found, for people and for programs."""

from monitoring.doctor.output.page import page
from monitoring.doctor.output.report import report
from monitoring.doctor.output.text import text

__all__ = ["page", "report", "text"]
