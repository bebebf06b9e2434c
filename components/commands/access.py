"""`access`: who may do what on which resource, and why."""

import argparse
import json
import re
import shutil
import sys
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from monitoring.commands.command import DONE, FOUND, Subparsers

if TYPE_CHECKING:
    from components.entitlements import Entitlement, Permission

DESCRIPTION: Final = """\
Prints who may do what on which resource, and which access pattern needs it. Reads the
program of a stack as it would be deployed, without an account and without the Pulumi CLI;
or, with --model, only a declaration: what each of its patterns needs. Asks nothing of AWS
and changes nothing there. What is not listed is denied.
"""
EPILOG: Final = """\
examples:
  $ python -m components access
  $ python -m components access --stack live --json
  $ python -m components access --model app.model

exit status:
  0  every permission names its actions and resources
  1  a permission is wider: a wildcard that could be narrower, or a policy of a role that is
     written elsewhere; or the project, its configuration or its program is refused: the
     reason is on standard error, with its code
  2  wrong usage, or a module that cannot be imported
"""
NARROWEST: Final = 40


def add(subparsers: Subparsers) -> None:
    parser = subparsers.add_parser(
        "access",
        help="who may do what on which resource, and which access pattern needs it",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--project", type=Path, default=Path(), metavar="FOLDER", help="the Pulumi project (default: here)")
    parser.add_argument("--stack", default="dev", help="whose configuration is read (default: dev)")
    parser.add_argument("--model", metavar="MODULE", help="a declaration instead of a stack, such as app.model")
    parser.add_argument("--table", metavar="NAME", help="with --model: the variable that holds the table, where there are several")
    parser.add_argument("--json", action="store_true", help="everything as JSON on standard output")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    found = _of_model(options.model, options.table) if options.model else _of_stack(options.project, options.stack)
    wide = [(each, permission) for each in found for permission in each.permissions if permission.is_wide]
    unread = [each for each in found if each.unread]
    if options.json:
        content = {
            "entitlements": [each.to_dict() for each in found],
            "wide": len(wide),
            "unread": sum(len(each.unread) for each in unread),
        }
        sys.stdout.write(json.dumps(content, indent=2) + "\n")
    else:
        width = min(shutil.get_terminal_size((140, 24)).columns, 160) if sys.stdout.isatty() else 140
        sys.stdout.write("\n".join((*_pages(found, width), _summary(found, len(wide)))) + "\n")
    return FOUND if wide or unread else DONE


def _of_model(module: str, name: str | None) -> "list[Entitlement]":
    from components.entitlements import of_table
    from singletable.console import the_table_of

    return of_table(the_table_of(module, name).definition(), "TABLE")


def _of_stack(project: Path, stack: str) -> "list[Entitlement]":
    from components.configuration import check_stack, load_configuration
    from components.entitlements import of_stack
    from components.rehearsal import rehearse

    directory = project.resolve()
    check_stack(directory, stack)
    return of_stack(rehearse(directory, load_configuration(directory, stack)))


def _pages(found: "Sequence[Entitlement]", width: int) -> Iterator[str]:
    for each in found:
        yield each.function if not each.callers else f"{each.function}, with the role {each.role}"
        for caller in each.callers:
            yield f"  called by {re.sub(r'arn:[^ ]+', lambda found: short(found[0]), caller)}"
        rows = [(permission.action, short(permission.resource)) for permission in each.permissions]
        columns = [max((len(row[column]) for row in rows), default=0) for column in (0, 1)]
        for permission, (action, resource) in zip(each.permissions, rows, strict=True):
            start = f"  {action:<{columns[0]}}  {resource:<{columns[1]}}  "
            lines = textwrap.wrap(_why(permission), max(width - len(start), NARROWEST)) or [""]
            yield (start + lines[0]).rstrip()
            yield from (f"{'':<{len(start)}}{line}" for line in lines[1:])
            yield from (f"{'':<{len(start)}}{line}" for line in _conditions(permission, width - len(start)))
        for name in each.unread:
            yield f"  and what {name} allows, which is written elsewhere"
        yield ""


def _why(permission: "Permission") -> str:
    words = f"for {', '.join(permission.patterns)}" if permission.patterns else permission.why
    return f"WIDE: {words}" if permission.is_wide else words


def _conditions(permission: "Permission", width: int) -> Iterator[str]:
    for operator, keys in permission.condition.items():
        for key, values in keys.items():
            listed = [values] if isinstance(values, str) else values
            yield from textwrap.wrap(f"only where {operator} {key}: {', '.join(listed)}", max(width, NARROWEST))


def short(arn: str) -> str:
    """Without what is the same for everything in a stack: partition, service, region and account."""
    return arn.split(":", 5)[5] if arn.startswith("arn:") and arn.count(":") >= 5 else arn


def _summary(found: "Sequence[Entitlement]", wide: int) -> str:
    permissions = sum(len(each.permissions) for each in found)
    said = f"{wide} of them WIDE" if wide else "none with a wildcard that could be narrower"
    return f"{len(found)} listed, {permissions} permissions, {said}. What is not listed is denied."
