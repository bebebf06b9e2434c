"""The shop's own stack, as the command line makes it."""

import pytest

from tests.monitoring.scenarios.conftest import subject


@pytest.fixture(scope="session")
def shop():
    return subject()
