"""Alarms of an account: those that AWS recommends, on metrics that exist, with a point also where nothing happens."""

from datetime import UTC, datetime, timedelta

import pytest

from monitoring import INITIAL, MonitoringError, Samples, evaluate
from monitoring.account_alarms import ACCOUNT_RECIPES, AccountOptions, account_alarms
from monitoring.alarms import Alarm
from monitoring.evaluation import Reading

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HOUR = 60


def clauses(options: AccountOptions | None = None) -> dict[str, Alarm]:
    return {alarm.name.partition(": ")[2]: alarm for alarm in account_alarms(options)}


def test_none_is_of_a_table_a_function_or_a_stack() -> None:
    """What has a dimension belongs to a stack."""
    for alarm in account_alarms():
        assert alarm.name.startswith(f"account {alarm.severity}: ")
        assert all(dict(metric.dimensions) == {} for metric in alarm.metrics.values())
    assert {alarm.recipe for alarm in account_alarms()} == ACCOUNT_RECIPES.keys()


def test_they_are_what_aws_recommends() -> None:
    """CloudWatch user guide, "Recommended alarms": above 80% in 2 of 2 spans of 5 minutes; about 90% of the quota in 10 of 10 minutes."""
    found = clauses()
    for access in ("reads", "writes"):
        alarm = found[f"provisioned {access} are near the account's quota"]
        assert (alarm.threshold, alarm.period_seconds, alarm.datapoints_to_alarm, alarm.evaluation_periods) == (80, 300, 2, 2)
    claimed = found["functions have nearly used up the account's concurrency"]
    assert (claimed.threshold, claimed.period_seconds, claimed.datapoints_to_alarm, claimed.evaluation_periods) == (900, 60, 10, 10)


def course(alarm: Alarm, reading: Reading, namespace: str, metric: str, value: float) -> list[str]:
    """States by the minute, with something happening in the second of three hours. AWS sends the quota every five minutes."""
    samples, state, states = Samples(), INITIAL, list[str]()
    for minute in range(3 * HOUR):
        at = START + timedelta(minutes=minute)
        if minute % 5 == 0:
            samples.record("AWS/DynamoDB", "AccountMaxReads", {}, at, 80_000)
        if HOUR <= minute < 2 * HOUR:
            samples.record(namespace, metric, {}, at, value)
    for minute in range(1, 3 * HOUR + 1):
        state = evaluate(alarm, samples, START + timedelta(minutes=minute), state, reading).state
        states.append(state)
    return states


@pytest.mark.parametrize("reading", list(Reading))
@pytest.mark.parametrize(
    ("clause", "namespace", "metric", "beyond", "within"),
    [
        ("provisioned reads are near the account's quota", "AWS/DynamoDB", "AccountProvisionedReadCapacityUtilization", 81, 79),
        ("provisioned writes are near the account's quota", "AWS/DynamoDB", "AccountProvisionedWriteCapacityUtilization", 81, 79),
        (
            "provisioned reads of one table are near the quota for a table",
            "AWS/DynamoDB",
            "MaxProvisionedTableReadCapacityUtilization",
            81,
            79,
        ),
        (
            "provisioned writes of one table are near the quota for a table",
            "AWS/DynamoDB",
            "MaxProvisionedTableWriteCapacityUtilization",
            81,
            79,
        ),
        ("callers send requests that DynamoDB cannot take", "AWS/DynamoDB", "UserErrors", 21, 19),
        ("functions have nearly used up the account's concurrency", "AWS/Lambda", "ClaimedAccountConcurrency", 901, 899),
    ],
)
def test_each_fires_and_clears(clause: str, namespace: str, metric: str, beyond: float, within: float, reading: Reading) -> None:
    """UserErrors: so many a minute."""
    alarm = clauses()[clause]
    states = course(alarm, reading, namespace, metric, beyond)
    assert (states[HOUR - 5], states[2 * HOUR - 1], states[-1]) == ("OK", "ALARM", "OK")
    assert "ALARM" not in course(alarm, reading, namespace, metric, within)


def test_the_quota_and_thresholds_are_the_account_s() -> None:
    options = AccountOptions(
        concurrency_quota=50,
        thresholds={"account-concurrency": 80},
        severities={"account-user-errors": "ticket"},
        disabled=frozenset({"account-capacity"}),
    )
    found = {alarm.recipe: alarm for alarm in account_alarms(options)}
    assert found["account-concurrency"].threshold == 40
    assert "more than 80% of the 50 runs" in found["account-concurrency"].description
    assert found["account-user-errors"].severity == "ticket"
    assert "account-capacity" not in found


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"severities": {"near-capacity": "page"}}, 'no recipe of an account is called "near-capacity"; there are account-capacity'),
        ({"severities": {"account-capacity": "loud"}}, 'account-capacity: severity "loud" is none of page, ticket, info'),
        ({"thresholds": {"account-capacity": -1}}, "account-capacity: -1 is below 0"),
        ({"thresholds": {"account-capacity": float("nan")}}, "account-capacity: nan is no number"),
        ({"disabled": frozenset({"account"})}, 'no recipe of an account is called "account"'),
        ({"concurrency_quota": 0}, "concurrency_quota: 0 runs at one time"),
    ],
)
def test_options_that_make_no_sense(options, message):
    with pytest.raises(MonitoringError) as caught:
        AccountOptions(**options)
    assert caught.value.code == "invalid-option"
    assert message in str(caught.value)
