"""The components that other languages see: those of Python, with plain arguments. Types and names are the same, so a stack can change its language.

No `from __future__ import annotations` here: as in `shapes`.
"""

from collections.abc import Mapping
from typing import Any, cast

import pulumi

from components import web_app_table
from components.plugin import conversion
from components.plugin.refusals import refusing_whole
from components.plugin.shapes import AccountMonitoringArgs, Handler, SingleTableArgs, WebAppTableArgs
from components.tables import table
from components.watching import account_monitoring
from components.web_app_plan import MONITORING, TABLE

Options = pulumi.ResourceOptions | None


class WebAppTable(web_app_table.WebAppTable):
    """A DynamoDB table from its declaration, with its functions, their permissions from its access patterns, its stream consumers, and the alarms and dashboard that watch them."""

    table_name: pulumi.Output[str]
    """What AWS calls the table."""
    table_arn: pulumi.Output[str]
    """Of the table."""
    stream_arn: pulumi.Output[str]
    """Of the table's stream: what somebody else may consume."""
    function_names: Mapping[str, pulumi.Output[str]]
    """What AWS calls each function, by the name of its handler."""
    urls: Mapping[str, pulumi.Output[str]]
    """Of the functions that have one, by the name of the handler."""
    failure_queue_urls: Mapping[str, pulumi.Output[str]]
    """Of each consumer's queue, by the name of the handler: where in the stream is what it could not handle."""
    topic_arns: Mapping[str, pulumi.Output[str]]
    """Of the topics that alarms tell, by severity: page, ticket, info."""
    dashboard_name: pulumi.Output[str]
    """What CloudWatch calls the dashboard."""
    dashboard_url: pulumi.Output[str]
    """Opens the dashboard in the console."""

    def __init__(self, name: str, args: WebAppTableArgs, opts: Options = None) -> None:
        declared = conversion.definition(args["definition"])
        # What arrives is plain: `inputs` has refused everything else.
        given = cast("Mapping[str, Handler]", args.get("handlers", {}))
        handlers = {label: conversion.handler(label, each, declared) for label, each in given.items()}
        transform = args.get("transform", {})
        options = {
            **transform,
            TABLE: conversion.table(args.get("table", {}), transform.get(TABLE, {})),
            **{label: conversion.handler_options(label, each, transform.get(label, {})) for label, each in given.items()},
            MONITORING: conversion.monitoring(args.get("monitoring", {}), transform.get(MONITORING, {})),
        }
        with refusing_whole(cast("Mapping[str, Any]", args)):
            super().__init__(name, table=declared, handlers=handlers, tags=tags_of(args), transform=options, opts=opts)


class SingleTable(table.SingleTable):
    """A DynamoDB table from its declaration, protected against loss in four layers, without functions and alarms: for a stack that has its own."""

    name: pulumi.Output[str]
    """What AWS calls the table."""
    arn: pulumi.Output[str]
    """Of the table."""
    stream_arn: pulumi.Output[str]
    """Of its stream."""

    def __init__(self, name: str, args: SingleTableArgs, opts: Options = None) -> None:
        declared = conversion.definition(args["definition"])
        arguments = conversion.table(args.get("table", {}), args.get("transform", {}))
        with refusing_whole(cast("Mapping[str, Any]", args)):
            super().__init__(name, table=declared, tags=tags_of(args), **arguments, opts=opts)


class AccountMonitoring(account_monitoring.AccountMonitoring):
    """What all stacks of an account and region share, watched once: quotas of capacity and of concurrency. In a small stack of its own, one for each region."""

    topic_arns: Mapping[str, pulumi.Output[str]]
    """Of the topics that alarms tell, by severity: page, ticket, info."""

    def __init__(self, name: str, args: AccountMonitoringArgs, opts: Options = None) -> None:
        arguments: dict[str, Any] = {
            "emails": conversion.emails(args.get("emails")),
            "options": conversion.account_options(args),
            "maintenance": conversion.account_maintenance(args.get("maintenance", {})),
            "transform": conversion.transforms(args.get("transform", {})),
        }
        with refusing_whole(cast("Mapping[str, Any]", args)):
            super().__init__(name, **arguments, tags=tags_of(args), opts=opts)


def tags_of(args: WebAppTableArgs | SingleTableArgs | AccountMonitoringArgs) -> Mapping[str, Any] | None:
    # The components say texts, and hand on what they are given.
    return cast("Mapping[str, Any] | None", args.get("tags"))
