"""A stack written with `pulumi_aws` alone that keeps every rule, also those that are off by default."""

PROGRAM = """
KEY = "arn:aws:kms:eu-west-1:123456789012:key/1"
TAGS = {"team": "orders"}

topic = aws.sns.Topic("on-call", kms_master_key_id=KEY, tags=TAGS)
aws.sns.TopicPolicy("on-call", arn=topic.arn, policy=topic.arn.apply(lambda arn: json.dumps({"Version": "2012-10-17", "Statement": [
    {"Sid": "Alarms", "Effect": "Allow", "Principal": {"Service": "cloudwatch.amazonaws.com"}, "Action": "sns:Publish", "Resource": arn}]})))

units = {"read_capacity": 5, "write_capacity": 5}
table = aws.dynamodb.Table(
    "orders",
    name="orders",
    hash_key="PK",
    attributes=[{"name": "PK", "type": "S"}, {"name": "GSI1PK", "type": "S"}],
    billing_mode="PROVISIONED",
    **units,
    global_secondary_indexes=[
        {"name": "GSI1", "projection_type": "ALL", "key_schemas": [{"attribute_name": "GSI1PK", "key_type": "HASH"}], **units}
    ],
    stream_enabled=True,
    stream_view_type="NEW_AND_OLD_IMAGES",
    deletion_protection_enabled=True,
    ttl={"attribute_name": "expires", "enabled": True},
    point_in_time_recovery={"enabled": True, "recovery_period_in_days": 35},
    server_side_encryption={"enabled": True, "kms_key_arn": KEY},
    replicas=[{"region_name": "eu-central-1", "point_in_time_recovery": True, "deletion_protection_enabled": True, "kms_key_arn": KEY}],
    tags=TAGS,
    opts=pulumi.ResourceOptions(protect=True),
)
aws.dynamodb.ResourcePolicy("orders", resource_arn=table.arn, policy=table.arn.apply(lambda arn: json.dumps({"Version": "2012-10-17",
    "Statement": {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::210987654321:root"}, "Action": "dynamodb:GetItem", "Resource": arn}})))

SCALED = {"table": "table/orders", "index": "table/orders/index/GSI1"}
for kind, resource in SCALED.items():
    for access in ("Read", "Write"):
        target = aws.appautoscaling.Target(f"{kind}-{access}", service_namespace="dynamodb", resource_id=resource,
            scalable_dimension=f"dynamodb:{kind}:{access}CapacityUnits", min_capacity=5, max_capacity=50)
        aws.appautoscaling.Policy(f"{kind}-{access}", service_namespace="dynamodb", resource_id=target.resource_id,
            scalable_dimension=target.scalable_dimension, policy_type="TargetTrackingScaling",
            target_tracking_scaling_policy_configuration={"target_value": 70,
                "predefined_metric_specification": {"predefined_metric_type": f"DynamoDB{access}CapacityUtilization"}})


def alarm(name, metric, dimensions, namespace="AWS/DynamoDB", statistic="Sum", actions=(topic.arn,), **more):
    return aws.cloudwatch.MetricAlarm(name, name=name, namespace=namespace, metric_name=metric, dimensions=dimensions, statistic=statistic,
        period=60, threshold=0, evaluation_periods=5, datapoints_to_alarm=1, comparison_operator="GreaterThanThreshold",
        treat_missing_data="notBreaching", alarm_actions=list(actions), tags=TAGS, **more)


of_table, of_index = {"TableName": table.name}, {"TableName": table.name, "GlobalSecondaryIndexName": "GSI1"}
alarm("reads", "ReadThrottleEvents", of_table)
alarm("writes", "WriteThrottleEvents", of_table)
alarm("index-reads", "ReadThrottleEvents", of_index)
alarm("index-writes", "WriteThrottleEvents", of_index)

failures = aws.sqs.Queue("failures", sqs_managed_sse_enabled=True, tags=TAGS)
aws.sqs.QueuePolicy("failures", queue_url=failures.id, policy=failures.arn.apply(lambda arn: json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": arn,
     "Condition": {"ArnEquals": {"aws:SourceArn": "arn:aws:sns:eu-west-1:123456789012:others"}}}]})))
alarm("failures", "ApproximateNumberOfMessagesVisible", {"QueueName": failures.name}, "AWS/SQS", "Maximum", actions=())
aws.cloudwatch.CompositeAlarm("anything", alarm_name="anything", alarm_rule='ALARM("failures") OR ALARM("reads")', alarm_actions=[topic.arn], tags=TAGS)

key = aws.kms.Key("own", enable_key_rotation=True, policy=json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:root"}, "Action": "kms:*", "Resource": "*"}]}))
aws.kinesis.Stream("changes", shard_count=1, encryption_type="KMS", kms_key_id="alias/aws/kinesis")
role = aws.iam.Role("consumer", assume_role_policy=json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]}))
aws.iam.RolePolicy("consumer", role=role.name, policy=table.arn.apply(lambda arn: json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": ["dynamodb:GetItem", "dynamodb:Query"], "Resource": arn}]})))
logs = aws.cloudwatch.LogGroup("consumer", name="/orders/consumer", retention_in_days=365, kms_key_id=KEY, tags=TAGS)
consumer = aws.lambda_.Function(
    "consumer",
    role=role.arn,
    runtime="python3.13",
    handler="consumer.handler",
    code=pulumi.AssetArchive({"consumer.py": pulumi.StringAsset("x")}),
    logging_config={"log_format": "JSON", "log_group": logs.name},
    environment={"variables": {"TABLE_NAME": table.name}},
    kms_key_arn=KEY,
    tracing_config={"mode": "Active"},
    dead_letter_config={"target_arn": failures.arn},
    reserved_concurrent_executions=10,
    tags=TAGS,
)
aws.lambda_.FunctionUrl("consumer", function_name=consumer.name, authorization_type="AWS_IAM", cors={"allow_origins": ["*"], "allow_methods": ["GET"]})
aws.lambda_.Permission("consumer", function=consumer.name, action="lambda:InvokeFunction", principal="sns.amazonaws.com", source_arn=topic.arn)
for number in range(1):
    aws.lambda_.EventSourceMapping(
        f"changes-{number}",
        function_name=consumer.name,
        event_source_arn=table.stream_arn,
        starting_position="TRIM_HORIZON",
        maximum_retry_attempts=10,
        destination_config={"on_failure": {"destination_arn": failures.arn}},
        metrics_config={"metrics": ["EventCount"]},
    )
"""
