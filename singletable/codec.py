"""Items to objects and back, by two functions written once for each class.

The functions are generated: straight-line code is several times faster than any walk over the fields. Each field is one line of that code,
so the line on which a conversion fails names the field, and good errors cost nothing until there is one.
"""

import linecache
from base64 import b64decode
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from types import MemberDescriptorType
from typing import Any, Generic, TypeVar

from singletable.errors import InvalidKey, InvalidValue, MalformedItem, SingleTableError
from singletable.fields import Secret
from singletable.keys import SEPARATOR, TEXT, TIMESTAMP, KeyForm, KeyTemplate, Slot, escape, format_timestamp
from singletable.numbers import DIGITS, decimal_text, integer_text
from singletable.shapes import Enumeration, FieldShape, Hidden, ListOf, MapOf, Maybe, Record, Scalar, SetOf, Shape
from singletable.values import value

E = TypeVar("E")
Item = dict[str, Any]
"""An item as the service writes it: {"total": {"N": "12"}, ...}."""
KeyAttributes = Mapping[str, KeyTemplate]


@value
class Codec(Generic[E]):
    """encode raises InvalidValue and InvalidKey, decode MalformedItem; each names the field."""

    encode: Callable[[E], Item]
    decode: Callable[[Item], E]
    source: str


def compile_codec(cls: type[E], shape: Record, constants: Mapping[str, str], keys: Sequence[KeyAttributes]) -> Codec[E]:
    """The codec of one class.

    constants: attributes with the same text in every item.
    keys: the key attributes of the table and of each index, with their templates. An index whose template meets None is left out of the item.
    """
    module = _Module(cls)
    encode, decode = _Encoder(module).write(shape, constants, keys), _Decoder(module).write(shape)
    module.compile()
    return Codec(module.names[encode], module.names[decode], module.source)


class _Module:
    """The source being written, the objects that its names stand for, and the field that each line is about."""

    def __init__(self, cls: type) -> None:
        self.cls = cls
        self.filename = f"<codec of {cls.__module__}.{cls.__qualname__}>"
        self.lines: list[str] = []
        self.field_of_line: dict[int, str] = {}
        self.names: dict[str, Any] = {
            "Decimal": Decimal,
            "Secret": Secret,
            # Methods of the exact types, not str(): they refuse a float where an int or a Decimal is declared.
            "decimal_digits": Decimal.__str__,
            "int_digits": int.__repr__,
            "decimal_text": decimal_text,
            "integer_text": integer_text,
            "escape": escape,
            "format_timestamp": format_timestamp,
            "moment": datetime.fromisoformat,
            "format_date": date.isoformat,
            "day": date.fromisoformat,
            "raw": _raw,
            "filled": _filled,
            "new": object.__new__,
            "ERRORS": (KeyError, TypeError, ValueError, AttributeError, ArithmeticError, SingleTableError),
            "unwritable": self.unwritable,
            "unreadable": self.unreadable,
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

    def function(self, header: str, body: Sequence[tuple[int, str, str]], rescue: str | None) -> None:
        """Adds a function; with a rescue, what goes wrong inside it is raised as that error."""
        self.lines.append(header)
        if rescue:
            self.lines.append("    try:")
        for depth, text, field in body:
            self.lines.append("    " * (depth + bool(rescue)) + text)
            self.field_of_line[len(self.lines)] = field
        if rescue:
            self.lines += ["    except ERRORS as error:", f"        raise {rescue}(error) from None"]
        self.lines.append("")

    def compile(self) -> None:
        linecache.cache[self.filename] = (len(self.source), None, self.source.splitlines(keepends=True), self.filename)
        exec(compile(self.source, self.filename, "exec"), self.names)

    def unwritable(self, error: Exception) -> SingleTableError:
        kind = InvalidKey if isinstance(error, InvalidKey) else InvalidValue
        reason = error if isinstance(error, SingleTableError) else "the value is not of the declared type"
        return kind(f"{self._place(error)}: {reason}")

    def unreadable(self, error: Exception) -> SingleTableError:
        place = self._place(error)
        missing = isinstance(error, KeyError) and error.args[0] == place.rpartition(".")[2]
        return MalformedItem(f"{place}: the attribute {'is missing' if missing else 'is not of the declared type'}")

    def _place(self, error: Exception) -> str:
        """The path to the field, such as Order.lines.price: the lines that the traceback went through."""
        path, last, step = [self.cls.__name__], 0, error.__traceback__
        while step:
            if step.tb_frame.f_code.co_filename == self.filename and step.tb_lineno != last:
                last = step.tb_lineno
                path.append(self.field_of_line.get(last, ""))
            step = step.tb_next
        return ".".join(filter(None, path))


class _Encoder:
    """Writes functions from an object to an item. `v` is always Python source for a value, cheap to evaluate twice."""

    def __init__(self, module: _Module) -> None:
        self.module = module
        self.nested: dict[type, str] = {}

    def write(self, shape: Record, constants: Mapping[str, str], keys: Sequence[KeyAttributes]) -> str:
        return self._function(shape, constants, keys, rescue="unwritable")

    def _function(self, shape: Record, constants: Mapping[str, str], keys: Sequence[KeyAttributes], rescue: str | None) -> str:
        name = self.module.name(f"encode_{shape.type.__name__}", shape)
        optional = {field.name for field in shape.fields if isinstance(field.shape, Maybe)}
        sparse = [path for path in keys if optional.intersection(_fields(path))]
        dense = [path for path in keys if path not in sparse]
        components: dict[tuple[str, KeyForm], str] = {}
        body = [(1, f"v_{field.name} = o.{field.name}", field.name) for field in shape.fields]
        body += [line for path in dense for line in self._components(path, components, depth=1)]
        body.append((1, "item = {", ""))
        body += [(2, f"{attribute!r}: {{'S': {text!r}}},", "") for attribute, text in constants.items()]
        body += [(2, f"{name!r}: {_key(template, components)},", name) for path in dense for name, template in path.items()]
        for field in shape.fields:
            if not isinstance(field.shape, Maybe | SetOf):
                text = components.get((field.name, TIMESTAMP))
                value = f"{{'S': {text}}}" if text else self._value(field.shape, f"v_{field.name}")
                body.append((2, f"{field.name!r}: {value},", field.name))
        body.append((1, "}", ""))
        for field in shape.fields:
            v = f"v_{field.name}"
            if isinstance(field.shape, Maybe):
                body.append((1, f"if {v} is not None: item[{field.name!r}] = {self._value(field.shape.item, v)}", field.name))
            elif isinstance(field.shape, SetOf):
                body.append((1, f"if {v}: item[{field.name!r}] = {self._set(field.shape, v)}", field.name))
        for path in sparse:
            inside = dict(components)
            present = [f"v_{field} is not None" for field in _fields(path) if field in optional]
            body.append((1, f"if {' and '.join(present)}:", ""))
            body += self._components(path, inside, depth=2)
            body += [(2, f"item[{name!r}] = {_key(template, inside)}", name) for name, template in path.items()]
        body.append((1, "return item", ""))
        self.module.function(f"def {name}(o):", body, rescue)
        return name

    def _components(self, path: KeyAttributes, known: dict[tuple[str, KeyForm], str], depth: int) -> list[tuple[int, str, str]]:
        """Lines that render each component of a path once; adds their names to the known ones."""
        lines: list[tuple[int, str, str]] = []
        for slot in _slots(path):
            if (slot.field, slot.form) not in known:
                name = f"k{len(known)}_{slot.field}"
                lines.append((depth, f"{name} = {self._component(slot.form, f'v_{slot.field}')}", slot.field))
                known[slot.field, slot.form] = name
        return lines

    def _component(self, form: KeyForm, v: str) -> str:
        if form is TEXT:
            return f"{v} if {v} and '{SEPARATOR}' not in {v} and '%' not in {v} else escape({v})"
        if form is TIMESTAMP:
            return f"format_timestamp({v})"
        return f"{self.module.name('render', form.render)}({v})"

    def _value(self, shape: Shape, v: str, depth: int = 0) -> str:
        x = f"x{depth}"
        match shape:
            case Scalar() | Enumeration():
                return f"{{{shape.wire!r}: {_payload(shape, v)}}}"
            case Hidden():
                return self._value(shape.item, f"{v}.reveal()", depth)
            case Maybe():
                return f"({{'NULL': True}} if {v} is None else {self._value(shape.item, v, depth)})"
            case ListOf():
                return f"{{'L': [{self._value(shape.item, x, depth + 1)} for {x} in {v}]}}"
            case MapOf():
                return f"{{'M': {{k{x}: {self._value(shape.item, x, depth + 1)} for k{x}, {x} in {v}.items()}}}}"
            case SetOf():
                return self._set(shape, f"filled({v})")
            case Record():
                if shape.type not in self.nested:
                    self.nested[shape.type] = self._function(shape, {}, (), rescue=None)
                return f"{{'M': {self.nested[shape.type]}({v})}}"

    def _set(self, shape: SetOf, v: str) -> str:
        """Sorted, so that one object is always one request: an idempotency token refuses a request that differs."""
        payload = _payload(shape.item, "x")
        return f"{{{shape.item.wire + 'S'!r}: sorted({v if payload == 'x' else f'[{payload} for x in {v}]'})}}"


def _payload(shape: Scalar | Enumeration, v: str) -> str:
    """What stands behind "S", "N", "B" or "BOOL"."""
    if isinstance(shape, Enumeration):
        return f"{v}._value_" if shape.wire == "S" else f"str({v}._value_)"
    if shape.type is int:
        return f"int_digits({v}) if -{10**DIGITS} < {v} < {10**DIGITS} else integer_text({v})"
    if shape.type is Decimal:
        return f"t if len(t := decimal_digits({v})) <= {DIGITS} and not t.strip('-.0123456789') else decimal_text({v})"
    if shape.type is datetime:
        return f"format_timestamp({v})"
    if shape.type is date:
        return f"format_date({v})"
    return v


def _key(template: KeyTemplate, components: Mapping[tuple[str, KeyForm], str]) -> str:
    parts = (f"{{{components[part.field, part.form]}}}" if isinstance(part, Slot) else part.text for part in template.parts)
    return f"{{'S': f'{SEPARATOR.join(parts)}'}}"


def _slots(path: KeyAttributes) -> list[Slot]:
    return [part for template in path.values() for part in template.parts if isinstance(part, Slot)]


def _fields(path: KeyAttributes) -> Collection[str]:
    return dict.fromkeys(slot.field for slot in _slots(path))


class _Decoder:
    """Writes functions from an item to an object. `w` is always Python source for an attribute value such as {"S": "..."}."""

    def __init__(self, module: _Module) -> None:
        self.module = module
        self.nested: dict[type, str] = {}

    def write(self, shape: Record) -> str:
        return self._function(shape, rescue="unreadable")

    def _function(self, shape: Record, rescue: str | None) -> str:
        name = self.module.name(f"decode_{shape.type.__name__}", shape)
        cls = self.module.name(shape.type.__name__, shape.type)
        slots = [getattr(shape.type, field.name, None) for field in shape.fields]
        if all(isinstance(slot, MemberDescriptorType) for slot in slots):
            # A frozen __init__ takes twice as long as filling the slots.
            body = [(1, f"o = new({cls})", "")]
            for field, slot in zip(shape.fields, slots):
                put = self.module.name(f"set_{field.name}", slot and slot.__set__)
                body.append((1, f"{put}(o, {self._attribute(field)})", field.name))
            if hasattr(shape.type, "__post_init__"):
                body.append((1, "o.__post_init__()", ""))
            body.append((1, "return o", ""))
        else:
            body = [(1, f"return {cls}(", "")]
            body += [(2, f"{field.name}={self._attribute(field)},", field.name) for field in shape.fields]
            body.append((1, ")", ""))
        self.module.function(f"def {name}(w):", body, rescue)
        return name

    def _attribute(self, field: FieldShape) -> str:
        found = f"(a := w.get({field.name!r}))"
        if isinstance(field.shape, Maybe):
            return f"None if {found} is None or 'NULL' in a else {self._value(field.shape.item, 'a')}"
        if field.default:
            default = self.module.name(f"default_{field.name}", field.default)
            return f"{default}() if {found} is None else {self._value(field.shape, 'a')}"
        return self._value(field.shape, f"w[{field.name!r}]")

    def _value(self, shape: Shape, w: str, depth: int = 0) -> str:
        x = f"x{depth}"
        match shape:
            case Scalar() | Enumeration():
                return self._payload(shape, f"{w}[{shape.wire!r}]")
            case Hidden():
                return f"Secret({self._value(shape.item, w, depth)})"
            case Maybe():
                return f"(None if 'NULL' in {w} else {self._value(shape.item, w, depth)})"
            case ListOf():
                items = f"[{self._value(shape.item, x, depth + 1)} for {x} in {w}['L']]"
                return f"tuple({items})" if shape.as_tuple else items
            case MapOf():
                return f"{{k{x}: {self._value(shape.item, x, depth + 1)} for k{x}, {x} in {w}['M'].items()}}"
            case SetOf():
                payload, source = self._payload(shape.item, "x"), f"{w}[{shape.item.wire + 'S'!r}]"
                return f"{shape.type.__name__}({source if payload == 'x' else f'[{payload} for x in {source}]'})"
            case Record():
                if shape.type not in self.nested:
                    self.nested[shape.type] = self._function(shape, rescue=None)
                return f"{self.nested[shape.type]}({w}['M'])"

    def _payload(self, shape: Scalar | Enumeration, text: str) -> str:
        if isinstance(shape, Enumeration):
            members = self.module.name(shape.members.__name__, {member.value: member for member in shape.members})
            return f"{members}[{text if shape.wire == 'S' else f'int({text})'}]"
        function = {int: "int", Decimal: "Decimal", datetime: "moment", date: "day", bytes: "raw"}.get(shape.type)
        return f"{function}({text})" if function else text


def _raw(value: bytes | str) -> bytes:
    """Bytes come as such from botocore, and in base64 in a stream event."""
    return value if isinstance(value, bytes) else b64decode(value)


def _filled(values: Collection[Any]) -> Collection[Any]:
    if not values:
        raise InvalidValue("an empty set has no form inside a list or map")
    return values
