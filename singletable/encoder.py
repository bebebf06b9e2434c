"""Writes the function from an object to an item."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from singletable.generated import KeyAttributes, Line, Module
from singletable.keys import SEPARATOR, TEXT, TIMESTAMP, KeyForm, KeyTemplate, Slot
from singletable.numbers import DIGITS
from singletable.shapes import Enumeration, Hidden, ListOf, MapOf, Maybe, Record, Scalar, SetOf, Shape


class Encoder:
    """Writes functions from an object to an item. `v` is always Python source for a value, cheap to evaluate twice."""

    def __init__(self, module: Module) -> None:
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
        body += [(2, f"{name!r}: {self._key(template, components)},", name) for path in dense for name, template in path.items()]
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
            body += [(2, f"item[{name!r}] = {self._key(template, inside)}", name) for name, template in path.items()]
        body.append((1, "return item", ""))
        self.module.function(f"def {name}(o):", body, rescue, shape.fields)
        return name

    def _components(self, path: KeyAttributes, known: dict[tuple[str, KeyForm], str], depth: int) -> list[Line]:
        """Lines that render each component of a path once; adds their names to the known ones."""
        lines: list[Line] = []
        for slot in _slots(path):
            if (slot.field, slot.form) not in known:
                name = f"k{len(known)}_{slot.field}"
                lines.append((depth, f"{name} = {self._component(slot.form, f'v_{slot.field}')}", slot.field))
                known[slot.field, slot.form] = name
        return lines

    def _component(self, form: KeyForm, v: str) -> str:
        if form is TEXT:
            return f"{v} if {v}.__class__ is str and {v} and '{SEPARATOR}' not in {v} and '%' not in {v} else escape({v})"
        if form is TIMESTAMP:
            return f"format_timestamp({v})"
        return f"{self.module.name('render', form.render)}({v})"

    def _key(self, template: KeyTemplate, components: Mapping[tuple[str, KeyForm], str]) -> str:
        parts = [f"{{{components[part.field, part.form]}}}" if isinstance(part, Slot) else part.text for part in template.parts]
        key = f"f'{SEPARATOR.join(parts)}'"
        if not template.fields:
            return f"{{'S': {key}}}"
        return f"{{'S': k if (k := {key}).isascii() and len(k) <= {template.most_bytes} else {self.module.name('fit', template.fit)}(k)}}"

    def _value(self, shape: Shape, v: str, depth: int = 0) -> str:
        x = f"x{depth}"
        match shape:
            case Scalar() | Enumeration():
                return f"{{{shape.wire!r}: {self._payload(shape, v)}}}"
            case Hidden():
                return f"Concealed({self._value(shape.item, f'{v}.reveal()', depth)})"
            case Maybe():
                return f"({{'NULL': True}} if {v} is None else {self._value(shape.item, v, depth)})"
            case ListOf():
                exact = "tuple" if shape.as_tuple else "list"
                return f"{{'L': [{self._value(shape.item, x, depth + 1)} for {x} in {_collection(v, exact)}]}}"
            case MapOf():
                return f"{{'M': {{{_name(f'k{x}')}: {self._value(shape.item, x, depth + 1)} for k{x}, {x} in {v}.items()}}}}"
            case SetOf():
                return self._set(shape, f"filled({v})")
            case Record():
                if shape.type not in self.nested:
                    self.nested[shape.type] = self._function(shape, {}, (), rescue=None)
                return f"{{'M': {self.nested[shape.type]}({v})}}"

    def _set(self, shape: SetOf, v: str) -> str:
        """Sorted, so that one object is always one request: an idempotency token refuses a request that differs."""
        return f"{{{shape.item.wire + 'S'!r}: sorted([{self._payload(shape.item, 'x')} for x in {_collection(v, shape.type.__name__)}])}}"

    def _payload(self, shape: Scalar | Enumeration, v: str) -> str:
        """What stands behind "S", "N", "B" or "BOOL"."""
        if isinstance(shape, Enumeration):
            value = f"{v}._value_" if shape.wire == "S" else f"str({v}._value_)"
            return f"{value} if {v}.__class__ is {self.module.name(shape.members.__name__, shape.members)} else stranger({v})"
        if shape.type is int:
            return f"f'{{{v}}}' if {v}.__class__ is int and -{10**DIGITS} < {v} < {10**DIGITS} else integer({v})"
        if shape.type is Decimal:
            return f"t if len(t := decimal_digits({v})) <= {DIGITS} and not t.strip('-.0123456789') else decimal_text({v})"
        if shape.type is datetime:
            return f"{'epoch_seconds' if shape.wire == 'N' else 'format_timestamp'}({v})"
        if shape.type is date:
            return f"day({v})"
        if shape.type is bool:
            return f"{v} if {v} is True or {v} is False else boolean({v})"
        return _text(v) if shape.type is str else f"{v} if {v}.__class__ is bytes else binary({v})"


def _text(v: str) -> str:
    return f"{v} if {v}.__class__ is str else text({v})"


def _name(v: str) -> str:
    return f"{v} if {v}.__class__ is str and {v} else name({v})"


def _collection(v: str, exact: str) -> str:
    """A text is a collection of texts to Python, and would be taken apart."""
    return f"({v} if {v}.__class__ is {exact} else collection({v}))"


def _slots(path: KeyAttributes) -> list[Slot]:
    return [part for template in path.values() for part in template.parts if isinstance(part, Slot)]


def _fields(path: KeyAttributes) -> Collection[str]:
    return dict.fromkeys(slot.field for slot in _slots(path))
