"""Invoke over HTTP runs the deployed code and says how it went (API reference, Invoke)."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.world import World
from tests.local.programs import write

CODE = """
import json

def handler(event, context):
    print("seen", json.dumps(event, sort_keys=True))
    if event == "fail":
        raise ValueError("no luck")
    if event == "large":
        print("x" * 5000)
    return {"given": event, "version": context.function_version}
"""
PROGRAM = f"""
trust = {{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {{"Service": "lambda.amazonaws.com"}}}}
role = aws.iam.Role("role", assume_role_policy=json.dumps({{"Version": "2012-10-17", "Statement": [trust]}}))
code = pulumi.AssetArchive({{"index.py": pulumi.StringAsset({CODE!r})}})
common = {{"role": role.arn, "runtime": "python3.13", "handler": "index.handler", "code": code}}
aws.lambda_.Function("echo", name="echo", timeout=5, **common)
aws.lambda_.Function("stopped", name="stopped", reserved_concurrent_executions=0, **common)
"""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with World(write(tmp_path_factory.mktemp("project"), PROGRAM), "dev") as made:
        yield made


@pytest.fixture(scope="module")
def functions(world: World) -> Any:
    return world.aws.client("lambda")


def content(answer: dict[str, Any]) -> Any:
    return json.loads(answer["Payload"].read())


@pytest.mark.parametrize("event", [{"a": [1, "é"]}, None, 5, "text"])
def test_the_function_gets_the_event_and_its_answer_comes_back(functions: Any, event: Any) -> None:
    answer = functions.invoke(FunctionName="echo", Payload=json.dumps(event).encode())

    assert content(answer) == {"given": event, "version": "$LATEST"}
    assert (answer["StatusCode"], answer["ExecutedVersion"]) == (200, "$LATEST")
    assert not {"FunctionError", "LogResult"} & answer.keys()


def test_nothing_given_is_an_empty_object(functions: Any) -> None:
    assert content(functions.invoke(FunctionName="echo"))["given"] == {}


@pytest.mark.parametrize("name", ["arn:aws:lambda:eu-west-1:123456789012:function:echo", "123456789012:function:echo", "echo"])
def test_names_of_a_function(functions: Any, name: str) -> None:
    assert content(functions.invoke(FunctionName=name, Payload=b"1"))["given"] == 1


def test_a_failure_is_told_in_the_header_and_the_body(functions: Any) -> None:
    answer = functions.invoke(FunctionName="echo", Payload=b'"fail"')

    told = content(answer)
    assert (answer["StatusCode"], answer["FunctionError"]) == (200, "Unhandled")
    assert (told["errorType"], told["errorMessage"]) == ("ValueError", "no luck")
    assert "no luck" in "".join(told["stackTrace"])


def test_the_end_of_the_log_comes_with_it_where_it_is_asked_for(functions: Any) -> None:
    answer = functions.invoke(FunctionName="echo", Payload=b'{"a":1}', LogType="Tail")
    assert 'seen {"a": 1}' in base64.b64decode(answer["LogResult"]).decode()

    long = base64.b64decode(functions.invoke(FunctionName="echo", Payload=b'"large"', LogType="Tail")["LogResult"])
    assert len(long) == 4096 and b"seen" not in long


def test_a_dry_run_runs_nothing(functions: Any, world: World) -> None:
    before = invocations(world)
    assert functions.invoke(FunctionName="echo", InvocationType="DryRun")["StatusCode"] == 204
    assert invocations(world) == before


def test_what_runs_is_measured_as_every_run_is(functions: Any, world: World) -> None:
    before = invocations(world)
    functions.invoke(FunctionName="echo", Payload=b"1")
    assert invocations(world) == before + 1


def invocations(world: World) -> float:
    now = world.clock.now()
    asked = {"Namespace": "AWS/Lambda", "MetricName": "Invocations", "Dimensions": [{"Name": "FunctionName", "Value": "echo"}]}
    answer = world.aws.client("cloudwatch").get_metric_statistics(
        **asked, StartTime=now - timedelta(minutes=5), EndTime=now + timedelta(minutes=5), Period=60, Statistics=["Sum"]
    )
    return sum(point["Sum"] for point in answer["Datapoints"])


@pytest.mark.parametrize(
    ("request_", "code", "status"),
    [
        ({"FunctionName": "stopped"}, "TooManyRequestsException", 429),
        ({"FunctionName": "nobody"}, "ResourceNotFoundException", 404),
        ({"FunctionName": "echo", "Payload": b"{"}, "InvalidRequestContentException", 400),
        ({"FunctionName": "echo", "Payload": b'"' + b"x" * 6 * 1024 * 1024 + b'"'}, "RequestTooLargeException", 413),
        ({"FunctionName": "echo", "InvocationType": "Event"}, "InvalidParameterValueException", 400),
    ],
)
def test_refusals(functions: Any, request_: dict[str, Any], code: str, status: int) -> None:
    with pytest.raises(ClientError) as caught:
        functions.invoke(**request_)
    response: Any = caught.value.response
    assert (response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]) == (code, status)
