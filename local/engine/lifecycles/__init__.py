"""The lifecycle of every resource type that the engine can change here; one module for each service."""

from collections.abc import Mapping
from typing import Final

from local.engine.lifecycle import Lifecycle
from local.engine.lifecycles import attachments, autoscaling, functions, identities, messaging, tables, watching

LIFECYCLES: Final[Mapping[str, Lifecycle]] = (
    tables.LIFECYCLES
    | attachments.LIFECYCLES
    | autoscaling.LIFECYCLES
    | identities.LIFECYCLES
    | functions.LIFECYCLES
    | messaging.LIFECYCLES
    | watching.LIFECYCLES
)
"""Of each type that the deployers know."""
