"""60 alarms over 14 days at one minute, against `evaluate` asked once a minute for each of them."""

from datetime import UTC, datetime, timedelta

from monitoring import INITIAL, Alarm, Samples, evaluate
from monitoring.backtest import Change, generated, replay
from monitoring.scenarios import SCENARIOS, play
from tests.bench.outcome import Outcome, timed
from tests.monitoring.conftest import PATTERNS, pattern, stack_of

ALARMS = 60
DAYS = 14
LEAST = 20
START = datetime(2026, 3, 2, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
INDEXES = tuple(f"GSI{number}" for number in range(1, 8))


def large_stack():
    """Seven indexes with a pattern on each: more than 60 alarms, as the recipes make them."""
    more = tuple(
        pattern(f"list_by_{index.lower()}", f"By {index}.", "many", ("Query",), index=index, access=f"{index}PK=X#{{id}}")
        for index in INDEXES[1:]
    )
    return stack_of((*PATTERNS, *more), indexes=INDEXES)


def reference(alarms: list[Alarm], samples: Samples, start: datetime, end: datetime) -> tuple[Change, ...]:
    """The straightforward way: every alarm, every minute, one evaluation after the other."""
    changes: list[Change] = []
    for alarm in alarms:
        state, at = INITIAL, start + MINUTE
        while at <= end:
            found = evaluate(alarm, samples, at, state)
            if found.changed:
                changes.append(Change(at, alarm.name, state, found.state))
            state = found.state
            at += MINUTE
    return tuple(sorted(changes, key=lambda change: change.at))


def measure(*, whole: bool = False) -> Outcome:
    """whole: the straightforward way over all days too. Default: over the day of the incident, and compared by evaluation."""
    played = play(SCENARIOS["gsi-backpressure"], large_stack(), START, days=DAYS)
    alarms = list(generated(played.stack).metric[:ALARMS])
    assert len(alarms) == ALARMS and played.incident
    begin = played.start if whole else played.incident[0] - timedelta(hours=12)
    end = played.end if whole else begin + timedelta(days=1)

    changes, ours = timed(lambda: replay(alarms, [], played.samples, played.start, played.end), times=2)
    expected, other = timed(lambda: reference(alarms, played.samples, begin, end))
    same = changes == expected if whole else replay(alarms, [], played.samples, begin, end) == expected
    share = (end - begin) / (played.end - played.start)
    sampled = "" if whole else f"; the loop ran over the day of the incident only and is counted {1 / share:.0f} times"
    note = f"{len(expected)} changes of state equal" if same else "THE CHANGES OF STATE DIFFER"
    return Outcome(f"backtest of {ALARMS} alarms over {DAYS} days", ours, other / share, LEAST, f"{note}{sampled}", same)
