"""Reads a shop from a folder of JSON Lines. A line that is wrong is named and left out, the rest goes on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar, cast

from local.demo.shop import Customer, Order, OrderLine, Place, Problem, Product, Shop

FILES = ("customers.jsonl", "products.jsonl", "orders.jsonl")
T = TypeVar("T", Customer, Product, Order)


class InputMissing(Exception):
    """The folder of the input, or one of its three files, is not there."""

    code = "input-missing"


class _Wrong(Exception):
    """What is wrong with a line."""


def read_shop(folder: Path) -> tuple[Shop, tuple[Problem, ...]]:
    """The shop of the good lines, and a problem for each other line. Raises InputMissing."""
    missing = [name for name in FILES if not (folder / name).is_file()]
    if missing:
        raise InputMissing(f"{folder} has no {', '.join(missing)}: the input is a folder with {', '.join(FILES)}")
    problems: list[Problem] = []
    customers = _read(folder / FILES[0], _customer, problems)
    products = _read(folder / FILES[1], _product, problems)

    def order(given: _Line) -> Order:
        return _order(given, customers, products)

    orders = _read(folder / FILES[2], order, problems)
    return Shop(tuple(customers.values()), tuple(products.values()), tuple(orders.values())), tuple(problems)


def _read(path: Path, make: Callable[[_Line], T], problems: list[Problem]) -> dict[str, T]:
    found: dict[str, T] = {}
    for place, raw in _lines(path):
        try:
            made = make(_Line(_parsed(raw), place))
            if made.reference in found:
                raise _Wrong(f'the id "{made.reference}" is that of {found[made.reference].place} too; an id is given once')
        except _Wrong as wrong:
            problems.append(Problem(place, str(wrong)))
        else:
            found[made.reference] = made
    return found


def _lines(path: Path) -> Iterator[tuple[Place, bytes]]:
    with path.open("rb") as file:
        for number, raw in enumerate(file, start=1):
            if raw.strip():
                yield Place(path.name, number), raw


def _parsed(raw: bytes) -> Mapping[str, Any]:
    try:
        value: object = json.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise _Wrong(f"not UTF-8: {error.reason} at byte {error.start}") from None
    except (ValueError, RecursionError) as error:
        raise _Wrong(f"not JSON: {error}") from None
    if not isinstance(value, dict):
        raise _Wrong(f"a JSON object is expected, this is {_kind(value)}")
    return cast("Mapping[str, Any]", value)


class _Line:
    """One object with checked fields. Messages name the field by its path."""

    def __init__(self, fields: Mapping[str, Any], place: Place, path: str = "") -> None:
        self.fields = fields
        self.place = place
        self.path = path

    def text(self, name: str) -> str:
        value = self._given(name)
        if not isinstance(value, str) or not value.strip():
            raise self._wrong(name, value, "a text that is not empty", "an empty one" if isinstance(value, str) else None)
        return value

    def whole(self, name: str, default: int | None = None) -> int:
        if default is not None and self.fields.get(name) is None:
            return default
        value = self._given(name)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self._wrong(name, value, "a whole number")
        return value

    def percent(self, name: str, default: int) -> int:
        value = self.whole(name, default)
        if not 0 <= value <= 100:
            raise self._wrong(name, value, "a whole number from 0 to 100", str(value))
        return value

    def objects(self, name: str) -> list[_Line]:
        value = self._given(name)
        values = cast("list[object]", value) if isinstance(value, list) else []
        if not values:
            raise _Wrong(f"the field {self.path}{name} takes a list with at least one object")
        found: list[_Line] = []
        for number, one in enumerate(values):
            if not isinstance(one, dict):
                raise self._wrong(f"{name}[{number}]", one, "an object")
            found.append(_Line(cast("Mapping[str, Any]", one), self.place, f"{self.path}{name}[{number}]."))
        return found

    def _given(self, name: str) -> object:
        if name not in self.fields:
            raise _Wrong(f"the field {self.path}{name} is missing")
        return self.fields[name]

    def _wrong(self, name: str, value: object, wanted: str, given: str | None = None) -> _Wrong:
        return _Wrong(f"the field {self.path}{name} takes {wanted}, not {given or _kind(value)}")


def _kind(value: object) -> str:
    names: dict[type[object], str] = {type(None): "null", bool: "a boolean", str: "a text", list: "a list", dict: "an object"}
    return names.get(type(value), f"the number {value}")


def _customer(line: _Line) -> Customer:
    return Customer(line.text("id"), line.text("name"), line.text("email"), line.place)


def _product(line: _Line) -> Product:
    return Product(line.text("id"), line.text("name"), line.text("category"), line.whole("price_cents"), line.place)


def _order(line: _Line, customers: Mapping[str, Customer], products: Mapping[str, Product]) -> Order:
    customer = line.text("customer_id")
    if customer not in customers:
        raise _Wrong(f'the customer "{customer}" is not among the customers that could be read')
    lines = tuple(_order_line(one, products) for one in line.objects("lines"))
    shipped = line.fields.get("shipped_at")
    if shipped is not None and not isinstance(shipped, str):
        raise _Wrong(f"the field shipped_at takes a time or null, not {_kind(shipped)}")
    order = Order(line.text("id"), customer, lines, shipped is not None, line.place)
    given = line.whole("total_cents", order.total_minor)
    if given != order.total_minor:
        raise _Wrong(f"total_cents is {given}, its lines add up to {order.total_minor}")
    return order


def _order_line(line: _Line, products: Mapping[str, Product]) -> OrderLine:
    product = line.text("product_id")
    if product not in products:
        raise _Wrong(f'the product "{product}" of {line.path.rstrip(".")} is not among the products that could be read')
    return OrderLine(product, line.whole("quantity"), line.whole("unit_price_cents"), line.percent("discount_percent", 0))
