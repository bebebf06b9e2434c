"""Configuration that several rules share. The SDK does not apply the defaults of a schema: each rule has them in its code too."""

from typing import Any, Final

PRODUCTION: Final[dict[str, dict[str, Any]]] = {
    "production": {
        "type": "array",
        "items": {"type": "string"},
        "default": [],
        "description": "names of further stacks that are production; those with the word prod, prd, production or live in their name are "
        "anyway, unless their tag says no",
    }
}

EVERYWHERE: Final[dict[str, dict[str, Any]]] = {
    **PRODUCTION,
    "everywhere": {
        "type": "boolean",
        "default": False,
        "description": "the rule holds outside production too",
    },
}
"""Of a rule that is for production only."""
