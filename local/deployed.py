"""What runs, read back from the embedded AWS: functions with their code as it was uploaded, mappings, and who may act for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from local.aws import EmbeddedAws
from local.functions import FunctionSettings
from local.mapping import MappingSettings
from local.repairs import invocations
from local.repairs.functions import note_result as _noted


class UnsupportedFunction(Exception):
    """A function needs something that is not done here."""

    code = "unsupported-function"


def functions(aws: EmbeddedAws) -> tuple[FunctionSettings, ...]:
    """Every deployed function, by name. Raises UnsupportedFunction for container images, layers and runtimes other than Python."""
    client = aws.client("lambda")
    pages = client.get_paginator("list_functions").paginate()
    names = sorted(one["FunctionName"] for page in pages for one in page["Functions"])
    return tuple(_function(aws, client, name) for name in names)


def _function(aws: EmbeddedAws, client: Any, name: str) -> FunctionSettings:
    found = cast("Mapping[str, Any]", client.get_function(FunctionName=name))
    given = cast("Mapping[str, Any]", found["Configuration"])
    for wrong, what in (
        (given.get("PackageType", "Zip") != "Zip", "a container image"),
        (bool(given.get("Layers")), "layers"),
        (not str(given.get("Runtime", "")).startswith("python"), f"the runtime {given.get('Runtime')}"),
    ):
        if wrong:
            raise UnsupportedFunction(f"function {name} has {what}: only Python functions from a zip run here")
    logging = cast("Mapping[str, Any]", given.get("LoggingConfig") or {})
    reserved = cast("Mapping[str, Any]", found.get("Concurrency") or {}).get("ReservedConcurrentExecutions")
    return FunctionSettings(
        name=name,
        arn=str(given["FunctionArn"]),
        handler=str(given["Handler"]),
        code=_code(aws, name),
        environment=dict(cast("Mapping[str, Any]", given.get("Environment") or {}).get("Variables") or {}),
        timeout_seconds=float(given.get("Timeout", 3)),
        memory_mb=int(given.get("MemorySize", 128)),
        role_arn=str(given["Role"]),
        region=aws.region,
        json_logs=logging.get("LogFormat") == "JSON",
        log_group=str(logging.get("LogGroup") or f"/aws/lambda/{name}"),
        reserved_concurrency=None if reserved is None else int(reserved),
    )


def _code(aws: EmbeddedAws, name: str) -> bytes:
    """The uploaded bytes. GetFunction only gives a link to S3, which moto does not fill."""
    from moto.awslambda.utils import get_backend

    backend: Any = get_backend(aws.account, aws.region)
    return bytes(backend.get_function(name).code_bytes)


def mappings(aws: EmbeddedAws) -> tuple[MappingSettings, ...]:
    """Every event source mapping. Raises UnsupportedMapping."""
    pages = aws.client("lambda").get_paginator("list_event_source_mappings").paginate()
    return tuple(MappingSettings.from_configuration(one) for page in pages for one in page["EventSourceMappings"])


def note_result(aws: EmbeddedAws, uuid: str, result: str | None) -> None:
    """What ListEventSourceMappings gives as LastProcessingResult from now on; None: as before."""
    if result is not None:
        _noted(aws.account, aws.region, uuid, result)


def run_invocations(aws: EmbeddedAws, runner: invocations.Runner) -> None:
    """What Invoke runs from now on."""
    invocations.run_with(runner, aws.account, aws.region)
