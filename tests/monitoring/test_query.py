"""Metrics Insights by CloudWatch's user guide, "Query components and syntax in CloudWatch Metrics Insights"."""

from datetime import timedelta

import pytest

from monitoring import Expression, Metric, MonitoringError, Samples, series_of
from monitoring.measured import named_series, period_of
from monitoring.query import Condition, Query, parse_query
from tests.monitoring.conftest import START

MINUTE = timedelta(minutes=1)
THROTTLED = """SELECT SUM(ThrottledRequests) FROM SCHEMA("AWS/DynamoDB", TableName, Operation) WHERE TableName = 'shop'"""


@pytest.fixture
def shop():
    """Two services, of which one runs in two zones; and a series without any dimension."""
    samples = Samples()
    for service, zone, *values in (("api", "a", 1, 2), ("api", "b", 10), ("worker", "a", 5, 3)):
        for place, value in enumerate(values):
            samples.record("Shop", "Orders", {"Service": service, "Zone": zone}, START + MINUTE * place, value)
    samples.record("Shop", "Orders", {"Service": "api"}, START, 100, 3)
    samples.record("Shop", "Orders", {}, START, 1000)
    samples.record("Shop", "Baskets", {"Service": "api", "Zone": "a"}, START, 7)
    return samples


def answered(text, samples):
    found = named_series(Expression(text, {}), samples, START, START + 2 * MINUTE)
    return {name: list(series.values()) for name, series in found.items()}


def test_every_clause_is_read():
    text = (
        'select avg("Time taken") from schema("Shop/Web", Service, "Zone of it") where Service != \'api\' and "Zone of it" = \'a\' '
        "group by Service, Zone order by max() desc limit 5;"
    )
    assert parse_query(text) == Query(
        "AVG",
        "Time taken",
        "Shop/Web",
        frozenset({"Service", "Zone of it"}),
        (Condition("Service", False, "api"), Condition("Zone of it", True, "a")),
        ("Service", "Zone"),
        "MAX",
        True,
        5,
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("SELECT SUM(m)", "FROM was expected"),
        ("SELECT P99(m) FROM Shop", "AVG or COUNT or MAX or MIN or SUM was expected"),
        ("SELECT SUM(m) FROM AWS/EC2", '"/" means nothing in a query'),
        ("SELECT SUM(m) FROM Shop WHERE a = b", "a value in single quotes was expected"),
        ("SELECT SUM(m) FROM Shop WHERE a > 'b'", '">" means nothing in a query'),
        ("SELECT SUM(m) FROM Shop WHERE a = 'b' OR c = 'd'", "WHERE, GROUP BY, ORDER BY, LIMIT, in this order, or the end was expected"),
        ("SELECT SUM(m) FROM Shop LIMIT 501", "a number from 1 to 500 was expected"),
        ("SELECT SUM(m) FROM Shop ORDER BY m", "AVG or COUNT or MAX or MIN or SUM was expected"),
        ("SELECT SUM(m) FROM Shop WHERE tag.env = 'prod'", "tags and accounts are not"),
        ("SELECT SUM(m) FROM SCHEMA()", "a name, in double quotes unless"),
    ],
)
def test_what_is_no_query_says_where(text, message):
    with pytest.raises(MonitoringError) as caught:
        Expression(text, {})
    assert caught.value.code == "invalid-formula"
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("source", "values"),
    [
        ("FROM Shop", [1 + 10 + 5 + 300 + 1000, 5]),
        ("FROM SCHEMA(Shop)", [1000]),
        ("FROM SCHEMA(Shop, Service)", [300]),
        ("FROM SCHEMA(Shop, Zone, Service)", [16, 5]),
        ("FROM SCHEMA(Shop, Service, Zone) WHERE Service = 'api'", [11, 2]),
        ("FROM SCHEMA(Shop, Service, Zone) WHERE Service != 'api' AND Zone = 'a'", [5, 3]),
        ("FROM SCHEMA(Shop, Service, Zone) WHERE Zone = 'c'", []),
    ],
)
def test_schema_takes_exactly_its_dimensions_and_from_alone_takes_any(shop, source, values):
    query = Expression(f"SELECT SUM(Orders) {source}", {})
    assert list(series_of(query, shop, START, START + 2 * MINUTE).values()) == values


@pytest.mark.parametrize(("function", "value"), [("SUM", 1316), ("COUNT", 7), ("MIN", 1), ("MAX", 1000), ("AVG", 1316 / 7)])
def test_functions_go_over_observations_and_not_over_series(shop, function, value):
    """In the first minute: three measurements of 100 in one series, one each of 1, 10, 5 and 1000 in the others."""
    query = Expression(f"SELECT {function}(Orders) FROM Shop", {})
    assert series_of(query, shop, START, START + MINUTE)[START] == pytest.approx(value)


def test_quotes_are_escaped_by_a_backslash():
    query = parse_query(r"""SELECT AVG("Bytes\"Input\"") FROM "My.Shop" WHERE "a-b" = 'it\'s'""")
    assert (query.metric, query.namespace, query.conditions) == ('Bytes"Input"', "My.Shop", (Condition("a-b", True, "it's"),))


def test_groups_come_in_the_order_of_their_names_and_what_lacks_a_label_is_other(shop):
    assert answered("SELECT SUM(Orders) FROM Shop GROUP BY Service, Zone", shop) == {
        "Other Other": [1000],
        "api Other": [300],
        "api a": [1, 2],
        "api b": [10],
        "worker a": [5, 3],
    }


@pytest.mark.parametrize(
    ("order", "names"),
    [
        ("ORDER BY MAX() DESC", ["api b", "worker a", "api a"]),
        ("ORDER BY SUM()", ["api a", "worker a", "api b"]),
        ("ORDER BY MIN() ASC LIMIT 2", ["api a", "worker a"]),
        ("ORDER BY COUNT() DESC LIMIT 1", ["api a"]),
    ],
)
def test_order_goes_by_one_number_of_each_series(shop, order, names):
    assert list(answered(f"SELECT SUM(Orders) FROM SCHEMA(Shop, Service, Zone) GROUP BY Service, Zone {order}", shop)) == names


def test_the_throttled_requests_of_every_operation():
    samples = Samples()
    for table, operation, count in (("shop", "Query", 2), ("shop", "PutItem", 3), ("other", "Query", 50)):
        samples.record("AWS/DynamoDB", "ThrottledRequests", {"TableName": table, "Operation": operation}, START, 1, count)
    assert series_of(Expression(THROTTLED, {}), samples, START, START + MINUTE) == {START: 5}
    assert answered(f"{THROTTLED} GROUP BY Operation", samples) == {"PutItem": [3], "Query": [2]}


def test_a_query_has_a_period_of_its_own_and_no_metrics():
    query = Expression(THROTTLED, {}, period_seconds=300)
    assert period_of(query) == 300
    assert period_of(Expression(THROTTLED, {})) == 60
    assert query.kind == "series"
    assert Expression(f"{THROTTLED} GROUP BY Operation", {}).kind == "list"


def test_metric_math_may_go_on_with_what_a_query_found(shop):
    query = Expression("SELECT SUM(Orders) FROM SCHEMA(Shop, Service)", {})
    assert series_of(Expression("q / 3", {"q": query}), shop, START, START + MINUTE) == {START: 100}
    with pytest.raises(MonitoringError, match="never used"):
        Expression("SELECT SUM(Orders) FROM Shop", {"m": Metric("Shop", "Orders")})
