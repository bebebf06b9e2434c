"""Every resource type that the provider knows: one that is created, what somebody does to it by hand, and what a program changes."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from local.aws import EmbeddedAws
from tests.local.engine_calls import ALARM, EVENTS, FUNCTION, PLAIN, QUEUE, TABLE, Engine, Made, plain

TARGET = "aws:appautoscaling/target:Target"
TOPIC = "aws:sns/topic:Topic"
ROLE = "aws:iam/role:Role"
STREAM = "aws:kinesis/stream:Stream"
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"

GONE = "gone"
"""What a refresh sees where it was deleted by hand."""


class Parts:
    """What others are made from, once for all of them."""

    def __init__(self, engine: Engine, aws: EmbeddedAws) -> None:
        self.aws = aws
        self.table = engine.create(TABLE, SCALED, "parts")
        self.role = engine.create(
            ROLE, {"assumeRolePolicy": policy(Principal={"Service": "lambda.amazonaws.com"}, Action="sts:AssumeRole")}, "parts"
        )
        self.function = engine.create(FUNCTION, function_of(self.role), "parts")
        self.topic = engine.create(TOPIC, {}, "parts")
        self.queue = engine.create(QUEUE, {}, "parts")
        self.stream = engine.create(STREAM, {"shardCount": 1}, "parts")
        self.alarm = engine.create(ALARM, {**ALARM_INPUTS, "name": "reports"}, "parts")
        self.target = engine.create(TARGET, {**self.subject, "minCapacity": 1, "maxCapacity": 10}, "parts")

    @property
    def subject(self) -> dict[str, Any]:
        return subject(self.table.id, "Write")

    def arn(self, made: Made) -> str:
        return plain(made.state)["arn"]


def subject(table: str, access: str) -> dict[str, Any]:
    return {"serviceNamespace": "dynamodb", "resourceId": f"table/{table}", "scalableDimension": f"dynamodb:table:{access}CapacityUnits"}


def policy(**statement: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})


def function_of(role: Made) -> dict[str, Any]:
    mark = {"4dabf18193072939515e22adb298388d": "0def7320c3a5731c473e5ecbe6d01bc7"}
    asset = {"4dabf18193072939515e22adb298388d": "c44067f5952c0a294b673a41bacd8c17", "text": "def handler(event, context): pass"}
    code = {"code": mark | {"assets": {"handler.py": asset}, "hash": "1"}}
    return {"role": plain(role.state)["arn"], "runtime": "python3.13", "handler": "handler.handler", "timeout": 10, **code}


_UNITS = {"readCapacity": 5, "writeCapacity": 5}
SCALED: dict[str, Any] = {
    **PLAIN,
    "billingMode": "PROVISIONED",
    **_UNITS,
    "globalSecondaryIndexes": [index | _UNITS for index in PLAIN["globalSecondaryIndexes"]],
    "streamEnabled": True,
    "streamViewType": "KEYS_ONLY",
}


@dataclass(frozen=True)
class Case:
    """inputs: of the resource. by_hand: what somebody does to it, and `seen` the input in which a refresh sees it, or GONE.

    change: what the program then says otherwise, in place. Default: nothing can be changed in place. imported: the text by which an import
    names it. Default: its id. None: the provider imports none. hidden: inputs that AWS does not tell, so that an import shows them as changed.
    replaced: every input that the provider's schema marks ForceNew.
    """

    inputs: Callable[[Parts], Mapping[str, Any]]
    by_hand: Callable[[Parts, Made], Any]
    seen: str
    replaced: str
    change: Callable[[Parts], Mapping[str, Any]] | None = None
    imported: Callable[[Parts, Made], str] | None = field(default=lambda parts, made: made.id)
    hidden: tuple[str, ...] = ()
    vanishes: bool = True


def said(**inputs: Any) -> Callable[[Parts], Mapping[str, Any]]:
    """Inputs that are made from no other resource."""
    return lambda _parts: inputs


ALARM_INPUTS = {
    "comparisonOperator": "GreaterThanThreshold",
    "evaluationPeriods": 5,
    "threshold": 0,
    "metricName": "Errors",
    "namespace": "AWS/Lambda",
    "period": 60,
    "statistic": "Sum",
}
START = "2026-12-01T07:00:00+01:00"
READ = {"Principal": {"AWS": "arn:aws:iam::210987654321:root"}, "Action": "dynamodb:GetItem"}
WINDOW = {"schedule": {"expression": "cron(0 2 * * SUN)", "duration": "PT4H"}}
SUBJECT = "serviceNamespace resourceId scalableDimension"


def _mute_longer(parts: Parts, made: Made) -> Any:
    rule = {"Schedule": {"Expression": "cron(0 2 * * SUN)", "Duration": "PT8H"}}
    return parts.aws.client("cloudwatch").put_alarm_mute_rule(Name=made.id, Rule=rule, MuteTargets={"AlarmNames": ["reports"]})


def _scale_otherwise(parts: Parts, made: Made) -> Any:
    tracking = {"TargetValue": 50.0, "PredefinedMetricSpecification": {"PredefinedMetricType": "DynamoDBWriteCapacityUtilization"}}
    return parts.aws.client("application-autoscaling").put_scaling_policy(
        PolicyName=made.id, PolicyType="TargetTrackingScaling", TargetTrackingScalingPolicyConfiguration=tracking, **_pascal(parts.subject)
    )


def _schedule_otherwise(parts: Parts, made: Made) -> Any:
    return parts.aws.client("application-autoscaling").put_scheduled_action(
        ScheduledActionName=plain(made.state)["name"], Schedule="cron(0 9 ? * MON-FRI *)", StartTime=START, **_pascal(parts.subject)
    )


def _pascal(inputs: Mapping[str, Any]) -> dict[str, Any]:
    return {name[:1].upper() + name[1:]: value for name, value in inputs.items()}


def _tracking(value: int) -> dict[str, Any]:
    return {"targetValue": value, "predefinedMetricSpecification": {"predefinedMetricType": "DynamoDBWriteCapacityUtilization"}}


CASES: dict[str, Case] = {
    TABLE: Case(
        said(**PLAIN),
        lambda parts, made: parts.aws.client("dynamodb").update_table(TableName=made.id, DeletionProtectionEnabled=True),
        "deletionProtectionEnabled",
        "name hashKey rangeKey localSecondaryIndexes importTable restoreBackupArn restoreDateTime restoreToLatestTime",
        said(tags={"stage": "live"}),
    ),
    "aws:dynamodb/contributorInsights:ContributorInsights": Case(
        lambda parts: {"tableName": parts.table.id, "indexName": "GSI1"},
        lambda parts, made: parts.aws.client("dynamodb").update_contributor_insights(
            TableName=parts.table.id, IndexName="GSI1", ContributorInsightsAction="DISABLE"
        ),
        GONE,
        "tableName indexName",
        said(mode="THROTTLED_KEYS"),
    ),
    "aws:dynamodb/kinesisStreamingDestination:KinesisStreamingDestination": Case(
        lambda parts: {"tableName": parts.table.id, "streamArn": parts.stream.id},
        lambda parts, made: parts.aws.client("dynamodb").disable_kinesis_streaming_destination(
            TableName=parts.table.id, StreamArn=parts.stream.id
        ),
        GONE,
        "tableName streamArn approximateCreationDateTimePrecision",
    ),
    "aws:dynamodb/resourcePolicy:ResourcePolicy": Case(
        lambda parts: {"resourceArn": parts.arn(parts.table), "policy": policy(**READ, Resource=parts.arn(parts.table))},
        lambda parts, made: parts.aws.client("dynamodb").put_resource_policy(
            ResourceArn=made.id, Policy=policy(**READ | {"Action": "dynamodb:*"}, Resource=made.id)
        ),
        "policy",
        "resourceArn",
        lambda parts: {"policy": policy(**READ | {"Action": "dynamodb:Query"}, Resource=parts.arn(parts.table))},
    ),
    STREAM: Case(
        said(shardCount=1),
        lambda parts, made: parts.aws.client("kinesis").update_shard_count(
            StreamName=plain(made.state)["name"], TargetShardCount=2, ScalingType="UNIFORM_SCALING"
        ),
        "shardCount",
        "name",
        said(shardCount=4),
        lambda parts, made: plain(made.state)["name"],
    ),
    TARGET: Case(
        lambda parts: {**subject(parts.table.id, "Read"), "minCapacity": 1, "maxCapacity": 10},
        lambda parts, made: parts.aws.client("application-autoscaling").register_scalable_target(
            **_pascal(subject(parts.table.id, "Read")), MaxCapacity=90
        ),
        "maxCapacity",
        SUBJECT,
        said(minCapacity=2),
        lambda parts, made: f"dynamodb/table/{parts.table.id}/dynamodb:table:ReadCapacityUnits",
    ),
    "aws:appautoscaling/policy:Policy": Case(
        lambda parts: {
            **parts.subject,
            "policyType": "TargetTrackingScaling",
            "targetTrackingScalingPolicyConfiguration": _tracking(70),
        },
        _scale_otherwise,
        "targetTrackingScalingPolicyConfiguration",
        f"name {SUBJECT}",
        said(targetTrackingScalingPolicyConfiguration=_tracking(80)),
        lambda parts, made: f"dynamodb/table/{parts.table.id}/dynamodb:table:WriteCapacityUnits/{made.id}",
    ),
    "aws:appautoscaling/scheduledAction:ScheduledAction": Case(
        lambda parts: {
            **parts.subject,
            "schedule": "cron(0 7 ? * MON-FRI *)",
            "startTime": START,
            "scalableTargetAction": {"minCapacity": 5, "maxCapacity": 20},
        },
        _schedule_otherwise,
        "schedule",
        f"name {SUBJECT}",
        said(scalableTargetAction={"minCapacity": 6, "maxCapacity": 20}),
        None,
    ),
    ROLE: Case(
        said(assumeRolePolicy=policy(Principal={"Service": "lambda.amazonaws.com"}, Action="sts:AssumeRole")),
        lambda parts, made: parts.aws.client("iam").update_role(RoleName=made.id, MaxSessionDuration=7200),
        "maxSessionDuration",
        "name namePrefix path",
        said(description="of the shop"),
    ),
    "aws:iam/rolePolicy:RolePolicy": Case(
        lambda parts: {"role": parts.role.id, "policy": policy(Action="sqs:SendMessage", Resource="*")},
        lambda parts, made: parts.aws.client("iam").put_role_policy(
            RoleName=parts.role.id, PolicyName=made.id.partition(":")[2], PolicyDocument=policy(Action="sqs:*", Resource="*")
        ),
        "policy",
        "name namePrefix role",
        said(policy=policy(Action="sns:Publish", Resource="*")),
    ),
    FUNCTION: Case(
        lambda parts: function_of(parts.role),
        lambda parts, made: parts.aws.client("lambda").update_function_configuration(FunctionName=made.id, Timeout=30),
        "timeout",
        "name packageType tenancyConfig",
        said(memorySize=256),
        hidden=("code",),
    ),
    "aws:lambda/functionUrl:FunctionUrl": Case(
        lambda parts: {"functionName": parts.function.id, "authorizationType": "AWS_IAM"},
        lambda parts, made: parts.aws.client("lambda").update_function_url_config(FunctionName=made.id, AuthType="NONE"),
        "authorizationType",
        "functionName qualifier",
        said(cors={"allowOrigins": ["https://example.com"]}),
    ),
    EVENTS: Case(
        lambda parts: {"functionName": parts.function.id, "maximumRetryAttempts": 1},
        lambda parts, made: parts.aws.client("lambda").delete_function_event_invoke_config(FunctionName=made.id),
        GONE,
        "functionName qualifier",
        said(maximumRetryAttempts=2),
    ),
    "aws:lambda/permission:Permission": Case(
        lambda parts: {
            "function": parts.function.id,
            "action": "lambda:InvokeFunction",
            "principal": "sns.amazonaws.com",
            "sourceArn": parts.topic.id,
        },
        lambda parts, made: parts.aws.client("lambda").remove_permission(FunctionName=parts.function.id, StatementId=made.id),
        GONE,
        "action eventSourceToken function functionUrlAuthType invokedViaFunctionUrl principal principalOrgId qualifier sourceAccount sourceArn "
        "statementId statementIdPrefix",
        imported=lambda parts, made: f"{parts.function.id}/{made.id}",
    ),
    "aws:lambda/eventSourceMapping:EventSourceMapping": Case(
        lambda parts: {
            "functionName": parts.function.id,
            "eventSourceArn": plain(parts.table.state)["streamArn"],
            "startingPosition": "TRIM_HORIZON",
            "batchSize": 50,
        },
        lambda parts, made: parts.aws.client("lambda").update_event_source_mapping(UUID=made.id, BatchSize=10),
        "batchSize",
        "amazonManagedKafkaEventSourceConfig eventSourceArn queues selfManagedEventSource selfManagedKafkaEventSourceConfig startingPosition "
        "startingPositionTimestamp topics",
        said(maximumRetryAttempts=5),
    ),
    TOPIC: Case(
        said(displayName="Orders"),
        lambda parts, made: parts.aws.client("sns").set_topic_attributes(TopicArn=made.id, AttributeName="DisplayName", AttributeValue="X"),
        "displayName",
        "name namePrefix fifoTopic",
        said(displayName="All orders"),
    ),
    "aws:sns/topicPolicy:TopicPolicy": Case(
        lambda parts: {"arn": parts.topic.id, "policy": _publish(parts, "cloudwatch.amazonaws.com")},
        lambda parts, made: parts.aws.client("sns").set_topic_attributes(
            TopicArn=made.id, AttributeName="Policy", AttributeValue=_publish(parts, "s3.amazonaws.com")
        ),
        "policy",
        "arn",
        lambda parts: {"policy": _publish(parts, "events.amazonaws.com")},
        vanishes=False,
    ),
    "aws:sns/topicSubscription:TopicSubscription": Case(
        lambda parts: {"topic": parts.topic.id, "protocol": "sqs", "endpoint": parts.arn(parts.queue)},
        lambda parts, made: parts.aws.client("sns").set_subscription_attributes(
            SubscriptionArn=made.id, AttributeName="RawMessageDelivery", AttributeValue="true"
        ),
        "rawMessageDelivery",
        "topic protocol endpoint",
        said(filterPolicy=json.dumps({"kind": ["order"]})),
    ),
    QUEUE: Case(
        said(visibilityTimeoutSeconds=60),
        lambda parts, made: parts.aws.client("sqs").set_queue_attributes(QueueUrl=made.id, Attributes={"VisibilityTimeout": "5"}),
        "visibilityTimeoutSeconds",
        "name namePrefix fifoQueue",
        said(visibilityTimeoutSeconds=90),
    ),
    "aws:sqs/queuePolicy:QueuePolicy": Case(
        lambda parts: {"queueUrl": parts.queue.id, "policy": _send(parts, "sns.amazonaws.com")},
        lambda parts, made: parts.aws.client("sqs").set_queue_attributes(
            QueueUrl=made.id, Attributes={"Policy": _send(parts, "s3.amazonaws.com")}
        ),
        "policy",
        "queueUrl",
        lambda parts: {"policy": _send(parts, "events.amazonaws.com")},
    ),
    ALARM: Case(
        said(**ALARM_INPUTS),
        lambda parts, made: parts.aws.client("cloudwatch").disable_alarm_actions(AlarmNames=[made.id]),
        "actionsEnabled",
        "name",
        said(threshold=3),
    ),
    "aws:cloudwatch/compositeAlarm:CompositeAlarm": Case(
        said(alarmName="composed", alarmRule="FALSE"),
        lambda parts, made: parts.aws.client("cloudwatch").put_composite_alarm(AlarmName=made.id, AlarmRule="TRUE"),
        "alarmRule",
        "alarmName actionsEnabled",
        said(alarmDescription="of nothing"),
    ),
    "aws:cloudwatch/alarmMuteRule:AlarmMuteRule": Case(
        said(name="night", rule=WINDOW, muteTargets={"alarmNames": ["reports"]}),
        _mute_longer,
        "rule",
        "name",
        said(description="at night"),
    ),
    "aws:cloudwatch/dashboard:Dashboard": Case(
        said(dashboardName="shop", dashboardBody=json.dumps({"widgets": []})),
        lambda parts, made: parts.aws.client("cloudwatch").put_dashboard(
            DashboardName=made.id, DashboardBody=json.dumps({"widgets": [], "start": "-PT1H"})
        ),
        "dashboardBody",
        "dashboardName",
        said(dashboardBody=json.dumps({"widgets": [], "start": "-PT3H"})),
    ),
    LOG_GROUP: Case(
        said(retentionInDays=30),
        lambda parts, made: parts.aws.client("logs").put_retention_policy(logGroupName=made.id, retentionInDays=7),
        "retentionInDays",
        "name namePrefix logGroupClass",
        said(tags={"stage": "dev"}),
    ),
}


def _publish(parts: Parts, service: str) -> str:
    return policy(Principal={"Service": service}, Action="sns:Publish", Resource=parts.topic.id)


def _send(parts: Parts, service: str) -> str:
    return policy(Principal={"Service": service}, Action="sqs:SendMessage", Resource=parts.arn(parts.queue))
