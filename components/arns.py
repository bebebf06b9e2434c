"""ARNs of which a component takes one kind only. What is known after the deployment is not checked: AWS does it then."""

import re
from dataclasses import dataclass
from typing import Final

import pulumi


@dataclass(frozen=True)
class ArnForm:
    """shown: how such an ARN looks, for a message. pattern: of the whole ARN, with a group of the region."""

    shown: str
    pattern: re.Pattern[str]

    def fits(self, given: pulumi.Input[str]) -> bool:
        return not isinstance(given, str) or self.pattern.fullmatch(given) is not None

    def region(self, given: pulumi.Input[str]) -> str | None:
        """None: it is known after the deployment."""
        found = self.pattern.fullmatch(given) if isinstance(given, str) else None
        return found["region"] if found else None


def _form(service: str, resource: str, pattern: str) -> ArnForm:
    return ArnForm(
        f"arn:aws:{service}:REGION:ACCOUNT:{resource}", re.compile(rf"arn:[a-z-]+:{service}:(?P<region>[a-z0-9-]+):\d{{12}}:{pattern}")
    )


KMS_KEY: Final = _form("kms", "key/ID", r"key/[A-Za-z0-9-]+")
BACKUP: Final = _form("dynamodb", "table/NAME/backup/ID", r"table/[A-Za-z0-9_.-]+/backup/[0-9a-f-]+")
KINESIS_STREAM: Final = _form("kinesis", "stream/NAME", r"stream/[A-Za-z0-9_.-]+")
