"""Refuses a deployment that would replace a table, or do something else than its program says, in preview, with the reason and the way round.

What a table is, is kept in the stack's state, in a stash beside it: the engine hands back what was put there, in a preview too, and before
anything is asked of the table. A deployment reads back what it leaves as it is, and writes what it changes. Why so, and what it does not see:
docs/decisions/0017-replacement-guard.md, 0021-record-of-a-table.md.
"""

import json
import os
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal, cast

import pulumi

from components.errors import ComponentError
from components.tables.record import IDENTITY, LATER, NO_STREAM, Plain, Record, differ, left

Accepted = Literal["stream-replaced", "index-left"]
"""Codes of refusals that one deployment may let pass."""


class TableReplaced(ComponentError, pulumi.RunError):
    """A change of the program would replace a table, and leave its items behind. Raised before the table is touched."""

    code = "table-replaced"


class StreamReplaced(ComponentError, pulumi.RunError):
    """A change of the program would give a table another stream: what is not read yet is lost to its readers. Raised before the table is touched."""

    code = "stream-replaced"


class IndexLeft(ComponentError, pulumi.RunError):
    """A program without indexes, whose table would keep the ones it has. Raised before the table is touched."""

    code = "index-left"


class ChangeLost(ComponentError, pulumi.RunError):
    """A change of the program would not be made, and stay unnoticed or for ever to do. Raised before the table is touched."""

    code = "change-lost"


Count = Callable[[str, Record], "Deployed | None"]
"""What is known of the deployed table: of the component of this name, as it was. None: nothing. NOWHERE: it was looked for, and is not there."""


@dataclass(frozen=True)
class Deployed:
    """items: as DescribeTable has it, which is up to six hours old."""

    name: str
    items: int


NOWHERE: Final = Deployed("", 0)


@dataclass(frozen=True)
class Change:
    """what: in a sentence about the table. way: how to get what is wanted."""

    what: str
    way: str


_COPY: Final = "keep it, or make a second SingleTable of another name, copy the items and move the readers (docs/evolve.md)"
_FIXED: Final = "deploy once with Capacity.fixed, at what the table needs just then (docs/decisions/0008-fixed-capacity-between.md)"
_LIFT: Final = "give -1 in one deployment, which lifts it, and leave it out after that"


def changes(logical: str, was: Record, now: Record) -> list[Change]:
    """Why the provider would replace the table, as far as it is known. logical: the component's name."""
    found: list[Change] = []
    # A name that was automatic and is now said is the same name where it looks like one: removing the automatism replaces nothing.
    pinned = not was.name and _automatic(logical, now.name)
    if differ(was.name, now.name) and not pinned:
        found.append(Change(f"its name is {_said(was.name)} and would be {_said(now.name)}", _COPY))
    # A region that is said and was the provider's is the same region.
    if differ(was.region or _region(), now.region or _region()):
        found.append(
            Change(f"its region is {_said(was.region)} and would be {_said(now.region)}", "add the region as a replica (Replicas)")
        )
    for kind, before, after in (("partition", was.partition, now.partition), ("sort", was.sort, now.sort)):
        if differ(before, after):
            found.append(Change(f"its {kind} key is {_shown(before)} and would be {_shown(after)}", _COPY))
    for index in sorted({*was.local, *now.local}):
        if index not in was.local:
            way = "use a GlobalIndex, which can be added at any time"
            found.append(Change(f"the local index {index} would be added, which only a new table can have", way))
        elif index not in now.local:
            found.append(Change(f"the local index {index} would be removed, which a table keeps for life", "keep it in `indexes`"))
        elif differ(was.local[index], now.local[index]):
            found.append(
                Change(f"the local index {index} would change, which a table keeps as it was made", "add a GlobalIndex of another name")
            )
    return found


def lost(was: Record, now: Record, *, whole: bool) -> list[Change]:
    """What would not be made. whole: the engine ignores changes of indexes."""
    return [*(_lost_indexes(was, now) if whole else ()), *_lost_ceilings(was, now), *_lost_expiry(was, now), *_lost_capacity(was, now)]


def _lost_indexes(was: Record, now: Record) -> Iterator[Change]:
    if not was.indexes:
        return
    for index in sorted({*was.indexes, *now.indexes}):
        if index not in was.indexes:
            yield Change(f"the index {index} would be added, and changes of indexes are ignored while all of them are autoscaled", _FIXED)
        elif index not in now.indexes:
            yield Change(f"the index {index} would be removed, and changes of indexes are ignored while all of them are autoscaled", _FIXED)
        else:
            before, after = was.indexes[index], now.indexes[index]
            # A warm throughput that is no longer declared stays as it is, ignored or not.
            if any(differ(before.get(name), made) for name, made in after.items() if name != "warm" or made):
                yield Change(f"the index {index} would change, and changes of indexes are ignored while all of them are autoscaled", _FIXED)


def _lost_ceilings(was: Record, now: Record) -> Iterator[Change]:
    for subject, units in was.ceilings.items():
        index, _, direction = subject.rpartition("/")
        if subject not in now.ceilings and (not index or index in now.indexes):
            of = f"index {index}" if index else "the table"
            yield Change(f"the ceiling of {units:,} {direction} units of {of} is left out, which does not lift it", _LIFT)


def _lost_expiry(was: Record, now: Record) -> Iterator[Change]:
    """Of a time to live that is left out the provider does nothing. One that is switched off is written, and so never compared."""
    if was.ttl and not now.ttl:
        yield Change(
            f"the time to live {was.ttl} is left out, which does not switch it off: items would go on expiring",
            f'say once that it is off, which DynamoDB wants the attribute for, by transform of the table\'s "ttl": "enabled" false and '
            f'"attribute_name" {was.ttl!r}',
        )


def _lost_capacity(was: Record, now: Record) -> Iterator[Change]:
    """The mode is written wherever capacity is, so that the two differ only where the engine ignores capacity."""
    if (was.billing, now.billing) == ("PAY_PER_REQUEST", "PROVISIONED"):
        yield Change(
            "it would go from on demand to autoscaled at once, and capacity is ignored while it is autoscaled: there would be none to begin with",
            _FIXED,
        )


def sentence(logical: str, found: list[Change], deployed: Deployed | None) -> str:
    if deployed == NOWHERE:
        return (
            f"the table of SingleTable {logical!r} would be another one: {_reasons(found)}. With the credentials of this run no such table is found. "
            "If the deployment that should have made it failed, there is nothing to lose: deploy once with replaceable=True. If it is in another "
            f"account or region, instead: {_ways(found)}."
        )
    there = f"{deployed.name} has about {deployed.items:,} items, which" if deployed else "Its items"
    return (
        f"the table of SingleTable {logical!r} would be replaced: {_reasons(found)}. {there} would stay behind in a table that no stack "
        f"manages, and everything would be pointed at a new and empty one. Instead: {_ways(found)}. For an empty table nevertheless: deploy "
        "once with replaceable=True."
    )


def stream_sentence(logical: str, was: Record, now: Record) -> str:
    return (
        f"the table of SingleTable {logical!r} would get another stream: its records are {was.stream} and would be {now.stream}. The "
        "provider switches the stream off and on again, and its consumers begin with the new one: what they have not read is lost to them, and "
        "what is written in between is in no stream. Instead: keep the view. Or let nobody write, wait until the consumers have read "
        f'everything, and deploy once with accept=["{StreamReplaced.code}"].'
    )


def index_sentence(logical: str, was: Record, deployed: Deployed | None) -> str:
    names, table = sorted(was.indexes), (deployed and deployed.name) or "TABLE"
    several = len(names) > 1
    update = json.dumps([{"Delete": {"IndexName": names[0]}}])
    return (
        f"the table of SingleTable {logical!r} would keep the {'indexes' if several else 'index'} {', '.join(names)}, which the program no "
        "longer has: the provider does not remove the last index of a table and shows no difference, and AWS goes on billing it. Instead: keep "
        f"{'one of them' if several else 'it'}. Or delete {'them yourself, one after the other' if several else 'it yourself'}: aws dynamodb "
        f"update-table --table-name {table} --global-secondary-index-updates '{update}', then `pulumi refresh`, and deploy once with "
        f'accept=["{IndexLeft.code}"].'
    )


def lost_sentence(logical: str, found: list[Change]) -> str:
    return f"a change of SingleTable {logical!r} would not be made: {_reasons(found)}. Instead: {_ways(found)}."


def refusal(logical: str, was: Record, now: Record, *, whole: bool, accept: Collection[Accepted], count: Count) -> ComponentError | None:
    """Why a deployment is refused. None: it is not."""
    if found := changes(logical, was, now):
        return TableReplaced(_coded(TableReplaced, sentence(logical, found, count(logical, was))))
    if was.stream not in ("", NO_STREAM, now.stream) and now.stream and StreamReplaced.code not in accept:
        return StreamReplaced(_coded(StreamReplaced, stream_sentence(logical, was, now)))
    if was.indexes and not now.indexes and IndexLeft.code not in accept:
        return IndexLeft(_coded(IndexLeft, index_sentence(logical, was, count(logical, was))))
    if found := lost(was, now, whole=whole):
        return ChangeLost(_coded(ChangeLost, lost_sentence(logical, found)))
    return None


def guarded(
    component: pulumi.ComponentResource,
    name: str,
    arguments: dict[str, Any],
    *,
    replaceable: bool,
    whole: bool = False,
    scaled: bool = False,
    held: bool = False,
    accept: Collection[Accepted] = (),
    count: Count | None = None,
) -> dict[str, Any]:
    """The arguments, of which the engine learns only where they leave the table what it is; one of the errors above is raised otherwise.

    replaceable: nothing is refused, and this table is the one that is kept from now on. whole: the engine ignores changes of indexes. scaled: it
    ignores those of capacity. held:
    it ignores all changes but those of what makes a table that table. accept: what is not refused. count: default, from the account.
    """
    now = Record.of(arguments)
    free = {"stream": StreamReplaced.code in accept, "indexes": IndexLeft.code in accept and not now.indexes}
    read = IDENTITY if held else left(arguments, whole=whole, scaled=scaled, written=[each for each, is_free in free.items() if is_free])
    options = pulumi.ResourceOptions(
        parent=component,
        protect=False,
        # Kept as it was, whatever a refused deployment would have said: only what is not compared is written.
        ignore_changes=None if replaceable else [f"input.{path}" for path in read],
        replace_on_changes=["input"] if replaceable else None,
    )
    stash = pulumi.Stash(f"{name}-identity", options, input=now.to_dict())

    def checked(kept: Any) -> Any:
        was = Record.kept(cast("Plain", kept))
        if not replaceable and (error := refusal(name, was, now, whole=whole, accept=accept, count=count or counted)):
            raise error
        return arguments["hash_key"]

    # Through the output, so that the table waits for the answer: a check beside it would come too late in an update.
    return {**arguments, "hash_key": stash.input.apply(checked)}


def counted(logical: str, was: Record) -> Deployed | None:
    """The deployed table, asked of the account that the environment points to: of its name, or the only one with such a name and such keys.

    None: there is no access, or it cannot be told which it is. NOWHERE: none has such a name.
    """
    from monitoring.errors import MonitoringError
    from monitoring.live import Account

    try:
        account = Account.of(was.region or _region())
        return _only(account, logical, was)
    except MonitoringError:
        return None


def _only(account: Any, logical: str, was: Record) -> Deployed | None:
    names = (
        [was.name] if was.name else [each for each in account.pages("dynamodb", "ListTables", "TableNames") if _automatic(logical, each)]
    )
    tables = [table for name in names if (table := _described(account, name))]
    if not tables:
        return None if was.name == LATER else NOWHERE
    keys = [key["name"] for key in (was.partition, was.sort) if key]
    found = [
        Deployed(table["TableName"], int(table.get("ItemCount", 0)))
        for table in tables
        if [key["AttributeName"] for key in sorted(table["KeySchema"], key=lambda key: key["KeyType"])] == keys
    ]
    return found[0] if len(found) == 1 else None


def _described(account: Any, name: str) -> Plain | None:
    """None: there is no such table."""
    from monitoring.live import CallRefused

    try:
        return account.ask("dynamodb", "DescribeTable", TableName=name)["Table"]
    except CallRefused as error:
        if error.aws_code == "ResourceNotFoundException":
            return None
        raise


def _region() -> str | None:
    """Of a provider that nobody made: the configuration's, else the environment's."""
    return pulumi.Config("aws").get("region") or os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")


def _automatic(logical: str, name: str) -> bool:
    return re.fullmatch(rf"{re.escape(logical)}-[0-9a-f]{{7}}", name) is not None


def _coded(kind: type[ComponentError], text: str) -> str:
    return f"{kind.code}: {text}"


def _reasons(found: list[Change]) -> str:
    return "; ".join(change.what for change in found)


def _ways(found: list[Change]) -> str:
    return "; ".join(dict.fromkeys(change.way for change in found))


def _said(text: str) -> str:
    return repr(text) if text else "given by the provider"


def _shown(key: Plain) -> str:
    return f"{key['name']} ({key['type']})" if key else "none"
