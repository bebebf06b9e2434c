"""Tells the world when an order changes its status: a stream handler that publishes to SNS.

Each change is published once, as long as the function lives from publishing to taking note of it:

    read the notice ──► publish to SNS ──► write the notice
         │ there: done           │                │
         └───────────────────────┴── crash here ──┴── between the two: published again when Lambda retries

The other order, notice first, would lose a message for good when the function dies between the two. So delivery is at least once, as SNS and
SQS themselves are, and a duplicate needs a crash within some milliseconds. Consumers that cannot bear one keep the `change_id` of the message:
it is the same for every copy, and no other change has it, also when an order returns to an earlier status.
"""

import json
import os
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from typing import Any, Protocol, cast

from app import model
from app.model import Notice, Order
from app.runtime import log, open_store, setting
from singletable import AlreadyExists, Change, Pattern, Store, Stream, patterns_of
from singletable.keys import format_timestamp

TOPIC_ARN = "TOPIC_ARN"
"""Variable of the environment, which the stack sets: the topic that is told."""

KEEP_NOTICE = timedelta(days=15)
"""Longer than a change can come back: a stream holds it for one day, and a failure queue at most 14 days."""


class Publisher(Protocol):
    """A client of SNS, as botocore and boto3 make it."""

    def publish(self, *, TopicArn: str, Message: str, MessageAttributes: dict[str, Any]) -> Any: ...


class OrderEvents:
    """Publishes to one topic, and remembers in the table what it published."""

    def __init__(self, store: Store, sns: Publisher, topic_arn: str) -> None:
        self._store = store
        self._sns = sns
        self._topic_arn = topic_arn

    def status_changed(self, old: Order, new: Order, change: Change) -> None:
        """Idempotent. Raises what SNS or the table raise: then Lambda brings the change again."""
        change_id = f"{new.id}:{new.version}"
        if self._store.get(model.find_notice(order_id=new.id, order_version=new.version)):
            log("INFO", change.at, event="status-published-before", change_id=change_id)
            return
        message = {
            "order_id": new.id,
            "user_id": new.user_id,
            "old_status": old.status.value,
            "new_status": new.status.value,
            "version": new.version,
            "at": format_timestamp(change.at),
        }
        attribute = {"DataType": "String", "StringValue": change_id}
        self._sns.publish(TopicArn=self._topic_arn, Message=json.dumps(message), MessageAttributes={"change_id": attribute})
        notice = Notice(order_id=new.id, order_version=new.version, published_at=change.at, expires_at=change.at + KEEP_NOTICE)
        try:
            self._store.write(model.record_notice(notice))
        except AlreadyExists:  # another run of this function published the change at the same moment
            log("WARN", change.at, event="status-published-twice", change_id=change_id)
            return
        log("INFO", change.at, event="status-published", change_id=change_id, new_status=new.status.value)


patterns: tuple[Pattern, ...]
"""What this function does with the table: its permissions and its alarms follow from it."""


def __getattr__(name: str) -> tuple[Pattern, ...]:
    # Looked up in the code when a stack asks for it, not when the function starts.
    if name == "patterns":
        return patterns_of(stream)
    raise AttributeError(f"module {__name__} has no attribute {name}")


@cache
def order_events() -> OrderEvents:
    """Opened by the first change: botocore takes longer to load than everything else here, and boto3 over it longer still."""
    from botocore.config import Config
    from botocore.session import get_session

    config = Config(connect_timeout=1, read_timeout=3, retries={"mode": "standard", "total_max_attempts": 3}, tcp_keepalive=True)
    sns: Publisher = cast(Any, get_session()).create_client("sns", config=config)
    return OrderEvents(open_store(os.environ), sns, setting(os.environ, TOPIC_ARN))


def make_stream(events: Callable[[], OrderEvents]) -> Stream:
    """Which changes of the table are listened to, and by whom."""
    stream = model.table.stream()

    @stream.on_change(Order, "status")
    def status_changed(old: Order, new: Order, change: Change) -> None:
        events().status_changed(old, new, change)

    return stream


stream = make_stream(order_events)
handler = stream.handler()
