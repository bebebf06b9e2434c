"""HTTP as a Lambda function URL delivers it (payload format 2.0): a request with checked fields, and the answer to it.

Source: AWS Lambda developer guide, "Invoking Lambda function URLs", request and response payloads.
"""

import json
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast
from urllib.parse import parse_qsl

from app.errors import InvalidField, ShopError
from app.ids import EPOCH
from singletable import Secret

Event = Mapping[str, Any]


class InvalidBody(ShopError):
    """The body is no JSON object."""

    code = "invalid-body"


@dataclass(frozen=True, slots=True)
class Request:
    """at: when the platform received it, to the millisecond. body: as sent, decoded from base64."""

    id: str
    method: str
    path: str
    query: Mapping[str, object]
    body: bytes = field(repr=False)
    at: datetime

    @classmethod
    def of(cls, event: Event) -> "Request":
        """Raises KeyError for what is no event of a function URL."""
        context = event["requestContext"]
        body: str = event.get("body") or ""
        return cls(
            id=context["requestId"],
            method=context["http"]["method"],
            path=event["rawPath"],
            # Not queryStringParameters: there the values of a repeated name are joined with commas, and a comma is allowed in a value.
            query=dict(parse_qsl(event.get("rawQueryString", ""), keep_blank_values=True)),
            body=b64decode(body) if event.get("isBase64Encoded") else body.encode("utf-8", "surrogatepass"),
            at=EPOCH + timedelta(milliseconds=context["timeEpoch"]),
        )

    def json(self) -> Mapping[str, object]:
        """Raises InvalidBody."""
        try:
            value: object = json.loads(self.body)
        except (ValueError, RecursionError):
            raise InvalidBody("the body is no JSON; send an object in UTF-8") from None
        if not isinstance(value, dict):
            raise InvalidBody("the body is no JSON object; send the fields as {...}")
        return cast("dict[str, object]", value)


@dataclass(frozen=True, slots=True)
class Fields:
    """Named values of a body or a query, taken one by one with a check. Each check raises InvalidField with the field's path.

    within: the path of the object that holds them, with a dot behind it. Default: the request itself.
    """

    values: Mapping[str, object] = field(repr=False)
    within: str = ""

    @classmethod
    def of(cls, values: Mapping[str, object], names: str, within: str = "") -> "Fields":
        """names: what may be given, separated by spaces; a name with `?` may be left out or null."""
        wanted = names.split()
        known = {name.removesuffix("?") for name in wanted}
        for name in values:
            if name not in known:
                allowed = ", ".join(name.removesuffix("?") for name in wanted) or "nothing"
                raise InvalidField(f"{within}{name[:40]}", f"is not known here; allowed is {allowed}")
        for name in wanted:
            if not name.endswith("?") and values.get(name) is None:
                raise InvalidField(f"{within}{name}", "is missing")
        return cls(values, within)

    def has(self, name: str) -> bool:
        return self.values.get(name) is not None

    def text(self, name: str) -> str:
        value = self.values.get(name)
        if not isinstance(value, str) or not value:
            raise InvalidField(self.within + name, "takes a text that is not empty")
        try:
            value.encode()
        except UnicodeEncodeError:  # half of a surrogate pair, which JSON can write and UTF-8 cannot
            raise InvalidField(self.within + name, "takes a text of Unicode characters") from None
        return value

    def optional_text(self, name: str) -> str | None:
        return self.text(name) if self.has(name) else None

    def secret(self, name: str) -> Secret[str]:
        return Secret(self.text(name))

    def whole(self, name: str) -> int:
        """A whole number. True, 1.0 and "1" are none."""
        value = self.values.get(name)
        if not isinstance(value, int) or isinstance(value, bool):
            raise InvalidField(self.within + name, "takes a whole number")
        return value

    def digits(self, name: str, low: int, high: int) -> int:
        """A whole number in a query, where everything is text."""
        text = self.text(name)
        if not (text.isascii() and text.isdecimal() and len(text) <= len(str(high)) and low <= int(text) <= high):
            raise InvalidField(self.within + name, f"takes a whole number from {low} to {high}")
        return int(text)

    def objects(self, name: str, names: str) -> "list[Fields]":
        """A list of objects, each with these names."""
        given = self.values.get(name)
        if not isinstance(given, list):
            raise InvalidField(self.within + name, "takes a list of objects")
        found: list[Fields] = []
        for number, value in enumerate(cast("list[object]", given)):
            place = f"{self.within}{name}[{number}]"
            if not isinstance(value, dict):
                raise InvalidField(place, "takes an object")
            found.append(Fields.of(cast("dict[str, object]", value), names, f"{place}."))
        return found


@dataclass(frozen=True, slots=True)
class Response:
    """body: plain data, sent as JSON. Default: no body. code: of the error, if it is one; for the log."""

    status: int
    body: Mapping[str, object] | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    code: str | None = None

    def event(self) -> dict[str, Any]:
        """As a function URL takes it. Nothing may be kept by a cache: answers hold personal data."""
        headers = {"cache-control": "no-store", **self.headers}
        if self.body is None:
            return {"statusCode": self.status, "headers": headers}
        text = json.dumps(self.body, ensure_ascii=False, separators=(",", ":"))
        return {"statusCode": self.status, "headers": {"content-type": "application/json", **headers}, "body": text}


def error(status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> Response:
    """headers: beside the usual ones. Default: none."""
    return Response(status, {"error": {"code": code, "message": message}}, headers or {}, code)
