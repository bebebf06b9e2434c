"""A moment, as the provider reads it back: any other form would be a difference with every deployment, and a replacement with it."""

from datetime import UTC, datetime


def rfc3339(moment: datetime) -> str:
    """In UTC and without fractions of a second. moment: with a time zone."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
