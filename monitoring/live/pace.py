"""How fast an account is asked: never faster than AWS allows."""

import time
from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any, Final

RATES: Final[Mapping[tuple[str, str], float]] = {
    ("cloudwatch", "SetAlarmState"): 3,
    ("cloudwatch", "PutMetricAlarm"): 3,
    ("cloudwatch", "PutCompositeAlarm"): 3,
    ("cloudwatch", "DeleteAlarms"): 3,
    ("cloudwatch", "DescribeAlarms"): 9,
    ("cloudwatch", "DescribeAlarmHistory"): 20,
    ("cloudwatch", "PutDashboard"): 10,
    ("cloudwatch", "GetDashboard"): 10,
    ("cloudwatch", "ListDashboards"): 10,
    ("cloudwatch", "ListMetrics"): 25,
    ("cloudwatch", "GetInsightRuleReport"): 20,
    ("cloudwatch", "GetMetricData"): 50,
    ("dynamodb", "DescribeContributorInsights"): 10,
}
"""Calls a second of one account and region. Source: CloudWatch user guide, "CloudWatch service quotas"; where a quota is higher than a
tool can use, what it uses. GetMetricData allows 500."""


class Pace:
    """Lets a call wait until its turn. Safe to use from several threads.

    clock: seconds that only grow. wait: lets so many seconds pass. Default: the machine's.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic, wait: Callable[[float], object] = time.sleep) -> None:
        self._clock = clock
        self._wait = wait
        self._next: dict[tuple[str, str], float] = {}
        self._lock = Lock()

    def turn(self, service: str, operation: str) -> None:
        rate = RATES.get((service, operation))
        if rate is None:
            return
        with self._lock:
            now = self._clock()
            at = max(now, self._next.get((service, operation), now))
            self._next[service, operation] = at + 1 / rate
        if at > now:
            self._wait(at - now)

    def of(self, client: Any) -> Any:
        """The same client, paced: retries and pages too."""
        service = client.meta.service_model.service_name

        def before(operation_name: str, **_: Any) -> None:
            self.turn(service, operation_name)

        # Each attempt makes a request of its own, and is signed after it has waited.
        client.meta.events.register_first("request-created", before)
        return client
