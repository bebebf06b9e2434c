"""Whose key encrypts a resource."""

import re
from collections.abc import Mapping
from typing import Any, Final

from pulumi_policy.proxy import UnknownValueError

from policy.properties import has

_OF_AWS: Final = re.compile(r"(?:arn:.+:)?alias/aws/.+")
"""AWS keeps these aliases to itself. Source: KMS developer guide, "Aliases in AWS KMS"."""


def is_aws_managed(key: str) -> bool:
    """Whether this is the alias of a key of AWS, alone or as an ARN. One that is given by its id cannot be told from ours."""
    return _OF_AWS.fullmatch(key) is not None


def has_own_key(properties: Mapping[str, Any], name: str) -> bool:
    """Whether a key of our own is given. One that this deployment creates is not known yet: that it is there is enough."""
    if not has(properties, name):
        return False
    try:
        return not is_aws_managed(str(properties[name]))
    except UnknownValueError:
        return True
