"""Does an alarm watch what can go wrong, and would it see it now."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from monitoring.alarms import Alarm, Severity, severity_of
from monitoring.catalogue import CATALOGUE
from monitoring.catalogue.entry import Emission
from monitoring.doctor.call import Call
from monitoring.doctor.check import Check, Found, Level, NotKnown
from monitoring.doctor.examined import Described, Examined
from monitoring.doctor.notifiers import actions, children
from monitoring.doctor.watched import Series, Watched, series_of
from monitoring.measures import ANCHOR
from monitoring.recipes import alarms_for

LONG: Final = timedelta(hours=1)
"""That an alarm may be without data after it was made or changed."""
LEVELS: Final[Mapping[Severity, Level]] = {"page": "error", "ticket": "warning", "info": "note"}
MOST_NAMED: Final = 3
_ARN: Final = re.compile(r"arn:[^:\s]+:cloudwatch:[^:\s]*:\d*:alarm:")
"""Before the name of an alarm, in the reason of a composite one."""


def _unwatched(examined: Examined) -> Iterator[Found]:
    """By recipe. A function, a stream or an index that came later is watched by nobody until the alarms are made again."""
    watched = Watched(examined.alarms)
    wanted = alarms_for(examined.deployed.stack)
    missing = [alarm for alarm in wanted if not _seen(alarm, watched)]
    if len(missing) == len(wanted) and wanted:
        yield Found(examined.name, f"no alarm watches any of it; {len(wanted)} would", level="error")
        return
    by_recipe: dict[str, list[Alarm]] = {}
    for alarm in missing:
        by_recipe.setdefault(alarm.recipe, []).append(alarm)
    for recipe, alarms in by_recipe.items():
        names = named([alarm.name for alarm in alarms])
        call = Call("cloudwatch", "PutMetricAlarm", alarms[0].request()) if len(alarms) == 1 else None
        yield Found(examined.name, f"nothing watches what {names} would ({recipe})", call, LEVELS[alarms[0].severity])


def some(names: Sequence[str]) -> str:
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def named(names: Sequence[str]) -> str:
    return some([f'"{name}"' for name in names])


def _seen(alarm: Alarm, watched: Watched) -> bool:
    return all(watched.holds(metric) for name, metric in alarm.metrics.items() if name != ANCHOR or len(alarm.metrics) == 1)


def _silent(examined: Examined) -> Iterator[Found]:
    """Only what is sent always, traffic or not: a metric of events has no data for as long as there is no event."""
    if examined.at - examined.table["CreationDateTime"] < LONG:
        raise NotKnown("The table is younger than an hour: what is measured of it may not be listed yet.")
    alarms: dict[Series, list[str]] = {}
    for alarm in examined.deployed.alarms:
        for series in series_of(alarm):
            alarms.setdefault(series, []).append(alarm["AlarmName"])
    for (namespace, name, dimensions), names in alarms.items():
        entry = CATALOGUE.get((namespace, name))
        # What has no dimension is the account's, and is listed under none of the names that were asked for.
        if entry and dimensions and entry.emission is Emission.ALWAYS and (namespace, name, dimensions) not in examined.series:
            by = ", ".join(f"{each}={value}" for each, value in sorted(dimensions))
            yield Found(f"{name} by {by}", f"it has had no data for two weeks; it is watched by {named(names)}")


def _without_data(examined: Examined) -> Iterator[Found]:
    for alarm in examined.alarms:
        since = alarm.get("StateTransitionedTimestamp") or alarm.get("StateUpdatedTimestamp")
        if alarm.get("StateValue") == "INSUFFICIENT_DATA" and since and examined.at - since > LONG:
            yield Found(alarm["AlarmName"], f"it has had too little data since {since:%d %b %Y %H:%M}")


def _switched_off(examined: Examined) -> Iterator[Found]:
    for alarm in examined.alarms:
        if actions(alarm) and not alarm.get("ActionsEnabled", True):
            switch_on = Call("cloudwatch", "EnableAlarmActions", {"AlarmNames": [alarm["AlarmName"]]})
            firing = ", and it is in ALARM" if alarm["StateValue"] == "ALARM" else ""
            yield Found(alarm["AlarmName"], f"its actions are switched off{firing}", switch_on)


def _firing(examined: Examined) -> Iterator[Found]:
    """A composite alarm only where none of its own alarms is listed: it repeats what they say."""
    open_now = {str(alarm["AlarmName"]) for alarm in examined.alarms if alarm.get("StateValue") == "ALARM"}
    for alarm in examined.alarms:
        if alarm["AlarmName"] in open_now and not open_now.intersection(children(alarm)):
            reason = str(alarm.get("StateReason") or "").strip().rstrip(".")
            said = f": {_ARN.sub('', reason)}" if reason else ""
            yield Found(alarm["AlarmName"], f"it is in ALARM now{said}", level=LEVELS[severity_of(alarm["AlarmName"])])


def _muted(examined: Examined) -> Iterator[Found]:
    names = {str(alarm["AlarmName"]) for alarm in examined.alarms}
    for rule in examined.muting:
        muted = sorted(names & set(muted_by(rule)))
        if muted:
            yield Found(rule["Name"], f"it mutes {named(muted)} now")


def muted_by(rule: Described) -> tuple[str, ...]:
    """Names of the alarms that a mute rule keeps still while it is active."""
    targets: Any = rule.get("MuteTargets") or {}
    return tuple(targets.get("AlarmNames") or ())


def _suppressed(examined: Examined) -> Iterator[Found]:
    for alarm in examined.deployed.composites:
        if by := alarm.get("ActionsSuppressedBy"):
            suppressor = str(alarm.get("ActionsSuppressor") or "").rpartition(":alarm:")[2]
            yield Found(alarm["AlarmName"], f"its actions are suppressed now by {suppressor or by}")


_MISSING: Final = "CloudWatch user guide, Configuring how CloudWatch alarms treat missing data"

CHECKS: Final = (
    Check(
        "unwatched",
        "warning",
        "No alarm watches a way in which this stack can fail.",
        "It is noticed by customers. What is compared is the metrics that alarms watch, not their names.",
        "docs/monitoring.md, the recipes A1 to A12",
        "Monitoring(table=..., functions=[...]) makes them all; `python -m monitoring preview` lists them",
        _unwatched,
    ),
    Check(
        "alarm-in-progress",
        "warning",
        "An alarm is in ALARM now.",
        "Its description says what has happened and what to do next. A page is an error, a ticket a warning, an info a note.",
        "CloudWatch API reference, DescribeAlarms: StateValue",
        "Do what its description says",
        _firing,
    ),
    Check(
        "silent-metric",
        "warning",
        "An alarm watches a metric that is always sent, and has no data.",
        "The resource is gone, or is called something else: the alarm never fires.",
        "CloudWatch API reference, ListMetrics; DynamoDB developer guide, DynamoDB metrics and dimensions",
        "Deploy the alarms again, with the names of what is deployed now",
        _silent,
    ),
    Check(
        "without-data",
        "warning",
        "An alarm has been without data for more than an hour.",
        "It does not judge, and does not fire. An alarm for events that fills gaps with 0 would be in OK.",
        _MISSING,
        "See what `python -m monitoring lint --live` says of it; where silence is no news, FILL(m,0) and notBreaching",
        _without_data,
    ),
    Check(
        "actions-off",
        "warning",
        "An alarm's actions are switched off.",
        "It changes its colour in the console and tells nobody: often left behind after maintenance.",
        "CloudWatch API reference, EnableAlarmActions",
        "aws.cloudwatch.MetricAlarm(actions_enabled=True); for maintenance a mute rule, which ends by itself",
        _switched_off,
        safe=True,
    ),
    Check(
        "muted-now",
        "warning",
        "Alarms are muted now.",
        "They fire and nobody is told, until the mute rule ends.",
        "CloudWatch API reference, PutAlarmMuteRule",
        "Nothing, where this is maintenance; else delete the rule",
        _muted,
    ),
    Check(
        "suppressed-now",
        "warning",
        "A composite alarm's actions are suppressed now.",
        "It fires and nobody is told, while its suppressor is in ALARM.",
        "CloudWatch API reference, PutCompositeAlarm: ActionsSuppressor",
        "Nothing, where this is maintenance; else see why the suppressor is in ALARM",
        _suppressed,
    ),
)
