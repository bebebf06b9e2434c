"""Values that cannot be built wrong, and what autoscaling makes of them."""

import re
from collections.abc import Callable
from typing import Any

import botocore.session
import pytest

from components.errors import InvalidArgument
from components.tables.billing import Billing, Capacity, Encryption, Limit, OnDemand, Throughput
from components.tables.scaling import drifting, scalings
from components.tables.schedules import Schedule

KEY = "arn:aws:kms:eu-west-1:123456789012:key/k"
UNITS = "a whole number of at least 1 is allowed, -1 to lift a limit, or none for no limit"
TIMES = "cron(MINUTES HOURS DAY-OF-MONTH MONTH DAY-OF-WEEK YEAR), at(YYYY-MM-DDTHH:MM:SS) or rate(N minutes|hours|days)"


def wrong(value: object) -> Any:
    """What the type does not allow."""
    return value


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: Capacity.fixed(0), "the capacity is 0: a whole number of at least 1 is allowed"),
        (lambda: Capacity.autoscaled(0, 5), "the capacity is 0: a whole number of at least 1 is allowed"),
        (lambda: Capacity.fixed(wrong(2.5)), "the capacity is 2.5: a whole number of at least 1 is allowed"),
        (lambda: Capacity.fixed(wrong(True)), "the capacity is True: a whole number of at least 1 is allowed"),
        (lambda: Capacity.fixed(wrong("5")), "the capacity is '5': a whole number of at least 1 is allowed"),
        (
            lambda: Capacity.autoscaled(5, wrong(9.5)),
            "the maximum of the capacity is 9.5: a whole number of at least 1 is allowed",
        ),
        (lambda: Capacity.autoscaled(1, 4, target_percent=wrong(70.5)), "the target in percent is 70.5: 20 to 90 is allowed"),
        (lambda: Capacity.autoscaled(5, 4), "a maximum of 4 units under a minimum of 5: give a maximum of 5 or more"),
        (lambda: Capacity.autoscaled(1, 4, target_percent=19), "the target in percent is 19: 20 to 90 is allowed"),
        (lambda: Capacity.autoscaled(1, 4, target_percent=91), "the target in percent is 91: 20 to 90 is allowed"),
        (
            lambda: Capacity(1, 4, None),
            "a capacity of 1 to 4 units without a target: use Capacity.autoscaled, or Capacity.fixed with one number",
        ),
        (lambda: Billing.on_demand(max_read=0), f"a maximum of 0 read request units: {UNITS}"),
        (lambda: Billing.on_demand(max_write=-2), f"a maximum of -2 write request units: {UNITS}"),
        (lambda: Limit(read=wrong(2.5)), f"a maximum of 2.5 read request units: {UNITS}"),
        (lambda: Limit(write=wrong(True)), f"a maximum of True write request units: {UNITS}"),
        (lambda: Limit(write=wrong("5")), f"a maximum of '5' write request units: {UNITS}"),
        (
            lambda: Billing.provisioned(
                Capacity.autoscaled(1, 9), indexes={"GSI1": Throughput(Capacity.autoscaled(1, 9), Capacity.fixed(1))}
            ),
            "the write capacity of index GSI1 is fixed and the table's is autoscaled: give both the same kind",
        ),
        (lambda: Billing.on_demand(indexes={"GSI1": Limit(write=0)}), f"a maximum of 0 write request units: {UNITS}"),
        (
            lambda: Capacity.autoscaled(1, 4, scale_in_seconds=-1),
            "the cooldown in seconds before scaling in is -1: a whole number of at least 0 is allowed",
        ),
        (
            lambda: Capacity.autoscaled(1, 4, scale_out_seconds=wrong(1.5)),
            "the cooldown in seconds before scaling out is 1.5: a whole number of at least 0 is allowed",
        ),
        (
            lambda: Capacity(4, 4, None, schedules=(Schedule("night", "rate(1 day)", 1),)),
            "a fixed capacity with the schedule night: use Capacity.autoscaled",
        ),
        (
            lambda: Capacity.autoscaled(1, 4, schedules=[Schedule("night", "rate(1 day)", 1), Schedule("night", "rate(2 days)", 2)]),
            "two schedules are called night: give each its own name",
        ),
        (
            lambda: Capacity.autoscaled(5, 40, schedules=[Schedule("night", "rate(1 day)", maximum=4)]),
            "schedule night makes a maximum of 4 units under a minimum of 5: give a maximum of 5 or more",
        ),
        (lambda: Schedule("at night", "rate(1 day)", 1), "a schedule is called 'at night': 1 to 64 letters, digits and dashes are allowed"),
        (
            lambda: Schedule("night", "0 7 * * *", 1),
            f"schedule night is for '0 7 * * *': {TIMES} is allowed",
        ),
        (
            lambda: Schedule("night", "cron(0 7 * * *)", 1),
            f"schedule night is for 'cron(0 7 * * *)': {TIMES} is allowed",
        ),
        (lambda: Schedule("night", "rate(1 day)"), "schedule night changes nothing: give a minimum, a maximum or both"),
        (lambda: Schedule("night", "rate(1 day)", 0), "the minimum of schedule night is 0: a whole number of at least 1 is allowed"),
        (
            lambda: Schedule("night", "rate(1 day)", maximum=wrong(2.5)),
            "the maximum of schedule night is 2.5: a whole number of at least 1 is allowed",
        ),
        (
            lambda: Schedule("night", "rate(1 day)", 1, timezone="Berlin"),
            "schedule night: there is no time zone 'Berlin': give one such as UTC or Europe/London",
        ),
        (
            lambda: Encryption("customer-key"),
            "a customer key needs its ARN, and no other kind takes one: use Encryption.customer_key(arn)",
        ),
        (
            lambda: Encryption("aws-owned", KEY),
            "a customer key needs its ARN, and no other kind takes one: use Encryption.customer_key(arn)",
        ),
        (
            lambda: Encryption.customer_key("alias/mine"),
            "the key 'alias/mine' is not the ARN of a key: arn:aws:kms:REGION:ACCOUNT:key/ID is needed, an alias or id drifts",
        ),
        (
            lambda: Encryption.customer_key("arn:aws:kms:eu-west-1:123456789012:alias/shop"),
            (
                "the key 'arn:aws:kms:eu-west-1:123456789012:alias/shop' is not the ARN of a key: arn:aws:kms:REGION:ACCOUNT:key/ID is needed, "
                "an alias or id drifts"
            ),
        ),
    ],
)
def test_an_illegal_value_cannot_be_built(build: Callable[[], object], message: str) -> None:
    with pytest.raises(InvalidArgument, match=f"^{re.escape(message)}$"):
        build()


def test_legal_bounds() -> None:
    assert Capacity.fixed(1).maximum == 1
    assert Capacity.autoscaled(1, 1, target_percent=20).is_autoscaled
    assert Capacity.autoscaled(1, 1, target_percent=90).is_autoscaled
    assert Billing.on_demand() == OnDemand(None, None)
    assert Billing.on_demand(max_read=-1, max_write=1) == OnDemand(-1, 1)
    assert Encryption.aws_owned().arguments() == {"enabled": False}
    assert Encryption.aws_managed().arguments() == {"enabled": True}
    assert Encryption.customer_key(KEY).arguments() == {"enabled": True, "kms_key_arn": KEY}


def test_an_index_has_the_throughput_of_the_table_unless_it_has_its_own() -> None:
    own = Throughput(Capacity.fixed(3), Capacity.fixed(4))
    billing = Billing.provisioned(Capacity.fixed(1), indexes={"GSI2": own})

    assert billing.of("GSI1") == billing.table == Throughput(Capacity.fixed(1), Capacity.fixed(1))
    assert billing.of("GSI2") == own


def test_what_was_given_is_copied() -> None:
    given = {"GSI1": Throughput(Capacity.fixed(3), Capacity.fixed(4))}
    billing = Billing.provisioned(Capacity.fixed(1), indexes=given)
    given["GSI1"] = Throughput(Capacity.autoscaled(1, 2), Capacity.fixed(4))

    assert billing.of("GSI1").read == Capacity.fixed(3)


def test_scaling_of_table_and_each_index_in_both_directions() -> None:
    billing = Billing.provisioned(Capacity.autoscaled(5, 50), Capacity.autoscaled(2, 20, target_percent=60))

    made = list(scalings(billing, ["GSI1"]))

    assert [(each.label, each.path, each.dimension, each.metric) for each in made] == [
        ("read", "", "dynamodb:table:ReadCapacityUnits", "DynamoDBReadCapacityUtilization"),
        ("write", "", "dynamodb:table:WriteCapacityUnits", "DynamoDBWriteCapacityUtilization"),
        ("GSI1-read", "/index/GSI1", "dynamodb:index:ReadCapacityUnits", "DynamoDBReadCapacityUtilization"),
        ("GSI1-write", "/index/GSI1", "dynamodb:index:WriteCapacityUnits", "DynamoDBWriteCapacityUtilization"),
    ]
    assert [(each.target()["min_capacity"], each.target()["max_capacity"]) for each in made] == [(5, 50), (2, 20)] * 2
    targets = [each.policy()["target_tracking_scaling_policy_configuration"]["target_value"] for each in made]
    assert targets == [70.0, 60.0, 70.0, 60.0]


def test_words_of_application_auto_scaling() -> None:
    """Dimensions, metrics, service and kind of policy are values that the service's own model lists."""
    model = botocore.session.get_session().get_service_model("application-autoscaling")
    for each in scalings(Billing.provisioned(Capacity.autoscaled(1, 2)), ["GSI1"]):
        target, policy = each.target(), each.policy()
        assert target["scalable_dimension"] == policy["scalable_dimension"]
        assert target["scalable_dimension"] in model.shape_for("ScalableDimension").enum
        assert target["service_namespace"] in model.shape_for("ServiceNamespace").enum
        assert policy["policy_type"] in model.shape_for("PolicyType").enum
        metric = policy["target_tracking_scaling_policy_configuration"]["predefined_metric_specification"]["predefined_metric_type"]
        assert metric in model.shape_for("MetricType").enum


READS = ["readCapacity", "globalSecondaryIndexes[*].readCapacity"]
WRITES = ["writeCapacity", "globalSecondaryIndexes[*].writeCapacity"]


@pytest.mark.parametrize(
    ("billing", "indexes", "paths"),
    [
        (Billing.on_demand(), ["GSI1", "GSI2"], []),
        (Billing.provisioned(Capacity.fixed(1)), ["GSI1", "GSI2"], []),
        (Billing.provisioned(Capacity.autoscaled(1, 2)), ["GSI1"], [*READS, *WRITES]),
        (Billing.provisioned(Capacity.autoscaled(1, 2)), ["GSI1", "GSI2"], [*READS, *WRITES, "globalSecondaryIndexes"]),
        (Billing.provisioned(Capacity.fixed(1), Capacity.autoscaled(1, 2)), ["GSI1", "GSI2"], WRITES),
    ],
)
def test_only_what_autoscaling_changes_is_ignored(billing: Billing, indexes: list[str], paths: list[str]) -> None:
    assert drifting(billing, indexes) == paths


SCHEDULES = (Schedule("morning", "cron(0 7 ? * MON-FRI *)", 20, 200, "Europe/Berlin"), Schedule("evening", "cron(0 20 ? * * *)", minimum=5))


def test_a_schedule_is_an_action_of_the_target_which_keeps_the_bounds_it_set() -> None:
    billing = Billing.provisioned(Capacity.fixed(5), Capacity.autoscaled(5, 50, schedules=SCHEDULES))
    (scaling,) = scalings(billing, [])

    subject = {"service_namespace": "dynamodb", "scalable_dimension": "dynamodb:table:WriteCapacityUnits"}
    assert scaling.actions() == {
        "write-at-morning": {
            **subject,
            "schedule": "cron(0 7 ? * MON-FRI *)",
            "timezone": "Europe/Berlin",
            "scalable_target_action": {"min_capacity": 20, "max_capacity": 200},
        },
        "write-at-evening": {
            **subject,
            "schedule": "cron(0 20 ? * * *)",
            "timezone": "UTC",
            "scalable_target_action": {"min_capacity": 5},
        },
    }
    assert scaling.drifting == ["minCapacity", "maxCapacity"]
    assert [*scaling.children] == ["write-target", "write-policy", "write-at-morning", "write-at-evening"]


def test_a_target_without_schedules_follows_the_program() -> None:
    (scaling,) = scalings(Billing.provisioned(Capacity.fixed(5), Capacity.autoscaled(5, 50)), [])
    assert (scaling.actions(), scaling.drifting) == ({}, [])


def test_cooldowns() -> None:
    read = Capacity.autoscaled(5, 50, scale_in_seconds=300, scale_out_seconds=0)
    configuration = next(scalings(Billing.provisioned(read), [])).policy()["target_tracking_scaling_policy_configuration"]
    assert (configuration["scale_in_cooldown"], configuration["scale_out_cooldown"]) == (300, 0)


def test_an_index_has_the_limits_of_the_table_unless_it_has_its_own() -> None:
    billing = Billing.on_demand(max_read=50, indexes={"GSI2": Limit(write=7)})
    assert billing.of("GSI1") == billing.of(None) == Limit(50, None)
    assert billing.of("GSI2") == Limit(None, 7)
