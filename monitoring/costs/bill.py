"""A month's bill, charge by charge."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from monitoring.costs.calls import Calls
from monitoring.prices import HOURS_A_MONTH, PRICES, TablePrices

MILLION = 1_000_000
GIGABYTE = 1024**3

Group = Literal["pattern", "table", "monitoring"]


@dataclass(frozen=True)
class Capacity:
    """What the table and its indexes used or reserved, together. reads, writes: units a month on demand; units provisioned otherwise."""

    mode: Literal["on-demand", "provisioned"]
    reads: float
    writes: float


@dataclass(frozen=True)
class Charge:
    """usd: a month. None: it is not known. how: what it was computed from."""

    group: Group
    what: str
    usd: float | None
    how: str

    def to_dict(self) -> dict[str, Any]:
        return {"group": self.group, "what": self.what, "usd": None if self.usd is None else round(self.usd, 4), "how": self.how}


@dataclass(frozen=True)
class Watching:
    """What is watched with: metrics read by alarms, composite alarms, dashboards, series published of patterns."""

    alarm_metrics: int
    composites: int
    dashboards: int
    series: int


@dataclass(frozen=True)
class Bill:
    """calls: of each pattern, dearest first. charges: without those of the patterns where capacity is provisioned, which is paid for as a
    whole.
    """

    calls: tuple[Calls, ...]
    charges: tuple[Charge, ...]
    prices: TablePrices

    @property
    def usd(self) -> float:
        """Of everything that is known."""
        return sum(charge.usd or 0 for charge in self.charges)

    def of(self, group: Group) -> tuple[Charge, ...]:
        return tuple(charge for charge in self.charges if charge.group == group)

    @property
    def unknown(self) -> tuple[str, ...]:
        """Patterns of which nobody knows how often they are called."""
        return tuple(each.pattern for each in self.calls if each.a_month is None)

    def per_million(self, calls: Calls) -> float | None:
        """US dollars for a million calls on demand."""
        if calls.read_units is None or calls.write_units is None:
            return None
        return calls.read_units * self.prices.read_million_usd + calls.write_units * self.prices.write_million_usd

    def to_dict(self) -> dict[str, Any]:
        return {
            "usd_a_month": round(self.usd, 2),
            "patterns": [
                {
                    "pattern": each.pattern,
                    "calls_a_month": each.a_month,
                    "read_units_a_call": each.read_units,
                    "write_units_a_call": each.write_units,
                    "usd_a_million_calls": self.per_million(each),
                    "how": each.how,
                }
                for each in self.calls
            ],
            "charges": [charge.to_dict() for charge in self.charges],
            "not_known": list(self.unknown),
            "prices": {"table": self.prices.source, "monitoring": PRICES.source, "monitoring_as_of": PRICES.as_of.isoformat()},
        }


def bill_for(
    calls: Sequence[Calls],
    watching: Watching,
    prices: TablePrices,
    *,
    capacity: Capacity | None = None,
    bytes_stored: int | None = None,
    bytes_of_table: int | None = None,
) -> Bill:
    """capacity: as measured, or as provisioned. Default: what the calls use, on demand. bytes_stored: with indexes. bytes_of_table: where
    it has point-in-time recovery. Default of both: not known.
    """
    provisioned = capacity is not None and capacity.mode == "provisioned"
    patterns = () if provisioned else tuple(_of_patterns(calls, prices))
    charges = (
        *patterns,
        *_of_capacity(calls, capacity, prices),
        *_of_storage(bytes_stored, bytes_of_table, prices),
        *_of_watching(watching),
    )
    ordered = sorted(calls, key=lambda each: -_usd(each.reads_a_month, each.writes_a_month, prices))
    return Bill(tuple(ordered), charges, prices)


def _usd(reads: float, writes: float, prices: TablePrices) -> float:
    return (reads * prices.read_million_usd + writes * prices.write_million_usd) / MILLION


def _of_patterns(calls: Iterable[Calls], prices: TablePrices) -> Iterator[Charge]:
    for each in calls:
        if each.a_month is None:
            yield Charge("pattern", each.pattern, None, each.how)
        elif each.a_month:
            used = f"{each.a_month:,.0f} calls of {each.read_units or 0:.3g} read and {each.write_units or 0:.3g} write units, {each.how}"
            yield Charge("pattern", each.pattern, _usd(each.reads_a_month, each.writes_a_month, prices), used)


def _of_capacity(calls: Sequence[Calls], capacity: Capacity | None, prices: TablePrices) -> Iterator[Charge]:
    if capacity is None:
        return
    if capacity.mode == "provisioned":
        usd = (capacity.reads * prices.read_hour_usd + capacity.writes * prices.write_hour_usd) * HOURS_A_MONTH
        how = f"{capacity.reads:,.0f} read and {capacity.writes:,.0f} write units, table and indexes, whether they are used or not"
        yield Charge("table", "provisioned capacity", usd, how)
        return
    reads = max(0.0, capacity.reads - sum(each.reads_a_month for each in calls))
    writes = max(0.0, capacity.writes - sum(each.writes_a_month for each in calls))
    how = (
        f"{reads:,.0f} read and {writes:,.0f} write units: of other callers, and of calls that were cancelled or whose condition was false, "
        "which DynamoDB charges without saying how much"
    )
    yield Charge("table", "other requests", _usd(reads, writes, prices), how)


def _of_storage(stored: int | None, recoverable: int | None, prices: TablePrices) -> Iterator[Charge]:
    if stored is not None:
        yield Charge("table", "storage", stored / GIGABYTE * prices.gigabyte_usd, f"{_size(stored)}, table and indexes")
    if recoverable is not None:
        usd = recoverable / GIGABYTE * prices.recovery_gigabyte_usd
        yield Charge("table", "point-in-time recovery", usd, f"{_size(recoverable)}, the table without its indexes")


def _size(size_bytes: int) -> str:
    return f"{size_bytes / GIGABYTE:.3g} GB"


def _of_watching(watching: Watching) -> Iterator[Charge]:
    for what, count, price in (
        ("alarms", watching.alarm_metrics, PRICES.alarm_metric_usd),
        ("composite alarms", watching.composites, PRICES.composite_alarm_usd),
        ("dashboards", watching.dashboards, PRICES.dashboard_usd),
        ("metrics of patterns", watching.series, PRICES.custom_metric_usd),
    ):
        counted = f"{count} metrics that alarms read" if what == "alarms" else f"{count}"
        yield Charge("monitoring", what, count * price, f"{counted}, US$ {price:.2f} each")
