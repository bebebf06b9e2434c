"""How a rule about resources of some types is declared: a function with its facts above it.

Every rule of the pack is mandatory: what is only advice has no place in it.
"""

from collections.abc import Callable, Mapping
from typing import Any

from pulumi_policy import (
    EnforcementLevel,
    PolicyConfigSchema,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    Severity,
)

Report = Callable[[str], None]
"""Takes the sentence that says what is wrong and what to do."""
Check = Callable[[ResourceValidationArgs, Report], None]


def rule(
    *resource_types: str, name: str, description: str, severity: Severity, remedy: str, config: Mapping[str, Any] | None = None
) -> Callable[[Check], ResourceValidationPolicy]:
    """Makes a policy of a check, which is asked about resources of these types only. config: the schema of each property. Default: none."""

    def declared(check: Check) -> ResourceValidationPolicy:
        def validate(args: ResourceValidationArgs, report: ReportViolation) -> None:
            if args.resource_type in resource_types:
                check(args, lambda sentence: report(sentence, None))

        return ResourceValidationPolicy(
            name=name,
            description=description,
            enforcement_level=EnforcementLevel.MANDATORY,
            severity=severity,
            config_schema=PolicyConfigSchema(properties=dict(config)) if config else None,
            validate=validate,
            remediation_steps=remedy,
        )

    return declared
