"""When nobody is told. Sources: botocore, PutAlarmMuteRule and PutCompositeAlarm; CloudWatch user guide, "Alarm warm-up periods"."""

from __future__ import annotations

from tests.local.watching import NAME, Bench, bench, drill, history

__all__ = ["bench"]


def mute(bench: Bench, begin: str, duration: str) -> None:
    schedule = {"Expression": f"at({begin})", "Duration": duration}
    bench.cloudwatch.put_alarm_mute_rule(Name="works", Rule={"Schedule": schedule}, MuteTargets={"AlarmNames": [NAME]})


def told(bench: Bench) -> list[str]:
    return [body["NewStateValue"] for _, body in bench.messages()]


def test_a_muted_alarm_changes_its_state_and_tells_when_the_window_ends_if_it_is_still_in_alarm(bench: Bench) -> None:
    bench.alarm(EvaluationPeriods=30)
    bench.tick(2)
    bench.messages()
    mute(bench, "2026-03-02T14:00", "PT10M")
    bench.fail()
    assert bench.tick() == [(NAME, "OK", "ALARM")]
    assert bench.watch.history[-1].withheld == "muted"
    assert bench.tick(6) == []
    assert told(bench) == []
    bench.tick()
    assert told(bench) == ["ALARM"]
    assert (bench.watch.history[-1].told, bench.watch.history[-1].withheld) == ((bench.topic,), None)
    assert [item["HistoryItemType"] for item in history(bench, AlarmName=NAME)][-2:] == ["StateUpdate", "Action"]


def test_a_muted_alarm_that_is_over_in_the_window_tells_nobody(bench: Bench) -> None:
    bench.alarm()
    bench.tick(2)
    bench.messages()
    mute(bench, "2026-03-02T14:00", "PT10M")
    bench.fail()
    bench.tick(12)
    assert [change.new for change in bench.watch.history][-2:] == ["ALARM", "OK"]
    assert told(bench) == []


def test_an_alarm_that_is_unmuted_tells_at_once(bench: Bench) -> None:
    bench.alarm(EvaluationPeriods=30)
    bench.tick()
    bench.messages()
    mute(bench, "2026-03-02T14:00", "PT10H")
    bench.fail()
    bench.tick(2)
    bench.cloudwatch.delete_alarm_mute_rule(AlarmMuteRuleName="works")
    bench.tick()
    assert told(bench) == ["ALARM"]


def suppressed(bench: Bench, wait: int, extension: int) -> None:
    """A composite over NAME that tells the topic, and `deploy`, its suppressor, which only a drill moves."""
    bench.alarm(AlarmActions=[], OKActions=[], EvaluationPeriods=30)
    bench.cloudwatch.put_composite_alarm(AlarmName="deploy", AlarmRule="FALSE")
    bench.cloudwatch.put_composite_alarm(
        AlarmName="any",
        AlarmRule=f'ALARM("{NAME}")',
        AlarmActions=[bench.topic],
        ActionsSuppressor="deploy",
        ActionsSuppressorWaitPeriod=wait,
        ActionsSuppressorExtensionPeriod=extension,
    )
    bench.tick()


def by(bench: Bench) -> str | None:
    alarms = bench.cloudwatch.describe_alarms(AlarmNames=["any"], AlarmTypes=["CompositeAlarm"])["CompositeAlarms"]
    return alarms[0].get("ActionsSuppressedBy")


def test_a_composite_waits_for_its_suppressor_and_tells_when_it_does_not_fire(bench: Bench) -> None:
    suppressed(bench, wait=120, extension=0)
    bench.fail()
    bench.tick()
    assert (by(bench), told(bench)) == ("WaitPeriod", [])
    bench.tick()
    assert told(bench) == []
    bench.tick()
    assert (by(bench), told(bench)) == (None, ["ALARM"])


def test_a_composite_that_is_over_before_anybody_was_told_tells_nobody(bench: Bench) -> None:
    suppressed(bench, wait=300, extension=0)
    bench.fail()
    bench.tick()
    bench.cloudwatch.set_alarm_state(AlarmName="any", StateValue="OK", StateReason="drill")
    bench.tick(6)
    assert told(bench) == []


def test_a_composite_keeps_still_while_its_suppressor_fires_and_for_the_extension(bench: Bench) -> None:
    suppressed(bench, wait=60, extension=180)
    drill(bench, "deploy")
    bench.fail()
    bench.tick(3)
    assert (by(bench), told(bench)) == ("Alarm", [])
    drill(bench, "deploy", "OK")
    bench.tick()
    assert (by(bench), told(bench)) == ("ExtensionPeriod", [])
    bench.tick(2)
    assert (by(bench), told(bench)) == (None, ["ALARM"])


def test_a_new_alarm_warms_up(bench: Bench) -> None:
    bench.alarm(WarmUpConfiguration={"WarmUpPeriodDurationInMinutes": 5, "OnlyStartEvaluatingAfterWarmUpPeriodEnds": True})
    bench.fail()
    assert bench.tick(4) == []
    assert bench.tick()[0][:2] == (NAME, "INSUFFICIENT_DATA")
