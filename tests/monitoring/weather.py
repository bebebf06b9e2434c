"""What AWS would report of a shop, minute by minute, by the developer guides: written out here, so that nothing is taken from the alarms."""

from dataclasses import dataclass, field
from datetime import timedelta

from monitoring import Alarm, Reading, Samples, evaluate, resolve
from tests.monitoring.conftest import START, clause, names_for

TABLE = {"TableName": "table-1a2b3c4"}
GSI1 = TABLE | {"GlobalSecondaryIndexName": "GSI1"}
API = {"FunctionName": "api-1a2b3c4"}
EVENTS = {"FunctionName": "order-events-1a2b3c4"}
MAPPING = {"EventSourceMappingUUID": "order-events-1a2b3c4"}
QUEUE = {"QueueName": "order-events-1a2b3c4"}

LATENCY_MS = {"GetItem": 4, "Query": 7, "PutItem": 6, "UpdateItem": 9, "TransactWriteItems": 14}
CALLS = 100
ACCOUNT_MAX = 40_000

MINUTES = 90
INCIDENT = range(40, 60)


def deployed(alarms):
    """As CloudWatch has them: without symbols, read back from what was sent."""
    return tuple(Alarm.from_request(resolve(alarm, names_for(alarm))) for alarm in alarms)


def operation(name):
    return TABLE | {"Operation": name}


@dataclass
class Weather:
    """calls, written: whether anybody uses the shop. limits: the metrics that say what may be used, each with its dimensions and value."""

    samples: Samples = field(default_factory=Samples)
    limits: tuple = (("AccountMaxTableLevelReads", {}, ACCOUNT_MAX), ("AccountMaxTableLevelWrites", {}, ACCOUNT_MAX))
    calls: int = CALLS
    polled: bool = True

    def dynamodb(self, minute, metric, dimensions, value=1.0, count=1):
        self.samples.record("AWS/DynamoDB", metric, dimensions, START + timedelta(minutes=minute), value, count)

    def function(self, minute, metric, dimensions, value=1.0, count=1):
        self.samples.record("AWS/Lambda", metric, dimensions, START + timedelta(minutes=minute), value, count)

    def queue(self, minute, waiting):
        self.samples.record("AWS/SQS", "ApproximateNumberOfMessagesVisible", QUEUE, START + timedelta(minutes=minute), waiting)

    def usual(self, minute):
        """A minute without incident."""
        for dimensions in (TABLE, GSI1):
            for access in ("Read", "Write"):
                self.dynamodb(minute, f"Consumed{access}CapacityUnits", dimensions, 2.0 * bool(self.calls), max(self.calls, 1))
        for name, dimensions, value in self.limits if minute % 5 == 0 else ():
            self.dynamodb(minute, name, dimensions, value)
        if not self.calls:
            return
        for name, milliseconds in LATENCY_MS.items():
            self.dynamodb(minute, "SuccessfulRequestLatency", operation(name), milliseconds, self.calls)
        for dimensions in (API, EVENTS) if self.polled else (API,):
            for metric, value in (("Errors", 0), ("Throttles", 0), ("Invocations", 1), ("Duration", 40)):
                self.function(minute, metric, dimensions, value, self.calls)
        self.function(minute, "UrlRequestCount", API, 1, self.calls)
        if self.polled:
            self.function(minute, "IteratorAge", EVENTS, 500)
            self.function(minute, "PolledEventCount", MAPPING, self.calls)
            self.function(minute, "DroppedEventCount", MAPPING, 0)


def throttled_index(weather, minute):
    """Writes to GSI1 throttled by a hot key: the index's own metrics, and the requests that were refused because of it."""
    weather.dynamodb(minute, "WriteThrottleEvents", GSI1, 1, 400)
    weather.dynamodb(minute, "WriteKeyRangeThroughputThrottleEvents", GSI1, 1, 400)
    weather.dynamodb(minute, "ThrottledRequests", operation("TransactWriteItems"), 1, 60)


def slow(name):
    return lambda w, m: w.dynamodb(m, "SuccessfulRequestLatency", operation(name), 80, 5)


INCIDENTS = {
    "requests to the table are refused": lambda w, m: w.dynamodb(m, "ThrottledRequests", operation("Query")),
    "the table is throttled": lambda w, m: w.dynamodb(m, "ReadThrottleEvents", TABLE),
    "the table has been throttled for 5 minutes": lambda w, m: w.dynamodb(m, "WriteThrottleEvents", TABLE),
    "GSI1 is throttled": lambda w, m: w.dynamodb(m, "WriteThrottleEvents", GSI1),
    "GSI1 has been throttled for 5 minutes": lambda w, m: w.dynamodb(m, "ReadThrottleEvents", GSI1),
    "the table has a hot key range": lambda w, m: w.dynamodb(m, "ReadKeyRangeThroughputThrottleEvents", TABLE),
    "GSI1 has a hot key range": lambda w, m: w.dynamodb(m, "WriteKeyRangeThroughputThrottleEvents", GSI1),
    "the table has reached the account's quota": lambda w, m: w.dynamodb(m, "WriteAccountLimitThrottleEvents", TABLE),
    "GSI1 has reached the account's quota": lambda w, m: w.dynamodb(m, "ReadAccountLimitThrottleEvents", GSI1),
    "DynamoDB fails requests": lambda w, m: w.dynamodb(m, "SystemErrors", operation("UpdateItem")),
    "GetItem is slow (find_user)": slow("GetItem"),
    "Query is slow": slow("Query"),
    "UpdateItem is slow (set_order_status)": slow("UpdateItem"),
    "TransactWriteItems is slow (place_order)": slow("TransactWriteItems"),
    "most writes fail their condition": lambda w, m: w.dynamodb(m, "ConditionalCheckFailedRequests", TABLE, 1, 5 * w.calls),
    "transactions conflict": lambda w, m: w.dynamodb(m, "TransactionConflict", TABLE, 2, w.calls),
    "reads of the table are near their limit": lambda w, m: w.dynamodb(m, "ConsumedReadCapacityUnits", TABLE, 0.9 * ACCOUNT_MAX * 60),
    "writes of the table are near their limit": lambda w, m: w.dynamodb(m, "ConsumedWriteCapacityUnits", TABLE, 0.9 * ACCOUNT_MAX * 60),
    "reads of GSI1 are near their limit": lambda w, m: w.dynamodb(m, "ConsumedReadCapacityUnits", GSI1, 0.9 * ACCOUNT_MAX * 60),
    "writes of GSI1 are near their limit": lambda w, m: w.dynamodb(m, "ConsumedWriteCapacityUnits", GSI1, 0.9 * ACCOUNT_MAX * 60),
    "order-events falls behind": lambda w, m: w.function(m, "IteratorAge", EVENTS, 90_000),
    "order-events is hours behind": lambda w, m: w.function(m, "IteratorAge", EVENTS, 7 * 3_600_000),
    "nobody reads the stream for order-events": None,
    "order-events could not handle changes": lambda w, m: w.queue(m, 3),
    "order-events lost changes": lambda w, m: w.function(m, "DroppedEventCount", MAPPING),
    "many requests to api fail": lambda w, m: w.function(m, "Url5xxCount", API, 1, 11),
    "requests to api fail": lambda w, m: w.function(m, "Url5xxCount", API),
    "api crashes or times out": lambda w, m: w.function(m, "Errors", API),
    "api lacks concurrency": lambda w, m: w.function(m, "Throttles", API),
    "api nearly times out": lambda w, m: w.function(m, "Duration", API, 9_000),
    "order-events crashes or times out": lambda w, m: w.function(m, "Errors", EVENTS),
    "order-events lacks concurrency": lambda w, m: w.function(m, "Throttles", EVENTS),
    "order-events nearly times out": lambda w, m: w.function(m, "Duration", EVENTS, 28_000),
}
"""The clause of each alarm -> what AWS reports in a minute in which it is true. None: nobody reads the stream."""


def course(alarms, weather, incident=None, reading=Reading.ALWAYS_IGNORE, minutes=MINUTES, during=INCIDENT):
    """Clause -> state at the end of each minute."""
    states = {clause(alarm): ["INSUFFICIENT_DATA"] for alarm in alarms}
    for minute in range(minutes):
        if incident is None:
            weather.polled = minute not in during
        weather.usual(minute)
        if incident and minute in during:
            incident(weather, minute)
        now = START + timedelta(minutes=minute + 1)
        for alarm in alarms:
            before = states[clause(alarm)]
            before.append(evaluate(alarm, weather.samples, now, before[-1], reading).state)
    return {name: known[1:] for name, known in states.items()}
