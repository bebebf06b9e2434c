"""Nobody is accused falsely: right alarms, and those of which nothing is known, yield nothing, not even a note."""

import pytest

from monitoring import Billing, Options, alarms_for, composites_for, resolve
from monitoring.names import Ref
from tests.monitoring.conftest import names_for, pattern, stack_of
from tests.monitoring.lint.samples import TOPIC, composite, dynamodb, formula, found, given, ours, request_of, stat

EVERY_OPERATION = tuple(
    pattern(f"use_{name}", f"Uses {name}.", "many", (name,))
    for name in [
        "GetItem",
        "BatchGetItem",
        "Query",
        "Scan",
        "PutItem",
        "UpdateItem",
        "DeleteItem",
        "BatchWriteItem",
        "TransactGetItems",
        "TransactWriteItems",
        "ExecuteStatement",
        "BatchExecuteStatement",
        "ExecuteTransaction",
    ]
)
STACKS = {
    "on demand": stack_of(),
    "with a ceiling": stack_of(billing=Billing.on_demand(max_reads_per_second=100, max_writes_per_second=50)),
    "provisioned": stack_of(billing=Billing.provisioned()),
    "autoscaled": stack_of(billing=Billing.provisioned(max_reads_per_second=100, max_writes_per_second=50)),
    "every operation": stack_of(EVERY_OPERATION),
    "two indexes": stack_of(indexes=("GSI1", "GSI2")),
}


@pytest.mark.parametrize("name", STACKS)
@pytest.mark.parametrize("resolved", [True, False])
def test_our_own(name: str, resolved: bool) -> None:
    stack = STACKS[name]
    alarms = alarms_for(stack, Options())
    composites = composites_for(stack, alarms)
    requests = [*(alarm.request() for alarm in alarms), *(each.request() for each in composites)]
    if resolved:
        requests = [resolve(request, names_for(request)) for request in requests]
    assert len(requests) > 20
    assert found(*(request | {"AlarmActions": [TOPIC]} for request in requests)) == []


ELSEWHERE = {
    "custom namespace": request_of(),
    "custom namespace, anything missing": request_of(TreatMissingData="ignore", EvaluationPeriods=1),
    "custom namespace, high resolution": request_of(Period=10),
    "custom namespace, FILL one of one": formula("FILL(m,0)", {"m": stat("A", {}, namespace="Shop")}, EvaluationPeriods=1),
    "custom namespace that looks like AWS's": request_of(Namespace="AWS/DynamoDB/Custom", MetricName="ThrottledRequests"),
    "another service": request_of(
        Namespace="AWS/EC2", MetricName="StatusCheckFailed", Dimensions=[{"Name": "InstanceId", "Value": "i-1"}], Statistic="Maximum"
    ),
    "a ratio of another service": formula(
        "100*failed/r",
        {
            "failed": stat("HTTPCode_Target_5XX_Count", {"LoadBalancer": "app/a/1"}, namespace="AWS/ApplicationELB"),
            "r": stat("RequestCount", {"LoadBalancer": "app/a/1"}, namespace="AWS/ApplicationELB"),
        },
    ),
    "a metric of Lambda that the catalogue may lack": request_of(
        Namespace="AWS/Lambda",
        MetricName="ProvisionedConcurrencySpilloverInvocations",
        Dimensions=[{"Name": "FunctionName", "Value": "api"}],
    ),
    "Lambda by alias": request_of(
        Namespace="AWS/Lambda",
        MetricName="Errors",
        Dimensions=[{"Name": "FunctionName", "Value": "api"}, {"Name": "Resource", "Value": "api:live"}],
    ),
    "Lambda, any error, by another statistic": request_of(
        Namespace="AWS/Lambda", MetricName="Errors", Dimensions=[{"Name": "FunctionName", "Value": "api"}], Statistic="Maximum"
    ),
    "Lambda, the whole account": request_of(
        Namespace="AWS/Lambda", MetricName="ConcurrentExecutions", Dimensions=None, Statistic="Maximum", Threshold=900.0
    ),
    "SNS, text messages": request_of(Namespace="AWS/SNS", MetricName="SMSSuccessRate", Dimensions=None, Statistic="Average", Threshold=0.9),
    "SNS by country": request_of(
        Namespace="AWS/SNS",
        MetricName="NumberOfNotificationsDelivered",
        Dimensions=[{"Name": "Country", "Value": "CH"}, {"Name": "SMSType", "Value": "Transactional"}],
    ),
    "a failure queue": request_of(
        Namespace="AWS/SQS",
        MetricName="ApproximateNumberOfMessagesVisible",
        Dimensions=[{"Name": "QueueName", "Value": "failures"}],
        Statistic="Maximum",
        EvaluationPeriods=1,
    ),
    "a failure queue, by sum": request_of(
        Namespace="AWS/SQS", MetricName="ApproximateNumberOfMessagesVisible", Dimensions=[{"Name": "QueueName", "Value": "failures"}]
    ),
    "latency of an operation": dynamodb(
        "SuccessfulRequestLatency",
        ("TableName", "Operation"),
        Statistic=None,
        ExtendedStatistic="p99",
        Threshold=20.0,
        EvaluateLowSampleCountPercentile="ignore",
    ),
    "latency of stream reads": dynamodb(
        "SuccessfulRequestLatency", ("TableName", "Operation", "StreamLabel"), Statistic="Average", Threshold=9.0
    ),
    "a statement's dimension that no page settles": formula(
        "FILL(m,0)", {"m": stat("ThrottledRequests", {"TableName": "t", "Operation": "ExecuteStatement", "Verb": "PartiQLSelect"})}
    ),
    "consumed capacity by source": dynamodb("ConsumedWriteCapacityUnits", ("TableName", "Source"), Threshold=1000.0),
    "utilisation with the limit carried on": formula(
        "100*(c/PERIOD(c))/FILL(p,REPEAT)",
        {
            "c": stat("ConsumedReadCapacityUnits", {"TableName": "t"}),
            "p": stat("ProvisionedReadCapacityUnits", {"TableName": "t"}, statistic="Average"),
        },
        Threshold=80.0,
    ),
    "auto scaling's own": dynamodb(
        "ConsumedWriteCapacityUnits",
        ("TableName",),
        EvaluationPeriods=15,
        DatapointsToAlarm=15,
        Threshold=30.0,
        ComparisonOperator="LessThanThreshold",
    ),
    "auto scaling's own, of the limit": dynamodb(
        "ProvisionedWriteCapacityUnits", Statistic="Average", Period=300, EvaluationPeriods=3, DatapointsToAlarm=3, Threshold=5.0
    ),
    "the unit that it has": dynamodb("ConsumedReadCapacityUnits", Unit="Count", Threshold=1000.0),
    "a statistic that only CloudWatch calculates": request_of(Statistic=None, ExtendedStatistic="PR(100:2000)"),
    "numbers as texts": request_of(Period="60", EvaluationPeriods="5", DatapointsToAlarm="1", Threshold="0"),
    "a day of hours": request_of(Period=3600, EvaluationPeriods=168),
    "ten metrics": formula("SUM(METRICS())", {f"m{number}": stat("A", {"N": str(number)}, namespace="Shop") for number in range(10)}),
    "a function of time": formula("IF(HOUR(a) > 6, a, 0)", {"a": stat("A", {}, namespace="Shop")}),
    "names in quotes are no ids": formula("SUM(METRICS('failed'))", {"failed1": stat("A", {}, namespace="Shop")}),
    "words between operators": formula(
        "IF(a > 1 AND b > 1, 1, 0)", {"a": stat("A", {}, namespace="Shop"), "b": stat("B", {}, namespace="Shop")}
    ),
    "Metrics Insights": request_of(
        Metrics=[
            {
                "Id": "q1",
                "Expression": "SELECT SUM(ThrottledRequests) FROM SCHEMA(\"AWS/DynamoDB\", TableName, Operation) WHERE TableName = 'orders'",
                "Period": 60,
                "ReturnData": True,
            }
        ],
        **dict.fromkeys(("Namespace", "MetricName", "Dimensions", "Statistic", "Period")),
    ),
    "Metrics Insights in metric math": request_of(
        Metrics=[
            {
                "Id": "q1",
                "Expression": 'SELECT SUM(ThrottledRequests) FROM SCHEMA("AWS/DynamoDB", TableName, Operation) GROUP BY TableName',
                "Period": 60,
                "ReturnData": False,
            },
            {"Id": "most", "Expression": "FILL(MAX(q1),0)", "ReturnData": True},
        ],
        EvaluationPeriods=5,
        DatapointsToAlarm=1,
        **dict.fromkeys(("Namespace", "MetricName", "Dimensions", "Statistic", "Period")),
    ),
    "anomaly detection": request_of(
        Metrics=[
            {"Id": "m1", "MetricStat": stat("ConsumedReadCapacityUnits", {"TableName": "orders"}, period=300), "ReturnData": True},
            {"Id": "ad1", "Expression": "ANOMALY_DETECTION_BAND(m1, 2)", "ReturnData": True},
        ],
        ThresholdMetricId="ad1",
        ComparisonOperator="GreaterThanUpperThreshold",
        **dict.fromkeys(("Namespace", "MetricName", "Dimensions", "Statistic", "Period", "Threshold")),
    ),
    "PromQL": {
        "AlarmName": "orders",
        "AlarmActions": [TOPIC],
        "EvaluationCriteria": {"PromQLCriteria": {"Query": "up == 0"}},
        "EvaluationInterval": 60,
    },
    "everything unknown": request_of(
        AlarmName=Ref("unknown"),
        AlarmActions=Ref("unknown"),
        Namespace=Ref("unknown"),
        MetricName=Ref("unknown"),
        Dimensions=Ref("unknown"),
        Statistic=Ref("unknown"),
        Period=Ref("unknown"),
        EvaluationPeriods=Ref("unknown"),
        DatapointsToAlarm=Ref("unknown"),
        Threshold=Ref("unknown"),
        ComparisonOperator=Ref("unknown"),
        TreatMissingData=Ref("unknown"),
    ),
    "unknown dimensions": dynamodb("ReturnedItemCount", Threshold=500.0) | {"Dimensions": Ref("unknown")},
    "one dimension that may not be there": dynamodb("ReturnedItemCount", Threshold=500.0)
    | {"Dimensions": [{"Name": "TableName", "Value": "orders"}, Ref("If HasOperation")]},
    "unknown treatment of missing data": dynamodb("ReadThrottleEvents", TreatMissingData=Ref("Missing")),
    "unknown queries": ours() | {"Metrics": Ref("unknown")},
    "unknown formula": ours() | {"Metrics": [*ours()["Metrics"][:2], {"Id": "e", "Expression": Ref("Sub"), "ReturnData": True}]},
    "composite": composite(
        '(ALARM(orders) OR ALARM("arn:aws:cloudwatch:eu-west-1:123456789012:alarm:orders")) AND NOT OK(orders) OR FALSE'
    ),
    "a rule in words of tomorrow": composite("AT_LEAST(1, ALARM, (orders))"),
    "a rule with names that a template fills in": composite("ALARM(${Orders})"),
}


@pytest.mark.parametrize("name", ELSEWHERE)
def test_of_others(name: str) -> None:
    alarm = ELSEWHERE[name]
    others = [request_of()] if alarm["AlarmName"] == "any" else []
    assert found(alarm, *others) == []


# AWS's recommendations as they are published, but for SystemErrors by table, which is dead.
RECOMMENDED = {
    "ReadThrottleEvents": dynamodb("ReadThrottleEvents", DatapointsToAlarm=5, Threshold=10.0),
    "WriteThrottleEvents of an index": dynamodb(
        "WriteThrottleEvents", ("TableName", "GlobalSecondaryIndexName"), DatapointsToAlarm=5, Threshold=10.0
    ),
    "SuccessfulRequestLatency": dynamodb(
        "SuccessfulRequestLatency",
        ("TableName", "Operation"),
        Statistic="Average",
        EvaluationPeriods=10,
        DatapointsToAlarm=10,
        Threshold=20.0,
    ),
    "AccountProvisionedReadCapacityUtilization": dynamodb(
        "AccountProvisionedReadCapacityUtilization",
        (),
        Statistic="Maximum",
        Period=300,
        EvaluationPeriods=2,
        DatapointsToAlarm=2,
        Threshold=80.0,
    ),
}


@pytest.mark.parametrize("name", RECOMMENDED)
def test_what_aws_recommends_and_works_has_no_error_and_no_warning(name: str) -> None:
    assert [level for _, level, _ in found(RECOMMENDED[name]) if level != "note"] == []


def test_a_given_alarm_of_a_whole_account_is_looked_at_with_the_others() -> None:
    alarms = [request_of(AlarmName=f"orders-{number}") for number in range(200)]
    rule = " OR ".join(f'ALARM("orders-{number}")' for number in range(100))
    assert found(*alarms, composite(rule), whole=True) == []
    assert given(alarms[0]).label == "orders-0"
