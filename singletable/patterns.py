"""Access patterns: declared beside the entities, called with values, handed to a store. Here what they share, and those that read.

Calling a pattern sends nothing. `find_user(id="7")` is a value: a store executes it, plans it, or makes a cursor for it.
"""

import sys
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, Generic, ParamSpec, TypeVar

from singletable.entity import Entity
from singletable.errors import InvalidArguments, PatternError
from singletable.resolve import Access, Want
from singletable.values import value

E = TypeVar("E")
V = TypeVar("V")
P = ParamSpec("P")

MOST_ITEMS = 1000
"""Of one page. A Query answers with at most 1 MB, so that a larger page is several requests anyway."""


@value
class Between(Generic[V]):
    """From low to high, both included. Default: no bound on that side."""

    low: V | None = None
    high: V | None = None


@value
class Origin:
    """Where and how a pattern was declared. Without a name of its own it is called like the variable that holds it."""

    module: str
    name: str | None = None
    doc: str | None = None
    rate_per_second: float | None = None

    def name_of(self, pattern: object) -> str:
        if self.name:
            return self.name
        variables = vars(sys.modules[self.module])
        return next((name for name, value in variables.items() if value is pattern), "unnamed")


@value
class Pattern(ABC):
    """What every pattern has: a name, the first line of its documentation, its entities, the calls per second that are expected."""

    origin: Origin

    @property
    def name(self) -> str:
        return self.origin.name_of(self)

    @property
    def doc(self) -> str:
        return next(iter((self.origin.doc or "").strip().splitlines()), "").strip()

    @property
    def rate_per_second(self) -> float | None:
        return self.origin.rate_per_second

    @property
    @abstractmethod
    def entities(self) -> tuple[Entity[Any], ...]:
        """Each once, in the order of the pattern."""

    def bind(self, names: Sequence[str], args: Sequence[object], kwargs: Mapping[str, object]) -> dict[str, object]:
        """The arguments of a call, in the order of the names. Raises InvalidArguments."""
        values = {**dict(zip(names, args)), **kwargs}
        if len(args) + len(kwargs) != len(names) or values.keys() != set(names):
            surplus = [f"argument {number}" for number in range(len(names) + 1, len(args) + 1)]
            given = ", ".join((*names[: len(args)], *surplus, *kwargs))
            raise InvalidArguments(f"{self.name} takes {', '.join(names) or 'nothing'}; given: {given or 'nothing'}")
        return {name: values[name] for name in names}

    def __repr__(self) -> str:
        return f"<{type(self).__name__.lower()} {self.name}>"


@value
class OfOne(Pattern, Generic[E]):
    """A pattern over one entity."""

    entity: Entity[E]

    @property
    def entities(self) -> tuple[Entity[Any], ...]:
        return (self.entity,)


@value
class Read(OfOne[E]):
    """parameters: what it is called with, in this order."""

    parameters: tuple[str, ...]
    want: Want
    access: Access


@value
class One(Read[E], Generic[P, E]):
    """At most one item."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> "BoundOne[E]":
        return BoundOne(self, self.bind(self.parameters, args, kwargs))


@value
class Many(Read[E], Generic[P, E]):
    """A page of items. page: how many, when the caller does not say."""

    page: int = 25

    def __post_init__(self) -> None:
        if not 1 <= self.page <= MOST_ITEMS:
            raise PatternError(f"{self.want.of(self.entity)}, page={self.page}: a page has 1 to {MOST_ITEMS:,} items")

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> "BoundMany[E]":
        return BoundMany(self, self.bind(self.parameters, args, kwargs))


@value
class BoundOne(Generic[E]):
    pattern: One[..., E]
    values: Mapping[str, object]

    def __repr__(self) -> str:
        return shown(self.pattern, (), self.values)


@value
class BoundMany(Generic[E]):
    pattern: Many[..., E]
    values: Mapping[str, object]

    def __repr__(self) -> str:
        return shown(self.pattern, (), self.values)


def shown(pattern: Pattern, items: Sequence[object], values: Mapping[str, object]) -> str:
    """A call as it would be written. Secrets do not show themselves."""
    return f"{pattern.name}({', '.join((*map(repr, items), *(f'{name}={value!r}' for name, value in values.items())))})"
