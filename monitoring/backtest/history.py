"""What CloudWatch's own history says, beside what was evaluated here: whoever trusts a backtest wants to know where they part."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from monitoring.backtest.result import Result
from monitoring.recordings import Recording

NEAR: Final = timedelta(minutes=5)
"""CloudWatch evaluates somewhere within a minute, and may have seen a point later than it is dated."""


def departures(result: Result, recording: Recording) -> Mapping[str, tuple[int, int]]:
    """Name of an alarm -> how often it really fired with no firing here within 5 minutes, and the other way round. Those that agree are not
    there. Of alarms that were evaluated: a history says nothing of others.
    """
    found: dict[str, tuple[int, int]] = {}
    for alarm in result.alarms.metric:
        really = [each.at for each in recording.history if each.alarm == alarm.name and each.new == "ALARM"]
        here = [each.fired for each in result.firings if each.alarm.name == alarm.name]
        # What was open before the recording began fires here at once, and had fired there before.
        begun = [at for at in here if at - result.observed.start > NEAR]
        parted = _without(really, here), _without(begun, really)
        if any(parted):
            found[alarm.name] = parted
    return found


def _without(times: list[datetime], others: list[datetime]) -> int:
    return sum(not any(abs(at - other) <= NEAR for other in others) for at in times)
