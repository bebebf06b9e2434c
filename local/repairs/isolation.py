"""One DynamoDB request at a time, all or nothing, and only what really changed reaches the stream.

moto 5.2.5 has no lock. A transaction copies every table it touches and puts the copy back when it is cancelled, so writes that were
acknowledged in between are lost; the copies grow with the table and with its stream, seconds at 5,000 items. Here a request runs alone; each
write leaves the old item in a journal; a request that fails, for any reason, is undone from it. Items in a table are never changed in
place, so what the journal, a stream record or a reader holds stays as it was.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import RLock
from typing import Any

from local.calls import Call, Write, current_call
from local.patches import Patch, Repair
from local.places import Address, address_of, peek, put
from local.repairs import queries, streams

# moto's own classes are not typed well enough to check against: tables, items and backends are Any in this file.
_lock = RLock()
_journal: ContextVar[Journal | None] = ContextVar("journal", default=None)


@dataclass
class Journal:
    """What a request has written so far: for each item its table and what it was at first."""

    first: dict[tuple[int, Address], tuple[Any, Address, Any]] = field(default_factory=dict[tuple[int, Address], tuple[Any, Address, Any]])
    on_commit: list[Callable[[], None]] = field(default_factory=list[Callable[[], None]])

    def record(self, table: Any, address: Address, old: Any) -> None:
        """Remember what an item was before its first write."""
        self.first.setdefault((id(table), address), (table, address, old))

    def undo(self) -> None:
        """Put everything back."""
        for table, address, old in self.first.values():
            put(table, address, old)
        self.first.clear()

    def written(self) -> list[tuple[Any, Address, Any, Any]]:
        """(table, address, old item, new item) of each item written, in the order of the first write to it; it may be what it was."""
        return [(table, address, old, peek(table, address)) for table, address, old in self.first.values()]


def open_journal() -> Journal | None:
    """The journal of the request that this thread is handling."""
    return _journal.get()


def _same(old: Any, new: Any) -> bool:
    return old is new or (old is not None and new is not None and old == new)


def _attributes(item: Any) -> dict[str, Any] | None:
    return None if item is None else item.to_json()["Attributes"]


def _key(table: Any, address: Address) -> dict[str, Any]:
    return {name: value.to_json() for name, value in zip(table.table_key_attrs, address)}


def _alone(proceed: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def call_action(handler: Any) -> Any:
        if handler.boto3_service_name not in ("dynamodb", "dynamodbstreams"):
            return proceed(handler)
        with _lock:
            return _all_or_nothing(lambda: proceed(handler), lambda wire: int(wire[0]) < 300)

    return call_action


def _all_or_nothing(act: Callable[[], Any], succeeded: Callable[[Any], bool]) -> Any:
    journal = Journal()
    token = _journal.set(journal)
    try:
        result = act()
        if succeeded(result):
            _commit(journal, current_call())
        else:
            journal.undo()
        return result
    except BaseException:
        journal.undo()
        raise
    finally:
        _journal.reset(token)


def _commit(journal: Journal, call: Call | None) -> None:
    at = call.at if call is not None else datetime.now(UTC)
    written = [(*entry, _attributes(entry[2]), _attributes(entry[3])) for entry in journal.written()]
    if call is not None:
        call.writes += [Write(table.name, _key(table, address), before, after) for table, address, _, _, before, after in written]
        call.commit(call)
    for done in journal.on_commit:
        done()
    for table, _, old, new, before, after in written:
        if not _same(old, new):
            queries.changed(table, old, new)
            streams.append(table, before, after, at)


def _write(table: Any, address: Address | None, act: Callable[[], Any], *, in_place: bool = False) -> Any:
    """Do one write with a note of what was there; on failure the item is as before."""
    journal = _journal.get()
    if journal is None:  # not by a request: an import, a CloudFormation stack
        return _all_or_nothing(lambda: _write(table, address, act, in_place=in_place), lambda _: True)
    if address is None:
        return act()
    old = peek(table, address)
    journal.record(table, address, old)
    if in_place and old is not None:
        put(table, address, copy.deepcopy(old))
    try:
        return act()
    except BaseException:
        put(table, address, old)
        raise


def _put_item(original: Callable[..., Any]) -> Callable[..., Any]:
    def put_item(table: Any, item_attrs: Any, *args: Any, **kwargs: Any) -> Any:
        return _write(table, address_of(table, item_attrs), lambda: original(table, item_attrs, *args, **kwargs))

    return put_item


def _delete_item(original: Callable[..., Any]) -> Callable[..., Any]:
    def delete_item(table: Any, hash_key: Any, range_key: Any) -> Any:
        return _write(table, (hash_key, range_key), lambda: original(table, hash_key, range_key))

    return delete_item


def _update_item(original: Callable[..., Any]) -> Callable[..., Any]:
    def update_item(backend: Any, table_name: str, key: Any, *args: Any, **kwargs: Any) -> Any:
        table = backend.get_table(table_name)
        act: Callable[[], Any] = lambda: original(backend, table_name, key, *args, **kwargs)  # noqa: E731  # as in its siblings
        return _write(table, address_of(table, key), act, in_place=True)

    return update_item


class _NoTableCopies:
    """Stands in for the module `copy` where moto backs tables up before a transaction."""

    copy = staticmethod(copy.copy)

    @staticmethod
    def deepcopy(value: Any) -> Any:
        from moto.dynamodb.models.table import Table

        return value if isinstance(value, Table) else copy.deepcopy(value)


def _patches() -> Sequence[Patch]:
    from moto.core.responses import BaseResponse
    from moto.dynamodb import models
    from moto.dynamodb.models.table import Table

    return (
        Patch(BaseResponse, "call_action", _alone),
        Patch(Table, "put_item", _put_item),
        Patch(Table, "delete_item", _delete_item),
        Patch(models.DynamoDBBackend, "update_item", _update_item),
        Patch(models, "copy", lambda _: _NoTableCopies),
    )


ISOLATION = Repair(
    "isolation",
    "moto loses acknowledged writes when a transaction is cancelled, copies whole tables for each transaction, and leaves half of a failed "
    "update or batch behind; DynamoDB serialises writes and undoes what fails",
    _patches,
)
