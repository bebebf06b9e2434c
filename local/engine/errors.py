"""What goes wrong in the provider, as the engine shows it: one sentence, beside the resource that it asked about."""

import functools
from collections.abc import Callable
from typing import Any, Final, ParamSpec, TypeVar

import grpc

from local.inputs import InputError
from local.monitor import ProgramError

Parameters = ParamSpec("Parameters")
Answer = TypeVar("Answer")

_GONE: Final = frozenset(
    {
        "AWS.SimpleQueueService.NonExistentQueue",
        "NoSuchEntity",
        "NotFound",
        "ObjectNotFoundException",
        "PolicyNotFoundException",
        "QueueDoesNotExist",
        "ResourceNotFound",
        "ResourceNotFoundException",
    }
)
"""Codes with which AWS's services say that something does not exist."""


def answering(method: Callable[Parameters, Answer]) -> Callable[Parameters, Answer]:
    """Ends a call by an error of the protocol, where ours would reach the engine as a traceback's last line."""

    @functools.wraps(method)
    def answer(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Answer:
        from botocore.exceptions import ClientError

        context = args[-1]
        assert isinstance(context, grpc.ServicerContext)
        try:
            return method(*args, **kwargs)
        except (InputError, ProgramError) as error:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(error))
        except ClientError as error:
            context.abort(grpc.StatusCode.UNKNOWN, _told(error))

    return answer


def is_gone(error: Exception) -> bool:
    """Whether AWS refused because what was asked about does not exist."""
    return _code(error) in _GONE


def _code(error: Exception) -> str:
    response: dict[str, Any] = getattr(error, "response", {})
    return str(response.get("Error", {}).get("Code", ""))


def _told(error: Exception) -> str:
    response: dict[str, Any] = getattr(error, "response", {})
    return f"{getattr(error, 'operation_name', 'AWS')}: {_code(error)}: {response.get('Error', {}).get('Message', '')}"
