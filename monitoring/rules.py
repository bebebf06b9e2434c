"""Rules of composite alarms. Source: CloudWatch API reference, PutCompositeAlarm; for AT_LEAST, user guide, "Composite alarms"."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from monitoring.errors import MonitoringError

_TOKEN: Final = re.compile(
    r"\s*(?:AT_LEAST\s*\(\s*(?P<least>\d+)(?P<percent>%)?\s*,\s*(?P<negated>NOT\s+)?(?P<counted>ALARM|OK|INSUFFICIENT_DATA)\s*,"
    r"\s*\((?P<listed>(?:\"[^\"]*\"|[^()\"])*)\)\s*\)"
    r"|(?P<state>ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*(?:\"(?P<quoted>[^\"]*)\"|(?P<plain>[^)\"]*?))\s*\)|(?P<word>AND|OR|NOT|TRUE|FALSE)\b|(?P<sign>[()]))",
    re.IGNORECASE,
)
_LISTED: Final = re.compile(r"\s*(?:\"(?P<quoted>[^\"]+)\"|(?P<plain>[^\s,\"][^,\"]*?))\s*(?:,|$)")
_ARN: Final = re.compile(r"arn:[^:]+:cloudwatch:[^:]*:[^:]*:alarm:(.+)")


@dataclass(frozen=True)
class Is:
    """Whether an alarm is in a state."""

    alarm: str
    state: str


@dataclass(frozen=True)
class AtLeast:
    """Whether so many of the alarms are in a state, or are not where it is negated. least: a number, or of 100 where it is a percentage."""

    least: int
    percent: bool
    negated: bool
    state: str
    alarms: tuple[str, ...]


@dataclass(frozen=True)
class Truth:
    value: bool


@dataclass(frozen=True)
class Not:
    of: "Rule"


@dataclass(frozen=True)
class Both:
    left: "Rule"
    right: "Rule"


@dataclass(frozen=True)
class Either:
    left: "Rule"
    right: "Rule"


Rule = Is | AtLeast | Truth | Not | Both | Either


def alarm_name(reference: str) -> str:
    """Of an alarm that is named by its name or its ARN."""
    arn = _ARN.fullmatch(reference)
    return arn[1] if arn else reference


def any_of(names: Iterable[str]) -> str:
    """The rule that holds when any of these alarms is in ALARM."""
    return " OR ".join(f'ALARM("{name}")' for name in names)


def holds(rule: str, states: Mapping[str, str]) -> bool:
    """states: alarm name -> state. Raises MonitoringError "invalid-rule", or "unknown-alarm" for one that is not in `states`."""
    return _holds(parse_rule(rule), states)


def children_of(rule: str) -> tuple[str, ...]:
    """Names of the alarms, each once, in order."""
    return tuple(dict.fromkeys(_names(parse_rule(rule))))


def size_of(rule: str) -> int:
    """Elements: alarms, TRUE, FALSE and parentheses."""
    return sum(_size(token) for token in _tokens(rule))


@lru_cache(maxsize=256)
def parse_rule(rule: str) -> Rule:
    """NOT binds before AND, AND before OR. Raises MonitoringError "invalid-rule"."""
    parser = _Parser(rule)
    tree = parser.either()
    if parser.tokens:
        raise parser.wrong("AND, OR or the end")
    return tree


class _Parser:
    def __init__(self, rule: str) -> None:
        self.rule = rule
        self.tokens = _tokens(rule)

    def wrong(self, wanted: str) -> MonitoringError:
        found = self.tokens[0][0].strip() if self.tokens else "the end"
        return MonitoringError("invalid-rule", f"{wanted} was expected, found {found}, in {self.rule[:200]!r}")

    def word(self) -> str:
        return (self.tokens[0]["word"] or self.tokens[0]["sign"] or "").upper() if self.tokens else ""

    def either(self) -> Rule:
        left = self.both()
        while self.word() == "OR":
            self.tokens.pop(0)
            left = Either(left, self.both())
        return left

    def both(self) -> Rule:
        left = self.single()
        while self.word() == "AND":
            self.tokens.pop(0)
            left = Both(left, self.single())
        return left

    def single(self) -> Rule:
        word = self.word()
        if not self.tokens or word in ("AND", "OR", ")"):
            raise self.wrong("ALARM(), OK(), INSUFFICIENT_DATA(), NOT, TRUE, FALSE or a parenthesis")
        token = self.tokens.pop(0)
        if word == "NOT":
            return Not(self.single())
        if word in ("TRUE", "FALSE"):
            return Truth(word == "TRUE")
        if word == "(":
            inner = self.either()
            if self.word() != ")":
                raise self.wrong("a closing parenthesis")
            self.tokens.pop(0)
            return inner
        return _at_least(token) if token["least"] else _is(token)


def _size(token: re.Match[str]) -> int:
    if token["least"]:
        return len(_at_least(token).alarms)
    return int(bool(token["state"] or token["sign"] or (token["word"] or "").upper() in ("TRUE", "FALSE")))


def _at_least(token: re.Match[str]) -> AtLeast:
    listed = token["listed"]
    names: list[str] = []
    at = 0
    while at < len(listed) and (name := _LISTED.match(listed, at)):
        names.append(alarm_name(name["quoted"] or name["plain"]))
        at = name.end()
    least, most = int(token["least"]), 100 if token["percent"] else len(names)
    if at < len(listed) or not names:
        raise MonitoringError("invalid-rule", f"{token[0].strip()} lists no alarms: write AT_LEAST(2, ALARM, (a, b, c))")
    if not 1 <= least <= most:
        raise MonitoringError("invalid-rule", f"{token[0].strip()} wants {least}{token['percent'] or ''}; 1 to {most} are possible")
    return AtLeast(least, bool(token["percent"]), bool(token["negated"]), token["counted"].upper(), tuple(names))


def _tokens(rule: str) -> list[re.Match[str]]:
    tokens: list[re.Match[str]] = []
    at = 0
    while rule[at:].strip():
        token = _TOKEN.match(rule, at)
        if token is None:
            raise MonitoringError("invalid-rule", f"{rule[at : at + 40]!r} means nothing in a rule")
        tokens.append(token)
        at = token.end()
    return tokens


def _is(token: re.Match[str]) -> Is:
    name = token["quoted"] or token["plain"] or ""
    if not name:
        raise MonitoringError("invalid-rule", f"{token[0].strip()} names no alarm")
    return Is(alarm_name(name), token["state"].upper())


def _names(rule: Rule) -> Iterator[str]:
    match rule:
        case Is(name, _):
            yield name
        case AtLeast():
            yield from rule.alarms
        case Truth(_):
            return
        case Not(of):
            yield from _names(of)
        case Both(left, right) | Either(left, right):
            yield from _names(left)
            yield from _names(right)


def _holds(rule: Rule, states: Mapping[str, str]) -> bool:
    match rule:
        case Is(name, state):
            return _state(name, states) == state
        case AtLeast():
            count = sum((_state(name, states) == rule.state) is not rule.negated for name in rule.alarms)
            return count * 100 >= rule.least * len(rule.alarms) if rule.percent else count >= rule.least
        case Truth(value):
            return value
        case Not(of):
            return not _holds(of, states)
        case Both(left, right):
            return _holds(left, states) and _holds(right, states)
        case Either(left, right):
            return _holds(left, states) or _holds(right, states)


def _state(name: str, states: Mapping[str, str]) -> str:
    if name not in states:
        raise MonitoringError("unknown-alarm", f'no alarm is named "{name}"')
    return states[name]
