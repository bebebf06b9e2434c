"""The lifecycle of every resource type that the engine can change here; one module for each service."""

from collections.abc import Mapping
from typing import Final

from local.engine.lifecycle import Lifecycle, unread
from local.engine.lifecycles import attachments, functions, identities, messaging, tables, watching

LIFECYCLES: Final[Mapping[str, Lifecycle]] = (
    tables.LIFECYCLES | attachments.LIFECYCLES | identities.LIFECYCLES | functions.LIFECYCLES | messaging.LIFECYCLES | watching.LIFECYCLES
)
UNKNOWN_TYPE: Final = Lifecycle(unread)


def lifecycle_of(resource_type: str) -> Lifecycle:
    """That of a type; for one that has none here: it is created and deleted only, and every change replaces it."""
    return LIFECYCLES.get(resource_type, UNKNOWN_TYPE)
