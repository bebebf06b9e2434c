"""The dashboard of a stack: what it answers in which order, and that it says what the alarms say."""

import json
from dataclasses import replace

import pytest

from monitoring import (
    Billing,
    Dashboard,
    MonitoringError,
    Options,
    Ref,
    Samples,
    alarms_for,
    composites_for,
    dashboard_for,
    resolve,
    series_of,
)
from monitoring.colours import CAUSE, MUTED, NEUTRAL, OPERATION, SERIES, SEVERITY
from monitoring.operations import OPERATIONS
from monitoring.scenarios import named
from monitoring.subjects import Stack, TableSubject
from monitoring.widgets import AlarmStrip, Chart, Line, Placed, Text
from tests.monitoring.conftest import PATTERNS, START, definition_of, names_for, pattern, stack_of
from tests.monitoring.weather import Weather, throttled_index


def made(stack=None):
    stack = stack or stack_of()
    alarms = alarms_for(stack)
    return dashboard_for(stack, alarms, composites_for(stack, alarms))


def charts(dashboard):
    return {placed.widget.title: placed.widget for placed in dashboard.widgets if isinstance(placed.widget, Chart)}


def test_one_question_a_section_in_the_order_of_triage():
    headings = [placed.widget.markdown.splitlines()[0] for placed in made().widgets if isinstance(placed.widget, Text)]
    assert headings == [
        "# shop / dev",
        "## 2 Failing?",
        "## 3 Refusing?",
        "## 4 Slow?",
        "## 5 Near a limit?",
        "## 6 Is the stream behind? order-events",
        "## 7 Access patterns",
        "## 8 Cost",
    ]


def test_the_first_thing_is_the_state_of_every_alarm_the_composites_first():
    alarms = alarms_for(stack_of())
    strip = next(placed.widget for placed in made().widgets if isinstance(placed.widget, AlarmStrip))
    assert strip.title.startswith("1 Wrong now?")
    assert strip.arns[0] == Ref("alarm:shop-dev page: something needs you now")
    assert set(strip.arns[2:]) == {Ref(f"alarm:{alarm.name}") for alarm in alarms}


def test_charts_are_titled_by_pattern_and_entity():
    titles = set(charts(made()))
    assert {
        "GetItem: User (find_user)",
        "Query: Order (find_order, list_orders)",
        "TransactWriteItems: Order, OrderItem (place_order)",
        "GSI1 reads: Order (find_order)",
        "GSI1 throttle events by cause: Order, OrderItem (find_order, place_order)",
        "Failed requests to api: User, Order, OrderItem (find_user, find_order, list_orders and 2 more)",
        "Oldest record of order-events",
    } < titles


def test_titles_stay_short_however_many_there_are():
    many = [pattern(f"find_{n}", "Finds it.", "one", ("GetItem",), entities=(f"Entity{n % 9}",)) for n in range(40)]
    titles = [title for title in charts(made(stack_of(many))) if ": " in title]
    assert "GetItem: Entity0, Entity1, Entity2, Entity3, Entity4 and 4 more (find_0 and 39 more)" in titles
    assert max(map(len, titles)) <= 120


def test_a_share_is_drawn_on_its_own_axis_and_not_on_charts_of_counts():
    drawn = charts(made())
    failed = next(chart for title, chart in drawn.items() if title.startswith("Failed requests to api"))
    assert [each.label for each in failed.thresholds] == ["page above 10%"]
    near = next(chart for title, chart in drawn.items() if title.startswith("Table reads"))
    assert [(each.label, each.side) for each in near.thresholds] == [("ticket above 80%", "right")]
    assert {each.label for each in drawn["Failures of api"].thresholds} == {"ticket above 0"}


def test_an_operation_of_one_index_names_it():
    only = [each for each in PATTERNS if each.name != "list_orders"]
    assert "Query GSI1: Order (find_order)" in charts(made(stack_of(only)))


def test_only_operations_in_use_are_drawn():
    text = json.dumps(resolve(made(), names_for(made())))
    for name in OPERATIONS:
        assert (f'"{name}"' in text) == (name in {"GetItem", "Query", "UpdateItem", "TransactWriteItems"})


def test_every_alarm_has_its_threshold_on_a_chart_in_the_colour_of_its_severity():
    drawn = {(each.label, each.color) for chart in charts(made()).values() for each in chart.thresholds}
    assert ("page above 0", SEVERITY["page"]) in drawn
    assert ("ticket above 15", SEVERITY["ticket"]) in drawn
    assert ("page above 21,600", SEVERITY["page"]) in drawn
    latency = charts(made())["GetItem: User (find_user)"]
    assert [(each.value, each.label) for each in latency.thresholds] == [(15, "ticket above 15")]
    age = charts(made())["Oldest record of order-events"]
    assert [(each.value, each.label) for each in age.thresholds] == [(60, "ticket above 60"), (21_600, "page above 21,600")]


@pytest.mark.parametrize("live", [False, True])
def test_a_total_by_a_query_has_its_line_where_its_operations_are_piled_up(live):
    """A horizontal annotation is a number (API reference, "Dashboard Body Structure and Syntax"): it needs nothing of the alarm's query."""
    stack = stack_of()
    if live:
        stack = named(stack)
    alarms = alarms_for(stack, Options(strategy="insights", thresholds={"system-errors": 3}))
    drawn = charts(dashboard_for(stack, alarms, composites_for(stack, alarms)))
    refused, failed = (drawn[title] for title in ("Refused by operation, table and indexes", "DynamoDB's errors by operation"))
    assert refused.stacked and failed.stacked
    assert [(each.value, each.label) for each in refused.thresholds] == [(0, "page above 0")]
    assert [each.value for each in failed.thresholds] == [3]
    assert [each["value"] for each in failed.body()["properties"]["annotations"]["horizontal"]] == [3]


def test_a_query_over_another_table_has_no_line_here():
    stack = named(stack_of())
    alarms = alarms_for(stack, Options(strategy="insights"))
    other = replace(stack, table=replace(stack.table, name="another"))
    drawn = charts(dashboard_for(other, alarms, ()))
    assert not drawn["Refused by operation, table and indexes"].thresholds


def test_each_replica_has_its_chart_with_the_line_of_late_changes_alone():
    stack = replace(stack_of(), table=replace(stack_of().table, replicas=("eu-central-1", "us-east-1")))
    drawn = charts(made(stack))
    for region in stack.table.replicas:
        chart = drawn[f"Changes to {region}"]
        assert [(each.value, each.label) for each in chart.thresholds] == [(180, "ticket above 180")]
        [metric] = [entry for entry in chart.body()["properties"]["metrics"] if entry[0] == "AWS/DynamoDB"]
        assert metric[:6] == ["AWS/DynamoDB", "ReplicationLatency", "TableName", Ref("table"), "ReceivingRegion", region]
    assert not [title for title in charts(made()) if title.startswith("Changes to")]


def test_what_is_not_alarmed_has_no_line():
    stack = stack_of()
    assert not [each for chart in charts(dashboard_for(stack, (), ())).values() for each in chart.thresholds]
    assert not [placed for placed in dashboard_for(stack, (), ()).widgets if isinstance(placed.widget, AlarmStrip)]


def test_causes_have_the_same_colours_everywhere():
    found = [chart for title, chart in charts(made()).items() if "throttle events by cause" in title]
    assert [[line.color for line in chart.lines] for chart in found] == [list(CAUSE.values())] * 2
    assert set(OPERATION) == set(OPERATIONS)


def contrast_on_white(colour):
    """WCAG 2.2, "contrast ratio"."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 1.05 / (0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05)


def test_every_colour_can_be_seen_and_means_one_thing():
    for colour in (*OPERATION.values(), *CAUSE.values(), *SEVERITY.values(), NEUTRAL, MUTED, *SERIES):
        assert contrast_on_white(colour) >= 3
    apart = [set(OPERATION.values()), set(CAUSE.values()), set(SEVERITY.values()), {NEUTRAL, MUTED}, set(SERIES)]
    assert len(set.union(*apart)) == sum(len(colours) for colours in apart)
    assert [len(set(colours)) for colours in (CAUSE.values(), SEVERITY.values())] == [4, 3]


def test_axes_begin_at_zero_and_periods_may_change():
    body = made().body()
    assert body["periodOverride"] == "auto"
    for widget in body["widgets"]:
        if widget["type"] == "metric" and widget["properties"]["view"] == "timeSeries":
            assert {axis["min"] for axis in widget["properties"]["yAxis"].values()} == {0}


def test_counts_are_rates_so_that_any_period_is_right():
    """The same minute of throttling, looked at by the minute and by five minutes."""
    weather = Weather()
    for minute in range(10):
        throttled_index(weather, minute)
    chart = next(chart for title, chart in charts(read(made())).items() if title.startswith("GSI1 throttle events by cause"))
    by_minute = series_of(chart.lines[0].source, weather.samples, START, START.replace(minute=10), 60)
    by_five = series_of(chart.lines[0].source, weather.samples, START, START.replace(minute=10), 300)
    assert set(by_minute.values()) == set(by_five.values()) == {400.0}
    assert (len(by_minute), len(by_five)) == (10, 2)


def read(dashboard):
    """As CloudWatch has it after deployment."""
    return Dashboard.from_body(dashboard.name, resolve(dashboard, names_for(dashboard)))


def test_a_deployed_dashboard_is_read_back_as_it_was():
    body = resolve(made(), names_for(made()))
    assert read(made()).body() == body
    assert json.loads(json.dumps(body)) == body


def test_every_line_of_a_deployed_dashboard_can_be_worked_out():
    weather = Weather()
    for minute in range(30):
        weather.usual(minute)
    for chart in charts(read(made())).values():
        for line in chart.lines:
            series_of(line.source, weather.samples, START, START.replace(minute=30))
    served = charts(read(made()))["Served, requests/s"].lines[0].source
    assert series_of(served, weather.samples, START, START.replace(minute=1)) == {START: pytest.approx(400 / 60)}


def test_a_silent_stack_has_nothing_to_show_and_no_errors():
    for chart in charts(read(made())).values():
        for line in chart.lines:
            assert series_of(line.source, Samples(), START, START.replace(minute=30)) == {}


@pytest.mark.parametrize(
    "stack",
    [
        stack_of(streams=False),
        stack_of(billing=Billing.provisioned()),
        Stack("shop", "dev", "eu-west-1", TableSubject(definition_of((), ()), "shop")),
        Stack("a shop", "dév", "eu-west-1", TableSubject(definition_of(), "shop")),
        stack_of([pattern(f"p{number}", "A | pipe\nand a line.", "one", ("GetItem",)) for number in range(150)]),
        stack_of(indexes=tuple(f"GSI{number}" for number in range(1, 21))),
    ],
    ids=["no streams", "provisioned", "nothing declared", "odd names", "many patterns", "many indexes"],
)
def test_other_stacks_have_one_too(stack):
    dashboard = made(stack)
    assert dashboard.body()["widgets"]
    assert dashboard.name.replace("-", "").isascii()


def test_the_text_of_patterns_cannot_break_the_table():
    stack = stack_of([pattern("p", "A | pipe\nand a line.", "one", ("GetItem",))])
    table = next(
        placed.widget.markdown
        for placed in made(stack).widgets
        if isinstance(placed.widget, Text) and "Access patterns" in placed.widget.markdown
    )
    assert "| p | A \\| pipe and a line. | GetItem | table | PK=USER#{id} |" in table.splitlines()


def test_cost_is_on_the_dashboard():
    dashboard = made()
    alarms = alarms_for(stack_of())
    total = sum(each.monthly_usd for each in (*alarms, *composites_for(stack_of(), alarms))) + dashboard.monthly_usd
    last = dashboard.widgets[-1].widget.markdown
    assert (
        f"US$ {total:.2f} a month before free allowances: {len(alarms)} alarms over {sum(len(alarm.metrics) for alarm in alarms)} metrics, 2 composite alarms"
        in last
    )


def test_a_line_that_two_ask_for_is_there_once():
    slow = charts(made())["GetItem: User (find_user)"].lines[0]
    chart = Chart("twice", (slow, Line(slow.source, "again")), "eu-west-1")
    assert len(chart.body()["properties"]["metrics"]) == 1


def test_a_dashboard_that_cloudwatch_would_refuse_cannot_be_made():
    with pytest.raises(MonitoringError) as caught:
        Dashboard("x", (Placed(Text("a"), 0, 0, 25, 1), Placed(Text("b"), 3, 0, 3, 3)))
    assert str(caught.value) == "invalid-dashboard: /widgets/0: columns 0 to 25; there are 24; /widgets/1: lies over /widgets/0"
