"""What the demo's day is made of: customers, products and orders, each with the place it came from."""

from __future__ import annotations

from dataclasses import dataclass

CURRENCY = "USD"


@dataclass(frozen=True, slots=True)
class Place:
    """A line of an input file, or the number of a generated one. Shown as `orders.jsonl:12`."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a line was left out."""

    place: Place
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


@dataclass(frozen=True, slots=True)
class Customer:
    reference: str
    name: str
    email: str
    place: Place


@dataclass(frozen=True, slots=True)
class Product:
    reference: str
    name: str
    category: str
    price_minor: int
    place: Place


@dataclass(frozen=True, slots=True)
class OrderLine:
    product: str
    quantity: int
    unit_price_minor: int
    discount_percent: int

    @property
    def total_minor(self) -> int:
        """Rounded half up, worked out here a second time: what the shop says is checked against it."""
        return (self.unit_price_minor * self.quantity * (100 - self.discount_percent) + 50) // 100


@dataclass(frozen=True, slots=True)
class Order:
    """`shipped`: whether it leaves the house in the course of the demo. References are those of the source."""

    reference: str
    customer: str
    lines: tuple[OrderLine, ...]
    shipped: bool
    place: Place

    @property
    def total_minor(self) -> int:
        return sum(line.total_minor for line in self.lines)


@dataclass(frozen=True, slots=True)
class Shop:
    """In the order of the source. Every order's customer and products are among the others."""

    customers: tuple[Customer, ...]
    products: tuple[Product, ...]
    orders: tuple[Order, ...]
