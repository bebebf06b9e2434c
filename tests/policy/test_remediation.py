"""What `remediate` does: it mends what is broken and nothing else; secrets stay secret, and what is not known yet is left alone."""

from collections.abc import Iterator
from typing import Any

import pytest
from pulumi.runtime.proto import analyzer_pb2
from pulumi_policy import ResourceValidationPolicy
from pulumi_policy.proxy import UNKNOWN_BOOLEAN_VALUE, UNKNOWN_OBJECT_VALUE, UNKNOWN_STRING_VALUE

from policy.rules import POLICIES
from tests.policy.pack import Pack, running
from tests.policy.support import ALARM, FUNCTION, KEY, KINESIS, LOG_GROUP, MAPPING, QUEUE, TABLE

RECOVERY = {"enabled": True, "recoveryPeriodInDays": 35}
STREAM = {"startingPosition": "TRIM_HORIZON", "eventSourceArn": UNKNOWN_STRING_VALUE}
SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "value": {"variables": {"KEY": "hidden"}}}
"""As the engine marks one. Source: Pulumi, sdk/go/common/resource/properties.go."""

MENDS = {
    "table-deletion-protection": (TABLE, {"pointInTimeRecovery": RECOVERY}, {"deletionProtectionEnabled": True}),
    "table-point-in-time-recovery": (TABLE, {"deletionProtectionEnabled": True}, {"pointInTimeRecovery": RECOVERY}),
    "stream-bounded-retries": (
        MAPPING,
        {**STREAM, "metricsConfig": {"metrics": ["EventCount"]}},
        {"maximumRetryAttempts": 10, "bisectBatchOnFunctionError": True},
    ),
    "stream-event-counts": (MAPPING, {**STREAM, "maximumRetryAttempts": 5}, {"metricsConfig": {"metrics": ["EventCount"]}}),
    "alarm-actions-enabled": (ALARM, {"actionsEnabled": False}, {"actionsEnabled": True}),
    "function-tracing": (FUNCTION, {"environment": SECRET}, {"tracingConfig": {"mode": "Active"}}),
    "queue-encryption": (QUEUE, {"sqsManagedSseEnabled": False}, {"sqsManagedSseEnabled": True}),
    "kinesis-encryption": (KINESIS, {"shardCount": 1}, {"encryptionType": "KMS", "kmsKeyId": "alias/aws/kinesis"}),
    "key-rotation": (KEY, {"description": "of the shop"}, {"enableKeyRotation": True}),
}
"""Rule -> the type, what it is given, and what it changes."""

UNKNOWN = [
    (TABLE, {"deletionProtectionEnabled": UNKNOWN_BOOLEAN_VALUE, "pointInTimeRecovery": RECOVERY}, "table-deletion-protection"),
    (TABLE, {"deletionProtectionEnabled": True, "pointInTimeRecovery": UNKNOWN_OBJECT_VALUE}, "table-point-in-time-recovery"),
    (FUNCTION, {"tracingConfig": UNKNOWN_OBJECT_VALUE}, "function-tracing"),
]


@pytest.fixture(scope="module")
def mending() -> Iterator[Pack]:
    with running("prod") as started:
        started.configure(analyzer_pb2.REMEDIATE, **{policy.name.replace("-", "_"): {} for policy in POLICIES})
        yield started


def test_these_rules_can_mend() -> None:
    assert [each.name for each in POLICIES if isinstance(each, ResourceValidationPolicy) and each.has_remediation()] == list(MENDS)


@pytest.mark.parametrize("rule", MENDS)
def test_what_is_broken_is_mended_and_the_rest_is_kept(mending: Pack, rule: str) -> None:
    kind, given, change = MENDS[rule]
    assert mending.remediations(kind, given) == {rule: {**given, **change}}


@pytest.mark.parametrize("rule", MENDS)
def test_what_is_mended_has_nothing_left_to_mend(mending: Pack, rule: str) -> None:
    kind, given, change = MENDS[rule]
    assert mending.remediations(kind, {**given, **change}) == {}


@pytest.mark.parametrize(("kind", "given", "rule"), UNKNOWN, ids=[rule for _, _, rule in UNKNOWN])
def test_what_is_not_known_yet_is_left_alone(mending: Pack, kind: str, given: dict[str, Any], rule: str) -> None:
    [(name, told)] = mending.remediations(kind, given).items()
    assert name == rule
    assert "can't be known during preview" in told


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        (TABLE, {"deletionProtectionEnabled": True, "pointInTimeRecovery": RECOVERY, "ttl": {"attributeName": "expires"}}),
        (LOG_GROUP, {"name": "/shop"}),
    ],
)
def test_nothing_is_mended_where_that_would_delete_data(mending: Pack, kind: str, given: dict[str, Any]) -> None:
    """Items whose time has passed, and logs that are older than the retention."""
    assert mending.remediations(kind, given) == {}


def test_nothing_is_mended_unless_it_is_asked_for() -> None:
    with running("prod") as pack:
        assert pack.remediations(TABLE, {}) == {}
