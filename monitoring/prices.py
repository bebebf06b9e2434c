"""What alarms and dashboards cost a month. List prices; free allowances are left out, because an account shares them."""

from dataclasses import dataclass
from datetime import date
from typing import Final


@dataclass(frozen=True)
class Prices:
    """US dollars a month. alarm_metric: each metric that an alarm reads, with a period of a minute or more."""

    alarm_metric_usd: float
    composite_alarm_usd: float
    dashboard_usd: float
    source: str
    as_of: date


PRICES: Final = Prices(
    alarm_metric_usd=0.10,
    composite_alarm_usd=0.50,
    dashboard_usd=3.00,
    source="Amazon CloudWatch pricing, as given by two secondary sources: c3x.dev and signoz.io",
    as_of=date(2026, 11, 24),
)
