"""What watches the stack: every alarm that monitoring makes, composite alarms, topics and who is told, and the dashboard."""

import json

import pytest

import monitoring
from monitoring.alarms import Alarm, CompositeAlarm
from monitoring.lint.readers.provider import request_of
from tests.components.conftest import ACCOUNT, REGION, Stack, document, watched
from tests.monitoring.conftest import clause
from tests.monitoring.weather import API, INCIDENTS, Weather, course, deployed, slow

SHOP_INCIDENTS = {name: happens for name, happens in INCIDENTS.items() if " is slow" not in name} | {
    **{f"{operation} is slow": slow(operation) for operation in ("GetItem", "Query", "PutItem", "UpdateItem", "TransactWriteItems")},
    "api nearly times out": lambda weather, minute: weather.function(minute, "Duration", API, 18_000),
}
"""What AWS reports in a minute in which each alarm of the shop is true. The API stops at 20 s."""


def test_every_alarm_of_the_recipes_is_there_and_says_the_same(dev: Stack) -> None:
    """What was registered, read back, is what monitoring made, with the names that AWS gave."""
    names = {
        monitoring.Ref("table"): dev.outputs["tableName"],
        monitoring.Ref("region"): REGION,
        monitoring.Ref("account"): ACCOUNT,
        monitoring.Ref("function:api"): dev.outputs["apiFunctionName"],
        monitoring.Ref("function:order-events"): dev.outputs["orderEventsFunctionName"],
        monitoring.Ref("mapping:order-events"): dev.one("EventSourceMapping", "order-events-mapping").outputs["uuid"],
        monitoring.Ref("queue:order-events"): dev.one("Queue", "order-events-failures").outputs["name"],
    }
    made = monitoring.alarms_for(watched())
    registered = {each.inputs["name"]: each.inputs for each in dev.all("MetricAlarm")}

    assert registered.keys() == {alarm.name for alarm in made}
    for alarm in made:
        topic = dev.outputs["alarmTopicArns"][alarm.severity]
        sent = {**monitoring.resolve(alarm, names), "AlarmActions": [topic], "OKActions": [topic]}
        assert Alarm.from_request(request_of(registered[alarm.name])) == Alarm.from_request(sent), alarm.name


@pytest.mark.parametrize("reading", list(monitoring.Reading))
@pytest.mark.parametrize("name", list(SHOP_INCIDENTS))
def test_every_alarm_of_the_shop_fires_and_clears_with_its_composite(name: str, reading: monitoring.Reading) -> None:
    [alarm] = [each for each in deployed(monitoring.alarms_for(watched())) if clause(each) == name]
    [composite] = [each for each in monitoring.composites_for(watched(), monitoring.alarms_for(watched())) if alarm.name in each.children]
    states = course([alarm], Weather(), SHOP_INCIDENTS[name], reading)[name]
    assert states[25:40] == ["OK"] * 15
    assert (states[59], states[-1]) == ("ALARM", "OK")
    others = dict.fromkeys(composite.children, "OK")
    assert [monitoring.evaluate_composite(composite, others | {alarm.name: states[minute]}) for minute in (39, 59, -1)] == [
        "OK",
        "ALARM",
        "OK",
    ]


def test_every_alarm_of_the_shop_has_an_incident(dev: Stack) -> None:
    assert {each.inputs["name"].partition(": ")[2] for each in dev.all("MetricAlarm")} == SHOP_INCIDENTS.keys()


def test_composites_come_after_the_alarms_that_they_name_and_tell_nobody(dev: Stack) -> None:
    found = dev.all("CompositeAlarm")
    by_name = {each.inputs["name"]: each for each in dev.all("MetricAlarm")}
    assert len(found) == len(monitoring.composites_for(watched(), monitoring.alarms_for(watched()))) >= 2
    for each in found:
        alarm = CompositeAlarm("composite", "info", "", each.inputs["alarmRule"])
        assert {by_name[child].urn for child in alarm.children} <= set(each.dependencies)
        assert (each.inputs["alarmActions"], each.inputs["okActions"]) == ([], [])


def test_topics_take_alarms_of_this_account_only(live: Stack) -> None:
    for severity, topic in live.outputs["alarmTopicArns"].items():
        policy = live.one("TopicPolicy", f"shop-{severity}")
        assert policy.inputs["arn"] == topic
        assert document(policy)["Statement"] == [
            {
                "Sid": "AlarmsOfThisAccount",
                "Effect": "Allow",
                "Principal": {"Service": "cloudwatch.amazonaws.com"},
                "Action": "sns:Publish",
                "Resource": topic,
                "Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}},
            }
        ]


def test_who_is_told(dev: Stack, live: Stack) -> None:
    topics = live.outputs["alarmTopicArns"]
    assert dev.all("TopicSubscription") == []
    assert {(each.inputs["topic"], each.inputs["protocol"], each.inputs["endpoint"]) for each in live.all("TopicSubscription")} == {
        (topics["page"], "email", "oncall@example.com"),
        (topics["page"], "email", "lead@example.com"),
        (topics["info"], "email", "team@example.com"),
    }


def test_the_dashboard_is_monitoring_s_with_names_filled_in(dev: Stack) -> None:
    dashboard = dev.one("Dashboard", "shop-dashboard").inputs
    text = dashboard["dashboardBody"]
    body = json.loads(text)

    assert body["widgets"]
    assert dev.outputs["tableName"] in text and REGION in text
    assert "Ref(" not in text and "<table>" not in text and "Calling __str__" not in text
    assert dev.outputs["dashboardName"] == dashboard["dashboardName"]
    assert dev.outputs["dashboardUrl"] == (
        f"https://{REGION}.console.aws.amazon.com/cloudwatch/home?region={REGION}#dashboards/dashboard/{dashboard['dashboardName']}"
    )
