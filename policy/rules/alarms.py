"""The rule that an alarm can fire, and that CloudWatch would take it: what `python -m monitoring lint` calls an error.

What is not known yet, in a preview, accuses nobody; neither does a namespace that the catalogue does not hold.
"""

from typing import Any, Final

from pulumi_policy import ResourceValidationArgs, Severity

from monitoring.lint import BY_CODE, LEVELS, Level, Place, lint
from monitoring.lint.output.text import summary
from monitoring.lint.readers.preview import TYPES, registered
from monitoring.lint.review import at_least
from policy.properties import plain
from policy.rules.rule import Report, rule

LEAST: Final[Level] = "error"
"""How bad a finding must be to refuse the deployment."""

CONFIG: Final[dict[str, dict[str, Any]]] = {
    "severity": {
        "type": "string",
        "enum": [level for level in LEVELS if level != "note"],
        "default": LEAST,
        "description": "the mildest finding that refuses a deployment: warning also refuses alarms that stick or mislead",
    },
    "except": {
        "type": "array",
        "items": {"type": "string", "enum": sorted(BY_CODE)},
        "default": [],
        "description": "codes of docs/lint.md that refuse nothing",
    },
}


@rule(
    *TYPES,
    name="alarm-can-fire",
    description="An alarm can fire, and CloudWatch would take it.",
    severity=Severity.HIGH,
    config=CONFIG,
    remedy="Do what the report says; docs/lint.md explains each code. The Monitoring component makes no such alarm.",
)
def alarm_can_fire(args: ResourceValidationArgs, report: Report) -> None:
    config = args.get_config()
    excepted = frozenset(config.get("except", ()))
    alarm = registered(args.name, plain(args.props, args.name), Place("", args.urn))
    for reviewed in at_least(config.get("severity", LEAST), lint([alarm])):
        corrected = "; and ".join(summary(request) for request in reviewed.corrected)
        for finding in reviewed.findings:
            if finding.rule.code not in excepted:
                report(
                    f"{args.name}: {finding.rule.code}: {finding.message}. {finding.rule.why} {finding.rule.correction}"
                    + (f" Corrected: {corrected}" if corrected else "")
                )
