"""Plain arguments as the values that the Python components take: the same checks, the same errors, with the path in the other language."""

import re
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, cast

import pulumi

from components.access import Access
from components.billing import Billing, Encryption
from components.errors import ComponentError, InvalidArgument
from components.handlers import Handler
from components.insights import Insights
from components.plugin import shapes
from components.settings import billing_from
from monitoring import MonitoringError, Options
from monitoring.account_alarms import AccountOptions
from singletable.definition import PatternDefinition, TableDefinition
from singletable.errors import SingleTableError
from singletable.plain import InvalidDefinition

Transforms = Mapping[str, Mapping[str, Any]]
"""By resource, arguments of the provider's resource, spelt as every language spells them: camelCase."""

TABLE_AS_THEY_ARE = ("recovery_days", "disposable", "replaceable")
HANDLER_AS_THEY_ARE = ("description", "memory_mb", "timeout_seconds", "log_retention_days", "runtime")

_CAPITAL = re.compile(r"(?<=[a-z0-9])([A-Z])")
_SNAKE = re.compile(r"\b[a-z]+(?:_[a-z]+)+\b")
NAMES = frozenset({*TABLE_AS_THEY_ARE, *HANDLER_AS_THEY_ARE, "kms_key_arn", "table_class", "concurrency_quota", "runbook_url"})
"""Arguments that messages may name."""


class Refused(Exception):
    """path: of the argument, as the program spells it. reason: with its code."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(reason)
        self.path, self.reason = path, reason


@contextmanager
def refusing(path: str, part: Callable[[], str] = str) -> Generator[None]:
    """What the components refuse, said of `path`. part: which part it is about, where no path says it. Raises Refused."""
    try:
        yield
    except InvalidDefinition as error:
        raise Refused(f"{path}.{error.path}" if error.path else path, f"{error.code}: {error}") from error
    except (ComponentError, SingleTableError, MonitoringError) as error:
        about = f"{part()}: " if part() else ""
        raise Refused(path, f"{error.code}: {about}{camel_names(str(error))}") from error


def definition(given: Mapping[str, Any]) -> TableDefinition:
    with refusing("definition"):
        return TableDefinition.from_dict(given)


def table(given: shapes.TableOptions, transform: Transforms) -> dict[str, Any]:
    """Arguments of SingleTable beside the declaration."""
    arguments = _taken(given, TABLE_AS_THEY_ARE)
    with refusing("table.billing"):
        if "billing" in given:
            arguments["billing"] = _billing(given["billing"])
    with refusing("table.encryption"):
        arguments["encryption"] = _encryption(given)
    if "insights" in given:
        arguments["insights"] = Insights(given["insights"].value)
    if "table_class" in given:
        arguments["table_class"] = given["table_class"].value
    return {**arguments, "transform": transforms(transform)}


def _billing(given: shapes.Billing) -> Billing:
    plain = {_camel(name): value for name, value in given.items()}
    try:
        return billing_from({**plain, "mode": given["mode"].value})
    except ValueError as error:
        raise InvalidArgument(f"the billing is not possible: {error}") from None


def _encryption(given: shapes.TableOptions) -> Encryption:
    key = given.get("kms_key_arn")
    default = shapes.EncryptionKind.AWS_OWNED if key is None else shapes.EncryptionKind.CUSTOMER_KEY
    return Encryption(given.get("encryption", default).value, key)


def handler(label: str, given: shapes.Handler, declared: TableDefinition) -> Handler:
    path = f"handlers.{label}"
    environment = {**given.get("environment", {})}
    environment |= {name: pulumi.Output.secret(value) for name, value in given.get("secrets", {}).items()}
    stream = given.get("stream")
    with refusing(f"{path}.permissions"):
        plain = cast("Sequence[shapes.Permission]", given.get("permissions", ()))
        permissions = [Access(each["sid"], list(each["actions"]), list(each["resources"])) for each in plain]
    with refusing(f"{path}.patterns"):
        patterns = _patterns(given["patterns"], declared) if "patterns" in given else None
    return Handler(
        given["handler"],
        patterns=patterns,
        stream=None if stream is None else {"version": 1, "filters": stream.get("filters", []), "view_type": declared.stream_view_type},
        url=given["url"].value if "url" in given else None,
        # The provider takes an output of an archive, too.
        code=cast("pulumi.Archive", given["code"]),
        environment=environment or None,
        access=permissions,
    )


def handler_options(given: shapes.Handler, transform: Transforms) -> dict[str, Any]:
    """Arguments of PythonFunction or StreamConsumer beside those of a Handler."""
    arguments = _taken(given, HANDLER_AS_THEY_ARE)
    if "architecture" in given:
        arguments["architecture"] = given["architecture"].value
    return {**arguments, "transform": transforms(transform)}


def _patterns(names: Sequence[str], declared: TableDefinition) -> list[PatternDefinition]:
    known = {pattern.name: pattern for pattern in declared.patterns}
    for name in names:
        if name not in known:
            raise InvalidArgument(f"the access pattern {name!r} is not declared: declared are {', '.join(known) or 'none'}")
    return [known[name] for name in names]


def monitoring(given: shapes.MonitoringOptions, transform: Transforms) -> dict[str, Any]:
    """Arguments of Monitoring beside what it watches."""
    arguments: dict[str, Any] = {"emails": emails(given.get("emails")), "owner": given.get("owner")}
    if "notify" in given:
        arguments["notify"] = given["notify"].value
    with refusing("monitoring"):
        disabled = frozenset(given.get("disabled", ()))
        arguments["options"] = Options(thresholds=given.get("thresholds", {}), disabled=disabled, runbook_url=given.get("runbook_url"))
    return {**arguments, "transform": transforms(transform)}


def emails(given: shapes.Emails | None) -> Mapping[str, Sequence[str]]:
    """By severity."""
    return cast("Mapping[str, Sequence[str]]", given or {})


def account_options(quota: int | None, runbook_url: str | None) -> AccountOptions:
    with refusing(""):
        return (
            AccountOptions(runbook_url=runbook_url) if quota is None else AccountOptions(concurrency_quota=quota, runbook_url=runbook_url)
        )


def _taken(given: Mapping[str, object], names: Sequence[str]) -> dict[str, Any]:
    return {name: given[name] for name in names if name in given}


def transforms(given: Transforms) -> dict[str, dict[str, Any]]:
    """As Python's provider spells arguments. What is inside of one it takes as it is."""
    return {resource: {_snake(name): value for name, value in change.items()} for resource, change in given.items()}


def camel_names(message: str) -> str:
    """A message of the Python components, for a reader who wrote camelCase."""
    return _SNAKE.sub(lambda found: _camel(found[0]) if found[0] in NAMES else found[0], message)


def _snake(name: str) -> str:
    return _CAPITAL.sub(r"_\1", name).lower()


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
