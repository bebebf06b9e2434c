"""Sources: a deployed shop on an embedded AWS, asked as AWS is, and a recording of it."""

from datetime import datetime, timedelta

import pytest

from monitoring import MonitoringError
from monitoring.__main__ import main
from monitoring.live import Account, CallRefused, Pace
from monitoring.recordings import record, write_recording
from monitoring.serve import Asked, LiveSource, RecordedSource, Site
from tests.monitoring.recordings.conftest import NOW, SINCE, World, world
from tests.monitoring.scenarios.conftest import subject

__all__ = ["world"]

MINUTE = timedelta(minutes=1)
HOUR = Asked(range="1h")


class Refusing(Account):
    """An account that can be told to refuse everything."""

    refuses = False

    def ask(self, service, operation, **request):
        self._refused(service, operation)
        return super().ask(service, operation, **request)

    def pages(self, service, operation, member, **request):
        self._refused(service, operation)
        return super().pages(service, operation, member, **request)

    def _refused(self, service, operation):
        if self.refuses:
            raise CallRefused(f"{service}:{operation}", "AccessDenied", "not for you")


@pytest.fixture
def account(world: World):
    return Refusing(world.aws.client, world.aws.region, pace=Pace(wait=lambda _seconds: None))


@pytest.fixture
def live(world: World, account):
    return LiveSource(account, world.deployed.name, subject(), now=world.clock.now)


def test_a_deployed_table_is_shown_until_the_newest_full_minute(world, live) -> None:
    shown = live.shown(HOUR)
    assert shown.newest == world.clock.now() - MINUTE
    assert shown.view.end - shown.view.start == timedelta(hours=1)
    assert shown.view.stack.patterns == subject().patterns
    assert len(shown.view.alarms) == len(world.deployed.alarms)
    assert all(alarm.recipe for alarm in shown.view.alarms)
    page = Site([live]).answer("/", "range=1h").body.decode()
    assert "no data in this time" not in page.split('<div class="kpis"')[1].split("HTTP 5xx")[0]


def test_deployments_are_marked_on_the_charts(world, live) -> None:
    marks = {mark for placed in live.shown(HOUR).view.dashboard.widgets for mark in getattr(placed.widget, "marks", ())}
    described = {each["FunctionName"]: each["LastModified"] for each in world.deployed.functions}
    assert {mark.label for mark in marks} == {"api deployed", "order-events deployed"}
    assert {mark.at for mark in marks} == {datetime.fromisoformat(at) for at in described.values()}


def test_it_is_asked_once_a_minute_however_many_look(world, live) -> None:
    first = live.shown(HOUR)
    assert live.shown(HOUR) is first
    world.passes(1)
    second = live.shown(HOUR)
    assert second is not first
    assert second.view.end == first.view.end + MINUTE


def test_an_alarm_is_open_since_it_fired(world, live) -> None:
    name = next(alarm["AlarmName"] for alarm in world.deployed.alarms if "GSI1 is throttled" in alarm["AlarmName"])
    cloudwatch = world.aws.client("cloudwatch")
    cloudwatch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="a test")
    at = world.clock.now()
    world.passes(3)
    [spell] = [spell for spell in live.shown(HOUR).view.spells if spell.alarm.name == name]
    assert (spell.since, spell.is_open) == (at, True)
    cloudwatch.set_alarm_state(AlarmName=name, StateValue="OK", StateReason="a test")
    world.passes(2)
    [spell] = [spell for spell in live.shown(HOUR).view.spells if spell.alarm.name == name]
    assert not spell.is_open


def test_an_alarm_that_opened_before_the_time_shown_is_open(world, live) -> None:
    name = next(alarm["AlarmName"] for alarm in world.deployed.alarms if "page: requests to the table" in alarm["AlarmName"])
    world.aws.client("cloudwatch").set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="a test")
    world.passes(20)
    [spell] = [spell for spell in live.shown(Asked(range="15m")).view.spells if spell.alarm.name == name]
    assert spell.is_open
    world.aws.client("cloudwatch").set_alarm_state(AlarmName=name, StateValue="OK", StateReason="a test")


def test_where_asking_fails_the_last_numbers_stay_with_their_age(world, account, live) -> None:
    before = live.shown(HOUR)
    account.refuses = True
    world.passes(2)
    after = live.shown(HOUR)
    assert after.view is before.view
    assert after.problem.startswith("AWS could not be asked: cloudwatch:")
    assert "not for you" in after.problem
    assert f"The numbers are those of {before.view.end:%H:%M}, 3 min ago." in after.problem
    page = Site([live]).answer("/", "range=1h").body.decode()
    assert 'role="alert"' in page and "<title>(old) " in page
    account.refuses = False
    world.passes(1)
    assert live.shown(HOUR).problem == ""


def test_where_nothing_was_ever_answered_the_reason_is_the_page(world, account) -> None:
    account.refuses = True
    source = LiveSource(account, world.deployed.name, subject(), now=world.clock.now)
    with pytest.raises(MonitoringError, match="refused-call"):
        source.shown(HOUR)
    answer = Site([source]).answer("/", "")
    assert answer.status == 503
    assert "not for you" in answer.body.decode()


def test_a_recording_is_shown_to_its_end_and_at_any_time_in_it(world) -> None:
    recording = record(world.deployed, SINCE, NOW).recording
    source = RecordedSource(recording)
    shown = source.shown(Asked())
    assert (shown.view.start, shown.view.end) == (recording.end - timedelta(hours=3), recording.end)
    assert shown.every_seconds == 0
    earlier = source.shown(Asked(range="15m", end=SINCE + 30 * MINUTE)).view
    assert (earlier.start, earlier.end) == (SINCE + 15 * MINUTE, SINCE + 30 * MINUTE)
    site = Site([source])
    for query in ("range=1h", "range=24h"):
        page = site.answer("/", query).body.decode()
        assert "not in this recording" not in page


def test_stacks_are_chosen_on_the_page(world, live) -> None:
    source = RecordedSource(record(world.deployed, SINCE, NOW).recording)
    site = Site([live, source])
    page = site.answer("/", "").body.decode()
    assert f'<option value="{live.name}" selected>' in page and f'<option value="{source.name}">' in page
    other = site.answer("/", f"stack={source.name}").body.decode()
    assert f'<option value="{source.name}" selected>' in other and "recorded</h1>" in other


def test_a_recording_is_drawn_by_the_command_line(world, tmp_path, capsys) -> None:
    path = tmp_path / "shop.recording"
    write_recording(record(world.deployed, SINCE, NOW).recording, path)
    at = SINCE + 90 * MINUTE
    assert main(["render", "--recording", str(path), "--at", f"{at:%Y-%m-%dT%H:%MZ}", "--range", "1h", "--text"]) == 0
    assert capsys.readouterr().out.splitlines()[0].endswith(f" {at - timedelta(hours=1):%Y-%m-%d %H:%M} to {at:%H:%M} UTC")
    assert main(["render", "--recording", str(path), "--at", "noon"]) == 2
    assert "invalid-time: --at 'noon': give a time such as" in capsys.readouterr().err
