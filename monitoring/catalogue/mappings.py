"""AWS/Lambda: event source mappings. Each group of their metrics is switched on by its name in the mapping's metrics_config."""

from datetime import date
from typing import Final

from monitoring.catalogue.entry import Emission, Entry, Source
from monitoring.catalogue.functions import NAMESPACE

_TYPES: Final = Source("Lambda developer guide, Types of metrics for Lambda functions: Event source mapping metrics", date(2026, 11, 25))

_MAPPING: Final = (frozenset({"EventSourceMappingUUID"}),)
_COUNT: Final = frozenset({"Sum", "SampleCount"})
_GAUGE: Final = frozenset({"Maximum", "Average", "Minimum"})

_NO_UNIT: Final = "None"
"""The page names none, so an alarm that asks for one is not accused."""

GROUPS: Final = {
    "EventCount": (
        ("PolledEventCount", "records read from the source; 0 for a poll that found nothing"),
        ("FilteredOutEventCount", "records that the filter left out"),
        ("InvokedEventCount", "records handed to the function, each try counted"),
        ("FailedInvokeEventCount", "records that the function failed to handle, each try counted"),
        (
            "DroppedEventCount",
            "records given up, handled by nobody and in no failure queue either: of a mapping without one, or when it refused",
        ),
        ("OnFailureDestinationDeliveredEventCount", "records given up and reported to the failure queue"),
        ("DeletedEventCount", "records deleted after they were handled; queues only"),
        ("CommittedEventCount", "records whose offset was committed after they were handled; Kafka only"),
    ),
    "ErrorCount": (
        ("PollingErrorCount", "failed polls of a Kafka topic"),
        ("InvokeErrorCount", "batches with which the function could not be invoked; Kafka only"),
        ("OnFailureDestinationDeliveryErrorCount", "records given up that could not be reported to the failure destination; Kafka only"),
        ("SchemaRegistryErrorCount", "schemas that could not be fetched or did not fit; Kafka only"),
        ("CommitErrorCount", "offsets that could not be committed; Kafka only"),
    ),
    "KafkaMetrics": (
        ("MaxOffsetLag", "records behind the newest one in the partition that is furthest behind"),
        ("SumOffsetLag", "records behind the newest ones over all partitions"),
    ),
}
"""Group of metrics_config -> its metrics, each with what it counts."""

_PROVISIONED: Final = (
    ("ProvisionedPollers", frozenset({"Maximum"}), "pollers that run, of a mapping in provisioned mode"),
    ("EventPollerUnit", frozenset({"Sum"}), "units of pollers that run, of a Kafka mapping in provisioned mode"),
    ("EventPollerThroughputInBytes", frozenset({"Sum"}), "bytes read, of a Kafka mapping in provisioned mode"),
)


def _entry(name: str, statistics: frozenset[str], emission: Emission, meaning: str, hint: str) -> Entry:
    return Entry(NAMESPACE, name, _MAPPING, statistics, 60, _NO_UNIT, emission, meaning, _TYPES, hint)


def _of_group(group: str) -> tuple[Entry, ...]:
    """Errors are sent when there is one; everything else while the mapping is on."""
    emission = Emission.ON_EVENT if group == "ErrorCount" else Emission.WHILE_ACTIVE
    statistics = _GAUGE if group == "KafkaMetrics" else _COUNT
    hint = f"of a mapping: by its UUID, after metrics_config {group} was switched on for it"
    return tuple(_entry(name, statistics, emission, meaning, hint) for name, meaning in GROUPS[group])


ENTRIES: Final = (
    *(entry for group in GROUPS for entry in _of_group(group)),
    *(
        _entry(name, statistics, Emission.WHILE_ACTIVE, meaning, "of a mapping in provisioned mode: by its UUID")
        for name, statistics, meaning in _PROVISIONED
    ),
)
