"""Tags: each service has its own words for the same three operations."""

from dataclasses import dataclass
from typing import Any, Final

from local.deploy.handler import Calls, tag_list
from local.engine.lifecycle import Change


@dataclass(frozen=True)
class Tagging:
    """How a service tags: its operations, and the parameters that name the resource, its tags and their keys."""

    service: str
    tag: str
    untag: str
    list: str
    resource: str
    tags: str = "Tags"
    keys: str = "TagKeys"
    as_map: bool = False

    def update(self, change: Change, resource: str, call: Calls) -> None:
        """Make the tags of a resource those of the program."""
        if "tags" not in change.changed:
            return
        old: dict[str, str] = change.old.get("tags") or {}
        new: dict[str, str] = change.new.get("tags") or {}
        if gone := sorted(set(old) - set(new)):
            call(self.service, self.untag, **{self.resource: resource, self.keys: gone})
        if new:
            call(self.service, self.tag, **{self.resource: resource, self.tags: dict(new) if self.as_map else tag_list(new)})

    def read(self, resource: str, call: Calls) -> dict[str, str]:
        """The tags of a resource, without those that AWS sets."""
        found: Any = call(self.service, self.list, **{self.resource: resource}).get(self.tags) or {}
        tags: dict[str, str] = found if self.as_map else {tag["Key"]: tag["Value"] for tag in found}
        return {key: value for key, value in tags.items() if not key.startswith("aws:")}


DYNAMODB: Final = Tagging("dynamodb", "TagResource", "UntagResource", "ListTagsOfResource", "ResourceArn")
CLOUDWATCH: Final = Tagging("cloudwatch", "TagResource", "UntagResource", "ListTagsForResource", "ResourceARN")
IAM_ROLE: Final = Tagging("iam", "TagRole", "UntagRole", "ListRoleTags", "RoleName")
LAMBDA: Final = Tagging("lambda", "TagResource", "UntagResource", "ListTags", "Resource", as_map=True)
LOGS: Final = Tagging("logs", "TagResource", "UntagResource", "ListTagsForResource", "resourceArn", "tags", "tagKeys", as_map=True)
SCALING: Final = Tagging("application-autoscaling", "TagResource", "UntagResource", "ListTagsForResource", "ResourceARN", as_map=True)
SNS: Final = Tagging("sns", "TagResource", "UntagResource", "ListTagsForResource", "ResourceArn")
SQS: Final = Tagging("sqs", "TagQueue", "UntagQueue", "ListQueueTags", "QueueUrl", as_map=True)
