"""Refuses a deployment that would replace a table, in preview, with the reason and the way round it.

What makes a table that table is kept in the stack's state, in a stash beside it: the engine hands back what was put there when the stash was
made, in a preview too, and before anything is asked of the table. Why so, and what it does not see: docs/decisions/0017-replacement-guard.md.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Self, cast

import pulumi

from components.errors import ComponentError

Plain = Mapping[str, Any]


class TableReplaced(ComponentError, pulumi.RunError):
    """A change of the program would replace a table, and leave its items behind. Raised before the table is touched."""

    code = "table-replaced"


@dataclass(frozen=True)
class Identity:
    """What cannot change while a table stays the same table (the provider's ForceNew). Absent is "": a state keeps no None.

    partition, sort: {"name": "PK", "type": "S"}; sort is empty where there is none. local: by name of the index, what it is made of.
    """

    name: str
    region: str
    partition: Plain
    sort: Plain
    local: Plain

    @classmethod
    def of(cls, arguments: Mapping[str, Any]) -> Self:
        """Of aws.dynamodb.Table. What is only known after the deployment is left out: the engine's own protection sees it."""
        types = {str(each["name"]): str(each["type"]) for each in arguments.get("attributes", ())}
        return cls(
            name=_text(arguments.get("name")),
            region=_text(arguments.get("region")),
            partition=_key(arguments.get("hash_key"), types),
            sort=_key(arguments.get("range_key"), types),
            local={
                str(index["name"]): {
                    "sort": _key(index.get("range_key"), types),
                    "projection": _text(index.get("projection_type")),
                    "attributes": sorted(index.get("non_key_attributes") or ()),
                }
                for index in arguments.get("local_secondary_indexes") or ()
            },
        )

    @classmethod
    def kept(cls, stash: Plain) -> Self:
        """What the state holds of it."""
        known = {name: stash.get(name, empty) for name, empty in _NOTHING.items()}
        return cls(**known)

    def to_dict(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in _NOTHING}


_NOTHING: Final[Plain] = {"name": "", "region": "", "partition": {}, "sort": {}, "local": {}}

Count = Callable[[str, Identity], "Deployed | None"]
"""What is known of the deployed table: of the component of this name, as it was. None: nothing."""


@dataclass(frozen=True)
class Deployed:
    """items: as DescribeTable has it, which is up to six hours old."""

    name: str
    items: int


@dataclass(frozen=True)
class Change:
    """what: in a sentence about the table. way: how to get what is wanted without a replacement."""

    what: str
    way: str


_COPY: Final = "keep it, or make a second SingleTable of another name, copy the items and move the readers (docs/evolve.md)"


def changes(logical: str, was: Identity, now: Identity) -> list[Change]:
    """Why the provider would replace the table. logical: the component's name."""
    found: list[Change] = []
    # A name that was automatic and is now said is the same name where it looks like one: removing the automatism replaces nothing.
    pinned = not was.name and _automatic(logical, now.name)
    if was.name != now.name and not pinned:
        found.append(Change(f"its name is {_said(was.name)} and would be {_said(now.name)}", _COPY))
    if was.region != now.region:
        found.append(
            Change(f"its region is {_said(was.region)} and would be {_said(now.region)}", "add the region as a replica (Replicas)")
        )
    for kind, before, after in (("partition", was.partition, now.partition), ("sort", was.sort, now.sort)):
        if before != after:
            found.append(Change(f"its {kind} key is {_shown(before)} and would be {_shown(after)}", _COPY))
    for index in sorted({*was.local, *now.local}):
        if index not in was.local:
            way = "use a GlobalIndex, which can be added at any time"
            found.append(Change(f"the local index {index} would be added, which only a new table can have", way))
        elif index not in now.local:
            found.append(Change(f"the local index {index} would be removed, which a table keeps for life", "keep it in `indexes`"))
        elif was.local[index] != now.local[index]:
            found.append(
                Change(f"the local index {index} would change, which a table keeps as it was made", "add a GlobalIndex of another name")
            )
    return found


def sentence(logical: str, found: list[Change], deployed: Deployed | None) -> str:
    reasons = "; ".join(change.what for change in found)
    ways = "; ".join(dict.fromkeys(change.way for change in found))
    there = f"{deployed.name} has about {deployed.items:,} items, which" if deployed else "Its items"
    return (
        f"the table of SingleTable {logical!r} would be replaced: {reasons}. {there} would stay behind in a table that no stack manages, and "
        f"everything would be pointed at a new and empty one. Instead: {ways}. For an empty table nevertheless: deploy once with replaceable=True."
    )


def guarded(
    component: pulumi.ComponentResource,
    name: str,
    arguments: dict[str, Any],
    *,
    replaceable: bool,
    count: Count | None = None,
) -> dict[str, Any]:
    """The arguments, of which the engine learns only where they leave the table the same table, and TableReplaced is raised otherwise.

    replaceable: nothing is refused, and this table is the one that is kept from now on. count: default, from the account.
    """
    now = Identity.of(arguments)
    options = pulumi.ResourceOptions(
        parent=component,
        protect=False,
        # Kept as it was first said, whatever a refused deployment would have said: only another stash takes another identity.
        ignore_changes=None if replaceable else ["input"],
        replace_on_changes=["input"] if replaceable else None,
    )
    stash = pulumi.Stash(f"{name}-identity", options, input=now.to_dict())

    def checked(kept: Any) -> str:
        was = Identity.kept(cast("Plain", kept))
        found = [] if replaceable else changes(name, was, now)
        if found:
            raise TableReplaced(f"{TableReplaced.code}: {sentence(name, found, (count or counted)(name, was))}")
        return str(arguments["hash_key"])

    # Through the output, so that the table waits for the answer: a check beside it would come too late in an update.
    return {**arguments, "hash_key": stash.output.apply(checked)}


def counted(logical: str, was: Identity) -> Deployed | None:
    """The deployed table, asked of the account that the environment points to: of its name, or the only one with such a name and such keys.

    None: there is no access, or it cannot be told which it is.
    """
    from monitoring.errors import MonitoringError
    from monitoring.live import Account

    try:
        account = Account.of(was.region or pulumi.Config("aws").get("region"))
        return _only(account, logical, was)
    except MonitoringError:
        return None


def _only(account: Any, logical: str, was: Identity) -> Deployed | None:
    names = (
        [was.name] if was.name else [each for each in account.pages("dynamodb", "ListTables", "TableNames") if _automatic(logical, each)]
    )
    keys = [key["name"] for key in (was.partition, was.sort) if key]
    found: list[Deployed] = []
    for name in names:
        table = account.ask("dynamodb", "DescribeTable", TableName=name)["Table"]
        if [key["AttributeName"] for key in sorted(table["KeySchema"], key=lambda key: key["KeyType"])] == keys:
            found.append(Deployed(name, int(table.get("ItemCount", 0))))
    return found[0] if len(found) == 1 else None


def _automatic(logical: str, name: str) -> bool:
    return re.fullmatch(rf"{re.escape(logical)}-[0-9a-f]{{7}}", name) is not None


def _key(name: object, types: Mapping[str, str]) -> dict[str, str]:
    return {"name": name, "type": types.get(name, "S")} if isinstance(name, str) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _said(text: str) -> str:
    return repr(text) if text else "given by the provider"


def _shown(key: Plain) -> str:
    return f"{key['name']} ({key['type']})" if key else "none"
