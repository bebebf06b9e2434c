"""Does DynamoDB still delete what has expired. Only where the application says how long nothing may expire: a table with few items, or with
long lives, rightly deletes nothing for days, and an alarm that guesses would be switched off.
"""

from collections.abc import Iterable

from monitoring.alarms import Alarm
from monitoring.measures import ANCHOR, consumed, of_table
from monitoring.metrics import Expression
from monitoring.options import RECIPES, Options
from monitoring.recipes.draft import Words, draft
from monitoring.subjects import Stack


def expiry(stack: Stack, options: Options) -> Iterable[Alarm]:
    """A gap of the metric is 0 deletions. The anchor has no points from before the table was made, so a new one is not judged at once."""
    attribute, hours = stack.table.definition.ttl, options.ttl_silent_hours
    if attribute is None or hours is None:
        return
    table, seconds = stack.table.name, RECIPES["expiry-silent"].period_seconds
    words = Words(
        clause="nothing expires any more",
        what=f"DynamoDB has deleted no expired item for {hours} hours. What should be gone stays: it is found, it is paid for, and what counts "
        "on its end goes wrong.",
        next_step=f"see whether TTL is still enabled on {attribute} (DescribeTimeToLive; a change of it takes up to an hour), and whether new items "
        f"still have {attribute} as a number of seconds since 1970. Deletions come up to a few days after the end; readers must filter anyway.",
    )
    source = Expression(
        f"IF(FILL(deleted,0) + 0*{ANCHOR} > 0, 0, 1)",
        {
            "deleted": of_table("TimeToLiveDeletedItemCount", table, period_seconds=seconds),
            ANCHOR: consumed(table, "Write", period_seconds=seconds),
        },
        "nothing expired",
    )
    yield from draft(stack, options, "expiry-silent", words, source, periods=hours)
