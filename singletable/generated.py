"""The module that holds the generated code of one codec: its source, the objects its names stand for, and which field each line is about."""

import linecache
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from types import FrameType
from typing import Any, cast

from singletable import wire
from singletable.errors import InvalidKey, InvalidValue, MalformedItem, SingleTableError, UnknownEntity
from singletable.fields import Secret
from singletable.keys import KeyTemplate, escape, format_timestamp
from singletable.numbers import decimal_text
from singletable.shapes import FieldShape, Maybe, has_secret
from singletable.type_names import type_of

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
        self.shape_of_line: dict[int, FieldShape] = {}
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

    def function(self, header: str, body: Sequence[Line], rescue: str | None, fields: Sequence[FieldShape] = ()) -> None:
        """Adds a function; with a rescue, what goes wrong inside it is raised as that error. fields: of which an error says the declared type."""
        shapes = {field.name: field for field in fields}
        self.lines.append(header)
        if rescue:
            self.lines.append("    try:")
        for depth, text, field in body:
            self.lines.append("    " * (depth + bool(rescue)) + text)
            self.field_of_line[len(self.lines)] = field
            if field in shapes:
                self.shape_of_line[len(self.lines)] = shapes[field]
        if rescue:
            self.lines += ["    except ERRORS as error:", f"        raise {rescue}(error) from None"]
        self.lines.append("")

    def compile(self) -> None:
        linecache.cache[self.filename] = (len(self.source), None, self.source.splitlines(keepends=True), self.filename)
        exec(compile(self.source, self.filename, "exec"), self.names)  # noqa: S102 - our own text, made from a declaration

    def unwritable(self, error: Exception) -> SingleTableError:
        kind = InvalidKey if isinstance(error, InvalidKey) else InvalidValue
        steps = self._steps(error)
        # A step that could not even read its field was given something else than the record: what is wrong is the step before.
        while steps and (line := steps[-1][0]) in self.shape_of_line and f"v_{self.shape_of_line[line].name}" not in steps[-1][1].f_locals:
            steps.pop()
        lines = [line for line, _ in steps]
        shapes = [self.shape_of_line[line] for line in lines if line in self.shape_of_line]
        reason: object = "the value is not of the declared type"
        if isinstance(error, SingleTableError):
            reason = "the value has no form in DynamoDB" if any(has_secret(shape.shape) for shape in shapes) else error
            if shapes and isinstance(error, InvalidKey) and steps[-1][1].f_locals[f"v_{shapes[-1].name}"] == "":
                reason = f"{error}{', or None to keep the item out of the index' if isinstance(shapes[-1].shape, Maybe) else ''}"
        elif isinstance(error, ArithmeticError):
            reason = "the value has no form in DynamoDB"
        elif shapes:
            reason = f"takes {type_of(shapes[-1])}, not {_type_name(steps[-1][1].f_locals[f'v_{shapes[-1].name}'])}"
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
        return [line for line, _ in self._steps(error)]

    def _steps(self, error: Exception) -> list[tuple[int, FrameType]]:
        """The lines of the generated code that the traceback went through, each with its frame."""
        steps: list[tuple[int, FrameType]] = []
        step = error.__traceback__
        while step:
            # A comprehension is a frame of its own, on the same line.
            if step.tb_frame.f_code.co_filename == self.filename and (not steps or step.tb_lineno != steps[-1][0]):
                steps.append((step.tb_lineno, step.tb_frame))
            step = step.tb_next
        return steps

    def _place(self, lines: Sequence[int]) -> str:
        """The path to the field, such as Order.lines.price."""
        return ".".join(filter(None, (self.cls.__name__, *(self.field_of_line.get(line, "") for line in lines))))


def _type_name(given: object, depth: int = 3) -> str:
    """The type of a value, and of what is in it, without the value: "str", "list[str | int]", "Secret[int]"."""
    name = type(given).__name__
    if given is None or not depth:
        return "None" if given is None else name
    inside: list[list[object]] = []
    if isinstance(given, Secret):
        inside = [[cast("Secret[object]", given).reveal()]]
    elif isinstance(given, dict):
        names = cast("dict[object, object]", given)
        inside = [list(names), list(names.values())]
    elif isinstance(given, list | tuple | set | frozenset):
        inside = [list(cast("list[object]", given))]
    parts = [" | ".join(dict.fromkeys(_type_name(each, depth - 1) for each in group)) for group in inside]
    return f"{name}[{', '.join(parts)}]" if all(parts) and parts else name
