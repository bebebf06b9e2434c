"""Do changes reach the other regions of a global table: in time, and at all."""

from collections.abc import Iterable

from monitoring.alarms import Alarm
from monitoring.measures import ANCHOR, consumed, of_replica
from monitoring.metrics import Expression, Source
from monitoring.options import RECIPES, Options
from monitoring.recipes.draft import Words, draft
from monitoring.recipes.streams import any_of, writes_of
from monitoring.subjects import Stack

HEALTH = "look at the AWS Health Dashboard for both regions"


def replication(stack: Stack, options: Options) -> Iterable[Alarm]:
    for region in stack.table.replicas:
        yield from _late(stack, options, region)
        yield from _silent(stack, options, region)


def _late(stack: Stack, options: Options, region: str) -> Iterable[Alarm]:
    """The time is reported when a change arrives, so one that falls behind and then stops would look well again. A gap repeats the last time
    for as far back as an alarm looks, until the alarm of the silent replication has opened; after that it is 0.
    """
    seconds = options.threshold("replication-late")
    words = Words(
        clause=f"changes reach {region} late",
        what=f"Changes of the table needed more than {seconds:,g} s to reach {region}, for 15 minutes. Who reads there reads what was; when this "
        "region is lost now, so are these changes until it is back.",
        next_step=f"{HEALTH}, then at throttled writes of the table in {region}: a replica with less capacity falls behind. Do not move callers "
        "there before it has caught up. Nothing is lost by waiting.",
    )
    yield from draft(stack, options, "replication-late", words, lateness(stack, region), seconds * 1000)


def lateness(stack: Stack, region: str) -> Expression:
    """Milliseconds that changes need to reach the region."""
    return Expression(
        f"FILL(late,REPEAT) + 0*{ANCHOR}",
        {"late": of_replica("ReplicationLatency", stack.table.name, region), ANCHOR: _anchor(stack, "replication-late")},
        f"to {region}",
    )


def _silent(stack: Stack, options: Options, region: str) -> Iterable[Alarm]:
    """A stopped replication reports no time at all, so its lateness is silent. By the writes that this region served itself: those that came
    from another region use units here too and are not sent on.
    """
    written = writes_of(stack, RECIPES["replication-silent"].period_seconds)
    inputs: dict[str, Source] = {
        "late": of_replica("ReplicationLatency", stack.table.name, region),
        **written,
        ANCHOR: _anchor(stack, "replication-silent"),
    }
    words = Words(
        clause=f"nothing reaches {region}",
        what=f"The table is written here and no change has reached {region} for 15 minutes. How late changes are cannot show this: it is only "
        "reported when one arrives.",
        next_step=f"{HEALTH}; see whether the replica in {region} is active and its encryption key is usable. Changes wait and are sent when it "
        "is back; do not delete and add the replica, which copies the whole table.",
    )
    source = Expression(f"IF(FILL(late,0) + 0*{ANCHOR} > 0, 0, IF({any_of(written)} > 0, 1, 0))", inputs, "written and not copied")
    yield from draft(stack, options, "replication-silent", words, source)


def _anchor(stack: Stack, recipe: str) -> Source:
    return consumed(stack.table.name, "Write", period_seconds=RECIPES[recipe].period_seconds)
