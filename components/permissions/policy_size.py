"""How large the policy of a function's role may be."""

import json
import re
from collections.abc import Iterable
from typing import Any

from components.errors import PolicyTooLarge
from components.permissions.access import Access, policy

MOST_CHARACTERS = 10_240
"""Of all inline policies of a role together, white space not counted; no quota that can be raised (IAM user guide, "IAM and AWS STS quotas")."""
SHORTEST_TABLE_ARN = "arn:aws:dynamodb:us-east-1:123456789012:table/abc"
"""A name has three characters or more (CreateTable), and no region a shorter one."""


def check_statements(accesses: Iterable[Access]) -> None:
    """What is known only after deployment counts as nothing: a policy that is refused here is larger than it may be whatever that is.

    Raises PolicyTooLarge, and InvalidArgument where two statements have one name.
    """
    check_document(json.dumps(policy(accesses), default=lambda _: ""))


def check_document(document: Any) -> Any:
    """The document itself, which is text or data. Raises PolicyTooLarge."""
    characters = len(re.sub(r"\s", "", document if isinstance(document, str) else json.dumps(document)))
    if characters > MOST_CHARACTERS:
        raise PolicyTooLarge(
            f"the policy of the function's role has at least {characters:,} characters, {MOST_CHARACTERS:,} are allowed: give the function fewer "
            "patterns (two functions share them), leave attributes=True out of its limits, or put what is not the table's into a managed policy, "
            "with aws.iam.RolePolicyAttachment(role=function.nodes['role'].name)"
        )
    return document
