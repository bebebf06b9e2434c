"""Allow or deny for one action on one resource, from policy documents. Pure: no moto, no clock.

Source: IAM user guide, "Policy evaluation logic": an explicit deny wins; the permissions boundary and the session policy must allow too;
within one account a resource policy that names the caller is enough, a boundary or session policy excepted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Any

from local.iam.conditions import as_list, hold
from local.iam.matching import Context, Unsupported, arn_fits, fits

Policy = Mapping[str, Any]
_KNOWN = frozenset({"Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition", "Principal"})

__all__ = ["Context", "Outcome", "Policy", "Unsupported", "applies", "decide", "evaluate", "statements"]


class Outcome(StrEnum):
    """As IAM's policy simulator calls it."""

    ALLOWED = "allowed"
    EXPLICIT_DENY = "explicitDeny"
    IMPLICIT_DENY = "implicitDeny"


def statements(policy: Policy) -> list[Mapping[str, Any]]:
    """The statements of a document, of which there may be one without a list."""
    return as_list(policy["Statement"])


def applies(statement: Mapping[str, Any], action: str, resource: str, context: Context) -> bool:
    """Is this statement about this request? Raises Unsupported for an element that it does not know."""
    unknown = statement.keys() - _KNOWN
    if unknown or statement["Effect"] not in ("Allow", "Deny"):
        raise Unsupported(f"statement with Effect {statement['Effect']!r} and elements {sorted(unknown)}")
    return (
        _listed(statement, "Action", lambda pattern: fits(pattern, action, ignore_case=True))
        and _listed(statement, "Resource", lambda pattern: arn_fits(pattern, resource, context))
        and hold(statement.get("Condition") or {}, context)
    )


def _listed(statement: Mapping[str, Any], element: str, fit: Callable[[str], bool]) -> bool:
    if element in statement:
        return any(fit(pattern) for pattern in as_list(statement[element]))
    return not any(fit(pattern) for pattern in as_list(statement[f"Not{element}"]))


def evaluate(policies: Sequence[Policy], action: str, resource: str, context: Context) -> Outcome:
    """The outcome of policies of one kind, identity policies for example. Keys of `context` in any letter case."""
    lowered = {key.lower(): value for key, value in context.items()}
    effects = {
        statement["Effect"] for policy in policies for statement in statements(policy) if applies(statement, action, resource, lowered)
    }
    return _outcome(effects)


def decide(
    identity: Sequence[Policy],
    action: str,
    resource: str,
    context: Context,
    *,
    boundary: Policy | None = None,
    session: Policy | None = None,
    resource_policy: Policy | None = None,
    principals: Sequence[str] = (),
) -> Outcome:
    """The decision for a caller of the resource's own account.

    `principals` are the ARNs by which a resource policy may name the caller: role and session.
    """
    limits = [evaluate([policy], action, resource, context) for policy in (boundary, session) if policy is not None]
    own = evaluate(identity, action, resource, context)
    given = _of_resource(resource_policy, action, resource, context, principals) if resource_policy is not None else Outcome.IMPLICIT_DENY
    if Outcome.EXPLICIT_DENY in (own, given, *limits):
        return Outcome.EXPLICIT_DENY
    allowed = Outcome.ALLOWED in (own, given) and all(limit is Outcome.ALLOWED for limit in limits)
    return Outcome.ALLOWED if allowed else Outcome.IMPLICIT_DENY


def _of_resource(policy: Policy, action: str, resource: str, context: Context, principals: Sequence[str]) -> Outcome:
    lowered = {key.lower(): value for key, value in context.items()}
    accounts = {principal.split(":")[4] for principal in principals}
    whole = {"*", *accounts, *(f"arn:aws:iam::{account}:root" for account in accounts)}
    effects: set[str] = set()
    for statement in statements(policy):
        named = statement.get("Principal", {})
        names = set(as_list(named if isinstance(named, str) else named.get("AWS", [])))
        # The account itself as principal hands the decision to its identity policies: it allows nothing, but it can deny.
        meant = {*principals, "*"} if statement["Effect"] == "Allow" else {*principals, *whole}
        if names & meant and applies(statement, action, resource, lowered):
            effects.add(statement["Effect"])
    return _outcome(effects)


def _outcome(effects: set[Any]) -> Outcome:
    return Outcome.EXPLICIT_DENY if "Deny" in effects else Outcome.ALLOWED if effects else Outcome.IMPLICIT_DENY
