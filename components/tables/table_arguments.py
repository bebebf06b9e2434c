"""Arguments of aws.dynamodb.Table, from the declaration and what the stack says beside it."""

from typing import Any, Literal

from components.checks import check_whole
from components.errors import InvalidArgument
from components.tables.billing import Billing, Encryption, OnDemand, Provisioned
from components.tables.indexes import GlobalIndex, Indexes, indexes_of
from components.tables.origins import Origin
from components.tables.replicas import Replicas
from components.tables.throughput import WarmThroughput
from singletable.definition import TableDefinition

RECOVERY_DAYS = range(1, 36)
"""How far back continuous backups reach (UpdateContinuousBackups, RecoveryPeriodInDays)."""
TableClass = Literal["STANDARD", "STANDARD_INFREQUENT_ACCESS"]


def table_arguments(
    table: TableDefinition,
    billing: Billing,
    encryption: Encryption,
    recovery_days: int | None,
    *,
    indexes: Indexes | None = None,
    warm: WarmThroughput | None = None,
    table_class: TableClass = "STANDARD",
    replicas: Replicas | None = None,
    origin: Origin | None = None,
) -> dict[str, Any]:
    """recovery_days: 1 to 35; None: neither backups nor deletion protection. indexes: default, those of the declaration. Raises InvalidArgument."""
    found = indexes or indexes_of(table, (), {})
    _check(billing, recovery_days, found, warm, table_class)
    arguments: dict[str, Any] = {
        # Only attributes of keys may be declared: the service refuses all others.
        "attributes": [{"name": name, "type": kind} for name, kind in found.attributes.items()],
        "hash_key": table.key.partition,
        "range_key": table.key.sort,
        "global_secondary_indexes": [_index(index, billing, warm) for index in found.globals],
        "local_secondary_indexes": [index.arguments() for index in found.locals] or None,
        "billing_mode": "PROVISIONED" if isinstance(billing, Provisioned) else "PAY_PER_REQUEST",
        **_throughput(billing, None),
        **_warm(warm, None),
        "stream_enabled": True,
        "stream_view_type": table.stream_view_type,
        "deletion_protection_enabled": recovery_days is not None,
        "point_in_time_recovery": {"enabled": True, "recovery_period_in_days": recovery_days} if recovery_days else {"enabled": False},
        "server_side_encryption": encryption.arguments(),
        "ttl": {"enabled": True, "attribute_name": table.ttl} if table.ttl else None,
        # Left out, it is the standard one, also of a table that was of another class.
        "table_class": None if table_class == "STANDARD" else table_class,
        **(replicas.arguments(protected=recovery_days is not None) if replicas else {}),
        **(origin.arguments() if origin else {}),
    }
    return {name: value for name, value in arguments.items() if value is not None}


def _check(billing: Billing, recovery_days: int | None, indexes: Indexes, warm: WarmThroughput | None, table_class: str) -> None:
    if recovery_days is not None:
        check_whole("recovery_days", recovery_days, RECOVERY_DAYS)
    if not isinstance(billing, Provisioned | OnDemand):
        raise InvalidArgument(f"billing is {billing!r}: use Billing.on_demand() or Billing.provisioned(...)")
    if table_class not in ("STANDARD", "STANDARD_INFREQUENT_ACCESS"):
        raise InvalidArgument(f"table_class is {table_class!r}: STANDARD or STANDARD_INFREQUENT_ACCESS is allowed")
    check_names("billing", billing.indexes, indexes)
    if warm:
        check_names("warm_throughput", warm.indexes, indexes)
        _check_warm(warm, billing, indexes)


def _check_warm(warm: WarmThroughput, billing: Billing, indexes: Indexes) -> None:
    """Nothing can be less warm than it is provisioned: DynamoDB refuses it."""
    if not isinstance(billing, Provisioned):
        return
    for index in (None, *indexes.names):
        units, capacity = warm.of(index), billing.of(index)
        for direction, asked, had in (
            ("read", units and units.read, capacity.read.minimum),
            ("write", units and units.write, capacity.write.minimum),
        ):
            if asked and asked < had:
                subject = f"index {index}" if index else "the table"
                raise InvalidArgument(
                    f"a warm throughput of {asked} {direction} units for {subject}, which has a capacity of {had}: give {had} or more"
                )


def check_names(argument: str, given: Any, indexes: Indexes) -> None:
    """given: names of indexes that have a throughput of their own. Raises InvalidArgument."""
    for name in given:
        if name not in indexes.names:
            has = ", ".join(indexes.names) or "none"
            raise InvalidArgument(f"{argument} names the index {name!r}, which the table does not have: it has {has}")


def _index(index: GlobalIndex, billing: Billing, warm: WarmThroughput | None) -> dict[str, Any]:
    return {**index.arguments(), **_throughput(billing, index.name), **_warm(warm, index.name)}


def _throughput(billing: Billing, index: str | None) -> dict[str, Any]:
    """Of the table (None) or of an index."""
    if isinstance(billing, Provisioned):
        throughput = billing.of(index)
        return {"read_capacity": throughput.read.minimum, "write_capacity": throughput.write.minimum}
    if isinstance(billing, OnDemand):
        limit = billing.of(index)
        given = {"max_read_request_units": limit.read, "max_write_request_units": limit.write}
        said = {name: units for name, units in given.items() if units is not None}
        return {"on_demand_throughput": said} if said else {}
    return {}


def _warm(warm: WarmThroughput | None, index: str | None) -> dict[str, Any]:
    units = warm.of(index) if warm else None
    return {"warm_throughput": units.arguments()} if units else {}
