"""What the linter says of the alarms around the table, as findings of the doctor."""

from collections.abc import Iterator
from typing import Final

from monitoring.doctor.call import Call
from monitoring.doctor.check import Finding
from monitoring.doctor.examined import Examined
from monitoring.doctor.watched import given_of
from monitoring.lint import Reviewed, lint

KNOWN_BETTER: Final = frozenset({"no-action", "actions-off"})
"""Rules that look at one alarm, where the doctor also sees who tells for it."""


def findings_of_lint(examined: Examined) -> Iterator[Finding]:
    for reviewed in lint([given_of(alarm) for alarm in examined.alarms]):
        corrected = _call(reviewed)
        for finding in reviewed.findings:
            if finding.rule.code not in KNOWN_BETTER:
                rule = finding.rule
                yield Finding(
                    rule.code,
                    finding.level,
                    "alarms",
                    reviewed.alarm.label,
                    finding.message,
                    rule.why,
                    rule.source,
                    rule.correction,
                    corrected,
                )


def _call(reviewed: Reviewed) -> Call | None:
    """Where one alarm takes its place."""
    if len(reviewed.corrected) != 1:
        return None
    request = reviewed.corrected[0]
    return Call("cloudwatch", "PutCompositeAlarm" if "AlarmRule" in request else "PutMetricAlarm", request)
