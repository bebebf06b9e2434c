"""A stack with deployed names as plain data, so that a recording needs no declaration beside it."""

from collections.abc import Mapping
from typing import Any

from monitoring.names import text
from monitoring.subjects import Billing, Ceiling, FunctionSubject, Stack, StreamSubject, TableSubject
from singletable.definition import TableDefinition


def stack_to_dict(stack: Stack) -> dict[str, Any]:
    """Raises MonitoringError "unresolved-name" for a stack that is not deployed."""
    table, billing = stack.table, stack.table.billing
    return {
        "project": stack.project,
        "stage": stack.stage,
        "region": text(stack.region),
        "owner": stack.owner,
        "table": {
            "name": text(table.name),
            "definition": table.definition.to_dict(),
            "billing": [billing.mode, *_units(billing.table)],
            "index_ceilings": {name: _units(each) for name, each in billing.indexes},
            "replicas": list(table.replicas),
        },
        "functions": [
            {
                "label": each.label,
                "name": text(each.name),
                "timeout_seconds": each.timeout_seconds,
                "patterns": [pattern.name for pattern in each.patterns],
                "http": each.http,
                "pattern_metrics": each.pattern_metrics,
                "failed_events": text(each.failed_events) if each.failed_events else None,
            }
            for each in stack.functions
        ],
        "streams": [{"function": each.function, "mapping": text(each.mapping), "queue": text(each.queue)} for each in stack.streams],
    }


def stack_from_dict(given: Mapping[str, Any]) -> Stack:
    """Raises KeyError, TypeError, ValueError or an error of the rooms for what `stack_to_dict` did not write."""
    table = given["table"]
    definition = TableDefinition.from_dict(table["definition"])
    patterns = {pattern.name: pattern for pattern in definition.patterns}
    functions = tuple(
        FunctionSubject(
            each["label"],
            each["name"],
            each["timeout_seconds"],
            tuple(patterns[name] for name in each["patterns"]),
            each["http"],
            each["pattern_metrics"],
            # Recordings of earlier releases have none.
            failed_events=each.get("failed_events"),
        )
        for each in given["functions"]
    )
    return Stack(
        given["project"],
        given["stage"],
        given["region"],
        TableSubject(definition, table["name"], _billing(table), tuple(table["replicas"])),
        functions,
        tuple(StreamSubject(each["function"], each["mapping"], each["queue"]) for each in given["streams"]),
        given["owner"],
    )


def _units(ceiling: Ceiling) -> list[int | None]:
    return [ceiling.reads_per_second, ceiling.writes_per_second]


def _billing(table: Mapping[str, Any]) -> Billing:
    """Recordings of earlier releases name no index."""
    mode, *units = table["billing"]
    return Billing(mode, Ceiling(*units), tuple((name, Ceiling(*each)) for name, each in table.get("index_ceilings", {}).items()))
