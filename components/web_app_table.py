"""Everything that a web application on one table needs, in one component."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, cast

import pulumi

from components.errors import InvalidArgument
from components.functions.consumer_arguments import stream_definition
from components.functions.function import PythonFunction
from components.functions.function_arguments import pattern_definitions
from components.functions.stream import StreamConsumer
from components.handlers import Handler
from components.tables.billing import Billing
from components.tables.table_plan import table_definition
from components.transform import Transform, checked
from components.web_app_plan import MONITORING, TABLE, WebAppPlan
from singletable.definition import TableDefinition

TYPE = "singletable:index:WebAppTable"

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]*")


class WebAppTable(pulumi.ComponentResource):
    """A SingleTable, a PythonFunction or StreamConsumer for each handler, and the Monitoring of them all.

        WebAppTable("shop", table=model.table.definition(), handlers={"api": "app.api.handler"})

    `nodes` has them by name: "table", each handler's, "monitoring". What a function is called in AWS, in its alarms and in its log group begins
    with the component's name: handler "api" of "shop" is "shop-api".
    """

    table_name: pulumi.Output[str]
    table_arn: pulumi.Output[str]
    stream_arn: pulumi.Output[str]
    function_names: Mapping[str, pulumi.Output[str]]
    urls: Mapping[str, pulumi.Output[str]]
    failure_queue_urls: Mapping[str, pulumi.Output[str]]
    topic_arns: Mapping[str, pulumi.Output[str]]
    dashboard_name: pulumi.Output[str]
    dashboard_url: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        *,
        table: TableDefinition | Mapping[str, Any],
        handlers: Mapping[str, Handler | str],
        billing: Billing | None = None,
        disposable: bool = False,
        emails: Mapping[str, Sequence[str]] | None = None,
        owner: str | None = None,
        tags: Mapping[str, str] | None = None,
        transform: Transform | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """table: `model.table.definition()`, or the same as a dict. handlers: by name, of letters, digits and dashes; a text is the handler of
        the only function, which may use every declared pattern. billing, disposable: as of SingleTable. emails, owner: as of Monitoring. tags: of
        everything.

        transform: of "table", of each handler by its name, of "monitoring": arguments of that component to set, or a function from all of its
        arguments to new ones. Among them is its own `transform`, so that every argument of every resource can be reached:

            transform={"table": {"recovery_days": 7, "transform": {"table": {"name": "shop"}}}, "api": {"memory_mb": 1024}}

        Not among them are the name, and the table that functions and monitoring are given. `functions` of "monitoring" are watched beside those
        of the handlers.

        Raises InvalidArgument, singletable's InvalidDefinition, monitoring's MonitoringError and what Bundle.of raises, before anything is
        registered; a note of the error says which part it is about.
        """
        self.definition = table_definition(table)
        self.handlers = {label: _handler_of(label, given) for label, given in _checked_handlers(handlers).items()}
        changes = checked(f"WebAppTable {name!r}", transform, dict.fromkeys([TABLE, *self.handlers, MONITORING]))
        plan = WebAppPlan.of(
            name,
            {"table": self.definition, "billing": billing, "disposable": disposable, "tags": tags},
            self.handlers,
            {"functions": (), "emails": emails, "owner": owner, "tags": tags},
            changes,
        )
        super().__init__(TYPE, name, None, opts)
        self.table = plan.table.make(self)
        functions = {label: part.make(self, table=self.table) for label, part in plan.functions.items()}
        self.monitoring = plan.monitoring.make(self, table=self.table, functions=[*functions.values(), *plan.watched])
        self.nodes: dict[str, pulumi.ComponentResource] = {TABLE: self.table, **functions, MONITORING: self.monitoring}
        self._set_outputs()

    def _set_outputs(self) -> None:
        functions = {label: node for label, node in self.nodes.items() if isinstance(node, PythonFunction)}
        consumers = {label: node for label, node in self.nodes.items() if isinstance(node, StreamConsumer)}
        self.table_name, self.table_arn, self.stream_arn = self.table.name, self.table.arn, self.table.stream_arn
        self.function_names = {
            label: functions[label].name if label in functions else consumers[label].function.name for label in self.handlers
        }
        self.urls = {label: node.url for label, node in functions.items() if node.url is not None}
        self.failure_queue_urls = {label: node.failure_queue_url for label, node in consumers.items()}
        self.topic_arns = self.monitoring.topic_arns
        self.dashboard_name, self.dashboard_url = self.monitoring.dashboard_name, self.monitoring.dashboard_url
        self.register_outputs(
            {
                "tableName": self.table_name,
                "tableArn": self.table_arn,
                "streamArn": self.stream_arn,
                "functionNames": self.function_names,
                "urls": self.urls,
                "failureQueueUrls": self.failure_queue_urls,
                "topicArns": self.topic_arns,
                "dashboardName": self.dashboard_name,
                "dashboardUrl": self.dashboard_url,
            }
        )


def _checked_handlers(handlers: object) -> Mapping[str, object]:
    allowed = 'give them by name, such as {"api": "app.api.handler"}'
    if not isinstance(handlers, Mapping):
        raise InvalidArgument(f"the handlers are of type {type(handlers).__name__}: {allowed}")
    given = cast("Mapping[object, object]", handlers)
    for label in given:
        if not isinstance(label, str) or not _NAME.fullmatch(label):
            raise InvalidArgument(f"a handler is called {label!r}: letters, digits and dashes are allowed, a letter first")
        if label in (TABLE, MONITORING):
            raise InvalidArgument(f"a handler is called {label!r}, as another part is: give it another name")
    return cast("Mapping[str, object]", given)


def _handler_of(label: str, given: object) -> Handler:
    """With a stream and patterns that are known to be right, so that nothing is registered before they are."""
    if isinstance(given, str):
        return Handler(given)
    if not isinstance(given, Handler):
        raise InvalidArgument(
            f"the handler {label} is of type {type(given).__name__}: give a Handler, or its name such as 'app.api.handler'"
        )
    if given.patterns is not None:
        pattern_definitions(given.patterns)
    if given.stream is None:
        if given.recursion is not None:
            raise InvalidArgument(
                f"the handler {label} has recursion={given.recursion!r} and follows no stream: leave it out, or give the stream"
            )
        return given
    if given.url is not None:
        raise InvalidArgument(f"the handler {label} follows the stream and has the url {given.url!r}: use two handlers, one for each")
    stream_definition(given.stream)
    return given
