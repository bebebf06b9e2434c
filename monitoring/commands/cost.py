"""`python -m monitoring cost`: what a stack costs a month, by access pattern."""

import argparse
import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from monitoring.commands.command import DONE, Subparsers, UsageError
from monitoring.commands.live import account_of, add_account, deployed_of
from monitoring.commands.subject import add_subject, stack_of
from monitoring.commands.wanted import add_wanted, measuring, wanted
from monitoring.errors import MonitoringError
from monitoring.nearest import did_you_mean
from singletable.errors import PatternError

if TYPE_CHECKING:
    from monitoring.costs import Bill
    from monitoring.prices import TablePrices

DESCRIPTION: Final = """\
Says what a stack costs a month: each access pattern, the table, and what watches it. With TABLE by what was measured of
it, otherwise by the rates that the declaration or --rate states. Changes nothing."""

EXAMPLE: Final = """\
example:
  $ python -m monitoring cost --rate find_user=20/s --rate place_order=1/s
  $ python -m monitoring cost shop-1a2b3c4 --days 7
  $ python -m monitoring cost shop-1a2b3c4 --prices prices.json --json

Prices are list prices of US East (N. Virginia), without free allowances. --prices FILE is a JSON object with some of
read_million_usd, write_million_usd, read_hour_usd, write_hour_usd, gigabyte_usd, recovery_gigabyte_usd.
With TABLE a month is as the days that are looked at, or as the time since the table was made. What a pattern uses is
measured where its functions publish metrics of patterns (pattern_metrics); other requests are one sum.

exit status:
  0  computed
  2  the command or its input cannot be used; the message says what to do"""


def add(subparsers: Subparsers) -> None:
    parser = subparsers.add_parser(
        "cost",
        help="what a stack costs a month, by access pattern",
        description=DESCRIPTION,
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("deployed", metavar="TABLE", nargs="?", help="the name of a table, as deployed; default: the declaration alone")
    parser.add_argument("--days", metavar="N", type=_days, default=7, help="with TABLE: how far back is looked, 1 to 60; default: 7")
    parser.add_argument(
        "--rate", metavar="PATTERN=RATE", type=_rate, action="append", default=[], help="calls of a pattern, such as 50/s, 3000/min or 10/h"
    )
    parser.add_argument("--prices", metavar="FILE", type=Path, help="prices of another region, as JSON")
    parser.add_argument("--json", action="store_true", help="everything as JSON")
    add_wanted(parser)
    add_account(parser)
    add_subject(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Raises UsageError."""
    from monitoring.costs.text import text

    prices = _prices(options.prices)
    title, bill = _measured(options, prices) if options.deployed else _declared(options, prices)
    if options.json:
        sys.stdout.write(json.dumps({"of": title, **bill.to_dict()}, indent=2, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write(text(bill, title))
    return DONE


def _days(given: str) -> int:
    if not given.isdecimal() or not 1 <= int(given) <= 60:
        raise argparse.ArgumentTypeError(f"{given!r}: give 1 to 60 days")
    return int(given)


def _rate(given: str) -> tuple[str, float]:
    from singletable.signatures import per_second

    name, _, rate = given.partition("=")
    try:
        found = per_second(rate)
    except PatternError:
        found = None
    if not name or found is None:
        raise argparse.ArgumentTypeError(f"{given!r}: give a pattern and calls per time, such as find_user=50/s, =3000/min or =10/h")
    return name, found


def _prices(path: Path | None) -> "TablePrices":
    from monitoring.prices import TablePrices

    if path is None:
        return TablePrices()
    try:
        given: Any = json.loads(path.read_text(encoding="utf-8"))
        return TablePrices.of(given, str(path))
    except OSError as error:
        raise UsageError("unreadable-file", f"{path}: {error.strerror or error}. Give a JSON file with prices.") from None
    except ValueError as error:
        raise UsageError("unreadable-file", f"{path}: is no JSON ({error}). Give a JSON file with prices.") from None
    except MonitoringError as error:
        raise UsageError(error.code, error.message) from None


def _declared(options: argparse.Namespace, prices: "TablePrices") -> "tuple[str, Bill]":
    from monitoring.costs import bill_for, declared_calls
    from monitoring.costs.bill import Watching
    from monitoring.prices import PRICES
    from monitoring.recipes import alarms_for, anomalies_for, composites_for
    from singletable.console import the_table_of
    from singletable.review import review

    if options.definition:
        message = "what a call uses follows from the declaration in Python. Give --model MODULE, or the name of a deployed TABLE."
        raise UsageError("invalid-subject", f"--definition holds no sizes: {message}")
    chosen = wanted(options)
    stack = measuring(stack_of(options), chosen)
    lines = review(the_table_of(options.model, options.table)).lines
    rates = dict(options.rate)
    names = [line.definition.name for line in lines]
    if unknown := [name for name in rates if name not in names]:
        said = f"--rate {unknown[0]}: no pattern of {options.model} has this name.{did_you_mean(unknown[0], names)}"
        raise UsageError("invalid-option", f"{said} There are {', '.join(names)}.")
    try:
        alarms = (*alarms_for(stack, chosen), *anomalies_for(stack, chosen))
    except MonitoringError as error:
        raise UsageError(error.code, error.message) from None
    # A query counts each series that it matches, which only the alarm itself can estimate.
    metrics = round(sum(alarm.monthly_usd for alarm in alarms) / PRICES.alarm_metric_usd)
    watching = Watching(metrics, len(composites_for(stack, alarms)), 1, 0)
    return f"{stack.label}, as declared", bill_for(declared_calls(lines, rates), watching, prices)


def _measured(options: argparse.Namespace, prices: "TablePrices") -> "tuple[str, Bill]":
    from monitoring.costs.deployed import bill_of, covered
    from monitoring.live import LiveMeasured

    if options.wanted:
        raise UsageError(
            "contradicting-options", "--options is for a declaration alone: with TABLE its alarms are read. Leave out one of them."
        )
    if options.rate:
        raise UsageError(
            "contradicting-options", "--rate is for a declaration alone: with TABLE the rates are measured. Leave out one of them."
        )
    account = account_of(options)
    deployed = deployed_of(options, account=account)
    now = datetime.now(UTC)
    end = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    start = end - timedelta(days=options.days)
    try:
        bill = bill_of(deployed, LiveMeasured(account, deployed.stack), start, end, now, prices)
    except MonitoringError as error:
        raise UsageError(error.code, error.message) from None
    days = "day" if options.days == 1 else f"{options.days} days"
    whole = covered(deployed, start, end, now) > timedelta(days=options.days) - timedelta(hours=1)
    return f"{deployed.name}, by {f'the last {days}' if whole else 'the time since it was made'}", bill
