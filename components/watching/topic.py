"""A topic for the application's own messages."""

from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

from components.permissions.access import Access
from components.transform import Transform, checked, transformed

TYPE = "singletable:index:EventTopic"


class EventTopic(pulumi.ComponentResource):
    """An SNS topic that functions of the stack publish to: give them `publishing` as a part of their `access`."""

    name: pulumi.Output[str]
    arn: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        *,
        tags: Mapping[str, str] | None = None,
        transform: Transform | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """transform: of "topic"."""
        changes = checked(f"EventTopic {name!r}", transform, {"topic": aws.sns.Topic})
        super().__init__(TYPE, name, None, opts)
        topic = aws.sns.Topic(
            name, **transformed(changes, "topic", {"tags": dict(tags) if tags else None}), opts=pulumi.ResourceOptions(parent=self)
        )
        self.nodes: dict[str, pulumi.CustomResource] = {"topic": topic}
        self.name, self.arn = topic.name, topic.arn
        self.register_outputs({"name": self.name, "arn": self.arn})

    @property
    def publishing(self) -> Access:
        return Access("PublishEvents", ("sns:Publish",), [self.arn], why="it publishes to the topic")
