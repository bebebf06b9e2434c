"""Metric math, read into a tree. Source: CloudWatch user guide, "Metric math syntax and functions"."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NoReturn

from monitoring.errors import MonitoringError
from monitoring.functions import CALENDAR, LISTS, MAPPERS, REDUCERS, SORTED_BY, WALKERS
from monitoring.query import Query, is_query, parse_query
from monitoring.search import Search

LONGEST: Final = 2048
"""Characters. Source: botocore, MetricExpression."""

ID: Final = re.compile(r"[a-z][A-Za-z0-9_]*")

FUNCTIONS: Final = {
    **dict.fromkeys((*REDUCERS, *MAPPERS, *WALKERS, *CALENDAR, *LISTS, "PERIOD", "TIME_SERIES"), (1, 1)),
    "FILL": (2, 2),
    "IF": (2, 3),
    "METRICS": (0, 1),
    "SEARCH": (2, 3),
    "SLICE": (2, 3),
    "SORT": (3, 4),
}
"""Name -> fewest and most arguments."""

FILLERS: Final = ("REPEAT", "LINEAR")
WORDS: Final = (*FILLERS, *SORTED_BY, "ASC", "DESC")
"""What stands in FILL() and SORT() without quotes."""

_LEVELS: Final = (("||", "OR"), ("&&", "AND"), ("==", "!=", "<=", ">=", "<", ">"), ("+", "-"), ("*", "/"), ("^",))
"""Operators, those that bind least first."""

_SAME: Final = {"OR": "||", "AND": "&&"}

_TOKEN: Final = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+)|(?P<word>[A-Za-z][A-Za-z0-9_]*)|(?P<text>\"[^\"]*\"|'[^']*')"
    r"|(?P<sign>\|\||&&|==|!=|<=|>=|[-+*/^<>()\[\],]))"
)


@dataclass(frozen=True)
class Number:
    value: float


@dataclass(frozen=True)
class Text:
    value: str


@dataclass(frozen=True)
class Word:
    """One of WORDS."""

    value: str


@dataclass(frozen=True)
class Id:
    name: str


@dataclass(frozen=True)
class Array:
    items: tuple["Node", ...]


@dataclass(frozen=True)
class Negative:
    of: "Node"


@dataclass(frozen=True)
class Operation:
    sign: str
    left: "Node"
    right: "Node"


@dataclass(frozen=True)
class Call:
    function: str
    arguments: tuple["Node", ...]


Node = Number | Text | Word | Id | Array | Negative | Operation | Call | Query | Search
"""A query is never a part of another node: a formula is metric math or a query as a whole."""


@lru_cache(maxsize=1024)
def parse(text: str) -> Node:
    """Raises MonitoringError "invalid-formula" and says where."""
    if len(text) > LONGEST:
        raise MonitoringError("invalid-formula", f"{len(text)} characters; at most {LONGEST} are allowed: split it into two expressions")
    if is_query(text):
        return parse_query(text)
    parser = _Parser(text)
    node = parser.level(0)
    if parser.token[1]:
        parser.fail("an operator or the end")
    return node


@dataclass(frozen=True)
class Uses:
    """What a formula reads. ids: that stand in it. every: METRICS() is in it, so that it reads every metric beside it."""

    ids: frozenset[str]
    every: bool


@lru_cache(maxsize=1024)
def uses(text: str) -> Uses:
    """As parse."""
    tree = parse(text)
    return Uses(ids_in(tree), takes_all(tree))


def ids_in(node: Node) -> frozenset[str]:
    return frozenset(part.name for part in _parts(node) if isinstance(part, Id))


def searches(node: Node) -> bool:
    """Whether SEARCH() is in it, which an alarm cannot use."""
    return any(isinstance(part, Search) for part in _parts(node))


def takes_all(node: Node) -> bool:
    """Whether METRICS() is in it, so that it reads every metric beside it."""
    return any(isinstance(part, Call) and part.function == "METRICS" for part in _parts(node))


def _parts(node: Node) -> Iterator[Node]:
    yield node
    inner: tuple[Node, ...] = ()
    if isinstance(node, Call):
        inner = node.arguments
    elif isinstance(node, Array):
        inner = node.items
    elif isinstance(node, Negative):
        inner = (node.of,)
    elif isinstance(node, Operation):
        inner = (node.left, node.right)
    for part in inner:
        yield from _parts(part)


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.token: tuple[str, str] = ("", "")
        self.next()

    def fail(self, wanted: str) -> NoReturn:
        found = f'"{self.token[1]}"' if self.token[1] else "the end"
        raise MonitoringError("invalid-formula", f"{self.text!r}: {wanted} was expected before character {self.at + 1}, found {found}")

    def next(self) -> tuple[str, str]:
        """Moves on and returns what was passed. The end is an empty token."""
        passed = self.token
        if not self.text[self.at :].strip():
            self.at = len(self.text)
            self.token = ("end", "")
            return passed
        match = _TOKEN.match(self.text, self.at)
        if match is None:
            wrong = self.text[self.at :].strip()[0]
            raise MonitoringError("invalid-formula", f'{self.text!r}: "{wrong}" means nothing in metric math')
        self.at = match.end()
        self.token = (match.lastgroup or "", match[match.lastgroup or 0])
        return passed

    def take(self, sign: str) -> None:
        if self.token[1] != sign:
            self.fail(f'"{sign}"')
        self.next()

    def level(self, depth: int) -> Node:
        """One level of operators, from left to right; a power binds to the right."""
        if depth == len(_LEVELS):
            return self.unary()
        node = self.level(depth + 1)
        while self.token[0] in ("sign", "word") and self.token[1] in _LEVELS[depth]:
            sign = self.next()[1]
            right = self.level(depth if sign == "^" else depth + 1)
            node = Operation(_SAME.get(sign, sign), node, right)
        return node

    def unary(self) -> Node:
        if self.token == ("sign", "-"):
            self.next()
            return Negative(self.unary())
        return self.primary()

    def primary(self) -> Node:
        kind, text = self.next() if self.token[0] != "end" else self.fail("a value")
        if kind == "number":
            return Number(float(text))
        if kind == "text":
            return Text(text[1:-1])
        if kind == "word":
            return self.word(text)
        if text == "(":
            node = self.level(0)
            self.take(")")
            return node
        if text == "[":
            return Array(self.listed("]"))
        self.token = (kind, text)
        return self.fail("a value")

    def word(self, name: str) -> Node:
        if self.token == ("sign", "("):
            if name not in FUNCTIONS:
                raise MonitoringError("invalid-formula", f"{self.text!r}: no function {name}; there are {', '.join(FUNCTIONS)}")
            self.next()
            return self.call(name, self.listed(")"))
        if name in WORDS:
            return Word(name)
        if not ID.fullmatch(name):
            raise MonitoringError("invalid-formula", f'{self.text!r}: "{name}" is no id: an id starts with a small letter')
        return Id(name)

    def call(self, name: str, arguments: tuple[Node, ...]) -> Node:
        fewest, most = FUNCTIONS[name]
        if not fewest <= len(arguments) <= most:
            allowed = str(fewest) if fewest == most else f"{fewest} to {most}"
            raise MonitoringError("invalid-formula", f"{self.text!r}: {name} takes {allowed} arguments, given {len(arguments)}")
        return self.search(arguments) if name == "SEARCH" else Call(name, arguments)

    def search(self, arguments: tuple[Node, ...]) -> Search:
        match arguments:
            case (Text(term), Text(statistic)):
                return Search(term, statistic)
            case (Text(term), Text(statistic), Number(period)):
                return Search(term, statistic, int(period))
            case _:
                raise MonitoringError("invalid-formula", f"{self.text!r}: SEARCH('terms', 'Statistic') takes texts in quotes")

    def listed(self, end: str) -> tuple[Node, ...]:
        items: list[Node] = []
        while self.token[1] != end:
            if items:
                self.take(",")
            items.append(self.level(0))
        self.next()
        return tuple(items)
