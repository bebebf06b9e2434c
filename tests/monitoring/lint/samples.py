"""Alarms to break: each right as it is."""

from monitoring.lint import Given, Place, lint

TOPIC = "arn:aws:sns:eu-west-1:123456789012:on-call"
PLACE = Place("alarms.json", "/MetricAlarms/0", 3)


def request_of(**changes):
    """An alarm on one metric of a namespace that nobody knows. None takes a parameter away."""
    given = {
        "AlarmName": "orders",
        "AlarmActions": [TOPIC],
        "Namespace": "Shop/Checkout",
        "MetricName": "Failures",
        "Dimensions": [{"Name": "Stage", "Value": "prod"}],
        "Statistic": "Sum",
        "Period": 60,
        "EvaluationPeriods": 5,
        "DatapointsToAlarm": 1,
        "Threshold": 0.0,
        "ComparisonOperator": "GreaterThanThreshold",
        "TreatMissingData": "notBreaching",
    }
    return {name: value for name, value in (given | changes).items() if value is not None}


def dynamodb(metric, dimensions=("TableName",), **changes):
    """An alarm on one metric of DynamoDB."""
    values = {"TableName": "orders", "Operation": "Query", "GlobalSecondaryIndexName": "GSI1"}
    named = [{"Name": name, "Value": values.get(name, "x")} for name in dimensions]
    return request_of(Namespace="AWS/DynamoDB", MetricName=metric, Dimensions=named, **changes)


def stat(metric, dimensions, *, namespace="AWS/DynamoDB", period=60, statistic="Sum"):
    """MetricStat."""
    named = [{"Name": name, "Value": value} for name, value in dimensions.items()]
    return {"Metric": {"Namespace": namespace, "MetricName": metric, "Dimensions": named}, "Period": period, "Stat": statistic}


def formula(text, metrics, **changes):
    """An alarm over a formula. metrics: id -> MetricStat."""
    alone = dict.fromkeys(("Namespace", "MetricName", "Dimensions", "Statistic", "Period"))
    queries = [{"Id": name, "MetricStat": each, "ReturnData": False} for name, each in metrics.items()]
    return request_of(Metrics=[*queries, {"Id": "e", "Expression": text, "ReturnData": True}], **(alone | changes))


def ours(**changes):
    """A formula over a metric that nobody knows and one that is sent every minute."""
    metrics = {"a": stat("Failures", {"Stage": "prod"}, namespace="Shop/Checkout"), "b": stat("Calls", {}, namespace="Shop/Checkout")}
    return formula("100*a/b", metrics, **changes)


def composite(rule, **changes):
    return {"AlarmName": "any", "AlarmRule": rule, "AlarmActions": [TOPIC]} | changes


def given(request, place=PLACE):
    name = request.get("AlarmName")
    return Given(name if isinstance(name, str) else place.path, place, request)


def found(*requests, whole=False):
    """(alarm, severity, code) of everything that lint says."""
    return [
        (each.alarm.label, finding.level, finding.rule.code)
        for each in lint([given(request) for request in requests], whole=whole)
        for finding in each.findings
    ]
