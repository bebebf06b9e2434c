"""What the components refuse, said of the argument as the program spells it: with its path, in the words of every language."""

import re
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from types import ModuleType
from typing import Any, cast

from components.errors import ComponentError, part_of
from components.functions.function import CHILDREN as FUNCTION_CHILDREN
from components.plugin import shapes
from components.plugin.shapes import billing, handlers, indexes, monitoring, origins, table
from components.watching.monitoring_plan import CHILDREN as MONITORING_CHILDREN
from monitoring import MonitoringError
from singletable.errors import SingleTableError
from singletable.plain import InvalidDefinition

FIRST_WORDS = 5
"""A message names its argument at its beginning."""
HIDDEN = ("code", "definition", "environment", "handlers", "secrets", "transform")
"""Of these a refusal is not said: they say other things, or the engine, which prints the value at the path, would print a secret."""
PHRASES: Mapping[str, str] = {
    "use Billing.on_demand() or Billing.provisioned(...)": "use the mode on-demand or provisioned",
    "use Capacity.autoscaled, or Capacity.fixed with one number": "give a targetPercent, or equal bounds",
    "use Capacity.autoscaled for writes, or Billing.on_demand()": "give write a maximum above its minimum, or use the mode on-demand",
    "use Capacity.autoscaled": "give a maximum above the minimum",
    "use Encryption.customer_key(arn)": "give kmsKeyArn with customer-key, or neither",
    "Projection.include(...) for some attributes, Projection.all() or .keys_only() for the others": "INCLUDE for some attributes, ALL or "
    "KEYS_ONLY for the others",
    "Projection.all()": "ALL",
    "Replicas.eventual": "EVENTUAL",
    "Replicas.strong": "STRONG",
    "Replica(region, key_arn)": "kmsKeyArn of the replica",
    "use a GlobalIndex": "use globalIndexes",
    "Start.latest()": "the start LATEST",
    "Start.trim_horizon()": "TRIM_HORIZON",
    "make it aware, for example datetime.now(timezone.utc)": "end it in Z, or in an offset such as +02:00",
    "give source=Source.kinesis(...)": "give kinesisArn",
    "say with recursion=... what ends it": "say in recursion what ends it",
    "csv=Csv() instead": "csv instead",
    "give leading_keys=True, attributes=True, both": "give leadingKeys, attributes, both",
    "give notify='composites' too": "give notify: composites too",
    "leave attributes=True out of its limits, or put what is not the table's into a managed policy, with "
    "aws.iam.RolePolicyAttachment(role=function.nodes['role'].name)": "leave attributes out of its limits, or give it fewer permissions",
    "give Logs.json(level='INFO')": "give the level INFO",
    "then with scaled=True of Replicas, or use Billing.on_demand()": "then with scaled, or use the mode on-demand",
}
"""What a remedy is called in Python, and in every language."""

_NOTHING: Mapping[str, Any] = {}
_SNAKE = re.compile(r"\b[a-z]+(?:_[a-z]+)+\b")
_WORD = re.compile(r"\b[a-z]+(?:_[a-z]+)*\b")


class Refused(Exception):
    """path: of the argument, as the program spells it; "" where there is none. reason: with its code."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(reason)
        self.path, self.reason = path, reason


@contextmanager
def refusing(path: str, given: Mapping[str, Any] | None = None) -> Generator[None]:
    """What is refused, said of `path`, or of the argument in it that the message names. given: the arguments at the path. Raises Refused."""
    try:
        yield
    except InvalidDefinition as error:
        raise Refused(f"{path}.{error.path}" if error.path else path, f"{error.code}: {error}") from error
    except (ComponentError, SingleTableError, MonitoringError) as error:
        inner = named_in(message_of(error), given or {})
        raise Refused(".".join(each for each in (path, inner) if each), f"{error.code}: {in_every_language(message_of(error))}") from error


@contextmanager
def refusing_whole(arguments: Mapping[str, Any]) -> Generator[None]:
    """What a component refuses of all that it was given. arguments: as they arrived. Raises Refused."""
    try:
        yield
    except (ComponentError, SingleTableError, MonitoringError) as error:
        part = part_of(error)
        path = part if part in ("", "table", "monitoring") else f"handlers.{part}"
        inner = named_in(message_of(error), at(arguments, path))
        # Without a path of its own a refusal is not said of the whole part: the engine would print the part, and secrets in it.
        about = f"{path}: " if path and not inner else ""
        full = ".".join(each for each in (path, inner) if each) if inner else ""
        raise Refused(full, f"{error.code}: {about}{in_every_language(message_of(error))}") from error


def message_of(error: ComponentError | SingleTableError | MonitoringError) -> str:
    """Without its code."""
    return error.message if isinstance(error, MonitoringError) else str(error)


def at(arguments: Mapping[str, Any], path: str) -> Mapping[str, Any]:
    """What was given there: nothing, where that is no object."""
    found: Mapping[str, Any] = arguments
    for name in filter(None, path.split(".")):
        inner: object = found.get(name)
        found = cast("Mapping[str, Any]", inner) if isinstance(inner, Mapping) else _NOTHING
    return found


def named_in(message: str, given: Mapping[str, Any]) -> str:
    """The path of the argument that a message names first, "" where it names none of those that were given."""
    for word in _WORD.findall(message)[:FIRST_WORDS]:
        if path := _found(word, given):
            return path
    return ""


def _found(word: str, given: Mapping[str, Any]) -> str:
    for name, value in given.items():
        if name in HIDDEN:
            continue
        spelt = camel(name) if name in NAMES else name
        if name == word:
            return spelt
        inner = _found(word, cast("Mapping[str, Any]", value)) if isinstance(value, Mapping) else ""
        if inner:
            return f"{spelt}.{inner}"
    return ""


def in_every_language(message: str) -> str:
    """A message of the Python components, for a reader of another language."""
    for python, said in PHRASES.items():
        message = message.replace(python, said)
    return _SNAKE.sub(lambda found: camel(found[0]) if found[0] in NAMES else found[0], message)


def camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def _names(*modules: ModuleType) -> frozenset[str]:
    """Of every property that two words are."""
    types = [each for module in modules for each in vars(module).values() if isinstance(each, type)]
    return frozenset(name for each in types for name in getattr(each, "__annotations__", {}) if "_" in name)


NAMES = _names(shapes, billing, handlers, indexes, monitoring, origins, table) | {
    each for each in (*FUNCTION_CHILDREN, *MONITORING_CHILDREN) if "_" in each
}
"""What messages may name: arguments, and resources that can be transformed."""
