"""A heading with its answer: the number, the question, what is said."""

from html import escape


def heading(question: str, said: str, spans: str = "") -> str:
    """spans: the data from which a page answers for another minute. Default: its answer is always the same."""
    place, _, words = question.partition(" ") if question[:1].isdigit() else ("", "", question)
    data = f' data-spans="{escape(spans)}"' if spans else ""
    return f"<h2>{f'<i>{place}</i>' if place else ''}{escape(words)} <span data-answer{data}>{escape(said)}</span></h2>"
