"""An explanation for people."""

import textwrap
from collections.abc import Iterator

from monitoring.explain.explanation import Explanation
from monitoring.render.figures import span


def text(explanation: Explanation, width: int) -> str:
    """A headline, the paragraph, what to do, what else opened. width: of a line, in characters."""
    return "\n".join(_lines(explanation, width)) + "\n"


def _lines(explanation: Explanation, width: int) -> Iterator[str]:
    yield explanation.headline
    yield ""
    yield from textwrap.wrap(" ".join(explanation.sentences), width, break_long_words=False, break_on_hyphens=False)
    yield ""
    yield from _wrapped("Next: ", explanation.next_step, width)
    if explanation.steps:
        yield ""
        yield f"First steps ({explanation.recipe}):"
        for number, step in enumerate(explanation.steps, 1):
            yield from _wrapped(f"  {number}. ", step, width)
    for heading, spells in (("Also in this incident:", explanation.others), ("Earlier, and over before it began:", explanation.earlier)):
        if spells:
            yield ""
            yield heading
            for spell in spells:
                yield f"  {spell.alarm.severity:<6}  {spell.clause}, {span(spell.since, spell.until, explanation.end)}"


def _wrapped(lead: str, words: str, width: int) -> list[str]:
    return textwrap.wrap(
        words, width, initial_indent=lead, subsequent_indent=" " * len(lead), break_long_words=False, break_on_hyphens=False
    )
