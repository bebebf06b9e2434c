"""Runs a program under Pulumi's own mocks, and what it registered."""

import asyncio
import hashlib
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from time import process_time
from typing import Any

import pulumi.runtime
from google.protobuf import json_format
from pulumi.runtime import mocks, settings

STASH = "pulumi:index:Stash"
OUTPUTS = ("arn", "name", "url", "uuid", "streamArn", "functionUrl", "dashboardName", "resourceId")
"""What resources have of each other in these programs."""


@dataclass(frozen=True)
class Run:
    """seconds: of processor time. resources: of the cloud, thus neither components nor what the engine stashes. digest: of their types, names,
    inputs, options and dependencies, in any order.
    """

    seconds: float
    registrations: int
    resources: int
    digest: str


class Named(mocks.Mocks):
    """Every output of a resource is a text that says whose and which it is."""

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        told = {output: token(args.typ, args.name, output) for output in OUTPUTS}
        return token(args.typ, args.name, "id"), {**args.inputs, **told, "output": args.inputs.get("input")}

    def call(self, args: mocks.MockCallArgs) -> dict[str, Any]:
        return {"id": "id", "region": token("", "", "region"), "accountId": token("", "", "account")}


class Recorder(mocks.MockMonitor):
    """Keeps each request as it came."""

    def __init__(self) -> None:
        super().__init__(Named())
        self.requests: list[Any] = []

    def RegisterResource(self, request: Any) -> Any:
        self.requests.append(request)
        return super().RegisterResource(request)


def token(kind: str, name: str, output: str) -> str:
    return f"@({kind}|{name}|{output})@"


def run(program: Callable[[], None]) -> Run:
    """In a thread of its own, and thus with a state of the SDK, an event loop and settings of its own. Raises what the program does."""
    recorder, seconds, raised = Recorder(), [0.0], list[BaseException]()

    def work() -> None:
        settings.ROOT.set(None)
        settings.configure(settings.Settings(project="shop", stack="dev", monitor=recorder, engine=mocks.MockEngine(None), dry_run=False))

        async def whole() -> None:
            program()
            await asyncio.sleep(0)

        begin = process_time()
        try:
            asyncio.run(pulumi.runtime.run_in_stack(whole))
        except BaseException as error:  # the caller's thread raises it
            raised.append(error)
        seconds[0] = process_time() - begin

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    if raised:
        raise raised[0]
    kept = [request for request in recorder.requests if request.custom and request.type != STASH]
    return Run(seconds[0], len(recorder.requests), len(kept), _digest(kept))


def _digest(requests: list[Any]) -> str:
    cloud = {_short(request.type, request.name) for request in requests}
    texts = [json.dumps(_plain(request, cloud), sort_keys=True) for request in requests]
    return hashlib.sha256("\n".join(sorted(texts)).encode()).hexdigest()


def _plain(request: Any, cloud: set[str]) -> dict[str, Any]:
    after = {_short(urn.split("::")[2].rpartition("$")[2], urn.split("::", 3)[3]) for urn in request.dependencies}
    return {
        "resource": _short(request.type, request.name),
        "inputs": json_format.MessageToDict(request.object),
        "options": [request.protect, request.retainOnDelete, sorted(request.ignoreChanges), str(request.customTimeouts)],
        "dependencies": sorted(after & cloud),
    }


def _short(kind: str, name: str) -> str:
    return f"{kind}::{name}"
