"""What would be asked for."""

from datetime import timedelta

from monitoring.live.noting import Noting
from monitoring.live.question import Question
from monitoring.measures import latency, of_queue
from tests.monitoring.live.conftest import NOON

HOUR = timedelta(hours=1)


def test_each_is_noted_once_by_its_time():
    noting = Noting(list)
    slow = latency("orders", "Query")
    for _ in range(2):
        assert noting.statistics(slow, NOON - HOUR, NOON) == {}
    noting.statistics(slow, NOON - HOUR, NOON, 300)
    noting.statistics(slow, NOON - 2 * HOUR, NOON)
    assert {span: len(asked) for span, asked in noting.noted.items()} == {(NOON - HOUR, NOON): 2, (NOON - 2 * HOUR, NOON): 1}
    assert noting.questions == (Question.of(slow), Question.of(slow, 300))


def test_the_number_of_measurements_is_asked_of_any_metric():
    """Also where the catalogue holds it for useless: an average over several queues weighs them by it."""
    noting = Noting(list)
    assert noting.counts(of_queue("ApproximateNumberOfMessagesVisible", "failures"), NOON - HOUR, NOON) == {}
    [question] = noting.questions
    assert question.statistic == "SampleCount"
