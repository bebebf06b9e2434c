"""Every argument of the Python components is one of the plugin, or left out with a reason: one that is added later fails here until it is."""

import dataclasses
import inspect
import re
import sys
import types
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Union, get_args, get_origin

import pytest

import components
from components.bundle.packaging import Packaging
from components.functions.delivery import Delivery, Start
from components.functions.function import PythonFunction
from components.functions.invocation import Asynchronous
from components.functions.logs import JsonLogs, Logs, TextLogs
from components.functions.source import KinesisStream, Source, TableStream
from components.functions.stream import StreamConsumer
from components.handlers import Handler
from components.permissions.access import Access
from components.permissions.limits import Limits
from components.plugin import shapes
from components.plugin.host import COMPONENTS, NAME, Provider
from components.plugin.shapes import billing, handlers, indexes, monitoring, origins, table
from components.tables.billing import Capacity, Encryption, Limit, OnDemand, Provisioned, Throughput
from components.tables.destinations import KinesisDestination
from components.tables.indexes import GlobalIndex, KeyAttribute, LocalIndex
from components.tables.insights import Insights
from components.tables.origins import Csv, Origin
from components.tables.principals import PrincipalAccess
from components.tables.projections import Projection
from components.tables.replicas import Replica, Replicas
from components.tables.schedules import Schedule
from components.tables.table import SingleTable
from components.tables.throughput import WarmThroughput, WarmUnits
from components.watching.account_monitoring import AccountMonitoring
from components.watching.monitoring import Monitoring
from components.web_app_table import WebAppTable
from monitoring import Options, Ref
from monitoring.account_alarms import AccountOptions
from monitoring.alarms import Suppressor, WarmUp
from monitoring.maintenance import Maintenance
from monitoring.mute import MuteWindow
from monitoring.widgets import Mark
from singletable.definition import PatternDefinition, TableDefinition

EVERYWHERE = {"name": "the first argument of every component", "opts": "resource options, which every SDK has by itself"}
ELSEWHERE = "of the whole WebAppTable: it is said there, of every part"

PAIRS: Mapping[Callable[..., Any], tuple[type, ...]] = {
    WebAppTable: (shapes.WebAppTableArgs, table.TableOptions, monitoring.MonitoringOptions),
    SingleTable: (shapes.SingleTableArgs, table.TableOptions),
    AccountMonitoring: (shapes.AccountMonitoringArgs,),
    PythonFunction: (handlers.Handler,),
    StreamConsumer: (handlers.Handler, handlers.Stream),
    Handler: (handlers.Handler, handlers.Stream),
    Monitoring: (monitoring.MonitoringOptions,),
    Access: (handlers.Permission,),
    Limits: (handlers.Limits,),
    Logs.json: (handlers.Logs,),
    Asynchronous.parked: (handlers.Asynchronous,),
    Delivery: (handlers.Delivery,),
    Start: (handlers.Start,),
    Source.kinesis: (handlers.Stream,),
    OnDemand: (billing.Billing,),
    Provisioned: (billing.Billing,),
    Capacity: (billing.Capacity,),
    Throughput: (billing.IndexBilling,),
    Schedule: (billing.Schedule,),
    Insights: (table.Insights,),
    GlobalIndex: (indexes.GlobalIndex,),
    LocalIndex: (indexes.LocalIndex,),
    KeyAttribute: (indexes.KeyAttribute,),
    Projection: (indexes.Projection,),
    WarmThroughput: (billing.WarmThroughput,),
    WarmUnits: (billing.WarmUnits,),
    Replicas: (table.Replicas,),
    Replica: (table.Replica,),
    KinesisDestination: (table.KinesisDestination,),
    PrincipalAccess: (table.PrincipalAccess,),
    Origin.point_in_time: (origins.PointInTime,),
    Origin.s3: (origins.BucketImport,),
    Origin.existing: (origins.Existing,),
    Csv: (origins.Csv,),
    Options: (monitoring.MonitoringOptions,),
    AccountOptions: (shapes.AccountMonitoringArgs,),
    Maintenance: (monitoring.Maintenance, monitoring.AccountMaintenance),
    MuteWindow: (monitoring.MuteWindow,),
    WarmUp: (monitoring.WarmUp,),
    Suppressor: (monitoring.Suppressor,),
    Mark: (monitoring.Mark,),
}
"""What makes a value in Python, and the shapes that hold its arguments in the plugin."""
RENAMED: Mapping[tuple[Callable[..., Any], str], str] = {
    (WebAppTable, "table"): "definition",
    (SingleTable, "table"): "definition",
    (SingleTable, "indexes"): "global_indexes",
    (SingleTable, "encryption"): "encryption",
    (PythonFunction, "access"): "permissions",
    (StreamConsumer, "access"): "permissions",
    (StreamConsumer, "source"): "kinesis_arn",
    (Handler, "access"): "permissions",
    (Source.kinesis, "stream_arn"): "kinesis_arn",
    (Provisioned, "table"): "read",
    (WarmThroughput, "table"): "read",
    (Replicas, "members"): "regions",
    (Replica, "key_arn"): "kms_key_arn",
    (MuteWindow, "expression"): "schedule",
}
LEFT_OUT: Mapping[tuple[Callable[..., Any], str], str] = {
    (PythonFunction, "table"): "the table is that of the component",
    (StreamConsumer, "table"): "the table is that of the component",
    (Monitoring, "table"): "the table is that of the component",
    (Monitoring, "functions"): "the functions are the handlers; a component is no plain data",
    (Monitoring, "options"): "its arguments are those of MonitoringOptions: one level less to write",
    (AccountMonitoring, "options"): "its arguments are those of the component: one level less to write",
    (PythonFunction, "packaging"): "packs Python of the same checkout; other languages hand over code that is ready",
    (StreamConsumer, "packaging"): "as of PythonFunction",
    (PythonFunction, "tags"): ELSEWHERE,
    (StreamConsumer, "tags"): ELSEWHERE,
    (Monitoring, "tags"): ELSEWHERE,
    (PythonFunction, "transform"): ELSEWHERE,
    (StreamConsumer, "transform"): ELSEWHERE,
    (Monitoring, "transform"): ELSEWHERE,
}
VALUES_LEFT_OUT: Mapping[Any, str] = {
    TableDefinition: "the JSON form, which has a schema of its own",
    PatternDefinition: "named: the declaration has it",
    Encryption: "encryption and kmsKeyArn of the table's options",
    Limit: "maxRead and maxWrite of IndexBilling",
    Asynchronous: "compared by its way of making it",
    JsonLogs: "compared by Logs.json",
    TextLogs: "the form Text",
    TableStream: "the default, of which nothing can be said",
    KinesisStream: "compared by Source.kinesis",
    Packaging: "as the argument packaging",
    Ref: "a name that AWS decides, which no program says",
}
NOT_COMPONENTS: Mapping[str, str] = {
    "PythonFunction": "takes the table as a component; a handler of WebAppTable makes one",
    "StreamConsumer": "as PythonFunction",
    "Monitoring": "takes table and functions as components; WebAppTable makes one",
    "EventTopic": "an aws.sns.Topic, which every language has; its publishing is one permission",
}


@pytest.fixture(scope="module")
def package() -> dict[str, Any]:
    return Provider().package


def arguments_of(made_by: Callable[..., Any]) -> list[str]:
    return [name for name in inspect.signature(made_by).parameters if name not in ("self", "cls")]


def named(made_by: Callable[..., Any]) -> str:
    return made_by.__qualname__


@pytest.mark.parametrize("made_by", PAIRS, ids=named)
def test_every_argument_is_there_or_left_out_for_a_reason(made_by: Callable[..., Any]) -> None:
    offered = {name for shape in PAIRS[made_by] for name in shape.__annotations__}
    silent = [
        name
        for name in arguments_of(made_by)
        if RENAMED.get((made_by, name), name) not in offered and (made_by, name) not in LEFT_OUT and name not in EVERYWHERE
    ]
    assert silent == []


def test_what_is_renamed_or_left_out_exists_and_is_not_there() -> None:
    for made_by, name in (*RENAMED, *LEFT_OUT):
        assert name in arguments_of(made_by), f"{named(made_by)} has no {name} any more"
    for made_by, name in LEFT_OUT:
        assert name not in {each for shape in PAIRS[made_by] for each in shape.__annotations__} or name in ("transform", "tags"), name


def values_of(made_by: Callable[..., Any]) -> Iterator[type]:
    """Dataclasses of ours that an argument may hold."""
    for parameter in inspect.signature(made_by).parameters.values():
        # Written as text where the class itself is meant.
        hint = parameter.annotation
        yield from classes_in(vars(sys.modules[made_by.__module__]).get(hint, hint))


def classes_in(hint: Any) -> Iterator[type]:
    if get_origin(hint) in (Union, types.UnionType) or get_args(hint):
        for inner in get_args(hint):
            yield from classes_in(inner)
    elif isinstance(hint, type) and hint.__module__.partition(".")[0] in ("components", "monitoring", "singletable"):
        yield from (hint, *subclasses(hint))


def subclasses(kind: type) -> Iterator[type]:
    for each in kind.__subclasses__():
        yield from (each, *subclasses(each))


def test_every_value_that_an_argument_may_hold_is_compared_too() -> None:
    compared = {made_by for made_by in PAIRS if isinstance(made_by, type)}
    parents = {made_by.__qualname__.partition(".")[0] for made_by in PAIRS if not isinstance(made_by, type)}
    held = {kind for made_by in PAIRS for kind in values_of(made_by) if dataclasses.is_dataclass(kind)}
    missing = {
        kind.__name__
        for kind in held
        if kind not in compared and kind not in VALUES_LEFT_OUT and not parents & {each.__name__ for each in kind.__mro__}
    }

    assert {Capacity, Schedule, Replica, MuteWindow} <= held, "the walk finds nothing"
    assert missing == set()


def said(default: object) -> str:
    """What a default of Python is called, as a pattern."""
    match default:
        case bool():
            return str(default).lower()
        case "":
            return "none|not said"
        case ",":
            return "a comma"
        case _:
            return re.escape(str(default))


@pytest.mark.parametrize(
    ("made_by", "argument", "default"),
    [
        pytest.param(made_by, name, each.default, id=f"{named(made_by)}.{name}")
        for made_by in PAIRS
        for name, each in inspect.signature(made_by).parameters.items()
        if isinstance(each.default, bool | int | str) and (made_by, name) not in LEFT_OUT
    ],
)
def test_a_default_is_that_of_the_component(package: dict[str, Any], made_by: Callable[..., Any], argument: str, default: object) -> None:
    name = RENAMED.get((made_by, argument), argument)
    spelt = name.split("_")[0] + "".join(map(str.capitalize, name.split("_")[1:]))
    (shape, *_) = [each for each in PAIRS[made_by] if name in each.__annotations__]
    text = properties_of(package, shape)[spelt]["description"]
    needed = name in shape.__required_keys__ or text.endswith("Needed there.")
    assert needed or re.search(rf"\b({said(default)})\b", text.partition("Default: ")[2]), text


def properties_of(package: dict[str, Any], shape: type) -> dict[str, Any]:
    name = shape.__name__
    if name.endswith("Args"):
        return package["resources"][f"{NAME}:index:{name.removesuffix('Args')}"]["inputProperties"]
    return package["types"][f"{NAME}:index:{name}"]["properties"]


@pytest.mark.parametrize("shape", sorted({shape for found in PAIRS.values() for shape in found}, key=named), ids=named)
def test_nothing_is_offered_that_no_component_takes(shape: type) -> None:
    """But for what says in plain data which of several values is meant."""
    plain = {
        "WebAppTableArgs": {"table", "monitoring"},
        "SingleTableArgs": {"table"},
        "TableOptions": {"kms_key_arn", "local_indexes"},
        "Handler": {"runtime", "secrets", "permissions", "environment"},
        "Stream": {"filters", "kinesis_arn"},
        "Logs": {"format"},
        "Asynchronous": {"queue_arn", "topic_arn", "dropped"},
        "Billing": {"mode", "read", "write", "max_read", "max_write"},
        "IndexBilling": {"max_read", "max_write"},
        "WarmThroughput": {"write"},
    }
    taken = {RENAMED.get((made_by, name), name) for made_by, found in PAIRS.items() if shape in found for name in arguments_of(made_by)}
    assert shape.__annotations__.keys() - taken - plain.get(shape.__name__, set()) == set()


def test_components_that_are_not_offered_have_a_reason() -> None:
    import pulumi

    offered = {each.__name__ for each in COMPONENTS}
    ours = {
        name
        for name in components.__all__
        if isinstance(found := getattr(components, name), type) and issubclass(found, pulumi.ComponentResource)
    }
    assert ours - offered == NOT_COMPONENTS.keys()
    assert offered <= ours
