"""The module that holds the generated code of one codec: its source, the objects its names stand for, and which field each line is about."""

import linecache
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from singletable import wire
from singletable.errors import InvalidKey, InvalidValue, MalformedItem, SingleTableError, UnknownEntity
from singletable.fields import Secret
from singletable.keys import KeyTemplate, escape, format_timestamp
from singletable.numbers import decimal_text

Item = dict[str, Any]
"""An item as the service writes it: {"total": {"N": "12"}, ...}."""
KeyAttributes = Mapping[str, KeyTemplate]
Line = tuple[int, str, str]
"""Depth of indentation, source, name of the field."""


class Module:
    """The source being written, the objects that its names stand for, and the field that each line is about."""

    def __init__(self, cls: type) -> None:
        self.cls = cls
        self.filename = f"<codec of {cls.__module__}.{cls.__qualname__}>"
        self.lines: list[str] = []
        self.field_of_line: dict[int, str] = {}
        self.secret_lines: set[int] = set()
        self.names: dict[str, Any] = {
            "Decimal": Decimal,
            "Secret": Secret,
            # Of the exact type, not str(): it refuses a float.
            "decimal_digits": Decimal.__str__,
            "decimal_text": decimal_text,
            "escape": escape,
            "format_timestamp": format_timestamp,
            "fromisoformat": datetime.fromisoformat,
            "moment": wire.moment,
            "day": wire.day,
            "parse_date": date.fromisoformat,
            "text": wire.text,
            "name": wire.name,
            "integer": wire.integer,
            "boolean": wire.boolean,
            "stranger": wire.stranger,
            "binary": wire.binary,
            "raw": wire.raw,
            "Concealed": wire.Concealed,
            "collection": wire.collection,
            "filled": wire.filled,
            "epoch_seconds": wire.epoch_seconds,
            "from_epoch": wire.from_epoch,
            "new": object.__new__,
            "ERRORS": (KeyError, TypeError, ValueError, AttributeError, ArithmeticError, SingleTableError),
            "unwritable": self.unwritable,
            "unreadable": self.unreadable,
            "foreign": self.foreign,
        }

    @property
    def source(self) -> str:
        return "".join(f"{line}\n" for line in self.lines)

    def name(self, wanted: str, value: object) -> str:
        """A name in the generated code for an object."""
        name, number = wanted, 1
        while self.names.setdefault(name, value) is not value:
            number += 1
            name = f"{wanted}_{number}"
        return name

    def function(self, header: str, body: Sequence[Line], rescue: str | None, secret: Collection[str] = ()) -> None:
        """Adds a function; with a rescue, what goes wrong inside it is raised as that error. secret: fields whose values no error shows."""
        self.lines.append(header)
        if rescue:
            self.lines.append("    try:")
        for depth, text, field in body:
            self.lines.append("    " * (depth + bool(rescue)) + text)
            self.field_of_line[len(self.lines)] = field
            if field in secret:
                self.secret_lines.add(len(self.lines))
        if rescue:
            self.lines += ["    except ERRORS as error:", f"        raise {rescue}(error) from None"]
        self.lines.append("")

    def compile(self) -> None:
        linecache.cache[self.filename] = (len(self.source), None, self.source.splitlines(keepends=True), self.filename)
        exec(compile(self.source, self.filename, "exec"), self.names)  # noqa: S102 - our own text, made from a declaration

    def unwritable(self, error: Exception) -> SingleTableError:
        lines = self._lines(error)
        kind = InvalidKey if isinstance(error, InvalidKey) else InvalidValue
        reason: object = "the value is not of the declared type"
        if isinstance(error, SingleTableError):
            reason = "the value has no form in DynamoDB" if self.secret_lines.intersection(lines) else error
        return kind(f"{self._place(lines)}: {reason}")

    def unreadable(self, error: Exception) -> SingleTableError:
        if isinstance(error, UnknownEntity):
            return error
        lines = self._lines(error)
        place = self._place(lines)
        if not self.field_of_line.get(lines[-1]):
            # Without its message, which may quote what is stored.
            return MalformedItem(f"{place}: the class refuses the item with a {type(error).__name__}")
        missing = isinstance(error, KeyError) and error.args[0] == place.rpartition(".")[2]
        return MalformedItem(f"{place}: the attribute {'is missing' if missing else 'is not of the declared type'}")

    def foreign(self, found: Mapping[str, Any] | None) -> UnknownEntity:
        kind = found.get("S") if isinstance(found, Mapping) else None
        return UnknownEntity(kind if isinstance(kind, str) else None, self.cls.__name__)

    def _lines(self, error: Exception) -> list[int]:
        """The lines of the generated code that the traceback went through."""
        lines: list[int] = []
        step = error.__traceback__
        while step:
            # A comprehension is a frame of its own, on the same line.
            if step.tb_frame.f_code.co_filename == self.filename and step.tb_lineno not in lines[-1:]:
                lines.append(step.tb_lineno)
            step = step.tb_next
        return lines

    def _place(self, lines: Sequence[int]) -> str:
        """The path to the field, such as Order.lines.price."""
        return ".".join(filter(None, (self.cls.__name__, *(self.field_of_line.get(line, "") for line in lines))))
