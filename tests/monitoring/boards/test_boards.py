"""The boards beside the one for on-call: what they answer, and that CloudWatch takes them."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitoring import Dashboard, MonitoringError, Ref, alarms_for, composites_for, dashboard_for, resolve
from monitoring.boards import Watched, consumer_dashboard, patterns_dashboard, summary_dashboard
from monitoring.boards.patterns import CHOSEN
from monitoring.limits import problems
from monitoring.names import refs_in
from monitoring.subjects import Stack
from monitoring.widgets import AlarmStrip, Chart, Contributors, LogTable, Mark, Placed, Text, Variable
from tests.monitoring.conftest import names_for, stack_of


def published() -> Stack:
    """As `stack_of`, with metrics of patterns and logs."""
    stack = stack_of()
    functions = tuple(replace(each, pattern_metrics=True, log_group=Ref(f"log:{each.label}")) for each in stack.functions)
    return replace(stack, functions=functions)


def widgets(dashboard: Dashboard, kind: type) -> list:
    return [each.widget for each in dashboard.widgets if isinstance(each.widget, kind)]


def headings(dashboard: Dashboard) -> list[str]:
    return [each.markdown.splitlines()[0] for each in widgets(dashboard, Text)]


def test_one_pattern_is_chosen_of_those_that_are_measured() -> None:
    board = patterns_dashboard(published())
    [variable] = board.body()["variables"]
    assert variable["pattern"] == CHOSEN
    assert [each["value"] for each in variable["values"]] == [pattern.name for pattern in published().measured_patterns]
    assert variable["defaultValue"] == variable["values"][0]["value"]
    charts = json.dumps(resolve(board, names_for(board)))
    assert charts.count(CHOSEN) > 4, "in titles and dimensions"
    assert CHOSEN not in charts.replace(CHOSEN, variable["defaultValue"])


def test_without_metrics_of_patterns_there_is_nothing_to_choose() -> None:
    board = patterns_dashboard(stack_of())
    assert "variables" not in board.body()
    assert "## One pattern" not in headings(board)
    assert widgets(board, LogTable) == []


def test_logs_are_asked_in_their_groups() -> None:
    board = patterns_dashboard(published())
    body = resolve(board, {ref: f"name of {ref.key}" for ref in refs_in(board)})
    queries = [each["properties"]["query"] for each in body["widgets"] if each["type"] == "log"]
    assert queries[0].startswith("SOURCE 'name of log:api' | SOURCE 'name of log:order-events' | filter ispresent(Pattern)")
    assert all(query.startswith("SOURCE '") for query in queries)
    assert len(queries) == 1 + 2 * 2, "the patterns, and errors and starts of each function"


def test_the_busiest_keys_where_somebody_counts_them() -> None:
    stack = published()
    counted = replace(stack, table=replace(stack.table, insight_rules=(("the table", "DynamoDBContributorInsights-PKT-shop-1"),)))
    [drawn] = widgets(patterns_dashboard(counted), Contributors)
    assert drawn.rule == "DynamoDBContributorInsights-PKT-shop-1"
    assert widgets(patterns_dashboard(stack), Contributors) == []


def test_a_consumer_sees_its_own_alarms_and_no_others() -> None:
    stack = published()
    alarms = alarms_for(stack)
    board = consumer_dashboard(stack, stack.streams[0], alarms)
    [strip] = widgets(board, AlarmStrip)
    shown = {str(arn.key) for arn in strip.arns}
    assert "alarm:shop-dev page: nobody reads the stream for order-events" in shown
    assert not any("GSI1" in key or "api" in key for key in shown)
    titles = {chart.title for chart in widgets(board, Chart)}
    assert {"Oldest record of order-events", "Lost by order-events", "Failure queue of order-events"} <= titles


def test_a_summary_has_a_row_of_each_stack_in_its_own_region() -> None:
    stacks = [replace(stack_of(stage=stage), region=region) for stage, region in (("dev", "eu-west-1"), ("prod", "us-east-1"))]
    watched = [Watched(stack, alarms := alarms_for(stack), composites_for(stack, alarms)) for stack in stacks]
    board = summary_dashboard("All shops", watched)
    assert board.name == "All-shops"
    assert headings(board) == ["# All shops", "## shop / dev", "## shop / prod"]
    assert {chart.region for chart in widgets(board, Chart)} == {"eu-west-1", "us-east-1"}
    assert [len(strip.arns) for strip in widgets(board, AlarmStrip)] == [len(each.composites) for each in watched]


def test_a_summary_is_of_different_stacks() -> None:
    for given in ([], [Watched(stack_of(), (), ()), Watched(stack_of(), (), ())]):
        with pytest.raises(MonitoringError, match="invalid-subject"):
            summary_dashboard("All", given)


def test_a_summary_of_many_stacks_stays_within_the_limits() -> None:
    watched = [Watched(stack_of(stage=f"s{number}"), (), ()) for number in range(30)]
    assert list(problems(summary_dashboard("All", watched).body())) == []


def test_deployments_are_marked_on_every_chart_over_time() -> None:
    stack = stack_of()
    alarms = alarms_for(stack)
    mark = Mark(datetime(2026, 3, 2, 10, 0, tzinfo=UTC) + timedelta(seconds=5), "a1b2c3d")
    board = dashboard_for(stack, alarms, composites_for(stack, alarms), [mark])
    over_time = [chart for chart in widgets(board, Chart) if chart.view == "timeSeries"]
    marked = {chart.title: chart.body()["properties"]["annotations"]["vertical"] for chart in over_time}
    assert marked[over_time[0].title] == [{"value": "2026-03-02T10:00:05Z", "label": "a1b2c3d"}]
    assert len(marked) == len({chart.title for chart in over_time})
    values = next(chart for chart in widgets(board, Chart) if chart.view == "singleValue")
    assert "vertical" not in values.body()["properties"].get("annotations", {})


@pytest.mark.parametrize(
    "board", [patterns_dashboard(published()), consumer_dashboard(published(), published().streams[0], alarms_for(published()))]
)
def test_a_board_is_read_back_as_it_was_written(board: Dashboard) -> None:
    body = json.loads(json.dumps(resolve(board, names_for(board))))
    read = Dashboard.from_body(board.name, body)
    assert json.loads(json.dumps(resolve(read, {}))) == body


@pytest.mark.parametrize(
    ("variable", "path"),
    [
        (Variable("", "Pattern", "X", ("a",)), "/variables/0/id"),
        (Variable("p" * 33, "Pattern", "X", ("a",)), "/variables/0/id"),
        (Variable("p", "L" * 31, "X", ("a",)), "/variables/0/label"),
        (Variable("p", "Pattern", "", ("a",)), "/variables/0/pattern"),
        (Variable("p", "Pattern", "X", ()), "/variables/0/values"),
        (Variable("p", "Pattern", "X", tuple(map(str, range(501)))), "/variables/0/values"),
    ],
)
def test_choices_that_cloudwatch_would_refuse(variable: Variable, path: str) -> None:
    """API reference, "Dashboard Body Structure and Syntax", variables: ids up to 32, labels up to 30 characters, up to 500 values."""
    with pytest.raises(MonitoringError, match=path):
        Dashboard("board", (Placed(Text("x"), 0, 0, 24, 2),), (variable,))


def test_at_most_25_choices() -> None:
    many = tuple(Variable(f"p{number}", "Pattern", "X", ("a",)) for number in range(26))
    with pytest.raises(MonitoringError, match="/variables: 26"):
        Dashboard("board", (Placed(Text("x"), 0, 0, 24, 2),), many)


def test_a_log_table_without_a_group_asks_nobody() -> None:
    with pytest.raises(MonitoringError, match="SOURCE"):
        Dashboard("board", (Placed(LogTable("Errors", "fields @message", (), "eu-west-1"), 0, 0, 24, 6),))
