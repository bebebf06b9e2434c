"""What is going to watch a stack: every argument of a Monitoring checked, and what follows from them, before anything is registered."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Self, cast, get_args

import pulumi
import pulumi_aws as aws

from components.checks import check_tags
from components.errors import InvalidArgument
from components.tables.billing import UNLIMITED, Billing, Capacity, OnDemand, Provisioned
from components.tables.table_plan import TablePlan
from components.transform import Children, Transform, checked
from components.watching import notices
from components.watching.notices import check_emails, checked_maintenance, topic_arguments
from monitoring import (
    Alarm,
    AnomalyAlarm,
    CompositeAlarm,
    Dashboard,
    Options,
    Ref,
    alarms_for,
    anomalies_for,
    composites_for,
    dashboard_for,
    subjects,
)
from monitoring.boards import consumer_dashboard, patterns_dashboard
from monitoring.maintenance import Maintenance
from monitoring.mute import MuteRule, mute_rules
from monitoring.recipes import telling
from monitoring.widgets import Mark
from singletable.definition import PatternDefinition

CHILDREN: Children = {
    **notices.CHILDREN,
    "alarm": aws.cloudwatch.MetricAlarm,
    "composite": aws.cloudwatch.CompositeAlarm,
    "dashboard": aws.cloudwatch.Dashboard,
}
Notify = Literal["alarms", "composites"]
Board = Literal["patterns", "consumers"]


@dataclass(frozen=True)
class MonitoringPlan:
    """telling: names of those that tell. topic: arguments of each aws.sns.Topic. rules: who is not told, and when."""

    stack: subjects.Stack
    alarms: tuple[Alarm, ...]
    anomalies: tuple[AnomalyAlarm, ...]
    composites: tuple[CompositeAlarm, ...]
    telling: Sequence[str]
    rules: tuple[MuteRule, ...]
    dashboard: Dashboard
    boards: tuple[Dashboard, ...]
    topic: Mapping[str, Any]
    emails: Mapping[str, Sequence[str]]
    tags: Mapping[str, str] | None
    transform: Transform

    @classmethod
    def of(
        cls,
        name: str,
        stack: subjects.Stack,
        *,
        emails: Mapping[str, Sequence[str]] | None,
        notify: Notify,
        options: Options | None,
        maintenance: Maintenance | None,
        boards: Sequence[Board],
        marks: Sequence[Mark],
        tags: Mapping[str, str] | None,
        transform: Transform | None,
    ) -> Self:
        """name: of the component. Others: as of Monitoring. Raises InvalidArgument, and monitoring's MonitoringError."""
        check_emails(emails)
        check_tags(tags)
        _check_options(notify, options)
        quiet = checked_maintenance(maintenance)
        if quiet.suppressor and notify != "composites":
            raise InvalidArgument(
                f"Monitoring {name!r} has a suppressor, which only composite alarms have, and notify={notify!r}: give notify='composites' too"
            )
        _check_listed("boards", boards)
        _check_listed("marks", marks)
        changes = checked(f"Monitoring {name!r}", transform, CHILDREN)
        alarms, anomalies = quiet.over(alarms_for(stack, options)), anomalies_for(stack, options)
        composites = quiet.over_composites(composites_for(stack, (*alarms, *anomalies)))
        tell = telling((*alarms, *anomalies), composites, notify)
        return cls(
            stack=stack,
            alarms=alarms,
            anomalies=anomalies,
            composites=composites,
            telling=tell,
            rules=mute_rules(stack.label, quiet.windows, tell),
            dashboard=dashboard_for(stack, alarms, composites, marks),
            boards=tuple(_boards_of(stack, alarms, boards)),
            topic=topic_arguments(name, tags, changes),
            emails=emails or {},
            tags=dict(tags) if tags else None,
            transform=changes,
        )


def stack_of(
    name: str,
    table: TablePlan,
    functions: Sequence[subjects.FunctionSubject],
    streams: Sequence[str],
    owner: str | None,
) -> subjects.Stack:
    """The stack as monitoring sees it: names that AWS decides are references. name: of the component. streams: labels of the consumers.

    Raises InvalidArgument, and monitoring's MonitoringError.
    """
    if not isinstance(cast("object", owner), str | None):
        raise InvalidArgument(f"the owner is of type {type(owner).__name__}: give the name of a team")
    project = pulumi.get_project()
    return subjects.Stack(
        project=project if name == project else f"{project}-{name}",
        stage=pulumi.get_stack(),
        region=Ref("region"),
        table=subjects.TableSubject(
            table.watched,
            Ref("table"),
            billing_of(table.billing, [index.name for index in table.watched.indexes]),
            replicas=table.lagging_regions,
        ),
        functions=tuple(functions),
        streams=tuple(subjects.StreamSubject(label, Ref(f"mapping:{label}"), Ref(f"queue:{label}")) for label in streams),
        owner=owner,
    )


def function_subject(
    label: str, *, patterns: tuple[PatternDefinition, ...], timeout_seconds: int, http: bool, pattern_metrics: bool, parks_events: bool
) -> subjects.FunctionSubject:
    """parks_events: it has a queue of its own for events that failed."""
    return subjects.FunctionSubject(
        label=label,
        name=Ref(f"function:{label}"),
        timeout_seconds=timeout_seconds,
        patterns=patterns,
        http=http,
        pattern_metrics=pattern_metrics,
        log_group=Ref(f"log:{label}"),
        failed_events=Ref(f"events:{label}") if parks_events else None,
    )


def billing_of(billing: Billing, indexes: Sequence[str]) -> subjects.Billing:
    """Of the table and of each index."""
    own, apart = _ceiling(billing, None), {name: _ceiling(billing, name) for name in indexes}
    make = subjects.Billing.provisioned if isinstance(billing, Provisioned) else subjects.Billing.on_demand
    return make(max_reads_per_second=own.reads_per_second, max_writes_per_second=own.writes_per_second, indexes=apart)


def _ceiling(billing: Billing, index: str | None) -> subjects.Ceiling:
    match billing:
        case OnDemand():
            limit = billing.of(index)
            return subjects.Ceiling(*(None if units == UNLIMITED else units for units in (limit.read, limit.write)))
        case Provisioned():
            throughput = billing.of(index)
            return subjects.Ceiling(_most(throughput.read), _most(throughput.write))
        case _:
            return subjects.Ceiling()


def _most(capacity: Capacity) -> int | None:
    """What autoscaling may go to: with schedules, the largest maximum. With a smaller one, each day of the larger would open the alarm though
    nothing is near. Where the maximum of a night is reached, `provisioned-exceeded` tells it by what is throttled. None: nothing scales.
    """
    if not capacity.is_autoscaled:
        return None
    return max((capacity.maximum, *(each.maximum or 0 for each in capacity.schedules)))


def _boards_of(stack: subjects.Stack, alarms: Sequence[Alarm], boards: Sequence[Board]) -> Iterator[Dashboard]:
    if "patterns" in boards:
        yield patterns_dashboard(stack)
    if "consumers" in boards:
        yield from (consumer_dashboard(stack, stream, alarms) for stream in stack.streams)


def _check_options(notify: object, options: object) -> None:
    if notify not in get_args(Notify):
        raise InvalidArgument(f"notify is {notify!r}: {' or '.join(get_args(Notify))} is allowed")
    if not isinstance(options, Options | None):
        raise InvalidArgument(f"the options are of type {type(options).__name__}: give monitoring's Options(...)")


def _check_listed(what: Literal["boards", "marks"], given: object) -> None:
    allowed = {"boards": f"give a list of {' and '.join(get_args(Board))}", "marks": "give a list of monitoring's Mark(at, label)"}[what]
    if not isinstance(given, Sequence) or isinstance(given, str):
        raise InvalidArgument(f"the {what} are of type {type(given).__name__}: {allowed}")
    for each in cast("Sequence[object]", given):
        if not (each in get_args(Board) if what == "boards" else isinstance(each, Mark)):
            raise InvalidArgument(f"one of the {what} is {each!r}: {allowed}")
