"""What the alarms are told of a table's billing: the limit of the table and of each index, as it may ever be."""

from pathlib import Path

import pytest

from components import Billing, Capacity, Limit, Schedule, Throughput
from components.tables.billing import OnDemand, Provisioned
from components.watching.monitoring_plan import billing_of
from tests.components.conftest import run

INDEXES = ("GSI1", "GSI2")


def ceilings(billing: OnDemand | Provisioned) -> dict[str | None, tuple[int | None, int | None]]:
    """Of the table (None) and of each index: reads and writes a second."""
    found = billing_of(billing, INDEXES)
    return {index: (found.ceiling("Read", index), found.ceiling("Write", index)) for index in (None, *INDEXES)}


@pytest.mark.parametrize(
    ("billing", "table", "first"),
    [
        (Billing.on_demand(), (None, None), (None, None)),
        (Billing.on_demand(max_read=50, max_write=20), (50, 20), (50, 20)),
        (Billing.on_demand(max_read=50, indexes={"GSI1": Limit(read=5, write=9)}), (50, None), (5, 9)),
        (Billing.on_demand(max_read=50, max_write=20, indexes={"GSI1": Limit(read=-1)}), (50, 20), (None, None)),
        (Billing.provisioned(Capacity.fixed(5)), (None, None), (None, None)),
        (Billing.provisioned(Capacity.autoscaled(5, 50), Capacity.fixed(3)), (50, None), (50, None)),
        (
            Billing.provisioned(
                Capacity.autoscaled(5, 50),
                indexes={"GSI1": Throughput(Capacity.autoscaled(1, 7), Capacity.autoscaled(1, 8))},
            ),
            (50, 50),
            (7, 8),
        ),
    ],
)
def test_each_index_has_the_limit_that_it_is_deployed_with(
    billing: OnDemand | Provisioned, table: tuple[int | None, int | None], first: tuple[int | None, int | None]
) -> None:
    assert ceilings(billing) == {None: table, "GSI1": first, "GSI2": table}
    assert billing_of(billing, INDEXES).mode == ("on-demand" if isinstance(billing, OnDemand) else "provisioned")


@pytest.mark.parametrize(
    ("maxima", "most"),
    [((500, 20), 500), ((20, 500), 500), ((40, 20), 100), ((None, None), 100)],
)
def test_of_maxima_that_change_with_the_clock_the_largest_is_the_limit(maxima: tuple[int | None, int | None], most: int) -> None:
    day, night = (Schedule(name, "rate(1 day)", 1, maximum) for name, maximum in zip(("day", "night"), maxima, strict=True))
    scaled = Capacity.autoscaled(5, 100, schedules=[day, night])
    assert ceilings(Billing.provisioned(scaled))[None] == (most, most)


def test_the_alarm_and_the_chart_of_an_index_are_about_its_own_maximum(project: Path) -> None:
    stack = run(
        project,
        """
        small = Throughput(Capacity.autoscaled(1, 7), Capacity.autoscaled(1, 8))
        billing = Billing.provisioned(Capacity.autoscaled(5, 50), indexes={"by-owner": small})
        Monitoring("notes", table=SingleTable("notes", table=definition, billing=billing))
        """,
    )
    [alarm] = [each for each in stack.all("MetricAlarm") if each.inputs["name"].endswith("reads of by-owner are near their limit")]
    [formula] = [each["expression"] for each in alarm.inputs["metricQueries"] if each["returnData"]]
    used = [each["metric"]["metricName"] for each in alarm.inputs["metricQueries"] if "metric" in each]
    assert (formula.rpartition("/")[2], used) == ("7", ["ConsumedReadCapacityUnits"])
    assert "% of autoscaling max" in stack.one("Dashboard", "notes-dashboard").inputs["dashboardBody"]
