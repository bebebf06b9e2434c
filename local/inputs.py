"""Checks what a program registers before anything is created.

`check_inputs` holds a resource's inputs against the types of the provider's own SDK: a misspelt nested key, a wrong primitive, a missing
nested key, all of which a mock would accept. `check_request` holds a request against botocore's model of the operation: also allowed
values, lengths, ranges and patterns, which boto3 leaves to the server. No message shows a value that may be confidential.
"""

import collections.abc
import functools
import importlib
import inspect
import re
import typing
from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

import pulumi

from local.properties import SecretValue, Unknown

_ASSETS: Final = (pulumi.Asset, pulumi.Archive)
_MAXIMA: Final = {"string": "characters", "list": "items", "map": "entries", "blob": "bytes"}


class InputError(Exception):
    """Inputs or a request that the provider or AWS would refuse. One sentence per problem."""

    code = "invalid-input"

    def __init__(self, what: str, problems: collections.abc.Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__(f"{what}: " + "; ".join(problems))


def check_inputs(resource_type: str, inputs: Mapping[str, Any]) -> list[str]:
    """Problems of a resource's inputs (names as on the wire, camelCase) by the SDK's types. Empty: none."""
    return list(_properties(inputs, _arguments(resource_type), ""))


def input_names(resource_type: str) -> frozenset[str]:
    """Every input that a type has by the SDK, as on the wire."""
    from pulumi import _types  # pyright: ignore[reportPrivateUsage]

    return frozenset(_types.input_type_py_to_pulumi_names(_arguments(resource_type)).values())


@functools.cache
def _arguments(resource_type: str) -> type:
    """`aws:dynamodb/table:Table` -> `pulumi_aws.dynamodb.TableArgs`."""
    package, module, name = resource_type.split(":")
    if package == "pulumi":  # a resource of the engine's own
        return getattr(importlib.import_module(f"pulumi.{name.lower()}"), f"{name}Args")
    module = module.partition("/")[0]
    module = {"lambda": "lambda_"}.get(module, module)
    found = importlib.import_module(f"pulumi_{package}" if module == "index" else f"pulumi_{package}.{module}")
    return getattr(found, f"{name}Args")


def _properties(value: Mapping[str, Any], arguments: type, path: str) -> Iterator[str]:
    # The SDK describes its input types only to itself: there is no public way to ask for their wire names.
    from pulumi import _types  # pyright: ignore[reportPrivateUsage]

    names = _types.input_type_py_to_pulumi_names(arguments)
    types = cast("dict[str, Any]", _types.input_type_types(arguments))
    known = set(names.values())
    for name, item in value.items():
        if name in known:
            yield from _value(item, types[name], f"{path}.{name}".lstrip("."))
        else:
            yield f"{path or 'inputs'}: unknown property {name!r}. Known: {', '.join(sorted(known))}"
    for parameter in list(inspect.signature(arguments.__init__).parameters.values())[1:]:
        name = names.get(parameter.name, parameter.name)
        if parameter.default is inspect.Parameter.empty and value.get(name) is None:
            yield f"{path or 'inputs'}: missing property {name!r}"


def _value(value: Any, declared: Any, path: str) -> Iterator[str]:
    """Problems under the alternative that fits best: an input may be a plain value of one of several types."""
    if isinstance(value, SecretValue):
        value = value.value
    if value is None or isinstance(value, Unknown):
        return
    found = [list(_alternative(value, alternative, path)) for alternative in _alternatives(declared)]
    if found and all(found):
        yield from min(found, key=len)


def _alternatives(declared: Any) -> list[Any]:
    """`Input[Optional[Sequence[Input[X]]]]` -> `[Sequence[Input[X]]]`: without what is only known later."""
    if typing.get_origin(declared) is not typing.Union:
        return [declared]
    later = (pulumi.Output, collections.abc.Awaitable)
    return [
        alternative
        for member in typing.get_args(declared)
        if member is not type(None) and member not in later and typing.get_origin(member) not in later
        for alternative in _alternatives(member)
    ]


def _alternative(value: Any, declared: Any, path: str) -> Iterator[str]:
    from pulumi import _types  # pyright: ignore[reportPrivateUsage]

    wrong = f"{path}: must be {{}}, it is of type {type(value).__name__}"
    origin = typing.get_origin(declared)
    if _types.is_input_type(declared):
        if isinstance(value, Mapping):
            yield from _properties(cast("Mapping[str, Any]", value), declared, path)
        else:
            yield wrong.format("an object")
    elif origin is collections.abc.Sequence or origin is list:
        if isinstance(value, list):
            for position, item in enumerate(cast("list[Any]", value)):
                yield from _value(item, typing.get_args(declared)[0], f"{path}[{position}]")
        else:
            yield wrong.format("a list")
    elif origin is collections.abc.Mapping or origin is dict:
        if isinstance(value, Mapping):
            for key, item in cast("Mapping[str, Any]", value).items():
                yield from _value(item, typing.get_args(declared)[1], f"{path}.{key}")
        else:
            yield wrong.format("a map")
    elif not inspect.isclass(declared):
        return
    elif issubclass(declared, _ASSETS):
        if not isinstance(value, _ASSETS):
            yield wrong.format("an asset or archive")
    elif declared is bool:
        if not isinstance(value, bool):
            yield wrong.format("true or false")
    elif declared is int:
        if not isinstance(value, int) or isinstance(value, bool):
            yield wrong.format("a whole number")
    elif declared is float:
        if not isinstance(value, int | float) or isinstance(value, bool):
            yield wrong.format("a number")
    elif issubclass(declared, str) and not isinstance(value, str):
        yield wrong.format("text")


def check_request(service: str, operation: str, request: Mapping[str, Any]) -> list[str]:
    """Problems of a request's parameters (boto3 spelling) by botocore's model of the operation. Empty: none."""
    model = _service(service).operation_model(operation)
    return list(_shape(request, model.input_shape, "")) if model.input_shape else []


@functools.cache
def _service(service: str) -> Any:
    import botocore.session

    return botocore.session.get_session().get_service_model(service)


_PYTHON_TYPES: Final[Mapping[str, tuple[type, ...]]] = {
    "structure": (Mapping,),
    "map": (Mapping,),
    "list": (list, tuple),
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "long": (int,),
    "float": (int, float),
    "double": (int, float),
    "blob": (bytes, bytearray, str),
}


def _shape(value: Any, shape: Any, path: str) -> Iterator[str]:
    kind = str(shape.type_name)
    if not _is_of(kind, value):
        yield f"{path}: must be of type {kind}, it is of type {type(value).__name__}"
        return
    if kind == "structure":
        for name, item in value.items():
            if name in shape.members:
                yield from _shape(item, shape.members[name], f"{path}.{name}".lstrip("."))
            else:
                yield f"{path or 'request'}: unknown parameter {name!r}. Known: {', '.join(sorted(shape.members))}"
        for name in shape.required_members:
            if name not in value:
                yield f"{path or 'request'}: missing parameter {name!r}"
        return
    if kind == "list":
        for position, item in enumerate(value):
            yield from _shape(item, shape.member, f"{path}[{position}]")
    elif kind == "map":
        for key, item in value.items():
            yield from _shape(item, shape.value, f"{path}.{key}")
    yield from _limits(value, kind, shape.metadata, path)


def _is_of(kind: str, value: Any) -> bool:
    if isinstance(value, bool):
        return kind == "boolean"
    return kind not in _PYTHON_TYPES or isinstance(value, _PYTHON_TYPES[kind])


def _limits(value: Any, kind: str, limits: Mapping[str, Any], path: str) -> Iterator[str]:
    measured, unit = (len(value), f" {_MAXIMA[kind]}") if kind in _MAXIMA else (value, "")
    if "min" in limits and measured < limits["min"]:
        yield f"{path}: {measured}{unit}, the minimum is {limits['min']}"
    if "max" in limits and measured > limits["max"]:
        yield f"{path}: {measured}{unit}, the maximum is {limits['max']}"
    if kind != "string":
        return
    if "enum" in limits and value not in limits["enum"]:
        yield f"{path}: {value!r} is not one of {', '.join(limits['enum'])}"
    pattern = _pattern(limits.get("pattern", ""))
    if pattern is not None and not pattern.fullmatch(value):
        yield f"{path}: does not match the pattern {pattern.pattern}"


@functools.cache
def _pattern(text: str) -> re.Pattern[str] | None:
    """The model's pattern, where Python understands it: the models use Java's dialect."""
    try:
        return re.compile(text) if text else None
    except re.error:
        return None
