"""What the toolkit refuses. A code is stable; a message says what was given, what is allowed and what to do."""

from typing import Final

CODES: Final = {
    "unknown-metric": "the namespace is known and has no such metric",
    "impossible-dimensions": "no series with these dimensions exists, so nothing would ever be shown and no alarm would ever fire",
    "impossible-statistic": "the metric does not carry this statistic, or there is no such statistic",
    "impossible-period": "the period is none that CloudWatch takes, or shorter than the metric's own",
    "invalid-formula": "metric math that cannot be read, or with ids that are not there",
    "invalid-alarm": "an alarm that CloudWatch would refuse or that could not work",
    "invalid-rule": "the rule of a composite alarm cannot be read, or is beyond its limits",
    "invalid-sample": "a measurement without a time zone, or without a count",
    "invalid-dashboard": "a dashboard that CloudWatch would refuse or draw wrongly",
    "invalid-view": "a span of time that cannot be drawn",
    "invalid-option": "an option of the alarms that is none, or whose value makes no sense",
    "invalid-schedule": "a window in which nobody is to be told cannot be read, or is beyond what CloudWatch takes",
    "invalid-subject": "something to watch whose parts do not fit each other",
    "unresolved-name": "a name that is known only after deployment, where its text is needed",
    "unknown-alarm": "a rule asks for an alarm that is not there",
    "no-account": "no account can be asked: a region or credentials are missing, or nobody answers",
    "missing-library": "a library that the command needs is not installed",
    "refused-call": "AWS refused a call; where a permission is missing, it is named",
    "unknown-table": "the account and region have no table of that name",
    "unreadable-recording": "a file that holds no recording, only a part of one, or one of a newer version",
    "other-recording": "a recording cannot be completed with what was measured of another table or region",
    "not-recorded": "a recording does not have what it is asked for, and it does not follow from what it has",
    "port-taken": "the port cannot be listened on: somebody else does, or the system does not let us",
    "empty-span": "a time to record that ends before it begins",
}

USAGE_CODES: Final = {
    "contradicting-options": "options that exclude each other were given together",
    "missing-option": "an option was given without the one that it belongs to",
    "invalid-time": "a time that cannot be read, or that was not measured",
    "incident-outside": "an incident that is not in what was measured",
    "too-long": "CloudWatch does not keep minutes for so long",
    "scenario-does-not-fit": "the stack has nothing that the scenario needs",
    "unknown-scenario": "a scenario that there is not",
    "unreadable-coverage": "a file for `--coverage` that cannot be read, or is not built as it must be",
    "unknown-runbook": "neither an alarm nor a recipe has this name",
    "unknown-namespace": "the catalogue holds no such namespace",
    "unknown-revision": "git knows no such revision here",
    "unusable-revision": "the revision lacks the command or the model, or they fail there",
    "no-git": "git is missing, fails, or this is no repository",
    "unwritable-file": "what was made cannot be written there",
    "unconfirmed": "nobody agreed to what would be changed",
    "open-incident": "alarms are open, and a drill would be heard as more of the same",
    "running-drill": "another drill of this table is under way",
    "no-input": "there is nothing to read, or an option was given without what it belongs to",
    "unreadable-file": "the file is not there, may not be read, or is no text",
    "unreadable-text": "it is neither JSON nor YAML",
    "unknown-format": "it is JSON or YAML, but of no kind that holds alarms",
}
"""What a command refuses beyond them, before it does anything: exit status 2."""


class MonitoringError(Exception):
    """Everything that this room raises on purpose."""

    def __init__(self, code: str, message: str) -> None:
        assert code in CODES, code
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
