"""`python -m monitoring catalogue`: which metrics there are, by which dimensions, and when they are sent."""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from monitoring.commands.command import DONE, FOUND, Subparsers, UsageError, progress
from monitoring.commands.live import account_of, add_account

if TYPE_CHECKING:
    from monitoring.catalogue import Entry
    from monitoring.catalogue.drift import Drift, Series
    from monitoring.live import Account

MOST_EXPLAINED: Final = 5
"""Metrics that are explained in full; more are a line each."""

RECENTLY: Final = "PT3H"
"""The only span that ListMetrics takes. Source: botocore, RecentlyActive."""

DESCRIPTION: Final = """\
Lists the metrics of the catalogue against which alarms and charts are checked: by which dimensions each exists, what
its statistics are worth, how often it has a point, and when one is sent, so what a gap means. With --live, asks an
account for metrics and dimensions that the catalogue does not know yet. Changes nothing."""

EXAMPLE: Final = """\
example:
  $ python -m monitoring catalogue ThrottledRequests
  AWS/DynamoDB ThrottledRequests
    by       TableName + Operation
    as       Sum, SampleCount (Count, a point every 60 s)
    sent     when it happens: a gap is 0
    is       requests with a throttled item; of a batch only when every item was
    do       needs Operation; use throttled_requests(table, operation) for each operation in use
    source   DynamoDB developer guide, DynamoDB metrics and dimensions (2026-11-24)

  $ python -m monitoring catalogue --namespace AWS/SQS
  $ python -m monitoring catalogue --live --region eu-west-1

--live asks for series with points in the last three hours (cloudwatch:ListMetrics), at most 25 times a second.

exit status:
  0  listed; with --live: the catalogue knows everything that the account has
  1  with --live: there are metrics or dimensions that it does not know
  2  the command or its input cannot be used; the message says what to do"""


def add(subparsers: Subparsers) -> None:
    parser = subparsers.add_parser(
        "catalogue",
        help="which metrics there are, by which dimensions, and when each is sent",
        description=DESCRIPTION,
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("words", nargs="*", metavar="METRIC", help="a name or a part of one; default: all")
    parser.add_argument("--namespace", metavar="NAME", help="such as AWS/DynamoDB; default: all that are known")
    parser.add_argument("--live", action="store_true", help="what an account has and the catalogue does not know")
    parser.add_argument("--json", action="store_true", help="everything as JSON")
    add_account(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """0: listed. 1: the account has what is not known. Raises UsageError."""
    if (options.region or options.profile) and not options.live:
        raise UsageError("missing-option", "--region and --profile belong to --live, which was not given. Add --live, or leave them out.")
    namespaces = _namespaces(options.namespace)
    if options.live:
        return _compare(account_of(options), namespaces, options)
    found = _chosen(options.words, namespaces)
    if options.json:
        _write_json({"metrics": [_as_json(entry) for entry in found]})
    else:
        lines = (line for entry in found for line in _explained(entry)) if len(found) <= MOST_EXPLAINED else _table(found)
        sys.stdout.write("\n".join(lines) + "\n")
    return DONE


def _namespaces(name: str | None) -> tuple[str, ...]:
    from monitoring.catalogue.drift import NAMESPACES

    if name is None:
        return NAMESPACES
    if name not in NAMESPACES:
        raise UsageError("unknown-namespace", f'nothing is known of "{name}". Known are {", ".join(NAMESPACES)}.')
    return (name,)


def _chosen(words: Sequence[str], namespaces: Sequence[str]) -> "tuple[Entry, ...]":
    """Those whose name has one of the words in it, capitals aside; those of exactly that name where there are any."""
    from difflib import get_close_matches

    from monitoring.catalogue import CATALOGUE

    known = [entry for entry in CATALOGUE.values() if entry.namespace in namespaces]
    found: dict[tuple[str, str], Entry] = {}
    for word in words or ("",):
        exact = [entry for entry in known if entry.name.lower() == word.lower()]
        fitting = exact or [entry for entry in known if word.lower() in entry.name.lower()]
        if not fitting:
            near = get_close_matches(word, [entry.name for entry in known], n=3, cutoff=0.4)
            hint = f"Nearest: {', '.join(near)}." if near else "Leave it out to see all."
            raise UsageError("unknown-metric", f'no metric of {", ".join(namespaces)} has "{word}" in its name. {hint}')
        found |= {(entry.namespace, entry.name): entry for entry in fitting}
    return tuple(found.values())


# --- for people and for programs


def _when(entry: "Entry") -> str:
    from monitoring.catalogue import Emission

    return {
        Emission.ALWAYS: "every period: a gap is unknown",
        Emission.ON_EVENT: "when it happens: a gap is 0",
        Emission.WHILE_ACTIVE: "while there is traffic, or while the feature is on: a gap is idleness",
    }[entry.emission]


def _sets(entry: "Entry") -> list[str]:
    from monitoring.catalogue import spell

    return [spell(names) for names in entry.dimensions]


def _explained(entry: "Entry") -> Iterator[str]:
    yield f"{entry.namespace} {entry.name}"
    every = f"a point every {entry.period_seconds} s"
    facts = {
        "by": " or ".join(_sets(entry)),
        "as": f"{', '.join(entry.allowed_statistics())} ({entry.unit}, {every})",
        "sent": _when(entry),
        "is": entry.meaning,
        "do": entry.hint,
        "source": f"{entry.source.page} ({entry.source.as_of})",
    }
    yield from (f"  {name:<8} {fact}" for name, fact in facts.items() if fact)
    yield ""


def _table(found: "Sequence[Entry]") -> Iterator[str]:
    width = max(len(entry.name) for entry in found)
    namespace = ""
    for entry in found:
        if entry.namespace != namespace:
            namespace = entry.namespace
            yield namespace
        yield f"  {entry.name:<{width}}  {entry.emission.value:<12}  {' or '.join(_sets(entry))}"
    yield f"{len(found)} metrics; name one to see its statistics, its period and what it means"


def _as_json(entry: "Entry") -> dict[str, Any]:
    return {
        "namespace": entry.namespace,
        "name": entry.name,
        "dimensions": [sorted(names) for names in entry.dimensions],
        "statistics": list(entry.allowed_statistics()),
        "period_seconds": entry.period_seconds,
        "unit": entry.unit,
        "emission": entry.emission.value,
        "meaning": entry.meaning,
        "hint": entry.hint,
        "source": entry.source.page,
        "as_of": entry.source.as_of.isoformat(),
    }


def _write_json(found: Any) -> None:
    sys.stdout.write(json.dumps(found, indent=2, ensure_ascii=False) + "\n")


# --- what an account has


def _compare(account: "Account", namespaces: Sequence[str], options: argparse.Namespace) -> int:
    from monitoring.catalogue.drift import drift
    from monitoring.errors import MonitoringError

    try:
        series = list(_series(account, namespaces))
    except MonitoringError as error:
        raise UsageError(error.code, error.message) from None
    words = [word.lower() for word in options.words]
    asked = [each for each in series if not words or any(word in each.name.lower() for word in words)]
    found = drift(asked)
    if options.json:
        _write_json({"series": len(asked), "drift": [_drift_as_json(each) for each in found]})
    else:
        sys.stdout.write("\n".join(_told(found, len(asked))) + "\n")
    return FOUND if found else DONE


def _series(account: "Account", namespaces: Iterable[str]) -> "Iterator[Series]":
    from monitoring.catalogue.drift import Series

    for namespace in namespaces:
        progress(f"asking for the metrics of {namespace}")
        for each in account.pages("cloudwatch", "ListMetrics", "Metrics", Namespace=namespace, RecentlyActive=RECENTLY):
            yield Series(namespace, each["MetricName"], frozenset(dimension["Name"] for dimension in each.get("Dimensions", ())))


def _told(found: "Sequence[Drift]", count: int) -> Iterator[str]:
    from monitoring.catalogue import spell

    for each in found:
        yield f"{each.kind}: {each.series.namespace} {each.series.name} by {spell(each.series.dimensions)} ({each.count} series)"
    if not count:
        yield "no series was active in the last 3 hours: there is nothing to compare"
        return
    known = f"{len(found)} kinds are not in the catalogue" if found else "the catalogue knows them all"
    yield f"{count} series were active in the last 3 hours: {known}"


def _drift_as_json(each: "Drift") -> dict[str, Any]:
    return {
        "kind": each.kind,
        "namespace": each.series.namespace,
        "name": each.series.name,
        "dimensions": sorted(each.series.dimensions),
        "series": each.count,
    }
