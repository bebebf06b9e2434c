"""The embedded AWS begins and ends empty, leaves moto as it was, and knows one account."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from typing import Any
from urllib.parse import urlparse

import pytest
from moto import mock_aws

from local import repairs
from local.aws import EmbeddedAws, repaired_moto
from local.calls import Pipeline
from tests.local.conftest import HandClock, key, moto_client, table_request


def patched() -> list[Any]:
    """What every repair and the pipeline replace, as it is now."""
    places = [patch for repair in (*repairs.ALL, Pipeline(HandClock().now).hook()) for patch in repair.patches()]
    return [vars(place.owner).get(place.name) for place in places]


def test_everything_is_taken_back_and_forgotten_at_the_end() -> None:
    before, environment = patched(), dict(os.environ)

    for _ in range(2):
        with EmbeddedAws(HandClock()) as aws:
            assert patched() != before
            client = aws.client("dynamodb")
            assert client.list_tables()["TableNames"] == []
            client.create_table(**table_request("shop"))
    with repaired_moto(HandClock()):
        assert moto_client("dynamodb").list_tables()["TableNames"] == []

    assert patched() == before
    assert dict(os.environ) == environment


def test_it_ends_even_when_the_block_fails() -> None:
    before = patched()
    with pytest.raises(LookupError), EmbeddedAws(HandClock()):
        raise LookupError
    with pytest.raises(LookupError), repaired_moto(HandClock()):
        raise LookupError

    assert patched() == before


def test_it_listens_on_loopback_only_and_stops_listening() -> None:
    with EmbeddedAws(HandClock()) as aws:
        where = urlparse(aws.endpoint)
        assert where.hostname == "127.0.0.1"
        assert where.port is not None
        socket.create_connection((where.hostname, where.port)).close()
    with pytest.raises(OSError):
        socket.create_connection((where.hostname, where.port), timeout=1)


def test_only_one_runs_at_a_time() -> None:
    with EmbeddedAws(HandClock()), pytest.raises(RuntimeError, match="already running"), repaired_moto(HandClock()):
        pass
    with repaired_moto(HandClock()), pytest.raises(RuntimeError, match="already running"), EmbeddedAws(HandClock()):
        pass


def test_endpoint_and_clients_are_only_there_inside_the_block() -> None:
    aws = EmbeddedAws(HandClock())
    with pytest.raises(RuntimeError, match="not running"):
        aws.client("dynamodb")
    with aws:
        assert aws.client("sqs") is aws.client("sqs")
    with pytest.raises(RuntimeError, match="not running"):
        _ = aws.endpoint


def test_account_and_region_are_those_asked_for() -> None:
    with EmbeddedAws(HandClock(), account="210987654321", region="us-west-2") as aws:
        assert aws.client("sts").get_caller_identity()["Account"] == "210987654321"
        topic = aws.client("sns").create_topic(Name="t")["TopicArn"]
        assert topic == "arn:aws:sns:us-west-2:210987654321:t"
        table = aws.client("dynamodb").create_table(**table_request("shop"))["TableDescription"]
        assert table["TableArn"] == "arn:aws:dynamodb:us-west-2:210987654321:table/shop"


def test_unrepaired_moto_still_works_afterwards() -> None:
    with repaired_moto(HandClock()):
        pass
    with mock_aws():
        client = moto_client("dynamodb")
        client.create_table(**table_request("shop"))
        client.put_item(TableName="shop", Item=key("A"))
        assert client.scan(TableName="shop")["Count"] == 1


def test_changed_moto_is_noticed_when_a_repair_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("moto.dynamodb.models.table.StreamShard.add")
    with pytest.raises(RuntimeError, match="repair 'streams' expects .* to have 'add'"), repaired_moto(HandClock()):
        pass
    monkeypatch.undo()
    with repaired_moto(HandClock()):
        pass  # nothing was left locked or replaced


@pytest.mark.parametrize("module", ["calls", "patches", "repairs", "iam", "tables", "throttle", "metering", "aws"])
def test_module_can_be_the_first_to_be_imported(module: str) -> None:
    done = subprocess.run([sys.executable, "-c", f"import local.{module}"], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
