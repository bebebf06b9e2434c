"""Runs a stack's program without an engine and without an account: what it registers is kept, nothing is deployed.

Names and ARNs that AWS would give are made up so that people can read them: a table called "shop" here is "shop-1a2b3c4" there.
"""

import asyncio
import contextlib
import logging
import runpy
import sys
import threading
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pulumi
from pulumi.runtime import mocks, rpc, settings

from components.configuration import Configuration
from components.errors import ComponentError, ProgramFailed
from components.functions.function import PythonFunction

ACCOUNT = "ACCOUNT"
REGION = "REGION"
"""Where the stack's configuration names none."""
STACK = "pulumi:pulumi:Stack"
STASH = "pulumi:index:Stash"
"""What a program keeps with its own state."""
ARNS: Mapping[str, str] = {
    "aws:dynamodb/table:Table": "dynamodb:{region}:{account}:table/{name}",
    "aws:sqs/queue:Queue": "sqs:{region}:{account}:{name}",
    "aws:sns/topic:Topic": "sns:{region}:{account}:{name}",
    "aws:cloudwatch/logGroup:LogGroup": "logs:{region}:{account}:log-group:{name}",
    "aws:cloudwatch/metricAlarm:MetricAlarm": "cloudwatch:{region}:{account}:alarm:{name}",
    "aws:cloudwatch/compositeAlarm:CompositeAlarm": "cloudwatch:{region}:{account}:alarm:{name}",
    "aws:iam/role:Role": "iam::{account}:role/{name}",
    "aws:lambda/function:Function": "lambda:{region}:{account}:function:{name}",
    "aws:kinesis/stream:Stream": "kinesis:{region}:{account}:stream/{name}",
}


@dataclass(frozen=True)
class Registered:
    """One resource. urn: with the types of all of its parents. inputs: by the names that the engine has, camelCase."""

    urn: str
    type: str
    name: str
    inputs: Mapping[str, Any]
    outputs: Mapping[str, Any]


@dataclass
class Rehearsal:
    """resources: in the order in which they were registered. functions: the components among them that run code. urns: of their nodes."""

    resources: list[Registered] = field(default_factory=list[Registered])
    functions: list[PythonFunction] = field(default_factory=list[PythonFunction])
    urns: dict[pulumi.Resource, str] = field(default_factory=dict[pulumi.Resource, str])

    def of_type(self, kind: str) -> list[Registered]:
        """kind: the last part of a type, such as RolePolicy."""
        return [each for each in self.resources if each.type.endswith(f":{kind}")]

    def of_node(self, node: pulumi.Resource) -> Registered:
        """node: of one of the functions."""
        return next(each for each in self.resources if each.urn == self.urns[node])


def rehearse(directory: Path, configuration: Configuration) -> Rehearsal:
    """Runs `__main__.py` of the project. Raises ProgramFailed, or the ComponentError that the program was refused with."""
    program = directory / "__main__.py"
    if not program.is_file():
        raise ProgramFailed(f"no program here: {program} does not exist; start in the project's folder, or give --project")
    found, raised = Rehearsal(), list[BaseException]()

    def work() -> None:
        try:
            _run(program, configuration, found)
        except BaseException as error:  # of the program, SystemExit too: told by the caller's thread
            raised.append(error)

    with contextlib.chdir(directory), _importing_from(directory):
        # What the SDK keeps of a program are context variables, and a new thread starts without any.
        thread = threading.Thread(target=work, name="rehearsal")
        thread.start()
        thread.join()
    if raised:
        error = raised[0]
        if isinstance(error, ComponentError):
            raise error
        raise ProgramFailed(f"the program of stack {configuration.stack!r} failed: {type(error).__name__}: {error}") from error
    return found


def _run(program: Path, configuration: Configuration, found: Rehearsal) -> None:
    pulumi.runtime.set_all_config(dict(configuration.values), sorted(configuration.secret_keys))
    settings.ROOT.set(None)
    settings.configure(
        settings.Settings(
            project=configuration.project,
            stack=configuration.stack,
            monitor=_Monitor(_Answers(configuration.region or REGION), found.resources),
            engine=mocks.MockEngine(None),
            dry_run=False,
            organization="organization",
            root_directory=str(program.parent),
        )
    )

    def keep(given: pulumi.ResourceTransformationArgs) -> None:
        if isinstance(given.resource, PythonFunction):
            found.functions.append(given.resource)

    def execute() -> None:
        pulumi.runtime.register_stack_transformation(keep)
        runpy.run_path(str(program), run_name="__main__")

    with _quiet(), asyncio.Runner() as runner:
        runner.run(pulumi.runtime.run_in_stack(execute))
        found.urns.update(runner.run(_urns_of(found.functions)))


async def _urns_of(functions: Sequence[PythonFunction]) -> dict[pulumi.Resource, str]:
    nodes = [node for function in functions for node in function.nodes.values()]
    return {node: cast("str", await node.urn.future()) for node in nodes}


@contextlib.contextmanager
def _importing_from(directory: Path) -> Generator[None]:
    sys.path.insert(0, str(directory))
    try:
        yield
    finally:
        sys.path.remove(str(directory))


@contextlib.contextmanager
def _quiet() -> Generator[None]:
    """One failing resource leaves a future in each of its dependents that nobody awaits: asyncio would log a traceback for every one."""
    log = logging.getLogger("asyncio")
    level, log.level = log.level, logging.CRITICAL
    try:
        yield
    finally:
        log.level = level


class _Monitor(mocks.MockMonitor):
    """Keeps what is registered, by names that tell children of different components apart."""

    def __init__(self, answers: "_Answers", kept: list[Registered]) -> None:
        super().__init__(answers)
        self._kept = kept

    def make_urn(self, parent: str, type_: str, name: str) -> str:
        parents = parent.split("::")[2] if parent else STACK
        return f"urn:pulumi:{pulumi.get_stack()}::{pulumi.get_project()}::{'' if parents == STACK else f'{parents}$'}{type_}::{name}"

    def RegisterResource(self, request: Any) -> Any:
        mock: Any = super()
        response = mock.RegisterResource(request)
        if request.custom and request.type != STASH:
            inputs = cast("dict[str, Any]", rpc.deserialize_properties(request.object))
            registered: Any = self.resources[response.urn]
            self._kept.append(Registered(response.urn, request.type, request.name, inputs, registered.state))
        return response


class _Answers(mocks.Mocks):
    def __init__(self, region: str) -> None:
        self._region = region

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[Any, Any]]:
        inputs = cast("dict[str, Any]", args.inputs)
        if not args.custom:
            return args.name, inputs
        if args.typ == STASH:
            return args.name, {**inputs, "output": inputs["input"]}
        name = str(inputs.get("name") or args.name)
        service, _, kind = args.typ.removeprefix("aws:").partition("/")
        form = ARNS.get(args.typ, f"{service}:{{region}}:{{account}}:{kind.partition(':')[0]}/{{name}}")
        arn = f"arn:aws:{form.format(region=self._region, account=ACCOUNT, name=name)}"
        made = {
            "name": name,
            "arn": arn,
            "url": name,
            "uuid": name,
            "streamArn": f"{arn}/stream/CREATED",
            "functionUrl": f"https://{name}/",
        }
        return name, {**made, **inputs, "name": name}

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]]]:
        match args.token:
            case "aws:index/getRegion:getRegion":
                return {"id": self._region, "name": self._region, "region": self._region}, []
            case "aws:index/getCallerIdentity:getCallerIdentity":
                return {"id": ACCOUNT, "accountId": ACCOUNT, "arn": f"arn:aws:iam::{ACCOUNT}:root", "userId": ACCOUNT}, []
            case "aws:index/getPartition:getPartition":
                return {"id": "aws", "partition": "aws", "dnsSuffix": "amazonaws.com"}, []
            case _:
                return {}, []
