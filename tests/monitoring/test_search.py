"""SEARCH by CloudWatch's user guide, "CloudWatch search expression syntax"."""

from datetime import timedelta

import pytest

from monitoring import Expression, MonitoringError, Samples
from monitoring.measured import named_series, series_of
from monitoring.search import Search, is_part, tokens_of
from tests.monitoring.conftest import START

MINUTE = timedelta(minutes=1)
SERIES = {
    "cpu": ("AWS/EC2", "CPUUtilization", {"InstanceId": "i-0a1"}),
    "credit": ("AWS/EC2", "CPUCreditUsage", {"InstanceId": "i-0a1"}),
    "group": ("AWS/EC2", "CPUUtilization", {"AutoScalingGroupName": "my-group"}),
    "errors": ("AWS/Lambda", "Errors", {"FunctionName": "order-events"}),
    "resource": ("AWS/Lambda", "Errors", {"FunctionName": "order-events", "Resource": "order-events:live"}),
    "demo": ("Custom", "Demo4ShopTime", {}),
}


def found(text):
    search = Search(text, "Sum")
    return {name for name, series in SERIES.items() if search.takes(*series)}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("{AWS/EC2,InstanceId}", {"cpu", "credit"}),
        ('{"AWS/EC2", InstanceId} MetricName="CPUUtilization"', {"cpu"}),
        ("{Custom}", {"demo"}),
        ("{AWS/EC2}, utilization", {"cpu", "group"}),
        ("{AWS/Lambda, Resource, FunctionName}", {"resource"}),
        ('MetricName="CPUUtilization"', {"cpu", "group"}),
        ('"CPUUtilization"', {"cpu", "group"}),
        ('"cpuutilization"', set()),
        ("cpuutilization", {"cpu", "group"}),
        ("utilization", {"cpu", "group"}),
        ("credit usage", {"credit"}),
        ("usag", set()),
        ("4 shop", {"demo"}),
        ("order-events", {"errors", "resource"}),
        ('FunctionName="order-events"', {"errors", "resource"}),
        ("InstanceId=i-0a1 utilization", {"cpu"}),
        ("AutoScalingGroupName", {"group"}),
        ("Lambda NOT Resource", {"errors"}),
        ("{AWS/EC2,InstanceId} NOT credit", {"cpu"}),
        ("credit OR errors AND live", {"credit", "resource"}),
        ("(credit OR errors) AND live", {"resource"}),
        ("Namespace=Custom", {"demo"}),
        ("NOT (cpu OR errors)", {"demo"}),
    ],
)
def test_terms(text, names):
    assert found(text) == names


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("CustomCount1", "custom count 1"),
        ("SDBFailure", "sdb failure"),
        ("Project2-trial333", "project 2 trial 333"),
        ("Network-Errors_2", "network errors 2"),
    ],
)
def test_tokens_of_the_user_guide(text, tokens):
    assert " ".join(tokens_of(text)).lower() == tokens
    assert all(is_part(token, text) for token in tokens.split())
    assert is_part(text.lower().replace("-", "").replace("_", ""), text)


@pytest.mark.parametrize(
    ("term", "text", "found"),
    [
        ("count", "CustomCount1", True),
        ("Count", "CustomCount1", True),
        ("COUNT", "CustomCount1", True),
        ("couNT", "CustomCount1", False),
        ("CustomCount", "CustomCount1", True),
        ("Count1", "CustomCount1", True),
        ("customcount", "CustomCount1", False),
        ("count1", "CustomCount1", False),
        ("network/errors", "Network-Errors-2", True),
        ("network+errors", "NetworkErrors2", True),
        ("network-errors", "NetworkErrors2", True),
        ("Network_Errors", "Network-Errors-2", True),
        ("micro", "t2.micro", True),
        ("errors network", "Network-Errors-2", False),
    ],
)
def test_partial_matches_of_the_user_guide(term, text, found):
    assert is_part(term, text) is found


def test_an_exact_match_escapes_what_has_a_meaning():
    series = ("Shop", r"Europe\France Traffic(Network)", {})
    assert Search(r'"Europe\\France Traffic\(Network\)"', "Sum").takes(*series)
    assert not Search(r'"Europe\\France"', "Sum").takes(*series)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "a schema in braces or a word to search for was expected"),
        ("{}", "a schema has at least a namespace"),
        ("(cpu", "a closing parenthesis was expected"),
        ("cpu AND", "a word to search for, NOT or a parenthesis was expected"),
        (":aws.AccountId=1", "accounts are not measured here"),
        ("x" * 1025, "a search of 1025 characters; at most 1024"),
    ],
)
def test_what_is_no_search(text, message):
    with pytest.raises(MonitoringError) as caught:
        Search(text, "Sum")
    assert caught.value.code == "invalid-formula"
    assert message in str(caught.value)


def test_a_graph_gets_every_series_that_is_found_and_functions_take_them_as_a_list():
    samples = Samples()
    for function, value in (("api", 1), ("order-events", 2)):
        samples.record("AWS/Lambda", "Errors", {"FunctionName": function}, START, value)
    search = "SEARCH('{AWS/Lambda,FunctionName} MetricName=\"Errors\"', 'Sum')"
    assert named_series(Expression(search, {}), samples, START, START + MINUTE) == {
        "Errors api": {START: 1},
        "Errors order-events": {START: 2},
    }
    assert series_of(Expression(f"SUM({search})", {}), samples, START, START + MINUTE) == {START: 3}
    with pytest.raises(MonitoringError, match="results in 2 series"):
        series_of(Expression(search, {}), samples, START, START + MINUTE)


def test_a_search_may_say_its_own_period():
    samples = Samples()
    for minute in range(5):
        samples.record("AWS/Lambda", "Errors", {"FunctionName": "api"}, START + MINUTE * minute, 1)
    text = "SEARCH('errors', 'Sum', 300)"
    assert named_series(Expression(text, {}), samples, START, START + 5 * MINUTE) == {"Errors api": {START: 5}}
