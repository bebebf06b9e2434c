"""AWS/Lambda: functions, their URLs and event source mappings, as far as a stack uses them."""

from datetime import date
from typing import Final

from monitoring.catalogue.entry import Emission, Entry, Source

NAMESPACE: Final = "AWS/Lambda"

_TYPES: Final = Source("Lambda developer guide, Types of metrics for Lambda functions", date(2026, 11, 24))
_URLS: Final = Source("Lambda developer guide, Monitoring Lambda function URLs", date(2026, 11, 24))

_ACCOUNT: Final = frozenset[str]()
_FUNCTION: Final = frozenset({"FunctionName"})
_RESOURCE: Final = frozenset({"FunctionName", "Resource"})
_VERSION: Final = frozenset({"FunctionName", "Resource", "ExecutedVersion"})
_EVERYWHERE: Final = (_ACCOUNT, _FUNCTION, _RESOURCE, _VERSION)
_ONE: Final = (_FUNCTION, _RESOURCE, _VERSION)
_MAPPING: Final = (frozenset({"EventSourceMappingUUID"}),)

_OF_URL: Final = "of a function with a URL, by the function's name"

_COUNT: Final = frozenset({"Sum", "SampleCount"})
_BINARY: Final = ("Invocations", "Errors", "Throttles", "DeadLetterErrors")
"""Each invocation sends 0 or 1: "binary indicators of the outcome"."""

_TIME: Final = frozenset({"Average", "Minimum", "Maximum", "p"})
_GAUGE: Final = frozenset({"Maximum", "Average", "Minimum"})


def _entry(
    name: str, dimensions: tuple[frozenset[str], ...], statistics: frozenset[str], emission: Emission, meaning: str, unit: str = "Count"
) -> Entry:
    hint = "of a mapping: by its UUID, after metrics_config EventCount was switched on for it" if dimensions is _MAPPING else ""
    return Entry(NAMESPACE, name, dimensions, statistics, 60, unit, emission, meaning, _TYPES, hint, binary=name in _BINARY)


def _events(name: str, meaning: str) -> Entry:
    return _entry(name, _MAPPING, _COUNT, Emission.WHILE_ACTIVE, meaning)


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


ENTRIES: Final = (
    _entry("Invocations", _EVERYWHERE, _COUNT, Emission.WHILE_ACTIVE, "times the code ran, errors included, throttles not"),
    _entry(
        "Errors", _EVERYWHERE, frozenset({"Sum", "Average", "SampleCount"}), Emission.WHILE_ACTIVE, "runs that ended in an error or timeout"
    ),
    _entry("Throttles", _EVERYWHERE, _COUNT, Emission.WHILE_ACTIVE, "invocations refused for lack of concurrency; they are no Invocations"),
    _entry("Duration", _EVERYWHERE, _TIME | {"Sum", "SampleCount"}, Emission.WHILE_ACTIVE, "time the code took", "Milliseconds"),
    _entry("ConcurrentExecutions", _EVERYWHERE, _GAUGE, Emission.WHILE_ACTIVE, "runs at one time"),
    _entry(
        "IteratorAge",
        _ONE,
        _TIME,
        Emission.WHILE_ACTIVE,
        "age of the last record of a batch when it arrived; silent when nothing is invoked",
        "Milliseconds",
    ),
    _entry("DeadLetterErrors", _ONE, _COUNT, Emission.ON_EVENT, "asynchronous events that could not be put into the dead-letter queue"),
    _entry(
        "DestinationDeliveryFailures",
        _ONE,
        _COUNT,
        Emission.ON_EVENT,
        "asynchronous events, or messages about records given up, that could not be sent to their destination",
    ),
    _url("UrlRequestCount", "requests to the function's URL"),
    _url("Url4xxCount", "requests answered with HTTP 4xx, those refused for lack of concurrency among them", Emission.ON_EVENT),
    _url("Url5xxCount", "requests answered with HTTP 5xx, by the function itself or because its run failed", Emission.ON_EVENT),
    _url("UrlRequestLatency", "from the arrival of a request to its answer", statistics=_TIME | {"SampleCount"}, unit="Milliseconds"),
    _events("PolledEventCount", "records read from the source"),
    _events("FilteredOutEventCount", "records that the filter left out"),
    _events("InvokedEventCount", "records handed to the function"),
    _events("FailedInvokeEventCount", "records that the function failed to handle, each try counted"),
    _events(
        "DroppedEventCount",
        "records given up, handled by nobody and in no failure queue either: of a mapping without one, or when it refused",
    ),
    _events("OnFailureDestinationDeliveredEventCount", "records given up and reported to the failure queue"),
    _events("DeletedEventCount", "records deleted after they were handled; queues only"),
)
