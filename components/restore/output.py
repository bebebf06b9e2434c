"""What a drill comes to: for people, for programs, and for those who audit."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final, cast

from components.restore.drill import Record
from components.restore.items import Compared
from components.restore.settings import Difference
from components.spans import said

VERSION: Final = 1
"""Of the JSON's shape. Fields may be added under the same version."""


def text(record: Record) -> str:
    rows = list(_rows(record))
    width = max(len(name) for name, _ in rows)
    return (
        "\n".join([f"restore drill of {record.table} in {record.region}", "", *(f"  {name:{width}}  {words}" for name, words in rows)])
        + "\n"
    )


def markdown(record: Record) -> str:
    rows = "\n".join(f"| {name} | {words} |" for name, words in _rows(record))
    return f"# Restore drill of {record.table} in {record.region}\n{record.began:%Y-%m-%d %H:%M} UTC\n\n| | |\n|---|---|\n{rows}\n"


def _rows(record: Record) -> Iterator[tuple[str, str]]:
    yield "restored to", f"{record.point.at:%Y-%m-%d %H:%M:%S} UTC, {said(record.point.age)} before the drill began"
    if record.restore is not None:
        yield "table active after", said(record.restore)
    if record.indexes is not None:
        yield "its indexes", f"{said(record.indexes)} later" if record.indexes else "with it"
    if record.checking is not None:
        yield "checked in", said(record.checking)
    if record.items:
        yield "items", _items(record.items)
    for each in record.broken:
        yield "DIFFERENT", f"{each.setting.name}: {_value(each.was)} in the table, {_value(each.restored)} in the copy"
    for each in record.gaps:
        yield "to be set again", _gap(each)
    if record.applied:
        yield "set on the copy", ", ".join(record.applied)
    if record.unfinished:
        yield "NOT FINISHED", record.unfinished
    if record.left:
        yield "still there", f"{record.left}: aws dynamodb delete-table --table-name {record.left}"
    yield "result", "it can be restored" if record.good else "NOT PROVEN that it can be restored"


def _gap(each: Difference) -> str:
    return f"{each.setting.name} ({_value(each.was)}): {each.setting.again}"


def _value(value: Any) -> str:
    match value:
        case None:
            return "none"
        case True:
            return "on"
        case dict():
            return ", ".join(f"{name}={value[name]}" for name in cast("dict[str, Any]", value))
        case list():
            return ", ".join(map(str, cast("list[Any]", value)))
        case _:
            return str(value)


def _items(items: Compared) -> str:
    counts = f"{items.counted[0]:,} in the table, {items.counted[1]:,} in the copy" if items.counted else f"a sample of {items.checked:,}"
    if not items.different:
        return f"{counts}: all the same"
    found = {"lost": items.lost, "extra": items.extra, "changed": items.changed}
    listed = ", ".join(f"{number:,} {what}" for what, number in found.items() if number)
    return f"{counts}: {listed} ({items.percent:.3g} percent), such as {'; '.join(items.examples)}"


def report(record: Record) -> str:
    """JSON. Times are ISO 8601, durations seconds."""
    items = record.items
    made: dict[str, Any] = {
        "version": VERSION,
        "table": record.table,
        "region": record.region,
        "copy": record.copy,
        "began": record.began.isoformat(),
        "restored_to": record.point.at.isoformat(),
        "age_seconds": record.point.age.total_seconds(),
        "seconds": {
            "restore": _seconds(record.restore),
            "indexes": _seconds(record.indexes),
            "checking": _seconds(record.checking),
        },
        "items": None
        if items is None
        else {
            "counted": list(items.counted) if items.counted else None,
            "checked": items.checked,
            "lost": items.lost,
            "extra": items.extra,
            "changed": items.changed,
            "examples": list(items.examples),
        },
        "broken": [_difference(each) for each in record.broken],
        "gaps": [_difference(each) for each in record.gaps],
        "applied": list(record.applied),
        "unfinished": record.unfinished or None,
        "left": record.left or None,
        "good": record.good,
    }
    return json.dumps(made, indent=2, ensure_ascii=False) + "\n"


def _difference(each: Difference) -> dict[str, Any]:
    return {"setting": each.setting.name, "was": each.was, "restored": each.restored, "again": each.setting.again or None}


def _seconds(span: timedelta | None) -> float | None:
    return None if span is None else span.total_seconds()
