"""Rules of what reads a table's stream: no change is lost without a trace."""

from typing import Final

from pulumi_policy import ResourceValidationArgs, Severity

from policy.properties import block, has
from policy.rules.rule import Report, rule

MAPPING: Final = "aws:lambda/eventSourceMapping:EventSourceMapping"


@rule(
    MAPPING,
    name="stream-failure-destination",
    description="What a stream's consumer cannot process goes to a failure destination.",
    severity=Severity.HIGH,
    remedy="Give the event source mapping a destination_config with on_failure.",
)
def stream_failure_destination(args: ResourceValidationArgs, report: Report) -> None:
    # Only what reads a stream has a starting position: a queue keeps its failures by its own redrive policy.
    if not has(args.props, "startingPosition"):
        return
    destination = block(block(args.props, "destinationConfig"), "onFailure")
    # A queue that this deployment creates has no ARN yet: that it is there is enough.
    if not has(destination, "destinationArn"):
        report(
            f"{args.name} drops what it cannot process: set destination_config.on_failure.destination_arn to a queue, and watch that queue"
        )
