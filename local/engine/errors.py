"""What goes wrong in the provider, as the engine shows it: one sentence, beside the resource that it asked about."""

import functools
from collections.abc import Callable
from typing import Any, Final, NoReturn, ParamSpec, TypeVar

import grpc
from pulumi.runtime.proto import provider_pb2, status_pb2

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
        except PartlyCreated as error:
            _refuse(context, error)
        except (InputError, ProgramError) as error:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, told(error))
        except ClientError as error:
            context.abort(grpc.StatusCode.UNKNOWN, told(error))

    return answer


class PartlyCreated(Exception):
    """A resource was made, and then something about it failed: the engine has to know that it exists."""

    def __init__(self, resource: provider_pb2.ErrorResourceInitFailed) -> None:
        self.resource = resource
        super().__init__("; ".join(resource.reasons))


def _refuse(context: grpc.ServicerContext, error: PartlyCreated) -> NoReturn:
    status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=str(error))
    status.details.add().Pack(error.resource)
    context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
    context.abort(grpc.StatusCode.UNKNOWN, str(error))


def is_gone(error: Exception) -> bool:
    """Whether AWS refused because what was asked about does not exist."""
    return _code(error) in _GONE


def _code(error: Exception) -> str:
    response: dict[str, Any] = getattr(error, "response", {})
    return str(response.get("Error", {}).get("Code", ""))


def told(error: Exception) -> str:
    """One sentence: of AWS with the operation and its code, of ours as it is."""
    response: dict[str, Any] | None = getattr(error, "response", None)
    if response is None:
        return str(error)
    return f"{getattr(error, 'operation_name', 'AWS')}: {_code(error)}: {response.get('Error', {}).get('Message', '')}"
