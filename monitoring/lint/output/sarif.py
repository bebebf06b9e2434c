"""Findings as SARIF 2.1.0, for code review. Source: OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0"."""

import hashlib
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Any, Final
from urllib.parse import quote

from monitoring.lint.output.report import plain
from monitoring.lint.review import Reviewed
from monitoring.lint.rule import Finding, Rule
from monitoring.lint.rules import RULES

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def sarif(reviewed: Sequence[Reviewed]) -> dict[str, Any]:
    """One run. Every rule is described, also those that found nothing."""
    driver = {"name": "monitoring lint", "rules": [_rule(rule) for rule in RULES]}
    results = [_result(finding, each) for each in reviewed for finding in each.findings]
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}],
    }


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.code,
        "name": "".join(word.capitalize() for word in rule.code.split("-")),
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": f"{rule.title} {rule.why}"},
        "help": {
            "text": f"{rule.why}\n\n{rule.correction}\n\nSource: {rule.source}",
            "markdown": f"{rule.why}\n\n**Do:** {rule.correction}\n\n*Source: {rule.source}*",
        },
        "defaultConfiguration": {"level": rule.level},
    }


def _result(finding: Finding, reviewed: Reviewed) -> dict[str, Any]:
    place = finding.alarm.place
    mark = hashlib.sha256("\n".join((finding.rule.code, place.file, place.path, finding.alarm.label)).encode()).hexdigest()
    return {
        "ruleId": finding.rule.code,
        "ruleIndex": RULES.index(finding.rule),
        "level": finding.level,
        "message": {"text": f"{finding.alarm.label}: {finding.message}. {finding.rule.correction}"},
        "locations": [_location(finding)],
        "partialFingerprints": {"alarm/v1": mark},
        "properties": {"corrected": [plain(request) for request in reviewed.corrected]},
    }


def _location(finding: Finding) -> dict[str, Any]:
    """Of a file with its line; of a live account or standard input the alarm alone."""
    place = finding.alarm.place
    logical = [{"name": finding.alarm.label, "fullyQualifiedName": place.path, "kind": "resource"}]
    if not Path(place.file).is_file():
        return {"logicalLocations": logical}
    artifact: dict[str, Any] = {"artifactLocation": {"uri": _uri(place.file)}, "region": {"startLine": place.line or 1}}
    return {"physicalLocation": artifact, "logicalLocations": logical}


def _uri(file: str) -> str:
    path = Path(file)
    return path.as_uri() if path.is_absolute() else quote(str(PurePosixPath(*path.parts)))
