"""The table in other regions: a global table."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

import pulumi

from components import arns
from components.checks import check_flag, repeated
from components.errors import InvalidArgument
from components.tables.billing import Billing, Encryption, Provisioned
from singletable.definition import VIEW_TYPE, TableDefinition

STRONG_REGIONS: tuple[frozenset[str], ...] = (
    frozenset({"us-east-1", "us-east-2", "us-west-2"}),
    frozenset({"eu-west-1", "eu-west-2", "eu-west-3", "eu-central-1"}),
    frozenset({"ap-northeast-1", "ap-northeast-2", "ap-northeast-3"}),
)
"""Regions among which a table can be strongly consistent (CloudFormation user guide, AWS::DynamoDB::GlobalTable GlobalTableWitness)."""

_REGION = re.compile(r"[a-z]{2,4}(-[a-z]+)+-\d")
_TRANSACTIONS = frozenset({"TransactWriteItems", "TransactGetItems"})


@dataclass(frozen=True)
class Replica:
    """region: such as "eu-central-1". key_arn: of a KMS key in that region, where the table's own key is the customer's. Default: none.
    removable: takes its deletion protection off, in a deployment before the one that no longer has it. Default: False.

    Deletion protection, continuous backups and tags are those of the table; its backups reach 35 days back, whatever the table's do (the provider
    sends no period for a replica).
    """

    region: str
    key_arn: pulumi.Input[str] | None = None
    removable: bool = False

    def __post_init__(self) -> None:
        if not _REGION.fullmatch(self.region):
            raise InvalidArgument(f"a replica is in {self.region!r}: give the name of a region, such as eu-central-1")
        if self.key_arn is None:
            return
        if not arns.KMS_KEY.fits(self.key_arn):
            raise InvalidArgument(
                f"the key of the replica in {self.region} is {self.key_arn!r}, not the ARN of a key: {arns.KMS_KEY.shown} is needed"
            )
        if (region := arns.KMS_KEY.region(self.key_arn)) not in (None, self.region):
            raise InvalidArgument(f"the key of the replica in {self.region} is in {region}: give a key of {self.region}")


@dataclass(frozen=True)
class Replicas:
    """`Replicas.eventual(...)` or `Replicas.strong(...)`. The mode is for good: another one needs a new table.

    scaled: that the write capacity of a provisioned table is autoscaled already, from an earlier deployment. Default: False.
    """

    consistency: Literal["EVENTUAL", "STRONG"]
    members: tuple[Replica, ...]
    witness: str | None = None
    scaled: bool = False

    def __post_init__(self) -> None:
        regions = self.regions
        if not self.members:
            raise InvalidArgument("a global table without a replica: give at least one region, or no replicas at all")
        check_flag("scaled", self.scaled)
        if twice := repeated(regions):
            raise InvalidArgument(f"two replicas are in {twice}: a region holds one, and no witness beside it")
        if self.consistency == "EVENTUAL":
            if self.witness is not None:
                raise InvalidArgument(f"an eventually consistent table has the witness {self.witness!r}: only Replicas.strong has one")
            return
        if len(regions) != 2:
            raise InvalidArgument(
                f"a strongly consistent table with {len(self.members)} replicas and {'a' if self.witness else 'no'} witness: it is in exactly three "
                "regions, its own and two replicas, or its own, one replica and a witness"
            )
        if not any(group.issuperset(regions) for group in STRONG_REGIONS):
            raise InvalidArgument(
                f"a strongly consistent table in {' and '.join(regions)}: all of its regions are of one group: {_groups()}"
            )

    @classmethod
    def eventual(cls, *replicas: Replica | str, scaled: bool = False) -> "Replicas":
        """Written to in each region, the last writer wins; usually within a second. scaled: as of Replicas. Default: False."""
        return cls("EVENTUAL", _members(replicas), scaled=scaled)

    @classmethod
    def strong(cls, *replicas: Replica | str, witness: str | None = None, scaled: bool = False) -> "Replicas":
        """A consistent read in any region sees the last write in any other. Two replicas, or one and a witness, which holds no readable copy.

        Needs an empty table. There are no transactions, no time to live and no local indexes. Deploy twice: the provider makes the replicas
        without deletion protection, and gives it to them in the next deployment. scaled: as of Replicas. Default: False.
        """
        return cls("STRONG", _members(replicas), witness, scaled)

    @property
    def regions(self) -> tuple[str, ...]:
        """With the witness's."""
        return (*(each.region for each in self.members), *([self.witness] if self.witness else []))

    def arguments(self, *, protected: bool) -> dict[str, Any]:
        """Of aws.dynamodb.Table."""
        replicas = [
            {
                "region_name": each.region,
                "consistency_mode": self.consistency,
                "deletion_protection_enabled": protected and not each.removable,
                "point_in_time_recovery": protected,
                "propagate_tags": True,
                **({"kms_key_arn": each.key_arn} if each.key_arn is not None else {}),
            }
            for each in self.members
        ]
        return {"replicas": replicas, **({"global_table_witness": {"region_name": self.witness}} if self.witness else {})}

    def check_region(self, own: str) -> None:
        """With the region that the table is in. Raises InvalidArgument."""
        if own in self.regions:
            raise InvalidArgument(f"a replica is in {own}, where the table itself is: give other regions")
        if self.consistency == "STRONG" and not any(group.issuperset({own, *self.regions}) for group in STRONG_REGIONS):
            raise InvalidArgument(
                f"a strongly consistent table in {own} with {' and '.join(self.regions)}: all of its regions are of one group: {_groups()}"
            )

    def check(self, table: TableDefinition, billing: Billing, encryption: Encryption, *, has_local: bool, filled: bool) -> None:
        """With what else the table is. filled: restored or imported. Raises InvalidArgument."""
        if self.consistency == "EVENTUAL" and table.stream_view_type != VIEW_TYPE:
            raise InvalidArgument(f"a global table with the stream {table.stream_view_type}: its replicas need {VIEW_TYPE}")
        if isinstance(billing, Provisioned) and not all(each.write.is_autoscaled for each in (billing.table, *billing.indexes.values())):
            raise InvalidArgument("a global table with a fixed write capacity: use Capacity.autoscaled for writes, or Billing.on_demand()")
        if isinstance(billing, Provisioned) and not self.scaled:
            raise InvalidArgument(
                "a provisioned table with replicas: the provider makes them with the table, before its writes are autoscaled, which AWS refuses; "
                "deploy without replicas first, then with scaled=True of Replicas, or use Billing.on_demand()"
            )
        own_key = encryption.kind == "customer-key"
        for each in self.members:
            if (each.key_arn is not None) is not own_key:
                need = (
                    "needs a key of its region: Replica(region, key_arn)"
                    if own_key
                    else "takes none: the table's key is not the customer's"
                )
                raise InvalidArgument(f"the replica in {each.region} {'has no' if own_key else 'has a'} key, and {need}")
        if self.consistency == "STRONG":
            self._check_strong(table, has_local=has_local, filled=filled)

    def _check_strong(self, table: TableDefinition, *, has_local: bool, filled: bool) -> None:
        """Source: DynamoDB developer guide, "How DynamoDB global tables work": multi-Region strong consistency."""
        reason = "a strongly consistent global table"
        if table.ttl:
            raise InvalidArgument(
                f"{reason} with the time to live {table.ttl!r}: it can have none; use Replicas.eventual, or delete items yourself"
            )
        if has_local:
            raise InvalidArgument(f"{reason} with a local index: it can have none; use a GlobalIndex, or Replicas.eventual")
        if filled:
            raise InvalidArgument(f"{reason} that is restored or imported: it is made of an empty table; write the items to it")
        for pattern in table.patterns:
            if not _TRANSACTIONS.isdisjoint(pattern.operations):
                raise InvalidArgument(
                    f"{reason} with the pattern {pattern.name}, which is a transaction: it has none; use Replicas.eventual"
                )


def _groups() -> str:
    return "; ".join(", ".join(sorted(group)) for group in STRONG_REGIONS)


def _members(replicas: Sequence[Replica | str]) -> tuple[Replica, ...]:
    for each in replicas:
        if not isinstance(cast("object", each), Replica | str):
            raise InvalidArgument(f"one of the replicas is {each!r}: give the names of regions, or Replica(region, key_arn)")
    return tuple(Replica(each) if isinstance(each, str) else each for each in replicas)
