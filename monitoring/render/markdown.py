"""The little of Markdown that the dashboard's texts use, as HTML: paragraphs, tables, links, bold, code."""

import re
from collections.abc import Iterator, Sequence
from html import escape
from typing import Final

_INLINE: Final = (
    (re.compile(r"\[([^\]]+)\]\((https?://[^)\s]+|#[\w-]+)\)"), r'<a href="\2">\1</a>'),
    (re.compile(r"\*\*(.+?)\*\*"), r"<b>\1</b>"),
    (re.compile(r"`([^`]+)`"), r"<code>\1</code>"),
)


def inline(text: str) -> str:
    """One line. Everything that is not Markdown is escaped; a link goes to a web address or into the page."""
    html = escape(text)
    for pattern, replacement in _INLINE:
        html = pattern.sub(replacement, html)
    return html


def to_html(markdown: str) -> str:
    return "\n".join(_blocks(markdown.splitlines()))


def cells(line: str) -> list[str]:
    """The cells of a row of a table. A pipe inside a cell is written as backslash and pipe."""
    return [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))]


def _blocks(lines: Sequence[str]) -> Iterator[str]:
    rows = [line for line in lines if line.startswith("|")]
    if rows:
        yield _table(rows)
    yield from (f"<p>{inline(line)}</p>" for line in lines if line.strip() and not line.startswith(("|", "#")))


def _table(rows: Sequence[str]) -> str:
    head, *body = [cells(row) for row in rows if not re.fullmatch(r"[|\s:-]+", row)]
    columns = "".join(f"<th>{inline(cell)}</th>" for cell in head)
    lines = "".join(f"<tr>{''.join(f'<td>{inline(cell)}</td>' for cell in row)}</tr>" for row in body)
    return f'<div class="tw"><table><thead><tr>{columns}</tr></thead><tbody>{lines}</tbody></table></div>'
