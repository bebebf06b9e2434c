"""A severity has a shape and a word, never a colour alone."""

from typing import Final

ICONS: Final = {
    "page": "M3.6 .5h4.8l3.1 3.1v4.8l-3.1 3.1H3.6L.5 8.4V3.6Z",
    "ticket": "M6 .8 11.6 11H.4Z",
    "info": "M6 .6 11.4 6 6 11.4 .6 6Z",
}
"""Outlines, 12 pixels wide."""

LETTERS: Final = {"page": "\N{BLACK SQUARE}", "ticket": "\N{BLACK UP-POINTING TRIANGLE}", "info": "\N{BLACK DIAMOND}"}
"""The same in text."""
