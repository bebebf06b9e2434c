"""What the checks read: what is deployed, and what AWS says when it is asked for more."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from monitoring.doctor.notifiers import Notifiers, actions, scales
from monitoring.doctor.topics import Topic, is_topic, read_topic
from monitoring.live import Account, CallRefused, Deployed
from monitoring.subjects import Stack
from singletable.definition import StreamDefinition
from singletable.deployment import DISPOSABLE_TAG

Described = Mapping[str, Any]


@dataclass(frozen=True)
class Examined:
    """at: the time of the examination. streams: what each consumer was declared to follow, by its label. Default: not known.

    What is not in `deployed` is asked for once, when a check needs it; then CallRefused may be raised.
    """

    deployed: Deployed
    at: datetime
    streams: Mapping[str, StreamDefinition] = field(default_factory=dict[str, StreamDefinition], hash=False)

    @property
    def account(self) -> Account:
        return self.deployed.account

    @property
    def table(self) -> Described:
        return self.deployed.table

    @property
    def name(self) -> str:
        return self.deployed.name

    @property
    def declared(self) -> Stack | None:
        return self.deployed.declared

    @cached_property
    def disposable(self) -> bool:
        """Whether the table is tagged as one that may be lost. No, where its tags may not be read."""
        try:
            tags = list(self.account.pages("dynamodb", "ListTagsOfResource", "Tags", ResourceArn=self.table["TableArn"]))
        except CallRefused:
            return False
        return any(tag["Key"] == DISPOSABLE_TAG and tag["Value"] == "true" for tag in tags)

    @cached_property
    def recovery(self) -> Described:
        """PointInTimeRecoveryDescription."""
        answer = self.account.ask("dynamodb", "DescribeContinuousBackups", TableName=self.name)
        return answer["ContinuousBackupsDescription"].get("PointInTimeRecoveryDescription") or {}

    # What watches

    @cached_property
    def alarms(self) -> tuple[Described, ...]:
        """Metric and composite alarms, without those of scaling policies."""
        return tuple(each for each in (*self.deployed.alarms, *self.deployed.composites) if not scales(each))

    @cached_property
    def notifiers(self) -> Notifiers:
        return Notifiers(self.alarms)

    @cached_property
    def topics(self) -> tuple[Topic, ...]:
        """Of all actions, each once. Those of another account or region cannot be asked from here and are left out."""
        found = dict.fromkeys(arn for alarm in self.alarms for arn in actions(alarm) if is_topic(arn))
        return tuple(read_topic(self.account, arn) for arn in found if self.here(arn))

    def here(self, arn: str) -> bool:
        return arn.split(":")[3:5] == self.table["TableArn"].split(":")[3:5]

    @cached_property
    def muting(self) -> tuple[Described, ...]:
        """The mute rules that are active now, as GetAlarmMuteRule gives them."""
        active = self.account.pages("cloudwatch", "ListAlarmMuteRules", "AlarmMuteRuleSummaries", Statuses=["ACTIVE"])
        names = [str(each["AlarmMuteRuleArn"]).partition(":alarm-mute-rule:")[2] for each in active]
        return tuple(self.account.ask("cloudwatch", "GetAlarmMuteRule", AlarmMuteRuleName=name) for name in names)

    @cached_property
    def series(self) -> frozenset[tuple[str, str, frozenset[tuple[str, str]]]]:
        """Namespace, name and dimensions of what was measured in the last two weeks around the table."""
        return frozenset(
            (each["Namespace"], each["MetricName"], frozenset((one["Name"], one["Value"]) for one in each["Dimensions"]))
            for dimension, value in self._measured()
            for each in self.account.pages("cloudwatch", "ListMetrics", "Metrics", Dimensions=[{"Name": dimension, "Value": value}])
        )

    def _measured(self) -> Iterator[tuple[str, str]]:
        yield "TableName", self.name
        yield from (("FunctionName", each["FunctionName"]) for each in self.deployed.functions)
        for mapped in self.deployed.mappings:
            yield "EventSourceMappingUUID", mapped.uuid
            if mapped.queue:
                yield "QueueName", mapped.queue
