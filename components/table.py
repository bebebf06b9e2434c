"""The table of an application, from its declaration."""

from collections.abc import Mapping
from typing import Any, cast

import pulumi
import pulumi_aws as aws

from components import scaling
from components.billing import Billing, Encryption, OnDemand, Provisioned
from components.errors import InvalidArgument
from components.transform import Transform, checked, transformed
from singletable.definition import TableDefinition
from singletable.deployment import DISPOSABLE_TAG

TYPE = "singletable:index:SingleTable"
RECOVERY_DAYS = range(1, 36)
"""How far back continuous backups reach (UpdateContinuousBackups, RecoveryPeriodInDays)."""
UPDATE_TIMEOUT = "3h"
"""The provider changes indexes one after the other within one update and waits for each: a backfill of a large table is slow."""


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
        tags: Mapping[str, str] | None = None,
        transform: Transform | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """table: `model.table.definition()`, or the same as a dict. billing: default, on demand without a limit.
        encryption: default, with a key that DynamoDB owns. recovery_days: how far back a restore can go, 1 to 35. Default: 35.
        disposable: for stacks that are thrown away: without any of the four protections. Default: False.
        transform: of "table"; of an autoscaled one also "read-target", "write-policy", "<index>-read-target", ... (as in `nodes`).

        Two changes of the declaration need care. An index whose keys or projection change is deleted and built anew by the provider, and not
        there meanwhile: give the new one another name, and remove the old one when nothing reads it. Time to live that is no longer declared
        stays on, since DynamoDB wants the attribute's name to switch it off: transform={"table": {"ttl": {"enabled": False, "attribute_name":
        ...}}} does it once.

        Raises InvalidArgument, singletable's InvalidDefinition.
        """
        if not isinstance(cast("object", table), TableDefinition | Mapping):
            raise InvalidArgument(
                f"the table is of type {type(table).__name__}: give its definition, table.definition(), or that as a dict"
            )
        if not isinstance(cast("object", encryption), Encryption | None):
            raise InvalidArgument(
                f"the encryption is {encryption!r}: use Encryption.aws_owned(), Encryption.aws_managed() or Encryption.customer_key(arn)"
            )
        self.definition = table if isinstance(table, TableDefinition) else TableDefinition.from_dict(table)
        self.billing = billing or Billing.on_demand()
        self.encryption = encryption or Encryption.aws_owned()
        self.disposable = disposable
        arguments = table_arguments(self.definition, self.billing, self.encryption, None if disposable else recovery_days)
        scalings = list(scaling.scalings(self.billing, [index.name for index in self.definition.indexes]))
        children = ["table", *(f"{each.label}-{kind}" for each in scalings for kind in ("target", "policy"))]
        self._transform = checked(f"SingleTable {name!r}", transform, children)
        super().__init__(TYPE, name, None, opts)
        self._name = name
        self.nodes: dict[str, pulumi.CustomResource] = {}

        said = {**(tags or {}), **({DISPOSABLE_TAG: "true"} if disposable else {})}
        made = self._create_table({**arguments, "tags": said or None})
        for each in scalings:
            self._create_scaling(each, made.name)

        self.name, self.arn, self.stream_arn = made.name, made.arn, made.stream_arn
        self.register_outputs({"name": self.name, "arn": self.arn, "streamArn": self.stream_arn})

    def _create_table(self, arguments: dict[str, Any]) -> aws.dynamodb.Table:
        # On the table only: on the component, protection would spread to everything in it, and no alarm could be removed again.
        options = pulumi.ResourceOptions(
            parent=self,
            protect=not self.disposable,
            retain_on_delete=not self.disposable,
            ignore_changes=scaling.drifting(self.billing),
            custom_timeouts=pulumi.CustomTimeouts(update=UPDATE_TIMEOUT),
        )
        made = aws.dynamodb.Table(self._name, **transformed(self._transform, "table", arguments), opts=options)
        self.nodes["table"] = made
        return made

    def _create_scaling(self, each: scaling.Scaling, table_name: pulumi.Output[str]) -> None:
        label, options = f"{self._name}-{each.label}", pulumi.ResourceOptions(parent=self)
        resource_id = pulumi.Output.concat("table/", table_name, each.path)
        target_arguments = transformed(self._transform, f"{each.label}-target", {"resource_id": resource_id, **each.target()})
        target = aws.appautoscaling.Target(label, **target_arguments, opts=options)
        # The target's own id, not the text again: a policy must come after its target.
        policy_arguments = transformed(self._transform, f"{each.label}-policy", {"resource_id": target.resource_id, **each.policy()})
        self.nodes[f"{each.label}-target"] = target
        self.nodes[f"{each.label}-policy"] = aws.appautoscaling.Policy(label, **policy_arguments, opts=options)


def check_table(table: object) -> None:
    """Of a function, or of what watches. Raises InvalidArgument."""
    if not isinstance(table, SingleTable):
        raise InvalidArgument(f"the table is of type {type(table).__name__}: give the SingleTable of this stack")


def table_arguments(table: TableDefinition, billing: Billing, encryption: Encryption, recovery_days: int | None) -> dict[str, Any]:
    """Arguments of aws.dynamodb.Table. recovery_days: 1 to 35; None: neither backups nor deletion protection."""
    if recovery_days is not None and recovery_days not in RECOVERY_DAYS:
        raise InvalidArgument(f"recovery_days is {recovery_days}: 1 to 35 is allowed")
    if isinstance(billing, Provisioned):
        unknown = [name for name in billing.indexes if name not in {index.name for index in table.indexes}]
        if unknown:
            has = ", ".join(index.name for index in table.indexes) or "none"
            raise InvalidArgument(f"billing names the index {unknown[0]!r}, which the table does not have: it has {has}")
    keys = [table.key, *(index.key for index in table.indexes)]
    arguments: dict[str, Any] = {
        # Only attributes of keys may be declared: the service refuses all others. Keys are text in this design.
        "attributes": [{"name": name, "type": "S"} for name in dict.fromkeys(name for key in keys for name in key.attributes)],
        "hash_key": table.key.partition,
        "range_key": table.key.sort,
        "global_secondary_indexes": [
            {
                "name": index.name,
                # Not hash_key and range_key, which are deprecated inside an index; a later change would be planned as a replacement.
                "key_schemas": [
                    {"attribute_name": name, "key_type": kind} for name, kind in zip(index.key.attributes, ("HASH", "RANGE"), strict=False)
                ],
                "projection_type": index.projection,
                **({"non_key_attributes": list(index.attributes)} if index.attributes else {}),
                **_throughput(billing, index.name),
            }
            for index in table.indexes
        ],
        "billing_mode": "PROVISIONED" if isinstance(billing, Provisioned) else "PAY_PER_REQUEST",
        **_throughput(billing, None),
        "stream_enabled": True,
        "stream_view_type": table.stream_view_type,
        "deletion_protection_enabled": recovery_days is not None,
        "point_in_time_recovery": {"enabled": True, "recovery_period_in_days": recovery_days} if recovery_days else {"enabled": False},
        "server_side_encryption": encryption.arguments(),
        "ttl": {"enabled": True, "attribute_name": table.ttl} if table.ttl else None,
    }
    return {name: value for name, value in arguments.items() if value is not None}


def _throughput(billing: Billing, index: str | None) -> dict[str, Any]:
    """Of the table (None) or of an index."""
    if isinstance(billing, Provisioned):
        throughput = billing.of(index)
        return {"read_capacity": throughput.read.minimum, "write_capacity": throughput.write.minimum}
    if isinstance(billing, OnDemand):
        limits = {"max_read_request_units": billing.max_read, "max_write_request_units": billing.max_write}
        given = {name: units for name, units in limits.items() if units is not None}
        return {"on_demand_throughput": given} if given else {}
    raise InvalidArgument(f"billing is {billing!r}: use Billing.on_demand() or Billing.provisioned(...)")
