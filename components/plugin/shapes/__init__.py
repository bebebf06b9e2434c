"""Arguments as every language can say them. The text under each is its documentation in every SDK.

No `from __future__ import annotations` here: Pulumi's analysis reads the annotations themselves. Unions, literals and types of other packages
have no place in it: with a type of the AWS provider among the arguments, every consumer's SDK would need that provider's whole schema.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NotRequired, TypedDict

import pulumi

from components.plugin.shapes.handlers import Handler
from components.plugin.shapes.monitoring import AccountMaintenance, Emails, MonitoringOptions, Severity
from components.plugin.shapes.table import TableOptions


class WebAppTableArgs(TypedDict):
    """A table, the functions that use it, and what watches them."""

    definition: Mapping[str, Any]
    """The declaration, in its JSON form: what `python -m singletable definition MODULE` prints, or the same by hand. Its schema is docs/table.schema.json; `python -m singletable check FILE` checks a file."""
    handlers: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[Handler]]]]
    """The functions, by a name of letters, digits and dashes. Default: none."""
    table: NotRequired[TableOptions]
    """What the table is beside its declaration. Default: on demand, protected in four layers."""
    monitoring: NotRequired[MonitoringOptions]
    """Whom the alarms tell. Default: nobody."""
    tags: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Of every resource. Default: none."""
    transform: NotRequired[Mapping[str, Mapping[str, Mapping[str, Any]]]]
    """The one way out: by part (table, monitoring, or the name of a handler), by resource (table, function, role, mapping, alarm, ...), arguments of the AWS provider's resource to set. Default: nothing."""


class SingleTableArgs(TypedDict):
    """A table alone, without functions and without alarms."""

    definition: Mapping[str, Any]
    """The declaration, in its JSON form, as of WebAppTable."""
    table: NotRequired[TableOptions]
    """What it is beside its declaration. Default: on demand, protected in four layers."""
    tags: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Of every resource. Default: none."""
    transform: NotRequired[Mapping[str, Mapping[str, Any]]]
    """The one way out: by resource (table, read-target, ...), arguments of the AWS provider's resource to set. Default: nothing."""


class AccountMonitoringArgs(TypedDict):
    """What all stacks of an account and region share, watched once."""

    emails: NotRequired[Emails]
    """Who is told. Default: nobody."""
    concurrency_quota: NotRequired[int]
    """Runs that Lambda allows at one time in this account and region. Default: 1000."""
    runbook_url: NotRequired[str]
    """The folder of the runbooks, https://...; each alarm links to the page of its kind. Default: no link."""
    severities: NotRequired[Mapping[str, Severity]]
    """Other severities, by the name of the alarm's kind. Default: those of the documentation."""
    thresholds: NotRequired[Mapping[str, float]]
    """Other thresholds, by the name of the alarm's kind. Default: those of the documentation."""
    disabled: NotRequired[Sequence[str]]
    """Kinds of alarms that are not made. Default: none."""
    maintenance: NotRequired[AccountMaintenance]
    """When alarms keep still. Default: never."""
    transform: NotRequired[Mapping[str, Mapping[str, Any]]]
    """The one way out: by resource (topic, subscription, alarm, ...), arguments of the AWS provider's resource to set. Default: nothing."""
    tags: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Of every resource. Default: none."""
