"""What AWS charges, in US dollars. List prices; free allowances are left out, because an account shares them."""

import math
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Final, Self, cast

from monitoring.errors import MonitoringError

HOURS_A_MONTH: Final = 730
SECONDS_A_MONTH: Final = HOURS_A_MONTH * 3600


@dataclass(frozen=True)
class Prices:
    """A month of each. alarm_metric: each metric that an alarm reads, with a period of a minute or more. custom_metric: each series that is
    published in every hour of the month; less is charged by the hour.
    """

    alarm_metric_usd: float
    composite_alarm_usd: float
    dashboard_usd: float
    custom_metric_usd: float
    source: str
    as_of: date


PRICES: Final = Prices(
    alarm_metric_usd=0.10,
    composite_alarm_usd=0.50,
    dashboard_usd=3.00,
    custom_metric_usd=0.30,
    source="Amazon CloudWatch pricing, as given by two secondary sources: c3x.dev and signoz.io",
    as_of=date(2026, 11, 24),
)


REQUESTED_METRIC_USD: Final = 0.01 / 1000
"""For each metric that GetMetricData is asked for. Source: a secondary one, site24x7.com ("AWS CloudWatch metrics cost calculation"). Whether
several statistics of one metric count once is not said there, so each is counted.
"""


@dataclass(frozen=True)
class TablePrices:
    """Of a table of the standard class. million: of request units on demand. hour: of one unit of provisioned capacity.

    gigabyte: a month of storage, of table and indexes. recovery: a month of point-in-time recovery for each gigabyte of the table.
    """

    read_million_usd: float = 0.125
    write_million_usd: float = 0.625
    read_hour_usd: float = 0.00013
    write_hour_usd: float = 0.00065
    gigabyte_usd: float = 0.25
    recovery_gigabyte_usd: float = 0.20
    source: str = (
        "Amazon DynamoDB pricing, US East (N. Virginia), January 2026, by a secondary source; hours and recovery not checked again"
    )

    @classmethod
    def of(cls, given: Any, source: str) -> Self:
        """From the JSON object of a price file; what it leaves out is as in US East. Raises MonitoringError "invalid-option"."""
        allowed = [each.name for each in fields(cls) if each.name != "source"]
        if not isinstance(given, dict):
            raise MonitoringError("invalid-option", f"{source}: prices are an object with some of {', '.join(allowed)}")
        prices = cast("dict[str, Any]", given)
        for name, value in prices.items():
            number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
            if name not in allowed or not number or value < 0:
                raise MonitoringError("invalid-option", f"{source}: {name}: {value} is no price; allowed are {', '.join(allowed)}, from 0")
        return cls(**prices, source=source)


@dataclass(frozen=True)
class OptionPrices:
    """Of what a table can have besides. million: of units or events. infrequent: of the class STANDARD_INFREQUENT_ACCESS.

    restore: once, for each gigabyte of table and local indexes. stream_read: of a million GetRecords calls; those of Lambda are free. change:
    a million of 1 KB each to a Kinesis stream, whose own price comes on top. replicated_write: in each other region. rule: a month of one rule
    of contributor insights, two or four for table and each index. key: a month of a KMS key of one's own; key_request: a million requests.
    """

    restore_gigabyte_usd: float = 0.15
    infrequent_read_million_usd: float = 0.155
    infrequent_write_million_usd: float = 0.78
    infrequent_gigabyte_usd: float = 0.10
    stream_read_million_usd: float = 0.20
    change_million_usd: float = 0.10
    replicated_write_million_usd: float = 0.625
    rule_usd: float = 0.50
    rule_event_million_usd: float = 0.03
    key_usd: float = 1.00
    key_request_million_usd: float = 3.00
    source: str = (
        "US East (N. Virginia): AWS KMS pricing; contributor insights by a secondary source, usage.ai; the others Amazon DynamoDB pricing, not "
        "checked again"
    )


OPTION_PRICES: Final = OptionPrices()
