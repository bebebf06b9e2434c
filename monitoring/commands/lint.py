"""`python -m monitoring lint`: whose alarms can never fire, would be refused, stick or mislead."""

import argparse
import json
import sys
from typing import TYPE_CHECKING, Any, Final

from monitoring.commands.command import DONE, FOUND, Subparsers, UsageError, progress, style_of

if TYPE_CHECKING:
    from monitoring.lint import Given, Reviewed

FORMATS: Final = ("describe-alarms", "cloudformation", "terraform", "pulumi")
"""Of the input; the parser must not wait for the readers. A test compares them."""

LEVELS: Final = ("error", "warning", "note")

DESCRIPTION: Final = """\
Reads alarms, of this project or any other, and says of each that can never fire, would be refused, sticks or
misleads: why, by which page of AWS, and how it is right. Changes nothing."""

EXAMPLE: Final = """\
what it reads (recognised by its shape):
  describe-alarms  aws cloudwatch describe-alarms --alarm-types MetricAlarm CompositeAlarm
                   also requests of PutMetricAlarm
  cloudformation   a template in JSON or YAML, also from cdk synth
  terraform        terraform show -json PLAN
  pulumi           pulumi preview --json

example:
  $ aws cloudwatch describe-alarms --alarm-types MetricAlarm CompositeAlarm > alarms.json
  $ python -m monitoring lint alarms.json
  orders-throttled  alarms.json:3
    error impossible-dimensions
      ThrottledRequests by TableName has no data: it exists by TableName + Operation; ...
      why: CloudWatch does not add up over dimensions: ...
      do: Use a set that exists. ...
      corrected: FILL(getItem,0) + FILL(query,0) + ... > 0, 1 of 5 periods of 60 s

  $ python -m monitoring lint alarms.json --json | jq '.alarms[0].corrected[0]' > corrected.json
  $ aws cloudwatch put-metric-alarm --cli-input-json file://corrected.json

exit status:
  0  no finding of at least --min-severity
  1  findings
  2  the command or its input cannot be used; the message says what to do"""


def add(subparsers: Subparsers) -> None:
    parser = subparsers.add_parser(
        "lint",
        help="which alarms can never fire, would be refused, stick or mislead, and how each is right",
        description=DESCRIPTION,
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("files", nargs="*", metavar="FILE", help="a file with alarms; - is standard input")
    parser.add_argument("--from", dest="source", choices=FORMATS, help="the format of the files, where it is not recognised")
    parser.add_argument("--live", action="store_true", help="read the alarms of an account and region, through boto3")
    parser.add_argument("--region", metavar="REGION", help="with --live; default: AWS_REGION, else as boto3 finds it")
    parser.add_argument("--profile", metavar="NAME", help="with --live; default: as boto3 finds it")
    parser.add_argument("--format", choices=("text", "json", "sarif"), default="text", help="of the output; default: text")
    parser.add_argument("--json", dest="format", action="store_const", const="json", help="the same as --format json")
    parser.add_argument("--min-severity", choices=LEVELS, default="warning", help="show, and fail for, this and worse; default: warning")
    parser.add_argument("--rules", action="store_true", help="print the documentation of all rules as Markdown, and read nothing")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """0: nothing found. 1: findings. Raises UsageError."""
    from monitoring.lint import InputError, lint
    from monitoring.lint.output import page
    from monitoring.lint.review import at_least

    if options.rules:
        sys.stdout.write(page())
        return DONE
    try:
        groups = _read(options)
    except InputError as error:
        raise UsageError(error.code, error.message) from None
    alarms = sum(len(group) for group, _ in groups)
    reviewed = tuple(each for group, whole in groups for each in lint(group, whole=whole))
    reviewed = tuple(sorted(reviewed, key=lambda each: LEVELS.index(each.worst)))
    shown = at_least(options.min_severity, reviewed)
    _write(options.format, shown, reviewed, alarms)
    return FOUND if shown else DONE


def _read(options: argparse.Namespace) -> "list[tuple[tuple[Given, ...], bool]]":
    """The files together, because they may belong together; the account by itself. Each with whether it is everything that there is.

    Raises InputError.
    """
    from monitoring.lint import InputError, client_of, read_file, read_live

    if not options.files and not options.live:
        raise InputError("no-input", "neither a FILE nor --live was given. Give a file with alarms, - for standard input, or --live.")
    if (options.region or options.profile) and not options.live:
        raise InputError("no-input", "--region and --profile belong to --live, which was not given. Add --live, or leave them out.")
    groups: list[tuple[tuple[Given, ...], bool]] = []
    if options.files:
        groups.append((tuple(alarm for file in options.files for alarm in read_file(file, options.source)), False))
    if options.live:
        progress("reading the alarms of the account")
        groups.append((read_live(client_of(options.region, options.profile)), True))
    return groups


def _write(format: str, shown: "tuple[Reviewed, ...]", reviewed: "tuple[Reviewed, ...]", alarms: int) -> None:
    from monitoring.lint.output import report, sarif, text
    from monitoring.lint.output.report import counts

    if format == "text":
        seen = counts(shown)
        withheld: Any = {level: count - seen[level] for level, count in counts(reviewed).items()}
        sys.stdout.write(text(shown, alarms, style_of(sys.stdout), withheld))
    else:
        found = report(shown, alarms) if format == "json" else sarif(shown)
        sys.stdout.write(json.dumps(found, indent=2, ensure_ascii=False) + "\n")
