"""The queue that listens: only these topics may write to it, and it is gone afterwards, whatever happens."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from monitoring.doctor.topics import Subscription, Topic
from monitoring.drill import Probe, running, sweep
from monitoring.drill.probe import Heard, heard_in, is_probe
from monitoring.live import CallRefused
from tests.monitoring.doctor.answers import DENIED, REGION, Answers

AT = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
OWNER = "123456789012"
TOPICS = tuple(f"arn:aws:sns:{REGION}:{OWNER}:{name}" for name in ("page", "ticket"))
NAME = "alarm-drill-20261124T140000Z-0badcafe"
URL = f"https://sqs.{REGION}.amazonaws.com/{OWNER}/{NAME}"
ARN = f"arn:aws:sqs:{REGION}:{OWNER}:{NAME}"
WORKING = {
    "sqs:CreateQueue": {"QueueUrl": URL},
    "sqs:DeleteQueue": {},
    "sns:Subscribe": lambda asked: {"SubscriptionArn": f"{asked['TopicArn']}:1"},
    "sns:Unsubscribe": {},
}


def probe(answers=None, topics=TOPICS):
    answering = Answers({**WORKING, **(answers or {})})
    return Probe(answering.account(), "0badcafe", AT, OWNER, topics, wait=lambda _seconds: None), answering


def test_only_the_topics_may_send_to_it():
    listening, answering = probe()
    with listening:
        [made] = answering.of("sqs:CreateQueue")
    assert made["QueueName"] == NAME
    [statement] = json.loads(made["Attributes"]["Policy"])["Statement"]
    assert statement == {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": ARN,
        "Condition": {"ArnEquals": {"aws:SourceArn": list(TOPICS)}},
    }
    assert {(each["TopicArn"], each["Protocol"], each["Endpoint"]) for each in answering.of("sns:Subscribe")} == {
        (topic, "sqs", ARN) for topic in TOPICS
    }


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, RuntimeError, None])
def test_it_is_taken_away_whatever_happens(interruption):
    listening, answering = probe()
    try:
        with listening:
            if interruption:
                raise interruption
    except (KeyboardInterrupt, RuntimeError):
        pass
    assert [each["SubscriptionArn"] for each in answering.of("sns:Unsubscribe")] == [f"{topic}:1" for topic in TOPICS]
    assert answering.of("sqs:DeleteQueue") == [{"QueueUrl": URL}]
    assert listening.left == []


def test_it_is_taken_away_when_it_is_interrupted_while_it_is_made():
    def interrupted(asked):
        if asked["TopicArn"] == TOPICS[1]:
            raise KeyboardInterrupt
        return {"SubscriptionArn": f"{asked['TopicArn']}:1"}

    listening, answering = probe({"sns:Subscribe": interrupted})
    with pytest.raises(KeyboardInterrupt), listening:
        pytest.fail("it was never open")
    assert answering.of("sns:Unsubscribe") == [{"SubscriptionArn": f"{TOPICS[0]}:1"}]
    assert answering.of("sqs:DeleteQueue") == [{"QueueUrl": URL}]


def test_a_topic_that_cannot_be_listened_to_is_named_and_the_others_are_heard():
    listening, _ = probe({"sns:Subscribe": lambda asked: DENIED if asked["TopicArn"] == TOPICS[0] else {"SubscriptionArn": "arn:any:1"}})
    with listening:
        assert list(listening.unheard) == [TOPICS[0]]
        assert "Allow sns:Subscribe" in listening.unheard[TOPICS[0]]


def test_what_cannot_be_taken_away_is_named_and_the_rest_goes():
    listening, answering = probe({"sns:Unsubscribe": DENIED})
    with listening:
        pass
    assert len(listening.left) == len(TOPICS)
    assert answering.of("sqs:DeleteQueue") == [{"QueueUrl": URL}]


def test_without_a_queue_there_is_no_drill():
    listening, answering = probe({"sqs:CreateQueue": DENIED})
    with pytest.raises(CallRefused, match="Allow sqs:CreateQueue"), listening:
        pytest.fail("it was never open")
    assert answering.of("sns:Subscribe") == []


def test_where_nobody_is_told_there_is_nothing_to_listen_to():
    listening, answering = probe(topics=())
    with listening:
        pass
    assert answering.asked == []


def test_messages_are_read_and_taken_from_the_queue():
    """The notification of SNS (SNS developer guide, Amazon SNS message and JSON formats) around that of CloudWatch (user guide)."""
    alarm = {"AlarmName": "shop-dev page: one", "NewStateValue": "ALARM", "NewStateReason": "Drill", "OldStateValue": "OK"}
    body = json.dumps({"Type": "Notification", "MessageId": "1", "TopicArn": TOPICS[0], "Message": json.dumps(alarm)})
    other = json.dumps({"Type": "Notification", "TopicArn": TOPICS[0], "Message": "hello"})
    messages = [{"MessageId": str(number), "ReceiptHandle": f"r{number}", "Body": text} for number, text in enumerate((body, other, "?"))]
    listening, answering = probe({"sqs:ReceiveMessage": {"Messages": messages}, "sqs:DeleteMessageBatch": {"Successful": [], "Failed": []}})
    with listening:
        assert listening.receive(99) == [Heard(TOPICS[0], "shop-dev page: one", "ALARM", "Drill")]
    [asked] = answering.of("sqs:ReceiveMessage")
    assert asked["WaitTimeSeconds"] == 20
    [deleted] = answering.of("sqs:DeleteMessageBatch")
    assert [each["ReceiptHandle"] for each in deleted["Entries"]] == ["r0", "r1", "r2"]
    assert heard_in("[]") is None


def test_what_an_aborted_drill_left_behind_goes_and_a_running_one_stays():
    running = AT - timedelta(minutes=5)
    old, young = (f"alarm-drill-{time:%Y%m%dT%H%M%S}Z-0badcafe" for time in (AT - timedelta(hours=2), running))

    def subscription(queue):
        return {"SubscriptionArn": f"arn:any:{queue}", "Protocol": "sqs", "Endpoint": f"arn:aws:sqs:{REGION}:{OWNER}:{queue}"}

    answering = Answers(
        {
            **WORKING,
            "sns:ListSubscriptionsByTopic": {"Subscriptions": [subscription(name) for name in (old, young, "orders")]},
            "sqs:ListQueues": {"QueueUrls": [URL.replace(NAME, name) for name in (old, young)]},
        }
    )
    taken = sweep(answering.account(), TOPICS[:1], AT)
    assert taken == (f"arn:any:{old}", URL.replace(NAME, old))
    assert answering.of("sns:Unsubscribe") == [{"SubscriptionArn": f"arn:any:{old}"}]
    assert answering.of("sqs:DeleteQueue") == [{"QueueUrl": URL.replace(NAME, old)}]


def test_a_probe_is_known_by_its_name():
    assert is_probe(ARN)
    assert is_probe(URL)
    assert not is_probe(f"arn:aws:sqs:{REGION}:{OWNER}:alarm-drill-results")
    assert not is_probe(f"arn:aws:sqs:{REGION}:{OWNER}:alarm-drill-20261399T990000Z-0badcafe")


def test_a_new_queue_is_given_the_second_that_it_needs():
    """ "You must wait at least one second after the queue is created" (SQS API reference, CreateQueue)."""
    waited = []
    listening, _ = probe()
    listening.wait = waited.append
    with listening:
        assert sum(waited) >= 1


def test_a_drill_that_runs_is_seen_by_its_subscription():
    young, old = (
        ARN.replace("20261124T140000Z", f"{time:%Y%m%dT%H%M%S}Z") for time in (AT - timedelta(minutes=5), AT - timedelta(hours=2))
    )
    others = Topic(TOPICS[0], {}, (Subscription("arn:people", "email"), Subscription("arn:old", "sqs", old)))
    assert running([others], AT) is None
    mine = Topic(TOPICS[1], {}, (Subscription("arn:young", "sqs", young),))
    assert running([others, mine], AT) == (young, "arn:young")


def test_a_topic_that_may_not_be_read_keeps_nothing_else_from_being_swept():
    old = f"alarm-drill-{AT - timedelta(hours=2):%Y%m%dT%H%M%S}Z-0badcafe"
    left = {"SubscriptionArn": "arn:left", "Protocol": "sqs", "Endpoint": f"arn:aws:sqs:{REGION}:{OWNER}:{old}"}
    answering = Answers(
        {
            **WORKING,
            "sns:ListSubscriptionsByTopic": lambda asked: DENIED if asked["TopicArn"] == TOPICS[0] else {"Subscriptions": [left]},
            "sqs:ListQueues": DENIED,
        }
    )
    assert sweep(answering.account(), TOPICS, AT) == ("arn:left",)
