"""How many may read the stream of a table."""

from typing import Final

MOST_READERS: Final = 2
"""Of one shard at the same time; more are throttled. Source: DynamoDB developer guide, Change data capture for DynamoDB Streams."""
MOST_READERS_OF_A_GLOBAL_TABLE: Final = 1
"""Replication reads too. Source: Lambda developer guide, Using AWS Lambda with Amazon DynamoDB: Polling and batching streams."""


def most_readers(*, replicated: bool) -> int:
    return MOST_READERS_OF_A_GLOBAL_TABLE if replicated else MOST_READERS
