"""The drill against a CloudWatch, SNS and SQS that do as AWS documents: what it fires, what it hears, and that it puts everything back."""

import json
import signal
from datetime import UTC, datetime

import pytest

from monitoring.doctor.topics import Subscription, Topic
from monitoring.drill import Exercise, Probe, plan_of
from monitoring.drill.outcome import judged
from monitoring.errors import MonitoringError
from tests.monitoring.doctor.answers import DENIED, REGION, Answers
from tests.monitoring.doctor.stack import TOPIC, described

AT = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
ID = "0badcafe"
ONE, TWO, BOTH = "shop-dev page: one", "shop-dev page: two", "shop-dev page: both"
METRIC = {"Namespace": "AWS/SQS", "MetricName": "NumberOfMessagesSent", "Dimensions": [{"Name": "QueueName", "Value": "q"}]}
REST = {"Statistic": "Sum", "Period": 60, "EvaluationPeriods": 1, "Threshold": 0.0, "ComparisonOperator": "GreaterThanThreshold"}


def metric(name, **changes):
    return described({"AlarmName": name, **METRIC, **REST}, **changes)


def composite(name, *children, **changes):
    return described({"AlarmName": name, "AlarmRule": " OR ".join(f'ALARM("{child}")' for child in children)}, **changes)


class Aws:
    """SetAlarmState invokes the actions of the new state where it differs, and notes both; a composite stays as it was set.

    lost: topics whose messages do not arrive.
    """

    def __init__(self, *alarms, lost=(), answers=None):
        self.alarms = {alarm["AlarmName"]: alarm for alarm in alarms}
        self.before = {name: alarm["StateValue"] for name, alarm in self.alarms.items()}
        self.lost = lost
        self.queue, self.history, self.seconds = [], [], 0.0
        self.answering = Answers(
            {
                "cloudwatch:SetAlarmState": self.set,
                "cloudwatch:DescribeAlarms": self.describe,
                "cloudwatch:DescribeAlarmHistory": lambda asked: {
                    "AlarmHistoryItems": [each for each in self.history if each["AlarmName"] == asked["AlarmName"]]
                },
                "sqs:CreateQueue": {"QueueUrl": "https://queue"},
                "sqs:ReceiveMessage": self.receive,
                "sqs:DeleteMessageBatch": {"Successful": [], "Failed": []},
                "sqs:DeleteQueue": {},
                "sns:Subscribe": {"SubscriptionArn": "arn:probe:1"},
                "sns:Unsubscribe": {},
                **(answers or {}),
            }
        )

    def set(self, asked):
        alarm = self.alarms[asked["AlarmName"]]
        changed = alarm["StateValue"] != asked["StateValue"]
        data = {"newState": {"stateValue": asked["StateValue"], "stateReason": asked["StateReason"]}}
        alarm.update(StateValue=asked["StateValue"], StateReason=asked["StateReason"])
        if changed:
            self._note(alarm, "StateUpdate", "Alarm updated", data)
            for topic in alarm["AlarmActions"] if asked["StateValue"] == "ALARM" else ():
                self._note(alarm, "Action", f"Successfully executed action {topic}", {})
                if topic not in self.lost:
                    told = {"AlarmName": alarm["AlarmName"], "NewStateValue": "ALARM", "NewStateReason": asked["StateReason"]}
                    self.queue.append(json.dumps({"TopicArn": topic, "Message": json.dumps(told)}))
        return {}

    def _note(self, alarm, kind, summary, data):
        self.history.insert(
            0,
            {
                "AlarmName": alarm["AlarmName"],
                "Timestamp": AT,
                "HistoryItemType": kind,
                "HistorySummary": summary,
                "HistoryData": json.dumps(data),
            },
        )

    def describe(self, asked):
        [kind] = asked["AlarmTypes"]
        named = [self.alarms[name] for name in asked["AlarmNames"] if name in self.alarms]
        return {f"{kind}s": [alarm for alarm in named if ("AlarmRule" in alarm) == (kind == "CompositeAlarm")]}

    def receive(self, asked):
        self.seconds += asked["WaitTimeSeconds"] if not self.queue else 0.5
        messages = [{"MessageId": "1", "ReceiptHandle": "r", "Body": self.queue.pop(0)}] if self.queue else []
        return {"Messages": messages}

    @property
    def states(self):
        return {name: alarm["StateValue"] for name, alarm in self.alarms.items()}


def topics(*subscriptions):
    return {TOPIC: Topic(TOPIC, {"TopicArn": TOPIC}, subscriptions or (Subscription(f"{TOPIC}:1", "email"),))}


def drill(aws, listening=None):
    """Judged, by name."""
    alarms = [dict(alarm) for alarm in aws.alarms.values()]
    known = listening or topics()
    plan = plan_of(alarms, known)
    asked = aws.answering.account()
    with Probe(asked, ID, AT, "123456789012", (TOPIC,), wait=lambda _seconds: None) as probe:
        outcomes = Exercise(asked, alarms, plan, known, probe, wait_seconds=30, clock=lambda: aws.seconds).run()
    return {each.outcome.planned.name: each for each in judged(outcomes)}


def test_each_alarm_is_fired_heard_and_put_back():
    aws = Aws(metric(ONE), metric(TWO, StateValue="INSUFFICIENT_DATA"), composite(BOTH, ONE, TWO, AlarmActions=[]))
    found = drill(aws)
    assert {name: each.verdict for name, each in found.items()} == {ONE: "heard", TWO: "heard", BOTH: "through"}
    assert aws.states == aws.before
    for name in (ONE, TWO):
        [delivery] = found[name].outcome.deliveries
        assert (delivery.executed, delivery.people, delivery.programs) == (True, 1, 0)
        assert delivery.seconds is not None
        assert found[name].outcome.noted
    fired = [each["AlarmName"] for each in aws.answering.of("cloudwatch:SetAlarmState") if each["StateValue"] == "ALARM"]
    assert fired == [ONE, TWO]


def test_a_message_that_does_not_arrive_is_not_heard_and_the_wait_ends():
    aws = Aws(metric(ONE), lost=(TOPIC,))
    [found] = drill(aws).values()
    assert (found.verdict, found.why_not) == ("unheard", "nothing arrived from page")
    assert aws.seconds >= 30
    assert aws.states == aws.before


def test_a_topic_that_nobody_listens_to_is_not_heard():
    [found] = drill(Aws(metric(ONE)), listening=topics(Subscription("PendingConfirmation", "email"))).values()
    assert (found.verdict, found.why_not) == ("unheard", "nobody is subscribed to page")


def test_the_probe_of_another_drill_is_no_listener():
    probe = Subscription(f"{TOPIC}:2", "sqs", f"arn:aws:sqs:{REGION}:123456789012:alarm-drill-20261124T120000Z-01234567")
    [found] = drill(Aws(metric(ONE)), listening=topics(probe)).values()
    assert found.verdict == "unheard"


def test_where_the_probe_may_not_listen_the_history_decides():
    [found] = drill(Aws(metric(ONE), lost=(TOPIC,), answers={"sns:Subscribe": DENIED})).values()
    assert found.verdict == "heard"
    [delivery] = found.outcome.deliveries
    assert delivery.seconds is None
    assert "sns:Subscribe" in delivery.unprobed


def test_an_alarm_that_may_not_be_fired_says_why_and_the_others_go_on():
    aws = Aws(metric(ONE), metric(TWO))
    work = aws.answering.answers["cloudwatch:SetAlarmState"]
    aws.answering.answers["cloudwatch:SetAlarmState"] = lambda asked: DENIED if asked["AlarmName"] == ONE else work(asked)
    found = drill(aws)
    assert found[ONE].verdict == "unheard"
    assert "Allow cloudwatch:SetAlarmState" in found[ONE].why_not
    assert found[TWO].verdict == "heard"


@pytest.mark.parametrize("when", ["sqs:ReceiveMessage", "cloudwatch:DescribeAlarmHistory"])
def test_an_interruption_puts_everything_back(when):
    def interrupted(_asked):
        raise KeyboardInterrupt

    aws = Aws(metric(ONE), metric(TWO), answers={when: interrupted})
    with pytest.raises(KeyboardInterrupt):
        drill(aws)
    assert aws.states == aws.before
    assert aws.answering.of("sqs:DeleteQueue")
    assert aws.answering.of("sns:Unsubscribe")


def test_an_interruption_while_an_alarm_is_set_puts_that_back_too():
    aws = Aws(metric(ONE))
    work = aws.answering.answers["cloudwatch:SetAlarmState"]

    def set_and_interrupt(asked):
        work(asked)
        if asked["StateValue"] == "ALARM":
            raise KeyboardInterrupt
        return {}

    aws.answering.answers["cloudwatch:SetAlarmState"] = set_and_interrupt
    with pytest.raises(KeyboardInterrupt):
        drill(aws)
    assert aws.states == aws.before


def test_an_incident_that_begins_during_the_drill_is_left_alone():
    aws = Aws(metric(ONE))
    work = aws.answering.answers["cloudwatch:DescribeAlarmHistory"]

    def meanwhile(asked):
        aws.alarms[ONE].update(StateValue="ALARM", StateReason="Threshold crossed: 1 datapoint was greater than 0")
        return work(asked)

    aws.answering.answers["cloudwatch:DescribeAlarmHistory"] = meanwhile
    [found] = drill(aws).values()
    assert aws.states == {ONE: "ALARM"}
    assert found.outcome.restored


def test_a_composite_that_followed_is_set_back_to_what_its_rule_says():
    """ "The composite alarm is not guaranteed to return to its actual state" (CloudWatch API reference, SetAlarmState)."""
    aws = Aws(metric(ONE), composite(BOTH, ONE, AlarmActions=[]))
    work = aws.answering.answers["cloudwatch:SetAlarmState"]

    def followed(asked):
        if asked["AlarmName"] == ONE and asked["StateValue"] == "ALARM":
            aws.alarms[BOTH].update(StateValue="ALARM", StateReason="one is in ALARM")
        return work(asked)

    aws.answering.answers["cloudwatch:SetAlarmState"] = followed
    drill(aws)
    assert aws.states == {ONE: "OK", BOTH: "OK"}


def test_an_open_alarm_is_fired_by_way_of_ok_and_is_open_again():
    aws = Aws(metric(ONE, StateValue="ALARM"))
    [found] = drill(aws).values()
    assert found.verdict == "heard"
    assert aws.states == {ONE: "ALARM"}


def test_a_state_that_cannot_be_put_back_is_said():
    aws = Aws(metric(ONE))
    work = aws.answering.answers["cloudwatch:SetAlarmState"]
    aws.answering.answers["cloudwatch:SetAlarmState"] = lambda asked: work(asked) if asked["StateValue"] == "ALARM" else DENIED
    [found] = drill(aws).values()
    assert not found.outcome.restored
    assert "Allow cloudwatch:SetAlarmState" in found.outcome.failure
    assert found.verdict == "heard"


def test_a_composite_that_was_in_alarm_before_is_left_to_cloudwatch():
    aws = Aws(metric(ONE), composite(BOTH, ONE, AlarmActions=[], StateValue="ALARM"))
    drill(aws)
    assert aws.states == aws.before


def test_a_second_ctrl_c_waits_until_everything_is_put_back():
    aws = Aws(metric(ONE), metric(TWO))
    work = aws.answering.answers["cloudwatch:SetAlarmState"]

    def interrupted_again(asked):
        if asked["StateValue"] != "ALARM" and asked["AlarmName"] == ONE:
            signal.raise_signal(signal.SIGINT)
        return work(asked)

    aws.answering.answers["cloudwatch:SetAlarmState"] = interrupted_again
    with pytest.raises(KeyboardInterrupt):
        drill(aws)
    assert aws.states == aws.before
    assert aws.answering.of("sqs:DeleteQueue")


def test_where_nobody_answers_any_more_it_says_what_may_be_left():
    aws = Aws(metric(ONE), metric(TWO))
    work = aws.answering.answers["cloudwatch:SetAlarmState"]

    def cut(asked):
        if asked["StateValue"] != "ALARM":
            raise MonitoringError("no-account", "the network is gone")
        return work(asked)

    aws.answering.answers["cloudwatch:SetAlarmState"] = cut
    found = drill(aws)
    assert not any(each.outcome.restored for each in found.values())
    assert len([each for each in aws.answering.of("cloudwatch:SetAlarmState") if each["StateValue"] != "ALARM"]) == 1


def test_it_listens_for_as_long_as_cloudwatch_waits_for_a_suppressor():
    """ActionsSuppressorWaitPeriod: how long the actions of a composite alarm are kept back at most (PutCompositeAlarm)."""
    waiting = composite(BOTH, ONE, AlarmActions=[TOPIC], ActionsSuppressor="another", ActionsSuppressorWaitPeriod=120)
    aws = Aws(metric(ONE, AlarmActions=[]), waiting, lost=(TOPIC,))
    drill(aws)
    assert aws.seconds >= 120
