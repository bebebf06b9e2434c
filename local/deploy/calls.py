"""The two ways to send a deployer's requests: to an embedded AWS, or to nobody, with the responses made up.

Both hold every request against the service's model first, so a program can be checked without any AWS.
"""

import base64
import hashlib
import re
from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol

from local.inputs import InputError, check_request


class Aws(Protocol):
    """What a deployment needs of an embedded AWS."""

    @property
    def account(self) -> str: ...

    @property
    def region(self) -> str: ...

    def client(self, service: str) -> Any: ...


def _checked(service: str, operation: str, request: Mapping[str, Any]) -> None:
    problems = check_request(service, operation, request)
    if problems:
        raise InputError(f"{service} {operation}", problems)


class AwsCalls:
    """Sends each request with boto3."""

    def __init__(self, aws: Aws) -> None:
        self._aws = aws

    @property
    def account(self) -> str:
        return self._aws.account

    @property
    def region(self) -> str:
        return self._aws.region

    def __call__(self, service: str, operation: str, /, **request: Any) -> dict[str, Any]:
        from botocore import xform_name

        _checked(service, operation, request)
        return getattr(self._aws.client(service), xform_name(operation))(**request)


class ImaginedCalls:
    """Sends nothing: answers as AWS would after a success, with names and ARNs that depend on the request alone."""

    def __init__(self, account: str, region: str) -> None:
        self.account = account
        self.region = region

    def __call__(self, service: str, operation: str, /, **request: Any) -> dict[str, Any]:
        _checked(service, operation, request)
        answer = _ANSWERS.get(operation)
        return answer(request, f"{self.region}:{self.account}") if answer else {}


_STREAM_LABEL: Final = "2026-01-01T00:00:00.000"


def _digest(request: Mapping[str, Any]) -> str:
    return hashlib.sha256(repr(sorted(request.items())).encode()).hexdigest()


def _table(request: Mapping[str, Any], place: str) -> dict[str, Any]:
    arn = f"arn:aws:dynamodb:{place}:table/{request['TableName']}"
    return {"TableDescription": {"TableArn": arn, "LatestStreamArn": f"{arn}/stream/{_STREAM_LABEL}", "LatestStreamLabel": _STREAM_LABEL}}


def _described(request: Mapping[str, Any], place: str) -> dict[str, Any]:
    return {"Table": _table(request, place)["TableDescription"]}


def _import(request: Mapping[str, Any], place: str) -> dict[str, Any]:
    arn = f"arn:aws:dynamodb:{place}:table/{request['TableCreationParameters']['TableName']}/import/01{_digest(request)[:22]}"
    return {"ImportTableDescription": {"ImportArn": arn, "ImportStatus": "IN_PROGRESS"}}


def _role(request: Mapping[str, Any], place: str) -> dict[str, Any]:
    path = request.get("Path", "/")
    arn = f"arn:aws:iam::{place.partition(':')[2]}:role{path}{request['RoleName']}"
    return {"Role": {"Arn": arn, "RoleId": "AROA" + _digest(request)[:17].upper()}}


def _function_arn(name: str, place: str) -> str:
    return name if name.startswith("arn:") else f"arn:aws:lambda:{place}:function:{name}"


def _function(request: Mapping[str, Any], place: str) -> dict[str, Any]:
    code = base64.b64encode(hashlib.sha256(request["Code"]["ZipFile"]).digest()).decode()
    return {"FunctionArn": _function_arn(request["FunctionName"], place), "Version": "$LATEST", "CodeSha256": code}


def _url(request: Mapping[str, Any], place: str) -> dict[str, Any]:
    url = f"https://{_digest(request)[:32]}.lambda-url.{place.partition(':')[0]}.on.aws/"
    return {"FunctionUrl": url, "FunctionArn": _function_arn(request["FunctionName"], place)}


def _mapping(request: Mapping[str, Any], place: str) -> dict[str, Any]:
    uuid = re.sub(r"^(.{8})(.{4})(.{4})(.{4})(.{12}).*", r"\1-\2-\3-\4-\5", _digest(request))
    return {"UUID": uuid, "FunctionArn": _function_arn(request["FunctionName"], place), "State": "Enabled"}


_ANSWERS: Final[Mapping[str, Callable[[Mapping[str, Any], str], dict[str, Any]]]] = {
    "CreateTable": _table,
    "UpdateTable": _table,
    "DescribeTable": _described,
    "ImportTable": _import,
    "DescribeImport": lambda request, _: {"ImportTableDescription": {"ImportArn": request["ImportArn"], "ImportStatus": "COMPLETED"}},
    "PutResourcePolicy": lambda request, _: {"RevisionId": _digest(request)[:13]},
    "CreateRole": _role,
    "CreateFunction": _function,
    "CreateFunctionUrlConfig": _url,
    "CreateEventSourceMapping": _mapping,
    "CreateTopic": lambda request, place: {"TopicArn": f"arn:aws:sns:{place}:{request['Name']}"},
    "Subscribe": lambda request, _: {"SubscriptionArn": f"{request['TopicArn']}:{_digest(request)[:32]}"},
    "CreateQueue": lambda request, place: {
        "QueueUrl": f"https://sqs.{place.partition(':')[0]}.amazonaws.com/{place.partition(':')[2]}/{request['QueueName']}"
    },
    "RegisterScalableTarget": lambda request, place: {
        "ScalableTargetARN": f"arn:aws:application-autoscaling:{place}:scalable-target/{_digest(request)[:32]}"
    },
    "PutScalingPolicy": lambda request, place: {
        "PolicyARN": f"arn:aws:autoscaling:{place}:scalingPolicy:{_digest(request)[:32]}:policyName/{request['PolicyName']}"
    },
}
