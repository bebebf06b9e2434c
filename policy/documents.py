"""Policies of IAM as resources carry them: JSON, or what it says."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, cast


def statements(document: Any) -> Iterator[Mapping[str, Any]]:
    """Those of a policy. One that cannot be read has none: AWS refuses it."""
    if isinstance(document, str):
        try:
            document = json.loads(document)
        except ValueError:
            return
    if isinstance(document, Mapping):
        given: Any = cast("Mapping[str, Any]", document).get("Statement") or []
        listed = cast("list[Any]", [given] if isinstance(given, Mapping) else given)
        yield from (cast("Mapping[str, Any]", each) for each in listed if isinstance(each, Mapping))


def listed(value: Any) -> list[str]:
    """Of an element that may be one text or several."""
    return [value] if isinstance(value, str) else [str(each) for each in value or ()]


def named(statement: Mapping[str, Any]) -> str:
    """How a message calls it."""
    return f"statement {statement['Sid']}" if statement.get("Sid") else "a statement"
