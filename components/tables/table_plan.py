"""What a SingleTable is going to be: every argument checked, and what follows from them, before anything is registered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self, cast, get_args

import pulumi_aws as aws

from components.checks import check_flag, check_tags
from components.errors import InvalidArgument
from components.tables import principals, scaling
from components.tables.billing import Billing, Encryption
from components.tables.destinations import KinesisDestination
from components.tables.guard import Accepted
from components.tables.indexes import MOST_GLOBAL, GlobalIndex, Indexes, LocalIndex, indexes_of, watched
from components.tables.insights import Insights
from components.tables.origins import Origin, S3Import
from components.tables.principals import PrincipalAccess
from components.tables.projections import Projection
from components.tables.replicas import Replicas
from components.tables.scaling import Scaling
from components.tables.table_arguments import TableClass, check_names, table_arguments
from components.tables.throughput import WarmThroughput
from components.transform import Children, Transform, checked, transformed
from singletable.definition import TableDefinition
from singletable.deployment import DISPOSABLE_TAG


@dataclass(frozen=True)
class TablePlan:
    """definition: of the declaration. watched: with every index that can throttle. arguments: of aws.dynamodb.Table, transformed."""

    name: str
    definition: TableDefinition
    watched: TableDefinition
    billing: Billing
    encryption: Encryption
    indexes: Indexes
    warm_throughput: WarmThroughput | None
    insights: Insights
    kinesis: KinesisDestination | None
    replicas: Replicas | None
    origin: Origin | None
    resource_policy: Sequence[PrincipalAccess]
    stream_resource_policy: Sequence[PrincipalAccess]
    disposable: bool
    replaceable: bool
    accept: Sequence[Accepted]
    tags: Mapping[str, str]
    arguments: Mapping[str, Any]
    transform: Transform

    @classmethod
    def of(
        cls,
        name: str,
        *,
        table: TableDefinition | Mapping[str, Any],
        billing: Billing | None,
        encryption: Encryption | None,
        recovery_days: int,
        disposable: bool,
        replaceable: bool,
        accept: Sequence[Accepted],
        indexes: Sequence[GlobalIndex | LocalIndex],
        projections: Mapping[str, Projection] | None,
        warm_throughput: WarmThroughput | None,
        table_class: TableClass,
        replicas: Replicas | None,
        insights: Insights | None,
        kinesis: KinesisDestination | None,
        resource_policy: Sequence[PrincipalAccess],
        stream_resource_policy: Sequence[PrincipalAccess],
        origin: Origin | None,
        tags: Mapping[str, str] | None,
        transform: Transform | None,
    ) -> Self:
        """Of the arguments of a SingleTable. Raises InvalidArgument, singletable's InvalidDefinition."""
        _check_types(
            encryption=encryption,
            warm_throughput=warm_throughput,
            replicas=replicas,
            insights=insights,
            kinesis=kinesis,
            origin=origin,
        )
        for argument, flag in (("disposable", disposable), ("replaceable", replaceable)):
            check_flag(argument, flag)
        _check_accepted(accept)
        check_tags(tags)
        definition = table_definition(table)
        billing, encryption = billing or Billing.on_demand(), encryption or Encryption.aws_owned()
        found = indexes_of(definition, indexes, projections or {})
        insights = insights or Insights(None)
        _check_together(definition, billing, encryption, found, replicas, origin)
        arguments = table_arguments(
            definition,
            billing,
            encryption,
            None if disposable else recovery_days,
            indexes=found,
            warm=warm_throughput,
            table_class=table_class,
            replicas=replicas,
            origin=origin,
        )
        check_names("insights", insights.indexes, found)
        principals.check_table_statements(resource_policy, [*found.names, *(index.name for index in found.locals)])
        principals.check_stream_statements(stream_resource_policy)
        policies = {"resource-policy": resource_policy, "stream-resource-policy": stream_resource_policy}
        children: Children = {
            "table": aws.dynamodb.Table,
            **{child: kind for each in scaling.scalings(billing, found.names) for child, kind in each.children.items()},
            **{insights_node(index): aws.dynamodb.ContributorInsights for index in (None, *found.names) if insights.of(index)},
            **({"kinesis": aws.dynamodb.KinesisStreamingDestination} if kinesis else {}),
            **{node: aws.dynamodb.ResourcePolicy for node, given in policies.items() if given},
        }
        changes = checked(f"SingleTable {name!r}", transform, children)
        said = {**(tags or {}), **({DISPOSABLE_TAG: "true"} if disposable else {})}
        return cls(
            name=name,
            definition=definition,
            watched=watched(definition, found),
            billing=billing,
            encryption=encryption,
            indexes=found,
            warm_throughput=warm_throughput,
            insights=insights,
            kinesis=kinesis,
            replicas=replicas,
            origin=origin,
            resource_policy=resource_policy,
            stream_resource_policy=stream_resource_policy,
            disposable=disposable,
            replaceable=replaceable,
            accept=accept,
            tags=said,
            arguments=transformed(changes, "table", {**arguments, "tags": said or None}),
            transform=changes,
        )

    @property
    def scalings(self) -> list[Scaling]:
        return list(scaling.scalings(self.billing, self.indexes.names))

    @property
    def left_alone(self) -> Sequence[str]:
        """Arguments of the table that are not set back to what is declared, as the engine spells them."""
        return self.held or [*scaling.drifting(self.billing, self.indexes.names), *self._local_indexes]

    @property
    def held(self) -> Sequence[str]:
        """Arguments of a table that is only taken over."""
        return self.origin.held if self.origin else ()

    @property
    def _local_indexes(self) -> Sequence[str]:
        """The provider compares names in a local index by their order, which AWS does not keep (terraform-provider-aws #3807), and would replace
        a table for it. Where the guard compares them anyway, the engine does not.
        """
        guarded = not (self.disposable or self.replaceable or self.origin)
        return ("localSecondaryIndexes",) if guarded and self.indexes.locals else ()

    @property
    def warnings(self) -> list[str]:
        """What somebody should know who deploys this table, each in a sentence about it."""
        found: list[str] = []
        if self.origin and self.origin.gaps:
            found.append(
                f"is made from other data: its first deployment leaves out {', '.join(self.origin.gaps)}, which the provider sets in the next "
                "one. Deploy twice, then remove the origin"
            )
        if self.warm_throughput:
            found.append(
                "declares a warm throughput: leave warm_throughput out after this deployment. AWS raises it by itself, and a declaration that "
                "has become less stops a later deployment, or has an index built anew"
            )
        if len(self.indexes.globals) > MOST_GLOBAL:
            found.append(
                f"has {len(self.indexes.globals)} global indexes: AWS allows {MOST_GLOBAL}, unless it has raised that quota for the account"
            )
        return found

    @property
    def lagging_regions(self) -> tuple[str, ...]:
        """Where changes arrive later, which CloudWatch measures: a strongly consistent table has no replication latency."""
        return tuple(each.region for each in self.replicas.members) if self.replicas and self.replicas.consistency == "EVENTUAL" else ()


def table_definition(table: object) -> TableDefinition:
    """Of a definition, or of the same as a dict. Raises InvalidArgument, singletable's InvalidDefinition."""
    if isinstance(table, TableDefinition):
        return table
    if not isinstance(table, Mapping):
        raise InvalidArgument(f"the table is of type {type(table).__name__}: give its definition, table.definition(), or that as a dict")
    return TableDefinition.from_dict(cast("Mapping[str, Any]", table))


def _check_accepted(accept: object) -> None:
    allowed = get_args(Accepted)
    if isinstance(accept, str) or not isinstance(accept, Sequence):
        raise InvalidArgument(f"accept is {accept!r}: give a list of {', '.join(allowed)}")
    for each in cast("Sequence[object]", accept):
        if each not in allowed:
            raise InvalidArgument(f"accept has {each!r}: {' and '.join(allowed)} are allowed")


def insights_node(index: str | None) -> str:
    return f"{index}-insights" if index else "insights"


def _check_together(
    definition: TableDefinition,
    billing: Billing,
    encryption: Encryption,
    indexes: Indexes,
    replicas: Replicas | None,
    origin: Origin | None,
) -> None:
    if indexes.locals and isinstance(origin, S3Import):
        name = indexes.locals[0].name
        raise InvalidArgument(f"an import from S3 with the local index {name}: an import makes none; import without it, or write the items")
    if replicas:
        filled = origin is not None and origin.filled
        replicas.check(definition, billing, encryption, has_local=bool(indexes.locals), filled=filled)


_USES: Mapping[str, tuple[type, str, str]] = {
    "encryption": (Encryption, "the encryption", "Encryption.aws_owned(), Encryption.aws_managed() or Encryption.customer_key(arn)"),
    "warm_throughput": (WarmThroughput, "warm_throughput", "WarmThroughput(WarmUnits(...), indexes={...})"),
    "replicas": (Replicas, "replicas", "Replicas.eventual(...) or Replicas.strong(...)"),
    "insights": (Insights, "insights", "Insights.throttled_keys(), Insights.all_keys() or Insights(mode, {index: mode})"),
    "kinesis": (KinesisDestination, "kinesis", "KinesisDestination(stream_arn)"),
    "origin": (Origin, "the origin", "Origin.point_in_time(...), .backup(...), .s3(...) or .existing(...)"),
}
"""Type, how it is called, and how one is made, of arguments that are a value of their own."""


def _check_types(**given: object) -> None:
    for argument, value in given.items():
        kind, called, instead = _USES[argument]
        if value is not None and not isinstance(value, kind):
            raise InvalidArgument(f"{called} is {value!r}: use {instead}")
