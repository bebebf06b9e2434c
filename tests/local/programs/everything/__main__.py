"""One resource of every type that can be deployed."""

import json

import pulumi
import pulumi_aws as aws
from rooms.store import Store

config = pulumi.Config()
partition, account, region = aws.get_partition().partition, aws.get_caller_identity().account_id, aws.get_region().region

store = Store("data", capacity=config.require_int("capacity"))
table = store.table
role = aws.iam.Role(
    "role",
    assume_role_policy=json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}],
        }
    ),
)
policy = aws.iam.RolePolicy(
    "policy",
    role=role.name,
    policy=pulumi.Output.json_dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": table.arn}]}
    ),
)
logs = aws.cloudwatch.LogGroup("logs", retention_in_days=30)
function = aws.lambda_.Function(
    "function",
    role=role.arn,
    runtime="python3.12",
    handler="handler.handler",
    code=pulumi.AssetArchive({"handler.py": pulumi.FileAsset("code/handler.py"), "note.txt": pulumi.StringAsset("hello")}),
    architectures=["arm64"],
    timeout=10,
    environment={"variables": {"TABLE_NAME": table.name, "KEYS": config.require_secret("keys")}},
    logging_config={"log_format": "JSON", "log_group": logs.name},
    opts=pulumi.ResourceOptions(depends_on=[policy]),
)
url = aws.lambda_.FunctionUrl("url", function_name=function.name, authorization_type="NONE")
aws.lambda_.Permission(
    "permission", function=function.name, action="lambda:InvokeFunctionUrl", principal="*", function_url_auth_type="NONE"
)
aws.lambda_.FunctionEventInvokeConfig("retries", function_name=function.name, maximum_retry_attempts=1, maximum_event_age_in_seconds=3600)
queue = aws.sqs.Queue("failures", message_retention_seconds=1209600, sqs_managed_sse_enabled=True)
aws.sqs.QueuePolicy(
    "failures-policy",
    queue_url=queue.url,
    policy=queue.arn.apply(
        lambda arn: json.dumps(
            {
                "Version": "2012-10-17",
                "Id": arn,
                "Statement": [
                    {"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": arn}
                ],
            }
        )
    ),
)
mapping = aws.lambda_.EventSourceMapping(
    "mapping",
    event_source_arn=table.stream_arn,
    function_name=function.arn,
    starting_position="TRIM_HORIZON",
    batch_size=100,
    bisect_batch_on_function_error=True,
    maximum_retry_attempts=8,
    maximum_record_age_in_seconds=82800,
    function_response_types=["ReportBatchItemFailures"],
    filter_criteria={"filters": [{"pattern": json.dumps({"eventName": ["MODIFY"]})}]},
    destination_config={"on_failure": {"destination_arn": queue.arn}},
    metrics_config={"metrics": ["EventCount"]},
)
topic = aws.sns.Topic("alarms")
aws.sns.TopicPolicy(
    "alarms-policy",
    arn=topic.arn,
    policy=topic.arn.apply(
        lambda arn: json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {"Effect": "Allow", "Principal": {"Service": "cloudwatch.amazonaws.com"}, "Action": "sns:Publish", "Resource": arn}
                ],
            }
        )
    ),
)
for address in config.require_object("emails"):
    aws.sns.TopicSubscription(f"to-{address}", topic=topic.arn, protocol="email", endpoint=address)
alarm = aws.cloudwatch.MetricAlarm(
    "throttled",
    name=f"{pulumi.get_project()}-{pulumi.get_stack()}-throttled",
    comparison_operator="GreaterThanThreshold",
    evaluation_periods=5,
    datapoints_to_alarm=1,
    threshold=0,
    treat_missing_data="notBreaching",
    metric_queries=[
        {"id": "e1", "expression": "FILL(m1,0)", "label": "throttled writes", "return_data": True},
        {
            "id": "m1",
            "metric": {
                "namespace": "AWS/DynamoDB",
                "metric_name": "WriteThrottleEvents",
                "period": 60,
                "stat": "Sum",
                "dimensions": {"TableName": table.name, "GlobalSecondaryIndexName": "GSI1"},
            },
        },
    ],
    alarm_actions=[topic.arn],
    ok_actions=[topic.arn],
)
aws.cloudwatch.AlarmMuteRule(
    "night",
    name="night",
    rule={"schedule": {"expression": "cron(0 2 * * SUN)", "duration": "PT4H", "timezone": "Europe/Berlin"}},
    mute_targets={"alarm_names": [alarm.name]},
)
changes = aws.kinesis.Stream("changes", shard_count=1)
aws.dynamodb.KinesisStreamingDestination(
    "to-changes", table_name=table.name, stream_arn=changes.arn, approximate_creation_date_time_precision="MICROSECOND"
)
aws.dynamodb.ResourcePolicy(
    "readers",
    resource_arn=table.arn,
    policy=table.arn.apply(
        lambda arn: json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [{"Effect": "Allow", "Principal": {"AWS": "210987654321"}, "Action": "dynamodb:GetItem", "Resource": arn}],
            }
        )
    ),
)
aws.dynamodb.ContributorInsights("keys", table_name=table.name, index_name="GSI1", mode="THROTTLED_KEYS")
aws.cloudwatch.CompositeAlarm(
    "page", alarm_name="page", alarm_rule=alarm.name.apply(lambda name: f'ALARM("{name}")'), alarm_actions=[topic.arn]
)
aws.cloudwatch.Dashboard(
    "dashboard",
    dashboard_name="sample",
    dashboard_body=pulumi.Output.json_dumps(
        {"widgets": [{"type": "text", "width": 6, "height": 2, "properties": {"markdown": table.name}}]}, sort_keys=True
    ),
)
target = aws.appautoscaling.Target(
    "writes",
    min_capacity=1,
    max_capacity=10,
    service_namespace="dynamodb",
    resource_id=table.name.apply(lambda name: f"table/{name}"),
    scalable_dimension="dynamodb:table:WriteCapacityUnits",
)
aws.appautoscaling.Policy(
    "writes-policy",
    policy_type="TargetTrackingScaling",
    service_namespace=target.service_namespace,
    resource_id=target.resource_id,
    scalable_dimension=target.scalable_dimension,
    target_tracking_scaling_policy_configuration={
        "target_value": 70,
        "predefined_metric_specification": {"predefined_metric_type": "DynamoDBWriteCapacityUtilization"},
    },
)
aws.appautoscaling.ScheduledAction(
    "morning",
    service_namespace=target.service_namespace,
    resource_id=target.resource_id,
    scalable_dimension=target.scalable_dimension,
    schedule="cron(0 7 ? * MON-FRI *)",
    timezone="Europe/Berlin",
    scalable_target_action={"min_capacity": 5, "max_capacity": 20},
)
pulumi.export("tableName", table.name)
pulumi.export("apiUrl", url.function_url)
pulumi.export("place", f"{partition} {account} {region}")
pulumi.export("keys", config.require_secret("keys"))
