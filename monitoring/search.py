"""SEARCH: every series whose names match. For graphs; an alarm cannot use it.

Source: CloudWatch user guide, "CloudWatch search expression syntax". A schema with dimensions takes series with exactly these, one without
any takes all of its namespace: the guide does not say it plainly. Accounts are not measured here, so ":aws.AccountId" is refused.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NoReturn

from monitoring.errors import MonitoringError

LONGEST: Final = 1024
"""Characters of what is searched for."""
MOST_SERIES: Final = 500
"""In one answer."""

_SCHEMA: Final = re.compile(r"\s*\{([^{}]*)\}\s*,?")
_NAME: Final = re.compile(r"\s*(?:\"([^\"]+)\"|([^\s\",]+))\s*(?:,|$)")
_TOKEN: Final = re.compile(
    r"\s*(?:(?P<sign>[()])|(?P<word>AND|OR|NOT)(?![\w/.-])"
    r"|(?:(?P<scope>:?[A-Za-z_][\w.-]*)\s*=\s*)?(?:\"(?P<exact>(?:[^\"\\]|\\.)+)\"|(?P<part>[^\s()=\"]+)))"
)
_PIECE: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")

Series = tuple[str, str, Mapping[str, str]]
"""Namespace, metric and dimensions."""
Test = Callable[[Series], bool]


def tokens_of(text: str) -> tuple[str, ...]:
    """The words that a text is cut into, by capitals, digits and what is neither letter nor digit: "Demo4Shop-time" into Demo, 4, Shop, time."""
    return tuple(_PIECE.findall(text))


def is_part(term: str, text: str) -> bool:
    """Whether a term matches a part of a text, or all of it: words that follow each other there.

    A word alone matches in any case; several that are written as one ("CustomCount") only in the same.
    """
    if _joined(term) == _joined(text):
        return True
    wanted = [(word, len(words) > 1) for words in map(tokens_of, re.split(r"[^A-Za-z0-9]+", term)) for word in words]
    given = tokens_of(text)
    return bool(wanted) and any(
        all(_is_word(word, found, strict=strict) for (word, strict), found in zip(wanted, given[start:], strict=False))
        for start in range(len(given) - len(wanted) + 1)
    )


def _joined(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


def _is_word(wanted: str, found: str, *, strict: bool) -> bool:
    return wanted == found if strict else wanted.lower() == found.lower()


@dataclass(frozen=True)
class Search:
    """text: schema in braces, terms, or both. statistic, period_seconds: how each series is read. Default period: that of the chart.

    Raises MonitoringError "invalid-formula".
    """

    text: str
    statistic: str
    period_seconds: int | None = None

    def __post_init__(self) -> None:
        _ = self._test

    def takes(self, namespace: str, metric: str, dimensions: Mapping[str, str]) -> bool:
        """Whether a series is found."""
        return self._test((namespace, metric, dimensions))

    @cached_property
    def _test(self) -> Test:
        if len(self.text) > LONGEST:
            raise MonitoringError("invalid-formula", f"a search of {len(self.text)} characters; at most {LONGEST}")
        return _Parser(self.text).search()


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        schema = _SCHEMA.match(text)
        self.schema = _names(text, schema[1]) if schema else None
        self.tokens = _terms(text, schema.end() if schema else 0)

    def fail(self, wanted: str) -> NoReturn:
        found = f'"{self.tokens[0][0].strip()}"' if self.tokens else "the end"
        raise MonitoringError("invalid-formula", f"SEARCH({self.text!r}): {wanted} was expected, found {found}")

    def search(self) -> Test:
        if self.schema is None:
            if not self.tokens:
                self.fail("a schema in braces or a word to search for")
            return self.all_terms()
        namespace, *labels = self.schema
        wanted = frozenset(labels)
        terms = self.all_terms() if self.tokens else None

        def test(series: Series) -> bool:
            fits = series[0] == namespace and (not wanted or wanted == frozenset(series[2]))
            return fits and (terms is None or terms(series))

        return test

    def all_terms(self) -> Test:
        test = self.either()
        if self.tokens:
            self.fail("AND, OR, NOT, a term or the end")
        return test

    def word(self) -> str:
        return (self.tokens[0]["word"] or self.tokens[0]["sign"] or "") if self.tokens else ""

    def either(self) -> Test:
        test = self.both()
        while self.word() == "OR":
            self.tokens.pop(0)
            test = _or(test, self.both())
        return test

    def both(self) -> Test:
        """Terms side by side must all fit, as with AND between them."""
        test = self.single()
        while self.tokens and self.word() not in ("OR", ")"):
            if self.word() == "AND":
                self.tokens.pop(0)
            test = _and(test, self.single())
        return test

    def single(self) -> Test:
        if not self.tokens or self.word() in ("AND", "OR", ")"):
            self.fail("a word to search for, NOT or a parenthesis")
        token = self.tokens.pop(0)
        if token["word"]:
            return _not(self.single())
        if not token["sign"]:
            return self.term(token)
        inner = self.either()
        if self.word() != ")":
            self.fail("a closing parenthesis")
        self.tokens.pop(0)
        return inner

    def term(self, token: re.Match[str]) -> Test:
        scope, part = token["scope"], token["part"] or ""
        exact = re.sub(r"\\(.)", r"\1", token["exact"] or "")
        if scope and scope.startswith(":"):
            raise MonitoringError("invalid-formula", f"SEARCH({self.text!r}): {scope} cannot be searched: accounts are not measured here")

        def test(series: Series) -> bool:
            texts = (text for name, text in _texts(series) if scope in (None, name))
            return any(text == exact if exact else is_part(part, text) for text in texts)

        return test


def _texts(series: Series) -> Iterator[tuple[str, str]]:
    """What is searched of a series: the designator of a text, and the text."""
    namespace, metric, dimensions = series
    yield "Namespace", namespace
    yield "MetricName", metric
    for name, value in dimensions.items():
        yield ":dimension", name
        yield name, value


def _names(text: str, inside: str) -> list[str]:
    names: list[str] = []
    at = 0
    while at < len(inside):
        name = _NAME.match(inside, at)
        if name is None:
            raise MonitoringError("invalid-formula", f"SEARCH({text!r}): a schema is {{Namespace, Dimension, ...}}, given {{{inside}}}")
        names.append(name[1] or name[2])
        at = name.end()
    if not names:
        raise MonitoringError("invalid-formula", f"SEARCH({text!r}): a schema has at least a namespace")
    return names


def _terms(text: str, at: int) -> list[re.Match[str]]:
    tokens: list[re.Match[str]] = []
    while text[at:].strip():
        token = _TOKEN.match(text, at)
        if token is None:
            raise MonitoringError("invalid-formula", f"SEARCH({text!r}): {text[at:].strip()[:20]!r} means nothing in a search")
        tokens.append(token)
        at = token.end()
    return tokens


def _or(left: Test, right: Test) -> Test:
    return lambda series: left(series) or right(series)


def _and(left: Test, right: Test) -> Test:
    return lambda series: left(series) and right(series)


def _not(test: Test) -> Test:
    return lambda series: not test(series)
