"""What lint takes for allowed, against botocore's model of the service."""

import re

import botocore.loaders
import pytest

from monitoring.actions import MOST_ACTIONS
from monitoring.alarms import LONGEST_DESCRIPTION, LONGEST_NAME, LONGEST_RULE, MISSING
from monitoring.lint import lint
from monitoring.lint.given import COMPOSITE_PARAMETERS, METRIC_PARAMETERS
from monitoring.metrics import MOST_DIMENSIONS
from monitoring.statistic import BASIC
from tests.monitoring.lint.samples import given, request_of

SHAPES = botocore.loaders.Loader().load_service_model("cloudwatch", "service-2")["shapes"]


@pytest.mark.parametrize(
    ("operation", "known"), [("PutMetricAlarmInput", METRIC_PARAMETERS), ("PutCompositeAlarmInput", COMPOSITE_PARAMETERS)]
)
def test_parameters_are_those_of_the_operation(operation: str, known: tuple[str, ...]) -> None:
    assert set(known) == set(SHAPES[operation]["members"])


@pytest.mark.parametrize(
    ("shape", "limit"),
    [
        ("AlarmName", LONGEST_NAME),
        ("AlarmDescription", LONGEST_DESCRIPTION),
        ("AlarmRule", LONGEST_RULE),
        ("ResourceList", MOST_ACTIONS),
        ("Dimensions", MOST_DIMENSIONS),
    ],
)
def test_limits_are_those_of_the_model(shape: str, limit: int) -> None:
    assert SHAPES[shape]["max"] == limit


def _malformed(**changes: object) -> bool:
    return any(finding.rule.code == "malformed-alarm" for each in lint([given(request_of(**changes))]) for finding in each.findings)


def test_every_comparison_and_statistic_of_the_model_is_taken_and_no_other() -> None:
    assert set(BASIC) == set(SHAPES["Statistic"]["enum"])
    assert not any(_malformed(Statistic=statistic) for statistic in SHAPES["Statistic"]["enum"])
    plain = [each for each in SHAPES["ComparisonOperator"]["enum"] if "Upper" not in each and "Lower" not in each]
    assert not any(_malformed(ComparisonOperator=comparison) for comparison in plain)
    assert _malformed(ComparisonOperator="Above")
    assert _malformed(Statistic="Mean")


def test_missing_data_is_treated_as_the_documentation_of_the_model_names_it() -> None:
    documentation = SHAPES["PutMetricAlarmInput"]["members"]["TreatMissingData"]["documentation"]
    [valid] = re.findall(r"Valid Values: <code>(.*?)</code>", documentation)
    assert set(MISSING) == set(valid.split(" | "))
