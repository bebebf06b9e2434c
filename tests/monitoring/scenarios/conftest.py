"""The shop's own stack, as the command line makes it, and a plain one."""

import argparse
from datetime import UTC, datetime

import pytest

from monitoring.commands.subject import add_subject, stack_of

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


def subject(*arguments):
    parser = argparse.ArgumentParser()
    add_subject(parser)
    return stack_of(parser.parse_args(arguments))


@pytest.fixture(scope="session")
def shop():
    return subject()
