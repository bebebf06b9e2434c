"""The shop on an embedded AWS that stands at one moment, with some hours of usual traffic measured."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from local.aws import EmbeddedAws
from local.deploy import deploy
from monitoring.live import Account, Pace, read_deployed
from monitoring.scenarios.minute import Minute
from monitoring.scenarios.weather import Weather
from tests.local.conftest import HandClock
from tests.monitoring.scenarios.conftest import subject

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
SINCE = NOW - timedelta(hours=3)
ROOT = Path(__file__).parents[3]


class World:
    """A deployed shop, whose traffic a test lets go on."""

    def __init__(self, aws, clock):
        self.aws = aws
        self.clock = clock
        table = deploy(ROOT, "dev", aws, {}).outputs["tableName"]
        self.deployed = read_deployed(Account(aws.client, aws.region, pace=Pace(wait=lambda _seconds: None)), table, subject())
        self.weather = Weather(self.deployed.stack, aws.samples, Random(1))

    def passes(self, minutes, minute=None):
        for _ in range(minutes):
            self.weather.record(self.clock.now(), minute or Minute())
            self.clock.advance(60)


@pytest.fixture(scope="module")
def world():
    clock = HandClock(SINCE)
    with EmbeddedAws(clock) as aws:
        made = World(aws, clock)
        made.passes(180)
        yield made
