"""Names of places in the page, the same at each refresh: focus, open details and addresses stay where they are."""

import re


def anchor(kind: str, words: str) -> str:
    """("c", "GetItem: Order (find_order)") -> "c-getitem-order-find-order"."""
    return f"{kind}-{re.sub(r'[^a-z0-9]+', '-', words.lower()).strip('-')}"
