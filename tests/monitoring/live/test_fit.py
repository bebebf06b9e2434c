"""A declaration that nobody named is only taken for the table that it declares."""

from dataclasses import replace

import pytest

from monitoring.live import fits
from singletable.deployment import SCHEMA_FINGERPRINT
from tests.monitoring.doctor import stack
from tests.monitoring.doctor.stack import DECLARED, examined

OTHER = {"Environment": {"Variables": {SCHEMA_FINGERPRINT: "0" * 16}}}
FOREIGN = {"table": stack.table(KeySchema=stack.key("id", "at"), GlobalSecondaryIndexes=[])}
NOT_OURS = {"functions": (stack.function("api", **OTHER),)}


def deployed(**changes):
    return examined(**changes).deployed


def named_after(project):
    return tuple({**each, "AlarmName": each["AlarmName"].replace("shop-", f"{project}-", 1)} for each in stack.ALARMS)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        # Its own, changed by hand: the schema of a function says whose it is.
        FOREIGN,
        # A deployment behind, or without functions.
        NOT_OURS,
        {"functions": ()},
        {**NOT_OURS, "alarms": (), "table": stack.table(TableName="shop-1a2b3c")},
        {**NOT_OURS, "table": stack.table(GlobalSecondaryIndexes=[])},
        {**NOT_OURS, "table": stack.table(GlobalSecondaryIndexes=[stack.index(), stack.index(IndexName="old")])},
    ],
)
def test_the_table_may_be_its_own(changes):
    assert fits(deployed(**changes), DECLARED)


@pytest.mark.parametrize(
    "changes",
    [
        {**NOT_OURS, **FOREIGN},
        {"functions": (), **FOREIGN},
        {**NOT_OURS, "table": stack.table(GlobalSecondaryIndexes=[stack.index(IndexName="by-day")])},
        {**NOT_OURS, "table": stack.table(GlobalSecondaryIndexes=[stack.index(KeySchema=stack.key("day", "at"))])},
        # Keys called PK and SK are those of many: the alarms are called after another project.
        {**NOT_OURS, "alarms": named_after("bookings")},
        # Nothing is deployed around it, and it is called otherwise: shopping is no shop.
        {"functions": (), "alarms": (), "table": stack.table(TableName="orders-production")},
        {"functions": (), "alarms": (), "table": stack.table(TableName="shopping-1a2b3c")},
    ],
)
def test_the_table_is_anothers(changes):
    assert not fits(deployed(**changes), DECLARED)


def test_a_project_of_another_name_with_the_schema_is_its_own():
    assert fits(deployed(), replace(DECLARED, project="bookings"))
