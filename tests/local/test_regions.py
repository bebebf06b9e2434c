"""The embedded AWS is in the region of the stack's configuration."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from components.configuration import ConfigurationError
from local.__main__ import ROOT
from local.world import World

START = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)


def test_a_stack_runs_in_its_own_region() -> None:
    with World(ROOT, "dev", config={"aws:region": "us-east-2"}, start=START) as world:
        assert world.outputs["streamArn"].startswith("arn:aws:dynamodb:us-east-2:")
        answer = world.request("POST", "/users", {"email": "ada@example.com", "name": "Ada", "password_hash": "none"})
        assert answer.status == 201
        world.tick()
        assert world.unexpected() == {}
        assert len(world.watch.states) > 20


@pytest.mark.parametrize("region", ["mars-1", "cn-north-1"])
def test_a_region_that_is_not_done_here_is_refused(region: str) -> None:
    with pytest.raises(ConfigurationError, match=f"aws:region is '{region}': "):
        World(ROOT, "dev", config={"aws:region": region})
