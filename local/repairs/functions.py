"""Settings of functions and of event source mappings that moto takes and loses or does not check."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from local.calls import Refusal
from local.patches import Patch, Repair, memory

_SETTINGS = ("LoggingConfig", "DeadLetterConfig", "SnapStart")
_STREAM_LIMITS = {
    "BatchSize": (1, 10_000),
    "ParallelizationFactor": (1, 10),
    "MaximumBatchingWindowInSeconds": (0, 300),
    "MaximumRetryAttempts": (-1, 10_000),
    "TumblingWindowInSeconds": (0, 900),
}
"""Of event source mappings on streams (API reference, CreateEventSourceMapping)."""


def _keep(function: Any, asked: Mapping[str, Any]) -> None:
    memory(function).setdefault("kept_settings", {}).update({name: asked[name] for name in _SETTINGS if asked.get(name)})


def _created(original: Callable[..., None]) -> Callable[..., None]:
    def init(function: Any, account_id: str, spec: Any, *args: Any, **kwargs: Any) -> None:
        original(function, account_id, spec, *args, **kwargs)
        _keep(function, spec)

    return init


def _updated(original: Callable[..., Any]) -> Callable[..., Any]:
    def update_configuration(function: Any, config_updates: Any) -> Any:
        _keep(function, config_updates)
        original(function, config_updates)
        return function.get_configuration()

    return update_configuration


def _configuration(original: Callable[..., Any]) -> Callable[..., Any]:
    def get_configuration(function: Any, on_create: bool = False) -> Any:
        found = original(function, on_create)
        kept = memory(function).get("kept_settings", {})
        logging = {"LogFormat": "Text", "LogGroup": function.logs_group_name, **kept.get("LoggingConfig", {})}
        if logging["LogFormat"] == "JSON":
            logging = {"ApplicationLogLevel": "INFO", "SystemLogLevel": "INFO", **logging}
        found["LoggingConfig"] = logging
        if "DeadLetterConfig" in kept:
            found["DeadLetterConfig"] = kept["DeadLetterConfig"]
        if "SnapStart" in kept:
            found["SnapStart"] = {**kept["SnapStart"], "OptimizationStatus": "Off"}
        return found

    return get_configuration


def _described(original: Callable[..., Any]) -> Callable[..., Any]:
    def get_code(function: Any) -> Any:
        found = original(function)
        if function.reserved_concurrency is not None:
            found["Concurrency"] = {"ReservedConcurrentExecutions": int(function.reserved_concurrency)}
        return found

    return get_code


def _checked(original: Callable[..., Any]) -> Callable[..., Any]:
    def create_event_source_mapping(backend: Any, spec: Any) -> Any:
        source = spec.get("EventSourceArn", "")
        if ":dynamodb:" in source or ":kinesis:" in source:
            _check_stream_mapping(spec)
        function = backend.get_function(spec["FunctionName"])
        for known in backend.list_event_source_mappings(source, None):
            if known.function_arn == function.function_arn:
                message = (
                    f'The event source arn (" {source} ") and function (" {function.function_name} ") provided mapping already exists. '
                    f"Please update or delete the existing mapping with UUID {known.uuid}"
                )
                raise Refusal("ResourceConflictException", message, 409)
        return original(backend, spec)

    return create_event_source_mapping


def _check_stream_mapping(spec: Mapping[str, Any]) -> None:
    if not spec.get("StartingPosition"):
        raise Refusal(
            "InvalidParameterValueException", "1 validation error detected: Value null at 'startingPosition' failed to satisfy: not null"
        )
    for name, (least, most) in _STREAM_LIMITS.items():
        if name in spec and not least <= spec[name] <= most:
            raise Refusal("InvalidParameterValueException", f"{name} is {spec[name]}: it must be from {least} to {most}")
    for pattern in _patterns(spec):
        try:
            parsed = json.loads(pattern)
        except ValueError:
            parsed = None
        if not isinstance(parsed, dict):
            raise Refusal("InvalidParameterValueException", f"Invalid filter pattern definition. (filter pattern: {pattern})")


def _patterns(spec: Mapping[str, Any]) -> list[str]:
    filters = cast("list[dict[str, str]]", spec["FilterCriteria"].get("Filters", []) if spec.get("FilterCriteria") else [])
    return [each.get("Pattern", "") for each in filters]


def note_result(account: str, region: str, uuid: str, result: str) -> None:
    """What came of a mapping's last poll that found something."""
    from moto.awslambda.utils import get_backend

    backend: Any = get_backend(account, region)
    if mapping := backend.get_event_source_mapping(uuid):
        memory(mapping)["last_result"] = result


def _mapping_configuration(original: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def get_configuration(mapping: Any) -> Any:
        return {**original(mapping), "LastProcessingResult": memory(mapping).get("last_result", "No records processed")}

    return get_configuration


def _listed(original: Callable[..., Any]) -> Callable[..., Any]:
    def list_event_source_mappings(backend: Any, event_source_arn: str, function_name: str | None) -> Any:
        found = original(backend, event_source_arn, None)
        if not function_name:
            return found
        # The name, the ARN, a part of it, each with or without a version (API reference, ListEventSourceMappings).
        name = function_name.split(":function:")[-1].split(":")[0]
        return [mapping for mapping in found if mapping.function_arn.split(":function:")[-1].split(":")[0] == name]

    return list_event_source_mappings


def _detached(original: Callable[..., Any]) -> Callable[..., Any]:
    def delete_event_source_mapping(backend: Any, uuid: str) -> Any:
        from moto.dynamodb.models import dynamodb_backends

        mapping = original(backend, uuid)
        if mapping is not None and ":dynamodb:" in mapping.event_source_arn:
            for table in dynamodb_backends[backend.account_id][backend.region_name].tables.values():
                table.lambda_event_source_mappings.pop(mapping.function_arn, None)
        return mapping

    return delete_event_source_mapping


def _patches() -> Sequence[Patch]:
    from moto.awslambda.models import EventSourceMapping, LambdaBackend, LambdaFunction

    return (
        Patch(LambdaFunction, "__init__", _created),
        Patch(LambdaFunction, "update_configuration", _updated),
        Patch(LambdaFunction, "get_configuration", _configuration),
        Patch(LambdaFunction, "get_code", _described),
        Patch(LambdaBackend, "create_event_source_mapping", _checked),
        Patch(LambdaBackend, "list_event_source_mappings", _listed),
        Patch(LambdaBackend, "delete_event_source_mapping", _detached),
        Patch(EventSourceMapping, "get_configuration", _mapping_configuration),
    )


FUNCTIONS = Repair(
    "functions",
    "moto loses LoggingConfig, DeadLetterConfig, SnapStart and a reserved concurrency of 0, finds no mapping by a function's name where it was made by its ARN, says nothing "
    "of a mapping's last result, and takes a second mapping of the same stream and function, one without a starting position, with numbers out "
    "of range or with a pattern that is no JSON; Lambda keeps and tells the former and refuses the latter",
    _patches,
)
