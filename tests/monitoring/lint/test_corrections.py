"""What is put in the place of a broken alarm: right by every rule, by botocore's model of the request, and by this project's own alarms."""

import boto3
import pytest
from botocore.exceptions import ParamValidationError
from botocore.stub import Stubber

from monitoring import Alarm, CompositeAlarm
from monitoring.lint import lint
from monitoring.lint.output.report import plain
from tests.monitoring.lint.samples import composite, dynamodb, formula, given, request_of, stat
from tests.monitoring.lint.test_rules import CASES, function

CLIENT = boto3.client("cloudwatch", region_name="eu-west-1", aws_access_key_id="any", aws_secret_access_key="any")
WITHOUT = {
    "impossible-dimensions": ["index without table", "no dimension", "in a formula"],
    "unknown-metric": ["metric of nobody", "unknown metric of a queue"],
    "search-in-alarm": ["search", "query beside others"],
    "invalid-id": ["capital id"],
    "duplicate-id": ["two of one id"],
    "dangling-id": ["dangling id"],
    "invalid-formula": ["open parenthesis", "no such function"],
    "not-one-series": ["a list", "a number"],
    "impossible-statistic": ["no statistic"],
    "invalid-rule": ["rule that ends"],
    "rule-too-long": ["long rule"],
    "too-many-children": ["many elements"],
    "composite-cycle": ["itself"],
    "missing-child": ["rule of an unknown alarm"],
    "malformed-alarm": [name for name, (code, _, _) in CASES.items() if code == "malformed-alarm"],
    "too-many-actions": ["six actions"],
    "no-action": ["nobody"],
}
"""Rule -> cases of it where what was meant cannot be known."""
MENDED = [name for name, (code, _, _) in CASES.items() if name not in WITHOUT.get(code, ())]


def corrected(request, *others):
    reviewed = lint([given(request), *map(given, others)])
    [found] = [each for each in reviewed if each.alarm.request is request]
    return found.corrected


def context(request):
    return [] if request.get("AlarmName") == "orders" else [request_of(), request_of(AlarmName="deploying")]


def validated(request):
    """Raises ParamValidationError for what botocore's service model does not know."""
    operation = "put_composite_alarm" if "AlarmRule" in request else "put_metric_alarm"
    with Stubber(CLIENT) as stubber:
        stubber.add_response(operation, {})
        getattr(CLIENT, operation)(**request)


@pytest.mark.parametrize("case", MENDED)
def test_what_is_corrected_breaks_no_rule(case):
    _, request, _ = CASES[case]
    others = context(request)
    found = corrected(request, *others)
    assert found
    left = [finding for each in lint([*map(given, found), *map(given, others)]) for finding in each.findings]
    assert [finding.rule.code for finding in left if finding.level != "note"] == []
    for each in found:
        validated(plain(each))
        (CompositeAlarm if "AlarmRule" in each else Alarm).from_request(each)


@pytest.mark.parametrize("case", [name for names in WITHOUT.values() for name in names])
def test_where_it_cannot_be_derived_nothing_is_put_in_its_place(case):
    _, request, _ = CASES[case]
    assert corrected(request, *context(request)) == ()


def test_the_model_would_object():
    with pytest.raises(ParamValidationError):
        validated({"AlarmName": "x", "Severity": "page"})


def test_no_mean_of_zeros_and_ones_above_one_is_put_in_the_place_of_a_broken_alarm():
    """It was broken in another way as well: mended in that alone, it could still never fire."""
    [found] = corrected(function("Error", "Average", 1.0))
    assert (found["MetricName"], found["Statistic"], found["Threshold"]) == ("Errors", "Sum", 1.0)
    assert found["ComparisonOperator"] == "GreaterThanThreshold"


def test_a_misspelt_index_is_spelt_and_everything_else_stays():
    request = dynamodb("WriteThrottleEvents", ("TableName", "GlobalSecondaryIndex"), AlarmDescription="GSI1", OKActions=["arn:ok"])
    request["Dimensions"][1]["Value"] = "GSI1"
    [found] = corrected(request)
    metric = found["Metrics"][0]["MetricStat"]["Metric"]
    assert metric["Dimensions"] == [{"Name": "TableName", "Value": "orders"}, {"Name": "GlobalSecondaryIndexName", "Value": "GSI1"}]
    same = (
        "AlarmName",
        "AlarmDescription",
        "AlarmActions",
        "OKActions",
        "Threshold",
        "ComparisonOperator",
        "EvaluationPeriods",
        "DatapointsToAlarm",
    )
    assert {name: found[name] for name in same} == {name: request[name] for name in same}


def test_user_errors_lose_their_table():
    [found] = corrected(dynamodb("UserErrors"))
    assert "Dimensions" not in found["Metrics"][0]["MetricStat"]["Metric"]


def test_latency_by_table_becomes_the_slowest_operation():
    [found] = corrected(dynamodb("SuccessfulRequestLatency", Statistic=None, ExtendedStatistic="p99", Threshold=50.0))
    assert found["Metrics"][-1]["Expression"].startswith("MAX([getItem, ")
    assert {query["MetricStat"]["Stat"] for query in found["Metrics"][:-1]} == {"p99"}


def test_silence_is_filled_where_it_is_waited_for():
    request = dynamodb("TimeToLiveDeletedItemCount", Threshold=1, ComparisonOperator="LessThanThreshold", Period=3600)
    [found] = corrected(request | {"EvaluationPeriods": 24, "DatapointsToAlarm": 24})
    assert found["Metrics"][-1]["Expression"] == "FILL(m,0) + 0*c"
    assert (found["DatapointsToAlarm"], found["EvaluationPeriods"]) == (24, 24)
    assert {query["MetricStat"]["Period"] for query in found["Metrics"][:-1]} == {3600}


def test_a_formula_is_filled_where_it_is_bare():
    table = {"TableName": "orders"}
    request = formula(
        "r + FILL(w,0)*0 + w", {"r": stat("ReadThrottleEvents", table), "w": stat("WriteThrottleEvents", table)}, TreatMissingData="missing"
    )
    request["Metrics"][-1]["Expression"] = "r + w"
    [found] = corrected(request)
    assert found["Metrics"][-1]["Expression"] == "FILL(r,0) + FILL(w,0)"


def test_a_longer_period_looks_back_as_long():
    request = dynamodb("AccountMaxReads", (), Statistic="Maximum", EvaluationPeriods=15, DatapointsToAlarm=10)
    [found] = corrected(request)
    assert (found["Period"], found["DatapointsToAlarm"], found["EvaluationPeriods"]) == (300, 2, 3)


def test_a_sum_over_too_many_is_split_only_where_that_means_the_same():
    metrics = {f"m{number}": stat("Failures", {"Shop": str(number)}, namespace="Shop") for number in range(12)}
    text = "SUM([" + ", ".join(metrics) + "])"
    assert [len(each["Metrics"]) - 1 for each in corrected(formula(text, metrics))] == [10, 2]
    assert corrected(formula(text, metrics, Threshold=5.0)) == ()
    assert corrected(formula(text.replace("SUM", "AVG"), metrics)) == ()


def test_several_faults_are_mended_together():
    request = dynamodb("ThrottledRequest", Unit="Bytes", Period=30, EvaluationPeriods=1, DatapointsToAlarm=3)
    [found] = corrected(request)
    assert {query["MetricStat"]["Metric"]["MetricName"] for query in found["Metrics"][:-2]} == {"ThrottledRequests"}
    assert {query["MetricStat"]["Period"] for query in found["Metrics"][:-1]} == {60}
    assert all("Unit" not in query["MetricStat"] for query in found["Metrics"][:-1])


def test_a_rule_gets_the_name_that_was_meant():
    [found] = corrected(composite("ALARM(ordres) AND NOT ALARM(deploying)"), request_of(), request_of(AlarmName="deploying"))
    assert found["AlarmRule"] == 'ALARM("orders") AND NOT ALARM(deploying)'
