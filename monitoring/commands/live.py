"""Which deployed stack a command speaks of: a table of an account and region, with its declaration where there is one."""

import argparse
import importlib.util
import sys
from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING

from monitoring.commands.command import UsageError
from monitoring.commands.subject import MODEL, add_subject, stack_of
from monitoring.errors import MonitoringError

if TYPE_CHECKING:
    from monitoring.live import Account, Deployed
    from monitoring.subjects import Stack


def add_account(parser: argparse.ArgumentParser) -> None:
    """Where to ask."""
    group = parser.add_argument_group("the account")
    group.add_argument("--region", metavar="REGION", help="default: AWS_REGION, else as boto3 finds it")
    group.add_argument("--profile", metavar="NAME", help="default: as boto3 finds it")


def add_deployed(parser: argparse.ArgumentParser, *, several: bool = False) -> None:
    """several: more than one table may be given."""
    parser.add_argument("deployed", metavar="TABLE", nargs="+" if several else None, help="the name of the table, as deployed")
    add_account(parser)
    add_subject(parser)


def account_of(options: argparse.Namespace, *, once: Collection[str] = ()) -> "Account":
    """once: services whose calls are never repeated. Raises UsageError."""
    from monitoring.live import Account

    try:
        return Account.of(options.region, options.profile, once=once)
    except MonitoringError as error:
        raise UsageError(error.code, error.message) from None


def deployed_of(options: argparse.Namespace, table: str | None = None, account: "Account | None" = None) -> "Deployed":
    """table: default the one that was given. account: default the one that was given. Raises UsageError.

    A declaration that nobody named, but is here, is only taken where the table may be its own: it is said where it is not.
    """
    from monitoring.live import fits, read_deployed

    declared = _declared(options)
    try:
        found = read_deployed(account or account_of(options), table or options.deployed, declared)
    except MonitoringError as error:
        raise UsageError(error.code, error.message) from None
    if declared is None or not _usual(options) or fits(found, declared):
        return found
    sys.stderr.write(
        f"monitoring: {MODEL} declares another table than {found.name}, and is left aside: its schema, or its project, name, key and indexes are others. "
        "Give the table's own --model or --definition for its patterns.\n"
    )
    return replace(found, declared=None)


def _usual(options: argparse.Namespace) -> bool:
    """Whether no declaration was named."""
    return options.model == MODEL and not options.definition


def _declared(options: argparse.Namespace) -> "Stack | None":
    """None: no declaration was named, and the usual module is not here. What is known of the table is then what AWS says.

    Raises UsageError "invalid-subject".
    """
    if _usual(options) and importlib.util.find_spec(MODEL.partition(".")[0]) is None:
        return None
    return stack_of(options)
