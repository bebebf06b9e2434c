"""What a program registers, of whatever providers, with made-up ids: a policy judges stacks that nothing here could deploy."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from components.configuration import load_configuration
from local.deploy.registry import answer
from local.inputs import check_inputs, input_names
from local.monitor import Created, Registration
from local.program import run
from local.properties import reveal

ACCOUNT, REGION = "123456789012", "eu-west-1"


def registered(folder: Path, stack: str = "prod", *, preview: bool = False) -> tuple[Registration, ...]:
    """In a preview nothing is known but what the program says. The program has to come to its end, with inputs that the SDK has."""
    create = _unknown if preview else _imagined
    result = run(folder, load_configuration(folder, stack), create, _answer, preview=preview)
    assert not result.failures, str(result.failures[0])
    return result.registrations


def _answer(token: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    if token != "aws:iam/getPolicyDocument:getPolicyDocument":
        return answer(token, ACCOUNT, REGION)
    statements = [
        {
            "Effect": each.get("effect", "Allow"),
            "Action": each.get("actions", []),
            "Resource": each.get("resources", []),
            "Principal": {principal["type"]: principal["identifiers"] for principal in each.get("principals", [])},
        }
        for each in arguments["statements"]
    ]
    return {"id": "1", "json": json.dumps({"Version": "2012-10-17", "Statement": statements})}


def _unknown(registration: Registration) -> Created:
    _check(registration)
    return Created("", {})


def _imagined(registration: Registration) -> Created:
    _check(registration)
    package, module, kind = registration.type.split(":")
    inputs = reveal(dict(registration.inputs))
    name = inputs.get("name") or f"{registration.name}-1a2b3c4"
    arn = f"arn:{package}:{module.partition('/')[0]}:{REGION}:{ACCOUNT}:{kind.lower()}/{name}"
    outputs = {"arn": arn, "streamArn": f"{arn}/stream/2026-01-01T00:00:00.000", "url": f"https://{name}.example.com", "uuid": name}
    if package != "aws" or "name" in input_names(registration.type):
        outputs["name"] = name
    return Created(arn if kind in ("Topic", "Key") else name, outputs)


def _check(registration: Registration) -> None:
    if registration.type.startswith("aws:"):
        problems = check_inputs(registration.type, registration.inputs)
        assert not problems, f"{registration.urn}: {problems}"
