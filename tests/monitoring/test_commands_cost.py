"""`python -m monitoring cost`."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from local.world import World
from monitoring.__main__ import main
from tests.test_project import ROOT


def test_by_declared_rates(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cost", "--rate", "find_user=10/s", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    [charge] = [each for each in told["charges"] if each["what"] == "find_user"]
    assert charge["usd"] == pytest.approx(10 * 730 * 3600 / 1e6 * 0.125, abs=1e-4)
    assert "find_user" not in told["not_known"]
    assert "place_order" in told["not_known"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--rate", "nothing=1/s"], "invalid-option"),
        (["--prices", "nowhere.json"], "unreadable-file"),
        (["--definition", "x.json"], "invalid-subject"),
        (["shop", "--rate", "find_user=1/s"], "contradicting-options"),
    ],
)
def test_bad_input(arguments: list[str], code: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cost", *arguments]) == 2
    assert f"monitoring: {code}: " in capsys.readouterr().err


def test_a_name_that_is_nearly_right(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cost", "--rate", "find_usr=1/s"]) == 2
    assert 'Did you mean "find_user"?' in capsys.readouterr().err


@pytest.mark.parametrize("argument", [["--rate", "find_user"], ["--rate", "find_user=often"], ["--days", "0"], ["--days", "61"]])
def test_arguments_that_are_none(argument: list[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["cost", *argument])
    assert stopped.value.code == 2


def test_prices_from_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    prices = tmp_path / "prices.json"
    prices.write_text('{"read_million_usd": 1}')
    assert main(["cost", "--rate", "find_user=1/s", "--prices", str(prices)]) == 0
    [row] = [line.split() for line in capsys.readouterr().out.splitlines() if line.split()[:1] == ["find_user"]]
    assert row[-1] == f"{730 * 3600 / 1e6:.2f}"


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    # What the command looks at ends now.
    start = (datetime.now(UTC) - timedelta(minutes=30)).replace(second=0, microsecond=0)
    with World(ROOT, "dev", start=start) as world:
        for _ in range(3):
            world.request("GET", "/products", query={"category": "Drinks"})
        world.request("POST", "/products", {"name": "Tea", "category": "Drinks", "price_minor": 300, "currency": "EUR"})
        world.tick()
        yield world


@pytest.fixture
def account(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment of somebody who may ask it."""
    for name, value in (
        ("AWS_ENDPOINT_URL", world.aws.endpoint),
        ("AWS_REGION", world.aws.region),
        ("AWS_ACCESS_KEY_ID", "any"),
        ("AWS_SECRET_ACCESS_KEY", "any"),
    ):
        monkeypatch.setenv(name, value)


@pytest.mark.usefixtures("account")
def test_of_a_deployed_table(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """Against the embedded AWS: what the deployed functions published of three lists and one write."""
    table = world.output("tableName")
    assert main(["cost", table, "--days", "2", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    patterns = {each["pattern"]: each for each in told["patterns"]}
    assert patterns["list_category_products"]["calls_a_month"] == pytest.approx(3 * 730), "a table that was just made is not two days old"
    assert patterns["list_category_products"]["read_units_a_call"] == 0.5, "an empty page read through an index"
    assert patterns["add_product"]["write_units_a_call"] == 2.0, "an item below 1 KB and its entry in the index"
    assert patterns["find_user"]["calls_a_month"] == 0
    charges = {each["what"]: each for each in told["charges"]}
    assert charges["metrics of patterns"]["how"].startswith("4,"), "Latency of both, and the units that each uses"
    assert charges["dashboards"]["usd"] == 3.0


@pytest.mark.usefixtures("account")
def test_of_a_table_that_is_not_there(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cost", "nothing"]) == 2
    assert world.output("tableName") in capsys.readouterr().err
