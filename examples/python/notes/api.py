"""The API of the notes, behind a function URL: GET /?owner=..., GET /?id=..., POST {"owner", "text"}, DELETE /?id=..."""

import json
import secrets
from datetime import UTC, datetime
from functools import cache
from os import environ
from typing import Any

from notes import model
from notes.model import Note
from singletable import Pattern, Store, botocore_transport
from singletable.deployment import TABLE_NAME

patterns: list[Pattern] = [model.find_note, model.notes_of, model.write_note, model.remove_note]
"""What this function does with the table: its permissions, and what its alarms watch."""


@cache
def store() -> Store:
    return Store(botocore_transport(), environ[TABLE_NAME])


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    query: dict[str, str] = event.get("queryStringParameters") or {}
    match event["requestContext"]["http"]["method"], query:
        case "GET", {"id": id}:
            return answer(found(id))
        case "GET", {"owner": owner}:
            return answer({"notes": [shown(note) for note in store().page(model.notes_of(owner=owner)).items]})
        case "POST", _:
            given = json.loads(event.get("body") or "{}")
            at = datetime.fromtimestamp(event["requestContext"]["timeEpoch"] / 1000, UTC)
            note = Note(id=secrets.token_hex(8), owner=given["owner"], text=given["text"], created_at=at)
            store().write(model.write_note(note))
            return answer(shown(note), 201)
        case "DELETE", {"id": id}:
            if note := store().get(model.find_note(id=id)):
                store().write(model.remove_note(note))
            return answer(None, 204)
        case _:
            return answer({"error": "allowed are GET with id or owner, POST, DELETE with id"}, 400)


def found(id: str) -> dict[str, str] | None:
    note = store().get(model.find_note(id=id))
    return shown(note) if note else None


def shown(note: Note) -> dict[str, str]:
    return {"id": note.id, "owner": note.owner, "text": note.text, "created_at": note.created_at.isoformat()}


def answer(body: object, status: int = 200) -> dict[str, Any]:
    if body is None and status == 200:
        status = 404
    return {"statusCode": status, "headers": {"content-type": "application/json"}, "body": "" if body is None else json.dumps(body)}
