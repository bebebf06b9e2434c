"""Metrics Insights: one query over every series that it matches, now and later.

Source: CloudWatch user guide, "Query components and syntax in CloudWatch Metrics Insights". Tags and accounts are not measured here and
are refused.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, NoReturn, cast, get_args

from monitoring.errors import MonitoringError

Function = Literal["AVG", "COUNT", "MAX", "MIN", "SUM"]

FUNCTIONS: Final[tuple[Function, ...]] = get_args(Function)
MOST_SERIES: Final = 500
"""In one answer."""
OTHER: Final = "Other"
"""The value of a label of GROUP BY that a series lacks."""

_START: Final = re.compile(r"\s*SELECT\b", re.IGNORECASE)
_TOKEN: Final = re.compile(
    r"\s*(?:\"(?P<quoted>(?:[^\"\\]|\\.)+)\"|'(?P<value>(?:[^'\\]|\\.)*)'|(?P<number>\d+)(?![\w.])|(?P<word>[A-Za-z_][\w.]*)|(?P<sign>!=|[=(),;]))"
)
_KEYWORDS: Final = ("SELECT", "FROM", "SCHEMA", "WHERE", "AND", "GROUP", "ORDER", "BY", "DESC", "ASC", "LIMIT")


@dataclass(frozen=True)
class Condition:
    """A label, which is the name of a dimension, has a value or has not."""

    label: str
    equal: bool
    value: str


@dataclass(frozen=True)
class Query:
    """labels: exactly the dimensions of every series (SCHEMA); None takes any. groups: labels of GROUP BY; none give one series.

    order: how one number is made of each series to put them in order; None is by the groups' names. limit: Default: 500.
    """

    function: Function
    metric: str
    namespace: str
    labels: frozenset[str] | None = None
    conditions: tuple[Condition, ...] = ()
    groups: tuple[str, ...] = ()
    order: Function | None = None
    descending: bool = False
    limit: int = MOST_SERIES

    def takes(self, namespace: str, metric: str, dimensions: Mapping[str, str]) -> bool:
        """Whether a series is one of its."""
        if (namespace, metric) != (self.namespace, self.metric) or (self.labels is not None and self.labels != frozenset(dimensions)):
            return False
        return all((dimensions.get(each.label) == each.value) is each.equal for each in self.conditions)

    def group_of(self, dimensions: Mapping[str, str]) -> tuple[str, ...]:
        """The values of the group's labels."""
        return tuple(dimensions.get(label, OTHER) for label in self.groups)


def is_query(text: str) -> bool:
    return _START.match(text) is not None


def parse_query(text: str) -> Query:
    """Raises MonitoringError "invalid-formula" and says where."""
    return _Parser(text).query()


def reduced(values: Sequence[float], function: Function) -> float:
    """One number of a series that has points, by which ORDER BY compares."""
    match function:
        case "SUM":
            return sum(values)
        case "AVG":
            return sum(values) / len(values)
        case "COUNT":
            return float(len(values))
        case "MIN":
            return min(values)
        case "MAX":
            return max(values)


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.kind = ""
        self.part = ""
        self.next()

    def fail(self, wanted: str) -> NoReturn:
        found = f'"{self.part}"' if self.kind != "end" else "the end"
        raise MonitoringError("invalid-formula", f"{self.text!r}: {wanted} was expected before character {self.at + 1}, found {found}")

    def next(self) -> str:
        """Moves on and returns what was passed."""
        passed = self.part
        rest = self.text[self.at :].strip()
        if rest in ("", ";"):
            self.at, self.kind, self.part = len(self.text), "end", ""
            return passed
        match = _TOKEN.match(self.text, self.at)
        if match is None:
            raise MonitoringError("invalid-formula", f'{self.text!r}: "{rest[0]}" means nothing in a query')
        self.at, self.kind = match.end(), match.lastgroup or ""
        self.part = re.sub(r"\\(.)", r"\1", match[self.kind]) if self.kind in ("quoted", "value") else match[self.kind]
        return passed

    def is_keyword(self, word: str) -> bool:
        return self.kind == "word" and self.part.upper() == word

    def skip(self, *words: str) -> bool:
        """Passes an optional clause's first words."""
        if not self.is_keyword(words[0]):
            return False
        for word in words:
            if not self.is_keyword(word):
                self.fail(word)
            self.next()
        return True

    def take(self, sign: str) -> None:
        if not self.is_sign(sign):
            self.fail(f'"{sign}"')
        self.next()

    def is_sign(self, *signs: str) -> bool:
        return self.kind == "sign" and self.part in signs

    def name(self, what: str) -> str:
        """A metric, namespace or label; in double quotes where it is no word."""
        if self.kind not in ("word", "quoted") or (self.kind == "word" and self.part.upper() in _KEYWORDS):
            self.fail(f"{what}, in double quotes unless it is letters, digits and _,")
        if self.kind == "word" and "." in self.part:
            self.fail(f"{what} that is measured: tags and accounts are not,")
        return self.next()

    def function(self) -> Function:
        if self.kind != "word" or self.part.upper() not in FUNCTIONS:
            self.fail(" or ".join(FUNCTIONS))
        return cast("Function", self.next().upper())

    def query(self) -> Query:
        if not self.skip("SELECT"):
            self.fail("SELECT")
        function = self.function()
        self.take("(")
        metric = self.name("a metric")
        self.take(")")
        if not self.skip("FROM"):
            self.fail("FROM")
        namespace, labels = self.source()
        conditions = self.conditions()
        groups = self.names() if self.skip("GROUP", "BY") else ()
        order, descending = self.order()
        limit = self.limit()
        if self.kind != "end":
            self.fail("WHERE, GROUP BY, ORDER BY, LIMIT, in this order, or the end")
        return Query(function, metric, namespace, labels, conditions, groups, order, descending, limit)

    def source(self) -> tuple[str, frozenset[str] | None]:
        if not self.skip("SCHEMA"):
            return self.name("a namespace"), None
        self.take("(")
        namespace, *labels = self.names()
        self.take(")")
        return namespace, frozenset(labels)

    def names(self) -> tuple[str, ...]:
        found = [self.name("a name")]
        while self.is_sign(","):
            self.next()
            found.append(self.name("a name"))
        return tuple(found)

    def conditions(self) -> tuple[Condition, ...]:
        if not self.skip("WHERE"):
            return ()
        found = [self.condition()]
        while self.skip("AND"):
            found.append(self.condition())
        return tuple(found)

    def condition(self) -> Condition:
        label = self.name("a label")
        if not self.is_sign("=", "!="):
            self.fail('"=" or "!="')
        equal = self.next() == "="
        if self.kind != "value":
            self.fail("a value in single quotes")
        return Condition(label, equal, self.next())

    def order(self) -> tuple[Function | None, bool]:
        if not self.skip("ORDER", "BY"):
            return None, False
        function = self.function()
        self.take("(")
        self.take(")")
        descending = self.skip("DESC")
        if not descending:
            self.skip("ASC")
        return function, descending

    def limit(self) -> int:
        if not self.skip("LIMIT"):
            return MOST_SERIES
        if self.kind != "number" or not 1 <= int(self.part) <= MOST_SERIES:
            self.fail(f"a number from 1 to {MOST_SERIES}")
        return int(self.next())
