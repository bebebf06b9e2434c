"""One account and region, and how it is asked."""

import os
from collections.abc import Callable, Collection, Iterator, Mapping
from threading import Lock
from typing import Any, Self

from monitoring.errors import MonitoringError
from monitoring.live.pace import Pace

LONGEST_CALL_SECONDS = 910
"""More than any function runs."""
NOT_ALLOWED = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError"})


class CallRefused(MonitoringError):
    """AWS refused a call. aws_code: as AWS calls the reason. action: the permission that the call needs, as a policy spells it."""

    def __init__(self, action: str, aws_code: str, message: str) -> None:
        needs = f" Allow {action} to whoever runs this." if aws_code in NOT_ALLOWED else ""
        super().__init__("refused-call", f"{action}: {message.rstrip('.')} ({aws_code}).{needs}")
        self.action = action
        self.aws_code = aws_code

    @property
    def not_allowed(self) -> bool:
        """For want of a permission, and not because of what was asked."""
        return self.aws_code in NOT_ALLOWED


class Account:
    """Clients of one account and region, made once each and paced (see RATES). Safe to use from several threads.

    client: makes a boto3 client of a service. Default pace: AWS's, on the machine's clock.
    """

    def __init__(self, client: Callable[[str], Any], region: str, *, pace: Pace | None = None) -> None:
        self.region = region
        self._make = client
        self._pace = pace or Pace()
        self._clients: dict[str, Any] = {}
        self._lock = Lock()

    @classmethod
    def of(cls, region: str | None = None, profile: str | None = None, *, once: Collection[str] = ()) -> Self:
        """region: default AWS_REGION, as the AWS CLI reads it and boto3 does not, else as boto3 finds it. once: services whose calls are waited
        for and never repeated, as invocations of a function must be: a second one would run beside the first. Default: none.

        Raises MonitoringError "no-account" or "missing-library".
        """
        try:
            import boto3
            from botocore.config import Config
            from botocore.exceptions import BotoCoreError
        except ImportError:
            raise MonitoringError(
                "missing-library", "a live account needs boto3, which is not installed. Run pip install 'singletable[monitoring]'."
            ) from None
        try:
            session = boto3.session.Session(profile_name=profile, region_name=region or os.environ.get("AWS_REGION") or None)
        except BotoCoreError as error:
            raise _unusable(error) from None
        if not session.region_name:
            raise MonitoringError("no-account", "no region is configured. Give --region, or set AWS_REGION.")
        config = Config(retries={"mode": "adaptive", "max_attempts": 6}, user_agent_extra="singletable-monitoring")
        patient = config.merge(Config(read_timeout=LONGEST_CALL_SECONDS, retries={"mode": "standard", "total_max_attempts": 1}))
        return cls(lambda service: session.client(service, config=patient if service in once else config), session.region_name)

    def client(self, service: str) -> Any:
        with self._lock:
            if service not in self._clients:
                self._clients[service] = self._pace.of(self._make(service))
            return self._clients[service]

    @property
    def id(self) -> str:
        """The account's number. Raises what `ask` raises."""
        return self.ask("sts", "GetCallerIdentity")["Account"]

    def ask(self, service: str, operation: str, **request: Any) -> Mapping[str, Any]:
        """The answer to one call. operation: "DescribeTable". Raises CallRefused, and MonitoringError "no-account" where nobody answers."""
        from botocore import xform_name
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            return getattr(self.client(service), xform_name(operation))(**request)
        except ClientError as error:
            raise _refused(service, operation, error) from None
        except BotoCoreError as error:
            raise _unusable(error) from None

    def pages(self, service: str, operation: str, member: str, **request: Any) -> Iterator[Any]:
        """Each element of `member` in all pages of an answer. Raises what `ask` raises."""
        from botocore import xform_name
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            for page in self.client(service).get_paginator(xform_name(operation)).paginate(**request):
                yield from page.get(member) or ()
        except ClientError as error:
            raise _refused(service, operation, error) from None
        except BotoCoreError as error:
            raise _unusable(error) from None


def _refused(service: str, operation: str, error: Any) -> CallRefused:
    told = error.response.get("Error", {})
    return CallRefused(f"{service}:{operation}", str(told.get("Code", "unknown")), str(told.get("Message") or error))


def _unusable(error: Exception) -> MonitoringError:
    sentence = f"{str(error).rstrip('.')}."
    return MonitoringError("no-account", f"{sentence} Give --region and --profile, or set AWS_REGION, AWS_PROFILE and credentials.")
