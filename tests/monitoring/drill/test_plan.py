"""Which alarms a drill fires, and why it leaves others alone."""

import pytest

from monitoring.doctor.topics import Subscription, Topic
from monitoring.drill import Selection, plan_of
from tests.monitoring.doctor.stack import ALARMS, COMPOSITES, TOPIC, described

SCALING = "arn:aws:autoscaling:eu-west-1:123456789012:scalingPolicy:1"
THERE = {TOPIC: Topic(TOPIC, {"TopicArn": TOPIC}, (Subscription(f"{TOPIC}:1", "email"),))}


def plan(*alarms, topics=THERE, muting=(), **selection):
    return {each.name: each for each in plan_of(alarms, topics, muting, Selection(**selection))}


def alarm(**changes):
    return {**ALARMS[0], "AlarmName": "shop-dev page: one", **changes}


def test_each_alarm_is_fired_and_a_composite_over_alarms_that_tell_is_told_through_them():
    made = plan(*ALARMS, *COMPOSITES)
    assert not any(made[each["AlarmName"]].left_out for each in ALARMS)
    pages = made[COMPOSITES[0]["AlarmName"]]
    assert pages.left_out
    assert set(pages.through) == {each["AlarmName"] for each in ALARMS if " page: " in each["AlarmName"]}


def test_alarms_of_a_composite_that_tells_are_told_through_it():
    silent = [{**each, "AlarmActions": []} for each in ALARMS]
    telling = [{**each, "AlarmActions": [TOPIC]} for each in COMPOSITES]
    made = plan(*silent, *telling)
    assert made[ALARMS[0]["AlarmName"]].through == (COMPOSITES[0]["AlarmName"],)
    assert not made[COMPOSITES[0]["AlarmName"]].left_out


def test_composites_come_first_because_an_alarm_of_theirs_would_fire_them():
    telling = [{**each, "AlarmActions": [TOPIC]} for each in COMPOSITES]
    ordered = list(plan(*ALARMS, *telling).values())
    assert [each.composite for each in ordered[: len(telling)]] == [True] * len(telling)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"AlarmActions": []}, "it tells nobody"),
        ({"ActionsEnabled": False}, "switched off"),
        ({"AlarmActions": [TOPIC, SCALING]}, f"it does more than tell: {SCALING}"),
        ({"OKActions": ["arn:aws:lambda:eu-west-1:123456789012:function:mend"]}, "it does more than tell"),
        ({"AlarmActions": ["arn:aws:automate:eu-west-1:ec2:stop"]}, "it does more than tell"),
        ({"ActionsSuppressedBy": "Alarm", "ActionsSuppressor": "arn:aws:cloudwatch:eu-west-1:1:alarm:deploy"}, "suppressed by deploy"),
    ],
)
def test_why_an_alarm_is_left_out(changes, said):
    [made] = plan(alarm(**changes)).values()
    assert said in made.left_out


def test_muted_alarms_and_those_of_a_missing_topic_are_left_out():
    muting = [{"Name": "maintenance", "MuteTargets": {"AlarmNames": ["shop-dev page: one"]}}]
    [made] = plan(alarm(), muting=muting).values()
    assert made.left_out == "it is muted by maintenance"
    [made] = plan(alarm(), topics={TOPIC: Topic(TOPIC, None)}).values()
    assert made.left_out == "the topic page does not exist"


def test_a_topic_that_may_not_be_read_is_tried():
    [made] = plan(alarm(), topics={}).values()
    assert not made.left_out


def test_alarms_are_chosen_by_name_by_clause_and_by_severity():
    ticket = alarm(AlarmName="shop-dev ticket: two")
    assert list(plan(alarm(), ticket, only=("two",))) == ["shop-dev ticket: two"]
    assert list(plan(alarm(), ticket, only=("shop-dev page: one",))) == ["shop-dev page: one"]
    assert list(plan(alarm(), ticket, severities=("page",))) == ["shop-dev page: one"]
    assert Selection(("one", "three")).unknown(["shop-dev page: one"]) == ("three",)


MENDING = "arn:aws:lambda:eu-west-1:123456789012:function:mend"


def over(*names, **changes):
    return described({"AlarmName": "shop-dev page: over", "AlarmRule": " OR ".join(f'ALARM("{name}")' for name in names)}, **changes)


@pytest.mark.parametrize("what", ["AlarmActions", "OKActions", "InsufficientDataActions"])
def test_an_alarm_that_may_set_off_a_composite_that_acts_is_left_out(what):
    """A composite alarm acts when its rule becomes true, whoever changed the alarm below it."""
    made = plan(alarm(), over("shop-dev page: one", **{what: [MENDING]}))
    assert made["shop-dev page: one"].left_out == f'it may set off "shop-dev page: over", which does more than tell: {MENDING}'
    made = plan(alarm(), over("shop-dev page: one", **{what: [MENDING]}, ActionsEnabled=False))
    assert not made["shop-dev page: one"].left_out


def test_whom_composites_over_an_alarm_tell_is_known():
    other = f"{TOPIC}-managers"
    made = plan(alarm(), over("shop-dev page: one", AlarmActions=[other]), only=("one",))
    assert made["shop-dev page: one"].also == (other,)


@pytest.mark.parametrize("suppressor", ["shop-dev page: one", "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:shop-dev page: one"])
def test_an_alarm_that_keeps_others_quiet_is_left_out(suppressor):
    """ActionsSuppressor is a name or an ARN (CloudWatch API reference, PutCompositeAlarm)."""
    two = alarm(AlarmName="shop-dev page: two")
    suppressed = over("shop-dev page: two", AlarmActions=[TOPIC], ActionsSuppressor=suppressor, ActionsSuppressorWaitPeriod=120)
    made = plan(alarm(), two, suppressed)
    assert made["shop-dev page: one"].left_out == 'while it is in ALARM, "shop-dev page: over" tells nobody'
    assert made["shop-dev page: over"].delay_seconds == 120
    assert made["shop-dev page: two"].delay_seconds == 0
