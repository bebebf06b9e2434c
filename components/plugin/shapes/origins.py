"""Where a table's first items come from, as every language can say it. The text under each is its documentation in every SDK.

No `from __future__ import annotations` here: Pulumi's analysis reads the annotations themselves. Maps and lists of objects are inputs only
because Go's SDK has no type for plain ones: what arrives has to be plain, which `inputs` checks.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import NotRequired, TypedDict

import pulumi


class PointInTime(TypedDict):
    """What another table held."""

    source: str
    """Its name, or its ARN where it is in another region."""
    at: NotRequired[str]
    """When, in the form of ISO 8601 with a zone: 2026-05-10T12:00:00Z. Default: the latest time that can be restored."""


class ImportFormat(StrEnum):
    """How the objects of an import are written."""

    DYNAMODB_JSON = "DYNAMODB_JSON"
    """As DynamoDB exports tables."""
    ION = "ION"
    """Amazon Ion."""


class Compression(StrEnum):
    """How the objects of an import are packed."""

    NONE = "NONE"
    """Not at all."""
    GZIP = "GZIP"
    """By gzip."""
    ZSTD = "ZSTD"
    """By Zstandard."""


class Csv(TypedDict):
    """How an import reads lines of values."""

    delimiter: NotRequired[str]
    """One of , ; : | tab and space. Default: a comma."""
    headers: NotRequired[Sequence[str]]
    """Names of the attributes. Default: the first line has them."""


class BucketImport(TypedDict):
    """The objects of a bucket."""

    bucket: pulumi.Input[str]
    """Its name."""
    prefix: NotRequired[str]
    """Of the names of the objects. Default: all of them."""
    owner: NotRequired[str]
    """The account that has the bucket. Default: this one."""
    format: NotRequired[ImportFormat]
    """How they are written. Default: DYNAMODB_JSON."""
    compression: NotRequired[Compression]
    """How they are packed. Default: NONE."""
    csv: NotRequired[Csv]
    """Lines of values, in the place of a format. Default: no CSV."""


class Existing(TypedDict):
    """A table that nothing manages, or something else until now."""

    name: str
    """As AWS knows it. It stays here for as long as the table lives."""
    as_declared: NotRequired[bool]
    """In a later deployment: it is made what the declaration says. Before, it is taken over as it is. Default: false."""


class Origin(TypedDict):
    """Where a table's first items come from: one of the four. A table that exists is never made again because of it."""

    point_in_time: NotRequired[PointInTime]
    """What another table held. Default: not from there."""
    backup_arn: NotRequired[str]
    """ARN of a backup on demand. Default: not from there."""
    bucket: NotRequired[BucketImport]
    """An import from S3. Default: not from there."""
    existing: NotRequired[Existing]
    """A table that is there already is taken over. Default: not from there."""
