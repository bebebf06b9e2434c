"""What filling a new index costs. DynamoDB writes each item that has the index's key into it, which consumes write capacity of the index and
none of the table (developer guide, "Managing Global Secondary Indexes", "Adding a Global Secondary Index to an existing table").
"""

from dataclasses import dataclass
from typing import Any, Final

from monitoring.prices import TablePrices
from singletable.definition import IndexDefinition
from singletable.sizing import write_units

OVERHEAD_BYTES: Final = 100
"""Of each entry of an index (developer guide, "Storage considerations for Global Secondary Indexes")."""
GIGABYTE: Final = 1024**3


@dataclass(frozen=True)
class Size:
    """items: of the table. bytes: of all of them, as DescribeTable has it. Both are up to six hours old there."""

    items: int
    bytes: int

    @property
    def item_bytes(self) -> int:
        """Of an item on average, rounded up."""
        return -(-self.bytes // self.items) if self.items else 0


@dataclass(frozen=True)
class Backfill:
    """At most: every item might have the index's key. write_units: in total. usd: of them on demand. usd_a_month: of what is stored.

    seconds: at the index's provisioned write capacity. None: on demand, where AWS promises no duration.
    """

    index: str
    write_units: int
    usd: float
    usd_a_month: float
    seconds: int | None

    def to_dict(self) -> dict[str, Any]:
        return {
            "write_units_at_most": self.write_units,
            "usd_at_most": round(self.usd, 4),
            "storage_usd_a_month_at_most": round(self.usd_a_month, 4),
            "seconds_at_least": self.seconds,
        }


def backfill_of(index: IndexDefinition, size: Size, prices: TablePrices, write_capacity: int | None) -> Backfill:
    """write_capacity: provisioned units a second of the index. None: the table is on demand.

    An entry of all attributes is as large as its item. Of keys only, or of some attributes, it is taken for one of 1 KB, or the item where
    that is smaller.
    """
    entry = size.item_bytes if index.projection == "ALL" else min(size.item_bytes, 1024)
    units = size.items * int(write_units(entry))
    return Backfill(
        index=index.name,
        write_units=units,
        usd=0.0 if write_capacity else units * prices.write_million_usd / 1_000_000,
        usd_a_month=size.items * (entry + OVERHEAD_BYTES) / GIGABYTE * prices.gigabyte_usd,
        seconds=-(-units // write_capacity) if write_capacity else None,
    )
