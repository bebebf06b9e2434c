"""From what tools write to what PutMetricAlarm takes."""

import json

import pytest

from monitoring.lint import FORMATS, InputError, read_file, read_text
from monitoring.lint.readers import provider
from monitoring.names import Ref
from tests.monitoring.lint.samples import ours, request_of, stat

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


def only(value, file="alarms.json", format_name=None):
    [alarm] = read_text(value if isinstance(value, str) else json.dumps(value, indent=1), file, format_name)
    return alarm


# --- DescribeAlarms and requests


@pytest.mark.parametrize("wrap", [lambda alarm: {"MetricAlarms": [alarm]}, lambda alarm: [alarm], lambda alarm: alarm])
def test_an_answer_its_list_and_a_request_are_the_same(wrap):
    assert only(wrap(request_of())).request == request_of()


def test_state_and_what_is_empty_are_left_out():
    given = request_of() | {"StateValue": "OK", "AlarmArn": "arn", "OKActions": [], "AlarmDescription": "", "Unit": None}
    assert only({"MetricAlarms": [given], "CompositeAlarms": []}).request == request_of()


def test_composites_are_read_beside_metric_alarms():
    alarms = read_text(
        json.dumps({"MetricAlarms": [request_of()], "CompositeAlarms": [{"AlarmName": "any", "AlarmRule": "ALARM(orders)"}]}), "f"
    )
    assert [(alarm.label, alarm.composite, alarm.place.path) for alarm in alarms] == [
        ("orders", False, "/MetricAlarms/0"),
        ("any", True, "/CompositeAlarms/0"),
    ]


def test_an_account_without_alarms_has_none():
    assert read_text('{"MetricAlarms": [], "CompositeAlarms": []}', "f") == ()


# --- CloudFormation

TEMPLATE = """
AWSTemplateFormatVersion: 2010-09-09
Conditions:
  HasIndex: !Equals [!Ref Index, "yes"]
Resources:
  Table:
    Type: AWS::DynamoDB::Table
  Throttled:
    Type: AWS::CloudWatch::Alarm
    Properties:
      AlarmName: !Sub "${AWS::StackName}-throttled"
      AlarmDescription: !Join ["", ["a", "b"]]
      AlarmActions: [!Ref Topic, !If [HasIndex, !ImportValue Other, !Ref AWS::NoValue]]
      Namespace: AWS/DynamoDB
      MetricName: !Sub WriteThrottleEvents
      Dimensions:
        - Name: TableName
          Value: !Ref Table
        - Name: GlobalSecondaryIndexName
          Value: !GetAtt Nested.Outputs.Index
      Statistic: Sum
      Period: "60"
      EvaluationPeriods: 5
      Threshold: 0
      ComparisonOperator: GreaterThanThreshold
      TreatMissingData: !Ref AWS::NoValue
  Any:
    Type: AWS::CloudWatch::CompositeAlarm
    Properties:
      AlarmRule: !Sub "ALARM(${Throttled})"
"""


def test_short_forms_stay_symbols():
    throttled, composite = read_text(TEMPLATE, "template.yaml")
    assert throttled.label == "Throttled"
    assert (throttled.place.path, throttled.place.line) == ("/Resources/Throttled", 9)
    assert throttled.request["AlarmName"] == Ref("Sub ${AWS::StackName}-throttled")
    assert throttled.request["AlarmDescription"] == "ab"
    assert throttled.request["AlarmActions"][0] == Ref("Ref Topic")
    assert isinstance(throttled.request["AlarmActions"][1], Ref)
    assert throttled.request["MetricName"] == "WriteThrottleEvents"
    assert "TreatMissingData" not in throttled.request
    [series] = throttled.series
    assert series.dimensions == {"TableName": Ref("Ref Table"), "GlobalSecondaryIndexName": Ref("GetAtt Nested.Outputs.Index")}
    assert series.period_seconds == 60
    assert composite.request == {"AlarmRule": Ref("Sub ALARM(${Throttled})")}


def test_the_long_forms_mean_the_same():
    value = {"Resources": {"A": {"Type": "AWS::CloudWatch::Alarm", "Properties": request_of(AlarmActions=[{"Fn::GetAtt": ["T", "Arn"]}])}}}
    assert only(value).request == request_of(AlarmActions=[Ref("GetAtt T.Arn")])


def test_a_template_without_alarms_has_none():
    assert read_text("Resources: {Table: {Type: AWS::DynamoDB::Table}}", "t.yaml") == ()


# --- Terraform


def plan(values, after_unknown=None, kind="aws_cloudwatch_metric_alarm"):
    address = f"module.shop.{kind}.a"
    resource = {"address": address, "mode": "managed", "type": kind, "name": "a", "values": values}
    inner = {"address": "module.shop", "resources": [resource], "child_modules": []}
    changes = [{"address": address, "change": {"actions": ["create"], "after_unknown": after_unknown or {}}}]
    return {"format_version": "1.2", "planned_values": {"root_module": {"child_modules": [inner]}}, "resource_changes": changes}


VALUES = {
    "alarm_name": "orders",
    "namespace": "Shop/Checkout",
    "metric_name": "Failures",
    "dimensions": {"Stage": "prod"},
    "statistic": "Sum",
    "extended_statistic": "",
    "period": 60,
    "evaluation_periods": 5,
    "datapoints_to_alarm": 1,
    "threshold": 0,
    "comparison_operator": "GreaterThanThreshold",
    "treat_missing_data": "notBreaching",
    "metric_query": [],
    "ok_actions": None,
    "unit": "",
    "threshold_metric_id": "",
    "evaluate_low_sample_count_percentiles": "",
}


def test_a_plan_is_read_with_its_modules():
    alarm = only(plan(VALUES))
    assert alarm.request == request_of(AlarmActions=None)
    assert alarm.place.path == "module.shop.aws_cloudwatch_metric_alarm.a"


def test_what_is_known_after_apply_is_a_symbol():
    values = {name: value for name, value in VALUES.items() if name != "namespace"} | {"dimensions": {}, "alarm_actions": [None]}
    alarm = only(plan(values, {"namespace": True, "dimensions": {"TableName": True}, "alarm_actions": [True], "metric_query": []}))
    at = "module.shop.aws_cloudwatch_metric_alarm.a"
    assert alarm.request["Namespace"] == Ref(f"{at}.namespace")
    assert alarm.request["Dimensions"] == [{"Name": "TableName", "Value": Ref(f"{at}.dimensions.TableName")}]
    assert alarm.request["AlarmActions"] == [Ref(f"{at}.alarm_actions[0]")]


def test_a_state_has_zeros_and_empty_texts_for_what_is_not_set():
    queries = [
        {
            "id": "a",
            "expression": "",
            "label": "",
            "period": 0,
            "account_id": "",
            "return_data": False,
            "metric": [{"metric_name": "Failures", "namespace": "Shop", "period": 60, "stat": "Sum", "unit": "", "dimensions": None}],
        },
        {"id": "e", "expression": "2*a", "label": "", "period": 0, "account_id": "", "return_data": True, "metric": []},
    ]
    values = VALUES | {"metric_query": queries, "period": 0, "datapoints_to_alarm": 0, "namespace": "", "metric_name": "", "statistic": ""}
    address = "aws_cloudwatch_metric_alarm.a"
    resource = {"address": address, "mode": "managed", "type": "aws_cloudwatch_metric_alarm", "values": values | {"dimensions": {}}}
    alarm = only({"format_version": "1.0", "values": {"root_module": {"resources": [resource]}}})
    metric = stat("Failures", {}, namespace="Shop")
    del metric["Metric"]["Dimensions"]
    assert alarm.request["Metrics"] == [
        {"Id": "a", "ReturnData": False, "MetricStat": metric},
        {"Id": "e", "Expression": "2*a", "ReturnData": True},
    ]
    assert not {"Period", "DatapointsToAlarm", "Namespace", "Dimensions"} & alarm.request.keys()


def test_a_warm_up_is_spelt_as_the_api_has_it():
    """botocore, PutMetricAlarm: WarmUpConfiguration. Terraform's state has a block as a list of one."""
    spelt = {"WarmUpPeriodDurationInMinutes": 30, "OnlyStartEvaluatingAfterWarmUpPeriodEnds": True}
    block = {"warm_up_period_duration_in_minutes": 30, "only_start_evaluating_after_warm_up_period_ends": True}
    assert only(plan(VALUES | {"warm_up_configuration": [block]})).request["WarmUpConfiguration"] == spelt
    inputs = {"warmUpPeriodDurationInMinutes": 30, "onlyStartEvaluatingAfterWarmUpPeriodEnds": True}
    assert provider.request_of({"name": "any", "warmUpConfiguration": inputs}) == {"AlarmName": "any", "WarmUpConfiguration": spelt}


def test_a_composite_of_terraform():
    values = {
        "alarm_name": "any",
        "alarm_rule": "ALARM(a)",
        "actions_suppressor": [{"alarm": "d", "wait_period": 10, "extension_period": 20}],
    }
    assert only(plan(values, kind="aws_cloudwatch_composite_alarm")).request == {
        "AlarmName": "any",
        "AlarmRule": "ALARM(a)",
        "ActionsSuppressor": "d",
        "ActionsSuppressorWaitPeriod": 10,
        "ActionsSuppressorExtensionPeriod": 20,
    }


def test_data_sources_are_no_alarms():
    value = plan(VALUES)
    value["planned_values"]["root_module"]["child_modules"][0]["resources"][0]["mode"] = "data"
    assert read_text(json.dumps(value), "p") == ()


# --- Pulumi


def step(inputs, op="create", kind="aws:cloudwatch/metricAlarm:MetricAlarm", state="newState", name="orders"):
    urn = f"urn:pulumi:dev::shop::{kind}::{name}"
    return {"op": op, "urn": urn, state: {"urn": urn, "type": kind, "inputs": inputs}}


INPUTS = {
    "__defaults": ["treatMissingData"],
    "name": "orders",
    "namespace": "Shop/Checkout",
    "metricName": "Failures",
    "dimensions": {"Stage": "prod"},
    "statistic": "Sum",
    "period": 60,
    "evaluationPeriods": 5,
    "datapointsToAlarm": 1,
    "threshold": 0,
    "comparisonOperator": "GreaterThanThreshold",
    "treatMissingData": "notBreaching",
}


def test_a_preview_is_read_as_it_will_be():
    steps = [
        step(INPUTS, "create-replacement"),
        step(INPUTS, "replace"),
        step(INPUTS | {"threshold": 9}, "delete-replaced", state="oldState"),
    ]
    assert only({"steps": steps, "changeSummary": {"replace": 1}}).request == request_of(AlarmActions=None)


def test_an_exported_stack_is_read_too():
    resource = step(INPUTS)["newState"]
    assert only({"version": 3, "deployment": {"resources": [{"urn": "u", "type": "pulumi:pulumi:Stack"}, resource]}}).label == "orders"


def test_unknown_and_secret_values_of_pulumi_are_symbols():
    secret = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "v1:x"}
    output = {"4dabf18193072939515e22adb298388d": "d0e6a833031e9bbcd3f4e8bde6ca49a4", "value": "Failures"}
    inputs = INPUTS | {"dimensions": {"TableName": UNKNOWN}, "alarmActions": [UNKNOWN], "alarmDescription": secret, "metricName": output}
    alarm = only({"steps": [step(inputs)]})
    assert alarm.request["Dimensions"] == [{"Name": "TableName", "Value": Ref("orders.dimensions.TableName")}]
    assert alarm.request["AlarmActions"] == [Ref("orders.alarmActions[0]")]
    assert alarm.request["AlarmDescription"] == Ref("orders.alarmDescription")
    assert alarm.request["MetricName"] == "Failures"


def test_returned_data_must_be_said_in_pulumi():
    """The provider sends false where nothing is said; the API would take true."""
    metric = {"namespace": "Shop/Checkout", "period": 60, "stat": "Sum"}
    queries = [
        {"id": "a", "metric": metric | {"metricName": "Failures", "dimensions": {"Stage": "prod"}}},
        {"id": "b", "metric": metric | {"metricName": "Calls", "dimensions": {}}},
        {"id": "e", "expression": "100*a/b", "returnData": True},
    ]
    alone = ("namespace", "metricName", "dimensions", "statistic", "period")
    inputs = {name: value for name, value in INPUTS.items() if name not in alone} | {"metricQueries": queries}
    alarm = only({"steps": [step(inputs)]})
    assert [(query.id, query.returned) for query in alarm.queries] == [("a", False), ("b", False), ("e", True)]
    assert list(alarm.series) == list(only(ours()).series)


# --- the format, and what cannot be read


def test_the_format_can_be_forced_but_not_invented():
    with pytest.raises(InputError) as caught:
        read_text(json.dumps([request_of()]), "f", "terraform")
    assert caught.value.code == "unknown-format"
    assert "terraform (terraform show -json PLAN)" in caught.value.message


@pytest.mark.parametrize("text", ['{"Widgets": []}', "[1, 2]", "just text", "", "3"])
def test_what_holds_no_alarms_is_named(text):
    with pytest.raises(InputError) as caught:
        read_text(text, "odd.json")
    assert caught.value.code == "unknown-format"
    assert caught.value.message.startswith("odd.json: holds ")
    assert all(name in caught.value.message for name in FORMATS)


@pytest.mark.parametrize(("text", "where"), [('{"MetricAlarms": [}', "line 1, column 19"), ("Resources:\n  A: [", "line 2")])
def test_what_is_no_text_of_either_kind_says_where(text, where):
    with pytest.raises(InputError) as caught:
        read_text(text, "broken")
    assert caught.value.code == "unreadable-text"
    assert where in caught.value.message


def test_objects_without_end_are_refused():
    with pytest.raises(InputError) as caught:
        read_text("[" * 100_000 + "]" * 100_000, "deep.json")
    assert caught.value.code == "unreadable-text"


def test_a_yaml_that_holds_itself_is_read():
    assert read_text("Resources: &all\n  A: *all\n", "t.yaml") == ()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_files_of_other_shells_are_read(tmp_path, encoding):
    """PowerShell writes UTF-16 where a command's output is sent to a file."""
    path = tmp_path / "alarms.json"
    path.write_bytes(json.dumps([request_of(AlarmDescription="größer")], ensure_ascii=False).encode(encoding))
    [alarm] = read_file(str(path))
    assert alarm.request["AlarmDescription"] == "größer"


def test_a_file_that_is_not_there_or_no_text(tmp_path):
    for path, raw in ((tmp_path / "none.json", None), (tmp_path / "x.bin", b"\x80\x81\xfe\xff\xfe")):
        if raw:
            path.write_bytes(raw)
        with pytest.raises(InputError) as caught:
            read_file(str(path))
        assert caught.value.code == "unreadable-file"


def test_lines_are_found_beside_brackets_in_texts():
    text = json.dumps([request_of(AlarmDescription='{"[\\"]}'), request_of(AlarmName="second")], indent=2)
    alarms = read_text(text, "f")
    assert [text.splitlines()[alarm.place.line - 1] for alarm in alarms] == ["  {", "  {"]
    assert '"second"' in text.splitlines()[alarms[1].place.line]
