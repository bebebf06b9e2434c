"""A good dashboard body, one thing broken at a time."""

import copy

import pytest

from monitoring.limits import problems

METRIC = ["AWS/DynamoDB", "ConsumedReadCapacityUnits", "TableName", "shop", {"id": "m1", "stat": "Sum", "period": 60}]
BODY = {
    "periodOverride": "auto",
    "widgets": [
        {
            "type": "metric",
            "x": 0,
            "y": 0,
            "width": 12,
            "height": 6,
            "properties": {
                "region": "eu-west-1",
                "view": "timeSeries",
                "metrics": [METRIC, [{"expression": "m1/PERIOD(m1)", "id": "e1", "label": "units/s"}]],
                "annotations": {"horizontal": [{"value": 1, "label": "limit"}]},
            },
        },
        {"type": "text", "x": 12, "y": 0, "width": 12, "height": 6, "properties": {"markdown": "hello"}},
        {"type": "alarm", "x": 0, "y": 6, "width": 24, "height": 2, "properties": {"alarms": ["arn:aws:cloudwatch:eu-west-1:1:alarm:x"]}},
    ],
}


def broken(change):
    body = copy.deepcopy(BODY)
    change(body, body["widgets"][0]["properties"])
    return [str(problem) for problem in problems(body)]


def test_a_good_body_has_no_problems():
    assert broken(lambda body, chart: None) == []


def put(target, **values):
    target.update(values)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda b, c: put(b, periodOverride="never"), '/periodOverride: "never" is neither auto nor inherit'),
        (lambda b, c: put(b["widgets"][0], x=20), "/widgets/0: columns 20 to 32; there are 24"),
        (lambda b, c: put(b["widgets"][0], width=0), "/widgets/0: columns 0 to 0; there are 24"),
        (lambda b, c: put(b["widgets"][0], height=1001), "/widgets/0: height 1001; 1 to 1000 are allowed"),
        (lambda b, c: b["widgets"][0].pop("y"), "/widgets/0: x without y"),
        (lambda b, c: put(b["widgets"][1], x=11), "/widgets/1: lies over /widgets/0"),
        (lambda b, c: put(b["widgets"][1], type="chart"), '/widgets/1/type: "chart" is none of metric, text, alarm'),
        (lambda b, c: put(b["widgets"][1], properties={"markdown": ""}), "/widgets/1/properties/markdown: is empty"),
        (lambda b, c: put(b["widgets"][2], properties={"alarms": []}), "/widgets/2/properties/alarms: 0 alarms; 1 to 100 are allowed"),
        (lambda b, c: put(b["widgets"][2], properties={"alarms": ["a"] * 101}), "/widgets/2/properties/alarms: 101 alarms"),
        (lambda b, c: c.pop("region"), "/widgets/0/properties/region: is required"),
        (lambda b, c: put(c, view="donut"), '/widgets/0/properties/view: "donut" is none of timeSeries'),
        (lambda b, c: put(c, view="gauge"), "/widgets/0/properties/yAxis: a gauge needs min and max of its left axis"),
        (lambda b, c: put(c, metrics=[]), "/widgets/0/properties/metrics: nothing to draw"),
        (lambda b, c: put(c["annotations"], alarms=["arn"]), "/widgets/0/properties/annotations: an alarm stands alone"),
        (
            lambda b, c: put(c["metrics"][1][0], expression="m2/PERIOD(m2)"),
            "/widgets/0/properties/metrics: invalid-formula: 'm2/PERIOD(m2)'",
        ),
        (lambda b, c: put(c["metrics"][1][0], expression="m1 +"), "/widgets/0/properties/metrics: invalid-formula"),
        (
            lambda b, c: put(c["metrics"][1][0], expression="e1 + m1"),
            '/widgets/0/properties/metrics: invalid-dashboard: "e1" is made from itself',
        ),
        (
            lambda b, c: put(c["metrics"][1][0], id="m1"),
            "/widgets/0/properties/metrics: invalid-dashboard: two metrics of one widget have the same id",
        ),
        (lambda b, c: put(c["metrics"][1][0], id="E1"), '/widgets/0/properties/metrics: invalid-dashboard: "E1" is no id'),
        (lambda b, c: c["metrics"].__setitem__(0, [*METRIC[:2], METRIC[4]]), "/widgets/0/properties/metrics: impossible-dimensions"),
        (lambda b, c: c["metrics"][0][4].update(stat="p99"), "/widgets/0/properties/metrics: impossible-statistic"),
        (lambda b, c: c["metrics"][0][4].update(period=61), "/widgets/0/properties/metrics: impossible-period"),
        (lambda b, c: c["metrics"][0][4].update(visible=False) or c["metrics"][1][0].update(visible=False), "every metric is hidden"),
        (
            lambda b, c: c["metrics"].append(["AWS/DynamoDB", "ThrottledRequests", "TableName", "t", {"visible": False}]),
            "impossible-dimensions",
        ),
        (lambda b, c: put(c, metrics=[METRIC] * 501), "/widgets/0/properties/metrics: 501 metrics; at most 500"),
        (
            lambda b, c: put(b, widgets=[{"type": "metric", "properties": {"region": "x", "metrics": [METRIC] * 500}} for _ in range(6)]),
            "/widgets: 3000 metrics, hidden ones included; at most 2500",
        ),
        (lambda b, c: put(b, widgets=[{"type": "text", "properties": {"markdown": "x"}}] * 501), "/widgets: 501 widgets; at most 500"),
    ],
)
def test_one_thing_broken(change, problem):
    found = broken(change)
    assert found
    assert problem in found[0]


def test_an_alarm_may_stand_alone():
    assert broken(lambda body, chart: (chart.pop("metrics"), put(chart, annotations={"alarms": ["arn"]}))) == []
