"""`python -m monitoring explain`."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from local.throttle import Throttle
from local.world import World
from monitoring.__main__ import main
from tests.test_project import ROOT

TEA = {"name": "Tea", "category": "Drinks", "price_minor": 300, "currency": "EUR"}


def test_a_scenario(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "--scenario", "gsi-backpressure"]) == 1
    told = capsys.readouterr().out
    assert told.startswith("GSI1 is throttled: ")
    assert "\nNext: " in told
    assert max(map(len, told.splitlines())) <= 120


def test_nothing_is_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "--scenario", "steady", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["recipe"] is None


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ([], "contradicting-options"),
        (["shop", "--scenario", "steady"], "contradicting-options"),
        (["--scenario", "steady", "--at", "2020-01-01T00:00"], "invalid-option"),
    ],
)
def test_bad_input(arguments: list[str], code: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", *arguments]) == 2
    assert f"monitoring: {code}: " in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["--at", "noon"], ["--hours", "0"], ["--hours", "25"]])
def test_arguments_that_are_none(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["explain", "shop", *arguments])
    assert stopped.value.code == 2


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """For eight minutes everything is well, then every write that touches the index is refused."""
    start = (datetime.now(UTC) - timedelta(minutes=16)).replace(second=0, microsecond=0)
    with World(ROOT, "dev", start=start) as world:
        for minute in range(15):
            if minute == 8:
                world.throttling.activate(Throttle("GSI1", cause="key-range", share=0.9, access="Write", start=world.clock.now()))
            for number in range(4):
                world.request("POST", "/products", TEA | {"name": f"Tea {minute}.{number}"})
            world.tick()
        yield world


def test_a_deployed_table(world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Against the embedded AWS, with what its own calls measured."""
    for name, value in (
        ("AWS_ENDPOINT_URL", world.aws.endpoint),
        ("AWS_REGION", world.aws.region),
        ("AWS_ACCESS_KEY_ID", "any"),
        ("AWS_SECRET_ACCESS_KEY", "any"),
    ):
        monkeypatch.setenv(name, value)
    now = world.clock.now().strftime("%Y-%m-%dT%H:%M")
    assert main(["explain", world.output("tableName"), "--at", now, "--hours", "1", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["recipe"] == "hot-key-range"
    assert told["headline"].startswith("GSI1 is throttled")
    assert "add_product (" in told["explanation"], "the only one that wrote, by the metrics of patterns that the function published"
    assert "register_user" not in told["explanation"]
    assert "index-throttles" in {each["recipe"] for each in told["also_open"]}
