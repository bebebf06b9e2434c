"""A bill for people."""

from collections.abc import Iterator

from monitoring.costs.bill import Bill, Charge, Group
from monitoring.costs.calls import Calls

TITLES: dict[Group, str] = {"table": "The table", "monitoring": "Monitoring"}


def text(bill: Bill, title: str) -> str:
    """Plain, with a line break at its end."""
    return "\n".join(_lines(bill, title)) + "\n"


def _lines(bill: Bill, title: str) -> Iterator[str]:
    yield f"{title}: about US$ {bill.usd:,.2f} a month, before free allowances"
    yield ""
    widths = [max(12, *(len(each.pattern) for each in bill.calls)) if bill.calls else 12, 14, 10, 11, 13, 12]
    yield _row(("pattern", "calls a month", "read units", "write units", "US$ / million", "US$ a month"), widths)
    usd = {charge.what: charge.usd for charge in bill.of("pattern")}
    for calls in bill.calls:
        yield _row((*_cells(calls, bill.per_million(calls)), _dollars(calls, usd)), widths)
    if bill.unknown:
        yield f"Nobody knows how often {len(bill.unknown)} of {len(bill.calls)} patterns are called: they are not in the sum."
    for group, name in TITLES.items():
        charges = [charge for charge in bill.of(group) if charge.usd is not None]
        if charges:
            yield ""
            yield f"{name}: US$ {sum(charge.usd or 0 for charge in charges):,.2f}"
            yield from (_charge(charge) for charge in charges)
    yield ""
    yield f"Prices of the table: {bill.prices.source}."


def _row(cells: tuple[str, ...], widths: list[int]) -> str:
    first, *rest = (cell.ljust(width) if not number else cell.rjust(width) for number, (cell, width) in enumerate(zip(cells, widths)))
    return f"  {first}  {'  '.join(rest)}".rstrip()


def _cells(calls: Calls, per_million: float | None) -> tuple[str, ...]:
    return (
        calls.pattern,
        calls.how if calls.a_month is None else f"{calls.a_month:,.0f}",
        *("-" if units is None else f"{units:.3g}" for units in (calls.read_units, calls.write_units)),
        "-" if per_million is None else f"{per_million:,.3f}",
    )


def _dollars(calls: Calls, usd: dict[str, float | None]) -> str:
    """Nothing to say where capacity is provisioned, or nobody knows how often it is called."""
    if calls.a_month == 0:
        return "0.00"
    found = usd.get(calls.pattern)
    return "-" if found is None else f"{found:,.2f}"


def _charge(charge: Charge) -> str:
    return f"  {charge.usd or 0:>10,.2f}  {charge.what}: {charge.how}"
