"""`python -m monitoring preview`: what the monitoring of a stack will be, and what it costs, before anything is deployed."""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from monitoring.commands.command import DONE, Subparsers
from monitoring.commands.subject import add_subject, stack_of

if TYPE_CHECKING:
    from monitoring.alarms import Alarm, CompositeAlarm
    from monitoring.dashboard import Dashboard
    from monitoring.subjects import Stack

FORMATS: Final = ("text", "markdown", "json")

DESCRIPTION: Final = """\
Lists the alarms and the dashboard that a stack will get, with severity, threshold and monthly cost: for a terminal, for
a pull request (--format markdown) or for a program. Asks nothing of AWS."""

EXAMPLE: Final = """\
example:
  $ python -m monitoring preview
  $ python -m monitoring preview --model app.model --max-writes 1000 --format markdown

Costs are list prices of alarms and dashboards, without what an account has free.

exit status:
  0  listed
  2  the command or its input cannot be used; the message says what to do"""


def add(subparsers: Subparsers) -> None:
    parser = subparsers.add_parser(
        "preview",
        help="the alarms and the dashboard that a stack will get, and their monthly cost",
        description=DESCRIPTION,
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--format", choices=FORMATS, default="text", help="default: text")
    parser.add_argument("--json", dest="format", action="store_const", const="json", help="the same as --format json")
    add_subject(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Raises UsageError."""
    found = preview(stack_of(options))
    if options.format == "json":
        sys.stdout.write(json.dumps(found, indent=2, ensure_ascii=False) + "\n")
    else:
        lines = _markdown(found) if options.format == "markdown" else _text(found)
        sys.stdout.write("\n".join(lines) + "\n")
    return DONE


def preview(stack: "Stack") -> dict[str, Any]:
    """As JSON has it. Alarms come by severity, pages first; monthly_usd is in US dollars."""
    from monitoring.alarms import SEVERITIES
    from monitoring.dashboard import dashboard_for
    from monitoring.prices import PRICES
    from monitoring.recipes import alarms_for, composites_for

    alarms = sorted(alarms_for(stack), key=lambda alarm: SEVERITIES.index(alarm.severity))
    composites = composites_for(stack, alarms)
    dashboard = dashboard_for(stack, alarms, composites)
    total = sum(each.monthly_usd for each in (*alarms, *composites, dashboard))
    return {
        "stack": stack.label,
        "monthly_usd": round(total, 2),
        "prices": {"source": PRICES.source, "as_of": PRICES.as_of.isoformat()},
        "alarms": [_alarm(alarm) for alarm in alarms],
        "composites": [_composite(composite) for composite in composites],
        "dashboard": _dashboard(dashboard),
    }


def _alarm(alarm: "Alarm") -> dict[str, Any]:
    return {
        "name": alarm.name,
        "severity": alarm.severity,
        "recipe": alarm.recipe,
        "watches": _watched(alarm),
        "fires": _fires(alarm),
        "description": alarm.description,
        "monthly_usd": alarm.monthly_usd,
    }


def _composite(composite: "CompositeAlarm") -> dict[str, Any]:
    return {
        "name": composite.name,
        "severity": composite.severity,
        "watches": f"{len(composite.children)} alarms",
        "description": composite.description,
        "monthly_usd": composite.monthly_usd,
    }


def _dashboard(dashboard: "Dashboard") -> dict[str, Any]:
    from monitoring.widgets import Chart

    charts = [placed.widget.title for placed in dashboard.widgets if isinstance(placed.widget, Chart)]
    return {"name": dashboard.name, "charts": charts, "monthly_usd": dashboard.monthly_usd}


def _watched(alarm: "Alarm") -> str:
    """ "ReadThrottleEvents, WriteThrottleEvents of GSI1": without the metric that only keeps a formula supplied with data."""
    from monitoring.measures import ANCHOR

    found: dict[str, list[str]] = {}
    for name, metric in alarm.metrics.items():
        if name == ANCHOR:
            continue
        detail = metric.dimensions.get("Operation")
        found.setdefault(metric.name, []).extend([str(detail)] if detail else [])
    indexes = {
        str(metric.dimensions["GlobalSecondaryIndexName"])
        for metric in alarm.metrics.values()
        if "GlobalSecondaryIndexName" in metric.dimensions
    }
    names = ", ".join(f"{name} ({', '.join(dict.fromkeys(operations))})" if operations else name for name, operations in found.items())
    return f"{names} of {', '.join(sorted(indexes))}" if indexes else names


def _fires(alarm: "Alarm") -> str:
    """ "above 20 ms in 3 of 5 minutes"."""
    from monitoring.metrics import Metric
    from monitoring.options import RECIPES

    unit = RECIPES[alarm.recipe].unit
    if isinstance(alarm.source, Metric) and alarm.source.entry and alarm.source.entry.unit == "Milliseconds":
        # The recipe has it in seconds, or in percent of the timeout.
        unit = "ms"
    condition = f"{alarm.label().removeprefix(alarm.severity).strip()}{'' if unit.startswith('%') or not unit else ' '}{unit}"
    minutes = alarm.period_seconds // 60
    spans = "minutes" if minutes == 1 else f"spans of {minutes} minutes"
    return f"{condition} in {alarm.datapoints_to_alarm} of {alarm.evaluation_periods} {spans}"


def _headline(found: dict[str, Any]) -> str:
    counts = f"{len(found['alarms'])} alarms, {len(found['composites'])} composite alarms, a dashboard of {len(found['dashboard']['charts'])} charts"
    return f"{found['stack']}: {counts}; ${found['monthly_usd']:.2f} a month"


def _rows(found: dict[str, Any]) -> Iterator[tuple[str, str, str, str, str]]:
    """Severity, alarm, watches, fires, cost."""
    from monitoring.alarms import clause_of

    each: dict[str, Any]
    for each in found["alarms"]:
        yield each["severity"], clause_of(each["name"]), each["watches"], each["fires"], f"${each['monthly_usd']:.2f}"
    for each in found["composites"]:
        yield each["severity"], clause_of(each["name"]), each["watches"], "any of them is open", f"${each['monthly_usd']:.2f}"
    dashboard = found["dashboard"]
    yield "-", f"dashboard {dashboard['name']}", f"{len(dashboard['charts'])} charts", "-", f"${dashboard['monthly_usd']:.2f}"


def _text(found: dict[str, Any]) -> Iterator[str]:
    rows = list(_rows(found))
    width = max(len(row[1]) for row in rows)
    yield _headline(found)
    yield ""
    for severity, name, watches, fires, cost in rows:
        yield f"{severity:<6}  {name:<{width}}  {cost:>6}  {'' if fires == '-' else fires}".rstrip()
        yield f"{'':<6}    {watches}"
    yield ""
    yield _priced(found)


def _markdown(found: dict[str, Any]) -> Iterator[str]:
    """For a comment under a pull request."""
    yield f"### Monitoring of {found['stack']}"
    yield f"{_headline(found).partition(': ')[2]}."
    yield ""
    yield _row(("severity", "alarm", "watches", "fires", "a month"))
    yield _row(("---", "---", "---", "---", "--:"))
    for row in _rows(found):
        yield _row(row)
    yield ""
    yield _priced(found)


def _row(cells: Sequence[str]) -> str:
    escaped = (cell.replace("|", "\\|") for cell in cells)
    return f"| {' | '.join(escaped)} |"


def _priced(found: dict[str, Any]) -> str:
    return f"List prices of {found['prices']['as_of']}, without what an account has free ({found['prices']['source']})."
