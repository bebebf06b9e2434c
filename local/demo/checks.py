"""What must hold after the demo. A broken one ends it with exit 1 and a sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

from local.demo.visits import Mistake


@dataclass(frozen=True, slots=True)
class Counted:
    """The figures of a shop: of what was sent, or of what was read back. Money in minor units."""

    customers: int
    products: int
    orders: int
    order_lines: int
    total_cents: int
    shipped: int


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything that the checks look at.

    `sent`: what every good line of the input adds up to. `placed_again`: orders whose second sending was answered with the first order.
    `refused`: answers "try again" of the shop. `index_writes`: writes that touched the index while it was throttled, `index_refusals`: how
    many of them the throttle refused; an SDK's own retries may hide those from the shop. `waiting`: requests and orders that were never answered. `index_alarms`: names of the alarms
    on throttles of the index. `open_pages`: names of pages still in ALARM at the end.
    """

    sent: Counted
    read: Counted
    placed: int
    placed_again: int
    notifications: int
    notifications_duplicated: int
    notifications_lost: int
    notifications_unknown: int
    refused: int
    waiting: int
    index: str
    index_writes: int
    index_refusals: int
    index_alarms: Sequence[str]
    fired: Sequence[str]
    cleared: Sequence[str]
    open_pages: Sequence[str]
    alarm_messages_expected: int
    alarm_messages: int
    differences: Sequence[str]
    failures: Sequence[str]
    mistakes: Sequence[Mistake]
    unexpected: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Check:
    """`says` what holds, or what is broken."""

    holds: bool
    says: str


ENOUGH_WRITES = 2
"""Every other write is refused: a single one gets through."""


def checks(figures: Figures) -> tuple[Check, ...]:
    """Each invariant, in the order of the report."""
    return (
        _all_there(figures),
        _as_sent(figures),
        _placed_once(figures),
        _notified_once(figures),
        _nothing_lost(figures),
        _alarm_fired_and_cleared(figures),
        _told(figures),
        _no_page_open(figures),
        _refused_mistakes(figures),
        _nothing_unexpected(figures),
    )


def _all_there(figures: Figures) -> Check:
    wrong = [
        f"{field.name} {getattr(figures.read, field.name):,} of {getattr(figures.sent, field.name):,}"
        for field in fields(Counted)
        if getattr(figures.read, field.name) != getattr(figures.sent, field.name)
    ]
    if wrong:
        return Check(False, f"not all that was sent was read back: {'; '.join(wrong)}")
    read = figures.read
    return Check(
        True, f"{many(read.customers, 'customer')}, {many(read.products, 'product')} and {many(read.orders, 'order')}: sent and read back"
    )


def _as_sent(figures: Figures) -> Check:
    if figures.differences:
        return Check(False, f"{many(len(figures.differences), 'difference')} from what was sent: {_some(figures.differences)}")
    return Check(True, f"{many(figures.read.order_lines, 'order line')} with the prices, quantities, discounts and totals that were sent")


def _placed_once(figures: Figures) -> Check:
    if figures.placed_again != figures.placed:
        missed = figures.placed - figures.placed_again
        return Check(False, f"{missed} of {many(figures.placed, 'order')} sent twice: not answered with the order placed first")
    return Check(True, f"{many(figures.placed, 'order')} sent twice and placed once")


def _notified_once(figures: Figures) -> Check:
    wrong = {
        "lost": figures.notifications_lost,
        "duplicated": figures.notifications_duplicated,
        "of no shipment": figures.notifications_unknown,
    }
    if any(wrong.values()):
        return Check(False, f"notifications: {', '.join(f'{count} {what}' for what, count in wrong.items() if count)}")
    return Check(True, f"{many(figures.notifications, 'shipment')} announced, each once")


def _nothing_lost(figures: Figures) -> Check:
    if figures.waiting:
        return Check(False, f"{many(figures.waiting, 'request')} never answered: the shop was busy until the end")
    if _too_few(figures):
        return Check(
            True, f"throttling was not tried: {many(figures.index_writes, 'write')} touched {figures.index} while it was throttled"
        )
    if not figures.index_refusals:
        return Check(False, f"{figures.index} was throttled and nobody was refused: the throttle did not work")
    return Check(True, f"{many(figures.refused, 'request')} refused while {figures.index} was throttled, and all succeeded later")


def _alarm_fired_and_cleared(figures: Figures) -> Check:
    if _too_few(figures):
        return Check(True, f"the alarms of {figures.index} were not tried: with a larger input they fire and clear")
    missing = [name for name in figures.index_alarms if name not in figures.fired or name not in figures.cleared]
    if missing or not figures.index_alarms:
        what = f'"{missing[0]}" did not fire and clear' if missing else f"no alarm watches throttles of {figures.index}"
        return Check(False, f"{figures.index} was throttled, and {what}")
    named = _some([f'"{name}"' for name in figures.index_alarms])
    return Check(True, f"the throttling of {figures.index} was seen: {named} fired and cleared")


def _told(figures: Figures) -> Check:
    if figures.alarm_messages != figures.alarm_messages_expected:
        got, expected = figures.alarm_messages, figures.alarm_messages_expected
        return Check(False, f"{got} of {expected} messages about alarms arrived behind their topics")
    return Check(True, f"{many(figures.alarm_messages, 'message')} about alarms arrived behind their topics")


def _no_page_open(figures: Figures) -> Check:
    if figures.open_pages:
        return Check(False, f"pages are open at the end: {_some(figures.open_pages)}")
    return Check(True, "no page is open at the end")


def _refused_mistakes(figures: Figures) -> Check:
    wrong = [
        f"{one.name} was answered with {one.answered or 'nothing'}, not {one.expected}"
        for one in figures.mistakes
        if not (one.answered or "").startswith(one.expected)
    ]
    if wrong or not figures.mistakes:
        return Check(False, "; ".join(wrong) or "no mistake was tried")
    return Check(True, f"{many(len(figures.mistakes), 'mistake')} refused in the shop's own words")


def _nothing_unexpected(figures: Figures) -> Check:
    found = [*figures.failures, *(f"{sentence} ({times} x)" for sentence, times in figures.unexpected.items())]
    if found:
        return Check(False, f"{many(len(found), 'unexpected event')}: {_some(found)}")
    return Check(True, "no call was denied, no function failed, nothing unexpected happened")


def _too_few(figures: Figures) -> bool:
    """A small input may write nothing in the minutes of the throttle: then nothing can be said about it."""
    return figures.index_writes < ENOUGH_WRITES and not figures.index_refusals


def many(count: int, what: str) -> str:
    """ "1 order", "2,155 orders"."""
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"


def _some(sentences: Sequence[str], most: int = 3) -> str:
    shown = "; ".join(sentences[:most])
    return shown if len(sentences) <= most else f"{shown}; and {len(sentences) - most} more"
