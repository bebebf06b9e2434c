"""A plan for people and for programs."""

import json
import textwrap
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

from components.index_plan.backfill import Backfill
from components.index_plan.plan import Plan
from components.index_plan.steps import Step

WIDTH: Final = 110


def text(plan: Plan) -> str:
    return "\n".join(_lines(plan)) + "\n"


def report(plan: Plan) -> str:
    """JSON: refused and notes are sentences."""
    made: dict[str, Any] = {
        "version": 1,
        "table": plan.table.name,
        "deployments": plan.deployments,
        "refused": list(plan.refused),
        "steps": [{"number": number, **step.to_dict()} for number, step in enumerate(plan.steps, 1)],
        "notes": list(plan.notes),
    }
    return json.dumps(made, indent=2, ensure_ascii=False) + "\n"


def _lines(plan: Plan) -> Iterator[str]:
    for refusal in plan.refused:
        yield from _wrapped("not as declared: ", f"{refusal}.")
    if not plan.steps and not plan.refused:
        yield "the indexes are as wanted: nothing to do"
    for number, step in enumerate(plan.steps, 1):
        yield from _step(f"{number:>2}. ", step)
    for note in plan.notes:
        yield from _wrapped("note: ", f"{note}.")
    if plan.steps:
        yield f"{_counted(len(plan.steps), 'step')}, {_counted(plan.deployments, 'deployment')}"


def _step(number: str, step: Step) -> Iterator[str]:
    yield from _wrapped(f"{number}{step.kind:7}", f"{step.do}.")
    margin = " " * (len(number) + 7)
    if step.why:
        yield from _wrapped(margin, f"{step.why[0].upper()}{step.why[1:]}.")
    if step.backfill:
        yield from _wrapped(margin, f"{said(step.backfill)}.")
    yield from (f"{margin}$ {command}" for command in step.commands)


def said(backfill: Backfill) -> str:
    parts = [f"The backfill takes at most {backfill.write_units:,} write units"]
    if backfill.seconds is None:
        parts.append(f"{_usd(backfill.usd)} on demand")
    else:
        parts.append(f"{timedelta(seconds=backfill.seconds)} or more at the index's capacity")
    return f"{', '.join(parts)}; the entries cost at most {_usd(backfill.usd_a_month)} a month of storage"


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _usd(amount: float) -> str:
    return f"${amount:,.2f}" if amount >= 0.01 or not amount else "less than $0.01"


def _wrapped(first: str, words: str) -> Iterator[str]:
    yield from textwrap.wrap(
        words, WIDTH, initial_indent=first, subsequent_indent=" " * len(first), break_long_words=False, break_on_hyphens=False
    )
