"""What somebody probably meant."""

from collections.abc import Iterable
from difflib import get_close_matches


def did_you_mean(given: str, known: Iterable[str]) -> str:
    """' Did you mean "hot-partition"?', to stand behind a sentence; empty where nothing is near."""
    near = get_close_matches(given, list(known), n=1)
    return f' Did you mean "{near[0]}"?' if near else ""
