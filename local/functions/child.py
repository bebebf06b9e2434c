"""The child of the Runtime API with the standard library only, for machines without a wheel of AWS's own runtime client.

Started as `python -I -S child.py ROOT PACKAGES HANDLER`; it imports nothing of this project and answers as `awslambdaric` does.
"""

from __future__ import annotations

import decimal
import http.client
import importlib
import json
import logging
import os
import re
import sys
import time
import traceback
import uuid
from collections.abc import Callable
from typing import Any

BASE = "/2018-06-01/runtime/"
IDENT = "\u00a0"


class Failure(Exception):
    """A failure of the platform's side: `kind` is the error type that Lambda reports."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


# The standard encoder prints any float by float's own rules, so a Decimal travels as a marked string and loses the marks at the end.
_MARK = uuid.uuid4().hex
_MARKED = re.compile(f'"{_MARK}([^"]*)"')


def _plain(value: object) -> object:
    if isinstance(value, decimal.Decimal):
        return f"{_MARK}{value}"
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")


def dumps(value: object) -> str:
    """JSON in which 1.50 stays 1.50."""
    return _MARKED.sub(r"\1", json.dumps(value, default=_plain))


class Context:
    """The second argument of a handler (Lambda guide, "Using the Lambda context object to retrieve Python function information")."""

    identity = None
    client_context = None

    def __init__(self, request_id: str, arn: str, deadline_ms: int) -> None:
        self.aws_request_id = request_id
        self.invoked_function_arn = arn
        self.function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = os.environ["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = os.environ.get("AWS_LAMBDA_LOG_GROUP_NAME")
        self.log_stream_name = os.environ.get("AWS_LAMBDA_LOG_STREAM_NAME")
        self._deadline_ms = deadline_ms

    def get_remaining_time_in_millis(self) -> int:
        return max(0, self._deadline_ms - int(time.time() * 1000))


class _Log(logging.Handler):
    """Lambda's root handler: tab separated text, or one JSON object a line."""

    def __init__(self, as_json: bool) -> None:
        super().__init__()
        self.as_json = as_json
        self.request_id = ""

    def emit(self, record: logging.LogRecord) -> None:
        at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created))
        if not self.as_json:
            sys.stdout.write(f"[{record.levelname}]\t{at}\t{self.request_id}\t{record.getMessage()}\n")
            return
        line = {"timestamp": at, "level": record.levelname, "message": record.getMessage(), "logger": record.name}
        if record.exc_info and record.exc_info[0]:
            line |= {"errorType": record.exc_info[0].__name__, "errorMessage": str(record.exc_info[1])}
        known = logging.makeLogRecord({}).__dict__
        extra = {name: value for name, value in record.__dict__.items() if name not in known and name != "message"}
        sys.stdout.write(json.dumps(line | {"requestId": self.request_id} | extra, default=str) + "\n")


def error_of(error: BaseException, request_id: str, root: str) -> dict[str, Any]:
    """The error object of the Runtime API, with the frames of the function's own code."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.startswith(root)]
    kind = error.kind if isinstance(error, Failure) else type(error).__name__
    return {"errorMessage": str(error), "errorType": kind, "requestId": request_id, "stackTrace": traceback.format_list(frames)}


def load(handler: str) -> Callable[[Any, Context], Any]:
    """The handler by its dotted name. Raises Failure with Lambda's error type."""
    module, dot, name = handler.rpartition(".")
    if not dot:
        raise Failure("Runtime.MalformedHandlerName", f"Bad handler '{handler}': not enough values to unpack (expected 2, got 1)")
    try:
        found = importlib.import_module(module.replace("/", "."))
    except ImportError as error:
        raise Failure("Runtime.ImportModuleError", f"Unable to import module '{module}': {error}") from error
    except SyntaxError as error:
        raise Failure("Runtime.UserCodeSyntaxError", f"Syntax error in module '{module}': {error}") from error
    if not hasattr(found, name):
        raise Failure("Runtime.HandlerNotFound", f"Handler '{name}' missing on module '{module}'")
    return getattr(found, name)


def _answer(handler: Callable[[Any, Context], Any], body: bytes, context: Context) -> str:
    result = handler(json.loads(body), context)
    try:
        return dumps(result)
    except (TypeError, ValueError) as error:
        raise Failure("Runtime.MarshalError", f"Unable to marshal response: {error}") from error


def _report(payload: dict[str, Any], as_json: bool) -> None:
    if as_json:
        sys.stdout.write(json.dumps({"timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "level": "ERROR"} | payload) + "\n")
        return
    stack = "\r".join(line.replace(" ", IDENT) for entry in payload["stackTrace"] for line in entry.splitlines())
    sys.stdout.write(f"[ERROR] {payload['errorType']}: {payload['errorMessage']}\rTraceback (most recent call last):\r{stack}\n")


def run(root: str, packages: str, handler_name: str) -> None:
    sys.path[:0] = [root]
    sys.path.append(packages)
    as_json = os.environ.get("AWS_LAMBDA_LOG_FORMAT", "").upper() == "JSON"
    log = _Log(as_json)
    logging.getLogger().addHandler(log)
    api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])

    def call(method: str, path: str, body: bytes | None = None) -> tuple[int, http.client.HTTPMessage, bytes]:
        sys.stdout.flush()
        sys.stderr.flush()
        api.request(method, BASE + path, body, {"Content-Type": "application/json"})
        response = api.getresponse()
        return response.status, response.headers, response.read()

    try:
        handler = load(handler_name)
    except Exception as error:
        payload = error_of(error, "", root)
        _report(payload, as_json)
        call("POST", "init/error", json.dumps(payload).encode())
        sys.exit(1)
    while True:
        _, headers, body = call("GET", "invocation/next")
        request_id = log.request_id = headers["Lambda-Runtime-Aws-Request-Id"]
        context = Context(request_id, headers["Lambda-Runtime-Invoked-Function-Arn"], int(headers["Lambda-Runtime-Deadline-Ms"]))
        try:
            outcome, answer = "response", _answer(handler, body, context)
        except Exception as error:
            payload = error_of(error, request_id, root)
            _report(payload, as_json)
            outcome, answer = "error", json.dumps(payload)
        status, _, _ = call("POST", f"invocation/{request_id}/{outcome}", answer.encode())
        if status == 413:
            sys.exit(1)


if __name__ == "__main__":
    run(*sys.argv[1:4])
