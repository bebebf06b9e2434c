"""A DynamoDB single-table kit: entities and access patterns declared once, resolved and checked when they are imported.

Standard library only. `singletable.testing` has what tests of your code need, `python -m singletable review` judges a model.
"""

from singletable.cursors import CursorKeys
from singletable.entity import Key, entity_of
from singletable.errors import (
    AlreadyExists,
    DeclarationError,
    IdempotentParameterMismatch,
    InvalidArguments,
    InvalidCursor,
    InvalidKey,
    InvalidValue,
    ItemTooLarge,
    MalformedItem,
    NotFound,
    NotUnique,
    PatternError,
    ServiceError,
    SingleTableError,
    Throttled,
    TransactionConflict,
    TransactionTooLarge,
    UnknownEntity,
    VersionConflict,
)
from singletable.fields import Email, Id, Secret, Timestamp, Version, created, updated
from singletable.patterns import Between, Pattern
from singletable.store import Page, Store
from singletable.streams import Change, Stream
from singletable.table import Table, entity
from singletable.transactions import check, create, delete
from singletable.transport import BotocoreTransport, Reason, Refusal, Transport, botocore_transport
from singletable.usage import patterns_of
from singletable.writes import Written

__all__ = [
    "AlreadyExists",
    "Between",
    "BotocoreTransport",
    "Change",
    "CursorKeys",
    "DeclarationError",
    "Email",
    "Id",
    "IdempotentParameterMismatch",
    "InvalidArguments",
    "InvalidCursor",
    "InvalidKey",
    "InvalidValue",
    "ItemTooLarge",
    "Key",
    "MalformedItem",
    "NotFound",
    "NotUnique",
    "Page",
    "Pattern",
    "PatternError",
    "Reason",
    "Refusal",
    "Secret",
    "ServiceError",
    "SingleTableError",
    "Store",
    "Stream",
    "Table",
    "Throttled",
    "Timestamp",
    "TransactionConflict",
    "TransactionTooLarge",
    "Transport",
    "UnknownEntity",
    "Version",
    "VersionConflict",
    "Written",
    "botocore_transport",
    "check",
    "create",
    "created",
    "delete",
    "entity",
    "entity_of",
    "patterns_of",
    "updated",
]
