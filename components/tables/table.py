"""The table of an application, from its declaration."""

from collections.abc import Mapping, Sequence
from typing import Any, Self

import pulumi
import pulumi_aws as aws

from components.errors import InvalidArgument
from components.tables import principals, scaling
from components.tables.billing import Billing, Encryption
from components.tables.destinations import KinesisDestination
from components.tables.guard import Accepted, guarded
from components.tables.indexes import GlobalIndex, LocalIndex
from components.tables.insights import Insights
from components.tables.origins import CREATION_ONLY, Origin
from components.tables.principals import PrincipalAccess
from components.tables.projections import Projection
from components.tables.replicas import Replicas
from components.tables.table_arguments import RECOVERY_DAYS, TableClass, table_arguments
from components.tables.table_plan import TablePlan, insights_node
from components.tables.throughput import WarmThroughput
from components.transform import Transform, transformed
from singletable.definition import TableDefinition

__all__ = ["RECOVERY_DAYS", "SingleTable", "check_table", "table_arguments"]

TYPE = "singletable:index:SingleTable"
TIMEOUTS = pulumi.CustomTimeouts(create="24h", update="24h", delete="2h")
"""How long the provider waits, not how long anything takes. It changes indexes one after the other within one update and waits for each: a
backfill of a large table is slow, as are a restore and an import, and a table with replicas is deleted slowly.
"""


class SingleTable(pulumi.ComponentResource):
    """A DynamoDB table with the keys, indexes, time to live and stream of its declaration, protected against loss in four layers:
    `protect` (the engine refuses to delete or replace it), `retain_on_delete` (an engine told otherwise leaves it), deletion protection
    (AWS refuses), continuous backups (what happened anyway can be undone).
    """

    name: pulumi.Output[str]
    arn: pulumi.Output[str]
    stream_arn: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        *,
        table: TableDefinition | Mapping[str, Any],
        billing: Billing | None = None,
        encryption: Encryption | None = None,
        recovery_days: int = 35,
        disposable: bool = False,
        replaceable: bool = False,
        accept: Sequence[Accepted] = (),
        indexes: Sequence[GlobalIndex | LocalIndex] = (),
        projections: Mapping[str, Projection] | None = None,
        warm_throughput: WarmThroughput | None = None,
        table_class: TableClass = "STANDARD",
        replicas: Replicas | None = None,
        insights: Insights | None = None,
        kinesis: KinesisDestination | None = None,
        resource_policy: Sequence[PrincipalAccess] = (),
        stream_resource_policy: Sequence[PrincipalAccess] = (),
        origin: Origin | None = None,
        tags: Mapping[str, str] | None = None,
        transform: Transform | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """table: `model.table.definition()`, or the same as a dict. billing: default, on demand without a limit.
        encryption: default, with a key that DynamoDB owns. recovery_days: how far back a restore can go, 1 to 35. Default: 35.
        disposable: for stacks that are thrown away: without any of the four protections. Default: False.
        replaceable: for the one deployment that may put an empty table in the place of this one, which is left behind; any other that would
        fails, in preview too (TableReplaced). Default: False. accept: for one deployment, codes of refusals to let pass: "stream-replaced" where
        nothing unread is lost, "index-left" when the last index was deleted by hand. Default: none.
        indexes: beside those of the declaration. Default: none. projections: of declared indexes, by name. Default: as declared.
        warm_throughput: default, as it is. table_class: "STANDARD_INFREQUENT_ACCESS" where storage costs more than use. Default: "STANDARD".
        replicas: other regions. Default: none. insights: keys that are used and throttled most. Default: off. kinesis: default, none.
        resource_policy, stream_resource_policy: what principals outside this stack may do. Default: nothing. origin: where its first items come
        from, or the table that is taken over. Default: a new and empty table. It can be removed after the deployment that created the table.
        transform: of "table"; of an autoscaled one also "read-target", "write-policy", "<index>-read-target", "write-at-<schedule>"; of
        "insights", "<index>-insights", "kinesis", "resource-policy", "stream-resource-policy" (as in `nodes`).

        Two changes of the declaration need care. An index whose keys or projection change is deleted and built anew by the provider, and not
        there meanwhile: give the new one another name, and remove the old one when nothing reads it. Time to live that is no longer declared
        would stay on, since DynamoDB wants the attribute's name to switch it off, and is refused until transform={"table": {"ttl": {"enabled":
        False, "attribute_name": ...}}} has said so once.

        Raises InvalidArgument, singletable's InvalidDefinition.
        """
        plan = TablePlan.of(
            name,
            table=table,
            billing=billing,
            encryption=encryption,
            recovery_days=recovery_days,
            disposable=disposable,
            replaceable=replaceable,
            accept=accept,
            indexes=indexes,
            projections=projections,
            warm_throughput=warm_throughput,
            table_class=table_class,
            replicas=replicas,
            insights=insights,
            kinesis=kinesis,
            resource_policy=resource_policy,
            stream_resource_policy=stream_resource_policy,
            origin=origin,
            tags=tags,
            transform=transform,
        )
        self._register(name, plan, opts)

    @classmethod
    def planned(cls, name: str, *, plan: TablePlan, opts: pulumi.ResourceOptions | None = None) -> Self:
        """The table of a plan that is made and checked already. name: that of the plan."""
        made = cls.__new__(cls)
        made._register(name, plan, opts)
        return made

    def _register(self, name: str, plan: TablePlan, opts: pulumi.ResourceOptions | None) -> None:
        super().__init__(TYPE, name, None, opts)
        self.plan = plan
        self.definition, self.billing, self.encryption, self.replicas = plan.definition, plan.billing, plan.encryption, plan.replicas
        self._name, self._transform = name, plan.transform
        self.nodes: dict[str, pulumi.CustomResource] = {}

        self._check_region()
        self._warn()
        made = self._create_table()
        for each in plan.scalings:
            self._create_scaling(each, made.name)
        for index in (None, *plan.indexes.names):
            self._create_insights(index, made.name)
        if plan.kinesis:
            self._create_kinesis(plan.kinesis, made.name)
        self._create_policy("resource-policy", plan.resource_policy, made.arn)
        self._create_policy("stream-resource-policy", plan.stream_resource_policy, made.stream_arn)

        self.name, self.arn, self.stream_arn = made.name, made.arn, made.stream_arn
        self.register_outputs({"name": self.name, "arn": self.arn, "streamArn": self.stream_arn})

    def _check_region(self) -> None:
        """Of replicas, which are elsewhere: where the region is the stack's, and not that of a provider of its own."""
        region = pulumi.Config("aws").get("region")
        if self.plan.replicas and region and self.get_provider("aws:dynamodb/table:Table") is None:
            self.plan.replicas.check_region(region)

    def _warn(self) -> None:
        for warning in self.plan.warnings:
            pulumi.log.warn(f"{self._name} {warning}", self)

    def _create_table(self) -> aws.dynamodb.Table:
        plan, origin = self.plan, self.plan.origin
        # On the table only: on the component, protection would spread to everything in it, and no alarm could be removed again.
        options = pulumi.ResourceOptions(
            parent=self,
            protect=not (plan.disposable or plan.replaceable),
            retain_on_delete=not plan.disposable,
            ignore_changes=[*plan.left_alone, *CREATION_ONLY],
            custom_timeouts=TIMEOUTS,
            import_=origin.import_id if origin else None,
        )
        wanted = dict(plan.arguments)
        if not plan.disposable:
            whole = scaling.kept_whole(plan.billing, plan.indexes.names)
            scaled = bool(scaling.drifting(plan.billing, plan.indexes.names))
            held = bool(plan.held)
            wanted = guarded(
                self, self._name, wanted, replaceable=plan.replaceable, whole=whole, scaled=scaled, held=held, accept=plan.accept
            )
        made = aws.dynamodb.Table(self._name, **wanted, opts=options)
        self.nodes["table"] = made
        return made

    def _create_scaling(self, each: scaling.Scaling, table_name: pulumi.Output[str]) -> None:
        label, options = f"{self._name}-{each.label}", pulumi.ResourceOptions(parent=self)
        resource_id = pulumi.Output.concat("table/", table_name, each.path)
        target_arguments = transformed(
            self._transform, f"{each.label}-target", {"resource_id": resource_id, **each.target(), "tags": self.plan.tags or None}
        )
        bounds = pulumi.ResourceOptions(parent=self, ignore_changes=each.drifting)
        target = aws.appautoscaling.Target(label, **target_arguments, opts=bounds)
        # The target's own id, not the text again: a policy must come after its target.
        policy_arguments = transformed(self._transform, f"{each.label}-policy", {"resource_id": target.resource_id, **each.policy()})
        self.nodes[f"{each.label}-target"] = target
        self.nodes[f"{each.label}-policy"] = aws.appautoscaling.Policy(label, **policy_arguments, opts=options)
        for node, action in each.actions().items():
            arguments = transformed(self._transform, node, {"resource_id": target.resource_id, **action})
            self.nodes[node] = aws.appautoscaling.ScheduledAction(f"{self._name}-{node}", **arguments, opts=options)

    def _create_insights(self, index: str | None, table_name: pulumi.Output[str]) -> None:
        arguments, node = self.plan.insights.arguments(index), insights_node(index)
        if arguments:
            arguments = transformed(self._transform, node, {"table_name": table_name, **arguments})
            options = pulumi.ResourceOptions(parent=self)
            self.nodes[node] = aws.dynamodb.ContributorInsights(f"{self._name}-{node}", **arguments, opts=options)

    def _create_kinesis(self, kinesis: KinesisDestination, table_name: pulumi.Output[str]) -> None:
        arguments = transformed(self._transform, "kinesis", {"table_name": table_name, **kinesis.arguments()})
        # A table has one destination, and every change of it makes another: the new one can only come after the old one.
        options = pulumi.ResourceOptions(parent=self, delete_before_replace=True)
        self.nodes["kinesis"] = aws.dynamodb.KinesisStreamingDestination(f"{self._name}-kinesis", **arguments, opts=options)

    def _create_policy(self, node: str, statements: Sequence[PrincipalAccess], arn: pulumi.Output[str]) -> None:
        if statements:
            arguments = transformed(self._transform, node, {"resource_arn": arn, "policy": principals.document(statements, arn)})
            self.nodes[node] = aws.dynamodb.ResourcePolicy(f"{self._name}-{node}", **arguments, opts=pulumi.ResourceOptions(parent=self))


def check_table(table: object) -> None:
    """Of a function, or of what watches. Raises InvalidArgument."""
    if not isinstance(table, SingleTable):
        raise InvalidArgument(f"the table is of type {type(table).__name__}: give the SingleTable of this stack")
