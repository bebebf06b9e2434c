"""Runs a program's `transforms` as the engine does: by calling the SDK's own callback server with each resource before it is created.

Own transforms first, then those of the parents from the inside out, then those of the stack.
"""

from typing import Any, Final

import grpc
from pulumi.runtime.proto import callback_pb2, callback_pb2_grpc, resource_pb2

Message = Any  # the stubs that the SDK brings for its messages lose most types on the way

# options of a transform request -> fields of a registration
_OPTIONS: Final = {
    "protect": "protect",
    "retain_on_delete": "retainOnDelete",
    "ignore_changes": "ignoreChanges",
    "replace_on_changes": "replaceOnChanges",
    "version": "version",
    "provider": "provider",
    "plugin_download_url": "pluginDownloadURL",
    "deleted_with": "deletedWith",
    "depends_on": "dependencies",
    "additional_secret_outputs": "additionalSecretOutputs",
    "aliases": "aliases",
    "custom_timeouts": "customTimeouts",
}
_TIMEOUT_SECONDS: Final = 30


class Transforms:
    """The transforms known so far: those of the stack, and each resource's own by URN."""

    def __init__(self) -> None:
        self.stack: list[Message] = []
        self._own: dict[str, tuple[Message, ...]] = {}

    def apply(self, urn: str, request: Message, ancestors: tuple[str, ...]) -> Message:
        """The registration as the transforms leave it. `ancestors` are URNs, the nearest first."""
        self._own[urn] = tuple(request.transforms)
        inherited = [callback for ancestor in ancestors for callback in self._own.get(ancestor, ())]
        for callback in (*request.transforms, *inherited, *self.stack):
            request = _call(callback, request)
        return request


def _call(callback: Message, request: Message) -> Message:
    options = resource_pb2.TransformResourceOptions()
    for option, field in _OPTIONS.items():
        _copy(request, field, options, option)
    for name, provider in request.providers.items():
        options.providers[name] = provider
    if request.deleteBeforeReplaceDefined:
        options.delete_before_replace = request.deleteBeforeReplace
    question = resource_pb2.TransformRequest(
        type=request.type, name=request.name, custom=request.custom, parent=request.parent, properties=request.object, options=options
    )
    with grpc.insecure_channel(callback.target) as channel:
        invocation = callback_pb2.CallbackInvokeRequest(token=callback.token, request=question.SerializeToString())
        callbacks: Message = callback_pb2_grpc.CallbacksStub(channel)
        answer = callbacks.Invoke(invocation, timeout=_TIMEOUT_SECONDS)
    transformed: Message = resource_pb2.TransformResponse.FromString(answer.response)
    result: Message = resource_pb2.RegisterResourceRequest()
    result.CopyFrom(request)
    result.object.CopyFrom(transformed.properties)
    if transformed.HasField("options"):
        for option, field in _OPTIONS.items():
            result.ClearField(field)
            _copy(transformed.options, option, result, field)
    return result


def _copy(source: Any, source_field: str, target: Any, target_field: str) -> None:
    """Copy one field between messages, whatever its kind; a field that is not set stays unset."""
    descriptor = source.DESCRIPTOR.fields_by_name[source_field]
    value = getattr(source, source_field)
    if descriptor.label == descriptor.LABEL_REPEATED:  # `is_repeated` came after protobuf 5.29, which the policy pack pins
        getattr(target, target_field).extend(value)
    elif descriptor.message_type is not None:
        if source.HasField(source_field):
            getattr(target, target_field).CopyFrom(value)
    elif not descriptor.has_presence or source.HasField(source_field):
        setattr(target, target_field, value)
