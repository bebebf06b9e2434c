"""What watches what all stacks of an account and region share. In a small stack of its own, once for each region."""

from collections.abc import Mapping, Sequence
from typing import cast

import pulumi
import pulumi_aws as aws

from components.checks import check_tags
from components.errors import InvalidArgument
from components.transform import Children, Transform, checked, transformed
from components.watching import notices
from components.watching.alarm_arguments import metric_alarm
from components.watching.notices import Notices, check_emails, checked_maintenance, topic_arguments
from monitoring.account_alarms import LABEL, AccountOptions, account_alarms
from monitoring.maintenance import Maintenance
from monitoring.mute import mute_rules

TYPE = "singletable:index:AccountMonitoring"
CHILDREN: Children = {**notices.CHILDREN, "alarm": aws.cloudwatch.MetricAlarm}


class AccountMonitoring(pulumi.ComponentResource):
    """A topic for each severity, and the alarms that an account has once in each region: quotas of provisioned capacity and of concurrency,
    requests that DynamoDB cannot take. Their names hold no stack, so a second one in the same region would take them over.
    """

    topic_arns: Mapping[str, pulumi.Output[str]]

    def __init__(
        self,
        name: str,
        *,
        emails: Mapping[str, Sequence[str]] | None = None,
        options: AccountOptions | None = None,
        maintenance: Maintenance | None = None,
        tags: Mapping[str, str] | None = None,
        transform: Transform | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """emails: by severity, who is told. Default: nobody. options: quota, thresholds, severities, runbooks. Default: AccountOptions().
        maintenance: windows and warm-up. Default: nothing. transform: of every "topic", "topic_policy", "subscription", "mute_rule", "alarm".

        Raises InvalidArgument, and monitoring's MonitoringError.
        """
        check_emails(emails)
        quiet = checked_maintenance(maintenance)
        if quiet.suppressor:
            raise InvalidArgument(
                f"AccountMonitoring {name!r} has a suppressor, which only composite alarms have, and it makes none: leave it out"
            )
        check_tags(tags)
        if not isinstance(cast("object", options), AccountOptions | None):
            raise InvalidArgument(f"the options are of type {type(options).__name__}: give monitoring's AccountOptions(...)")
        self._transform = checked(f"AccountMonitoring {name!r}", transform, CHILDREN)
        self.alarms = quiet.over(account_alarms(options))
        names = [alarm.name for alarm in self.alarms]
        rules = mute_rules(LABEL, quiet.windows, names)
        topic, plain_tags = topic_arguments(name, tags, self._transform), dict(tags) if tags else None
        super().__init__(TYPE, name, None, opts)
        self._options = pulumi.ResourceOptions(parent=self)
        account = aws.get_caller_identity_output(opts=pulumi.InvokeOutputOptions(parent=self)).account_id

        told = Notices(name, topic, account, emails or {}, tags=plain_tags, transform=self._transform, opts=self._options)
        self.nodes, self.topic_arns = told.nodes, told.arns
        for alarm in self.alarms:
            topics = [self.topic_arns[alarm.severity]]
            arguments = {**metric_alarm(alarm.request()), "alarm_actions": topics, "ok_actions": topics, "tags": plain_tags}
            self.nodes[alarm.name] = aws.cloudwatch.MetricAlarm(
                alarm.name, **transformed(self._transform, "alarm", arguments), opts=self._options
            )
        told.create_mute_rules(rules, [self.nodes[name] for name in names])
        self.register_outputs({"topicArns": self.topic_arns})
