"""Everything together: the program deployed on an embedded AWS, its functions, their streams, its metrics and its alarms, on one clock.

with World(Path("."), "dev") as world:
    world.request("POST", "/users", {"email": "ada@example.com", ...})
    world.tick()                    # a minute later: streams delivered, metrics taken, alarms evaluated
"""

from __future__ import annotations

import json
import tempfile
import threading
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from components.configuration import ConfigurationError, load_configuration
from local import deployed
from local.aws import REGION, EmbeddedAws, RoleCredentials
from local.calls import Call, Observer, Refusal
from local.changes import FUNCTIONS, MAPPINGS, Changes
from local.clock import Clock
from local.contributors import Contributors
from local.deploy import Deployment, deploy
from local.function_metrics import FunctionMetrics
from local.functions import Function, FunctionSettings, Outcome, Runtime, Throttled
from local.iam import Outcome as Decision
from local.iam import Permissions
from local.iam.enforcement import GrantedPair
from local.invocations import invoked
from local.logs import FunctionLog
from local.mapping import Counts, MappingSettings, StreamMapping, UnsupportedMapping
from local.metering import Metering
from local.repairs.invocations import Invoked
from local.stream_source import KinesisSource, StreamSource, TableSource
from local.throttle import Throttling
from local.urls import Answer, ask, url_event
from local.watch import StateChange, Watch

POLLS_PER_TICK = 6
"""AWS reads a stream four times a second. Here the stream is read at once, before time goes on, and then every ten simulated seconds: what
is delivered at the first try has an iterator age of 0 (on AWS: below a second), what waits for a retry has one in steps of 10 s."""


class MissingOutput(Exception):
    """The program does not export what is asked for here."""

    code = "missing-output"


class Faults(Observer):
    """Notes the answers that are nobody's fault but ours: a call that the embedded AWS cannot do, or fails to do."""

    def __init__(self) -> None:
        self.found: dict[str, int] = {}
        self._lock = threading.Lock()

    def after(self, call: Call, response: Mapping[str, Any] | None, refusal: Refusal | None, milliseconds: float) -> None:
        if refusal is not None and refusal.status >= 500:
            with self._lock:
                sentence = f"{call.service} {call.operation} failed: {refusal.message}"
                self.found[sentence] = self.found.get(sentence, 0) + 1


class World:
    """A context manager. Safe to use from several threads, except `tick`, which belongs to one.

    `start`: the simulated time at which it begins (default: 14:00 UTC today). `most`: events that each function runs at the same time.
    `config`: values over those of the stack's file. `empty`: deploy nothing; others may. What they deploy is followed, as is what they change.
    Raises what `deploy` raises.
    """

    def __init__(
        self,
        directory: Path,
        stack: str = "dev",
        *,
        config: Mapping[str, Any] | None = None,
        start: datetime | None = None,
        most: int = 8,
        empty: bool = False,
    ) -> None:
        today = datetime.now(UTC)
        self.clock = Clock(start or today.replace(hour=14, minute=0, second=0, microsecond=0))
        self.aws = EmbeddedAws(self.clock, region=_region_of(directory, stack, config))
        self.samples = self.aws.samples
        self.permissions = Permissions(self.aws.account)
        self.faults = Faults()
        self._function_changes = Changes("lambda", FUNCTIONS)
        self._mapping_changes = Changes("lambda", MAPPINGS)
        self.throttling = Throttling()
        self._metering = Metering(self.samples, self.aws.account, self.aws.region)
        self.functions: dict[str, Function] = {}
        self.mappings: tuple[StreamMapping, ...] = ()
        self.deployment = Deployment(stack, (), {}, ())
        self.watch: Watch
        self._runtime: Runtime
        self._directory = directory
        self._stack_name = stack
        self._config = config
        self._most = most
        self._empty = empty
        self._metrics = FunctionMetrics(self.samples, self.clock.now)
        self._logs: dict[str, FunctionLog] = {}
        self._credentials: dict[str, RoleCredentials] = {}
        self._clients: dict[tuple[str, str], Any] = {}
        self._problems: dict[str, int] = {}
        self._lock = threading.Lock()
        self._exits = ExitStack()

    # Life

    def __enter__(self) -> Self:
        with ExitStack() as exits:
            exits.enter_context(self.aws)
            changes = (self._function_changes, self._mapping_changes)
            self.aws.observe(self.faults, self.permissions, self.throttling, self._metering, Contributors(), *changes)
            if not self._empty:
                self.deployment = deploy(self._directory, self._stack_name, self.aws, self._config)
            self._runtime = Runtime(Path(exits.enter_context(tempfile.TemporaryDirectory(prefix="runtime-"))))
            exits.callback(self._end_functions)
            self._read_functions()
            self._read_mappings()
            deployed.run_invocations(self.aws, self._invoked)
            self.watch = Watch(self.aws, self.samples)
            self._exits = exits.pop_all()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self._exits.close()

    def _end_functions(self) -> None:
        for function in self.functions.values():
            function.close()

    def _read_functions(self) -> None:
        """As they are deployed now. One that is other than it was is started anew, with other credentials."""
        self._function_changes.taken()
        there = {settings.name: settings for settings in deployed.functions(self.aws)}
        for name, function in list(self.functions.items()):
            if there.get(name) != function.settings:
                self.functions.pop(name).close()
                self._logs[name].flush()
                with self._lock:
                    self._credentials.pop(name, None)
                    self._clients = {key: client for key, client in self._clients.items() if key[1] != name}
        for name, settings in there.items():
            if name not in self.functions:
                self.functions[name] = self._function(settings)

    def _function(self, settings: FunctionSettings) -> Function:
        before = self._logs.get(settings.name)
        self._logs[settings.name] = FunctionLog(settings, lambda: self._client_of("logs", settings), self.clock.now, before)
        return Function(
            settings, self._runtime, lambda: self._role(settings), endpoint=self.aws.endpoint, most=self._most, observer=self._observe
        )

    def _read_mappings(self) -> None:
        """As they are deployed now. One that was known goes on where it is in its stream."""
        self._mapping_changes.taken()
        known = {mapping.settings.uuid: mapping for mapping in self.mappings}
        found: list[StreamMapping] = []
        for settings in deployed.mappings(self.aws):
            function = self.functions.get(settings.function_arn.split(":function:")[1].partition(":")[0])
            if function is None:  # deleted, and its mapping not: nobody is left to invoke
                continue
            if mapping := known.get(settings.uuid):
                mapping.settings = settings
                found.append(mapping)
            else:
                found.append(self._mapping(settings, function))
        self.mappings = tuple(found)

    def _mapping(self, settings: MappingSettings, function: Function) -> StreamMapping:
        name = function.settings.name
        return StreamMapping(
            settings,
            self._source(settings.stream_arn, function.settings),
            lambda event: self.invoke(name, event),
            self.clock.now,
            send=lambda arn, body: self._send(function.settings, arn, body),
            aged=lambda milliseconds: self._metrics.iterator_age(name, milliseconds),
        )

    def _source(self, stream_arn: str, settings: FunctionSettings) -> StreamSource:
        if ":kinesis:" in stream_arn:
            return KinesisSource(stream_arn, self._client_of("kinesis", settings), settings.role_arn)
        return TableSource(stream_arn, self._client_of("dynamodbstreams", settings))

    def _role(self, settings: FunctionSettings) -> RoleCredentials:
        with self._lock:
            if settings.name not in self._credentials:
                self._credentials[settings.name] = self.aws.role_credentials(settings.role_arn, settings.name)
            return self._credentials[settings.name]

    def _client_of(self, service: str, settings: FunctionSettings) -> Any:
        """Made once: to make a client takes longer than to use it."""
        role = self._role(settings)
        with self._lock:
            if (service, settings.name) not in self._clients:
                self._clients[service, settings.name] = self.aws.client_of(service, role)
            return self._clients[service, settings.name]

    def _send(self, settings: FunctionSettings, arn: str, body: str) -> None:
        """A failure message to a queue or topic, with the permissions of the function's role."""
        if ":sqs:" in arn:
            url = self.aws.client("sqs").get_queue_url(QueueName=arn.rsplit(":", 1)[1])["QueueUrl"]
            self._client_of("sqs", settings).send_message(QueueUrl=url, MessageBody=body)
        else:
            self._client_of("sns", settings).publish(TopicArn=arn, Message=body)

    # Use

    @property
    def outputs(self) -> Mapping[str, Any]:
        """What the stack exports, with the camel case names of `pulumi stack output`."""
        return self.deployment.outputs

    def output(self, name: str) -> Any:
        """One of them. Raises MissingOutput."""
        if name not in self.outputs:
            exported = ", ".join(sorted(self.outputs)) or "nothing"
            raise MissingOutput(
                f"the program in {self._directory} exports no {name!r}, only: {exported}. Add pulumi.export({name!r}, ...) to its __main__.py"
            )
        return self.outputs[name]

    def invoke(self, function: str, event: Any) -> Outcome:
        """Runs a deployed function by its deployed name. Raises Throttled beyond its reserved concurrency, KeyError for an unknown name."""
        try:
            return self.functions[function].invoke(event)
        except Throttled:
            self._metrics.throttled(function)
            raise

    def _invoked(self, function: str, event: Any) -> Invoked | None:
        """By the API, where the function runs here."""
        return invoked(lambda: self.invoke(function, event)) if function in self.functions else None

    def request(
        self,
        method: str,
        path: str,
        body: Any = None,
        query: Mapping[str, str] | str = "",
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One HTTP request to the stack's function URL by a caller that it lets in. A `body` other than text or bytes is sent as JSON.

        Raises MissingOutput where the program exports no `apiUrl` or no `apiFunctionName`.
        """
        raw = body if body is None or isinstance(body, str | bytes) else json.dumps(body)
        sent = {"content-type": "application/json", **(headers or {})}
        host = str(self.output("apiUrl")).removeprefix("https://").rstrip("/")
        event = url_event(method, path, at=self.clock.now(), query=query, headers=sent, body=raw, host=host, authorized_as=self.aws.account)
        function = str(self.output("apiFunctionName"))
        answer = ask(lambda given: self.invoke(function, given), event)
        self._metrics.answered(function, answer)
        return answer

    def poll(self) -> None:
        """Delivers what the streams hold now."""
        self._follow()
        for mapping in self.mappings:
            mapping.poll()
            if mapping.problem is not None:
                self._problem(f"mapping {mapping.settings.uuid}: {mapping.problem}")
            counts = mapping.take_counts()
            deployed.note_result(self.aws, mapping.settings.uuid, _result_of(mapping, counts))
            if mapping.settings.event_counts:
                self._metrics.mapped(mapping.settings.uuid, counts)

    def _follow(self) -> None:
        """What was deployed or changed meanwhile. What cannot run here is a problem, and the rest goes on."""
        try:
            functions = self._function_changes.taken()
            if functions:
                self._read_functions()
            if functions or self._mapping_changes.taken():
                self._read_mappings()
        except (deployed.UnsupportedFunction, UnsupportedMapping) as error:
            self._problem(str(error))

    def tick(self) -> tuple[StateChange, ...]:
        """One minute: streams are polled at its start and while it passes, then logs are written and the alarms evaluated.

        The alarms that changed.
        """
        minute = self.clock.now()
        step = timedelta(seconds=self.clock.tick.total_seconds() / POLLS_PER_TICK)
        self.poll()
        for _ in range(POLLS_PER_TICK - 1):
            self.clock.advance(step)
            self.poll()
        for log in self._logs.values():
            log.flush()
            if log.problem is not None:
                self._problem(log.problem)
        self._metering.tick(minute)
        self.clock.advance(self.clock.tick - step * (POLLS_PER_TICK - 1))
        changes = self.watch.tick(self.clock.now())
        for change in changes:
            for reason in change.untold:
                self._problem(f"alarm {change.alarm} could not tell {reason}")
        return changes

    @property
    def history(self) -> list[StateChange]:
        return self.watch.history

    # Accounts

    def unexpected(self) -> dict[str, int]:
        """Sentences about what should not have happened, and how often it did: failed invocations, denied calls, faults of ours."""
        with self._lock:
            found = dict(self._problems)
        found |= self.faults.found
        for decided in self.permissions.decisions:
            if decided.outcome is not Decision.ALLOWED:
                found[f"{decided.role} was denied {decided.action} on {decided.resource}"] = decided.times
        return found

    def unused_grants(self) -> dict[str, tuple[GrantedPair, ...]]:
        """Role -> what its policies allow and nobody has needed so far; roles without any are left out."""
        roles = {function.settings.name: function.settings.role_arn.rsplit("/", 1)[-1] for function in self.functions.values()}
        unused = {role: self.permissions.unused_grants(role) for role in roles.values()}
        return {role: grants for role, grants in unused.items() if grants}

    def _observe(self, outcome: Outcome, running: int) -> None:
        self._metrics.invoked(outcome, running)
        self._logs[outcome.function].add(outcome)
        if outcome.error is not None:
            self._problem(f"function {outcome.function} failed: {outcome.error.type}: {outcome.error.message}")
        for line in outcome.log:
            if line.level == "ERROR":
                self._problem(f"function {outcome.function} logged an error: {_without_request(line.fields)}")

    def _problem(self, sentence: str) -> None:
        with self._lock:
            self._problems[sentence] = self._problems.get(sentence, 0) + 1


def _result_of(mapping: StreamMapping, counts: Counts) -> str | None:
    """LastProcessingResult of a mapping after a poll; None: as before. Values: Lambda's console and issues about it; the guide names none."""
    if mapping.problem is not None:
        return mapping.problem
    if counts.failed_invoke:
        return "PROBLEM: Function call failed"
    return "OK" if counts.invoked else None


def _region_of(directory: Path, stack: str, config: Mapping[str, Any] | None) -> str:
    """Of the stack's configuration; eu-west-1 where it says nothing. Raises ConfigurationError for one that is not in the partition `aws`."""
    import botocore.session

    region = load_configuration(directory, stack, config).region or REGION
    known = botocore.session.get_session().get_available_regions("dynamodb")
    if region not in known:
        raise ConfigurationError(f"stack {stack!r}: aws:region is {region!r}: regions here are {', '.join(known)}")
    return region


def _without_request(fields: Mapping[str, Any]) -> str:
    """A log line without what differs from request to request, so that equal errors are counted together."""
    passing = {"timestamp", "requestId", "request_id", "milliseconds"}
    return json.dumps({name: value for name, value in fields.items() if name not in passing}, default=str)
