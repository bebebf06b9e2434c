"""What watches a stack: the alarms that its access patterns call for, whom they tell, and a dashboard."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, cast

import pulumi
import pulumi_aws as aws

from components.access import VERSION
from components.alarm_arguments import composite_alarm, metric_alarm
from components.billing import UNLIMITED, Billing, OnDemand
from components.errors import InvalidArgument
from components.function import PythonFunction
from components.stream import StreamConsumer
from components.table import SingleTable, check_table
from components.transform import Transform, checked, transformed
from monitoring import Options, Ref, alarms_for, composites_for, dashboard_for, resolve, subjects
from monitoring.alarms import SEVERITIES

TYPE = "singletable:index:Monitoring"
AWS_MANAGED_KEY = "alias/aws/sns"
"""Its policy lets only principals of the account use it, and cannot be changed (CloudWatch user guide, 'Notifying users on alarm changes')."""
CHILDREN = ("topic", "topic_policy", "subscription", "alarm", "composite", "dashboard")


class Monitoring(pulumi.ComponentResource):
    """A topic for each severity ("page", "ticket", "info"), the alarms of the stack that tell it, composite alarms, and one dashboard.

    Alarms and dashboard are called after the project and the stack, and after the component where its name is not the project's: one for each
    table of a stack can live side by side.
    """

    topic_arns: Mapping[str, pulumi.Output[str]]
    dashboard_name: pulumi.Output[str]
    dashboard_url: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        *,
        table: SingleTable,
        functions: Sequence[PythonFunction | StreamConsumer] = (),
        emails: Mapping[str, Sequence[str]] | None = None,
        notify: Literal["alarms", "composites"] = "alarms",
        options: Options | None = None,
        owner: str | None = None,
        tags: Mapping[str, str] | None = None,
        transform: Transform | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """functions: those that use the table. emails: by severity, who is told. Default: nobody.
        notify: "alarms", each alarm tells its topic what is wrong and what to do; "composites", one message for each severity until all of
        its alarms are clear. Default: "alarms". options: other thresholds, severities or runbooks. Default: those of monitoring.
        owner: named on the dashboard. transform: of every "topic", "topic_policy", "subscription", "alarm", "composite", and
        of the "dashboard". A topic has no KMS key: alarms may not use the one that AWS manages, and one of your own has to let
        cloudwatch.amazonaws.com decrypt and generate data keys.

        Raises InvalidArgument, and monitoring's MonitoringError.
        """
        check_table(table)
        check_watched(functions)
        check_emails(emails)
        self._transform = checked(f"Monitoring {name!r}", transform, CHILDREN)
        super().__init__(TYPE, name, None, opts)
        self._name, self._tags, self._notify = name, dict(tags) if tags else None, notify
        self._options = pulumi.ResourceOptions(parent=self)
        invoke = pulumi.InvokeOutputOptions(parent=self)
        self._region = aws.get_region_output(opts=invoke).region
        self._account = aws.get_caller_identity_output(opts=invoke).account_id
        self.nodes: dict[str, pulumi.CustomResource] = {}

        self.stack = stack_of(name, table, functions, owner)
        self.alarms = alarms_for(self.stack, options)
        self.composites = composites_for(self.stack, self.alarms)
        self.dashboard = dashboard_for(self.stack, self.alarms, self.composites)
        names = self._names(table, functions)

        self.topic_arns = {severity: self._create_topic(severity, (emails or {}).get(severity, ())) for severity in SEVERITIES}
        for alarm in self.alarms:
            names[Ref(f"alarm:{alarm.name}")] = self._create_alarm(alarm.name, alarm.severity, resolve(alarm, names))
        for composite in self.composites:
            names[Ref(f"alarm:{composite.name}")] = self._create_composite(composite.name, composite.severity, resolve(composite, names))
        self.dashboard_name = self._create_dashboard(names)

        self.dashboard_url = pulumi.Output.concat(
            "https://",
            self._region,
            ".console.aws.amazon.com/cloudwatch/home?region=",
            self._region,
            "#dashboards/dashboard/",
            self.dashboard_name,
        )
        self.register_outputs({"topicArns": self.topic_arns, "dashboardName": self.dashboard_name, "dashboardUrl": self.dashboard_url})

    def _names(self, table: SingleTable, functions: Sequence[PythonFunction | StreamConsumer]) -> dict[Ref, Any]:
        names: dict[Ref, Any] = {Ref("table"): table.name, Ref("region"): self._region, Ref("account"): self._account}
        for each in functions:
            function = function_of(each)
            names[Ref(f"function:{function.label}")] = function.name
            if isinstance(each, StreamConsumer):
                names[Ref(f"mapping:{function.label}")] = each.mapping_uuid
                names[Ref(f"queue:{function.label}")] = each.failure_queue_name
        return names

    def _create_topic(self, severity: str, emails: Sequence[str]) -> pulumi.Output[str]:
        label = f"{self._name}-{severity}"
        arguments = transformed(self._transform, "topic", {"tags": self._tags})
        key = arguments.get("kms_master_key_id")
        if isinstance(key, str) and key.endswith(AWS_MANAGED_KEY):
            raise InvalidArgument(
                f"the topic {label} is encrypted with {AWS_MANAGED_KEY}, which no alarm may use: give a key of your own whose policy allows "
                "cloudwatch.amazonaws.com, or none"
            )
        topic = aws.sns.Topic(label, **arguments, opts=self._options)
        policy = {"arn": topic.arn, "policy": pulumi.Output.json_dumps(alarms_may_publish(topic.arn, self._account), sort_keys=True)}
        self.nodes[f"{severity}-topic"] = topic
        self.nodes[f"{severity}-topic-policy"] = aws.sns.TopicPolicy(
            label, **transformed(self._transform, "topic_policy", policy), opts=self._options
        )
        for email in emails:
            subscription = {"topic": topic.arn, "protocol": "email", "endpoint": email}
            self.nodes[f"{severity}-{email}"] = aws.sns.TopicSubscription(
                f"{label}-{email}", **transformed(self._transform, "subscription", subscription), opts=self._options
            )
        return topic.arn

    def _create_alarm(self, name: str, severity: str, request: Mapping[str, Any]) -> pulumi.Output[str]:
        arguments = {**metric_alarm(request), **self._told("alarms", severity)}
        made = aws.cloudwatch.MetricAlarm(name, **transformed(self._transform, "alarm", arguments), opts=self._options)
        self.nodes[name] = made
        return made.arn

    def _create_composite(self, name: str, severity: str, request: Mapping[str, Any]) -> pulumi.Output[str]:
        arguments = {**composite_alarm(request), **self._told("composites", severity)}
        # Its rule names other alarms as text, which the engine cannot see, and AWS refuses a rule about alarms that do not exist.
        options = pulumi.ResourceOptions(parent=self, depends_on=[self.nodes[alarm.name] for alarm in self.alarms])
        made = aws.cloudwatch.CompositeAlarm(name, **transformed(self._transform, "composite", arguments), opts=options)
        self.nodes[name] = made
        return made.arn

    def _told(self, by: str, severity: str) -> dict[str, Any]:
        topics = [self.topic_arns[severity]] if by == self._notify else []
        return {"alarm_actions": topics, "ok_actions": topics, "tags": self._tags}

    def _create_dashboard(self, names: Mapping[Ref, Any]) -> pulumi.Output[str]:
        body = pulumi.Output.json_dumps(resolve(self.dashboard, names), sort_keys=True)
        arguments = transformed(self._transform, "dashboard", {"dashboard_name": self.dashboard.name, "dashboard_body": body})
        made = aws.cloudwatch.Dashboard(f"{self._name}-dashboard", **arguments, opts=self._options)
        self.nodes["dashboard"] = made
        return made.dashboard_name


def check_watched(functions: object) -> None:
    """Raises InvalidArgument."""
    allowed = "give a list of PythonFunction and StreamConsumer"
    if not isinstance(functions, Sequence):
        raise InvalidArgument(f"the functions are of type {type(functions).__name__}: {allowed}")
    for each in cast("Sequence[object]", functions):
        if not isinstance(each, PythonFunction | StreamConsumer):
            raise InvalidArgument(f"one of the functions is of type {type(each).__name__}: {allowed}")


def check_emails(emails: object) -> None:
    """Raises InvalidArgument. A severity that does not exist, or an address taken for a list of letters, would leave somebody untold."""
    allowed = f"give lists of addresses by severity ({', '.join(SEVERITIES)}), such as {{'page': ['oncall@example.com']}}"
    if not isinstance(emails, Mapping | None):
        raise InvalidArgument(f"the emails are of type {type(emails).__name__}: {allowed}")
    for severity, addresses in cast("Mapping[object, object]", emails or {}).items():
        if severity not in SEVERITIES:
            raise InvalidArgument(f"the emails name the severity {severity!r}: {allowed}")
        if isinstance(addresses, str) or not isinstance(addresses, Sequence):
            raise InvalidArgument(f"the emails of {severity} are of type {type(cast('object', addresses)).__name__}: {allowed}")


def function_of(component: PythonFunction | StreamConsumer) -> PythonFunction:
    return component.function if isinstance(component, StreamConsumer) else component


def billing_of(billing: Billing) -> subjects.Billing:
    if isinstance(billing, OnDemand):
        reads, writes = (None if units == UNLIMITED else units for units in (billing.max_read, billing.max_write))
        return subjects.Billing.on_demand(max_reads_per_second=reads, max_writes_per_second=writes)
    return subjects.Billing.provisioned()


def stack_of(name: str, table: SingleTable, functions: Sequence[PythonFunction | StreamConsumer], owner: str | None) -> subjects.Stack:
    """The stack as monitoring sees it: names that AWS decides are references. name: of the component."""
    project = pulumi.get_project()
    return subjects.Stack(
        project=project if name == project else f"{project}-{name}",
        stage=pulumi.get_stack(),
        region=Ref("region"),
        table=subjects.TableSubject(table.definition, Ref("table"), billing_of(table.billing)),
        functions=tuple(
            subjects.FunctionSubject(
                label=function.label,
                name=Ref(f"function:{function.label}"),
                timeout_seconds=function.timeout_seconds,
                patterns=function.patterns,
                http=function.url is not None,
                pattern_metrics=function.pattern_metrics,
            )
            for function in map(function_of, functions)
        ),
        streams=tuple(
            subjects.StreamSubject(each.function.label, Ref(f"mapping:{each.function.label}"), Ref(f"queue:{each.function.label}"))
            for each in functions
            if isinstance(each, StreamConsumer)
        ),
        owner=owner,
    )


def alarms_may_publish(topic_arn: pulumi.Input[str], account: pulumi.Input[str]) -> dict[str, Any]:
    """The policy of a topic: alarms of this account, and of no other, may publish to it."""
    statement = {
        "Sid": "AlarmsOfThisAccount",
        "Effect": "Allow",
        "Principal": {"Service": "cloudwatch.amazonaws.com"},
        "Action": "sns:Publish",
        "Resource": topic_arn,
        "Condition": {"StringEquals": {"aws:SourceAccount": account}},
    }
    return {"Version": VERSION, "Statement": [statement]}
