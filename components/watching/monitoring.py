"""What watches a stack: the alarms that its access patterns call for, whom they tell, and a dashboard."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Self, cast

import pulumi
import pulumi_aws as aws

from components.errors import InvalidArgument
from components.functions.function import PythonFunction
from components.functions.stream import StreamConsumer
from components.tables.table import SingleTable, check_table
from components.transform import Transform, transformed
from components.watching.alarm_arguments import composite_alarm, metric_alarm
from components.watching.console import dashboard_url
from components.watching.monitoring_plan import Board, MonitoringPlan, Notify, function_subject, stack_of
from components.watching.notices import Notices
from monitoring import Dashboard, Options, Ref, refs_in, resolve, subjects
from monitoring.maintenance import Maintenance
from monitoring.widgets import Mark

TYPE = "singletable:index:Monitoring"


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
        notify: Notify = "alarms",
        options: Options | None = None,
        maintenance: Maintenance | None = None,
        boards: Sequence[Board] = (),
        marks: Sequence[Mark] = (),
        owner: str | None = None,
        tags: Mapping[str, str] | None = None,
        transform: Transform | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """functions: those that use the table. emails: by severity, who is told. Default: nobody.
        notify: "alarms", each alarm tells its topic what is wrong and what to do; "composites", one message for each severity until all of
        its alarms are clear. Default: "alarms". options: other thresholds, severities or runbooks. Default: those of monitoring.
        maintenance: windows in which nobody is told, warm-up of new alarms, and what suppresses composites that tell. Default: nothing.
        boards: further dashboards, US$ 3 a month each: "patterns", how each access pattern is used, and what the logs say; "consumers", one for
        each reader of the stream. Default: none. marks: times that are drawn on the charts, such as of a release; a value that changes with
        every update makes every update a change. Default: none. owner: named on the dashboard. transform: of every "topic", "topic_policy",
        "subscription", "mute_rule", "alarm", "composite" and "dashboard". E-mails leave out that an alarm has its first data and is fine. A
        topic has no KMS key: alarms may not use the one that AWS manages, and one of your own has to let cloudwatch.amazonaws.com decrypt and
        generate data keys.

        Raises InvalidArgument, and monitoring's MonitoringError.
        """
        check_table(table)
        check_watched(functions)
        consumers = [each.function.label for each in functions if isinstance(each, StreamConsumer)]
        stack = stack_of(name, table.plan, [subject_of(each) for each in functions], consumers, owner)
        plan = MonitoringPlan.of(
            name,
            stack,
            emails=emails,
            notify=notify,
            options=options,
            maintenance=maintenance,
            boards=boards,
            marks=marks,
            tags=tags,
            transform=transform,
        )
        self._register(name, plan, table, functions, opts)

    @classmethod
    def planned(
        cls,
        name: str,
        *,
        plan: MonitoringPlan,
        table: SingleTable,
        functions: Sequence[PythonFunction | StreamConsumer],
        opts: pulumi.ResourceOptions | None = None,
    ) -> Self:
        """What a plan that is made and checked already says. name, table, functions: those that the plan was made for."""
        made = cls.__new__(cls)
        made._register(name, plan, table, functions, opts)
        return made

    def _register(
        self,
        name: str,
        plan: MonitoringPlan,
        table: SingleTable,
        functions: Sequence[PythonFunction | StreamConsumer],
        opts: pulumi.ResourceOptions | None,
    ) -> None:
        super().__init__(TYPE, name, None, opts)
        self.stack = plan.stack
        self._name, self._tags, self._transform, self._telling = name, plan.tags, plan.transform, plan.telling
        self._options = pulumi.ResourceOptions(parent=self)
        invoke = pulumi.InvokeOutputOptions(parent=self)
        self._region = aws.get_region_output(opts=invoke).region
        self._account = aws.get_caller_identity_output(opts=invoke).account_id

        self.alarms, self.anomalies, self.composites = plan.alarms, plan.anomalies, plan.composites
        self.dashboard, self.boards = plan.dashboard, plan.boards
        names = self._names(table, functions)

        told = Notices(name, plan.topic, self._account, plan.emails, tags=self._tags, transform=self._transform, opts=self._options)
        self.nodes, self.topic_arns = told.nodes, told.arns
        for alarm in (*self.alarms, *self.anomalies):
            names[Ref(f"alarm:{alarm.name}")] = self._create_alarm(alarm.name, alarm.severity, resolve(alarm, names, joined))
        for composite in self.composites:
            names[Ref(f"alarm:{composite.name}")] = self._create_composite(composite.name, composite.severity, resolve(composite, names))
        told.create_mute_rules(plan.rules, [self.nodes[name] for name in self._telling])
        self.dashboard_name = self._create_dashboard("dashboard", self.dashboard, names)
        for board in self.boards:
            self._create_dashboard(board.name.removeprefix(f"{self.dashboard.name}-"), board, names)

        self.dashboard_url = pulumi.Output.all(self._region, self.dashboard_name).apply(lambda given: dashboard_url(*given))
        self.register_outputs({"topicArns": self.topic_arns, "dashboardName": self.dashboard_name, "dashboardUrl": self.dashboard_url})

    def _names(self, table: SingleTable, functions: Sequence[PythonFunction | StreamConsumer]) -> dict[Ref, Any]:
        names: dict[Ref, Any] = {Ref("table"): table.name, Ref("region"): self._region, Ref("account"): self._account}
        for each in functions:
            function = function_of(each)
            names[Ref(f"function:{function.label}")] = function.name
            names[Ref(f"log:{function.label}")] = function.log_group
            if function.failed_events is not None:
                names[Ref(f"events:{function.label}")] = function.failed_events
            if isinstance(each, StreamConsumer):
                names[Ref(f"mapping:{function.label}")] = each.mapping_uuid
                names[Ref(f"queue:{function.label}")] = each.failure_queue_name
        return names

    def _create_alarm(self, name: str, severity: str, request: Mapping[str, Any]) -> pulumi.Output[str]:
        arguments = {**metric_alarm(request), **self._told(name, severity)}
        made = aws.cloudwatch.MetricAlarm(name, **transformed(self._transform, "alarm", arguments), opts=self._options)
        self.nodes[name] = made
        return made.arn

    def _create_composite(self, name: str, severity: str, request: Mapping[str, Any]) -> pulumi.Output[str]:
        arguments = {**composite_alarm(request), **self._told(name, severity)}
        # Its rule names other alarms as text, which the engine cannot see, and AWS refuses a rule about alarms that do not exist.
        options = pulumi.ResourceOptions(parent=self, depends_on=[self.nodes[alarm.name] for alarm in (*self.alarms, *self.anomalies)])
        made = aws.cloudwatch.CompositeAlarm(name, **transformed(self._transform, "composite", arguments), opts=options)
        self.nodes[name] = made
        return made.arn

    def _told(self, name: str, severity: str) -> dict[str, Any]:
        topics = [self.topic_arns[severity]] if name in self._telling else []
        return {"alarm_actions": topics, "ok_actions": topics, "tags": self._tags}

    def _create_dashboard(self, node: str, dashboard: Dashboard, names: Mapping[Ref, Any]) -> pulumi.Output[str]:
        arguments = transformed(
            self._transform, "dashboard", {"dashboard_name": dashboard.name, "dashboard_body": text_of(dashboard, names)}
        )
        made = aws.cloudwatch.Dashboard(f"{self._name}-{node}", **arguments, opts=self._options)
        self.nodes[node] = made
        return made.dashboard_name


def text_of(dashboard: Dashboard, names: Mapping[Ref, Any]) -> pulumi.Output[str]:
    """Its body, made when all names in it are known. Raises MonitoringError "unresolved-name"."""
    body = dashboard.body()
    refs = sorted(refs_in(body))
    known = pulumi.Output.all(*(resolve(ref, names) for ref in refs))

    def text(values: Sequence[Any]) -> str:
        found = dict(zip(refs, values, strict=True))
        return json.dumps(body, default=lambda name: resolve(name, found), sort_keys=True)

    return known.apply(text)


def joined(parts: Sequence[Any]) -> pulumi.Output[str]:
    """One text of texts and values that the engine learns."""
    return pulumi.Output.concat(*parts)


def check_watched(functions: object) -> None:
    """Raises InvalidArgument."""
    allowed = "give a list of PythonFunction and StreamConsumer"
    if not isinstance(functions, Sequence):
        raise InvalidArgument(f"the functions are of type {type(functions).__name__}: {allowed}")
    for each in cast("Sequence[object]", functions):
        if not isinstance(each, PythonFunction | StreamConsumer):
            raise InvalidArgument(f"one of the functions is of type {type(each).__name__}: {allowed}")


def function_of(component: PythonFunction | StreamConsumer) -> PythonFunction:
    return component.function if isinstance(component, StreamConsumer) else component


def subject_of(component: PythonFunction | StreamConsumer) -> subjects.FunctionSubject:
    """A function as monitoring sees it."""
    function = function_of(component)
    return function_subject(
        function.label,
        patterns=function.patterns,
        timeout_seconds=function.timeout_seconds,
        http=function.url is not None,
        pattern_metrics=function.pattern_metrics,
        parks_events=function.failed_events is not None,
    )
