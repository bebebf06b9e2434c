"""Is there something to look at, and is it what was generated."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from monitoring.alarms import Alarm, CompositeAlarm
from monitoring.dashboard import Dashboard, dashboard_for
from monitoring.doctor.check import Check, Found, NotKnown
from monitoring.doctor.checks.alarms import some
from monitoring.doctor.examined import Examined
from monitoring.errors import MonitoringError
from monitoring.live import CallRefused
from monitoring.names import Ref, refs_in, resolve
from monitoring.recipes import alarms_for, composites_for

GONE: Final = frozenset({"ResourceNotFound", "ResourceNotFoundException", "DashboardNotFoundError"})
"""What CloudWatch says of a dashboard that does not exist."""


def _missing(examined: Examined) -> Iterator[Found]:
    dashboard = _generated(examined)
    if _deployed(examined, dashboard.name) is None:
        yield Found(examined.name, f"there is no dashboard {dashboard.name}", level=None if _ours(examined) else "note")


def _drifted(examined: Examined) -> Iterator[Found]:
    dashboard = _generated(examined)
    there = _deployed(examined, dashboard.name)
    if there is None:
        return
    if examined.declared is None:
        raise NotKnown("What belongs on the dashboard is not known without the access patterns: give --model or --definition.")
    names = {ref: _name(examined, ref) for ref in refs_in(dashboard)}
    wanted: Mapping[str, Any] = json.loads(json.dumps(resolve(dashboard, names)))
    if differs := differences(wanted, there):
        yield Found(dashboard.name, f"it is not the generated one: {differs}")


def differences(wanted: Mapping[str, Any], there: Mapping[str, Any]) -> str:
    """Widgets that were changed, added or taken away, in a few words. Nothing where they are alike.

    Titles and texts are not compared: they name patterns in an order, and an owner, that only the deploying program knows.
    """
    was, now = _widgets(wanted), _widgets(there)
    changed = [f"{_title(one)} is changed" for one, other in zip(was, now, strict=False) if _shown(one) != _shown(other)]
    counted = [f"{len(now)} widgets, {len(was)} were generated"] if len(was) != len(now) else []
    return some([*counted, *changed])


def _widgets(body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """From above to below, from left to right: a console may save them in another order."""
    return sorted(body.get("widgets") or (), key=lambda widget: (widget.get("y", 0), widget.get("x", 0)))


def _shown(widget: Mapping[str, Any]) -> Mapping[str, Any]:
    properties: Mapping[str, Any] = widget.get("properties") or {}
    return {**widget, "properties": {name: value for name, value in properties.items() if name not in ("title", "markdown")}}


def _title(widget: Mapping[str, Any]) -> str:
    properties: Mapping[str, Any] = widget.get("properties") or {}
    told = str(properties.get("title") or properties.get("markdown") or "").strip().partition("\n")[0].lstrip("# ")
    return f'"{told}"' if told else f"the {widget.get('type')} at {widget.get('x')},{widget.get('y')}"


def _ours(examined: Examined) -> bool:
    """Whether its alarms were generated: only then a dashboard belongs to them."""
    names = {str(alarm["AlarmName"]) for alarm in examined.alarms}
    return any(alarm.name in names for alarm in alarms_for(examined.deployed.stack))


def _generated(examined: Examined) -> Dashboard:
    """With the alarms that are deployed, so that another threshold or one alarm less is no drift."""
    stack = examined.deployed.stack
    there = {str(alarm["AlarmName"]): alarm for alarm in examined.alarms}
    generated = alarms_for(stack)
    if not any(alarm.name in there for alarm in generated):
        return dashboard_for(stack, generated, composites_for(stack, generated))
    alarms = tuple(_as_deployed(alarm, there[alarm.name]) for alarm in generated if alarm.name in there)
    composites = composites_for(stack, alarms)
    return dashboard_for(stack, alarms, tuple(_rule_of(each, there) for each in composites if each.name in there))


def _as_deployed(alarm: Alarm, described: Mapping[str, Any]) -> Alarm:
    try:
        return replace(Alarm.from_request(described), recipe=alarm.recipe, source=alarm.source)
    except MonitoringError:
        return alarm


def _rule_of(composite: CompositeAlarm, there: Mapping[str, Mapping[str, Any]]) -> CompositeAlarm:
    try:
        return CompositeAlarm.from_request(there[composite.name])
    except MonitoringError:
        return composite


def _name(examined: Examined, ref: Ref) -> str:
    kind, _, name = ref.key.partition(":")
    if kind == "alarm":
        return next((str(alarm["AlarmArn"]) for alarm in examined.alarms if alarm["AlarmName"] == name), name)
    return str(examined.table["TableArn"]).split(":")[4] if kind == "account" else ref.key


def _deployed(examined: Examined, name: str) -> Mapping[str, Any] | None:
    try:
        return json.loads(examined.account.ask("cloudwatch", "GetDashboard", DashboardName=name)["DashboardBody"])
    except CallRefused as error:
        if error.aws_code in GONE:
            return None
        raise


def _unknown_keys(examined: Examined) -> Iterator[Found]:
    off: list[str] = []
    for index in (None, *examined.deployed.stack.indexes):
        asked = {"IndexName": index} if index else {}
        answer = examined.account.ask("dynamodb", "DescribeContributorInsights", TableName=examined.name, **asked)
        if answer.get("ContributorInsightsStatus") not in ("ENABLED", "ENABLING"):
            off.append(index or "the table")
    if off:
        yield Found(examined.name, f"contributor insights are off for {', '.join(off)}")


CHECKS: Final = (
    Check(
        "missing-dashboard",
        "warning",
        "There is no dashboard of this stack.",
        "Whoever is woken up starts with an empty screen.",
        "docs/monitoring.md, the dashboard",
        "Monitoring(...) makes it",
        _missing,
    ),
    Check(
        "drifted-dashboard",
        "warning",
        "The dashboard is not the one that was generated.",
        "Somebody changed it in the console, or the stack was changed and not deployed: the next deployment takes the change back.",
        "CloudWatch API reference, GetDashboard",
        "Deploy the stack; a dashboard of your own gets a name of its own",
        _drifted,
    ),
    Check(
        "unknown-keys",
        "note",
        "Contributor insights are off.",
        "When a key is hot, nothing says which. In the mode THROTTLED_KEYS only throttled requests are counted and paid for. "
        "Keys are shown as they are.",
        "DynamoDB developer guide, Analyzing data access using CloudWatch Contributor Insights for DynamoDB",
        "aws.dynamodb.ContributorInsights(table_name=..., mode='THROTTLED_KEYS')",
        _unknown_keys,
    ),
)
