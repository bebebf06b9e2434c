"""What is sent for a mute rule, held against the service's model."""

from typing import Any

import pytest

from local.deploy.calls import ImaginedCalls
from local.deploy.handler import Properties
from local.deploy.registry import handler_of
from local.inputs import InputError

INPUTS: dict[str, Any] = {
    "name": "shop-dev quiet 1",
    "description": "weekly maintenance",
    "rule": {"schedule": {"expression": "cron(0 2 * * SUN)", "duration": "PT4H", "timezone": "Europe/Berlin"}},
    "muteTargets": {"alarmNames": ["shop-dev page: GSI1 is throttled"]},
    "startDate": "2026-04-15T08:00:00Z",
    "expireDate": "2026-12-31T23:59:00Z",
    "tags": {"team": "shop"},
}
HANDLER = handler_of("aws:cloudwatch/alarmMuteRule:AlarmMuteRule")


class Recorded(ImaginedCalls):
    """Checks each request against the model and keeps it."""

    def __init__(self) -> None:
        super().__init__("123456789012", "eu-west-1")
        self.sent: list[tuple[str, dict[str, Any]]] = []

    def __call__(self, service: str, operation: str, /, **request: Any) -> dict[str, Any]:
        self.sent.append((operation, request))
        return super().__call__(service, operation, **request)


def test_a_mute_rule_is_put_as_registered_and_deleted_by_its_name() -> None:
    calls = Recorded()
    created = HANDLER.create(Properties(INPUTS), calls)
    HANDLER.delete(created.id, created.outputs, calls)
    schedule = {"Expression": "cron(0 2 * * SUN)", "Duration": "PT4H", "Timezone": "Europe/Berlin"}
    assert created.outputs["arn"] == "arn:aws:cloudwatch:eu-west-1:123456789012:alarm-mute-rule:shop-dev quiet 1"
    assert calls.sent == [
        (
            "PutAlarmMuteRule",
            {
                "Name": "shop-dev quiet 1",
                "Description": "weekly maintenance",
                "Rule": {"Schedule": schedule},
                "MuteTargets": {"AlarmNames": ["shop-dev page: GSI1 is throttled"]},
                "StartDate": "2026-04-15T08:00:00Z",
                "ExpireDate": "2026-12-31T23:59:00Z",
                "Tags": [{"Key": "team", "Value": "shop"}],
            },
        ),
        ("DeleteAlarmMuteRule", {"AlarmMuteRuleName": "shop-dev quiet 1"}),
    ]


def test_more_alarms_than_a_rule_takes_are_refused() -> None:
    with pytest.raises(InputError, match="PutAlarmMuteRule"):
        HANDLER.create(Properties({**INPUTS, "muteTargets": {"alarmNames": ["alarm"] * 101}}), Recorded())
