"""The real program, deployed with a production-like configuration: everything as registered, nothing that can be lost by accident."""

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.aws import EmbeddedAws
from local.deploy import Deployment, DestroyRefused, deploy

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def aws() -> Iterator[EmbeddedAws]:
    """One for all tests here, which only look."""
    with EmbeddedAws() as running:
        yield running


@pytest.fixture(scope="module")
def shop(aws: EmbeddedAws) -> Deployment:
    return deploy(ROOT, "prod", aws, {"billing": {"mode": "provisioned", "minimum": 5, "maximum": 50}})


def test_the_shop_is_deployed_as_registered(shop: Deployment, aws: EmbeddedAws) -> None:
    assert shop.warnings == ()
    alarms = shop.of_type("aws:cloudwatch/metricAlarm:MetricAlarm")
    described = {
        alarm["AlarmName"]: alarm
        for page in aws.client("cloudwatch").get_paginator("describe_alarms").paginate(AlarmNamePrefix="shop-prod ")
        for alarm in page["MetricAlarms"]
    }
    assert {alarm.id for alarm in alarms} == set(described)
    for alarm in alarms:
        found, inputs = described[alarm.id], alarm.inputs
        assert (found["Threshold"], found["EvaluationPeriods"], found["DatapointsToAlarm"], found["TreatMissingData"]) == (
            inputs["threshold"],
            inputs["evaluationPeriods"],
            inputs["datapointsToAlarm"],
            inputs["treatMissingData"],
        )
        assert [query["Id"] for query in found.get("Metrics", [])] == [query["id"] for query in inputs.get("metricQueries", [])]
    (dashboard,) = shop.of_type("aws:cloudwatch/dashboard:Dashboard")
    assert aws.client("cloudwatch").get_dashboard(DashboardName=dashboard.id)["DashboardBody"] == dashboard.inputs["dashboardBody"]


def test_the_shop_in_production_cannot_be_destroyed(shop: Deployment, aws: EmbeddedAws) -> None:
    with pytest.raises(DestroyRefused, match=r"^shop \(aws:dynamodb/table:Table\) is protected: "):
        shop.destroy()
    assert aws.client("dynamodb").describe_table(TableName=shop.outputs["tableName"])["Table"]["TableStatus"] == "ACTIVE"


def test_the_keys_of_the_shop_are_made_for_the_run_and_shown_nowhere(shop: Deployment, aws: EmbeddedAws) -> None:
    function = aws.client("lambda").get_function_configuration(FunctionName=shop.outputs["apiFunctionName"])
    keys = function["Environment"]["Variables"]["CURSOR_KEYS"]
    assert len(base64.b64decode(keys.removeprefix("k1:"))) == 32
    assert keys not in repr(shop) + repr(shop.registrations)
