"""Whose key encrypts something."""

import re
from typing import Final

_OF_AWS: Final = re.compile(r"(?:arn:.+:)?alias/aws/.+")
"""AWS keeps these aliases to itself. Source: KMS developer guide, "Aliases in AWS KMS"."""


def is_aws_managed(key: str) -> bool:
    """Whether this is the alias of a key of AWS, alone or as an ARN. One that is given by its id cannot be told from ours.

    The policy of such a key lets no service of AWS use it, and cannot be changed (CloudWatch user guide, Notifying users on alarm changes).
    """
    return _OF_AWS.fullmatch(key) is not None
