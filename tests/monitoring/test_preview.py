"""How two listings differ: each field that can change, what is added and removed, and what it costs."""

import json
from copy import deepcopy
from typing import Any

import pytest

from monitoring.lint import read_text
from monitoring.preview import Change, difference, listing, listing_of_alarms
from monitoring.preview.words import difference_markdown, difference_text, text
from tests.monitoring.conftest import stack_of


def alarm(name: str = "shop-dev page: GSI1 is throttled", **changes: Any) -> dict[str, Any]:
    return {
        "name": name,
        "severity": "page",
        "watches": "ReadThrottleEvents of GSI1",
        "fires": "above 0 events a minute in 1 of 5 minutes",
        "description": "Requests are refused.",
        "monthly_usd": 0.2,
        "request": {
            "Metrics": [query("r", "ReadThrottleEvents"), query("c", "ConsumedWriteCapacityUnits"), returned("FILL(r,0) + 0*c")],
            "Threshold": 0.0,
            "ComparisonOperator": "GreaterThanThreshold",
            "EvaluationPeriods": 5,
            "DatapointsToAlarm": 1,
            "TreatMissingData": "notBreaching",
        },
        **changes,
    }


def query(identity: str, metric: str, period: int = 60) -> dict[str, Any]:
    dimensions = [{"Name": "TableName", "Value": "<table>"}]
    identified = {"Namespace": "AWS/DynamoDB", "MetricName": metric, "Dimensions": dimensions}
    return {"Id": identity, "MetricStat": {"Metric": identified, "Period": period, "Stat": "Sum"}, "ReturnData": False}


def returned(formula: str) -> dict[str, Any]:
    return {"Id": "result", "Expression": formula, "ReturnData": True}


def listed(*alarms: dict[str, Any], dashboard: dict[str, Any] | None = None, composites: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    total = sum(each["monthly_usd"] for each in (*alarms, *composites)) + (3.0 if dashboard else 0.0)
    return {"stack": "shop-dev", "monthly_usd": total, "alarms": list(alarms), "composites": list(composites), "dashboard": dashboard}


def changes(before: dict[str, Any], after: dict[str, Any]) -> tuple[Change, ...]:
    return difference(before, after, "HEAD~1 (1a2b3c4)").changes


def test_the_same_is_no_change() -> None:
    found = difference(listed(alarm()), listed(deepcopy(alarm())), "HEAD~1")
    assert (found.changes, found.monthly_usd_more) == ((), 0)
    assert list(difference_text(found)) == ["shop-dev: nothing changes since HEAD~1; $0.20 a month, the same (was $0.20)"]


@pytest.mark.parametrize(
    ("changed", "details"),
    [
        ({"Threshold": 10.0}, ["threshold: 0 -> 10"]),
        ({"ComparisonOperator": "LessThanThreshold"}, ["comparison: GreaterThanThreshold -> LessThanThreshold"]),
        ({"DatapointsToAlarm": 3}, ["of: 1 of 5 -> 3 of 5"]),
        ({"EvaluationPeriods": 15, "DatapointsToAlarm": 3}, ["of: 1 of 5 -> 3 of 15"]),
        ({"TreatMissingData": "missing"}, ["missing data: notBreaching -> missing"]),
        ({"EvaluateLowSampleCountPercentile": "ignore"}, ["few samples: evaluate -> ignore"]),
        (
            {"Metrics": [query("r", "ReadThrottleEvents"), query("c", "ConsumedWriteCapacityUnits"), returned("r + 0*c")]},
            ["formula: FILL(r,0) + 0*c -> r + 0*c"],
        ),
        (
            {
                "Metrics": [
                    query("r", "ReadThrottleEvents", 300),
                    query("c", "ConsumedWriteCapacityUnits", 300),
                    returned("FILL(r,0) + 0*c"),
                ]
            },
            ["period: 60 -> 300"],
        ),
        (
            {"Metrics": [query("r", "WriteThrottleEvents"), query("c", "ConsumedWriteCapacityUnits"), returned("FILL(r,0) + 0*c")]},
            [
                "also watches Sum of WriteThrottleEvents",
                "no longer watches Sum of ReadThrottleEvents",
            ],
        ),
    ],
)
def test_what_decides_when_it_fires_is_named(changed: dict[str, Any], details: list[str]) -> None:
    new = alarm(request=alarm()["request"] | changed)
    [change] = changes(listed(alarm()), listed(new))
    assert (change.how, change.name, list(change.details)) == ("changed", "GSI1 is throttled", details)


@pytest.mark.parametrize(
    "default",
    [{"ActionsEnabled": True}, {"EvaluateLowSampleCountPercentile": "evaluate"}, {"DatapointsToAlarm": 1, "EvaluationPeriods": 5}],
)
def test_a_default_that_is_spelt_out_is_no_change(default: dict[str, Any]) -> None:
    """CloudWatch API reference, PutMetricAlarm."""
    assert changes(listed(alarm()), listed(alarm(request=alarm()["request"] | default))) == ()


def test_a_name_that_only_deployment_knows_is_no_change() -> None:
    """As a preview has it, compared with what is described of an account."""
    known = json.loads(json.dumps(alarm()).replace("<table>", "orders-1a2b3c4"))
    assert changes(listed(known), listed(alarm())) == ()


def test_a_long_list_of_metrics_is_cut() -> None:
    request = alarm()["request"]
    more = [query(f"m{number}", f"Metric{number}") for number in range(5)]
    [change] = changes(listed(alarm()), listed(alarm(request={**request, "Metrics": [*more, *request["Metrics"]]})))
    [detail] = change.details
    assert detail.startswith("also watches Sum of Metric0; ")
    assert detail.endswith("; Sum of Metric2 and 2 more")


def test_another_severity_is_no_other_alarm() -> None:
    """Though the severity is part of an alarm's name."""
    [change] = changes(listed(alarm()), listed(alarm("shop-dev ticket: GSI1 is throttled", severity="ticket")))
    assert (change.how, change.severity, change.details) == ("changed", "ticket", ("severity: page -> ticket",))


def test_two_severities_of_one_clause_are_two_alarms() -> None:
    both = [alarm(), alarm("shop-dev ticket: GSI1 is throttled", severity="ticket")]
    [change] = changes(listed(*both), listed(both[1]))
    assert (change.how, change.severity, change.monthly_usd) == ("removed", "page", -0.2)


def test_what_is_added_and_removed_has_its_cost() -> None:
    found = difference(
        listed(alarm("a page: gone")),
        listed(alarm("a page: new", monthly_usd=0.5), composites=({**alarm("a page: any"), "monthly_usd": 0.5, "watches": "2 alarms"},)),
        "x",
    )
    assert [(each.how, each.kind, each.name, each.monthly_usd) for each in found.changes] == [
        ("added", "alarm", "new", 0.5),
        ("added", "composite alarm", "any", 0.5),
        ("removed", "alarm", "gone", -0.2),
    ]
    assert found.monthly_usd_more == 0.8
    assert found.counts == {"added": 2, "removed": 1, "changed": 0}


@pytest.mark.parametrize(
    ("rule", "details"),
    [
        ('ALARM("a page: x") OR ALARM("a page: y")', ("also watches y",)),
        ('ALARM("a page: z")', ("also watches z", "no longer watches x")),
        ('NOT ALARM("a page: x")', ("its rule",)),
    ],
)
def test_a_composite_is_compared_by_what_it_watches(rule: str, details: tuple[str, ...]) -> None:
    old, new = ({**alarm("a page: any"), "request": {"AlarmRule": each}} for each in ('ALARM("a page: x")', rule))
    [change] = changes(listed(composites=(old,)), listed(composites=(new,)))
    assert (change.kind, change.details) == ("composite alarm", details)


def dashboard(*widgets: tuple[str, str, dict[str, Any]]) -> dict[str, Any]:
    charts = [title for kind, title, _ in widgets if kind == "chart"]
    listed = [{"kind": kind, "title": title, "properties": properties} for kind, title, properties in widgets]
    return {"name": "shop-dev", "charts": charts, "widgets": listed, "monthly_usd": 3.0}


def test_widgets_are_compared_by_what_they_show() -> None:
    old = dashboard(("chart", "Throttles", {"metrics": [["A"]]}), ("chart", "Latency", {}), ("text", "Is it slow?", {"markdown": "x"}))
    new = dashboard(("chart", "Throttles", {"metrics": [["B"]]}), ("chart", "Capacity", {}), ("text", "Is it slow?", {"markdown": "y"}))
    assert [(each.how, each.kind, each.name, each.details) for each in changes(listed(dashboard=old), listed(dashboard=new))] == [
        ("added", "chart", "Capacity", ()),
        ("removed", "chart", "Latency", ()),
        ("changed", "chart", "Throttles", ("its lines",)),
        ("changed", "text", "Is it slow?", ("its words",)),
    ]


def test_a_dashboard_that_is_new_costs_its_price() -> None:
    [change] = changes(listed(), listed(dashboard=dashboard(("chart", "Throttles", {}))))
    assert (change.how, change.kind, change.details, change.monthly_usd) == ("added", "dashboard", ("1 charts",), 3.0)


def test_an_older_version_is_compared_by_what_it_says() -> None:
    """Before requests and widgets were listed."""
    old = {name: value for name, value in alarm().items() if name != "request"}
    titles = {"name": "shop-dev", "charts": ["Throttles"], "monthly_usd": 3.0}
    new = alarm(fires="above 10 events a minute in 1 of 5 minutes")
    widgets = dashboard(("chart", "Throttles", {"metrics": []}), ("text", "Is it slow?", {}))
    [change] = changes(listed(old, dashboard=titles), listed(new, dashboard=widgets))
    assert change.details == ("fires: above 0 events a minute in 1 of 5 minutes -> above 10 events a minute in 1 of 5 minutes",)


def test_words_alone_are_one_sentence() -> None:
    reworded = [alarm(f"a page: number {number}") for number in range(7)]
    found = difference(listed(*reworded), listed(*(each | {"description": "Otherwise."} for each in reworded)), "HEAD~1")
    for lines in (difference_text(found), difference_markdown(found)):
        told = list(lines)
        assert "7 reworded since HEAD~1" in "".join(told[:2])
        assert told[-1] == "Only the text changes of: number 0, number 1, number 2, number 3, number 4 and 2 more."


def test_markdown_is_one_table_with_the_cost() -> None:
    found = difference(listed(alarm()), listed(alarm("a page: new", monthly_usd=0.5)), "HEAD~1 (1a2b3c4)")
    lines = list(difference_markdown(found))
    assert lines[:2] == [
        "### Monitoring of shop-dev",
        "1 added, 1 removed since HEAD~1 (1a2b3c4); $0.50 a month, $0.30 more (was $0.20).",
    ]
    table = [line for line in lines if line.startswith("|")]
    assert {line.count(" | ") for line in table} == {4}
    assert table[2].endswith(" | +$0.50 |")
    assert table[3].endswith(" | -$0.20 |")


def test_a_stack_s_listing_says_everything_that_its_alarms_say() -> None:
    """A change of any parameter but names and actions is a change of the listing."""
    found = listing(stack_of())
    assert all(each["request"] for each in (*found["alarms"], *found["composites"]))
    assert difference(found, deepcopy(found), "itself").changes == ()


def test_alarms_of_a_file_are_listed_with_their_cost() -> None:
    """0.10 $ for each metric that an alarm reads (Amazon CloudWatch pricing)."""
    text = """{"MetricAlarms": [{"AlarmName": "orders page: refused", "Namespace": "AWS/DynamoDB", "MetricName": "WriteThrottleEvents",
        "Dimensions": [{"Name": "TableName", "Value": "orders"}], "Statistic": "Sum", "Period": 60, "EvaluationPeriods": 1, "Threshold": 0,
        "ComparisonOperator": "GreaterThanThreshold"}], "CompositeAlarms": [{"AlarmName": "any", "AlarmRule": "ALARM(x)"}]}"""
    found = listing_of_alarms("alarms.json", read_text(text, "alarms.json"))
    [shown] = found["alarms"]
    assert (shown["severity"], shown["watches"], shown["monthly_usd"]) == ("page", "WriteThrottleEvents", 0.1)
    assert found["monthly_usd"] == 0.6


def test_a_formula_that_nobody_can_compare_is_not_written_out() -> None:
    """What it watches more is said; as a whole it may have hundreds of characters."""
    long = "+".join(f"FILL(m{number},0)" for number in range(12))
    old = alarm(request=alarm()["request"] | {"Metrics": [query("r", "ReadThrottleEvents"), returned(f"{long}+FILL(r,0)")]})
    new = alarm(request=alarm()["request"] | {"Metrics": [query("r", "ReadThrottleEvents"), returned(f"{long}+2*FILL(r,0)")]})
    [change] = changes(listed(old), listed(new))
    assert change.details == ("its formula",)
    more = [query("w", "WriteThrottleEvents"), query("r", "ReadThrottleEvents"), returned(f"{long}+FILL(r,0)+FILL(w,0)")]
    [change] = changes(listed(old), listed(alarm(request=alarm()["request"] | {"Metrics": more})))
    assert change.details == ("also watches Sum of WriteThrottleEvents",)


def test_a_chart_is_the_same_with_another_pattern() -> None:
    """Its title lists the patterns behind a colon."""

    def board(title: str) -> dict[str, Any]:
        widget = {"kind": "chart", "title": title, "properties": {"title": title, "metrics": []}}
        return {"name": "shop-dev", "charts": [title], "widgets": [widget], "monthly_usd": 3.0}

    before, after = board("Query: User (find_user and 2 more)"), board("Query: User (find_user and 3 more)")
    [change] = changes(listed(dashboard=before), listed(dashboard=after))
    assert (change.how, change.kind, change.name, change.details) == ("changed", "chart", "Query", ("its patterns",))


def test_what_is_written_into_markdown_is_no_markup() -> None:
    old = alarm(request=alarm()["request"] | {"EvaluationInterval": "<table>|*"})
    written = "\n".join(difference_markdown(difference(listed(old), listed(alarm()), "HEAD~1 (1a2b3c4)")))
    assert "<table>" not in written
    assert r"EvaluationInterval: &lt;table&gt;\|\* -&gt; none" in written


@pytest.mark.parametrize("width", [40, 60, 100])
def test_on_a_narrow_terminal_no_line_is_wider_and_no_word_is_lost(width: int) -> None:
    found, plain = listing(stack_of()), " ".join("\n".join(text(listing(stack_of()))).split())
    lines = list(text(found, width))
    assert [line for line in lines if len(line) > width and " " in line.strip()] == []
    assert sorted(" ".join(lines).split()) == sorted(plain.split())


def test_a_line_that_fits_is_the_same_on_a_terminal() -> None:
    found = listing(stack_of())
    assert list(text(found, 200)) == list(text(found))


def test_a_difference_is_folded_too() -> None:
    found = difference(listed(), listed(alarm()), "HEAD~1")
    assert max(map(len, difference_text(found))) > 50
    assert max(map(len, difference_text(found, 50))) <= 50
    assert " ".join(difference_text(found, 50)).split() == " ".join(difference_text(found)).split()
