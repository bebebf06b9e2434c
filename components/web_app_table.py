"""Everything that a web application on one table needs, in one component."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, cast

import pulumi

from components.billing import Billing
from components.errors import InvalidArgument
from components.function import PythonFunction
from components.function_arguments import pattern_definitions
from components.handlers import Handler
from components.monitoring import Monitoring
from components.notices import check_emails
from components.stream import StreamConsumer
from components.table import SingleTable
from components.transform import Transform, checked, transformed
from singletable.definition import StreamDefinition, TableDefinition

TYPE = "singletable:index:WebAppTable"
TABLE, MONITORING = "table", "monitoring"

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
        a function that may use every declared pattern. billing, disposable: as of SingleTable. emails, owner: as of Monitoring. tags: of
        everything.

        transform: of "table", of each handler by its name, of "monitoring": arguments of that component to set, or a function from all of its
        arguments to new ones. Among them is its own `transform`, so that every argument of every resource can be reached:

            transform={"table": {"recovery_days": 7, "transform": {"table": {"name": "shop"}}}, "api": {"memory_mb": 1024}}

        Raises InvalidArgument, singletable's InvalidDefinition, and what the components raise that it makes.
        """
        self.definition = _definition_of(table)
        self.handlers = {label: _handler_of(label, given) for label, given in _checked_handlers(handlers).items()}
        check_emails(emails)
        self._transform = checked(f"WebAppTable {name!r}", transform, [TABLE, *self.handlers, MONITORING])
        super().__init__(TYPE, name, None, opts)
        self._name, self._tags, self.part = name, dict(tags) if tags else None, ""
        self.nodes: dict[str, pulumi.ComponentResource] = {}

        self.table = self._create_table({"table": self.definition, "billing": billing, "disposable": disposable})
        functions = [self._create_function(label, handler) for label, handler in self.handlers.items()]
        self.monitoring = self._create_monitoring({"functions": functions, "emails": emails, "owner": owner})
        self._set_outputs()

    def _create_table(self, arguments: Mapping[str, Any]) -> SingleTable:
        made = SingleTable(self._name, **self._arguments(TABLE, arguments))
        self.nodes[TABLE] = made
        return made

    def _create_function(self, label: str, handler: Handler) -> PythonFunction | StreamConsumer:
        kind = PythonFunction if handler.stream is None else StreamConsumer
        arguments = {"table": self.table, **handler.arguments(self.definition.patterns)}
        made = kind(f"{self._name}-{label}", **self._arguments(label, arguments))
        self.nodes[label] = made
        return made

    def _create_monitoring(self, arguments: Mapping[str, Any]) -> Monitoring:
        made = Monitoring(self._name, **self._arguments(MONITORING, {"table": self.table, **arguments}))
        self.nodes[MONITORING] = made
        return made

    def _arguments(self, part: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Of the component that is about to be made. Whatever options somebody adds, it stays a child of this one."""
        self.part = part
        found = transformed(self._transform, part, {"tags": self._tags, **arguments})
        return {**found, "opts": pulumi.ResourceOptions.merge(found.get("opts"), pulumi.ResourceOptions(parent=self))}

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


def _definition_of(table: object) -> TableDefinition:
    if isinstance(table, TableDefinition):
        return table
    if not isinstance(table, Mapping):
        raise InvalidArgument(f"the table is of type {type(table).__name__}: give its definition, table.definition(), or that as a dict")
    return TableDefinition.from_dict(cast("Mapping[str, Any]", table))


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
    if isinstance(given.stream, Mapping):
        StreamDefinition.from_dict(given.stream)
    return given
