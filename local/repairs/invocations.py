"""Invoke: the function really runs where somebody here can run it, and has failed where nobody can."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from local.calls import Refusal
from local.patches import Patch, Repair, memory

LATEST = "$LATEST"
MAX_EVENT_BYTES = 6 * 1024 * 1024
"""Of a synchronous invocation (Lambda guide, "Lambda quotas")."""
TAIL_BYTES = 4096
"""Of the log that a caller may ask for (API reference, Invoke, LogType)."""


@dataclass(frozen=True, slots=True)
class Invoked:
    """What came of an invocation. payload: of the function, or of its error where it failed. log: what it printed."""

    payload: bytes
    failed: bool = False
    log: bytes = field(default=b"", repr=False)


Runner = Callable[[str, Any], Invoked | None]
"""Runs a function by its name with an event; None: it does not run here. Raises Refusal."""


def run_with(runner: Runner, account: str, region: str) -> None:
    """Has the Lambda of this region run what is invoked."""
    from moto.awslambda.utils import get_backend

    memory(get_backend(account, region))["runner"] = runner


def _invoke(_: object) -> Callable[[Any], Any]:
    def invoke(handler: Any) -> Any:
        name, qualifier = _named(unquote(handler.path.rsplit("/", 2)[-2]))
        function = handler.backend.get_function(name, qualifier or handler.querystring.get("Qualifier", [None])[0])
        event = _event(handler.body or "")
        kind = handler.headers.get("X-Amz-Invocation-Type") or "RequestResponse"
        if kind == "DryRun":
            return 204, {"status": 204}, ""
        if kind != "RequestResponse":
            message = f"InvocationType {kind} is not done here: no event is kept for later. Leave it out, and the function runs at once"
            raise Refusal("InvalidParameterValueException", message)
        invoked = _run(memory(handler.backend).get("runner"), function, event)
        headers = {"content-type": "application/json", "x-amz-executed-version": LATEST}
        if invoked.failed:
            headers["x-amz-function-error"] = "Unhandled"
        if handler.headers.get("X-Amz-Log-Type") == "Tail":
            headers["x-amz-log-result"] = base64.b64encode(invoked.log[-TAIL_BYTES:]).decode()
        return 200, headers, invoked.payload

    return invoke


def _invoke_async(_: object) -> Callable[[Any], Any]:
    def invoke_async(_: Any) -> Any:
        raise Refusal("InvalidParameterValueException", "InvokeAsync is not done here, and deprecated: use Invoke")

    return invoke_async


def _named(given: str) -> tuple[str, str | None]:
    """Name and qualifier. given: the name, the ARN or a part of it, each with or without a qualifier (API reference, Invoke, FunctionName)."""
    name, _, qualifier = given.rpartition("function:")[2].partition(":")
    return name, qualifier or None


def _event(body: str) -> Any:
    if len(body.encode()) > MAX_EVENT_BYTES:
        message = f"Request must be smaller than {MAX_EVENT_BYTES} bytes for the InvokeFunction operation"
        raise Refusal("RequestTooLargeException", message, 413)
    try:
        return json.loads(body) if body else {}
    except ValueError as error:
        raise Refusal("InvalidRequestContentException", f"Could not parse request body into json: {error}") from None


def _run(runner: Runner | None, function: Any, event: Any) -> Invoked:
    if runner is None:
        return _not_run(function, "nothing runs functions in this embedded AWS, which only keeps them: use local.world.World")
    if function.version != LATEST:
        return _not_run(function, f"only {LATEST} runs here, not the version {function.version}")
    why = "it cannot run here, or was deployed a moment ago and runs with the next poll"
    return runner(function.function_name, event) or _not_run(function, why)


def _not_run(function: Any, why: str) -> Invoked:
    """A function that was not run has failed: who asked must never take it for done."""
    message = f"function {function.function_name} was not run: {why}"
    return Invoked(json.dumps({"errorMessage": message, "errorType": "NotRunHere"}).encode(), failed=True)


def _patches() -> Sequence[Patch]:
    from moto.awslambda.responses import LambdaResponse

    return Patch(LambdaResponse, "invoke", _invoke), Patch(LambdaResponse, "invoke_async", _invoke_async)


INVOCATIONS = Repair(
    "invocations",
    "moto without Docker answers Invoke with a success and runs nothing, whatever the function and its input are; Lambda runs it and says so "
    "where it fails",
    _patches,
)
