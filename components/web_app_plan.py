"""What a WebAppTable is made of: the arguments of each part, all of them checked, before anything is registered."""

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Self, TypeVar

import pulumi

from components.bundle.code import Archives
from components.bundle.packaging import Target
from components.checks import check_tags
from components.errors import InvalidArgument, about
from components.functions.consumer_arguments import check_consumer, check_readers, reads_table
from components.functions.function import CHILDREN as FUNCTION_CHILDREN
from components.functions.function import PythonFunction
from components.functions.function_arguments import check_function, pattern_definitions
from components.functions.invocation import asynchronous_of
from components.functions.labels import check_label
from components.functions.stream import CHILDREN as CONSUMER_CHILDREN
from components.functions.stream import StreamConsumer
from components.handlers import Handler
from components.tables.table import SingleTable
from components.tables.table_plan import TablePlan
from components.transform import Transform, check_arguments, checked, transformed
from components.watching.monitoring import Monitoring, check_watched, subject_of
from components.watching.monitoring_plan import MonitoringPlan, function_subject, stack_of
from monitoring.subjects import FunctionSubject

TABLE, MONITORING = "table", "monitoring"

Arguments = dict[str, Any]
Made = TypeVar("Made", bound=pulumi.ComponentResource)
AnyFunction = PythonFunction | StreamConsumer


@dataclass(frozen=True)
class Part(Generic[Made]):
    """kind: the component, or what makes it. name: of it. arguments: beside its name, the table and the functions that it is given, and its parent."""

    kind: Callable[..., Made]
    name: str
    arguments: Mapping[str, Any]
    opts: pulumi.ResourceOptions | None

    def make(self, parent: pulumi.Resource, **more: Any) -> Made:
        """Whatever options somebody adds, it stays a child of its parent."""
        options = pulumi.ResourceOptions.merge(self.opts, pulumi.ResourceOptions(parent=parent))
        return self.kind(self.name, **self.arguments, **more, opts=options)


@dataclass(frozen=True)
class WebAppPlan:
    """Table and monitoring are handed their own plan, so that each is made once. functions: by the name of the handler. watched: functions that
    Monitoring watches beside them.
    """

    table: Part[SingleTable]
    functions: Mapping[str, Part[AnyFunction]]
    monitoring: Part[Monitoring]
    watched: Sequence[AnyFunction]

    @classmethod
    def of(cls, name: str, table: Arguments, handlers: Mapping[str, Handler], monitoring: Arguments, transform: Transform) -> Self:
        """name: of the component. table, monitoring: arguments of these parts, before they are transformed.

        Raises InvalidArgument, singletable's InvalidDefinition, monitoring's MonitoringError and what Bundle.of raises, each with a note of
        the part that it is about (components.errors.part_of).
        """
        with about(TABLE):
            whole = _part(SingleTable, name, TABLE, table, transform)
            planned = TablePlan.of(name, **whole.arguments)
        functions: dict[str, Part[AnyFunction]] = {}
        reading: list[str] = []
        archives = Archives()
        for label, handler in handlers.items():
            with about(label):
                _check_patterns(label, handler, handlers)
                functions[label] = _function(
                    f"{name}-{label}", label, handler, planned, reading, archives, {"tags": table["tags"]}, transform
                )
        with about(MONITORING):
            watching = _part(Monitoring, name, MONITORING, monitoring, transform)
            arguments = dict(watching.arguments)
            watched, owner = arguments.pop("functions"), arguments.pop("owner")
            check_watched(watched)
            subjects = [*_subjects(functions), *map(subject_of, watched)]
            consumers = [part.name for part in functions.values() if part.kind is StreamConsumer]
            others = [each.function.label for each in watched if isinstance(each, StreamConsumer)]
            shown = MonitoringPlan.of(name, stack_of(name, planned, subjects, [*consumers, *others], owner), **arguments)
        return cls(
            table=Part(SingleTable.planned, name, {"plan": planned}, whole.opts),
            functions=functions,
            monitoring=Part(Monitoring.planned, name, {"plan": shown}, watching.opts),
            watched=watched,
        )


def _check_patterns(label: str, handler: Handler, handlers: Mapping[str, Handler]) -> None:
    """One function may do all that is declared; of several, each does a part. Raises InvalidArgument."""
    if handler.patterns is None and len(handlers) > 1:
        raise InvalidArgument(
            f"the handler {label} says no patterns, and is one of {len(handlers)}: it would have the permissions of all of them; give patterns, "
            "those that it uses"
        )


def _part(kind: Callable[..., Made], name: str, label: str, arguments: Arguments, transform: Transform) -> Part[Made]:
    """With every argument that the component has. label: what the part is called in `transform`. Raises InvalidArgument."""
    known = {each.name: each.default for each in inspect.signature(kind).parameters.values() if each.name != "name"}
    own = {"table"} - arguments.keys()
    found = transformed(transform, label, arguments)
    for argument in found:
        if argument in own:
            raise InvalidArgument(f"the transform sets {argument!r}, which is the table of this component: leave it out")
    check_arguments("the transform", found, known)
    missing = [each for each, default in known.items() if default is inspect.Parameter.empty and each not in (*own, *found)]
    if missing:
        raise InvalidArgument(f"the transform returned no {missing[0]!r}: return all arguments that it was given, changed or not")
    given = {name: default for name, default in known.items() if default is not inspect.Parameter.empty} | found
    opts = given.pop("opts")
    if not isinstance(opts, pulumi.ResourceOptions | None):
        raise InvalidArgument(f"opts is of type {type(opts).__name__}: give pulumi.ResourceOptions(...)")
    check_tags(given["tags"])
    return Part(kind, name, given, opts)


def _function(
    name: str,
    label: str,
    handler: Handler,
    table: TablePlan,
    reading: list[str],
    archives: Archives,
    given: Arguments,
    transform: Transform,
) -> Part[AnyFunction]:
    """reading: names of the consumers that read the table's stream, to which this one is added. Raises as WebAppPlan.of does."""
    kind: type[AnyFunction] = PythonFunction if handler.stream is None else StreamConsumer
    check_label(f"{kind.__name__} {name!r}", name)
    part = _part(kind, name, label, {**given, **handler.arguments(table.definition.patterns)}, transform)
    arguments = dict(part.arguments)
    if kind is PythonFunction:
        check_function(name, arguments, table.definition)
        checked(f"PythonFunction {name!r}", arguments["transform"], FUNCTION_CHILDREN)
    else:
        check_consumer(name, arguments, table.definition)
        checked(f"StreamConsumer {name!r}", arguments["transform"], CONSUMER_CHILDREN)
        if reads_table(arguments):
            check_readers(name, reading, replicated=table.replicas is not None)
            reading.append(name)
    if arguments["code"] is None:
        # The bundle is made here, where it can still be refused, and handed on.
        target = Target(arguments["runtime"], arguments["architecture"])
        arguments["code"] = archives.of(arguments["handler"], arguments.pop("packaging"), target)
    return Part(kind, name, arguments, part.opts)


def _subjects(functions: Mapping[str, Part[Any]]) -> Iterator[FunctionSubject]:
    for part in functions.values():
        arguments = part.arguments
        events = None if part.kind is StreamConsumer else asynchronous_of(arguments["asynchronous"], arguments["url"])
        yield function_subject(
            part.name,
            patterns=pattern_definitions(arguments["patterns"]),
            timeout_seconds=arguments["timeout_seconds"],
            http=arguments.get("url") is not None,
            pattern_metrics=arguments["pattern_metrics"],
            parks_events=events is not None and events.parks,
        )
