"""One step of a plan, and what each kind of step asks of whoever does it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from components.index_plan.backfill import Backfill
from singletable.definition import IndexDefinition

Kind = Literal["wait", "add", "watch", "fill", "switch", "prove", "remove"]


@dataclass(frozen=True)
class Step:
    """index: the one it is about; empty for a step about code. do: what to do. why: the reason, where it is not plain. commands: to run."""

    kind: Kind
    index: str
    do: str
    why: str = ""
    commands: tuple[str, ...] = ()
    backfill: Backfill | None = None

    def to_dict(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "index": self.index or None,
            "do": self.do,
            "why": self.why or None,
            "commands": list(self.commands),
            "backfill": self.backfill.to_dict() if self.backfill else None,
        }


def wait(index: str, status: str, table: str) -> Step:
    return Step(
        "wait",
        index,
        f"wait until {index}, which is {status}, is done",
        "DynamoDB changes one index of a table at a time",
        (f"python -m components watch-index {table} {index}",),
    )


def add(index: IndexDefinition, backfill: Backfill | None, writers: Sequence[str], provisioned: bool) -> Step:
    """writers: entities whose items get its keys with the same deployment, from whoever writes them."""
    fixed = "; its capacity is autoscaled: give this one deployment Capacity.fixed (docs/decisions/0008)" if provisioned else ""
    keys = ", ".join(index.key.attributes)
    holds = {"ALL": "all attributes", "KEYS_ONLY": "keys only"}.get(index.projection, ", ".join(index.attributes))
    written = f"its keys in {', '.join(writers)}, " if writers else ""
    everywhere = " with every function that writes them" if writers else ""
    return Step(
        "add",
        index.name,
        f"declare {index.name} ({keys}; {holds}) beside what there is, {written}change nothing else, and deploy{everywhere}{fixed}",
        "the patterns read what they read before; `singletable review` says unread-index until they are switched",
        ("pulumi preview", "pulumi up"),
        backfill,
    )


def watch(index: str, table: str) -> Step:
    return Step(
        "watch",
        index,
        f"wait until {index} is ACTIVE. Throttled writes of it slow the backfill, and the table's own writes with it",
        "a query is refused until then",
        (f"python -m components watch-index {table} {index}",),
    )


def fill(index: str, entities: Sequence[str], reason: str) -> Step:
    return Step(
        "fill",
        index,
        f"when every writer has that code, write {', '.join(entities)} once again, so that the items there are have the keys of {index}",
        f"{reason}: the index would hold only what is written from now on",
    )


def switch(indexes: Sequence[str], patterns: Sequence[str]) -> Step:
    return Step(
        "switch",
        "",
        f"deploy the code in which {', '.join(patterns)} {'reads' if len(patterns) == 1 else 'read'} {', '.join(indexes)}",
        "every function and every other program that reads the table, also those that run for long",
        ("pulumi up",),
    )


def prove(index: str, readers: Sequence[str], table: str) -> Step:
    known = f"until now {', '.join(readers)} did" if readers else "no declared pattern does; others may"
    return Step(
        "prove",
        index,
        f"see that nothing reads {index} any more: its ConsumedReadCapacityUnits are 0 for as long as the rarest reader takes to come",
        known,
        (f"python -m monitoring serve {table}",),
    )


def delete(index: str, table: str) -> Step:
    update = json.dumps([{"Delete": {"IndexName": index}}])
    return Step(
        "remove",
        index,
        f'delete {index} yourself, refresh, take it out of the declaration, and deploy once with accept=["index-left"]',
        "it is the last one: the provider leaves it there without a difference in any preview, and AWS goes on billing it (docs/decisions/0021)",
        (f"aws dynamodb update-table --table-name {table} --global-secondary-index-updates '{update}'", "pulumi refresh", "pulumi up"),
    )


def remove(index: str) -> Step:
    return Step(
        "remove",
        index,
        f"take {index} out of the declaration, change nothing else, and deploy",
        "what reads it fails from then on, and building it again is a backfill",
        ("pulumi preview", "pulumi up"),
    )
