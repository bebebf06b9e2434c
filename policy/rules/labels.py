"""The rule that resources carry the tags by which a company finds and charges them."""

from typing import Any, Final

from pulumi_policy import ResourceValidationArgs, Severity

from policy.properties import block
from policy.resource_types import ALARM, COMPOSITE, FUNCTION, LOG_GROUP, QUEUE, TABLE, TOPIC
from policy.rules.known import Known
from policy.rules.rule import Report, rule

CONFIG: Final[dict[str, dict[str, Any]]] = {
    "tags": {
        "type": "array",
        "items": {"type": "string"},
        "default": [],
        "description": "keys that every resource must have, in tags or in the provider's default tags",
    }
}


@rule(
    *(TABLE, FUNCTION, QUEUE, TOPIC, LOG_GROUP, ALARM, COMPOSITE),
    name="required-tags",
    description="A resource has the tags that the configuration asks for.",
    severity=Severity.LOW,
    config=CONFIG,
    known=Known(security_hub=("DynamoDB.5",)),
    remedy="Set tags on the resource, or default_tags on the provider.",
)
def required_tags(args: ResourceValidationArgs, report: Report) -> None:
    wanted = list(args.get_config().get("tags", ()))
    if not wanted:
        return
    given = {*block(args.props, "tags"), *block(args.props, "tagsAll")}
    missing = [key for key in wanted if key not in given]
    if missing:
        report(f"{args.name} lacks the tag {', '.join(missing)}: set tags, or default_tags of the provider")
