"""IAM roles and their inline policies."""

from collections.abc import Mapping
from typing import Any, Final

from local.deploy.handler import Calls, Handler, Properties, present, tag_list
from local.monitor import Created


def create_role(properties: Properties, call: Calls) -> Created:
    name = properties.require("name")
    properties.take("forceDetachPolicies")  # only says how to delete
    inline = properties.take("inlinePolicies", [])
    managed = properties.take("managedPolicyArns", [])
    request = present(
        RoleName=name,
        AssumeRolePolicyDocument=properties.require("assumeRolePolicy"),
        Path=properties.take("path"),
        Description=properties.take("description"),
        MaxSessionDuration=properties.take("maxSessionDuration"),
        PermissionsBoundary=properties.take("permissionsBoundary"),
        Tags=tag_list(properties.take("tags")),
    )
    properties.done()
    role = call("iam", "CreateRole", **request)["Role"]
    for policy in inline:
        call("iam", "PutRolePolicy", RoleName=name, PolicyName=policy["name"], PolicyDocument=policy["policy"])
    for arn in managed:
        call("iam", "AttachRolePolicy", RoleName=name, PolicyArn=arn)
    return Created(name, {"name": name, "arn": role["Arn"], "uniqueId": role["RoleId"]})


def delete_role(id_: str, _outputs: Mapping[str, Any], call: Calls) -> None:
    for name in call("iam", "ListRolePolicies", RoleName=id_)["PolicyNames"]:
        call("iam", "DeleteRolePolicy", RoleName=id_, PolicyName=name)
    for policy in call("iam", "ListAttachedRolePolicies", RoleName=id_)["AttachedPolicies"]:
        call("iam", "DetachRolePolicy", RoleName=id_, PolicyArn=policy["PolicyArn"])
    call("iam", "DeleteRole", RoleName=id_)


def create_role_policy(properties: Properties, call: Calls) -> Created:
    name, role = properties.require("name"), properties.require("role")
    document = properties.require("policy")
    properties.done()
    call("iam", "PutRolePolicy", RoleName=role, PolicyName=name, PolicyDocument=document)
    return Created(f"{role}:{name}", {"name": name})


def delete_role_policy(id_: str, _outputs: Mapping[str, Any], call: Calls) -> None:
    role, _, name = id_.partition(":")
    call("iam", "DeleteRolePolicy", RoleName=role, PolicyName=name)


HANDLERS: Final = {
    "aws:iam/role:Role": Handler(create_role, delete_role, name_limit=64),
    "aws:iam/rolePolicy:RolePolicy": Handler(create_role_policy, delete_role_policy, name_limit=128),
}
