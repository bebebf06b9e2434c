"""Each rule: an alarm that is right, one thing broken, and exactly that found. What is expected stands in AWS's pages, named at each rule."""

import pytest

from monitoring.alarms import LONGEST_DESCRIPTION
from monitoring.lint import RULES, lint
from monitoring.names import Ref
from tests.monitoring.lint.samples import PLACE, TOPIC, composite, dynamodb, formula, found, given, ours, request_of, stat

TABLE = {"TableName": "orders"}
QUERY = {"TableName": "orders", "Operation": "Query"}
ANCHOR = stat("ConsumedWriteCapacityUnits", TABLE)
LATENCY = "SuccessfulRequestLatency"


def anchored(metric, dimensions=None, text="FILL(m,0) + 0*c", **changes):
    return formula(text, {"m": stat(metric, dimensions or TABLE), "c": ANCHOR}, **changes)


def function(metric, statistic, threshold, comparison="GreaterThanThreshold"):
    """An alarm on a metric of a Lambda function."""
    named = [{"Name": "FunctionName", "Value": "api"}]
    changes = {"Statistic": statistic, "Threshold": threshold, "ComparisonOperator": comparison}
    return request_of(Namespace="AWS/Lambda", MetricName=metric, Dimensions=named, **changes)


def many(count):
    metrics = {f"m{number}": stat("Failures", {"Shop": str(number)}, namespace="Shop") for number in range(count)}
    return formula(" + ".join(metrics), metrics)


def query(place, **changes):
    """A formula with one of its queries changed; None takes a part away."""
    request = ours()
    request["Metrics"][place] = {name: value for name, value in (request["Metrics"][place] | changes).items() if value is not None}
    return request


CASES = {
    # rule: (alarm, severity, what the sentence says)
    "throttled requests by table": ("impossible-dimensions", dynamodb("ThrottledRequests"), "ThrottledRequests by TableName has no data"),
    "system errors by table": ("impossible-dimensions", dynamodb("SystemErrors"), "it exists by TableName + Operation"),
    "latency by table": ("impossible-dimensions", dynamodb(LATENCY, Statistic=None, ExtendedStatistic="p99"), "TableName + Operation"),
    "user errors by table": ("impossible-dimensions", dynamodb("UserErrors"), "no dimension at all"),
    "misspelt index": (
        "impossible-dimensions",
        dynamodb("ReadThrottleEvents", ("TableName", "GlobalSecondaryIndex")),
        "GlobalSecondaryIndex is misspelt, it is GlobalSecondaryIndexName",
    ),
    "index without table": (
        "impossible-dimensions",
        dynamodb("ReadThrottleEvents", ("GlobalSecondaryIndexName",)),
        "or TableName + Global",
    ),
    "consumed capacity by operation": (
        "impossible-dimensions",
        dynamodb("ConsumedReadCapacityUnits", ("TableName", "Operation")),
        "exists by",
    ),
    "no dimension": (
        "impossible-dimensions",
        dynamodb("ConditionalCheckFailedRequests", ()),
        "no dimension at all (account and region) has",
    ),
    "in a formula": ("impossible-dimensions", anchored("ThrottledRequests"), "m (ThrottledRequests) by TableName has no data"),
    "queue by another name": (
        "impossible-dimensions",
        request_of(Namespace="AWS/SQS", MetricName="NumberOfMessagesSent", Dimensions=[{"Name": "Queue", "Value": "orders"}]),
        "Queue is misspelt, it is QueueName",
    ),
    "function by another name": (
        "impossible-dimensions",
        request_of(Namespace="AWS/Lambda", MetricName="Errors", Dimensions=[{"Name": "functionName", "Value": "api"}]),
        "functionName is misspelt, it is FunctionName",
    ),
    "misspelt metric": ("unknown-metric", dynamodb("ReadThrottledEvents"), "nearest: ReadThrottleEvents"),
    "metric of nobody": ("unknown-metric", dynamodb("Latency99"), 'AWS/DynamoDB has no metric "Latency99"; there are '),
    "metric in the singular": (
        "unknown-metric",
        request_of(Namespace="AWS/Lambda", MetricName="Error", Dimensions=[{"Name": "FunctionName", "Value": "api"}]),
        "nearest: Errors",
    ),
    "misspelt operation": (
        "unknown-operation",
        formula("FILL(m,0) + 0*c", {"m": stat("ThrottledRequests", TABLE | {"Operation": "TransactWriteItem"}), "c": ANCHOR}),
        "nearest: TransactWriteItems",
    ),
    "unit": ("wrong-unit", dynamodb("TransactionConflict", Unit="Seconds"), "in Count, never in Seconds"),
    "index metric of old": (
        "always-zero",
        dynamodb("OnlineIndexThrottleEvents", ("TableName", "GlobalSecondaryIndexName"), Period=300),
        "show 0",
    ),
    "requests as sample count": (
        "consumed-sample-count",
        dynamodb("ConsumedReadCapacityUnits", Statistic="SampleCount"),
        "not how many requests",
    ),
    "no period": ("impossible-period", request_of(Period=90), "a period of 90 s"),
    "fast period": ("high-resolution-period", dynamodb("ConsumedReadCapacityUnits", Period=10), "a point every 60 s at most"),
    "sparse metric": ("sparse-period", dynamodb("AccountMaxReads", (), Statistic="Maximum"), "4 of 5 of its periods"),
    "sparse metric in a formula": (
        "sparse-period",
        formula(
            "100*(c/PERIOD(c))/p",
            {"c": stat("ConsumedReadCapacityUnits", TABLE), "p": stat("ProvisionedReadCapacityUnits", TABLE, statistic="Average")},
        ),
        "p (ProvisionedReadCapacityUnits)",
    ),
    "no statistic": ("impossible-statistic", request_of(Statistic=None, ExtendedStatistic="median"), '"median"'),
    "mean of ones": (
        "useless-statistic",
        request_of(
            Namespace="AWS/SQS",
            MetricName="ApproximateNumberOfMessagesVisible",
            Dimensions=[{"Name": "QueueName", "Value": "q"}],
            Threshold=100.0,
        ),
        "Sum of ApproximateNumberOfMessagesVisible says little",
    ),
    "mean of errors above one": ("unreachable-threshold", function("Errors", "Average", 1.0), "its Average is at most 1 and never above 1"),
    "at least two throttles": (
        "unreachable-threshold",
        function("Throttles", "Maximum", 2.0, "GreaterThanOrEqualToThreshold"),
        "its Maximum is at most 1 and never at least 2",
    ),
    "percentile of errors among metrics": (
        "unreachable-threshold",
        request_of(
            Metrics=[{"Id": "m", "MetricStat": stat("Errors", {"FunctionName": "api"}, namespace="AWS/Lambda", statistic="p99")}],
            Threshold=5.0,
            **dict.fromkeys(("Namespace", "MetricName", "Dimensions", "Statistic", "Period")),
        ),
        "m (Errors) is 0 or 1 each time, so its p99",
    ),
    "more datapoints than periods": ("datapoints-beyond-periods", request_of(DatapointsToAlarm=6), "6 datapoints of 5 periods"),
    "more than a day": ("lookback-too-long", request_of(Period=300, EvaluationPeriods=289), "86,700 s; at most 86,400 s"),
    "more than a week": ("lookback-too-long", request_of(Period=3600, EvaluationPeriods=169), "608,400 s; at most 604,800 s"),
    "sticks": ("keeps-alarm", dynamodb("ReadThrottleEvents", TreatMissingData="missing"), "stays in ALARM until it happens again"),
    "sticks in a formula": (
        "keeps-alarm",
        formula("r + w", {"r": stat("ReadThrottleEvents", TABLE), "w": stat("WriteThrottleEvents", TABLE)}, TreatMissingData="ignore"),
        "r (ReadThrottleEvents) and w (WriteThrottleEvents) are sent only when it happens",
    ),
    "sticks elsewhere": (
        "keeps-alarm",
        request_of(
            Namespace="AWS/Lambda",
            MetricName="DeadLetterErrors",
            Dimensions=[{"Name": "FunctionName", "Value": "api"}],
            TreatMissingData="ignore",
        ),
        "missing data is ignored",
    ),
    "silence is an alarm": (
        "keeps-alarm",
        request_of(
            Namespace="AWS/Lambda",
            MetricName="DeadLetterErrors",
            Dimensions=[{"Name": "FunctionName", "Value": "api"}],
            TreatMissingData="breaching",
        ),
        "in ALARM whenever nothing happens",
    ),
    "never below one": (
        "unseen-silence",
        dynamodb("TimeToLiveDeletedItemCount", Threshold=1, ComparisonOperator="LessThanThreshold"),
        "never a value below 1",
    ),
    "late": ("late-fill", anchored("ReadThrottleEvents", EvaluationPeriods=1), "one period only"),
    "depends on missing data": ("unsettled-missing-data", dynamodb("ReadThrottleEvents"), "whether it clears"),
    "depends on missing data to fire": (
        "unsettled-missing-data",
        dynamodb("TimeToLiveDeletedItemCount", Threshold=1, ComparisonOperator="LessThanThreshold", TreatMissingData="breaching"),
        "whether it fires",
    ),
    "eleven metrics": ("too-many-metrics", many(11), "made from 11 metrics; at most 10"),
    "search": (
        "search-in-alarm",
        request_of(
            Metrics=[{"Id": "e", "Expression": "SUM(SEARCH('{Shop} MetricName=\"Failures\"', 'Sum', 60))", "ReturnData": True}],
            **dict.fromkeys(("Namespace", "MetricName", "Dimensions", "Statistic", "Period")),
        ),
        '"e" searches for metrics',
    ),
    "query beside others": (
        "search-in-alarm",
        formula("q + a", {"a": stat("Failures", {}, namespace="Shop")})
        | {
            "Metrics": [
                {"Id": "q", "Expression": 'SELECT SUM(Failures) FROM "Shop"', "Period": 60, "ReturnData": False},
                {"Id": "q2", "Expression": 'SELECT SUM(Calls) FROM "Shop"', "Period": 60, "ReturnData": True},
            ]
        },
        "beside others",
    ),
    "two periods": (
        "mixed-periods",
        formula("a/b", {"a": stat("A", {}, namespace="Shop"), "b": stat("B", {}, namespace="Shop", period=300)}),
        "periods of 60, 300 s",
    ),
    "capital id": ("invalid-id", query(2, Id="Rate"), '"Rate" is no id'),
    "two of one id": (
        "duplicate-id",
        formula("a/b", {"a": stat("A", {}, namespace="Shop"), "b": stat("B", {}, namespace="Shop")}),
        'the id "a" is given 2 times',
    ),
    "dangling id": ("dangling-id", query(2, Expression="100*a/bb"), '"e" asks for "bb"'),
    "nothing returned": ("returned-queries", query(2, ReturnData=False), "0 of its 3 queries return data"),
    "two returned": ("returned-queries", query(0, ReturnData=True), "2 of its 3 queries return data"),
    "all returned by default": ("returned-queries", query(0, ReturnData=None), "2 of its 3 queries return data"),
    "unknown metric of a queue": (
        "unknown-metric",
        request_of(Namespace="AWS/SQS", MetricName="MessagesBurnt", Dimensions=[{"Name": "QueueName", "Value": "orders"}]),
        'AWS/SQS has no metric "MessagesBurnt"; there are ApproximateNumberOfMessagesVisible',
    ),
    "open parenthesis": ("invalid-formula", query(2, Expression="100*(a/b"), '")" was expected'),
    "no such function": ("invalid-formula", query(2, Expression="FIL(a,0)/b"), "there is no function FIL; nearest: FILL"),
    "a list": ("not-one-series", query(2, Expression="[a,b]"), "a list of series"),
    "a number": ("not-one-series", query(2, Expression="SUM(a)/AVG(b)"), "a number"),
    "unused": ("unused-query", query(2, Expression="100*a"), "b (Calls) is paid for and in no formula"),
    "rule that ends": ("invalid-rule", composite("ALARM(orders) AND"), "cannot be read"),
    "rule of an unknown alarm": ("missing-child", composite("ALARM(gone)"), 'asks for "gone", which is not among the alarms given'),
    "rule of a misspelt alarm": (
        "misspelt-child",
        composite('ALARM("ordres")'),
        'asks for "ordres", which is not among the alarms given; nearest: orders',
    ),
    "long rule": ("rule-too-long", composite(" OR ".join(["ALARM(orders)"] * 400) + " " * 10_240), "at most 10,240"),
    "many elements": ("too-many-children", composite(" OR ".join(["ALARM(orders)"] * 501)), "501 elements; at most 500"),
    "itself": ("composite-cycle", composite("ALARM(orders) OR OK(any)"), "any -> any"),
    "suppressor alone": (
        "suppressor-periods",
        composite("ALARM(orders)", ActionsSuppressor="deploying"),
        "lacks ActionsSuppressorWaitPeriod and",
    ),
    "no comparison": ("malformed-alarm", request_of(ComparisonOperator=None), "ComparisonOperator is missing"),
    "unknown comparison": ("malformed-alarm", request_of(ComparisonOperator=">"), 'ComparisonOperator ">" is none of GreaterThanThreshold'),
    "unknown treatment": ("malformed-alarm", request_of(TreatMissingData="notbreaching"), 'TreatMissingData "notbreaching" is none of'),
    "no threshold": ("malformed-alarm", request_of(Threshold=None), "Threshold is missing"),
    "no periods": ("malformed-alarm", request_of(EvaluationPeriods=None, DatapointsToAlarm=None), "EvaluationPeriods is missing"),
    "two statistics": ("malformed-alarm", request_of(ExtendedStatistic="p99"), "both of Statistic and ExtendedStatistic"),
    "percentile in the wrong place": ("malformed-alarm", request_of(Statistic="p99"), 'Statistic "p99" is none of'),
    "metric beside formula": ("malformed-alarm", ours(Period=60), "Period beside Metrics"),
    "nothing to watch": (
        "malformed-alarm",
        request_of(MetricName=None, Namespace=None, Dimensions=None, Statistic=None, Period=None),
        "watches nothing",
    ),
    "dimension without value": (
        "malformed-alarm",
        request_of(Dimensions=[{"Name": "Stage", "Value": ""}]),
        "the dimension Stage of Failures has no value",
    ),
    "query without metric": ("malformed-alarm", query(0, MetricStat=None), 'none of MetricStat and Expression of "a"'),
    "long name": ("name-too-long", request_of(AlarmName="n" * 256), "256 characters; at most 255"),
    "long description": (
        "description-too-long",
        request_of(AlarmDescription="d" * (LONGEST_DESCRIPTION + 1)),
        "1025 characters; at most 1024",
    ),
    "six actions": ("too-many-actions", request_of(AlarmActions=[TOPIC] * 6), "6 AlarmActions; at most 5"),
    "nobody": ("no-action", request_of(AlarmActions=None), "it tells nobody"),
    "switched off": ("actions-off", request_of(ActionsEnabled=False), "switched off"),
}
CASES["two of one id"][1]["Metrics"][1]["Id"] = "a"
CASES["two of one id"][1]["Metrics"][2]["Expression"] = "2*a"


@pytest.mark.parametrize("case", CASES)
def test_a_broken_alarm_is_found_and_nothing_else_is_said(case: str) -> None:
    code, request, sentence = CASES[case]
    others = [] if request.get("AlarmName") == "orders" else [request_of(), request_of(AlarmName="deploying")]
    reviewed = lint([given(request), *map(given, others)])
    assert [(each.alarm.request, finding.rule.code) for each in reviewed for finding in each.findings] == [(request, code)]
    assert sentence in reviewed[0].findings[0].message


@pytest.mark.parametrize(
    "request_",
    [
        function("Errors", "Average", 0.99),
        function("Errors", "Average", 1.0, "GreaterThanOrEqualToThreshold"),
        function("Errors", "Sum", 1.0),
        function("Errors", "SampleCount", 100.0),
        function("Duration", "Average", 3000.0),
    ],
)
def test_a_threshold_that_can_be_passed_accuses_nobody(request_) -> None:
    """Lambda developer guide, Types of metrics for Lambda functions: invocation metrics are 0 or 1 for each invocation."""
    assert found(request_) == []


@pytest.mark.parametrize(
    ("namespace", "metric"), [("AWS/Lambda", "DurableExecutionStarted"), ("AWS/SNS", "NumberOfReplayedNotificationsDelivered")]
)
def test_a_metric_that_may_stand_on_another_page_accuses_nobody(namespace: str, metric: str) -> None:
    """Metrics of functions and topics are documented on many pages, and the catalogue does not have them all."""
    assert found(request_of(Namespace=namespace, MetricName=metric)) == []


def test_every_rule_has_a_case() -> None:
    assert {code for code, _, _ in CASES.values()} == {rule.code for rule in RULES}


def test_codes_are_unique_plain_words() -> None:
    codes = [rule.code for rule in RULES]
    assert len(set(codes)) == len(codes)
    assert all(word.isalpha() and word.islower() for code in codes for word in code.split("-"))


# --- severities that depend on what is around


def test_a_missing_child_is_an_error_only_where_every_alarm_is_known() -> None:
    for name, code, partly in (("gone", "missing-child", "note"), ("order", "misspelt-child", "warning")):
        alarms = (composite(f"ALARM({name})"), request_of())
        assert found(*alarms) == [("any", partly, code)]
        assert found(*alarms, whole=True) == [("any", "error", code)]


def test_an_alarm_with_an_error_is_not_judged_further() -> None:
    broken = dynamodb("ReadThrottleEvents", ("TableName", "Index"), TreatMissingData="missing", AlarmActions=None)
    assert found(broken) == [("orders", "error", "impossible-dimensions")]


def test_a_child_of_a_composite_needs_no_action() -> None:
    assert found(composite("ALARM(orders)"), request_of(AlarmActions=None)) == []
    assert found({**composite(""), "AlarmRule": Ref("Sub ALARM(${Orders})")}, request_of(AlarmActions=None)) == []


def test_the_worst_alarm_comes_first_and_the_others_keep_their_order() -> None:
    note, warning, error = (
        request_of(AlarmName="c", AlarmActions=None),
        dynamodb("ReadThrottleEvents", TreatMissingData="missing", AlarmName="b"),
        dynamodb("SystemErrors", AlarmName="a"),
    )
    assert [name for name, _, _ in found(note, warning, error, {**warning, "AlarmName": "d"})] == ["a", "b", "d", "c"]


def test_one_rule_speaks_once_of_an_alarm_and_counts_the_rest() -> None:
    metrics = {f"m{number}": stat("ThrottledRequests", TABLE | {"X": str(number)}) for number in range(5)}
    [reviewed] = lint([given(formula(" + ".join(metrics), metrics))])
    [finding] = reviewed.findings
    assert finding.message.count("has no data") == 3
    assert finding.message.endswith("; and 2 more")


@pytest.mark.parametrize(
    ("missing", "codes"), [("missing", ["keeps-alarm"]), ("breaching", ["keeps-alarm"]), ("notBreaching", ["unsettled-missing-data"])]
)
def test_dynamodb_ignores_missing_data_whatever_is_configured(missing: str, codes: list[str]) -> None:
    """CloudWatch API reference, PutMetricAlarm: TreatMissingData."""
    assert [code for _, _, code in found(dynamodb("WriteThrottleEvents", TreatMissingData=missing))] == codes


def test_what_is_always_sent_keeps_a_sum_alive() -> None:
    """Arithmetic counts a missing value as 0 where the other side has one."""
    assert found(anchored("ReadThrottleEvents", text="m + 0*c", TreatMissingData="missing")) == []


def test_a_place_is_where_it_was_given() -> None:
    [reviewed] = lint([given(dynamodb("SystemErrors"))])
    assert reviewed.alarm.place == PLACE
