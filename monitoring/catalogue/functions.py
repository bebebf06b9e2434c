"""AWS/Lambda: functions and their URLs. Metrics of event source mappings are in `monitoring.catalogue.mappings`."""

from datetime import date
from typing import Final

from monitoring.catalogue.entry import Emission, Entry, Source

NAMESPACE: Final = "AWS/Lambda"

_TYPES: Final = Source("Lambda developer guide, Types of metrics for Lambda functions", date(2026, 11, 25))
_CONCURRENCY: Final = Source("Lambda developer guide, Monitoring concurrency", date(2026, 11, 25))
_URLS: Final = Source("Lambda developer guide, Monitoring Lambda function URLs", date(2026, 11, 24))

_ACCOUNT: Final = frozenset[str]()
_FUNCTION: Final = frozenset({"FunctionName"})
_RESOURCE: Final = frozenset({"FunctionName", "Resource"})
_VERSION: Final = frozenset({"FunctionName", "Resource", "ExecutedVersion"})
_EVERYWHERE: Final = (_ACCOUNT, _FUNCTION, _RESOURCE, _VERSION)
_ONE: Final = (_FUNCTION, _RESOURCE, _VERSION)
_REGION: Final = (_ACCOUNT,)
_PROVISIONED: Final = (_RESOURCE, _VERSION)

_OF_URL: Final = "of a function with a URL, by the function's name"
_OF_VERSION: Final = "of a version or alias that has provisioned concurrency: by FunctionName + Resource"
_OF_REGION: Final = "of all functions of account and region together: no function has a series of its own"

_COUNT: Final = frozenset({"Sum", "SampleCount"})
_BINARY: Final = frozenset(
    {
        "Invocations",
        "Errors",
        "Throttles",
        "DeadLetterErrors",
        "CPUThrottles",
        "MemoryThrottles",
        "DiskThrottles",
        "ConcurrencyThrottles",
        "ProvisionedConcurrencyInvocations",
        "ProvisionedConcurrencySpilloverInvocations",
    }
)
"""Each invocation sends 0 or 1: "binary indicators of the outcome"."""

_TIME: Final = frozenset({"Average", "Minimum", "Maximum", "p"})
_GAUGE: Final = frozenset({"Maximum", "Average", "Minimum"})


def _entry(
    name: str,
    dimensions: tuple[frozenset[str], ...],
    statistics: frozenset[str],
    emission: Emission,
    meaning: str,
    *,
    unit: str = "Count",
    source: Source = _TYPES,
    hint: str = "",
) -> Entry:
    return Entry(NAMESPACE, name, dimensions, statistics, 60, unit, emission, meaning, source, hint, binary=name in _BINARY)


def _provisioned(name: str, statistics: frozenset[str], meaning: str, *, unit: str = "Count") -> Entry:
    return _entry(name, _PROVISIONED, statistics, Emission.WHILE_ACTIVE, meaning, unit=unit, source=_CONCURRENCY, hint=_OF_VERSION)


def _of_region(name: str, meaning: str) -> Entry:
    return _entry(name, _REGION, _GAUGE, Emission.WHILE_ACTIVE, meaning, source=_CONCURRENCY, hint=_OF_REGION)


def _url(
    name: str,
    meaning: str,
    emission: Emission = Emission.WHILE_ACTIVE,
    *,
    statistics: frozenset[str] = _COUNT,
    unit: str = "Count",
) -> Entry:
    """The guide does not say whether a count of 0 is sent for a request that ended well. A gap is 0 either way."""
    return Entry(NAMESPACE, name, _ONE, statistics, 60, unit, emission, meaning, _URLS, _OF_URL)


_MANAGED_INSTANCES: Final = (
    ("CPUThrottles", "the processor"),
    ("MemoryThrottles", "the memory"),
    ("DiskThrottles", "the disk"),
    ("ConcurrencyThrottles", "the concurrency"),
)
"""Which limit of an execution environment it was. Sent beside Throttles, and only by functions on managed instances."""

_INVOCATIONS: Final = (
    _entry("Invocations", _EVERYWHERE, _COUNT, Emission.WHILE_ACTIVE, "times the code ran, errors included, throttles not"),
    _entry("Errors", _EVERYWHERE, _COUNT | {"Average"}, Emission.WHILE_ACTIVE, "runs that ended in an error or timeout"),
    _entry("Throttles", _EVERYWHERE, _COUNT, Emission.WHILE_ACTIVE, "invocations refused for lack of concurrency; they are no Invocations"),
    *(
        _entry(name, _ONE, _COUNT, Emission.WHILE_ACTIVE, f"invocations refused because {limit} of a managed instance was used up")
        for name, limit in _MANAGED_INSTANCES
    ),
    _entry("DeadLetterErrors", _ONE, _COUNT, Emission.ON_EVENT, "asynchronous events that could not be put into the dead-letter queue"),
    _entry(
        "DestinationDeliveryFailures",
        _ONE,
        _COUNT,
        Emission.ON_EVENT,
        "asynchronous events, or messages about records given up, that could not be sent to their destination",
    ),
    _entry("OversizedRecordCount", _ONE, _COUNT, Emission.ON_EVENT, "changes of a DocumentDB cluster dropped because they exceed 6 MB"),
    _entry(
        "RecursiveInvocationsDropped", _ONE, _COUNT, Emission.ON_EVENT, "invocations stopped because the function invokes itself in a loop"
    ),
    _entry(
        "SignatureValidationErrors", _ONE, _COUNT, Emission.ON_EVENT, "deployments of code with a bad signature that were only warned about"
    ),
)

_PERFORMANCE: Final = (
    _entry("Duration", _EVERYWHERE, _TIME | {"Sum", "SampleCount"}, Emission.WHILE_ACTIVE, "time the code took", unit="Milliseconds"),
    _entry(
        "PostRuntimeExtensionsDuration",
        _ONE,
        _TIME | {"SampleCount"},
        Emission.WHILE_ACTIVE,
        "time that extensions took after the code had ended",
        unit="Milliseconds",
    ),
    _entry(
        "IteratorAge",
        _ONE,
        _TIME,
        Emission.WHILE_ACTIVE,
        "age of the last record of a batch when it arrived; silent when nothing is invoked",
        unit="Milliseconds",
    ),
    _entry("OffsetLag", _ONE, _GAUGE, Emission.WHILE_ACTIVE, "records of a Kafka topic behind the newest one"),
)

_CONCURRENT: Final = (
    _entry("ConcurrentExecutions", _EVERYWHERE, _GAUGE, Emission.WHILE_ACTIVE, "runs at one time", source=_CONCURRENCY),
    _of_region("UnreservedConcurrentExecutions", "runs at one time of functions without reserved concurrency"),
    _of_region(
        "ClaimedAccountConcurrency", "concurrency in use, reserved or provisioned: what others cannot get; its limit is the account's quota"
    ),
    _provisioned("ProvisionedConcurrentExecutions", _GAUGE, "runs at one time on provisioned concurrency"),
    _provisioned("ProvisionedConcurrencyUtilization", _GAUGE, "share of the provisioned concurrency in use, from 0 to 1", unit="Percent"),
    _provisioned("ProvisionedConcurrencyInvocations", _COUNT, "runs on provisioned concurrency"),
    _provisioned("ProvisionedConcurrencySpilloverInvocations", _COUNT, "runs beside it, because all of it was in use"),
)

_ASYNCHRONOUS: Final = (
    _entry("AsyncEventsReceived", _ONE, _COUNT, Emission.WHILE_ACTIVE, "events taken into the function's own queue"),
    _entry(
        "AsyncEventAge",
        _ONE,
        _TIME | {"SampleCount"},
        Emission.WHILE_ACTIVE,
        "from the arrival of an event to its run; grows with each retry",
        unit="Milliseconds",
    ),
    _entry("AsyncEventsDropped", _ONE, _COUNT, Emission.ON_EVENT, "events given up without a run that succeeded"),
)

_OF_URLS: Final = (
    _url("UrlRequestCount", "requests to the function's URL"),
    _url("Url4xxCount", "requests answered with HTTP 4xx, those refused for lack of concurrency among them", Emission.ON_EVENT),
    _url("Url5xxCount", "requests answered with HTTP 5xx, by the function itself or because its run failed", Emission.ON_EVENT),
    _url("UrlRequestLatency", "from the arrival of a request to its answer", statistics=_TIME | {"SampleCount"}, unit="Milliseconds"),
)

ENTRIES: Final = (*_INVOCATIONS, *_PERFORMANCE, *_CONCURRENT, *_ASYNCHRONOUS, *_OF_URLS)
