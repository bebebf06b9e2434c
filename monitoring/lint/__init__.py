"""Lint for anybody's CloudWatch alarms: which can never fire, would be refused, stick or mislead, and how each is right.

Reading never fails on an alarm, only on a file; what is not known before deployment, and namespaces that are not known at all, accuse nobody.
"""

from monitoring.lint.errors import INPUT_CODES, InputError
from monitoring.lint.given import Given, Place
from monitoring.lint.readers import FORMATS, client_of, read_file, read_live, read_text
from monitoring.lint.review import Reviewed, lint
from monitoring.lint.rule import LEVELS, Finding, Level, Rule
from monitoring.lint.rules import BY_CODE, RULES

__all__ = [
    "BY_CODE",
    "FORMATS",
    "INPUT_CODES",
    "LEVELS",
    "RULES",
    "Finding",
    "Given",
    "InputError",
    "Level",
    "Place",
    "Reviewed",
    "Rule",
    "client_of",
    "lint",
    "read_file",
    "read_live",
    "read_text",
]
