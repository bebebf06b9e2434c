"""What a live account measured: how GetMetricData is asked, how often, and what is kept of its answers."""

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from local.aws import EmbeddedAws
from monitoring import Expression, Measured, Metric, Ref, alarms_for, evaluate, series_of
from monitoring.live import Account, CallRefused, LiveMeasured
from monitoring.measures import consumed, latency, throttled_requests
from monitoring.scenarios import named
from monitoring.scenarios.minute import Minute
from monitoring.scenarios.weather import Weather
from singletable import metered
from tests.local.conftest import HandClock
from tests.monitoring.conftest import stack_of
from tests.monitoring.live.conftest import NOON

MINUTE = timedelta(minutes=1)
SINCE = NOON - timedelta(minutes=10)


class CloudWatch:
    """Answers GetMetricData with one value at every period, and keeps what it was asked."""

    def __init__(self, stubbed, value=1.0):
        self.calls = []
        self.value = value
        stubbed.client("cloudwatch").meta.events.register("provide-client-params.cloudwatch.GetMetricData", self.see)
        self.stub = stubbed.stub("cloudwatch")

    def see(self, params, **_):
        self.calls.append(params)

    def answers(self, times=1, **points):
        """points: id of a query -> its (minutes after 11:50, value)."""
        for _ in range(times):
            results = [
                {
                    "Id": name,
                    "StatusCode": "Complete",
                    "Timestamps": [SINCE + MINUTE * after for after, _ in given],
                    "Values": [value for _, value in given],
                }
                for name, given in points.items()
            ]
            self.stub.add_response("get_metric_data", {"MetricDataResults": results})

    def spans(self):
        return [(call["StartTime"], call["EndTime"]) for call in self.calls]


@pytest.fixture
def cloudwatch(aws):
    return CloudWatch(aws)


@pytest.fixture
def live(aws, clock) -> Measured:
    return LiveMeasured(aws.account, now=clock)


def test_a_metric_is_asked_for_as_an_alarm_would(cloudwatch, live):
    cloudwatch.answers(q0=[(0, 12.0), (1, 15.5)])
    found = live.statistics(latency("orders", "GetItem"), SINCE + timedelta(seconds=40), NOON)
    assert found == {SINCE: 12.0, SINCE + MINUTE: 15.5}
    [call] = cloudwatch.calls
    [query] = call["MetricDataQueries"]
    assert query["MetricStat"] == {
        "Metric": {
            "Namespace": "AWS/DynamoDB",
            "MetricName": "SuccessfulRequestLatency",
            "Dimensions": [{"Name": "Operation", "Value": "GetItem"}, {"Name": "TableName", "Value": "orders"}],
        },
        "Period": 60,
        "Stat": "p99",
    }
    assert (call["StartTime"], call["EndTime"], call["ScanBy"]) == (SINCE, NOON, "TimestampAscending")


def test_counts_are_sample_counts(cloudwatch, live):
    cloudwatch.answers(q0=[(0, 120.0)])
    assert live.counts(latency("orders", "GetItem"), SINCE, NOON) == {SINCE: 120}
    assert cloudwatch.calls[0]["MetricDataQueries"][0]["MetricStat"]["Stat"] == "SampleCount"


def test_the_last_period_is_a_full_one(cloudwatch, live):
    """GetMetricData answers periods that begin before its end, and 10 minutes hold three of 3."""
    cloudwatch.answers(q0=[(0, 1.0), (3, 2.0), (6, 3.0), (9, 4.0)])
    found = live.statistics(throttled_requests("orders", "Query"), SINCE, NOON, 180)
    assert list(found.values()) == [1.0, 2.0, 3.0]


def test_many_series_take_one_call_and_are_answered_from_memory(cloudwatch, live):
    operations = ("GetItem", "Query", "PutItem")
    metrics = [throttled_requests("orders", operation) for operation in operations]
    cloudwatch.answers(q0=[(0, 1.0)], q1=[(0, 2.0)], q2=[])
    live.load(metrics, SINCE, NOON)
    total = Expression("FILL(a,0) + FILL(b,0) + 0*c", dict(zip("abc", metrics, strict=True)))
    assert series_of(total, live, SINCE, NOON)[SINCE] == 3.0
    assert len(cloudwatch.calls) == 1
    assert live.asked == 3


def test_different_periods_share_a_call(cloudwatch, live):
    cloudwatch.answers(q0=[(0, 1.0), (9, 1.0)], q1=[(0, 5.0)])
    live.load([consumed("orders", "Read"), consumed("orders", "Write", period_seconds=180)], SINCE, NOON)
    assert [query["MetricStat"]["Period"] for query in cloudwatch.calls[0]["MetricDataQueries"]] == [60, 180]
    assert live.statistics(consumed("orders", "Write", period_seconds=180), SINCE, NOON) == {SINCE: 5.0}


@pytest.mark.parametrize(
    ("count", "span", "sizes"),
    [
        (1001, timedelta(hours=1), [500, 500, 1]),
        (12, timedelta(days=14), [5, 5, 2]),
        (2, timedelta(days=14, hours=23), [2]),
    ],
)
def test_a_call_holds_500_queries_and_100_800_points(cloudwatch, live, count, span, sizes):
    """CloudWatch user guide, "CloudWatch service quotas". 14 days by the minute are 20,160 points."""
    for size in sizes:
        cloudwatch.answers(**{f"q{number}": [] for number in range(size)})
    live.load([Metric("Shop", f"m{number}") for number in range(count)], NOON - span, NOON)
    assert [len(call["MetricDataQueries"]) for call in cloudwatch.calls] == sizes


def test_pages_are_put_together(cloudwatch, live):
    for after, more in ((0, {"NextToken": "more"}), (5, {})):
        result = {"Id": "q0", "StatusCode": "Complete", "Timestamps": [SINCE + MINUTE * after], "Values": [float(after)]}
        cloudwatch.stub.add_response("get_metric_data", {"MetricDataResults": [result], **more})
    found = live.statistics(consumed("orders", "Read"), SINCE, NOON)
    assert list(found.values()) == [0.0, 5.0]
    assert cloudwatch.calls[1]["NextToken"] == "more"


def test_a_refresh_asks_for_young_points_only(cloudwatch, live, clock):
    """A page of an hour, drawn again a minute later."""
    metric = consumed("orders", "Read")
    hour = timedelta(hours=1)
    cloudwatch.answers(q0=[(0, 1.0), (8, 2.0)])
    live.statistics(metric, NOON - hour, NOON)
    clock.passes(minutes=1)
    cloudwatch.answers(q0=[(8, 7.0), (10, 8.0)])
    found = live.statistics(metric, NOON - hour + MINUTE, NOON + MINUTE)
    assert cloudwatch.spans() == [(NOON - hour, NOON), (NOON - 5 * MINUTE, NOON + MINUTE)]
    assert list(found.values()) == [1.0, 7.0, 8.0]


def test_within_seconds_nothing_is_asked_again(cloudwatch, live, clock):
    cloudwatch.answers(q0=[(0, 1.0)])
    for _ in range(2):
        assert live.statistics(consumed("orders", "Read"), SINCE, NOON) == {SINCE: 1.0}
        clock.passes(seconds=20)
    assert len(cloudwatch.calls) == 1


def test_what_lies_before_or_beyond_is_asked_for(cloudwatch, live):
    hour = timedelta(hours=1)
    cloudwatch.answers(2, q0=[])
    live.statistics(consumed("orders", "Read"), NOON - 2 * hour, NOON - hour)
    live.statistics(consumed("orders", "Read"), NOON - 3 * hour, NOON - hour)
    assert cloudwatch.spans()[1] == (NOON - 3 * hour, NOON - hour)


def test_minutes_older_than_15_days_are_not_asked_for(cloudwatch, live):
    """CloudWatch would answer nothing at all (API reference, MetricStat, Period)."""
    cloudwatch.answers(q0=[])
    live.statistics(consumed("orders", "Read"), NOON - timedelta(days=20), NOON)
    [(start, end)] = cloudwatch.spans()
    assert NOON - timedelta(days=15) < start <= NOON - timedelta(days=14, hours=23)
    assert end == NOON
    assert live.statistics(consumed("orders", "Read"), NOON - timedelta(days=20), NOON - timedelta(days=16)) == {}
    assert len(cloudwatch.calls) == 1


def test_five_minutes_are_kept_for_63_days_and_begin_where_cloudwatch_rounds(cloudwatch, live):
    """API reference, GetMetricData, StartTime: 12:32:34 becomes 12:30:00 between 15 and 63 days ago."""
    start = NOON - timedelta(days=20, minutes=28)
    at = start - 2 * MINUTE
    result = {"Id": "q0", "StatusCode": "Complete", "Timestamps": [at], "Values": [3.0]}
    cloudwatch.stub.add_response("get_metric_data", {"MetricDataResults": [result]})
    assert live.statistics(consumed("orders", "Read"), start, NOON, 300) == {at: 3.0}
    assert cloudwatch.spans()[0][0] == at


def unanswered(status):
    return {"MetricDataResults": [{"Id": "q0", "StatusCode": status, "Messages": [{"Code": "Oops", "Value": "try again"}]}]}


def test_a_passing_failure_is_asked_again(cloudwatch, live):
    """API reference, MetricDataResult: "InternalError indicates that an error occurred. Retry your request"."""
    for _ in range(2):
        cloudwatch.stub.add_response("get_metric_data", unanswered("InternalError"))
    cloudwatch.answers(q0=[(0, 1.0)])
    assert live.statistics(consumed("orders", "Read"), SINCE, NOON) == {SINCE: 1.0}


@pytest.mark.parametrize(("status", "times"), [("InternalError", 3), ("Forbidden", 1)])
def test_an_answer_that_is_none_is_an_error(cloudwatch, live, status, times):
    for _ in range(times):
        cloudwatch.stub.add_response("get_metric_data", unanswered(status))
    with pytest.raises(CallRefused, match=rf"refused-call: cloudwatch:GetMetricData: try again \({status}\)"):
        live.statistics(consumed("orders", "Read"), SINCE, NOON)


def test_series_are_listed_by_the_names_of_the_stack(aws, clock):
    deployed = named(stack_of(), {Ref("table"): "orders", Ref("function:api"): "api-1", Ref("queue:order-events"): "parked"})
    wanted = [
        ("AWS/DynamoDB", "TableName", "orders"),
        ("AWS/Lambda", "FunctionName", "api-1"),
        ("AWS/Lambda", "FunctionName", deployed.functions[1].name),
        ("AWS/Lambda", "EventSourceMappingUUID", deployed.streams[0].mapping),
        ("AWS/SQS", "QueueName", "parked"),
    ]
    for namespace, dimension, name in wanted:
        dimensions = [{"Name": dimension, "Value": name}]
        metric = {"Namespace": namespace, "MetricName": "Any", "Dimensions": dimensions}
        aws.stub("cloudwatch").add_response("list_metrics", {"Metrics": [metric]}, {"Namespace": namespace, "Dimensions": dimensions})
    listed = LiveMeasured(aws.account, deployed, now=clock).metrics()
    assert sorted(listed, key=str) == sorted(((space, "Any", {dimension: name}) for space, dimension, name in wanted), key=str)


def test_series_are_listed_again_when_new_ones_may_be_there(aws, clock):
    """After up to 15 minutes (API reference, ListMetrics)."""
    table = replace(named(stack_of(streams=False)), functions=())
    live = LiveMeasured(aws.account, table, now=clock)
    for names in (["Old"], ["New", "Old"]):
        metrics = [{"Namespace": "AWS/DynamoDB", "MetricName": name, "Dimensions": []} for name in names]
        aws.stub("cloudwatch").add_response("list_metrics", {"Metrics": metrics})
    assert [name for _, name, _ in live.metrics()] == [name for _, name, _ in live.metrics()] == ["Old"]
    clock.passes(minutes=15)
    assert [name for _, name, _ in live.metrics()] == ["New", "Old"]


def test_metrics_of_patterns_are_listed_where_functions_publish_them(aws, clock):
    stack = named(stack_of(streams=False))
    publishing = replace(stack, functions=tuple(replace(each, pattern_metrics=True) for each in stack.functions))
    asked = []
    aws.client("cloudwatch").meta.events.register(
        "provide-client-params.cloudwatch.ListMetrics", lambda params, **_: asked.append((params["Namespace"], params["Dimensions"]))
    )
    for _ in range(3):
        aws.stub("cloudwatch").add_response("list_metrics", {"Metrics": []})
    LiveMeasured(aws.account, publishing, now=clock).metrics()
    assert asked[-1] == (metered.NAMESPACE, [{"Name": "TableName", "Value": stack.table.name}])


def test_an_account_answers_what_it_measured():
    """The embedded AWS measures by the catalogue: every alarm of a stack sees there what it sees of the measurements themselves."""
    clock = HandClock(NOON)
    with EmbeddedAws(clock) as embedded:
        stack = named(stack_of())
        weather = Weather(stack, embedded.samples, Random(1))
        for minute in range(120):
            weather.record(NOON - timedelta(minutes=120 - minute), Minute())
        live = LiveMeasured(Account(embedded.client, "eu-west-1"), stack, now=clock.now)
        alarms = alarms_for(stack)
        metrics = [metric for alarm in alarms for metric in alarm.metrics.values()]
        live.load(metrics, NOON - timedelta(minutes=120), NOON)
        for metric in metrics:
            span = NOON - timedelta(minutes=120), NOON
            assert live.statistics(metric, *span) == pytest.approx(dict(embedded.samples.statistics(metric, *span))), metric.name
        for alarm in alarms:
            assert evaluate(alarm, live, NOON).state == evaluate(alarm, embedded.samples, NOON).state, alarm.name
        assert live.metrics() == [series for series in embedded.samples.metrics() if series[2]]
