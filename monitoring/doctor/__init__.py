"""What is wrong with a deployed table and with what watches it: each finding with why it matters and how it is mended.

Only reads. What may not be read, or is not known, is named as not checked and accuses nobody.
"""

from monitoring.doctor.call import Call
from monitoring.doctor.check import LEVELS, Check, Finding, Found, Level, Unchecked
from monitoring.doctor.checks import CHECKS
from monitoring.doctor.examination import Report, examine
from monitoring.doctor.examined import Examined

__all__ = ["CHECKS", "LEVELS", "Call", "Check", "Examined", "Finding", "Found", "Level", "Report", "Unchecked", "examine"]
