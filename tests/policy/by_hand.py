"""Stacks as people write them with `pulumi_aws` alone: every form that the SDK takes, what is left out, other providers, components of others."""

CLASSES = """
table = aws.dynamodb.Table(
    "orders",
    aws.dynamodb.TableArgs(
        billing_mode="PAY_PER_REQUEST",
        hash_key="id",
        attributes=[
            aws.dynamodb.TableAttributeArgs(name="id", type="S"),
            aws.dynamodb.TableAttributeArgs(name="mail", type="S"),
        ],
        global_secondary_indexes=[
            aws.dynamodb.TableGlobalSecondaryIndexArgs(name="by-mail", hash_key="mail", projection_type="ALL"),
        ],
        point_in_time_recovery=aws.dynamodb.TablePointInTimeRecoveryArgs(enabled=True),
        deletion_protection_enabled=True,
        server_side_encryption=None,
        tags=None,
    ),
    pulumi.ResourceOptions(protect=True),
)
"""

SIMPLE = """
role = aws.iam.Role("api", assume_role_policy=aws.iam.get_policy_document(statements=[
    {"actions": ["sts:AssumeRole"], "principals": [{"type": "Service", "identifiers": ["lambda.amazonaws.com"]}]}]).json)
aws.iam.RolePolicyAttachment("logs", role=role.name, policy_arn="arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole")
queue = aws.sqs.Queue("jobs")
document = aws.iam.get_policy_document_output(statements=[{"actions": ["sqs:ReceiveMessage", "sqs:DeleteMessage"], "resources": [queue.arn]}])
aws.iam.RolePolicy("jobs", role=role.id, policy=document.json)
api = aws.lambda_.Function("api", role=role.arn, runtime="nodejs22.x", handler="index.handler",
    code=pulumi.AssetArchive({"index.js": pulumi.StringAsset("exports.handler = async () => 1")}),
    environment={"variables": {"QUEUE": queue.url, "TOKEN": pulumi.Output.secret("hidden")}})
aws.cloudwatch.LogGroup("api", name=api.name.apply(lambda name: f"/aws/lambda/{name}"), retention_in_days=14)
aws.lambda_.EventSourceMapping("jobs", event_source_arn=queue.arn, function_name=api.arn, batch_size=10)
topic = aws.sns.Topic("alerts")
aws.sns.TopicSubscription("alerts", topic=topic.arn, protocol="email", endpoint="ops@example.com")
aws.cloudwatch.MetricAlarm("errors", comparison_operator="GreaterThanThreshold", evaluation_periods=1, metric_name="Errors",
    namespace="AWS/Lambda", period=60, statistic="Sum", threshold=0, dimensions={"FunctionName": api.name}, alarm_actions=[topic.arn],
    treat_missing_data="notBreaching")
aws.cloudwatch.MetricAlarm("business", comparison_operator="LessThanThreshold", evaluation_periods=3, metric_name="Orders",
    namespace="Acme/Shop", period=300, statistic="Sum", threshold=1, treat_missing_data="breaching", alarm_actions=[topic.arn])
rule = aws.cloudwatch.EventRule("nightly", schedule_expression="rate(1 day)")
aws.cloudwatch.EventTarget("nightly", rule=rule.name, arn=api.arn)
aws.lambda_.Permission("nightly", action="lambda:InvokeFunction", function=api.name, principal="events.amazonaws.com", source_arn=rule.arn)
"""

OTHERS = """
class Suffix(pulumi.CustomResource):
    hex: pulumi.Output[str]

    def __init__(self, name):
        super().__init__("random:index/randomId:RandomId", name, {"byteLength": 4, "hex": None})


class Site(pulumi.ComponentResource):
    def __init__(self, name, opts=None):
        super().__init__("acme:web:Site", name, {"tags": {"a": "b"}, "policy": "*"}, opts)
        self.bucket = aws.s3.Bucket(name, force_destroy=True, opts=pulumi.ResourceOptions(parent=self))
        suffix = Suffix(name)
        self.queue = aws.sqs.Queue(f"{name}-jobs", name=suffix.hex.apply(lambda hex: f"{name}-{hex}"), opts=pulumi.ResourceOptions(parent=self))
        self.register_outputs({"bucket": self.bucket.id})


class Chart(pulumi.CustomResource):
    def __init__(self, name):
        super().__init__("kubernetes:helm.sh/v3:Release", name, {"values": {"policy": ["*"], "tags": [1, 2], "deep": {"a": [{"b": None}]}}})


elsewhere = aws.Provider("elsewhere", region="us-east-1")
site = Site("web", opts=pulumi.ResourceOptions(provider=elsewhere))
Chart("ingress")
aws.sqs.QueuePolicy("web", queue_url=site.queue.id, policy=pulumi.Output.json_dumps({"Version": "2012-10-17", "Statement": {
    "Sid": "Bucket", "Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": site.queue.arn,
    "Condition": {"ArnLike": {"aws:SourceArn": site.bucket.arn}}}}))
"""

CARELESS = """
table = aws.dynamodb.Table("events", hash_key="id", attributes=[{"name": "id", "type": "S"}], read_capacity=5, write_capacity=5,
    stream_enabled=True, stream_view_type="NEW_IMAGE", ttl={"attribute_name": "expires"})
role = aws.iam.Role("worker", assume_role_policy=json.dumps({"Version": "2012-10-17", "Statement":
    {"Effect": "Allow", "Principal": {"Service": ["lambda.amazonaws.com"]}, "Action": "sts:AssumeRole"}}),
    inline_policies=[aws.iam.RoleInlinePolicyArgs(name="all", policy=json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "*", "Resource": "*"}]}))])
worker = aws.lambda_.Function("worker", role=role.arn, package_type="Image", image_uri="1.dkr.ecr.eu-west-1.amazonaws.com/w:1", timeout=30)
aws.lambda_.EventSourceMapping("events", event_source_arn=table.stream_arn, function_name=worker.name, starting_position="LATEST")
aws.sqs.QueuePolicy("open", queue_url="https://example.com/q", policy=json.dumps({"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*"}]}))
aws.cloudwatch.MetricAlarm("classic", comparison_operator="GreaterThanThreshold", evaluation_periods=1, metric_name="ThrottledRequests",
    namespace="AWS/DynamoDB", period=60, statistic="Sum", threshold=0, dimensions={"TableName": table.name})
aws.cloudwatch.LogGroup("forever")
"""

STACKS = {
    "classes": (CLASSES, {("table-throttle-alarms", "orders")}),
    "simple": (SIMPLE, set[tuple[str, str]]()),
    "others": (OTHERS, set[tuple[str, str]]()),
    "careless": (
        CARELESS,
        {
            ("table-deletion-protection", "events"),
            ("table-point-in-time-recovery", "events"),
            ("table-protect", "events"),
            ("table-scaling", "events"),
            ("table-expiry-enabled", "events"),
            ("table-throttle-alarms", "events"),
            ("role-actions", "worker"),
            ("function-log-group", "worker"),
            ("stream-failure-destination", "events"),
            ("stream-bounded-retries", "events"),
            ("stream-event-counts", "events"),
            ("queue-policy", "open"),
            ("alarm-can-fire", "classic"),
            ("log-retention", "forever"),
        },
    ),
}
"""Name -> the program, and every rule that it breaks with the resource that breaks it."""
