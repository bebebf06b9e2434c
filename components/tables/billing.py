"""How a table is paid for, and its encryption: values that cannot hold a combination which DynamoDB would refuse."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

import pulumi

from components import arns
from components.checks import check_least, check_whole, is_whole, repeated
from components.errors import InvalidArgument
from components.tables.schedules import Schedule

UNLIMITED = -1
"""How DynamoDB is told to lift a limit of request units that it has (API reference, 'OnDemandThroughput'): leaving it out keeps it. A new
table or index that is told so is refused.
"""
TARGET_PERCENT = range(20, 91)
"""Target utilisations that Application Auto Scaling takes for DynamoDB (DynamoDB developer guide, 'Managing throughput capacity')."""
COOLDOWN_SECONDS = 60
"""Between two steps in one direction. DynamoDB allows only some decreases a day, and scale-in by alarm takes 15 minutes anyway."""


@dataclass(frozen=True)
class Capacity:
    """Units per second of one direction (read or write) of a table or an index.

    target_percent: utilisation that autoscaling holds. None: the capacity is fixed, and minimum and maximum are equal.
    scale_in_seconds, scale_out_seconds: from one step down, or up, to the next. schedules: other bounds from some time on.
    """

    minimum: int
    maximum: int
    target_percent: int | None
    scale_in_seconds: int = COOLDOWN_SECONDS
    scale_out_seconds: int = COOLDOWN_SECONDS
    schedules: tuple[Schedule, ...] = ()

    def __post_init__(self) -> None:
        check_least("the capacity", self.minimum, 1)
        check_least("the maximum of the capacity", self.maximum, 1)
        if self.maximum < self.minimum:
            raise InvalidArgument(
                f"a maximum of {self.maximum} units under a minimum of {self.minimum}: give a maximum of {self.minimum} or more"
            )
        if self.target_percent is None:
            if self.maximum != self.minimum:
                raise InvalidArgument(
                    f"a capacity of {self.minimum} to {self.maximum} units without a target: use Capacity.autoscaled, or Capacity.fixed with one number"
                )
            if self.schedules:
                raise InvalidArgument(f"a fixed capacity with the schedule {self.schedules[0].name}: use Capacity.autoscaled")
        else:
            check_whole("the target in percent", self.target_percent, TARGET_PERCENT)
        for direction, seconds in (("in", self.scale_in_seconds), ("out", self.scale_out_seconds)):
            check_least(f"the cooldown in seconds before scaling {direction}", seconds, 0)
        self._check_schedules()

    def _check_schedules(self) -> None:
        if twice := repeated([each.name for each in self.schedules]):
            raise InvalidArgument(f"two schedules are called {twice}: give each its own name")
        for each in self.schedules:
            minimum, maximum = each.minimum or self.minimum, each.maximum or self.maximum
            if maximum < minimum:
                raise InvalidArgument(
                    f"schedule {each.name} makes a maximum of {maximum} units under a minimum of {minimum}: give a maximum of {minimum} or more"
                )

    @classmethod
    def fixed(cls, units: int) -> "Capacity":
        return cls(units, units, None)

    @classmethod
    def autoscaled(
        cls,
        minimum: int,
        maximum: int,
        *,
        target_percent: int = 70,
        scale_in_seconds: int = COOLDOWN_SECONDS,
        scale_out_seconds: int = COOLDOWN_SECONDS,
        schedules: Sequence[Schedule] = (),
    ) -> "Capacity":
        """Follows the load between minimum and maximum. The table starts at the minimum. target_percent: 20 to 90. Default: 70.

        scale_in_seconds, scale_out_seconds: cooldown after a step down, or up. Default: 60. schedules: when other bounds begin. Default: none.
        Where there are some, minimum and maximum are where it starts: what a schedule set is not set back, so later bounds belong in the
        schedules.
        """
        return cls(minimum, maximum, target_percent, scale_in_seconds, scale_out_seconds, tuple(schedules))

    @property
    def is_autoscaled(self) -> bool:
        return self.target_percent is not None


@dataclass(frozen=True)
class Throughput:
    read: Capacity
    write: Capacity


@dataclass(frozen=True)
class Limit:
    """Request units a second at which DynamoDB starts to throttle. Default: none. -1, in one deployment, lifts one that was deployed."""

    read: int | None = None
    write: int | None = None

    def __post_init__(self) -> None:
        for direction, units in (("read", self.read), ("write", self.write)):
            if units is not None and units != UNLIMITED and (not is_whole(units) or units < 1):
                raise InvalidArgument(
                    f"a maximum of {units!r} {direction} request units: a whole number of at least 1 is allowed, -1 to lift a limit, or none for "
                    "no limit"
                )


class Billing:
    """`Billing.on_demand()` or `Billing.provisioned(...)`."""

    @staticmethod
    def on_demand(*, max_read: int | None = None, max_write: int | None = None, indexes: Mapping[str, Limit] | None = None) -> "OnDemand":
        """Pay per request. max_read, max_write: request units per second of the table, and of each index, at which DynamoDB starts to
        throttle, as a limit on cost. Default: no limit but the account's. To lift a limit that was deployed, give -1 in one deployment and
        leave it out after that: left out at once, it would stay, so that is refused (ChangeLost). indexes: limits by name of the index.
        Default: each as the table. An index with a lower limit of writes throttles the writes of the table.
        """
        return OnDemand(max_read, max_write, indexes or {})

    @staticmethod
    def provisioned(read: Capacity, write: Capacity | None = None, *, indexes: Mapping[str, Throughput] | None = None) -> "Provisioned":
        """Pay per hour. write: default, as read. indexes: throughput by name of the index. Default: each as the table.

        An index with less write capacity than the table needs throttles the writes of the table: raise it with the table's.

        What autoscaling sets must not be set back, so the engine ignores changes of autoscaled capacity: it keeps what was deployed before,
        for each index by its position. That cannot be told for an index that is new or gone ("one or more elements of the path are
        missing"), and a table that was on demand has nothing to keep. So deploy once with Capacity.fixed, at what the table needs just then,
        when indexes are added or removed and when a table on demand becomes provisioned; the next deployment may autoscale.
        """
        return Provisioned(Throughput(read, write or read), indexes or {})


def _check_kinds(indexes: Mapping[str, object], kind: type, instead: str) -> None:
    for name, given in indexes.items():
        if not isinstance(given, kind):
            raise InvalidArgument(f"index {name} is billed by {given!r}: use {instead}")


@dataclass(frozen=True)
class OnDemand(Billing):
    max_read: int | None = None
    max_write: int | None = None
    indexes: Mapping[str, Limit] = field(default_factory=dict[str, Limit])

    def __post_init__(self) -> None:
        object.__setattr__(self, "indexes", MappingProxyType(dict(self.indexes)))
        _check_kinds(self.indexes, Limit, "Limit(read=..., write=...)")
        self.of(None)

    def of(self, index: str | None) -> Limit:
        """Of the table (None) or of an index."""
        own = Limit(self.max_read, self.max_write)
        return own if index is None else self.indexes.get(index, own)


@dataclass(frozen=True)
class Provisioned(Billing):
    table: Throughput
    indexes: Mapping[str, Throughput] = field(default_factory=dict[str, Throughput])

    def __post_init__(self) -> None:
        object.__setattr__(self, "indexes", MappingProxyType(dict(self.indexes)))
        _check_kinds(self.indexes, Throughput, "Throughput(read, write)")
        for name, index in self.indexes.items():
            for direction, ours, theirs in (("read", index.read, self.table.read), ("write", index.write, self.table.write)):
                # Autoscaling's drift is ignored by one path for all indexes: a fixed one among them could never be changed again.
                if ours.is_autoscaled != theirs.is_autoscaled:
                    kinds = {True: "autoscaled", False: "fixed"}
                    raise InvalidArgument(
                        f"the {direction} capacity of index {name} is {kinds[ours.is_autoscaled]} and the table's is "
                        f"{kinds[theirs.is_autoscaled]}: give both the same kind"
                    )

    def of(self, index: str | None) -> Throughput:
        """Of the table (None) or of an index."""
        return self.table if index is None else self.indexes.get(index, self.table)


@dataclass(frozen=True)
class Encryption:
    """Who owns the key that encrypts the table at rest. DynamoDB has no unencrypted table."""

    kind: Literal["aws-owned", "aws-managed", "customer-key"]
    key_arn: pulumi.Input[str] | None = None

    def __post_init__(self) -> None:
        if (self.kind == "customer-key") != (self.key_arn is not None):
            raise InvalidArgument("a customer key needs its ARN, and no other kind takes one: use Encryption.customer_key(arn)")
        if self.key_arn is not None and not arns.KMS_KEY.fits(self.key_arn):
            raise InvalidArgument(
                f"the key {self.key_arn!r} is not the ARN of a key: {arns.KMS_KEY.shown} is needed, an alias or id drifts"
            )

    @classmethod
    def aws_owned(cls) -> "Encryption":
        """A key of DynamoDB's own account: free, no audit trail."""
        return cls("aws-owned")

    @classmethod
    def aws_managed(cls) -> "Encryption":
        """The account's key alias/aws/dynamodb: paid per use, seen in CloudTrail.

        From a key of your own to this one, deploy aws_owned() in between: the provider takes a missing ARN for no change of the key.
        """
        return cls("aws-managed")

    @classmethod
    def customer_key(cls, arn: pulumi.Input[str]) -> "Encryption":
        """A key of your own: may be disabled, and every function that uses the table needs rights on it (PythonFunction adds them).

        A table changes its key before its functions get their rights. Where it is in use already, give them the rights one deployment
        earlier: access=[Access("UseNextKey", (*KEY_READS, *KEY_WRITES), [arn])].
        """
        return cls("customer-key", arn)

    def arguments(self) -> dict[str, Any]:
        """`server_side_encryption` of the table."""
        match self.kind:
            case "aws-owned":
                # Said, not left out: the provider takes absence for "as it is", and a table would keep the key that it had.
                return {"enabled": False}
            case "aws-managed":
                return {"enabled": True}
            case "customer-key":
                return {"enabled": True, "kms_key_arn": self.key_arn}
