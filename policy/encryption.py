"""Whose key encrypts a resource."""

from collections.abc import Mapping
from typing import Any

from pulumi_policy.proxy import UnknownValueError

from monitoring.kms_keys import is_aws_managed
from policy.properties import has


def has_own_key(properties: Mapping[str, Any], name: str) -> bool:
    """Whether a key of our own is given. One that this deployment creates is not known yet: that it is there is enough."""
    if not has(properties, name):
        return False
    try:
        return not is_aws_managed(str(properties[name]))
    except UnknownValueError:
        return True
