"""What people, programs and auditors are told of a drill."""

from datetime import UTC, datetime

from monitoring.drill import Delivery, Outcome, Planned
from monitoring.drill.outcome import judged
from monitoring.drill.output import markdown, report, text
from monitoring.drill.record import Record
from monitoring.lint.output import Style

AT = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
TOPIC = "arn:aws:sns:eu-west-1:123456789012:page"
HEARD = Outcome(Planned("shop-dev page: one", "page", False, "OK", (TOPIC,)), (Delivery(TOPIC, 0.41, True, 2, 1),), noted=True)
LOST = Outcome(Planned("shop-dev page: two", "page", False, "OK", (TOPIC,)), (Delivery(TOPIC, None, False, 2, 1),), noted=True)
OFF = Outcome(Planned("shop-dev ticket: three", "ticket", False, "OK", (TOPIC,), "its actions are switched off"))
ALL = Outcome(Planned("shop-dev page: all", "page", True, "OK", (), "it tells nobody", ("shop-dev page: one", "shop-dev page: two")))


def record(*outcomes, left=()):
    return Record("0badcafe", "shop-1a2b3c", "eu-west-1", AT, judged(outcomes), left)


def test_each_alarm_has_a_line_the_unheard_last_and_the_numbers_at_the_end():
    lines = text(record(OFF, LOST, HEARD), Style()).splitlines()
    assert lines[2:5] == [
        "  page    one    page in 0.41 s: 2 people, 1 program",
        "  ticket  three  UNHEARD its actions are switched off",
        "  page    two    UNHEARD nothing arrived from page: CloudWatch could not publish to it",
    ]
    assert lines[-1] == "3 alarms: 1 heard, 2 unheard"


def test_an_alarm_is_heard_through_others_only_when_all_of_them_are():
    by_name = {each.outcome.planned.name: each for each in record(ALL, HEARD, LOST).judged}
    assert by_name["shop-dev page: all"].verdict == "unheard"
    assert by_name["shop-dev page: all"].why_not.startswith('"shop-dev page: two" tells for it: nothing arrived')
    second = Outcome(LOST.planned, HEARD.deliveries)
    [through, *_] = record(ALL, HEARD, second).judged
    assert (through.verdict, through.why_not) == ("through", "")
    [alone] = record(ALL).judged
    assert alone.why_not == '"shop-dev page: one" tells for it, which is not part of this drill'


def test_who_is_subscribed_may_not_be_known_and_accuses_nobody():
    unknown = Outcome(HEARD.planned, (Delivery(TOPIC, 1.0, True),))
    [found] = record(unknown).judged
    assert found.verdict == "heard"
    assert "who is subscribed may not be read" in text(record(unknown), Style())


def test_what_could_not_be_put_back_or_taken_away_is_said():
    stuck = Outcome(HEARD.planned, HEARD.deliveries, noted=True, restored=False)
    said = record(stuck, left=("sqs:DeleteQueue: no",))
    assert not said.clean
    assert "its state is still the drill's" in text(said, Style())
    assert "could not be taken away, the next drill tries again: sqs:DeleteQueue: no" in text(said, Style())
    assert "Not everything could be put back." in markdown(said)
    assert report(said)["clean"] is False
    assert record(HEARD).clean


def test_the_document_says_when_where_and_what_of_each():
    document = markdown(record(HEARD, OFF))
    assert document.startswith("# Alarm drill of shop-1a2b3c\n\n24 November 2026, 14:00 UTC, eu-west-1. Drill 0badcafe")
    assert "| page | shop-dev page: one | yes | page in 0.41 s: 2 people, 1 program | yes | yes |" in document
    assert "| ticket | shop-dev ticket: three | **no** | its actions are switched off |  |  |" in document


def test_the_json_has_every_delivery():
    made = report(record(HEARD, OFF))
    assert made["counts"] == {"alarms": 2, "unheard": 1}
    heard, off = made["alarms"]
    assert (heard["verdict"], heard["why_not"], off["why_not"]) == ("heard", None, "its actions are switched off")
    assert heard["deliveries"] == [
        {"topic": TOPIC, "delivered": True, "seconds": 0.41, "executed": True, "people": 2, "programs": 1, "unprobed": None}
    ]
