"""Which stack a command speaks of: from a module that declares a table, or from a definition as JSON. Nothing is deployed or asked for.

The stack is the simplest one around that table: one function "api" behind a URL that uses every pattern, and a consumer for each module of
the package that declares a stream.
"""

import argparse
import json
import pkgutil
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, Final, cast

from monitoring.commands.command import UsageError
from monitoring.names import Ref
from monitoring.subjects import Billing, Ceiling, FunctionSubject, Stack, StreamSubject, TableSubject
from singletable import Pattern, Stream, console
from singletable.console import load_module, the_table_of
from singletable.definition import PatternDefinition, StreamDefinition, TableDefinition, definition_of
from singletable.errors import SingleTableError

MODEL: Final = "app.model"
API_TIMEOUT_SECONDS: Final = 20
CONSUMER_TIMEOUT_SECONDS: Final = 30
"""The defaults of the components."""


def add_subject(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("the stack")
    which = group.add_mutually_exclusive_group()
    which.add_argument("--model", metavar="MODULE", default=MODEL, help=f"the module that declares the table; default: {MODEL}")
    which.add_argument("--definition", metavar="FILE", type=Path, help="a table as JSON, from `python -m singletable definition MODULE`")
    group.add_argument("--table", metavar="NAME", help="the variable that holds the table, where the module has several")
    group.add_argument("--project", metavar="NAME", help="default: the name in Pulumi.yaml, else the package")
    group.add_argument("--stage", metavar="NAME", default="dev", help="default: dev")
    group.add_argument(
        "--max-reads",
        metavar="[INDEX=]UNITS",
        type=_units,
        action="append",
        help="our own ceiling of on-demand reads a second, of the table and its indexes or of one index; may be repeated; default: none",
    )
    group.add_argument("--max-writes", metavar="[INDEX=]UNITS", type=_units, action="append", help="the same of writes; default: none")


def stack_of(options: argparse.Namespace) -> Stack:
    """Raises UsageError "invalid-subject"."""
    try:
        if options.definition:
            definition, consumers, package = definition_in(options.definition), (), options.definition.stem.partition(".")[0]
        else:
            package = options.model.rpartition(".")[0] or options.model
            definition = the_table_of(options.model, options.table).definition()
            consumers = tuple(_consumers(package)) if "." in options.model else ()
    except SingleTableError as error:
        raise _wrong(f"{options.definition or options.model}: {error}") from None
    except console.UsageError as error:
        raise _wrong(str(error)) from None
    billing = _billing(options.max_reads or [], options.max_writes or [], [index.name for index in definition.indexes])
    return Stack(
        project=options.project or _project() or package,
        stage=options.stage,
        region=Ref("region"),
        table=TableSubject(definition, billing=billing),
        functions=(FunctionSubject("api", Ref("function:api"), API_TIMEOUT_SECONDS, definition.patterns, http=True), *consumers),
        streams=tuple(StreamSubject(each.label, Ref(f"mapping:{each.label}"), Ref(f"queue:{each.label}")) for each in consumers),
    )


def streams_of(options: argparse.Namespace) -> dict[str, StreamDefinition]:
    """By the label of the consumer. Empty where the stack is a definition, which has no handlers. Raises UsageError "invalid-subject"."""
    if options.definition or "." not in options.model:
        return {}
    try:
        return {label: stream.definition() for label, (_, stream) in _streams(options.model.rpartition(".")[0]).items()}
    except SingleTableError as error:
        raise _wrong(f"{options.model}: {error}") from None
    except console.UsageError as error:
        raise _wrong(str(error)) from None


@dataclass(frozen=True)
class Units:
    """What is given for a ceiling. index: None is the table."""

    index: str | None
    units: int

    def __str__(self) -> str:
        return f"{self.index}={self.units}" if self.index else str(self.units)


def _units(given: str) -> Units:
    index, _, units = given.rpartition("=")
    if not units.isascii() or not units.isdigit() or not int(units):
        raise argparse.ArgumentTypeError(f"{given!r}: give a number of units a second above 0, or INDEX=UNITS")
    return Units(index or None, int(units))


def _billing(max_reads: Sequence[Units], max_writes: Sequence[Units], indexes: Sequence[str]) -> Billing:
    reads, writes = ({each.index: each.units for each in given} for given in (max_reads, max_writes))
    for name in (*reads, *writes):
        if name and name not in indexes:
            raise _wrong(f'a ceiling of "{name}": no index has this name. The table has: {", ".join(indexes) or "none"}.')
    own = {name: Ceiling(reads.get(name, reads.get(None)), writes.get(name, writes.get(None))) for name in indexes}
    return Billing.on_demand(max_reads_per_second=reads.get(None), max_writes_per_second=writes.get(None), indexes=own)


def _wrong(message: str) -> UsageError:
    return UsageError("invalid-subject", message)


def definition_in(path: Path) -> TableDefinition:
    """Of a file. Raises UsageError "invalid-subject", InvalidDefinition."""
    try:
        found: Any = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise _wrong(f"{path}: {error.strerror or error}. Give what `python -m singletable definition MODULE` printed.") from None
    except ValueError as error:
        raise _wrong(f"{path}: is no JSON ({error}). Give what `python -m singletable definition MODULE` printed.") from None
    if not isinstance(found, dict):
        raise _wrong(f"{path}: holds a {type(found).__name__}, not a table. Give what `python -m singletable definition MODULE` printed.")
    return TableDefinition.from_dict(cast("dict[str, Any]", found))


def _consumers(package: str) -> Iterator[FunctionSubject]:
    """One for each module that declares a stream; it uses the patterns that the module lists as `patterns`."""
    for label, (module, _) in _streams(package).items():
        yield FunctionSubject(label, Ref(f"function:{label}"), CONSUMER_TIMEOUT_SECONDS, _patterns(module))


def _streams(package: str) -> dict[str, tuple[ModuleType, Stream]]:
    """Label -> a module that declares a stream, which it is called after, and the stream."""
    found: dict[str, tuple[ModuleType, Stream]] = {}
    for each in pkgutil.iter_modules(getattr(load_module(package), "__path__", ())):
        if not each.name.startswith("__"):
            module = load_module(f"{package}.{each.name}")
            for held in vars(module).values():
                if isinstance(held, Stream):
                    found.setdefault(each.name.replace("_", "-"), (module, held))
    return found


def _patterns(module: ModuleType) -> tuple[PatternDefinition, ...]:
    listed: Any = getattr(module, "patterns", ())
    if not isinstance(listed, tuple | list):
        return ()
    found = cast("list[Any]", listed)
    return tuple(
        each if isinstance(each, PatternDefinition) else definition_of(each)
        for each in found
        if isinstance(each, PatternDefinition | Pattern)
    )


def _project() -> str | None:
    try:
        text = Path("Pulumi.yaml").read_text(encoding="utf-8")
    except OSError:
        return None
    found = re.search(r"^name:\s*[\"']?([A-Za-z0-9_.-]+)", text, re.MULTILINE)
    return found[1] if found else None
