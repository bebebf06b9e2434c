"""Alarms as others wrote them: by names that only deployment knows, too."""

import json

import pytest

from monitoring import Ref, refs_in, resolve
from monitoring.backtest import backtest, generated, read_alarms
from monitoring.scenarios import SCENARIOS, named, play
from tests.monitoring.scenarios.conftest import MONDAY

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""What Pulumi's engine writes for a text that a preview does not know (pulumi/pulumi, sdk/go/common/resource/plugin/rpc.go)."""

OURS = ("TableName", "FunctionName", "EventSourceMappingUUID", "QueueName")


def previewed(alarm):
    """An alarm of the recipes, as `pulumi preview --json` of a first deployment has it: no name of its own resources is known."""
    request = alarm.request()

    def kept(found):
        return {each["Name"]: UNKNOWN if each["Name"] in OURS else each["Value"] for each in found}

    inputs = {
        "name": request["AlarmName"],
        "comparisonOperator": request["ComparisonOperator"],
        "threshold": request["Threshold"],
        "evaluationPeriods": request["EvaluationPeriods"],
        "datapointsToAlarm": request["DatapointsToAlarm"],
        "treatMissingData": request["TreatMissingData"],
        "alarmActions": [UNKNOWN],
    }
    if "Metrics" in request:
        inputs["metricQueries"] = [
            {
                "id": query["Id"],
                "returnData": query["ReturnData"],
                **({"expression": query["Expression"]} if "Expression" in query else {}),
                **({"metric": metric(query["MetricStat"], kept)} if "MetricStat" in query else {}),
            }
            for query in request["Metrics"]
        ]
    else:
        inputs |= {
            "namespace": request["Namespace"],
            "metricName": request["MetricName"],
            "dimensions": kept(request["Dimensions"]),
            "statistic": request["Statistic"],
            "period": request["Period"],
        }
    urn = f"urn:pulumi:dev::shop::aws:cloudwatch/metricAlarm:MetricAlarm::{request['AlarmName']}"
    return {"op": "create", "urn": urn, "newState": {"urn": urn, "type": "aws:cloudwatch/metricAlarm:MetricAlarm", "inputs": inputs}}


def metric(stat, kept):
    found = stat["Metric"]
    return {
        "namespace": found["Namespace"],
        "metricName": found["MetricName"],
        "dimensions": kept(found["Dimensions"]),
        "stat": stat["Stat"],
        "period": stat["Period"],
    }


@pytest.fixture
def preview(shop, tmp_path):
    file = tmp_path / "preview.json"
    file.write_text(json.dumps({"steps": [previewed(alarm) for alarm in generated(shop).metric]}))
    return str(file)


def test_the_preview_of_a_first_deployment_is_tested_as_the_stack_itself(shop, preview):
    alarms = read_alarms(preview, shop)
    assert not alarms.unjudged
    assert {alarm.name for alarm in alarms.metric} == {alarm.name for alarm in generated(shop).metric}
    played = play(SCENARIOS["poison-record"], shop, MONDAY)
    seen = [
        sorted((each.alarm.name, each.fired, each.cleared) for each in backtest(played, found).firings)
        for found in (alarms, generated(played.stack))
    ]
    assert seen[0] == seen[1] != []


def test_without_a_stack_nothing_can_be_said_of_them(preview):
    alarms = read_alarms(preview)
    assert alarms.metric == ()
    assert set(alarms.unjudged.values()) == {"parts of it are known only after deployment"}


def test_names_that_the_file_knows_are_used_for_those_that_it_does_not(shop, tmp_path):
    """An update: the table is there, the function of an alarm is new."""
    first = named(shop, {Ref("table"): "orders-1"})
    known = next(
        alarm for alarm in generated(first).metric if set(alarm.metrics["c" if "c" in alarm.metrics else "m"].dimensions) == {"TableName"}
    )
    file = tmp_path / "alarms.json"
    unknown = previewed(generated(shop).metric[0])
    told = previewed(known)
    told["newState"]["inputs"] = json.loads(json.dumps(told["newState"]["inputs"]).replace(UNKNOWN, "orders-1")) | {"alarmActions": []}
    told["newState"]["inputs"]["name"] = "known"
    told["urn"] = told["newState"]["urn"] = told["urn"] + "-known"
    file.write_text(json.dumps({"steps": [unknown, told]}))
    tables = {metric.dimensions.get("TableName") for alarm in read_alarms(str(file), shop).metric for metric in alarm.metrics.values()}
    assert tables == {"orders-1"}


@pytest.mark.parametrize(
    "members",
    [
        {"EvaluationWindow": {"WallClockWindow": {"Timezone": "UTC"}}},
        {"EvaluationCriteria": {"PromQLCriteria": {"Query": "up == 0"}}},
    ],
)
def test_an_alarm_of_another_kind_is_listed_as_not_judged_and_not_as_impossible(shop, tmp_path, members):
    request = resolve(generated(shop).metric[0].request(), dict.fromkeys(refs_in(generated(shop).metric[0].request()), "orders"))
    file = tmp_path / "alarms.json"
    file.write_text(json.dumps({"MetricAlarms": [{**request, **members}]}))
    alarms = read_alarms(str(file), shop)
    assert list(alarms.unjudged) == [request["AlarmName"]]
    assert (alarms.metric, alarms.impossible) == ((), {})
