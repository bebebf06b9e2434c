"""IAM roles and their inline policies."""

import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import unquote

from local.deploy.handler import Calls
from local.deploy.iam import create_role_policy
from local.engine.lifecycle import Change, Found, Lifecycle, put_again
from local.engine.lifecycles.tags import IAM_ROLE

_SESSION_SECONDS: Final = 3600


def _document(policy: Any) -> str:
    """moto and botocore give some documents as text, encoded or not, and some as objects."""
    return unquote(policy) if isinstance(policy, str) else json.dumps(policy)


def read_role(name: str, _inputs: Mapping[str, Any], call: Calls) -> Found:
    role = call("iam", "GetRole", RoleName=name)["Role"]
    inputs = {
        "name": role["RoleName"],
        "assumeRolePolicy": _document(role["AssumeRolePolicyDocument"]),
        "path": role["Path"],
        "description": role.get("Description", ""),
        "maxSessionDuration": role.get("MaxSessionDuration", _SESSION_SECONDS),
        "permissionsBoundary": role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn", ""),
        "inlinePolicies": [
            {"name": policy, "policy": _policy(name, policy, call)}
            for policy in call("iam", "ListRolePolicies", RoleName=name)["PolicyNames"]
        ],
        "managedPolicyArns": [one["PolicyArn"] for one in call("iam", "ListAttachedRolePolicies", RoleName=name)["AttachedPolicies"]],
        "tags": IAM_ROLE.read(name, call),
    }
    return Found(inputs, {"arn": role["Arn"], "uniqueId": role["RoleId"]})


def _policy(role: str, name: str, call: Calls) -> str:
    return _document(call("iam", "GetRolePolicy", RoleName=role, PolicyName=name)["PolicyDocument"])


def update_role(change: Change, call: Calls) -> Mapping[str, Any]:
    role, new = change.id, change.new
    if "assumeRolePolicy" in change.changed:
        call("iam", "UpdateAssumeRolePolicy", RoleName=role, PolicyDocument=new["assumeRolePolicy"])
    if change.changed & {"description", "maxSessionDuration"}:
        seconds = new.get("maxSessionDuration", _SESSION_SECONDS)
        call("iam", "UpdateRole", RoleName=role, Description=new.get("description", ""), MaxSessionDuration=seconds)
    if "permissionsBoundary" in change.changed:
        if boundary := new.get("permissionsBoundary"):
            call("iam", "PutRolePermissionsBoundary", RoleName=role, PermissionsBoundary=boundary)
        else:
            call("iam", "DeleteRolePermissionsBoundary", RoleName=role)
    if "inlinePolicies" in change.changed:
        _update_policies(role, new.get("inlinePolicies") or [], call)
    if "managedPolicyArns" in change.changed:
        _update_attachments(role, set(new.get("managedPolicyArns") or []), call)
    IAM_ROLE.update(change, role, call)
    return {}


def _update_policies(role: str, wanted: list[Mapping[str, str]], call: Calls) -> None:
    for name in set(call("iam", "ListRolePolicies", RoleName=role)["PolicyNames"]) - {policy["name"] for policy in wanted}:
        call("iam", "DeleteRolePolicy", RoleName=role, PolicyName=name)
    for policy in wanted:
        call("iam", "PutRolePolicy", RoleName=role, PolicyName=policy["name"], PolicyDocument=policy["policy"])


def _update_attachments(role: str, wanted: set[str], call: Calls) -> None:
    there = {one["PolicyArn"] for one in call("iam", "ListAttachedRolePolicies", RoleName=role)["AttachedPolicies"]}
    for operation, arns in (("DetachRolePolicy", there - wanted), ("AttachRolePolicy", wanted - there)):
        for arn in sorted(arns):
            call("iam", operation, RoleName=role, PolicyArn=arn)


def read_role_policy(id_: str, _inputs: Mapping[str, Any], call: Calls) -> Found:
    role, _, name = id_.partition(":")
    return Found({"name": name, "role": role, "policy": _policy(role, name, call)})


LIFECYCLES: Final = {
    "aws:iam/role:Role": Lifecycle(
        read_role,
        update_role,
        replaces=frozenset({"name", "namePrefix", "path"}),
        defaults={"path": "/", "maxSessionDuration": _SESSION_SECONDS},
        computed=frozenset({"inlinePolicies", "managedPolicyArns"}),
    ),
    "aws:iam/rolePolicy:RolePolicy": Lifecycle(
        read_role_policy, put_again(create_role_policy), replaces=frozenset({"name", "namePrefix", "role"})
    ),
}
