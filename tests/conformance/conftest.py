"""Every test of this folder runs on each DynamoDB in turn: the repaired moto always, the arbiters where `.ci/arbiters` made them.

A test that an arbiter cannot pass because of its own fault says so with `deviates`, and fails when the arbiter is mended.
"""

from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest
from botocore.exceptions import ClientError

from singletable import CursorKeys, SingleTableError, Store
from tests.conformance import model
from tests.conformance.arbiters import ARBITERS
from tests.conformance.endpoints import REPAIRED_MOTO, Endpoint, arbiter, repaired_moto

NOW = datetime(2025, 6, 1, 12, 0, 0, 123456, tzinfo=UTC)
"""What the store's clock says."""
CURSORS = CursorKeys.parse("k1:" + b64encode(bytes(range(32))).decode())
KNOWN = {known.name: known for known in ARBITERS}
_numbers = count()


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "deviates(endpoint, reason): this DynamoDB is known to differ from AWS here; fails when it no longer does"
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The one place where a failure is expected: of another DynamoDB, named with its deviation, and an error once that is mended."""
    wrong = (AssertionError, pytest.fail.Exception, ClientError, SingleTableError)
    for item in items:
        for mark in item.iter_markers("deviates"):
            name, reason = mark.args
            if _endpoint_of(item) == name:
                item.add_marker(pytest.mark.xfail(reason=f"{name}: {reason}", strict=True, raises=wrong))


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skips what needs a DynamoDB that this machine does not have; CI makes both. Here and not in the fixture, so that all that is skipped
    for one reason is one line of the report.
    """
    known = KNOWN.get(_endpoint_of(item))
    if known and known.missing:
        pytest.skip(known.missing)


def _endpoint_of(item: pytest.Item) -> str:
    callspec = getattr(item, "callspec", None)
    return callspec.params.get("endpoint", "") if callspec else ""


@pytest.fixture(scope="package", params=[REPAIRED_MOTO, *KNOWN])
def endpoint(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_ACCOUNT_ID_ENDPOINT_MODE": "disabled"}.items():
            patch.setenv(name, value)
        if request.param == REPAIRED_MOTO:
            with repaired_moto() as embedded:
                yield embedded
            return
        with arbiter(KNOWN[request.param], tmp_path_factory.mktemp(request.param)) as started:
            yield started


@pytest.fixture
def table(endpoint: Endpoint) -> Iterator[str]:
    """The name of an empty table for the model of this folder."""
    name, definition = f"conformance-{next(_numbers)}", model.table.definition()
    endpoint.create_table(name, definition.key, definition.indexes)
    yield name
    endpoint.client.delete_table(TableName=name)


@pytest.fixture
def store(endpoint: Endpoint, table: str) -> Store:
    return Store(endpoint.transport, table, clock=lambda: NOW, cursors=CURSORS)


@pytest.fixture
def contents(endpoint: Endpoint, table: str) -> Any:
    """A function: everything in the table."""
    return lambda: endpoint.contents(table)
