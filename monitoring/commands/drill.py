"""`python -m monitoring drill`: fires the alarms of a stack and proves that somebody hears."""

import argparse
import json
import os
import secrets
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Final

from monitoring.alarms import SEVERITIES, clause_of
from monitoring.commands.command import DONE, FOUND, Subparsers, UsageError, passing, progress, style_of
from monitoring.commands.live import account_of, add_deployed, deployed_of
from monitoring.errors import MonitoringError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from monitoring.doctor import Examined
    from monitoring.doctor.topics import Topic
    from monitoring.drill import Exercise, Planned, Probe
    from monitoring.drill.record import Record

WAIT_SECONDS: Final = 60
"""The parser must not wait for the drill. A test compares them."""

DESCRIPTION: Final = """\
Sets every alarm of a stack to ALARM, at the rate that AWS allows, and proves that somebody hears: a temporary queue
listens beside the subscribers of each topic, and CloudWatch's own history is read. Then every state is put back and
the queue is gone, whatever happens. IT WAKES PEOPLE: it asks before. Real incidents are left alone. Whatever else
follows the states of alarms reacts too: rules of EventBridge, and deployments that roll back when an alarm fires."""

EXAMPLE: Final = """\
example:
  $ python -m monitoring drill shop-1a2b3c --no-actions          # whom it would tell; nothing is fired
  $ python -m monitoring drill shop-1a2b3c --severity page --out drill.md
  drill 5f3a91c2 of shop-1a2b3c in eu-west-1

    page    requests to the table are refused  shop-page in 0.4 s: 2 people
    page    GSI1 is throttled                  UNHEARD its actions are switched off
    ...
  8 alarms: 7 heard, 1 unheard

exit status:
  0  somebody heard each alarm
  1  an alarm that nobody heard, or something could not be put back
  2  the command cannot be used; the message says what to do
130  interrupted: what was fired is put back before"""


def add(subparsers: Subparsers) -> None:
    parser = subparsers.add_parser(
        "drill",
        help="fire the alarms of a deployed stack and prove that somebody hears; it wakes people",
        description=DESCRIPTION,
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_deployed(parser)
    group = parser.add_argument_group("the drill")
    group.add_argument(
        "--only", metavar="NAME", action="append", default=[], help="an alarm, by name or by what follows its severity; again for more"
    )
    group.add_argument("--severity", choices=SEVERITIES, action="append", default=[], help="only alarms of this severity; again for more")
    group.add_argument(
        "--include-open", action="store_true", help="also alarms that are in ALARM now; without it, one of them stops the drill"
    )
    group.add_argument("--no-actions", action="store_true", help="say what would be fired and whom it would tell, and do nothing")
    group.add_argument("--yes", action="store_true", help="do not ask")
    group.add_argument(
        "--wait", metavar="SECONDS", type=_seconds, default=WAIT_SECONDS, help=f"for the last message; default: {WAIT_SECONDS}"
    )
    group.add_argument("--json", action="store_true", help="the result as JSON")
    group.add_argument("--out", metavar="FILE", type=Path, help="also write the result as Markdown, to be kept")
    parser.set_defaults(run=run)


def _seconds(given: str) -> int:
    if not given.isascii() or not given.isdigit() or not 1 <= int(given) <= 600:
        raise argparse.ArgumentTypeError(f"{given!r}: give 1 to 600 seconds")
    return int(given)


@dataclass(frozen=True)
class _Read:
    """What is deployed now, and what a drill would do."""

    examined: "Examined"
    topics: "Mapping[str, Topic]"
    plan: "tuple[Planned, ...]"

    @property
    def fired(self) -> "list[Planned]":
        return [each for each in self.plan if not each.left_out]


def run(options: argparse.Namespace) -> int:
    """0: everything was heard. 1: something was not. Raises UsageError."""
    _check_out(options.out)
    try:
        found = _read(options)
        if options.no_actions:
            return _preview(found)
        _check(options, found)
        if found.fired and not options.yes:
            _ask(found)
            found = _read_again(options, found)
        record = _drilled(options, found)
    except MonitoringError as error:
        raise UsageError(error.code, error.message) from None
    _write(options, record)
    return FOUND if record.unheard or not record.clean else DONE


def _read(options: argparse.Namespace) -> _Read:
    from monitoring.doctor import Examined

    passing("reading what is deployed")
    try:
        examined = Examined(deployed_of(options, account=account_of(options)), datetime.now(UTC))
        topics = _topics(examined)
        return _Read(examined, topics, _plan(options, examined, topics))
    finally:
        passing("")


def _read_again(options: argparse.Namespace, agreed: _Read) -> _Read:
    """Somebody may have thought for long before they agreed: an incident may have begun meanwhile. Raises UsageError."""
    found = _read(options)
    _check(options, found)
    if [each.name for each in found.fired] != [each.name for each in agreed.fired]:
        raise UsageError("unconfirmed", "what would be fired has changed while you were asked, and nothing was fired. Begin again.")
    return found


def _topics(examined: "Examined") -> "dict[str, Topic]":
    """By ARN. One that may not be read is left out: who listens to it is then not known."""
    from monitoring.doctor.notifiers import actions
    from monitoring.doctor.topics import is_topic, read_topic
    from monitoring.live import CallRefused

    found: dict[str, Topic] = {}
    for arn in dict.fromkeys(arn for alarm in examined.alarms for arn in actions(alarm) if is_topic(arn)):
        try:
            found[arn] = read_topic(examined.account, arn)
        except CallRefused:
            continue
    return found


def _plan(options: argparse.Namespace, examined: "Examined", topics: "Mapping[str, Topic]") -> "tuple[Planned, ...]":
    from monitoring.drill import Selection, plan_of
    from monitoring.live import CallRefused

    names = [str(alarm["AlarmName"]) for alarm in examined.alarms]
    selection = Selection(tuple(options.only), tuple(options.severity))
    if unknown := selection.unknown(names):
        near = ", ".join(f'"{name}"' for name in get_close_matches(unknown[0], [*map(clause_of, names)], 3, cutoff=0))
        like = f"The nearest are {near}; --no-actions lists all" if near else "It has none"
        raise UsageError("unknown-alarm", f'no alarm of {examined.name} is called "{unknown[0]}". {like}.')
    try:
        muting = examined.muting
    except CallRefused as error:
        sys.stderr.write(f"Which alarms are muted is not known; one that is will be called unheard. {error.message}\n")
        muting = ()
    plan = plan_of(examined.alarms, topics, muting, selection)
    if not plan:
        raise UsageError(
            "unknown-alarm", f"{examined.name} has no alarm to fire. `python -m monitoring doctor {examined.name}` says which it lacks."
        )
    return plan


def _preview(found: _Read) -> int:
    from monitoring.drill.output import preview

    sys.stdout.write(preview(found.plan, found.topics))
    return DONE


def _check(options: argparse.Namespace, found: _Read) -> None:
    """Raises UsageError "running-drill" and "open-incident"."""
    _check_alone(found.topics, found.examined.at)
    if not options.include_open and (opened := [each.name for each in found.fired if each.open]):
        more = f" and {len(opened) - 1} more" if len(opened) > 1 else ""
        raise UsageError(
            "open-incident",
            f'"{opened[0]}"{more} in ALARM now: this may be a real incident, and no time for a drill. Wait until it is clear, choose others '
            "with --only or --severity, or give --include-open.",
        )


def _ask(found: _Read) -> None:
    """Raises UsageError "unconfirmed"."""
    if not sys.stdin.isatty():
        raise UsageError(
            "unconfirmed",
            f"{_many(len(found.fired), 'alarm')} would be fired, and nobody can answer here. Give --yes, or --no-actions to see whom they tell.",
        )
    sys.stderr.write(f"{_question(found.fired, found.topics)} Go on? [y/N] ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise UsageError("unconfirmed", "nothing was fired.")


def _check_alone(topics: "Mapping[str, Topic]", now: datetime) -> None:
    """Two drills at once would each take the other's state for the alarm's. Raises UsageError "running-drill"."""
    from monitoring.drill import running

    if found := running(topics.values(), now):
        queue, subscription = found
        raise UsageError(
            "running-drill",
            f"another drill listens at the same topics, with the queue {queue.rpartition(':')[2]}. Wait until it is over. Where it was killed, "
            f"`aws sns unsubscribe --subscription-arn {subscription}` ends it; after an hour a drill takes it away by itself.",
        )


def _question(fired: "list[Planned]", topics: "Mapping[str, Topic]") -> str:
    """What is about to happen, and to whom."""
    from monitoring.drill.output.words import counted

    told = {arn for each in fired for arn in (*each.topics, *each.also)}
    known = [topics[arn] for arn in told if arn in topics]
    people = sum(topic.people for topic in known)
    whom = counted(people, sum(len(topic.confirmed) for topic in known) - people)
    unknown = f" and whoever listens to {len(told) - len(known)} that may not be read" if len(known) < len(told) else ""
    return (
        f"{_many(len(fired), 'alarm')} will tell {_many(len(told), 'topic')}: {whom}{unknown}. Rules of EventBridge for alarms, and deployments that roll back "
        "on one, react too."
    )


def _many(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _drilled(options: argparse.Namespace, found: _Read) -> "Record":
    from monitoring.drill import Exercise, Probe, sweep
    from monitoring.drill.outcome import judged
    from monitoring.drill.record import Record
    from monitoring.drill.undisturbed import as_by_ctrl_c

    examined, topics, plan = found.examined, found.topics, found.plan
    listened = tuple(dict.fromkeys(arn for each in found.fired for arn in each.topics if arn not in topics or topics[arn].attributes))
    owner = examined.table["TableArn"].split(":")[4]
    probe = Probe(examined.account, secrets.token_hex(4), examined.at, owner, listened)
    exercise = Exercise(examined.account, examined.alarms, plan, topics, probe, options.wait, told=passing)
    for name in sweep(examined.account, listened, examined.at):
        progress(f"an earlier drill left {name} behind: taken away")
    try:
        with as_by_ctrl_c(), probe:
            outcomes = exercise.run()
    except BaseException:
        passing("")
        _tell_left(exercise, probe)
        raise
    passing("")
    return Record(probe.id, examined.name, examined.account.region, examined.at, judged(outcomes), tuple(probe.left))


def _tell_left(exercise: "Exercise", probe: "Probe") -> None:
    """To whoever interrupted a drill, or lost the network: what it could not put back."""
    for name in exercise.left:
        sys.stderr.write(
            f'"{name}" has, or may have, the state of the drill. A metric alarm returns by itself, a composite alarm may not.\n'
        )
    for left in probe.left:
        sys.stderr.write(f"could not be taken away, the next drill tries again: {left}\n")


def _check_out(out: Path | None) -> None:
    """Before anybody is woken. Raises UsageError "unwritable-file"."""
    if out and not os.access(out if out.exists() else out.parent, os.W_OK):
        raise UsageError("unwritable-file", f"{out}: it cannot be written, or its folder is not there. Give another --out.")


def _write(options: argparse.Namespace, record: "Record") -> None:
    from monitoring.drill.output import markdown, report, text

    if options.json:
        sys.stdout.write(json.dumps(report(record), indent=2, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write(text(record, style_of(sys.stdout)))
    if options.out:
        try:
            options.out.write_text(markdown(record), encoding="utf-8")
        except OSError as error:
            raise UsageError("unwritable-file", f"{options.out}: {error.strerror or error}. Give another --out.") from None
