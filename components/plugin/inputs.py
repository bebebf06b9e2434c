"""What arrived from another language, held against the schema: Pulumi's own host ignores unknown names and takes a text for a number.

Everything that is wrong is found at once, each with its path as the program spells it.
"""

import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any, cast

import pulumi

from components.errors import InvalidArgument

Schema = Mapping[str, Any]
"""A property, a type or a whole package, as Pulumi's package schema has them."""
Problem = tuple[str, str]
"""Path and reason."""

LATER = "is a secret, or known only after the deployment: give it as plain data"
DECIDING = re.compile(r"^definition\b|\.filters\[")
"""Paths under which everything decides what is made. Under others that have no type, arguments of a resource, any value may come later."""
TEXTS: Mapping[str, tuple[type, ...]] = {"string": (str,), "boolean": (bool,), "integer": (int, float), "number": (int, float)}
WORDS = {"string": "a text", "boolean": "true or false", "integer": "a whole number", "number": "a number"}


def read(package: Schema, resource: str, given: Mapping[str, Any]) -> tuple[dict[str, Any], list[Problem]]:
    """What was given, whole numbers as such, and what is wrong with it. resource: its type."""
    found = package["resources"][resource]
    reader = _Reader(package)
    values = reader.object(found["inputProperties"], found.get("requiredInputs") or (), given, "")
    return values, reader.problems


class _Reader:
    def __init__(self, package: Schema) -> None:
        self._types: Mapping[str, Schema] = package["types"]
        self.problems: list[Problem] = []

    def object(self, properties: Schema, required: Sequence[str], given: Mapping[str, Any], path: str) -> dict[str, Any]:
        for name in given:
            if name not in properties:
                near = get_close_matches(name, properties, 1)
                self._refuse(
                    join(path, name), f"is not known here: {f'did you mean {near[0]}? ' if near else ''}allowed are {', '.join(properties)}"
                )
        for name in required:
            if name not in given:
                self._refuse(join(path, name), "is missing")
        return {name: self.value(properties[name], value, join(path, name)) for name, value in given.items() if name in properties}

    def value(self, schema: Schema, given: Any, path: str) -> Any:
        if schema.get("secret"):
            return self._secret(schema, given, path)
        if schema.get("$ref", "").endswith("#/Any"):
            return self._anything(given, path)
        if isinstance(given, pulumi.Output | pulumi.output.Unknown):
            if schema.get("plain") or self._is_built_of_objects(schema):
                self._refuse(path, LATER)
            return cast("Any", given)
        reference = schema.get("$ref")
        if reference:
            return self._referred(reference, given, path)
        match schema["type"]:
            case "array":
                return self._list(schema["items"], given, path)
            case "object":
                return self._map(schema["additionalProperties"], given, path)
            case kind:
                return self._scalar(kind, given, path)

    def _secret(self, schema: Schema, given: Any, path: str) -> Any:
        """What is wrong with it is not told, nor where: the engine would print the value at that path."""
        hidden = _Reader({"types": self._types})
        read = hidden.value({**schema, "secret": False}, given, path)
        if hidden.problems:
            self.problems.append((f"{path} ", f"{InvalidArgument.code}: {path} is secret and of the wrong type: texts by name are needed"))
        return read

    def _is_built_of_objects(self, schema: Schema) -> bool:
        """Parts that decide which resources there are."""
        inner = schema.get("items") or schema.get("additionalProperties")
        if inner:
            return self._is_built_of_objects(inner)
        found = self._types.get(schema.get("$ref", "").removeprefix("#/types/"))
        return found is not None and "enum" not in found

    def _referred(self, reference: str, given: Any, path: str) -> Any:
        if reference.endswith("#/Archive"):
            return given if isinstance(given, pulumi.Archive) else self._refuse(path, "is no archive: give a folder or a .zip as one")
        found = self._types[reference.removeprefix("#/types/")]
        if "enum" in found:
            allowed = [each["value"] for each in found["enum"]]
            return given if given in allowed else self._refuse(path, f"is {given!r}: allowed are {', '.join(allowed)}")
        if not isinstance(given, Mapping):
            return self._refuse(path, f"is {shown(given)}: an object with {', '.join(found['properties'])} is needed")
        return self.object(found["properties"], found.get("required") or (), cast("Mapping[str, Any]", given), path)

    def _anything(self, given: Any, path: str) -> Any:
        """Of no type that is known here. With whole numbers as such: what arrives over the wire has no integers."""
        match given:
            case pulumi.Output() | pulumi.output.Unknown():
                return self._refuse(path, LATER) if DECIDING.search(path) else cast("Any", given)
            case float() if given.is_integer():
                return int(given)
            case list():
                return [self._anything(each, f"{path}[{number}]") for number, each in enumerate(cast("list[Any]", given))]
            case dict():
                return {name: self._anything(value, join(path, name)) for name, value in cast("dict[str, Any]", given).items()}
            case _:
                return given

    def _list(self, items: Schema, given: Any, path: str) -> Any:
        if not isinstance(given, list):
            return self._refuse(path, f"is {shown(given)}: a list is needed")
        return [self.value(items, each, f"{path}[{number}]") for number, each in enumerate(cast("list[Any]", given))]

    def _map(self, values: Schema, given: Any, path: str) -> Any:
        if not isinstance(given, Mapping):
            return self._refuse(path, f"is {shown(given)}: an object with a value for each name is needed")
        return {name: self.value(values, value, join(path, name)) for name, value in cast("Mapping[str, Any]", given).items()}

    def _scalar(self, kind: str, given: Any, path: str) -> Any:
        fits = isinstance(given, TEXTS[kind]) and isinstance(given, bool) is (kind == "boolean")
        if not fits or (kind == "integer" and given != int(given)):
            return self._refuse(path, f"is {shown(given)}: {WORDS[kind]} is needed")
        return int(given) if kind == "integer" else given

    def _refuse(self, path: str, reason: str) -> None:
        self.problems.append((path, f"{InvalidArgument.code}: {path} {reason}"))


def join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def shown(given: Any) -> str:
    match given:
        case bool():
            return str(given).lower()
        case str() | int() | float():
            return repr(int(given) if isinstance(given, float) and given.is_integer() else given)
        case list():
            return "a list"
        case _:
            return "an object"
