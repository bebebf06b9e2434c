"""A deployed stack without fault, in the shapes of AWS's API: each test spoils one thing."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from monitoring import Billing, Ref, alarms_for, composites_for, dashboard_for, resolve
from monitoring.doctor import CHECKS, Examined
from monitoring.live import Deployed, Mapped
from singletable.definition import StreamDefinition
from singletable.deployment import SCHEMA_FINGERPRINT
from tests.monitoring.conftest import names_for, stack_of
from tests.monitoring.doctor.answers import REGION, Answers

AT = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
ACCOUNT = "123456789012"
TABLE = "table-1a2b3c4"
TABLE_ARN = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{TABLE}"
STREAM = f"{TABLE_ARN}/stream/2026-11-01T00:00:00.000"
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:page"
MAPPING = "0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9"
QUEUE = "order-events-1a2b3c4"
QUEUE_ARN = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{QUEUE}"
QUEUE_URL = f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{QUEUE}"
DECLARED = stack_of(billing=Billing.on_demand(max_reads_per_second=4000, max_writes_per_second=1000))
BY_CODE = {check.code: check for check in CHECKS}


def key(partition, sort):
    return [{"AttributeName": partition, "KeyType": "HASH"}, {"AttributeName": sort, "KeyType": "RANGE"}]


def index(**changes):
    return {
        "IndexName": "GSI1",
        "KeySchema": key("GSI1PK", "GSI1SK"),
        "Projection": {"ProjectionType": "ALL"},
        "IndexStatus": "ACTIVE",
        "OnDemandThroughput": {"MaxReadRequestUnits": 4000, "MaxWriteRequestUnits": 1000},
        **changes,
    }


def table(**changes):
    return {
        "TableName": TABLE,
        "TableArn": TABLE_ARN,
        "TableStatus": "ACTIVE",
        "CreationDateTime": AT - timedelta(days=30),
        "KeySchema": key("PK", "SK"),
        "GlobalSecondaryIndexes": [index()],
        "BillingModeSummary": {"BillingMode": "PAY_PER_REQUEST"},
        "OnDemandThroughput": {"MaxReadRequestUnits": 4000, "MaxWriteRequestUnits": 1000},
        "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        "LatestStreamArn": STREAM,
        "DeletionProtectionEnabled": True,
        **changes,
    }


def function(label, **changes):
    name = f"{label}-1a2b3c4"
    return {
        "FunctionName": name,
        "FunctionArn": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}",
        "Runtime": "python3.13",
        "Timeout": 20,
        "LoggingConfig": {"LogFormat": "JSON", "LogGroup": f"/shop/dev/{label}"},
        "Environment": {"Variables": {SCHEMA_FINGERPRINT: DECLARED.table.definition.fingerprint, "TABLE_NAME": ""}},
        **changes,
    }


def mapping(**changes):
    return {
        "UUID": MAPPING,
        "EventSourceArn": STREAM,
        "FunctionArn": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:order-events-1a2b3c4",
        "State": "Enabled",
        "LastProcessingResult": "OK",
        "StartingPosition": "TRIM_HORIZON",
        "BatchSize": 100,
        "MaximumRetryAttempts": 10,
        "MaximumRecordAgeInSeconds": 79_200,
        "BisectBatchOnFunctionError": True,
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "DestinationConfig": {"OnFailure": {"Destination": QUEUE_ARN}},
        "MetricsConfig": {"Metrics": ["EventCount"]},
        "FilterCriteria": {"Filters": [{"Pattern": json.dumps(each)} for each in reversed(FILTERS)]},
        **changes,
    }


def queue(**changes):
    return {"MessageRetentionPeriod": "1209600", "ApproximateNumberOfMessages": "0", "QueueUrl": QUEUE_URL, **changes}


def mapped(described=None, attributes=None, name=QUEUE):
    return Mapped(described or mapping(), name, attributes or queue())


def alarm_arn(name):
    return f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{name}"


FILTERS = ({"eventName": ["MODIFY"], "dynamodb": {"NewImage": {"entity": {"S": ["Order"]}}}}, {"eventName": ["INSERT"]})
STREAMED = StreamDefinition(FILTERS)


def described(request, **changes):
    """As DescribeAlarms gives what was put."""
    state = {"StateValue": "OK", "StateReason": "fine", "StateUpdatedTimestamp": AT - timedelta(days=1), "ActionsEnabled": True}
    return {**request, "AlarmArn": alarm_arn(request["AlarmName"]), "AlarmActions": [TOPIC], **state, **changes}


def generated():
    """Metric alarms, composites and dashboard of the stack, as deployed."""
    alarms = alarms_for(DECLARED)
    composites = composites_for(DECLARED, alarms)
    dashboard = dashboard_for(DECLARED, alarms, composites)
    names = names_for(*alarms, *composites, dashboard) | {Ref("mapping:order-events"): MAPPING}
    names |= {Ref(f"alarm:{alarm.name}"): alarm_arn(alarm.name) for alarm in (*alarms, *composites)}
    return (
        tuple(described(resolve(alarm, names)) for alarm in alarms),
        tuple(described(resolve(composite, names), AlarmActions=[]) for composite in composites),
        resolve(dashboard, names),
    )


ALARMS, COMPOSITES, DASHBOARD = generated()


def spoilt(alarms, **changes):
    """The first of some alarms otherwise."""
    return ({**alarms[0], **changes}, *alarms[1:])


ANSWERS = {
    "dynamodb:ListTagsOfResource": {"Tags": []},
    "dynamodb:DescribeContinuousBackups": {
        "ContinuousBackupsDescription": {
            "ContinuousBackupsStatus": "ENABLED",
            "PointInTimeRecoveryDescription": {"PointInTimeRecoveryStatus": "ENABLED", "RecoveryPeriodInDays": 35},
        }
    },
    "dynamodb:DescribeContributorInsights": {"TableName": TABLE, "ContributorInsightsStatus": "ENABLED"},
    "lambda:GetFunctionConcurrency": {},
    "lambda:ListEventSourceMappings": {"EventSourceMappings": [mapping()]},
    "logs:DescribeLogGroups": lambda asked: {"logGroups": [{"logGroupName": asked["logGroupNamePrefix"], "retentionInDays": 30}]},
    "cloudwatch:ListAlarmMuteRules": {"AlarmMuteRuleSummaries": []},
    "cloudwatch:ListMetrics": {
        "Metrics": [
            {"Namespace": "AWS/DynamoDB", "MetricName": f"Consumed{access}CapacityUnits", "Dimensions": dimensions}
            for access in ("Read", "Write")
            for dimensions in (
                [{"Name": "TableName", "Value": TABLE}],
                [{"Name": "TableName", "Value": TABLE}, {"Name": "GlobalSecondaryIndexName", "Value": "GSI1"}],
            )
        ]
    },
    "cloudwatch:GetDashboard": {"DashboardName": "shop-dev", "DashboardBody": json.dumps(DASHBOARD)},
    "sns:GetTopicAttributes": {"Attributes": {"TopicArn": TOPIC}},
    "sns:ListSubscriptionsByTopic": {"Subscriptions": [{"SubscriptionArn": f"{TOPIC}:1", "Protocol": "email", "TopicArn": TOPIC}]},
}


def examined(answers=None, **changes):
    """The stack with changes to Deployed. answers: other answers of AWS."""
    return examined_and_answers(answers, **changes)[0]


def examined_and_answers(answers=None, **changes):
    answering = Answers({**ANSWERS, **(answers or {})})
    whole = Deployed(
        account=answering.account(),
        table=table(),
        ttl="expires_at",
        functions=(function("api"), function("order-events", Timeout=30)),
        http=frozenset({"api-1a2b3c4"}),
        mappings=(mapped(),),
        alarms=ALARMS,
        composites=COMPOSITES,
        declared=DECLARED,
    )
    return Examined(replace(whole, **changes), AT, {"order-events": STREAMED}), answering


def look(code, given):
    """What one check finds: (about, message) of each."""
    return [(found.about, found.message) for found in BY_CODE[code].look(given)]
