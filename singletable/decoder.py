"""Writes the function from an item to an object."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from types import MemberDescriptorType

from singletable.generated import Module
from singletable.shapes import Enumeration, FieldShape, Hidden, ListOf, MapOf, Maybe, Record, Scalar, SetOf, Shape


class Decoder:
    """Writes functions from an item to an object. `w` is always Python source for an attribute value such as {"S": "..."}."""

    def __init__(self, module: Module) -> None:
        self.module = module
        self.nested: dict[type, str] = {}

    def write(self, shape: Record, constants: Mapping[str, str]) -> str:
        return self._function(shape, constants, rescue="unreadable")

    def _function(self, shape: Record, constants: Mapping[str, str], rescue: str | None) -> str:
        name = self.module.name(f"decode_{shape.type.__name__}", shape)
        cls = self.module.name(shape.type.__name__, shape.type)
        slots = [getattr(shape.type, field.name, None) for field in shape.fields]
        constant = {attribute: self.module.name("constant", {"S": text}) for attribute, text in constants.items()}
        body = [(1, f"if (a := w.get({attribute!r})) != {name}: raise foreign(a)", "") for attribute, name in constant.items()]
        if all(isinstance(slot, MemberDescriptorType) for slot in slots):
            # A frozen __init__ takes twice as long as filling the slots.
            body.append((1, f"o = new({cls})", ""))
            for field, slot in zip(shape.fields, slots):
                put = self.module.name(f"set_{field.name}", slot and slot.__set__)
                body.append((1, f"{put}(o, {self._attribute(field)})", field.name))
            if hasattr(shape.type, "__post_init__"):
                body.append((1, "o.__post_init__()", ""))
            body.append((1, "return o", ""))
        else:
            body.append((1, f"return {cls}(", ""))
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
                    self.nested[shape.type] = self._function(shape, {}, rescue=None)
                return f"{self.nested[shape.type]}({w}['M'])"

    def _payload(self, shape: Scalar | Enumeration, text: str) -> str:
        if isinstance(shape, Enumeration):
            members = self.module.name(shape.members.__name__, {member.value: member for member in shape.members})
            return f"{members}[{text if shape.wire == 'S' else f'int({text})'}]"
        if shape.type is datetime and shape.wire == "N":
            return f"from_epoch({text})"
        if shape.type is datetime:
            # Our own form is plainly in UTC; the function takes a closer look at any other.
            return f"fromisoformat(t) if (t := {text})[-1:] == 'Z' else moment(t)"
        function = {int: "int", Decimal: "Decimal", date: "parse_date", bytes: "raw"}.get(shape.type)
        return f"{function}({text})" if function else text
