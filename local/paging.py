"""Answers in pages: a token is the place at which the next page begins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from local.calls import Refusal

T = TypeVar("T")


def place(token: str | None) -> int:
    """Where a page begins. Raises Refusal InvalidNextToken for a token that was not given here."""
    if not token:
        return 0
    if not token.isdecimal():
        raise Refusal("InvalidNextToken", "The next token specified is invalid.")
    return int(token)


def paged(items: Sequence[T], token: str | None, most: int) -> tuple[list[T], str | None]:
    """At most `most` items and the token of the next page; None: this was the last one."""
    first = place(token)
    end = first + most
    return list(items[first:end]), str(end) if end < len(items) else None
