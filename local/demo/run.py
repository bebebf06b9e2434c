"""Plays the demo: an hour of the shop, minute by minute, and what came of it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from local.demo.agenda import Agenda, Job, Tally
from local.demo.checks import Counted, Figures, checks
from local.demo.inbox import Inbox
from local.demo.reading_back import ReadingBack
from local.demo.report import Report
from local.demo.sales import Sales, Timetable
from local.demo.shop import Order, Problem, Shop
from local.demo.visits import Visits
from local.throttle import Throttle
from local.urls import Answer
from local.watch import StateChange
from local.world import World
from monitoring.alarms import Alarm
from monitoring.metrics import Metric

THROTTLED_SHARE = 0.5
"""Every other write that touches the index: enough for every alarm, and retries get through."""
MOST_OVERTIME_MINUTES = 20


class Teller(Protocol):
    """Who is told how it goes."""

    def minute(self, minute: int, at: datetime, tally: Tally, changes: Sequence[StateChange]) -> None: ...

    def note(self, at: datetime, words: str) -> None: ...


class Play:
    """One run of the demo in a world that was just deployed. `report` may be asked for after `run`.

    Raises MissingOutput for a program that does not export what the shop does.
    """

    def __init__(self, world: World, shop: Shop, *, minutes: int = 60, workers: int = 8) -> None:
        self.world = world
        self.times = Timetable.of(minutes)
        self.agenda = Agenda(self._ask, workers)
        self.sales = Sales(shop, self.agenda, self.times)
        self.visits = Visits(self.agenda, self.sales.ledger)
        self.reading = ReadingBack(shop, self.sales.ledger, self.agenda, self.times)
        topics: Mapping[str, str] = world.output("alarmTopicArns")
        self.announcements = Inbox(world.aws, "demo-order-status", str(world.output("orderTopicArn")))
        self.alarms = Inbox(world.aws, "demo-alarms", *topics.values())
        self.start = world.clock.now()
        self.index = first_index(world)
        start, end = (self.start + minute * world.clock.tick for minute in (self.times.throttled.start, self.times.throttled.stop))
        self.throttled = (start, end)
        self.throttle = Throttle(resource=self.index, cause="key-range", access="Write", share=THROTTLED_SHARE, start=start, end=end)
        self._reading_begun = False

    def _ask(self, job: Job) -> Answer:
        return self.world.request(job.method, job.path, job.body, job.query)

    def run(self, teller: Teller) -> None:
        """The hour, and some minutes more where requests are still waiting."""
        for minute in range(self.times.minutes + MOST_OVERTIME_MINUTES):
            if minute >= self.times.minutes and self._done():
                break
            self._begin(minute, teller)
            self.agenda.work(minute)
            changes = self.world.tick()
            self.announcements.collect()
            self.alarms.collect()
            teller.minute(minute, self.world.clock.now(), self.agenda.tally, changes)

    def _done(self) -> bool:
        return self._reading_begun and not self.agenda.waiting and all(mapping.idle for mapping in self.world.mappings)

    def _begin(self, minute: int, teller: Teller) -> None:
        start, end = self.throttled
        if minute == self.times.throttled.start:
            self.world.throttling.activate(self.throttle)
            teller.note(start, f"writes to {self.index} are throttled on purpose until {end:%H:%M}")
        if minute == self.times.throttled.stop:
            teller.note(end, f"the throttling of {self.index} ends")
        if minute == self.times.ordering.start:
            self.visits.visitor(minute)
        self.sales.begin(minute)
        if minute >= self.times.reading.start and not (self._reading_begun or self.sales.waiting or self.agenda.waiting):
            self._reading_begun = True
            self.reading.begin()
            if self.sales.ledger.placed:
                self.visits.mistaken(minute)

    # The outcome

    def figures(self) -> Figures:
        ledger, found, watch = self.sales.ledger, self.reading.finish(), self.world.watch
        announced = Counter(str(letter.attributes.get("change_id")) for letter in self.announcements.letters)
        arrived = {(letter.body["order_id"], letter.body["version"]) for letter in self.announcements.letters}
        shipments = {(order["id"], order["version"]) for order in ledger.shipped.values()}
        return Figures(
            sent=self._sent(self.sales.accepted_orders()),
            read=Counted(len(found.customers), len(found.products), len(found.orders), found.order_lines, found.total_minor, found.shipped),
            placed=len(ledger.placed),
            placed_again=sum(1 for name, order_id in ledger.placed_again.items() if ledger.placed[name]["id"] == order_id),
            notifications=len(announced),
            notifications_duplicated=sum(announced.values()) - len(announced),
            notifications_lost=len(shipments - arrived),
            notifications_unknown=len(arrived - shipments),
            refused=self.agenda.tally.statuses.get(503, 0) + self.agenda.tally.statuses.get(429, 0),
            waiting=self.agenda.waiting + self.sales.waiting,
            index=self.index,
            index_writes=self.world.throttling.met(self.throttle),
            index_refusals=self.world.throttling.refused(self.throttle),
            index_alarms=self._index_alarms(),
            fired=watch.fired(),
            cleared=watch.cleared(),
            open_pages=self._open_pages(),
            alarm_messages_expected=sum(len(change.told) for change in watch.history),
            alarm_messages=len(self.alarms.letters),
            differences=found.differences,
            failures=[*ledger.failures, *self.visits.failures],
            mistakes=self.visits.mistakes,
            unexpected=self.world.unexpected(),
        )

    def _sent(self, orders: Sequence[Order]) -> Counted:
        shop, refused = self.sales.shop, self.sales.ledger.refused
        return Counted(
            customers=sum(("Customer", one.reference) not in refused for one in shop.customers),
            products=sum(("Product", one.reference) not in refused for one in shop.products),
            orders=len(orders),
            order_lines=sum(len(order.lines) for order in orders),
            total_cents=sum(order.total_minor for order in orders),
            shipped=sum(order.shipped for order in orders),
        )

    def _index_alarms(self) -> tuple[str, ...]:
        """Names of the deployed pages on throttles of the index, by what they measure and not by what they are called."""
        metrics, _ = self.world.watch.described()
        alarms = [Alarm.from_request(described) for described in metrics]
        return tuple(alarm.name for alarm in alarms if alarm.severity == "page" and any(map(self._index_throttle, alarm.metrics.values())))

    def _index_throttle(self, metric: Metric) -> bool:
        return "Throttle" in metric.name and metric.dimensions.get("GlobalSecondaryIndexName") == self.index

    def _open_pages(self) -> tuple[str, ...]:
        severities = {change.alarm: change.severity for change in self.world.history}
        return tuple(name for name, state in self.world.watch.states.items() if state == "ALARM" and severities.get(name) == "page")

    def report(self, title: str, problems: Sequence[Problem], *, deploy_seconds: float, started: float) -> Report:
        """`started`: the monotonic time at which everything began."""
        figures = self.figures()
        metrics, composites = self.world.watch.described()
        return Report(
            title=title,
            start=self.start,
            end=self.world.clock.now(),
            throttled=self.throttled,
            figures=figures,
            checks=checks(figures),
            problems=(*problems, *self.sales.ledger.problems),
            history=tuple(self.world.history),
            alarms_total=len(metrics) + len(composites),
            resources=len(self.world.deployment.resources),
            tally=self.agenda.tally,
            unused_grants={
                role: [(grant.action, grant.resource) for grant in grants] for role, grants in self.world.unused_grants().items()
            },
            deploy_seconds=deploy_seconds,
            duration_seconds=time.monotonic() - started,
        )


def first_index(world: World) -> str:
    """The index that is throttled: the first of the deployed table."""
    described = world.aws.client("dynamodb").describe_table(TableName=str(world.output("tableName")))
    return min(str(index["IndexName"]) for index in described["Table"]["GlobalSecondaryIndexes"])
