"""Every resource type that can be deployed here, and the answers to what a program asks its provider."""

from collections.abc import Mapping
from typing import Any, Final

from local.deploy import attachments, autoscaling, cloudwatch, dynamodb, functions, iam, messaging, stash
from local.deploy.handler import Handler
from local.monitor import ProgramError

HANDLERS: Final[Mapping[str, Handler]] = (
    dynamodb.HANDLERS
    | attachments.HANDLERS
    | iam.HANDLERS
    | functions.HANDLERS
    | cloudwatch.HANDLERS
    | messaging.HANDLERS
    | autoscaling.HANDLERS
)


def handler_of(resource_type: str) -> Handler:
    """The handler of a type. Raises `ProgramError` with what can be deployed."""
    if resource_type in stash.HANDLERS:
        return stash.HANDLERS[resource_type]
    if resource_type not in HANDLERS:
        raise ProgramError(f"{resource_type} cannot be deployed here. What can: {', '.join(sorted(HANDLERS))}")
    return HANDLERS[resource_type]


def answer(token: str, account: str, region: str) -> Mapping[str, Any]:
    """The result of a provider function. Raises `ProgramError` for one that is not known."""
    match token:
        case "aws:index/getRegion:getRegion":
            return {"id": region, "name": region, "region": region, "description": region, "endpoint": f"ec2.{region}.amazonaws.com"}
        case "aws:index/getCallerIdentity:getCallerIdentity":
            return {"id": account, "accountId": account, "arn": f"arn:aws:iam::{account}:root", "userId": account}
        case "aws:index/getPartition:getPartition":
            return {"id": "aws", "partition": "aws", "dnsSuffix": "amazonaws.com", "reverseDnsPrefix": "com.amazonaws"}
        case _:
            raise ProgramError(f"the program calls {token}, which has no answer here. Known: getRegion, getCallerIdentity, getPartition")
