"""Requests for what is not here, refused so that an SDK says what is missing instead of waiting or showing a page of HTML."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from local.patches import Patch, Repair

NOT_HERE = 501
"""And not 500: the SDKs retry a 500 for a long time before they say anything."""


def _error(status: int, code: str, message: str) -> Any:
    """In the protocol of the request that Flask is handling."""
    from flask import Response, request

    if "x-www-form-urlencoded" in (request.content_type or ""):
        body = f"<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>"
        return Response(body, status, content_type="text/xml")
    answer = json.dumps({"__type": code, "message": message})
    return Response(answer, status, {"x-amzn-errortype": code}, content_type="application/x-amz-json-1.0")


def _unknown_operation(_: Exception) -> Any:
    """The codes of the two protocols (common errors of the API references)."""
    from flask import request

    name = request.headers.get("X-Amz-Target", "").rpartition(".")[2] or request.form.get("Action", "")
    if not name:  # it is named by its path, which moto read as another operation
        return _nothing_here()
    code = "InvalidAction" if request.form.get("Action") else "UnknownOperationException"
    return _error(400, code, f"no service has an operation {name}")


def _nothing_here() -> Any:
    from flask import request

    return _error(NOT_HERE, "NotImplemented", f"the embedded AWS has nothing at {request.method} {request.path}")


def _no_route(error: Any) -> Any:
    from werkzeug.exceptions import NotFound

    if type(error) is not NotFound:  # moto's own answers about what does not exist
        return error
    return _nothing_here()


def _answering(original: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def create_backend_app(service: Any) -> Any:
        from botocore.model import OperationNotFoundError
        from flask import Flask
        from werkzeug.exceptions import NotFound

        app = original(service) if service else Flask("nothing", static_folder=None)  # of a service that moto does not know
        app.register_error_handler(NotFound, _no_route)
        app.register_error_handler(OperationNotFoundError, _unknown_operation)
        return app

    return create_backend_app


def _patches() -> Sequence[Patch]:
    from moto.moto_server import threaded_moto_server

    return (Patch(threaded_moto_server, "create_backend_app", _answering),)


REFUSALS = Repair(
    "refusals",
    "moto's server answers an operation that it does not route, or a service that it does not know, with a page of HTML or HTTP 500; AWS answers "
    "with an error that SDKs can read",
    _patches,
)
