"""`python -m singletable review MODULE`, `definition MODULE` and `check FILE`."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from singletable.console import UsageError, modules_from_here, tables_of, the_table_of, until_closed
from singletable.definition import TableDefinition
from singletable.errors import SingleTableError
from singletable.plain import InvalidDefinition
from singletable.review import Finding, Review, review

DONE, PROBLEMS, USAGE = 0, 1, 2
PACKAGE = Path(__file__).parent


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns the exit status: 0, 1 when there are problems, 2 when the command makes no sense."""
    return until_closed(lambda: _run(arguments))


def _run(arguments: Sequence[str] | None) -> int:
    given = _parser().parse_args(arguments)
    try:
        with modules_from_here():
            return given.run(given)
    except UsageError as error:
        print(f"singletable: {error}", file=sys.stderr)
        return USAGE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m singletable", description="Looks at the tables that a module declares. Sends nothing.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, run, help in (
        ("review", _review, "how each access pattern is answered and what it costs; exit status 1 when there is a problem"),
        ("definition", _definition, "the table as JSON, for a stack in any language"),
    ):
        command = commands.add_parser(name, help=help, description=f"{help[0].upper()}{help[1:]}.")
        command.add_argument("module", metavar="MODULE", help="the module that declares the table, such as app.model")
        command.add_argument("--table", metavar="NAME", help="the variable that holds the table, where there are several")
        if run is _review:
            command.add_argument("--json", action="store_true", help="everything as JSON on standard output")
        command.set_defaults(run=run)
    described = "whether a file of JSON is a table's definition; exit status 1 when it is not, with the path of what is wrong"
    command = commands.add_parser("check", help=described, description=f"{described[0].upper()}{described[1:]}.")
    command.add_argument("file", metavar="FILE", type=Path, help="what `definition` prints, or the same written by hand or another program")
    command.add_argument("--json", action="store_true", help="the result as JSON on standard output")
    command.set_defaults(run=_check)
    return parser


def _review(given: argparse.Namespace) -> int:
    try:
        tables = tables_of(given.module, given.table)
    except SingleTableError as error:
        refused = _refusal(error)
        empty = Review((), (refused,))
        _show(given.module, {"": empty}, as_json=given.json)
        return PROBLEMS
    reviews = {name: review(table) for name, table in tables.items()}
    _show(given.module, reviews, as_json=given.json)
    return PROBLEMS if any(each.problems for each in reviews.values()) else DONE


def _definition(given: argparse.Namespace) -> int:
    try:
        table = the_table_of(given.module, given.table)
    except SingleTableError as error:
        print(_refusal(error), file=sys.stderr)
        return PROBLEMS
    print(json.dumps(table.definition().to_dict(), indent=2))
    return DONE


def _check(given: argparse.Namespace) -> int:
    try:
        text = given.file.read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{given.file} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError(f"{given.file} is not UTF-8") from None
    try:
        found = TableDefinition.from_dict(json.loads(text))
    except ValueError as error:
        return _refuse(given, "", f"is not JSON: {error}")
    except InvalidDefinition as error:
        return _refuse(given, error.path, error.problem)
    counts = {"indexes": len(found.indexes), "entities": len(found.entities), "patterns": len(found.patterns)}
    if given.json:
        print(json.dumps({"file": str(given.file), "valid": True, **counts, "fingerprint": found.fingerprint}, indent=2))
    else:
        print(f"{given.file}: {', '.join(f'{count} {what}' for what, count in counts.items())}, fingerprint {found.fingerprint}")
    return DONE


def _refuse(given: argparse.Namespace, path: str, problem: str) -> int:
    if given.json:
        print(
            json.dumps(
                {"file": str(given.file), "valid": False, "code": InvalidDefinition.code, "path": path, "problem": problem}, indent=2
            )
        )
    else:
        print(f"{InvalidDefinition.code}: {given.file}: {f'{path}: ' if path else ''}{problem}", file=sys.stderr)
    return PROBLEMS


def _show(module: str, reviews: dict[str, Review], *, as_json: bool) -> None:
    if as_json:
        tables = [{"table": name, "summary": each.summary, **each.to_dict()} for name, each in reviews.items()]
        print(json.dumps({"module": module, "tables": tables}, indent=2))
        return
    for name, each in reviews.items():
        if len(reviews) > 1:
            print(f"{module}.{name}")
        if each.lines:
            print(each.text())
        for warning in each.warnings:
            print(warning)
        for problem in each.problems:
            print(problem, file=sys.stderr)
        print(each.summary)


def _refusal(error: SingleTableError) -> Finding:
    """What a declaration raised while it was imported, with the line that it stands on."""
    where = _declared_at(error.__traceback__)
    return Finding("problem", error.code, f"{where}: {error}" if where else str(error))


def _declared_at(step: TracebackType | None) -> str | None:
    """The innermost line outside the kit and the import system."""
    place = None
    while step:
        file = Path(step.tb_frame.f_code.co_filename)
        if file.is_absolute() and PACKAGE not in file.parents and "importlib" not in file.parts:
            relative = file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file
            place = f"{relative}:{step.tb_lineno}"
        step = step.tb_next
    return place


if __name__ == "__main__":
    sys.exit(main())
