"""`--options MODULE.NAME`: what the stack's own program wants of its alarms, in what is previewed and what it costs."""

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from monitoring.__main__ import main

WANTED = """
from monitoring import Options

QUERIES = Options(strategy="insights")
LATE = Options(thresholds={"stream-late": 300}, disabled=frozenset({"near-capacity"}))
BANDS = Options(anomalies=frozenset({"unusual-use"}))
SLOW = Options(pattern_latency_ms={"find_user": 40})
NOBODYS = Options(pattern_latency_ms={"find_nobody": 40})
OTHER = 5
"""

Preview = Callable[..., Mapping[str, Any]]


@pytest.fixture(autouse=True)
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "alarms_of_the_shop.py").write_text(WANTED)
    monkeypatch.setattr("sys.path", [str(tmp_path), *sys.path])


@pytest.fixture
def preview(capsys: pytest.CaptureFixture[str]) -> Preview:
    def preview(name: str | None) -> Mapping[str, Any]:
        assert main(["preview", "--json", *(["--options", f"alarms_of_the_shop.{name}"] if name else [])]) == 0
        found = json.loads(capsys.readouterr().out)
        return {each["name"].partition(": ")[2]: each for each in found["alarms"]} | {"usd": found["monthly_usd"]}

    return preview


def test_thresholds_and_what_is_switched_off_are_the_stacks(preview: Preview) -> None:
    usual, wanted = preview(None), preview("LATE")
    assert usual["order-events falls behind"]["fires"].startswith("above 1 min ")
    assert wanted["order-events falls behind"]["fires"].startswith("above 5 min ")
    assert {clause for clause in usual if clause not in wanted} == {clause for clause in usual if "near their limit" in clause}


def test_a_total_by_a_query_says_what_it_watches(preview: Preview) -> None:
    assert preview("QUERIES")["requests to the table are refused"]["watches"] == "ThrottledRequests (by a query)"


def test_a_band_is_listed_with_its_price(preview: Preview) -> None:
    """Anomaly detection is three metrics of an alarm, US$ 0.10 each (Amazon CloudWatch pricing)."""
    band = preview("BANDS")["reads of the table are unusual"]
    assert (band["fires"], band["monthly_usd"]) == ("outside the band in each of 3 spans of 5 minutes", 0.3)


def test_an_objective_of_a_pattern_is_of_functions_that_measure_it(preview: Preview) -> None:
    assert preview("SLOW")["find_user is slow for its callers"]["fires"].startswith("above 40 ms ")


def test_what_it_costs_is_of_the_stacks_own_alarms(preview: Preview, capsys: pytest.CaptureFixture[str]) -> None:
    def alarms(*arguments: str) -> float:
        assert main(["cost", "--json", *arguments]) == 0
        return sum(each["usd"] for each in json.loads(capsys.readouterr().out)["charges"] if each["what"].endswith("alarms"))

    more = preview("BANDS")["usd"] - preview(None)["usd"]
    assert alarms("--options", "alarms_of_the_shop.BANDS") - alarms() == pytest.approx(more)
    assert more > 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            ["preview", "--options", "alarms_of_the_shop.OTHER"],
            "--options alarms_of_the_shop.OTHER: is a int, not Options. Give the variable",
        ),
        (["preview", "--options", "alarms_of_the_shop.NONE"], "is a NoneType, not Options"),
        (["preview", "--options", "OPTIONS"], "is a NoneType, not Options"),
        (["preview", "--options", "no_such_module.OPTIONS"], "there is no module no_such_module"),
        (["preview", "--options", "alarms_of_the_shop.NOBODYS"], 'no function measures a pattern called "find_nobody"'),
        (["preview", "--options", "alarms_of_the_shop.LATE", "--alarms", "-"], "contradicting-options"),
        (["cost", "--options", "alarms_of_the_shop.NOBODYS"], 'no function measures a pattern called "find_nobody"'),
        (["cost", "shop", "--options", "alarms_of_the_shop.LATE"], "contradicting-options"),
    ],
)
def test_what_cannot_be_used_is_said(arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    assert words in capsys.readouterr().err
