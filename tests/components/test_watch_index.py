"""The backfill of an index that is watched. Statuses are those of the API reference (GlobalSecondaryIndexDescription)."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from components.__main__ import main
from components.commands import watch_index
from components.index_plan.watch import Look, Measured
from local.aws import EmbeddedAws
from monitoring.commands.command import DONE, FOUND, INTERRUPTED, USAGE
from monitoring.live import Account, Pace
from tests.local.conftest import key, table_request

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


class Clock:
    """Time that passes by waiting only."""

    def __init__(self) -> None:
        self.at = NOON

    def __call__(self) -> datetime:
        return self.at

    def wait(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


class Stubbed:
    """A table and what is measured of its index, as a test writes it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.clock = Clock()
        clients = {name: client(name) for name in ("dynamodb", "cloudwatch")}
        self.dynamodb, self.cloudwatch = Stubber(clients["dynamodb"]), Stubber(clients["cloudwatch"])
        self.dynamodb.activate()
        self.cloudwatch.activate()
        account = Account(clients.__getitem__, "eu-west-1", pace=Pace(lambda: 0.0, lambda _seconds: None))

        def account_of(_options: object) -> Account:
            return account

        def run(options: Any) -> int:
            return watch_index.watched(options, clock=self.clock, wait=self.clock.wait)

        monkeypatch.setattr(watch_index, "account_of", account_of)
        monkeypatch.setattr(watch_index, "run", run)

    def index(self, status: str | None, backfilling: bool = False) -> None:
        """None: there is no GSI2."""
        described = {"IndexName": "GSI2", "IndexStatus": status, "Backfilling": backfilling}
        other = {"IndexName": "GSI1", "IndexStatus": "ACTIVE"}
        indexes = [other] if status is None else [other, described]
        table = {"TableName": "shop", "GlobalSecondaryIndexes": indexes}
        self.dynamodb.add_response("describe_table", {"Table": table}, {"TableName": "shop"})

    def measured(self, progress: dict[datetime, float], units: dict[datetime, float] | None = None, throttles: float = 0) -> None:
        """In the order of the question: progress, write units, throttles. throttles: of the newest minute."""
        series = (progress, units or {}, {self.clock.at - timedelta(minutes=1): throttles} if throttles else {})
        results = [
            {"Id": f"q{number}", "Timestamps": list(points), "Values": list(points.values()), "StatusCode": "Complete"}
            for number, points in enumerate(series)
        ]
        self.cloudwatch.add_response("get_metric_data", {"MetricDataResults": results})

    def nothing_new(self) -> None:
        """Progress has another period than the others, so a later look asks twice."""
        for _ in range(2):
            self.cloudwatch.add_response("get_metric_data", {"MetricDataResults": []})

    def refused(self) -> None:
        self.cloudwatch.add_client_error("get_metric_data", "AccessDenied", "not allowed")

    def done(self) -> None:
        self.dynamodb.assert_no_pending_responses()
        self.cloudwatch.assert_no_pending_responses()


def client(service: str) -> Any:
    return boto3.client(service, region_name="eu-west-1", aws_access_key_id="any", aws_secret_access_key="any")  # pyright: ignore[reportCallIssue, reportArgumentType, reportUnknownVariableType]


@pytest.fixture
def stubbed(monkeypatch: pytest.MonkeyPatch) -> Stubbed:
    return Stubbed(monkeypatch)


def minutes(number: float) -> datetime:
    return NOON + timedelta(minutes=number)


def test_it_ends_when_the_index_can_be_read(stubbed: Stubbed, capsys: pytest.CaptureFixture[str]) -> None:
    stubbed.index("CREATING")
    stubbed.index("CREATING", backfilling=True)
    stubbed.index("ACTIVE")
    stubbed.refused()
    assert main(["watch-index", "shop", "GSI2"]) == DONE
    stubbed.done()
    assert capsys.readouterr().out.splitlines() == [
        "GSI2: CREATING after 0 s",
        "GSI2: CREATING, backfilling after 30 s",
        "GSI2: ACTIVE after 60 s",
    ]


def test_a_backfill_that_began_before_is_taken_up_where_it_is(stubbed: Stubbed, capsys: pytest.CaptureFixture[str]) -> None:
    """From 0 to 20 percent in 10 minutes: 80 percent are left, for 40 minutes from the newest point on. What was there before is another's."""
    stubbed.index("CREATING", backfilling=True)
    stubbed.index("ACTIVE")
    units = {minutes(-90): 7.0, minutes(-14): 500.0, minutes(-13): 600.0}
    stubbed.measured({minutes(-90): 99.0, minutes(-15): 0.0, minutes(-10): 10.0, minutes(-5): 20.0}, units, throttles=3)
    stubbed.nothing_new()
    assert main(["watch-index", "shop", "GSI2", "--json", "--every", "60"]) == DONE
    first, last = map(json.loads, capsys.readouterr().out.splitlines())
    assert (first["status"], first["backfilling"], first["percent"]) == ("CREATING", True, 20.0)
    assert first["elapsed_seconds"] == 15 * 60
    assert first["remaining_seconds"] == (40 - 5) * 60
    assert (first["write_units"], first["throttles"]) == (1100.0, 3.0)
    assert (last["status"], last["remaining_seconds"], last["at"]) == ("ACTIVE", None, minutes(1).isoformat())


@pytest.mark.parametrize(
    ("status", "message"), [(None, "GSI2 of shop is GONE"), ("DELETING", "GSI2 of shop is DELETING")], ids=["gone", "being deleted"]
)
def test_an_index_that_goes_is_bad_news(status: str | None, message: str, stubbed: Stubbed, capsys: pytest.CaptureFixture[str]) -> None:
    stubbed.index("CREATING")
    stubbed.index(status)
    stubbed.refused()
    assert main(["watch-index", "shop", "GSI2"]) == FOUND
    assert message in capsys.readouterr().err


def test_cloudwatch_that_does_not_answer_is_asked_again(stubbed: Stubbed, capsys: pytest.CaptureFixture[str]) -> None:
    stubbed.index("CREATING", backfilling=True)
    stubbed.index("ACTIVE")
    stubbed.cloudwatch.add_client_error("get_metric_data", "Throttling", "Rate exceeded")
    stubbed.measured({NOON - timedelta(minutes=5): 100.0})
    assert main(["watch-index", "shop", "GSI2", "--json"]) == DONE
    stubbed.done()
    assert [json.loads(line)["percent"] for line in capsys.readouterr().out.splitlines()] == [None, 100.0]


def test_throttling_beyond_what_is_allowed_ends_it(stubbed: Stubbed, capsys: pytest.CaptureFixture[str]) -> None:
    stubbed.index("CREATING", backfilling=True)
    stubbed.measured({minutes(-10): 0.0}, throttles=101)
    assert main(["watch-index", "shop", "GSI2", "--most-throttles", "100"]) == FOUND
    assert "was throttled 101 times: more than --most-throttles 100" in capsys.readouterr().err


def test_as_many_as_are_allowed_do_not(stubbed: Stubbed) -> None:
    stubbed.index("CREATING", backfilling=True)
    stubbed.index("ACTIVE")
    stubbed.measured({minutes(-10): 0.0}, throttles=100)
    stubbed.nothing_new()
    assert main(["watch-index", "shop", "GSI2", "--most-throttles", "100", "--every", "60"]) == DONE


def test_it_does_not_wait_for_ever(stubbed: Stubbed, capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(3):
        stubbed.index("CREATING")
    stubbed.refused()
    assert main(["watch-index", "shop", "GSI2", "--every", "1800", "--longest", "1"]) == FOUND
    stubbed.done()
    assert "GSI2 of shop is CREATING after --longest 1 h. It goes on; watch it again." in capsys.readouterr().err


def test_a_name_that_is_not_there_is_usage(stubbed: Stubbed, capsys: pytest.CaptureFixture[str]) -> None:
    stubbed.index(None)
    stubbed.index(None)
    assert main(["watch-index", "shop", "GSI2"]) == USAGE
    shown = capsys.readouterr()
    assert shown.out == "" and "no-such-index: shop has no index GSI2: give one of GSI1" in shown.err


def test_a_table_that_is_not_there_is_usage(stubbed: Stubbed, capsys: pytest.CaptureFixture[str]) -> None:
    stubbed.dynamodb.add_client_error("describe_table", "ResourceNotFoundException", "Requested resource not found")
    assert main(["watch-index", "shop", "GSI2"]) == USAGE
    assert "refused-call: dynamodb:DescribeTable: Requested resource not found" in capsys.readouterr().err


def test_an_interrupt_asks_for_nothing_more(stubbed: Stubbed, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(stubbed.clock, "wait", interrupted)
    stubbed.index("CREATING")
    stubbed.refused()
    assert main(["watch-index", "shop", "GSI2"]) == INTERRUPTED
    stubbed.done()


@pytest.mark.parametrize("option", ["--every", "--longest", "--most-throttles"])
@pytest.mark.parametrize("given", ["0", "-1", "x"])
def test_bad_numbers(option: str, given: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["watch-index", "shop", "GSI2", option, given])
    assert caught.value.code == USAGE
    assert "give a number above 0" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("percent", "per_second", "at", "remaining"),
    [(50.0, 0.1, 0, 500), (50.0, 0.1, 2, 380), (99.0, 0.1, 5, 0), (50.0, None, 0, None)],
    ids=["now", "as of two minutes ago", "overdue", "no speed"],
)
def test_what_is_left(percent: float, per_second: float | None, at: float, remaining: float | None) -> None:
    measured = Measured(NOON, (NOON, percent), per_second, 0, 0)
    look = Look(minutes(at), "CREATING", True, timedelta(), measured)
    assert look.remaining == (None if remaining is None else timedelta(seconds=remaining))


# --- on the embedded AWS


@pytest.fixture(scope="module")
def aws() -> Iterator[EmbeddedAws]:
    with EmbeddedAws() as running:
        yield running


def test_an_index_of_a_deployed_table(aws: EmbeddedAws, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for name, value in aws.environment().items():
        monkeypatch.setenv(name, value)
    dynamodb = aws.client("dynamodb")
    dynamodb.create_table(**table_request("watched"))
    dynamodb.put_item(TableName="watched", Item=key("A"))
    keys = [{"AttributeName": "GSI1SK", "KeyType": "HASH"}]
    created = {"IndexName": "GSI2", "KeySchema": keys, "Projection": {"ProjectionType": "KEYS_ONLY"}}
    dynamodb.update_table(TableName="watched", GlobalSecondaryIndexUpdates=[{"Create": created}])
    assert main(["watch-index", "watched", "GSI2", "--json", "--every", "1"]) == DONE
    looks = list(map(json.loads, capsys.readouterr().out.splitlines()))
    assert looks[-1]["status"] == "ACTIVE"
