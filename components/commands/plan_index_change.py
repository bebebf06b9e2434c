"""`plan-index-change --from OLD.json --to NEW.json`: in which order the indexes of a table become others, one at a time."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from monitoring.commands.command import DONE, FOUND, Subparsers, UsageError
from monitoring.commands.live import account_of, add_account

if TYPE_CHECKING:
    from components.index_plan.plan import Table
    from singletable.definition import TableDefinition

DESCRIPTION: Final = """\
Says in which order the indexes of a table become those of another declaration while the application runs: one change
of an index per deployment, another name for an index that changes, what to watch while it is filled, which code is
deployed when, what the backfill costs at most, and when the old one may go. Changes nothing."""
EPILOG: Final = """\
examples:
  $ python -m singletable definition app.model > new.json
  $ python -m components plan-index-change --from old.json --to new.json
  $ python -m components plan-index-change --from old.json --to new.json --items 2000000 --item-bytes 600
  $ python -m components plan-index-change --deployed shop-1a2b3c --to new.json --json

exit status:
  0  a plan, or nothing to do
  1  the declaration cannot be deployed as it is: the reason and the way round it come first
  2  the command or its input cannot be used
"""


def add(subparsers: Subparsers) -> None:
    parser = subparsers.add_parser(
        "plan-index-change",
        help="plan how the indexes of a table become others, one at a time",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--from", dest="old", type=Path, metavar="FILE", help="what is deployed, as `python -m singletable definition` has it"
    )
    parser.add_argument(
        "--deployed", metavar="TABLE", help="what is deployed, read from AWS; with --from, its patterns and entities are known too"
    )
    parser.add_argument("--to", dest="new", type=Path, required=True, metavar="FILE", help="what is wanted, in the same form")
    parser.add_argument("--items", type=_count, metavar="N", help="items of the table, for the cost; default: as deployed")
    parser.add_argument("--item-bytes", type=_count, metavar="N", help="of an item on average; default: as deployed")
    parser.add_argument("--json", action="store_true", help="print the plan as JSON")
    add_account(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Raises UsageError."""
    from dataclasses import replace

    from components.index_plan import Size, plan_of, report, text

    if not (options.old or options.deployed):
        raise UsageError("invalid-subject", "nothing says what is deployed: give --from FILE, --deployed TABLE, or both.")
    if (options.items is None) != (options.item_bytes is None):
        raise UsageError("invalid-subject", "items and their size go together: give --items and --item-bytes, or neither.")
    new = _definition(options.new)
    old = _definition(options.old) if options.old else None
    table, deployed = _deployed(options)
    if deployed is not None:
        old = _as_deployed(old, deployed) if old else deployed
    assert old is not None
    if options.items is not None:
        table = replace(table, size=Size(options.items, options.items * options.item_bytes))
    plan = plan_of(old, new, table)
    sys.stdout.write(report(plan) if options.json else text(plan))
    return FOUND if plan.refused else DONE


def _as_deployed(declared: "TableDefinition", deployed: "TableDefinition") -> "TableDefinition":
    """The deployed table, with the patterns and entities of the declaration as far as its indexes are there."""
    from singletable.definition import EntityDefinition, TableDefinition

    there = {"primary", *(index.name for index in deployed.indexes)}
    entities = tuple(
        EntityDefinition(each.name, {name: keys for name, keys in each.keys.items() if name in there}, each.fields, each.locks)
        for each in declared.entities
    )
    patterns = tuple(
        each
        for each in declared.patterns
        if {each.index or "primary", *each.touches, *(grant.index or "primary" for grant in each.grants)} <= there
    )
    return TableDefinition(deployed.key, deployed.indexes, deployed.ttl, entities, patterns)


def _deployed(options: argparse.Namespace) -> "tuple[Table, TableDefinition | None]":
    from components.index_plan.backfill import Size
    from components.index_plan.plan import Table
    from monitoring.errors import MonitoringError
    from monitoring.live.deployed import billing_from, definition_from

    if not options.deployed:
        return Table(), None
    try:
        account = account_of(options)
        found = account.ask("dynamodb", "DescribeTable", TableName=options.deployed)["Table"]
        expiry = account.ask("dynamodb", "DescribeTimeToLive", TableName=options.deployed)["TimeToLiveDescription"]
    except MonitoringError as error:
        raise UsageError(error.code, error.message) from None
    indexes = found.get("GlobalSecondaryIndexes") or ()
    capacities = [index["ProvisionedThroughput"]["WriteCapacityUnits"] for index in indexes if index.get("ProvisionedThroughput")]
    own = found.get("ProvisionedThroughput", {}).get("WriteCapacityUnits", 0)
    table = Table(
        options.deployed,
        Size(int(found.get("ItemCount", 0)), int(found.get("TableSizeBytes", 0))),
        (min(capacities, default=own) or own or 1) if billing_from(found).mode == "provisioned" else None,
        tuple(index["IndexName"] for index in found.get("LocalSecondaryIndexes") or ()),
        {index["IndexName"]: index["IndexStatus"] for index in indexes if index.get("IndexStatus", "ACTIVE") != "ACTIVE"},
    )
    return table, definition_from(found, expiry.get("AttributeName"))


def _definition(path: Path) -> "TableDefinition":
    """Raises UsageError "invalid-subject"."""
    from monitoring.commands.subject import definition_in
    from singletable.errors import SingleTableError

    try:
        return definition_in(path)
    except SingleTableError as error:
        raise UsageError("invalid-subject", f"{path}: {error}") from None


def _count(given: str) -> int:
    if not given.isascii() or not given.isdigit() or int(given) < 1:
        raise argparse.ArgumentTypeError(f"{given!r}: give a number above 0")
    return int(given)
