"""An account whose answers a test writes: requests and answers are validated against the service models."""

from datetime import UTC, datetime, timedelta

import boto3
import pytest
from botocore.stub import Stubber

from monitoring.live import Account, Pace

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


class Clock:
    """Time that passes when a test says so."""

    def __init__(self, at=NOON):
        self.at = at

    def __call__(self):
        return self.at

    def passes(self, **span):
        self.at += timedelta(**span)


class Stubbed:
    """stubs: service -> its Stubber, made when it is first asked for."""

    def __init__(self):
        self.clients = {}
        self.stubs = {}
        self.account = Account(self.client, "eu-west-1", pace=Pace(lambda: 0.0, lambda _seconds: None))

    def client(self, service):
        self.stub(service)
        return self.clients[service]

    def stub(self, service):
        if service not in self.stubs:
            self.clients[service] = boto3.client(service, region_name="eu-west-1", aws_access_key_id="any", aws_secret_access_key="any")
            self.stubs[service] = Stubber(self.clients[service])
            self.stubs[service].activate()
        return self.stubs[service]


@pytest.fixture
def aws():
    stubbed = Stubbed()
    yield stubbed
    for stubber in stubbed.stubs.values():
        stubber.assert_no_pending_responses()


@pytest.fixture
def clock():
    return Clock()
