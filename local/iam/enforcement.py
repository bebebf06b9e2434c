"""Holds every request of a function's role against the policies that were deployed for it, and keeps what was decided.

Requests of the deployer are not checked. What is not allowed is refused with AWS's error; what has no rule is refused with a plain word.
"""

from __future__ import annotations

import functools
import json
from collections import Counter
from dataclasses import dataclass
from threading import Lock
from typing import Any

from local.calls import Call, Observer, Refusal
from local.iam.conditions import as_list
from local.iam.evaluation import Outcome, Policy, Unsupported, decide, statements
from local.iam.matching import arn_fits, fits
from local.iam.needs import Need, NoRule, Place, TableKeys, needs_of

# Services whose error for this has another name.
_DENIED_CODES = {"sns": "AuthorizationError", "sqs": "AccessDenied", "cloudwatch": "AccessDenied"}
_ROLE_KEY_PREFIX = "ASIA"


@dataclass(frozen=True)
class Decided:
    """One decision, and how often it was taken."""

    role: str
    action: str
    resource: str
    outcome: Outcome
    times: int = 1


@dataclass(frozen=True, order=True)
class GrantedPair:
    """One action on one resource, as a policy grants it; both may hold wildcards."""

    action: str
    resource: str


class Permissions(Observer):
    """The observer that enforces, for the roles of one account. Thread safe."""

    def __init__(self, account: str) -> None:
        self._account = account
        self._decided: Counter[tuple[str, str, str, Outcome]] = Counter()
        self._lock = Lock()

    @property
    def decisions(self) -> tuple[Decided, ...]:
        """Everything decided so far, each once, in the order of its first time."""
        with self._lock:
            return tuple(Decided(*key, times) for key, times in self._decided.items())

    def before(self, call: Call) -> None:
        """Raises Refusal unless all that the request needs is allowed."""
        if call.role is None:
            if call.access_key.startswith(_ROLE_KEY_PREFIX):
                raise Refusal("UnrecognizedClientException", "The security token included in the request is invalid.")
            return
        identity = _Identity.of(call)
        place = Place(call.region, call.account, functools.partial(_keys_of, call.account, call.region))
        try:
            for need in needs_of(call.service, call.operation, call.request, place):
                self._check(call, call.role, identity, need)
        except (NoRule, Unsupported) as unknown:
            raise Refusal("NotImplemented", f"permissions of role {call.role}: {unknown}", 501) from unknown

    def _check(self, call: Call, role: str, identity: _Identity, need: Need) -> None:
        outcome = decide(
            identity.policies,
            need.action,
            need.resource,
            {**identity.context, **need.context},
            boundary=identity.boundary,
            session=identity.session,
            resource_policy=_resource_policy(call, need.resource),
            principals=(identity.role_arn, identity.arn),
        )
        with self._lock:
            self._decided[role, need.action, need.resource, outcome] += 1
        if outcome is not Outcome.ALLOWED:
            why = (
                "with an explicit deny in a policy"
                if outcome is Outcome.EXPLICIT_DENY
                else f"because no identity-based policy allows the {need.action} action"
            )
            raise Refusal(
                _DENIED_CODES.get(call.service, "AccessDeniedException"),
                f"User: {identity.arn} is not authorized to perform: {need.action} on resource: {need.resource} {why}",
                403 if call.service in _DENIED_CODES or call.service == "lambda" else 400,
            )

    def unused_grants(self, role: str) -> tuple[GrantedPair, ...]:
        """Pairs of action and resource that the role's policies allow and that no allowed request has needed so far, sorted."""
        used = [key[1:3] for key in self._allowed_of(role)]
        return tuple(
            sorted(pair for pair in granted(_role_policies(self._account, role)) if not any(_covers(pair, *each) for each in used))
        )

    def _allowed_of(self, role: str) -> list[tuple[str, str, str, Outcome]]:
        with self._lock:
            return [key for key in self._decided if key[0] == role and key[3] is Outcome.ALLOWED]


def granted(policies: list[Policy]) -> set[GrantedPair]:
    """Each action with each resource of every Allow statement that lists both."""
    return {
        GrantedPair(action, resource)
        for policy in policies
        for statement in statements(policy)
        if statement["Effect"] == "Allow"
        for action in as_list(statement.get("Action", []))
        for resource in as_list(statement.get("Resource", []))
    }


def _covers(pair: GrantedPair, action: str, resource: str) -> bool:
    return fits(pair.action, action, ignore_case=True) and arn_fits(pair.resource, resource, {})


@dataclass(frozen=True)
class _Identity:
    """Who signed a request, and the policies that hold for it."""

    arn: str
    role_arn: str
    policies: list[Policy]
    boundary: Policy | None
    session: Policy | None
    context: dict[str, str]

    @classmethod
    def of(cls, call: Call) -> _Identity:
        from moto.iam.models import iam_backends
        from moto.sts.models import sts_backends

        assumed = next(each for each in sts_backends[call.account]["aws"].assumed_roles if each.access_key_id == call.access_key)
        backend: Any = iam_backends[call.account]["aws"]
        role = backend.get_role(call.role)
        boundary = backend.get_policy(role.permissions_boundary_arn) if role.permissions_boundary_arn else None
        context = {
            "aws:PrincipalArn": role.arn,
            "aws:PrincipalAccount": call.account,
            "aws:PrincipalType": "AssumedRole",
            "aws:RequestedRegion": call.region,
            # What it would be on AWS, where SDKs speak TLS: a policy that insists on it must not fail here.
            "aws:SecureTransport": "true",
            "aws:CurrentTime": call.at.isoformat(),
            "aws:EpochTime": str(int(call.at.timestamp())),
            **{f"aws:PrincipalTag/{tag['Key']}": tag["Value"] for tag in backend.list_role_tags(call.role, None)[0]},
        }
        return cls(
            arn=assumed.arn,
            role_arn=role.arn,
            policies=_role_policies(call.account, call.role or ""),
            boundary=_document(boundary) if boundary is not None else None,
            session=_parsed(assumed.policy) if assumed.policy else None,
            context=context,
        )


def _role_policies(account: str, role: str) -> list[Policy]:
    from moto.iam.models import iam_backends

    backend: Any = iam_backends[account]["aws"]
    inline = [_parsed(backend.get_role_policy(role, name)[1]) for name in backend.list_role_policies(role)]
    attached, _ = backend.list_attached_role_policies(role)
    return [*inline, *(_document(policy) for policy in attached)]


def _document(policy: Any) -> Policy:
    if hasattr(policy, "versions"):
        return _parsed(next(version.document for version in policy.versions if version.is_default))
    return _parsed(policy.document)


@functools.lru_cache(256)
def _parsed(document: str) -> Policy:
    return json.loads(document)


def _keys_of(account: str, region: str, table_name: str) -> TableKeys:
    from moto.dynamodb.models import dynamodb_backends

    table: Any = dynamodb_backends[account][region].tables.get(table_name.rsplit("/", 1)[-1])
    if table is None:
        return TableKeys()
    indexes = {
        index.name: next(part["AttributeName"] for part in index.schema if part["KeyType"] == "HASH") for index in table.all_indexes()
    }
    return TableKeys(table.hash_key_attr, indexes)


def _resource_policy(call: Call, resource: str) -> Policy | None:
    """Of a table (for its indexes and streams too), a queue or a topic."""
    service, _, name = resource.removeprefix("arn:aws:").partition(":")
    text: str | None = None
    if service == "dynamodb":
        from moto.dynamodb.models import dynamodb_backends

        table = "/".join(resource.split("/")[:2])
        found: Any = dynamodb_backends[call.account][call.region].resource_policies.get(table)
        text = found.policy_doc if found else None
    elif service == "sqs":
        from moto.sqs.models import sqs_backends

        queue: Any = sqs_backends[call.account][call.region].queues.get(name.rsplit(":", 1)[-1])
        text = queue.policy if queue else None
    elif service == "sns":
        from moto.sns.models import sns_backends

        topic: Any = sns_backends[call.account][call.region].topics.get(resource)
        text = topic.policy if topic else None
    return _parsed(text) if text else None
