"""A DynamoDB single-table kit: entities and access patterns declared once, resolved and checked when they are imported."""

from singletable.entity import Key, entity_of
from singletable.fields import Email, Id, Secret, Timestamp, Version, created, updated
from singletable.patterns import Between, create, delete
from singletable.store import Page, Store
from singletable.streams import Change, Stream
from singletable.table import Table, entity
from singletable.transport import BotocoreTransport, Transport

__all__ = [
    "Between",
    "BotocoreTransport",
    "Change",
    "Email",
    "Id",
    "Key",
    "Page",
    "Secret",
    "Store",
    "Stream",
    "Table",
    "Timestamp",
    "Transport",
    "Version",
    "create",
    "created",
    "delete",
    "entity",
    "entity_of",
    "updated",
]
