"""A stack as if it were deployed: every name that deployment would decide is a text."""

from collections.abc import Mapping
from dataclasses import replace

from monitoring.names import Name, Ref
from monitoring.subjects import Stack


def named(stack: Stack, names: Mapping[Ref, str] | None = None) -> Stack:
    """names: those that are known, for example of a deployed stack. Default, also for what is not among them: from project and label."""
    known = names or {}

    def of(name: Name) -> str:
        if isinstance(name, str):
            return name
        return known.get(name) or default_name(stack, name)

    return replace(
        stack,
        region=of(stack.region),
        table=replace(stack.table, name=of(stack.table.name)),
        functions=tuple(
            replace(each, name=of(each.name), failed_events=of(each.failed_events) if each.failed_events else None)
            for each in stack.functions
        ),
        streams=tuple(replace(stream, mapping=of(stream.mapping), queue=of(stream.queue)) for stream in stack.streams),
    )


def default_name(stack: Stack, ref: Ref) -> str:
    """ "order-events" for the function, its mapping and its queue, "shop" for the table; a region and an account that belong to nobody."""
    kind, _, label = ref.key.partition(":")
    return {"region": "eu-west-1", "account": "123456789012"}.get(kind) or label or stack.project
