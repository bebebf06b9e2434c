"""Rules called as Pulumi calls them: properties behind the proxies that refuse unknown values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pulumi_policy import (
    PolicyCustomTimeouts,
    PolicyResource,
    PolicyResourceOptions,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
)
from pulumi_policy.proxy import unknown_checking_proxy

TABLE = "aws:dynamodb/table:Table"
MAPPING = "aws:lambda/eventSourceMapping:EventSourceMapping"
FUNCTION = "aws:lambda/function:Function"
QUEUE = "aws:sqs/queue:Queue"
TOPIC = "aws:sns/topic:Topic"
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
COMPOSITE = "aws:cloudwatch/compositeAlarm:CompositeAlarm"
ROLE = "aws:iam/role:Role"
KEY = "aws:kms/key:Key"
KINESIS = "aws:kinesis/stream:Stream"
DISPOSABLE = {"singletable:disposable": "true"}


@dataclass(frozen=True)
class Resource:
    """One resource of a stack under test."""

    type: str
    name: str
    properties: Mapping[str, Any]
    protect: bool = False
    stack: str = "dev"
    reads: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Property -> names of the resources that it is made from."""

    @property
    def urn(self) -> str:
        return f"urn:pulumi:{self.stack}::shop::{self.type}::{self.name}"

    @property
    def options(self) -> PolicyResourceOptions:
        return PolicyResourceOptions(self.protect, [], None, [], PolicyCustomTimeouts(0, 0, 0), [])


def table(*, protect: bool = True, stack: str = "prod", without: str = "", **changes: Any) -> Resource:
    """One that breaks no rule, with something changed."""
    properties: dict[str, Any] = {
        "name": "shop-1a2b3c4",
        "deletionProtectionEnabled": True,
        "pointInTimeRecovery": {"enabled": True, "recoveryPeriodInDays": 35.0},
        "serverSideEncryption": {"enabled": True, "kmsKeyArn": "arn:aws:kms:eu-west-1:123456789012:key/1"},
        "billingMode": "PAY_PER_REQUEST",
        "globalSecondaryIndexes": [{"name": "GSI1"}],
        "tags": {"project": "shop"},
    }
    kept = {name: value for name, value in (properties | changes).items() if name != without}
    return Resource(TABLE, "shop", kept, protect, stack)


def violations(policy: ResourceValidationPolicy, resource: Resource, found: list[str] | None = None, **config: Any) -> list[str]:
    """`found` collects what is reported, also where the rule ends with an exception."""
    found = [] if found is None else found
    properties = unknown_checking_proxy(dict(resource.properties))
    args = ResourceValidationArgs(resource.type, properties, resource.urn, resource.name, resource.options, None, config)
    policy.validate(args, lambda message, urn=None: found.append(message))
    return found


def stack_violations(
    policy: StackValidationPolicy, resources: Sequence[Resource], found: list[str] | None = None, **config: Any
) -> list[str]:
    """`found` collects what is reported, also where the rule ends with an exception."""
    found = [] if found is None else found
    made = {
        each.name: PolicyResource(
            each.type, unknown_checking_proxy(dict(each.properties)), each.urn, each.name, each.options, None, None, [], {}
        )
        for each in resources
    }
    for each in resources:
        made[each.name].property_dependencies = {
            name: [made[source] for source in sources if source in made] for name, sources in each.reads.items()
        }
    policy.validate(StackValidationArgs(list(made.values()), config, {}), lambda message, urn=None: found.append(message))
    return found
