"""`redrive`: tries again what a stream consumer parked in its failure queue."""

import argparse
import json
import sys
from collections import Counter
from typing import Final

from monitoring.commands.command import DONE, FOUND, Subparsers, UsageError
from monitoring.commands.live import account_of, add_account

DESCRIPTION: Final = """\
Tries again what a stream consumer parked: reads the changes from the stream where
each message of the failure queue says that they are, the table's own or one of Kinesis,
and calls the function with them. A message leaves the queue when the function has
handled all of its changes; all others stay. Mend the cause first. A table's stream keeps
changes for 24 hours, one of Kinesis for as long as it is set to: what it does not have any
more is "gone", and its items have to be looked at by hand.

A call is waited for as long as a function may run, and never repeated.
"""
EPILOG: Final = """\
examples:
  $ python -m components redrive --queue "$(pulumi stack output failureQueueUrl)" --dry-run
  $ python -m components redrive --queue order-events-failures-1a2b3c4 --region eu-west-1

needs:
  sqs:GetQueueUrl, sqs:ReceiveMessage, sqs:DeleteMessage, sqs:ChangeMessageVisibility on
  the queue; dynamodb:GetShardIterator and dynamodb:GetRecords, or kinesis:GetShardIterator
  and kinesis:GetRecords, on the stream; lambda:InvokeFunction on the function

exit status:
  0  the queue is empty, or with --dry-run: everything in it could be tried
  1  something is left in it: the function failed again, or the stream has the changes no more
  2  the command cannot be used, or AWS refuses to answer
"""


def add(subparsers: Subparsers) -> None:
    parser = subparsers.add_parser(
        "redrive",
        help="try again what a stream consumer parked in its failure queue",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--queue", required=True, metavar="URL", help="the failure queue: its URL or its name")
    parser.add_argument("--function", metavar="NAME", help="another function than the messages name (default: theirs)")
    parser.add_argument("--dry-run", action="store_true", help="only look: nothing is called, and nothing leaves the queue")
    parser.add_argument("--json", action="store_true", help="everything as JSON on standard output")
    add_account(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    from components.redrive import Redriven, redrive
    from monitoring import MonitoringError

    done: list[Redriven] = []
    try:
        account = account_of(options, once=("lambda",))
        url = options.queue if "://" in options.queue else account.ask("sqs", "GetQueueUrl", QueueName=options.queue)["QueueUrl"]
        for each in redrive(account, url, function=options.function, dry_run=options.dry_run):
            done.append(each)
            if not options.json:
                sys.stdout.write(f"{each.result:<10}  {each.changes:>4} changes  {each.detail}\n")
    except MonitoringError as error:
        raise UsageError(error.code, error.message) from None
    counts = Counter(each.result for each in done)
    if options.json:
        sys.stdout.write(json.dumps({"messages": [each.to_dict() for each in done], "counts": dict(counts)}, indent=2) + "\n")
    else:
        sys.stdout.write(f"{', '.join(f'{number} {result}' for result, number in sorted(counts.items())) or 'the queue is empty'}\n")
    return DONE if set(counts) <= {"handled", "found"} else FOUND
