"""The recipes of alarms with their defaults, and what a stack may change about them."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, get_args

from monitoring.alarms import SEVERITIES, Severity
from monitoring.errors import MonitoringError
from monitoring.operations import OPERATIONS


@dataclass(frozen=True)
class Recipe:
    """One kind of alarm: fires when `datapoints` of the newest `periods` are beyond the threshold. threshold: None where it has none of its
    own, because each operation or function has another. periods: 0 where the options say how many. made_for: what must be there, or be asked
    for, before it is made. Default: nothing more than what it watches.
    """

    key: str
    severity: Severity
    threshold: float | None
    unit: str
    datapoints: int
    periods: int
    period_seconds: int = 60
    made_for: str = ""

    @property
    def minutes(self) -> str:
        """ "3 of the last 5 minutes": of a recipe that looks at minutes."""
        return f"{self.datapoints} of the last {self.periods} minutes"


_ASKED_AS_ANOMALY: Final = "`anomalies`"

RECIPES: Final[Mapping[str, Recipe]] = {
    recipe.key: recipe
    for recipe in (
        # At the first refusal, because somebody was refused. One of five and not one of one: a newest minute that is late would be filled
        # with 0, and the alarm would never see it.
        Recipe("refused-requests", "page", 0, "requests a minute", 1, 5),
        Recipe("table-throttles", "page", 0, "events a minute", 1, 5),
        Recipe("index-throttles", "page", 0, "events a minute", 1, 5),
        # What AWS recommends: five minutes in a row.
        Recipe("lasting-throttles", "ticket", 0, "events a minute", 5, 5),
        # A partition that gets too much is split within minutes: what lasts longer is one key, and nothing splits that.
        Recipe("hot-key-range", "ticket", 0, "events a minute", 3, 5),
        # The other causes open in the same minute as the page, because each asks for another step.
        Recipe("provisioned-exceeded", "ticket", 0, "events a minute", 1, 5, made_for="provisioned billing"),
        Recipe("ceiling-reached", "ticket", 0, "events a minute", 1, 5, made_for="a ceiling of our own"),
        Recipe("account-limit", "ticket", 0, "events a minute", 1, 5),
        # Single ones are retried by every client and felt by nobody.
        Recipe("system-errors", "ticket", 0, "requests a minute", 3, 15),
        Recipe("slow-operation", "ticket", None, "ms", 3, 5),
        Recipe("slow-pattern", "ticket", None, "ms", 3, 5, made_for="`pattern_latency_ms`"),
        # Optimistic locking lives on single ones; most of all writes for five minutes is a caller that repeats what can never succeed.
        Recipe("conditions-fail", "ticket", 50, "%", 5, 5),
        Recipe("transaction-conflicts", "ticket", 20, "%", 5, 5, made_for="patterns with transactions"),
        Recipe("near-capacity", "ticket", 80, "%", 2, 3, period_seconds=300),
        Recipe("expiry-silent", "ticket", None, "", 0, 0, period_seconds=3600, made_for="`ttl_silent_hours`"),
        Recipe("stream-late", "ticket", 60, "s", 3, 5),
        # A quarter of the 24 hours after which a stream forgets its records.
        Recipe("stream-very-late", "page", 21_600, "s", 1, 5),
        Recipe("stream-silent", "page", None, "", 3, 3, period_seconds=300),
        Recipe("failure-queue", "page", 0, "messages", 1, 1),
        Recipe("records-lost", "page", 0, "records a minute", 1, 5),
        # AWS calls more than three minutes a cause for investigation, and recommends to wait for 15 minutes of it.
        Recipe("replication-late", "ticket", 180, "s", 3, 3, period_seconds=300, made_for="`replicas`"),
        Recipe("replication-silent", "ticket", None, "", 3, 3, period_seconds=300, made_for="`replicas`"),
        # Three minutes of it, because a deployment or a failover of AWS may cost one. What fails fewer is the ticket's.
        Recipe("failed-requests", "page", 10, "%", 3, 5),
        # Three of fifteen: with a request every five minutes, as at night, three of five would never see that all of them fail.
        Recipe("lasting-failures", "ticket", 0, "requests a minute", 3, 15),
        Recipe("function-errors", "ticket", 0, "runs a minute", 3, 15),
        Recipe("function-throttles", "ticket", 0, "runs a minute", 1, 5),
        Recipe("function-near-timeout", "ticket", 80, "% of the timeout", 3, 5),
        # Three spans of five minutes: a band is a guess of an hour and a weekday, and one span outside it is one guess that was wrong.
        Recipe("unusual-use", "info", None, "", 3, 3, period_seconds=300, made_for=_ASKED_AS_ANOMALY),
        Recipe("unusual-conditions", "info", None, "", 3, 3, period_seconds=300, made_for=_ASKED_AS_ANOMALY),
    )
}

ANOMALIES: Final = tuple(recipe.key for recipe in RECIPES.values() if recipe.made_for == _ASKED_AS_ANOMALY)
"""Recipes that compare with what CloudWatch has learnt, not with a threshold."""

Strategy = Literal["operations", "insights"]
STRATEGIES: Final[tuple[Strategy, ...]] = get_args(Strategy)

LONGEST_HOURS: Final = 168
"""An alarm looks back a week at most. Source: botocore, PutMetricAlarm, Period."""

LATENCY_MS: Final[Mapping[str, float]] = {
    "GetItem": 15,
    "BatchGetItem": 30,
    "Query": 20,
    "Scan": 100,
    "PutItem": 20,
    "UpdateItem": 25,
    "DeleteItem": 20,
    "BatchWriteItem": 40,
    "TransactGetItems": 30,
    "TransactWriteItems": 50,
    "ExecuteStatement": 30,
    "BatchExecuteStatement": 50,
    "ExecuteTransaction": 50,
    "GetRecords": 50,
}
"""The 99th percentile inside DynamoDB that an operation may need before it is a ticket: some times what a healthy table of small items
needs. A start, to be replaced by what the table's own history shows."""


@dataclass(frozen=True)
class Options:
    """What a stack wants other than the defaults. Raises MonitoringError "invalid-option".

    severities: recipe -> severity. thresholds: recipe -> threshold in the recipe's unit. Both default to RECIPES.
    latency_ms: operation -> objective of the 99th percentile. Default: LATENCY_MS.
    pattern_latency_ms: access pattern -> objective of the 99th percentile as its functions measure it; they must publish it
    (`FunctionSubject.pattern_metrics`). Default: none.
    minimum_calls: below this many calls a minute neither a percentile nor a share of them is judged. Default: 20.
    ttl_silent_hours: after so many hours without a deletion of TTL there is an alarm, 1 to 168. Default: none, because only the application
    knows how long nothing may expire.
    anomalies: recipes of ANOMALIES that are made. Default: none.
    strategy: how refused and failed requests are added up. "operations": by name, those in use. "insights": all there are, by a query; an
    account may have 200 such alarms in a region. Default: "operations".
    disabled: recipes, or names of single alarms, that are not made. Default: none.
    runbook_url: the folder of the runbooks, as `python -m monitoring runbooks --out DIR` writes them; "/<recipe>.md" is added. Default: no
    link.
    """

    severities: Mapping[str, Severity] = field(default_factory=dict[str, Severity], hash=False)
    thresholds: Mapping[str, float] = field(default_factory=dict[str, float], hash=False)
    latency_ms: Mapping[str, float] = field(default_factory=dict[str, float], hash=False)
    pattern_latency_ms: Mapping[str, float] = field(default_factory=dict[str, float], hash=False)
    minimum_calls: int = 20
    ttl_silent_hours: int | None = None
    anomalies: frozenset[str] = frozenset()
    strategy: Strategy = "operations"
    disabled: frozenset[str] = frozenset()
    runbook_url: str | None = None

    def __post_init__(self) -> None:
        for given in (self.severities, self.thresholds, [name for name in self.disabled if ": " not in name]):
            _known("recipe", given, RECIPES)
        _known("operation", self.latency_ms, OPERATIONS)
        _known("recipe of anomalies", self.anomalies, ANOMALIES)
        for recipe, severity in self.severities.items():
            if severity not in SEVERITIES:
                raise MonitoringError("invalid-option", f'{recipe}: severity "{severity}" is none of {", ".join(SEVERITIES)}')
        for recipe in self.thresholds:
            if RECIPES[recipe].threshold is None:
                raise MonitoringError("invalid-option", f"{recipe} has no threshold of its own; objectives of operations are latency_ms")
        if self.strategy not in STRATEGIES:
            raise MonitoringError("invalid-option", f'the strategy "{self.strategy}" is none of {", ".join(STRATEGIES)}')
        if self.ttl_silent_hours is not None and not 1 <= self.ttl_silent_hours <= LONGEST_HOURS:
            raise MonitoringError("invalid-option", f"ttl_silent_hours: {self.ttl_silent_hours} is not 1 to {LONGEST_HOURS}")
        numbers = (*self.thresholds.items(), *self.latency_ms.items(), *self.pattern_latency_ms.items())
        for name, value in (*numbers, ("minimum_calls", self.minimum_calls)):
            check_number(name, value)

    def severity(self, recipe: str) -> Severity:
        return self.severities.get(recipe, RECIPES[recipe].severity)

    def threshold(self, recipe: str) -> float:
        return self.thresholds.get(recipe, RECIPES[recipe].threshold or 0)

    def latency(self, operation: str) -> float:
        return self.latency_ms.get(operation, LATENCY_MS[operation])


def check_number(name: str, value: object) -> None:
    """Raises MonitoringError "invalid-option" for what is no number from 0 on: nothing is ever above NaN, so such an alarm stays silent."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise MonitoringError("invalid-option", f"{name}: {value!r} is a {type(value).__name__}; give a number from 0 on")
    if not math.isfinite(value):
        raise MonitoringError("invalid-option", f"{name}: {value} is no number that anything can be above; give one from 0 on")
    if value < 0:
        raise MonitoringError("invalid-option", f"{name}: {value} is below 0")


def _known(what: str, given: Iterable[str], known: Iterable[str]) -> None:
    for name in given:
        if name not in known:
            raise MonitoringError("invalid-option", f'no {what} is called "{name}"; there are {", ".join(known)}')
