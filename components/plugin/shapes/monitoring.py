"""What watches a stack, as every language can say it. The text under each is its documentation in every SDK.

No `from __future__ import annotations` here: Pulumi's analysis reads the annotations themselves. Maps and lists of objects are inputs only
because Go's SDK has no type for plain ones: what arrives has to be plain, which `inputs` checks.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import NotRequired, TypedDict

import pulumi


class Severity(StrEnum):
    """How soon somebody has to look."""

    PAGE = "page"
    """At once."""
    TICKET = "ticket"
    """On the next working day."""
    INFO = "info"
    """When there is time."""


class Emails(TypedDict):
    """Who is told of alarms, by severity. Each address has to confirm."""

    page: NotRequired[Sequence[str]]
    """Of what cannot wait. Default: nobody."""
    ticket: NotRequired[Sequence[str]]
    """Of what can wait for the next working day. Default: nobody."""
    info: NotRequired[Sequence[str]]
    """Of everything else. Default: nobody."""


class Notify(StrEnum):
    """What tells a topic."""

    ALARMS = "alarms"
    """Each alarm: what is wrong and what to do."""
    COMPOSITES = "composites"
    """One message for each severity, until all of its alarms are clear."""


class Strategy(StrEnum):
    """How refused and failed requests are added up."""

    OPERATIONS = "operations"
    """By name, those in use."""
    INSIGHTS = "insights"
    """All there are, by a query; an account may have 200 such alarms in a region."""


class Board(StrEnum):
    """A further dashboard, US$ 3 a month each."""

    PATTERNS = "patterns"
    """How each access pattern is used, and what the logs say."""
    CONSUMERS = "consumers"
    """One for each reader of the stream."""


class MuteWindow(TypedDict):
    """A time in which alarms keep watching and tell nobody."""

    schedule: str
    """When it begins: cron(0 2 * * SUN) or at(2026-11-27T02:00)."""
    duration: str
    """In the form of ISO 8601, PT1M to P15D."""
    timezone: NotRequired[str]
    """As the IANA database names it. Default: UTC."""
    begins: NotRequired[str]
    """From when on a recurring window is looked at, in the form of ISO 8601 with a zone. Default: always."""
    expires: NotRequired[str]
    """Until when, in the same form. Default: for ever."""
    reason: NotRequired[str]
    """For whoever finds that nobody was told. Default: none."""


class WarmUp(TypedDict):
    """How long a new alarm does nothing."""

    minutes: int
    """How many, 1 to 2880."""
    whole: NotRequired[bool]
    """Also where it had enough data earlier. Default: false."""


class Suppressor(TypedDict):
    """An alarm that, while it is in ALARM, keeps composite alarms from telling anybody. Needs notify: composites."""

    alarm: str
    """Its name or ARN."""
    wait_seconds: NotRequired[int]
    """How long a composite waits for it to fire. Default: 120."""
    extension_seconds: NotRequired[int]
    """How long after it has cleared nobody is told. Default: 180."""


class Maintenance(TypedDict):
    """When alarms keep still."""

    windows: NotRequired[pulumi.Input[Sequence[pulumi.Input[MuteWindow]]]]
    """In which nobody is told. Default: none."""
    warm_up: NotRequired[WarmUp]
    """Of each new alarm. Default: none."""
    suppressor: NotRequired[Suppressor]
    """Of the composite alarms, where they tell. Default: none."""


class AccountMaintenance(TypedDict):
    """When the alarms of an account keep still."""

    windows: NotRequired[pulumi.Input[Sequence[pulumi.Input[MuteWindow]]]]
    """In which nobody is told. Default: none."""
    warm_up: NotRequired[WarmUp]
    """Of each new alarm. Default: none."""


class Mark(TypedDict):
    """A time that is drawn on the charts. One that changes with every update makes every update a change."""

    at: str
    """When, in the form of ISO 8601 with a zone."""
    label: str
    """What happened then."""


class MonitoringOptions(TypedDict):
    """Whom alarms tell, and when there are some."""

    emails: NotRequired[Emails]
    """Who is told. Default: nobody; the topics are there for other subscriptions."""
    notify: NotRequired[Notify]
    """What tells the topics. Default: alarms."""
    owner: NotRequired[str]
    """The team that answers for the stack, named on its dashboard. Default: nobody."""
    runbook_url: NotRequired[str]
    """The folder of the runbooks, https://...; each alarm links to the page of its kind. Default: no link."""
    thresholds: NotRequired[Mapping[str, float]]
    """Other thresholds, by the name of the alarm's kind, for example table-throttles. Default: those of the documentation."""
    severities: NotRequired[Mapping[str, Severity]]
    """Other severities, by the name of the alarm's kind. Default: those of the documentation."""
    latency_ms: NotRequired[Mapping[str, float]]
    """Objectives of the 99th percentile, by operation, for example Query. Default: those of the documentation."""
    pattern_latency_ms: NotRequired[Mapping[str, float]]
    """The same by access pattern, of functions that publish its metrics. Default: none."""
    minimum_calls: NotRequired[int]
    """Below so many calls a minute neither a percentile nor a share of them is judged. Default: 20."""
    ttl_silent_hours: NotRequired[int]
    """After so many hours without a deletion of time to live there is an alarm, 1 to 168. Default: none."""
    anomalies: NotRequired[Sequence[str]]
    """Kinds of anomaly alarms that are made. Default: none."""
    strategy: NotRequired[Strategy]
    """How refused and failed requests are added up. Default: operations."""
    maintenance: NotRequired[Maintenance]
    """When alarms keep still. Default: never."""
    boards: NotRequired[Sequence[Board]]
    """Further dashboards. Default: none."""
    marks: NotRequired[pulumi.Input[Sequence[pulumi.Input[Mark]]]]
    """Times that are drawn on the charts, such as of a release. Default: none."""
    disabled: NotRequired[Sequence[str]]
    """Kinds of alarms that are not made. Default: none."""
