"""A call of AWS as data: shown as a command of the AWS CLI, or made."""

import json
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from monitoring.live import Account


@dataclass(frozen=True)
class Call:
    """service, operation, request: as boto3 and the API have them: "dynamodb", "UpdateTable", {"TableName": "orders"}."""

    service: str
    operation: str
    request: Mapping[str, Any] = field(hash=False)

    def make(self, account: Account) -> None:
        """Raises what `Account.ask` raises."""
        account.ask(self.service, self.operation, **self.request)

    def command(self, region: str) -> str:
        """For a shell: "aws dynamodb update-table --table-name orders --deletion-protection-enabled --region eu-west-1"."""
        from botocore import xform_name

        words = ["aws", self.service, xform_name(self.operation, "-")]
        for name, value in self.request.items():
            words += _option(xform_name(name, "-"), value)
        return " ".join((*words, "--region", region))


def _option(name: str, value: Any) -> Iterator[str]:
    if isinstance(value, bool):
        yield f"--{name}" if value else f"--no-{name}"
        return
    yield f"--{name}"
    listed = cast("list[Any]", value) if isinstance(value, list) else []
    if isinstance(value, str | int | float):
        yield shlex.quote(str(value))
    elif listed and all(isinstance(each, str) for each in listed):
        yield from map(shlex.quote, listed)
    else:
        yield shlex.quote(json.dumps(value))
