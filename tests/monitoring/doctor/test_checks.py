"""Each check on a stack without fault, and on one with the fault it looks for. Settings are those that AWS documents."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from monitoring import Billing, Ceiling
from monitoring.doctor import CHECKS, examine
from tests.monitoring.doctor import stack
from tests.monitoring.doctor.answers import DENIED, refusal
from tests.monitoring.doctor.stack import ALARMS, AT, BY_CODE, COMPOSITES, QUEUE, STREAM, TABLE, TOPIC, examined, look, spoilt

PENDING = {"SubscriptionArn": "PendingConfirmation", "Protocol": "email", "TopicArn": TOPIC}
RECOVERY = "dynamodb:DescribeContinuousBackups"
PROVISIONED = {
    "BillingModeSummary": {"BillingMode": "PROVISIONED"},
    "ProvisionedThroughput": {"ReadCapacityUnits": 36_000, "WriteCapacityUnits": 5},
    "GlobalSecondaryIndexes": [stack.index(ProvisionedThroughput={"ReadCapacityUnits": 5, "WriteCapacityUnits": 5})],
}
QUOTAS = {
    "AccountMaxReadCapacityUnits": 80_000,
    "AccountMaxWriteCapacityUnits": 80_000,
    "TableMaxReadCapacityUnits": 40_000,
    "TableMaxWriteCapacityUnits": 40_000,
}


def recovery(**described):
    return {RECOVERY: {"ContinuousBackupsDescription": {"ContinuousBackupsStatus": "ENABLED", "PointInTimeRecoveryDescription": described}}}


def of_table(**changes):
    return {"table": stack.table(**changes)}


def of_mapping(**changes):
    return {"mappings": (stack.mapped(stack.mapping(**changes)),)}


def of_queue(**changes):
    return {"mappings": (stack.mapped(attributes=stack.queue(**changes)),)}


def of_function(**changes):
    return {"functions": (stack.function("api", **changes),)}


def of_alarm(**changes):
    return {"alarms": spoilt(ALARMS, **changes)}


def of_topic(**attributes):
    return {"sns:GetTopicAttributes": {"Attributes": {"TopicArn": TOPIC, **attributes}}}


def subscriptions(*listed):
    return {"sns:ListSubscriptionsByTopic": {"Subscriptions": list(listed)}}


def policy(principal):
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sns:Publish", "Resource": TOPIC}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


CONFIRMED = {"SubscriptionArn": f"{TOPIC}:1", "Protocol": "email", "TopicArn": TOPIC}

FAULTS = [
    # code, changes of what is deployed, other answers of AWS, what the message says
    ("deletable-table", of_table(DeletionProtectionEnabled=False), {}, "deletion protection is off"),
    ("unrecoverable-table", {}, recovery(PointInTimeRecoveryStatus="DISABLED"), "point-in-time recovery is off"),
    (
        "unrecoverable-table",
        of_table(TableSizeBytes=3 * 2**40),
        recovery(PointInTimeRecoveryStatus="DISABLED"),
        "it is paid by the table's size, 3,072 GB",
    ),
    ("short-recovery", {}, recovery(PointInTimeRecoveryStatus="ENABLED", RecoveryPeriodInDays=7), "go back 7 days"),
    ("inaccessible-key", of_table(SSEDescription={"InaccessibleEncryptionDateTime": AT}), {}, "since 24 Nov 2026"),
    ("infrequent-access", of_table(TableClassSummary={"TableClass": "STANDARD_INFREQUENT_ACCESS"}), {}, "STANDARD_INFREQUENT_ACCESS"),
    ("other-table-key", of_table(KeySchema=stack.key("id", "SK")), {}, "its key is id and SK, declared is PK and SK"),
    ("missing-index", of_table(GlobalSecondaryIndexes=[]), {}, "GSI1 is not there: find_order cannot work"),
    ("extra-index", of_table(GlobalSecondaryIndexes=[stack.index(), stack.index(IndexName="old")]), {}, "old is not declared"),
    ("other-index-key", of_table(GlobalSecondaryIndexes=[stack.index(KeySchema=stack.key("a", "b"))]), {}, "is a and b"),
    ("other-projection", of_table(GlobalSecondaryIndexes=[stack.index(Projection={"ProjectionType": "KEYS_ONLY"})]), {}, "KEYS_ONLY"),
    ("unfinished-index", of_table(GlobalSecondaryIndexes=[stack.index(IndexStatus="CREATING")]), {}, "GSI1 is CREATING"),
    ("other-expiry", {"ttl": None}, {}, "time to live is off, declared is expires_at"),
    ("other-expiry", {"ttl": "gone_at"}, {}, "items are deleted by gone_at, declared is expires_at"),
    ("other-stream-view", of_table(StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}), {}, "shows KEYS_ONLY"),
    ("other-stream-view", of_table(StreamSpecification={}), {}, "the stream is off"),
    ("other-schema", of_function(Environment={"Variables": {"SCHEMA_FINGERPRINT": "0" * 16}}), {}, "schema 0000000000000000"),
    ("no-ceiling", of_table(OnDemandThroughput={"MaxReadRequestUnits": -1, "MaxWriteRequestUnits": -1}), {}, "without a ceiling"),
    (
        "low-index-ceiling",
        of_table(GlobalSecondaryIndexes=[stack.index(OnDemandThroughput={"MaxWriteRequestUnits": 10})]),
        {},
        "GSI1 takes 10 writes a second, the table 1,000",
    ),
    ("other-ceiling", of_table(OnDemandThroughput={"MaxReadRequestUnits": 1, "MaxWriteRequestUnits": 1000}), {}, "declared is 4000"),
    ("near-quota", of_table(**PROVISIONED), {"dynamodb:DescribeLimits": QUOTAS}, "36,005 read units are provisioned"),
    ("stopped-function", {}, {"lambda:GetFunctionConcurrency": {"ReservedConcurrentExecutions": 0}}, "concurrency is 0"),
    (
        "endless-logs",
        {},
        {"logs:DescribeLogGroups": lambda asked: {"logGroups": [{"logGroupName": asked["logGroupNamePrefix"]}]}},
        "/shop/dev/api keeps everything",
    ),
    ("deprecated-runtime", of_function(Runtime="python3.8"), {}, "python3.8 is deprecated since 14 Oct 2024"),
    ("long-answer", of_function(Timeout=900), {}, "may run for 900 s"),
    ("no-consumer", {"mappings": ()}, {}, "declared is order-events"),
    ("disabled-mapping", of_mapping(State="Disabled", StateTransitionReason="User action"), {}, "disabled (User action)"),
    ("failing-mapping", of_mapping(LastProcessingResult="PROBLEM: Function call failed"), {}, "PROBLEM: Function call failed"),
    ("other-filter", of_mapping(FilterCriteria={"Filters": []}), {}, "other changes through"),
    ("other-filter", of_mapping(FilterCriteria={"Filters": [{"Pattern": '{"eventName": ["REMOVE"]}'}]}), {}, "other changes through"),
    ("many-readers", {"mappings": (stack.mapped(),) * 3}, {}, "3 mappings read the stream"),
    (
        "many-readers",
        {"mappings": (stack.mapped(),) * 2, "table": stack.table(Replicas=[{"RegionName": "eu-central-1"}])},
        {},
        "2 mappings read the stream",
    ),
    ("endless-retries", of_mapping(MaximumRetryAttempts=-1), {}, "without end"),
    ("unbounded-age", of_mapping(MaximumRecordAgeInSeconds=-1), {}, "until they are forgotten"),
    ("unbounded-age", of_mapping(MaximumRecordAgeInSeconds=86_400), {}, "86,400 s old"),
    ("whole-batches", of_mapping(BisectBatchOnFunctionError=False), {}, "not halved"),
    ("unreported-failures", of_mapping(FunctionResponseTypes=[]), {}, "which change"),
    ("began-late", of_mapping(StartingPosition="LATEST"), {}, "LATEST"),
    ("uncounted-events", of_mapping(MetricsConfig={"Metrics": []}), {}, "EventCount"),
    ("no-failure-queue", of_mapping(DestinationConfig={"OnFailure": {}}), {}, "no destination"),
    ("forgetful-queue", of_queue(MessageRetentionPeriod="345600"), {}, "after 4 days"),
    ("failed-changes", of_queue(ApproximateNumberOfMessages="2"), {}, f"2 messages wait in {QUEUE}"),
    ("unwatched", {"alarms": (), "composites": ()}, {}, "no alarm watches any of it"),
    ("alarm-in-progress", of_alarm(StateValue="ALARM", StateReason="Threshold crossed."), {}, "in ALARM now: Threshold crossed"),
    ("silent-metric", {}, {"cloudwatch:ListMetrics": {"Metrics": []}}, "no data for two weeks"),
    ("without-data", of_alarm(StateValue="INSUFFICIENT_DATA"), {}, "too little data since 23 Nov 2026 14:00"),
    ("actions-off", of_alarm(ActionsEnabled=False), {}, "switched off"),
    ("suppressed-now", {"composites": spoilt(COMPOSITES, ActionsSuppressedBy="Alarm", ActionsSuppressor="deploy")}, {}, "suppressed now"),
    ("unheard-alarm", of_alarm(AlarmActions=[]), {}, "it tells nobody"),
    ("missing-topic", {}, {"sns:GetTopicAttributes": refusal("NotFound")}, "no such topic"),
    ("nobody-subscribed", {}, subscriptions(PENDING), "nobody is subscribed, and 1 did not confirm"),
    ("unconfirmed-subscription", {}, subscriptions(CONFIRMED, PENDING), "1 of 2 subscriptions (email)"),
    ("locked-topic", {}, of_topic(KmsMasterKeyId="alias/aws/sns"), "alias/aws/sns, which no alarm may use"),
    ("locked-topic", {}, of_topic(Policy=policy({"AWS": "arn:aws:iam::123456789012:root"})), "lets CloudWatch publish"),
    ("locked-topic", {}, of_topic(KmsMasterKeyId="arn:aws:kms:eu-west-1:123456789012:key/1"), "is not checked"),
    ("missing-dashboard", {}, {"cloudwatch:GetDashboard": refusal("ResourceNotFound")}, "no dashboard shop-dev"),
    ("unknown-keys", {}, {"dynamodb:DescribeContributorInsights": {"ContributorInsightsStatus": "DISABLED"}}, "off for the table, GSI1"),
]


def test_nothing_is_said_of_a_stack_without_fault():
    found = examine(examined())
    assert found.findings == ()
    assert found.unchecked == ()


@pytest.mark.parametrize(
    ("code", "changes", "answers", "said"), FAULTS, ids=[f"{code}-{number}" for number, (code, *_) in enumerate(FAULTS)]
)
def test_a_fault_is_found(code, changes, answers, said):
    found = look(code, examined(answers, **changes))
    assert found
    assert said in found[0][1]


def test_every_check_has_a_fault_here():
    elsewhere = {"no-autoscaling", "old-stream", "missing-queue", "muted-now", "drifted-dashboard"}
    assert {code for code, *_ in FAULTS} | elsewhere == {check.code for check in CHECKS}
    assert len({check.code for check in CHECKS}) == len(CHECKS)


def test_what_one_call_mends_is_a_request_of_the_api():
    """botocore validates the request of every call that is offered, and its answer has no more to say."""
    whole = {}
    for _, changes, answers, _ in FAULTS:
        for finding in examine(examined(answers, **changes)).findings:
            if finding.call:
                whole.setdefault((finding.call.service, finding.call.operation), finding)
    assert {code for _, code in whole} >= {"UpdateTable", "UpdateContinuousBackups", "UpdateEventSourceMapping", "SetQueueAttributes"}
    for (service, operation), finding in whole.items():
        given, answering = stack.examined_and_answers({f"{service}:{operation}": {}})
        finding.call.make(given.account)
        assert answering.of(f"{service}:{operation}") == [finding.call.request]


def test_a_table_that_may_be_lost_is_only_noted_and_not_offered_to_be_protected():
    tags = {"dynamodb:ListTagsOfResource": {"Tags": [{"Key": "singletable:disposable", "Value": "true"}]}}
    found = examine(examined(tags | recovery(PointInTimeRecoveryStatus="DISABLED"), table=stack.table(DeletionProtectionEnabled=False)))
    assert [(each.code, each.level, each.safe) for each in found.findings] == [
        ("deletable-table", "note", False),
        ("unrecoverable-table", "note", False),
    ]


def test_a_refusal_names_the_permission_and_the_other_checks_go_on():
    found = examine(examined({RECOVERY: DENIED}, table=stack.table(DeletionProtectionEnabled=False)))
    assert [each.code for each in found.findings] == ["deletable-table"]
    assert {each.code for each in found.unchecked} == {"unrecoverable-table", "short-recovery"}
    assert all("Allow dynamodb:DescribeContinuousBackups" in each.reason for each in found.unchecked)


def test_without_a_declaration_nothing_is_compared_and_that_is_said():
    found = examine(examined(declared=None))
    assert found.findings == ()
    unknown = {each.code for each in found.unchecked}
    assert {"missing-index", "other-expiry", "other-schema", "drifted-dashboard"} <= unknown


def test_an_index_has_a_ceiling_of_its_own():
    apart = Billing.on_demand(max_reads_per_second=4000, max_writes_per_second=1000, indexes={"GSI1": Ceiling(4000, 700)})
    declared = replace(stack.DECLARED, table=replace(stack.DECLARED.table, billing=apart))
    assert look("other-ceiling", examined(declared=declared)) == [(TABLE, "at most 1000 write units a second of GSI1, declared is 700")]


def test_provisioned_capacity_wants_a_target_and_a_policy_of_each_part():
    """Resource ids and dimensions: Application Auto Scaling API reference, RegisterScalableTarget."""
    parts = [
        (f"table/{TABLE}{path}", f"dynamodb:{kind}:{access}CapacityUnits")
        for kind, path in (("table", ""), ("index", "/index/GSI1"))
        for access in ("Read", "Write")
    ]
    targets = [
        {
            "ServiceNamespace": "dynamodb",
            "ResourceId": resource,
            "ScalableDimension": dimension,
            "MinCapacity": 1,
            "MaxCapacity": 10,
            "RoleARN": "arn:aws:iam::123456789012:role/scaling",
            "CreationTime": AT,
        }
        for resource, dimension in parts
    ]
    policies = [
        {
            "PolicyARN": "arn:aws:autoscaling:eu-west-1:123456789012:scalingPolicy:1",
            "PolicyName": "any",
            "ServiceNamespace": "dynamodb",
            "ResourceId": resource,
            "ScalableDimension": dimension,
            "PolicyType": "TargetTrackingScaling",
            "CreationTime": AT,
        }
        for resource, dimension in parts
    ]
    scaling = "application-autoscaling:DescribeScal"

    def found(targets, policies):
        answers = {f"{scaling}ableTargets": {"ScalableTargets": targets}, f"{scaling}ingPolicies": {"ScalingPolicies": policies}}
        return [message for _, message in look("no-autoscaling", examined(answers, table=stack.table(**PROVISIONED)))]

    assert found(targets, policies) == []
    assert found(targets[:3], policies) == ["write capacity of GSI1 is fixed: no scalable target"]
    assert found(targets, policies[1:]) == ["read capacity of the table is fixed: no scaling policy"]
    assert len(found([], [])) == 4


def test_a_mapping_of_an_earlier_stream_is_found_and_one_of_another_table_is_not():
    old, other = STREAM.replace("2026-11", "2026-01"), STREAM.replace(TABLE, f"{TABLE}-2")
    listed = [stack.mapping(EventSourceArn=arn) for arn in (STREAM, old, other)]
    found = look("old-stream", examined({"lambda:ListEventSourceMappings": {"EventSourceMappings": listed}}))
    assert [message for _, message in found] == [
        "its mapping reads the stream of 2026-01-01T00:00:00.000, which is not the table's any more"
    ]


def test_a_queue_that_is_gone_is_told_from_one_that_may_not_be_read():
    gone = (replace(stack.mapped(), queue_attributes=None),)
    missing = examined({"sqs:GetQueueUrl": refusal("AWS.SimpleQueueService.NonExistentQueue")}, mappings=gone)
    assert look("missing-queue", missing) == [("order-events-1a2b3c4", f"its failure queue {QUEUE} does not exist")]
    assert "missing-queue" in {each.code for each in examine(examined({"sqs:GetQueueUrl": DENIED}, mappings=gone)).unchecked}


def test_an_alarm_is_missed_by_the_metrics_that_it_would_watch_and_not_by_its_name():
    renamed = tuple({**alarm, "AlarmName": f"mine {number}"} for number, alarm in enumerate(ALARMS))
    assert look("unwatched", examined(alarms=renamed, composites=())) == []
    queue = [alarm for alarm in ALARMS if alarm.get("Namespace") == "AWS/SQS"]
    assert queue
    rest = tuple(alarm for alarm in ALARMS if alarm not in queue)
    [(_, message)] = look("unwatched", examined(alarms=rest))
    assert "failure-queue" in message


def test_a_query_over_the_table_counts_as_an_alarm_on_its_operations():
    """One alarm on a Metrics Insights query may stand for one alarm on each operation."""
    query = f"SELECT SUM(ThrottledRequests) FROM SCHEMA(\"AWS/DynamoDB\", Operation, TableName) WHERE TableName = '{TABLE}'"
    one = stack.described(
        {"AlarmName": "any", "Metrics": [{"Id": "q", "Expression": query, "Period": 60}], "EvaluationPeriods": 1, "Threshold": 0.0}
    )
    refused = [alarm for alarm in ALARMS if "refused" in alarm["AlarmName"]]
    rest = tuple(alarm for alarm in ALARMS if alarm not in refused)
    assert "refused-requests" in str(look("unwatched", examined(alarms=rest)))
    assert "refused-requests" not in str(look("unwatched", examined(alarms=(*rest, one))))


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_alarms_of_scaling_policies_are_left_alone(partition):
    scaling = {
        **ALARMS[0],
        "AlarmName": "TargetTracking-table/any-AlarmLow",
        "AlarmActions": [f"arn:{partition}:autoscaling:eu-west-1:123456789012:scalingPolicy:1:resource/dynamodb/table/any:policyName/any"],
        "StateValue": "ALARM",
    }
    assert examine(examined(alarms=(*ALARMS, scaling))).findings == ()


def test_a_young_table_and_a_young_alarm_are_not_judged_by_what_is_not_there_yet():
    nothing = {"cloudwatch:ListMetrics": {"Metrics": []}}
    found = examine(examined(nothing, table=stack.table(CreationDateTime=AT - timedelta(minutes=5))))
    assert [each.code for each in found.unchecked] == ["silent-metric"]
    assert found.findings == ()
    fresh = of_alarm(StateValue="INSUFFICIENT_DATA", StateUpdatedTimestamp=AT - timedelta(minutes=5))
    assert look("without-data", examined(**fresh)) == []


def test_a_composite_tells_for_its_alarms_and_needs_not_tell_where_they_do():
    silent = tuple({**alarm, "AlarmActions": []} for alarm in ALARMS)
    telling = tuple({**alarm, "AlarmActions": [TOPIC]} for alarm in COMPOSITES)
    assert look("unheard-alarm", examined(alarms=silent, composites=telling)) == []
    assert len(look("unheard-alarm", examined(alarms=silent))) == len(ALARMS) + len(COMPOSITES)


def test_a_composite_in_alarm_is_not_listed_beside_its_own_alarms():
    """Its reason names them by ARN; what stands in it is said without."""
    reason = "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:other transitioned to ALARM"
    composites = spoilt(COMPOSITES, StateValue="ALARM", StateReason=reason)
    name = COMPOSITES[0]["AlarmName"]
    assert look("alarm-in-progress", examined(composites=composites)) == [(name, "it is in ALARM now: other transitioned to ALARM")]
    alarms = tuple({**alarm, "StateValue": "ALARM"} for alarm in ALARMS)
    listed = {about for about, _ in look("alarm-in-progress", examined(alarms=alarms, composites=composites))}
    assert listed == {alarm["AlarmName"] for alarm in ALARMS}


def test_what_is_muted_now_is_named():
    arn = "arn:aws:cloudwatch:eu-west-1:123456789012:alarm-mute-rule:maintenance"
    name = ALARMS[0]["AlarmName"]
    answers = {
        "cloudwatch:ListAlarmMuteRules": {"AlarmMuteRuleSummaries": [{"AlarmMuteRuleArn": arn, "Status": "ACTIVE"}]},
        "cloudwatch:GetAlarmMuteRule": lambda asked: {"Name": asked["AlarmMuteRuleName"], "MuteTargets": {"AlarmNames": [name, "other"]}},
    }
    assert look("muted-now", examined(answers)) == [("maintenance", f'it mutes "{name}" now')]


def test_a_dashboard_that_was_changed_by_hand_is_named_by_its_widgets():
    body = json.loads(json.dumps(stack.DASHBOARD))
    titled = [widget for widget in body["widgets"] if widget["properties"].get("title")]
    titled[0]["properties"]["metrics"] = [["AWS/DynamoDB", "UserErrors"]]
    changed = {"cloudwatch:GetDashboard": {"DashboardName": "shop-dev", "DashboardBody": json.dumps(body)}}
    [(_, message)] = look("drifted-dashboard", examined(changed))
    assert message == f'it is not the generated one: "{titled[0]["properties"]["title"]}" is changed'
    body["widgets"].pop()
    changed["cloudwatch:GetDashboard"]["DashboardBody"] = json.dumps(body)
    [(_, message)] = look("drifted-dashboard", examined(changed))
    assert f"{len(body['widgets'])} widgets, {len(body['widgets']) + 1} were generated" in message


def test_the_linter_speaks_too_and_its_corrected_alarm_is_a_call():
    dead = {
        "AlarmName": "shop-dev page: dead",
        "Namespace": "AWS/DynamoDB",
        "MetricName": "SystemErrors",
        "Dimensions": [{"Name": "TableName", "Value": TABLE}],
        "Statistic": "Sum",
        "Period": 60,
        "EvaluationPeriods": 5,
        "Threshold": 0.0,
        "ComparisonOperator": "GreaterThanThreshold",
    }
    found = examine(examined(alarms=(*ALARMS, stack.described(dead))))
    [finding] = found.findings
    assert (finding.code, finding.level, finding.about) == ("impossible-dimensions", "error", "shop-dev page: dead")
    assert finding.call is not None
    assert finding.call.operation == "PutMetricAlarm"
    assert not finding.safe


def test_a_change_that_deletes_or_stops_something_is_not_offered():
    """PutRetentionPolicy deletes what is older; deleting a function's reserved concurrency lets one run that somebody stopped."""
    assert not BY_CODE["endless-logs"].safe
    assert not BY_CODE["stopped-function"].safe
    assert not BY_CODE["other-expiry"].safe
