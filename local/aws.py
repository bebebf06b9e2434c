"""An AWS on this machine: moto with its repairs, on a free port of 127.0.0.1, or in process without HTTP.

Only one can run in a process at a time, because moto's state is global to it.
"""

from __future__ import annotations

import functools
import logging
import os
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Lock
from types import TracebackType
from typing import Any, Protocol, Self, cast
from unittest import mock

from local import repairs
from local.calls import Observer, Pipeline
from local.repairs.measurements import keep_in
from monitoring.samples import Samples

REGION = "eu-west-1"
ACCOUNT = "123456789012"
# Of nobody in moto's IAM, so that whoever signs with them is the deployer and is not checked. AWS's documentation uses this key id.
_DEPLOYER = ("AKIAIOSFODNN7EXAMPLE", "deployer")
_running = Lock()


class Clock(Protocol):
    """Whoever knows the time."""

    def now(self) -> datetime:
        """The time, with its zone."""
        ...


class SystemClock:
    """The time of this machine."""

    def now(self) -> datetime:
        """The time now, in UTC."""
        return datetime.now(UTC)


@dataclass(frozen=True)
class RoleCredentials:
    """What a function signs its requests with."""

    role_arn: str
    access_key_id: str
    secret_access_key: str = field(repr=False)
    session_token: str = field(repr=False)

    def environment(self) -> dict[str, str]:
        """As the environment variables in which SDKs look for them."""
        return {
            "AWS_ACCESS_KEY_ID": self.access_key_id,
            "AWS_SECRET_ACCESS_KEY": self.secret_access_key,
            "AWS_SESSION_TOKEN": self.session_token,
        }


class EmbeddedAws:
    """A repaired moto behind HTTP, for as long as the block lasts; empty at its start and after its end.

    `clock` gives the time of stream records, alarms and metrics (default: the machine's). `account` and `region` are whose resources are made.
    `samples` is what its CloudWatch has measured and answers from: whoever measures records there (`Metering`).
    What it enforces, injects and measures are observers: `observe(Permissions(...), Throttling(), Metering(...))`.
    Raises RuntimeError where another one is running in this process.
    """

    def __init__(self, clock: Clock | None = None, *, region: str = REGION, account: str = ACCOUNT) -> None:
        self.clock: Clock = clock or SystemClock()
        self.region = region
        self.account = account
        self.samples = Samples()
        self._pipeline = Pipeline(self.clock.now)
        self._clients: dict[str, Any] = {}
        self._clients_lock = Lock()
        self._stack = ExitStack()
        self._endpoint: str | None = None

    @property
    def endpoint(self) -> str:
        """The URL at which every service answers. Raises RuntimeError outside the block."""
        if self._endpoint is None:
            raise RuntimeError("the embedded AWS is not running: use it in a with statement")
        return self._endpoint

    def environment(self) -> dict[str, str]:
        """The environment variables in which the AWS CLI, SDKs and the monitoring tools talk to it, as nobody in particular."""
        # Two names of the region: boto3 and the AWS CLI read the second one, other SDKs the first.
        place = {"AWS_REGION": self.region, "AWS_DEFAULT_REGION": self.region}
        return {"AWS_ENDPOINT_URL": self.endpoint, **place, "AWS_ACCESS_KEY_ID": "any", "AWS_SECRET_ACCESS_KEY": "any"}

    def observe(self, *observers: Observer) -> None:
        """Show every request to these observers, in this order, after those that are there."""
        self._pipeline.observe(*observers)

    def ignore(self, observer: Observer) -> None:
        """Show this observer no more requests."""
        self._pipeline.ignore(observer)

    def client(self, service: str) -> Any:
        """A boto3 client of the deployer, made once for each service. It does not retry, so that a test sees the first answer."""
        with self._clients_lock:
            if service not in self._clients:
                self._clients[service] = _client(service, self.region, self.endpoint, *_DEPLOYER)
            return self._clients[service]

    def client_of(self, service: str, credentials: RoleCredentials) -> Any:
        """A new boto3 client that signs with a role's credentials, for which the deployed policies are enforced. It does not retry."""
        keys = (credentials.access_key_id, credentials.secret_access_key, credentials.session_token)
        return _client(service, self.region, self.endpoint, *keys)

    def role_credentials(self, role_arn: str, session: str = "function") -> RoleCredentials:
        """Credentials of a role that exists here, as Lambda would get them for a function.

        Raises botocore's ClientError NoSuchEntity for an unknown role: moto would hand out credentials for it.
        """
        self.client("iam").get_role(RoleName=role_arn.rsplit("/", 1)[-1])
        given = self.client("sts").assume_role(RoleArn=role_arn, RoleSessionName=session)["Credentials"]
        return RoleCredentials(role_arn, given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])

    def __enter__(self) -> Self:
        from moto.server import ThreadedMotoServer

        with ExitStack() as stack:
            stack.enter_context(_repaired(self._pipeline, self.account))
            keep_in(self.samples, self.account, self.region)
            stack.enter_context(_quiet())
            server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
            server.start()
            stack.callback(server.stop)
            stack.callback(self._close_clients)
            host, port = server.get_host_and_port()
            self._endpoint = f"http://{host}:{port}"
            self._stack = stack.pop_all()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self._endpoint = None
        self._stack.close()

    def _close_clients(self) -> None:
        with self._clients_lock:
            for client in self._clients.values():
                client.close()
            self._clients.clear()


@contextmanager
def repaired_moto(clock: Clock | None = None, *observers: Observer, account: str = ACCOUNT) -> Generator[Pipeline]:
    """moto's `mock_aws` with the repairs, in process and without HTTP: boto3 clients made inside the block talk to it.

    Cheap, for tests. Gives the pipeline, to which more observers can be added. Raises RuntimeError where another embedded AWS is running.
    """
    from moto import mock_aws

    pipeline = Pipeline((clock or SystemClock()).now)
    pipeline.observe(*observers)
    # botocore's account endpoints for streams are unknown to moto; they cannot be switched off in a client that a test makes itself.
    with (
        _repaired(pipeline, account),
        mock.patch.dict(os.environ, {"AWS_ACCOUNT_ID_ENDPOINT_MODE": "disabled", "AWS_DEFAULT_REGION": REGION}),
        mock_aws(),
    ):
        yield pipeline


@contextmanager
def _repaired(pipeline: Pipeline, account: str) -> Generator[None]:
    from moto.core import config

    if not _running.acquire(blocking=False):
        raise RuntimeError("an embedded AWS is already running in this process, and moto's state is global: leave that block first")
    with ExitStack() as stack:
        stack.callback(_running.release)
        settings: dict[str, Any] = {"lambda": {"use_docker": False}}
        stack.enter_context(mock.patch.dict(cast("dict[str, Any]", config.default_user_config), settings))
        stack.enter_context(mock.patch.dict(os.environ, {"MOTO_ACCOUNT_ID": account}))
        _reset()
        stack.callback(_reset)
        stack.enter_context(repairs.installed((*repairs.ALL, pipeline.hook())))
        yield


@contextmanager
def _quiet() -> Generator[None]:
    """Without a line of log for each request; errors are still shown."""
    log = logging.getLogger("werkzeug")
    before = log.level
    log.setLevel(logging.WARNING)
    try:
        yield
    finally:
        log.setLevel(before)


def _reset() -> None:
    from moto.core.base_backend import BackendDict
    from moto.core.model_instances import reset_model_data

    BackendDict.reset()
    reset_model_data()


def _client(service: str, region: str, endpoint: str, key_id: str, secret: str, token: str | None = None) -> Any:
    import boto3
    import botocore.session
    from botocore.config import Config

    settings = Config(
        retries={"total_max_attempts": 1, "mode": "standard"},
        account_id_endpoint_mode="disabled",
        max_pool_connections=64,
        connect_timeout=5,
        read_timeout=60,
    )
    core: Any = botocore.session.get_session()
    core.register_component("data_loader", _loader())
    session: Any = boto3.session.Session(key_id, secret, token, region, botocore_session=core)
    return session.client(service, endpoint_url=endpoint, config=settings)


@functools.cache
def _loader() -> Any:
    """Reads each service's model once in this process, not once for each client."""
    from botocore.loaders import Loader

    return Loader(include_default_search_paths=True)
