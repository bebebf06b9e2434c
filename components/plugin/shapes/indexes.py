"""Indexes of a table, as every language can say them. The text under each is its documentation in every SDK.

No `from __future__ import annotations` here: Pulumi's analysis reads the annotations themselves. Maps and lists of objects are inputs only
because Go's SDK has no type for plain ones: what arrives has to be plain, which `inputs` checks.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import NotRequired, TypedDict

import pulumi


class AttributeType(StrEnum):
    """What a key attribute is."""

    STRING = "S"
    """A text."""
    NUMBER = "N"
    """A number."""
    BINARY = "B"
    """Bytes."""


class KeyAttribute(TypedDict):
    """One attribute of a key."""

    name: str
    """Of the item's attribute."""
    type: NotRequired[AttributeType]
    """What it is. Default: S."""


class ProjectionKind(StrEnum):
    """Which attributes an index holds."""

    ALL = "ALL"
    """Whole items."""
    KEYS_ONLY = "KEYS_ONLY"
    """The keys of the index and of the table."""
    INCLUDE = "INCLUDE"
    """The keys and those that are named."""
    OF_PATTERNS = "OF_PATTERNS"
    """What the declared access patterns read of it."""


class Projection(TypedDict):
    """What an index holds. An index that gets another one is deleted and built anew."""

    kind: ProjectionKind
    """Which attributes."""
    attributes: NotRequired[Sequence[str]]
    """Of INCLUDE: their names, 1 to 20. Default: none."""


class GlobalIndex(TypedDict):
    """An index beside the declared ones, for readers that are not the application."""

    name: str
    """What it is called: 3 to 255 letters, digits, _, - and dots."""
    partition: pulumi.Input[Sequence[pulumi.Input[KeyAttribute]]]
    """All of which a query gives, 1 to 4 attributes."""
    sort: NotRequired[pulumi.Input[Sequence[pulumi.Input[KeyAttribute]]]]
    """Up to 4 attributes, of which a query gives some from the left. Default: none."""
    projection: NotRequired[Projection]
    """What it holds. Default: ALL."""


class LocalIndex(TypedDict):
    """Another order of the table's partitions, for the life of the table: it cannot be added or removed later."""

    name: str
    """What it is called: 3 to 255 letters, digits, _, - and dots."""
    sort: KeyAttribute
    """What it is sorted by."""
    projection: NotRequired[Projection]
    """What it holds. Default: ALL."""
