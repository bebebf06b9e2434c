"""What watches a stack, or an account."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from components.plugin.conversion.plain import Transforms, moment, taken, texts, transforms
from components.plugin.refusals import refusing
from components.plugin.shapes import AccountMonitoringArgs
from components.plugin.shapes import monitoring as shapes
from monitoring import Options
from monitoring.account_alarms import AccountOptions
from monitoring.alarms import Suppressor, WarmUp
from monitoring.maintenance import Maintenance
from monitoring.mute import MuteWindow
from monitoring.widgets import Mark

OPTIONS_AS_THEY_ARE = ("thresholds", "latency_ms", "pattern_latency_ms", "minimum_calls", "ttl_silent_hours", "runbook_url")


def monitoring(given: shapes.MonitoringOptions, transform: Transforms) -> dict[str, Any]:
    """Arguments of Monitoring beside what it watches."""
    arguments: dict[str, Any] = {"emails": emails(given.get("emails")), "owner": given.get("owner"), **texts(given, "notify")}
    with refusing("monitoring", given):
        arguments["options"] = Options(
            **taken(given, *OPTIONS_AS_THEY_ARE), **texts(given, "strategy"), **_severities(given), **_sets(given, "disabled", "anomalies")
        )
    if "maintenance" in given:
        arguments["maintenance"] = _maintenance("monitoring.maintenance", given["maintenance"])
    if "boards" in given:
        arguments["boards"] = [str(board) for board in given["boards"]]
    marks: list[Mark] = []
    for number, mark in enumerate(cast("Sequence[shapes.Mark]", given.get("marks", ()))):
        with refusing(f"monitoring.marks[{number}]", mark):
            marks.append(Mark(moment("at", mark["at"]), mark["label"]))
    return {**arguments, "marks": marks, "transform": transforms(transform)}


def emails(given: shapes.Emails | None) -> Mapping[str, Sequence[str]]:
    """By severity."""
    return cast("Mapping[str, Sequence[str]]", given or {})


def account_options(given: AccountMonitoringArgs) -> AccountOptions:
    with refusing("", given):
        return AccountOptions(
            **taken(given, "thresholds", "concurrency_quota", "runbook_url"), **_severities(given), **_sets(given, "disabled")
        )


def account_maintenance(given: shapes.AccountMaintenance) -> Maintenance:
    return _maintenance("maintenance", given)


def _maintenance(path: str, given: shapes.Maintenance | shapes.AccountMaintenance) -> Maintenance:
    windows: list[MuteWindow] = []
    for number, each in enumerate(cast("Sequence[shapes.MuteWindow]", given.get("windows", ()))):
        with refusing(f"{path}.windows[{number}]", each):
            bounds: dict[str, Any] = {name: moment(name, text) for name, text in taken(each, "begins", "expires").items()}
            windows.append(MuteWindow(each["schedule"], each["duration"], **taken(each, "timezone", "reason"), **bounds))
    more: dict[str, Any] = {}
    if "warm_up" in given:
        with refusing(f"{path}.warmUp", given["warm_up"]):
            more["warm_up"] = WarmUp(given["warm_up"]["minutes"], **taken(given["warm_up"], "whole"))
    if suppressor := cast("shapes.Suppressor | None", given.get("suppressor")):
        with refusing(f"{path}.suppressor", suppressor):
            more["suppressor"] = Suppressor(suppressor["alarm"], **taken(suppressor, "wait_seconds", "extension_seconds"))
    return Maintenance(tuple(windows), **more)


def _severities(given: shapes.MonitoringOptions | AccountMonitoringArgs) -> dict[str, Any]:
    return {"severities": {name: str(severity) for name, severity in given["severities"].items()}} if "severities" in given else {}


def _sets(given: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: frozenset(given[name]) for name in names if name in given}
