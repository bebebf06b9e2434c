"""The deployed stack as a whole: requests, streams, logs, metrics, alarms and permissions on one clock, and the same over HTTP."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from urllib.parse import quote

import pytest

from local.__main__ import ROOT
from local.incidents import Incidents, UnknownIncident
from local.realtime import RealTime
from local.serve import Served
from local.visitors import Visitors
from local.world import World
from monitoring.metrics import Metric

START = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with World(ROOT, "dev", start=START) as made:
        yield made


def register(world: World, name: str) -> dict[str, Any]:
    answer = world.request("POST", "/users", {"email": f"{name}@example.com", "name": name, "password_hash": "none"})
    assert answer.status == 201, (answer.body, world.unexpected())
    return answer.json()


def order(world: World, user: dict[str, Any], reference: str) -> dict[str, Any]:
    product = {"name": "Tea", "category": "Beverages", "price_minor": 250, "currency": "USD"}
    made = world.request("POST", "/products", product).json()
    line = {"product_id": made["id"], "quantity": 2, "unit_price_minor": 250, "discount_percent": 10}
    answer = world.request("POST", "/orders", {"user_id": user["id"], "reference": reference, "currency": "USD", "lines": [line]})
    assert answer.status == 201, (answer.body, world.unexpected())
    return answer.json()


def statistic(world: World, name: str, dimensions: dict[str, str], kind: str, namespace: str = "AWS/Lambda") -> float:
    found = world.samples.statistics(Metric(namespace, name, dimensions, kind, 60), START, world.clock.now() + timedelta(minutes=1))
    return sum(found.values())


def test_the_request_has_the_time_of_the_simulated_clock(world: World) -> None:
    assert register(world, "time")["created_at"] == world.clock.now().strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def test_a_status_change_travels_through_stream_function_and_topic(world: World) -> None:
    sqs, sns = world.aws.client("sqs"), world.aws.client("sns")
    queue = sqs.create_queue(QueueName="reader")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sns.subscribe(TopicArn=world.outputs["orderTopicArn"], Protocol="sqs", Endpoint=arn, Attributes={"RawMessageDelivery": "true"})
    placed = order(world, register(world, "stream"), "s-1")
    assert world.request("PUT", f"/orders/{placed['id']}/status", {"status": "shipped", "version": 1}).status == 200
    world.poll()
    (message,) = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)["Messages"]
    body = json.loads(message["Body"])
    assert (body["order_id"], body["old_status"], body["new_status"], body["version"]) == (placed["id"], "placed", "shipped", 2)


def test_a_healthy_stream_is_read_at_once(world: World) -> None:
    world.tick()
    placed = order(world, register(world, "age"), "a-1")
    assert world.request("PUT", f"/orders/{placed['id']}/status", {"status": "shipped", "version": 1}).status == 200
    at = world.clock.now()
    world.tick()
    oldest = Metric("AWS/Lambda", "IteratorAge", {"FunctionName": str(world.outputs["orderEventsFunctionName"])}, "Maximum", 60)
    assert world.samples.statistics(oldest, at, world.clock.now()) == {at: 0}


def test_metrics_come_from_what_ran(world: World) -> None:
    name = str(world.outputs["apiFunctionName"])
    before = statistic(world, "Invocations", {"FunctionName": name}, "Sum")
    register(world, "metrics")
    assert statistic(world, "Invocations", {"FunctionName": name}, "Sum") == before + 1
    assert statistic(world, "Errors", {"FunctionName": name}, "Sum") == 0
    table = {"TableName": str(world.outputs["tableName"])}
    assert statistic(world, "ConsumedWriteCapacityUnits", table, "Sum", "AWS/DynamoDB") > 0


def test_a_tick_is_a_minute_and_every_alarm_has_a_state_after_some(world: World) -> None:
    at = world.clock.now()
    world.tick()
    assert world.clock.now() == at + timedelta(minutes=1)
    deployed = world.deployment.of_type("aws:cloudwatch/metricAlarm:MetricAlarm")
    composites = world.deployment.of_type("aws:cloudwatch/compositeAlarm:CompositeAlarm")
    assert len(world.watch.states) == len(deployed) + len(composites) > 20
    assert "ALARM" not in world.watch.states.values()


def test_logs_are_kept_in_the_deployed_group_and_hold_no_personal_data(world: World) -> None:
    register(world, "logged")
    world.tick()
    logs = world.aws.client("logs")
    group = next(one.id for one in world.deployment.of_type("aws:cloudwatch/logGroup:LogGroup") if one.id.endswith("/api"))
    streams = logs.describe_log_streams(logGroupName=group)["logStreams"]
    events = [
        event
        for stream in streams
        for event in logs.get_log_events(logGroupName=group, logStreamName=stream["logStreamName"], startFromHead=True)["events"]
    ]
    lines = [json.loads(event["message"]) for event in events if event["message"].startswith("{")]
    assert any(line.get("route") == "/users" and line.get("status") == 201 for line in lines)
    assert "logged@example.com" not in "".join(event["message"] for event in events)


def test_nothing_unexpected_happened_so_far_and_unused_grants_are_named(world: World) -> None:
    assert world.unexpected() == {}
    unused = {pair.action for grants in world.unused_grants().values() for pair in grants}
    assert "dynamodb:DeleteItem" in unused  # nobody has deleted a user yet
    assert "dynamodb:PutItem" not in unused


def served_of(world: World) -> Served:
    return Served(world, 0, Incidents(world.throttling, "GSI1"))


def test_a_world_that_is_behind_catches_up_and_then_keeps_the_time_of_the_wall(world: World) -> None:
    wall = world.clock.now() + timedelta(minutes=2, seconds=15)
    waited: list[float] = []

    def wait(seconds: float) -> None:
        nonlocal wall
        waited.append(seconds)
        wall += timedelta(seconds=seconds)

    begun: list[datetime] = []
    RealTime(world, wall=lambda: wall, wait=wait).run(lambda: begun.append(world.clock.now()), ticks=4)
    assert waited == [45, 60]
    assert world.clock.now() == wall
    assert [later - earlier for earlier, later in pairwise(begun)] == [timedelta(minutes=1)] * 3


def test_a_wall_that_is_set_back_does_not_stop_a_world(world: World) -> None:
    wall = world.clock.now() - timedelta(days=1)
    waited: list[float] = []
    RealTime(world, wall=lambda: wall, wait=waited.append).run(ticks=2)
    assert waited == [60, 60]


def test_an_incident_refuses_for_its_time_and_visitors_meet_it(world: World) -> None:
    incidents, visitors = Incidents(world.throttling, "GSI1"), Visitors(world)
    product = {"name": "Tea", "category": "Beverages", "price_minor": 250, "currency": "USD"}
    assert world.request("POST", "/products", product).status == 201
    table = str(world.outputs["tableName"])

    def refused() -> float:
        named = {"TableName": table, "GlobalSecondaryIndexName": "GSI1"}
        return statistic(world, "WriteKeyRangeThroughputThrottleEvents", named, "Sum", "AWS/DynamoDB")

    visitors.come()
    assert refused() == 0
    incidents.start("gsi-backpressure", world.clock.now(), minutes=1)
    for _ in range(4):
        visitors.come()
    during = refused()
    assert during > 0
    world.tick()
    visitors.come()
    assert refused() == during
    with pytest.raises(UnknownIncident, match="gsi-backpressure"):
        incidents.start("flood", world.clock.now())


def test_a_mapping_that_is_changed_works_by_its_new_settings(world: World) -> None:
    functions = world.aws.client("lambda")
    name = str(world.outputs["orderEventsFunctionName"])
    (mapping,) = functions.list_event_source_mappings(FunctionName=name)["EventSourceMappings"]

    def polled() -> float:
        return statistic(world, "PolledEventCount", {"EventSourceMappingUUID": mapping["UUID"]}, "Sum")

    functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False, MetricsConfig={"Metrics": []})
    before = polled()
    order(world, register(world, "mapping"), "m-1")
    world.poll()
    assert polled() == before
    functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=True)
    world.poll()
    assert polled() == before
    functions.update_event_source_mapping(UUID=mapping["UUID"], MetricsConfig={"Metrics": ["EventCount"]})
    order(world, register(world, "mapping-again"), "m-2")
    world.poll()
    assert polled() > before


def test_a_mapping_tells_how_its_last_batch_went(world: World) -> None:
    placed = order(world, register(world, "result"), "r-1")
    assert world.request("PUT", f"/orders/{placed['id']}/status", {"status": "shipped", "version": 1}).status == 200
    world.poll()
    (mapping,) = world.aws.client("lambda").list_event_source_mappings()["EventSourceMappings"]
    assert (mapping["LastProcessingResult"], mapping["State"]) == ("OK", "Enabled")


def test_served_over_http(world: World) -> None:
    world.tick()
    register(world, "http")
    with served_of(world) as served:
        port = int(served.url.rsplit(":", 1)[1].strip("/"))

        def ask(method: str, path: str, body: str | None = None, **headers: str) -> tuple[int, str, bytes]:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            connection.request(method, path, body, {"Content-Type": "application/json", **headers})
            response = connection.getresponse()
            found = (response.status, response.headers["content-type"], response.read())
            connection.close()
            return found

        status, kind, page = ask("GET", "/")
        assert (status, kind) == (200, "text/html; charset=utf-8")
        assert b"shop" in page and b'id="p-find-user"' in page and b'"every": 15' in page
        assert ask("GET", "/?range=2h")[0] == 400
        patterns = {each["name"]: each for each in json.loads(ask("GET", "/state.json")[2])["patterns"]}
        assert patterns["find_user"]["operation"] == "GetItem"
        status, kind, alarms = ask("GET", "/alarms.json")
        assert json.loads(alarms)["alarms"] == dict(world.watch.states)
        status, kind, body = ask("GET", "/api/users?email=http%40example.com")
        assert (status, kind) == (200, "application/json")
        assert json.loads(body)["name"] == "http"
        status, _, body = ask("POST", "/api/users", "{")
        assert (status, json.loads(body)["error"]["code"]) == (400, "invalid-body")
        assert ask("GET", "/nothing")[0] == 404
        assert ask("POST", "/")[0] == 405

        assert json.loads(ask("GET", "/incidents")[2])["gsi-backpressure"]["until"] is None
        until = (world.clock.now() + timedelta(minutes=3)).isoformat()
        assert json.loads(ask("POST", "/incidents/gsi-backpressure?minutes=3")[2])["gsi-backpressure"]["until"] == until
        assert json.loads(ask("DELETE", "/incidents/gsi-backpressure")[2])["gsi-backpressure"]["until"] is None
        assert ask("POST", "/incidents/gsi-backpressure", Origin="https://example.com")[0] == 403
        assert ask("POST", "/incidents/gsi-backpressure", Origin="null")[0] == 403
        assert ask("DELETE", "/incidents/gsi-backpressure", Origin=served.url.rstrip("/"))[0] == 200
        assert ask("POST", "/incidents/flood")[0] == 404
        for minutes in ("x", "0", "-1", "1441", "9" * 5000, "٣"):
            assert ask("POST", f"/incidents/gsi-backpressure?minutes={quote(minutes)}")[0] == 400
        assert ask("PUT", "/incidents")[0] == 405


def test_a_client_that_hangs_up_leaves_no_traceback(world: World, capfd: pytest.CaptureFixture[str]) -> None:
    with served_of(world) as served:
        server = served._server
        for error in (ConnectionResetError(), BrokenPipeError()):
            try:
                raise error
            except ConnectionError:
                server.handle_error(None, ("127.0.0.1", 1))
        assert capfd.readouterr().err == ""
        try:
            raise ZeroDivisionError
        except ZeroDivisionError:
            server.handle_error(None, ("127.0.0.1", 1))
        assert "ZeroDivisionError" in capfd.readouterr().err


def test_a_function_that_oversteps_its_policy_is_denied_and_named(world: World) -> None:
    """Last of those that share the world: it breaks it."""
    user = register(world, "denied")
    name = str(world.outputs["apiFunctionName"])
    role = world.functions[name].settings.role_arn.rsplit("/", 1)[1]
    deny = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "dynamodb:GetItem", "Resource": "*"}]}
    world.aws.client("iam").put_role_policy(RoleName=role, PolicyName="broken", PolicyDocument=json.dumps(deny))
    answer = world.request("GET", f"/users/{user['id']}")
    assert (answer.status, answer.json()["error"]["code"]) == (500, "internal")
    found = world.unexpected()
    table = f"arn:aws:dynamodb:eu-west-1:123456789012:table/{world.outputs['tableName']}"
    assert found[f"{role} was denied dynamodb:GetItem on {table}"] >= 1
    assert any(sentence.startswith(f"function {name} logged an error: ") for sentence in found)
