"""Who may do what on which resource, and which access pattern needs it: for whoever reviews the permissions of a stack."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from components.functions.function import PythonFunction
from components.permissions.access import KINDS, WITHOUT_RESOURCE
from components.rehearsal import Registered, Rehearsal
from singletable.definition import PatternDefinition, TableDefinition
from singletable.grants import Grant


@dataclass(frozen=True)
class Permission:
    """patterns: names of those that need it. why: what it is for, where no pattern says it. sid: of the statement in the policy."""

    action: str
    resource: str
    patterns: tuple[str, ...]
    why: str
    condition: Mapping[str, Any]
    sid: str

    @property
    def is_wide(self) -> bool:
        """More than one resource or action is meant, and could be told apart."""
        if "*" in self.action or "?" in self.action:
            return True
        if self.resource == "*":
            return self.action not in WITHOUT_RESOURCE
        own_log = self.action.startswith("logs:") and self.resource.endswith(":*") and "*" not in self.resource[:-1]
        return "*" in self.resource and not own_log

    def to_dict(self) -> dict[str, Any]:
        return {
            "action": self.action,
            "resource": self.resource,
            "patterns": list(self.patterns),
            "why": self.why,
            "condition": dict(self.condition),
            "statement": self.sid,
            "wide": self.is_wide,
        }


@dataclass(frozen=True)
class Entitlement:
    """Of one function. callers: who can make it run. unread: policies of its role that are written elsewhere."""

    function: str
    role: str
    callers: tuple[str, ...]
    permissions: tuple[Permission, ...]
    unread: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        return {
            "function": self.function,
            "role": self.role,
            "callers": list(self.callers),
            "permissions": [each.to_dict() for each in self.permissions],
            "unread": list(self.unread),
        }


def of_stack(rehearsal: Rehearsal) -> list[Entitlement]:
    """From the documents as they would be deployed, transforms included."""
    return [_of_function(function, rehearsal) for function in rehearsal.functions]


def of_table(table: TableDefinition, name: str) -> list[Entitlement]:
    """What each pattern would need of a table, for whoever uses it. name: of the table."""
    return [
        Entitlement(
            pattern.name,
            "whoever uses it",
            (),
            tuple(
                Permission(grant.action, f"table/{name}{f'/index/{grant.index}' if grant.index else ''}", (), pattern.title, {}, "")
                for grant in pattern.grants
            ),
        )
        for pattern in table.patterns
    ]


def _of_function(function: PythonFunction, rehearsal: Rehearsal) -> Entitlement:
    role, own, deployed = (rehearsal.of_node(function.nodes[node]) for node in ("role", "policy", "function"))
    reasons = {access.sid: access.why for access in function.access}
    return Entitlement(
        function.label,
        role.outputs["name"],
        tuple(_callers(deployed, rehearsal)),
        tuple(_permissions(json.loads(own.inputs["policy"]), function.patterns, reasons)),
        tuple(_unread(role, own, rehearsal)),
    )


def _permissions(document: Mapping[str, Any], patterns: Iterable[PatternDefinition], reasons: Mapping[str, str]) -> Iterator[Permission]:
    given = list(patterns)
    for statement in _listed(document["Statement"]):
        if statement["Effect"] != "Allow":
            continue  # what it takes away is listed all the same: that says too much, and never too little
        sid = statement.get("Sid", "")
        about_table = sid.rstrip("0123456789") in KINDS
        for action in _listed(statement.get("Action", "everything but what NotAction says")):
            for resource in _listed(statement.get("Resource", "everything but what NotResource says")):
                grant = Grant(action, resource.partition("/index/")[2] or None)
                users = tuple(pattern.name for pattern in given if grant in pattern.grants) if about_table else ()
                why = reasons.get(sid, "set by a transform") or "asked for by the program"
                yield Permission(action, resource, users, "" if users else why, statement.get("Condition", {}), sid)


def _callers(function: Registered, rehearsal: Rehearsal) -> Iterator[str]:
    names = (function.outputs["name"], function.outputs["arn"])
    for url in rehearsal.of_type("FunctionUrl"):
        if url.inputs["functionName"] in names:
            public = url.inputs["authorizationType"] == "NONE"
            yield "everybody, over HTTPS" if public else "signed requests that IAM allows, over HTTPS"
    for mapping in rehearsal.of_type("EventSourceMapping"):
        if mapping.inputs["functionName"] in names:
            yield f"Lambda, with the records of {mapping.inputs['eventSourceArn']}"
    for permission in rehearsal.of_type("Permission"):
        if permission.inputs["function"] in names and permission.inputs["principal"] != "*":
            yield f"{permission.inputs['principal']} ({permission.inputs['action']})"


def _unread(role: Registered, own: Registered, rehearsal: Rehearsal) -> Iterator[str]:
    yield from cast("list[str]", role.inputs.get("managedPolicyArns") or [])
    yield from (each.get("name", "an inline policy") for each in cast("list[dict[str, Any]]", role.inputs.get("inlinePolicies") or []))
    for kind in ("RolePolicyAttachment", "RolePolicy"):
        for each in rehearsal.of_type(kind):
            if each.inputs.get("role") == role.outputs["name"] and each is not own:
                yield str(each.inputs.get("policyArn") or each.name)


def _listed(value: Any) -> list[Any]:
    """Where IAM takes one or several."""
    return [value] if isinstance(value, str | Mapping) else list(value)
