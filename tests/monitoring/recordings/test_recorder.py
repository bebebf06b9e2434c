"""A live account, recorded: the recording answers what the account answered."""

from dataclasses import replace
from datetime import timedelta

import pytest

from monitoring import MonitoringError, alarms_for, composites_for, dashboard_for, evaluate, series_of
from monitoring.live.question import Question
from monitoring.measures import use_of_pattern
from monitoring.recordings import needs_of, record
from monitoring.widgets import Chart
from tests.monitoring.recordings.conftest import SINCE


@pytest.fixture(scope="module")
def recorded(world):
    now = world.clock.now()
    return record(world.deployed, SINCE, now, now=lambda: now)


def test_the_newest_five_minutes_are_left_out(recorded):
    assert recorded.recording.start == SINCE
    assert recorded.recording.end == SINCE + timedelta(minutes=175)


def values(evaluation):
    return {point.at: point.value for point in evaluation.datapoints if point.value is not None}


def test_every_alarm_of_the_stack_sees_what_it_saw(world, recorded):
    """Minute by minute, against the measurements behind the account's answers."""
    recording, samples = recorded.recording, world.aws.samples
    alarms = alarms_for(world.deployed.stack)
    assert alarms
    for alarm in alarms:
        assert recording.lacks(needs_of(alarm)) == ()
        for minutes in (60, 97, 175):
            at = SINCE + timedelta(minutes=minutes)
            found, wanted = evaluate(alarm, recording, at), evaluate(alarm, samples, at)
            assert found.state == wanted.state, alarm.name
            assert values(found) == pytest.approx(values(wanted), rel=1e-5), alarm.name


def test_every_chart_of_the_dashboard_is_drawn_from_it(world, recorded):
    stack, (start, end) = world.deployed.stack, (recorded.recording.start, recorded.recording.end)
    alarms = alarms_for(stack)
    dashboard = dashboard_for(stack, alarms, composites_for(stack, alarms))
    lines = [line for placed in dashboard.widgets if isinstance(placed.widget, Chart) for line in placed.widget.lines]
    assert lines
    for line in lines:
        assert series_of(line.source, recorded.recording, start, end) == pytest.approx(
            series_of(line.source, world.aws.samples, start, end), rel=1e-5
        ), line.label


def test_alarms_are_kept_as_they_were_and_name_no_account(world, recorded):
    kept = recorded.recording.alarms
    assert {each["AlarmName"] for each in kept} == {each["AlarmName"] for each in world.deployed.alarms}
    assert any(each.get("AlarmActions") for each in world.deployed.alarms)
    assert "123456789012" not in repr((kept, recorded.recording.composites, recorded.recording.stack))


def test_a_rule_that_names_alarms_by_arn_is_kept_by_their_names(world):
    """PutCompositeAlarm takes both; an ARN holds the number of the account."""
    arn = world.deployed.alarms[0]["AlarmArn"]
    name = world.deployed.alarms[0]["AlarmName"]
    composite = {
        "AlarmName": "any",
        "AlarmRule": f'ALARM("{arn}") OR ALARM({arn})',
        "ActionsSuppressor": arn,
        "Tags": [{"Key": "a", "Value": "b"}],
    }
    crossing = {
        "AlarmName": "of another account",
        "Metrics": [{"Id": "m", "AccountId": "123456789012", "MetricStat": {"Metric": {}, "Period": 60, "Stat": "Sum"}}],
    }
    deployed = replace(world.deployed, composites=(composite,), alarms=(crossing,))
    now = SINCE + timedelta(hours=1)
    recording = record(deployed, SINCE, now, now=lambda: now).recording
    assert recording.composites[0] == {"AlarmName": "any", "AlarmRule": f'ALARM("{name}") OR ALARM({name})', "ActionsSuppressor": name}
    assert "123456789012" not in repr(recording.alarms)


def test_what_was_asked_for_is_counted(recorded):
    assert recorded.requested == len(recorded.recording.series)
    assert recorded.usd == pytest.approx(recorded.requested * 0.00001)


def test_progress_ends_with_everything(world):
    seen = []
    now = SINCE + timedelta(hours=1)
    record(world.deployed, SINCE, now, now=lambda: now, progress=lambda done, every: seen.append((done, every)))
    assert seen[-1][0] == seen[-1][1] == len(seen)


def test_a_recording_is_completed_with_what_is_missing_only(world, recorded):
    """First hour, then the rest: the same as at once, and nothing asked for twice."""
    now = SINCE + timedelta(minutes=65)
    first = record(world.deployed, SINCE, now, now=lambda: now).recording
    assert first.end == SINCE + timedelta(hours=1)
    later = world.clock.now()
    spans = []
    client = world.aws.client("cloudwatch")

    def see(params, **_):
        spans.append((params["StartTime"], params["EndTime"]))

    client.meta.events.register("provide-client-params.cloudwatch.GetMetricData", see)
    whole = record(world.deployed, first.start, later, first, now=lambda: later)
    client.meta.events.unregister("provide-client-params.cloudwatch.GetMetricData", see)
    assert set(spans) == {(first.end, recorded.recording.end)}
    assert whole.lost == timedelta()
    assert (whole.recording.start, whole.recording.end) == (SINCE, recorded.recording.end)
    assert {each: bytes(values) for each, values in whole.recording.series.items()} == {
        each: bytes(values) for each, values in recorded.recording.series.items()
    }


def test_a_gap_that_nobody_can_fill_is_told(world, recorded):
    """CloudWatch keeps minutes for 15 days."""
    later = recorded.recording.end + timedelta(days=20)
    whole = record(world.deployed, SINCE, later, recorded.recording, now=lambda: later)
    assert timedelta(days=4, hours=23) < whole.lost < timedelta(days=5, hours=1)


def test_another_table_is_refused(world, recorded):
    stack = recorded.recording.stack
    other = replace(recorded.recording, stack=replace(stack, table=replace(stack.table, name="orders")))
    with pytest.raises(MonitoringError, match=r"other-recording: it is a recording of orders in eu-west-1, not of shop"):
        record(world.deployed, SINCE, world.clock.now(), other)


def test_no_time_is_refused(world):
    now = world.clock.now()
    with pytest.raises(MonitoringError, match="empty-span"):
        record(world.deployed, now - timedelta(minutes=3), now, now=lambda: now)


def test_what_the_alarms_did_is_recorded(world):
    now = world.clock.now()
    name = world.deployed.alarms[0]["AlarmName"]
    world.aws.client("cloudwatch").set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="a drill")
    later = now + timedelta(minutes=10)
    history = record(world.deployed, SINCE, later, now=lambda: later).recording.history
    assert [(each.alarm, each.new) for each in history if each.at >= now] == [(name, "ALARM")]
    short = record(world.deployed, now + timedelta(minutes=2), later, now=lambda: later).recording
    assert all(each.at > now for each in short.history)
    assert record(world.deployed, SINCE, later, short, now=lambda: later).recording.history == history, "an earlier start is completed too"


def test_what_functions_publish_of_their_patterns_is_recorded(world):
    table, now = world.deployed.stack.table.name, world.clock.now()
    published = use_of_pattern(table, world.deployed.stack.patterns[0].name)
    for metric in published.values():
        world.aws.samples.record(metric.namespace, metric.name, dict(metric.dimensions), now - timedelta(minutes=30), 2.0)
    recording = record(world.deployed, now - timedelta(hours=1), now, now=lambda: now).recording
    assert recording.lacks(Question.of(metric) for metric in published.values()) == ()
    assert {statistic for statistic in recording.statistics(published["refused"], recording.start, recording.end).values()} == {2.0}
