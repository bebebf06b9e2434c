"""Findings as JSON. docs/doctor.md documents the shape."""

from collections.abc import Sequence
from typing import Any, Final

from monitoring.doctor.check import Finding
from monitoring.doctor.examination import Report
from monitoring.doctor.examined import Examined

VERSION: Final = 1
"""Of the shape. Fields may be added under the same version."""


def report(examined: Examined, found: Report, shown: Sequence[Finding]) -> dict[str, Any]:
    """shown: the findings that were asked for; `counts` has all."""
    region = examined.account.region
    return {
        "version": VERSION,
        "table": examined.name,
        "region": region,
        "at": examined.at.isoformat(),
        "counts": dict(found.counts),
        "findings": [_finding(each, region) for each in shown],
        "unchecked": [{"code": each.code, "reason": each.reason} for each in found.unchecked],
    }


def _finding(finding: Finding, region: str) -> dict[str, Any]:
    call = finding.call
    return {
        "code": finding.code,
        "severity": finding.level,
        "theme": finding.theme,
        "about": finding.about,
        "message": finding.message,
        "why": finding.why,
        "source": finding.source,
        "fix": finding.fix,
        "call": {"service": call.service, "operation": call.operation, "request": dict(call.request)} if call else None,
        "command": call.command(region) if call else None,
        "safe": finding.safe,
    }
