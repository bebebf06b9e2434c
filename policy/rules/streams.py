"""Rules of what reads a table's stream: no change is lost without a trace."""

from typing import Final

from pulumi_policy import EnforcementLevel, ReportViolation, ResourceValidationArgs, ResourceValidationPolicy, Severity

from policy.properties import block, has

MAPPING: Final = "aws:lambda/eventSourceMapping:EventSourceMapping"


def _failure_destination(args: ResourceValidationArgs, report: ReportViolation) -> None:
    # Only what reads a stream has a starting position: a queue keeps its failures by its own redrive policy.
    if args.resource_type != MAPPING or not has(args.props, "startingPosition"):
        return
    destination = block(block(args.props, "destinationConfig"), "onFailure")
    # A queue that this deployment creates has no ARN yet: that it is there is enough.
    if not has(destination, "destinationArn"):
        report(
            f"{args.name} drops what it cannot process: set destination_config.on_failure.destination_arn to a queue, and watch that queue",
            None,
        )


stream_failure_destination = ResourceValidationPolicy(
    name="stream-failure-destination",
    description="What a stream's consumer cannot process goes to a failure destination.",
    enforcement_level=EnforcementLevel.MANDATORY,
    severity=Severity.HIGH,
    validate=_failure_destination,
    remediation_steps="Give the event source mapping a destination_config with on_failure.",
)
