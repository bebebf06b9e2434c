"""Rules of alarms: they can fire, somebody hears it, and composite alarms are made from alarms that exist.

That one can fire, and that CloudWatch would take it, is what `python -m monitoring lint` calls an error.
What is not known yet, in a preview, accuses nobody; neither does a namespace that the catalogue does not hold.
"""

from typing import Any, Final

from pulumi_policy import PolicyResource, ResourceValidationArgs, Severity
from pulumi_policy.proxy import UnknownValueError

from monitoring.lint import BY_CODE, LEVELS, Given, Level, Place, lint
from monitoring.lint.output.text import summary
from monitoring.lint.readers.preview import TYPES, registered
from monitoring.lint.review import at_least
from monitoring.lint.rules.composites import children
from monitoring.rules import alarm_name
from policy.properties import block, has, plain
from policy.resource_types import ALARM, COMPOSITE
from policy.rules.known import Known
from policy.rules.rule import Report, rule, stack_rule
from policy.stack import Stack, physical_name

LEAST: Final[Level] = "error"
"""How bad a finding must be to refuse the deployment."""

CONFIG: Final[dict[str, dict[str, Any]]] = {
    "severity": {
        "type": "string",
        "enum": [level for level in LEVELS if level != "note"],
        "default": LEAST,
        "description": "the mildest finding that refuses a deployment: warning also refuses alarms that stick or mislead",
    },
    "except": {
        "type": "array",
        "items": {"type": "string", "enum": sorted(BY_CODE)},
        "default": [],
        "description": "codes of docs/lint.md that refuse nothing",
    },
}


@rule(
    *TYPES,
    name="alarm-can-fire",
    description="An alarm can fire, and CloudWatch would take it.",
    severity=Severity.HIGH,
    config=CONFIG,
    remedy="Do what the report says; docs/lint.md explains each code. The Monitoring component makes no such alarm.",
)
def alarm_can_fire(args: ResourceValidationArgs, report: Report) -> None:
    config = args.get_config()
    excepted = frozenset(config.get("except", ()))
    alarm = registered(args.name, plain(args.props, args.name), Place("", args.urn))
    for reviewed in at_least(config.get("severity", LEAST), lint([alarm])):
        corrected = "; and ".join(summary(request) for request in reviewed.corrected)
        for finding in reviewed.findings:
            if finding.rule.code not in excepted:
                report(
                    f"{args.name}: {finding.rule.code}: {finding.message}. {finding.rule.why} {finding.rule.correction}"
                    + (f" Corrected: {corrected}" if corrected else "")
                )


@rule(
    *TYPES,
    name="alarm-actions-enabled",
    description="The actions of an alarm are switched on.",
    severity=Severity.HIGH,
    known=Known(checkov=("CKV_AWS_319",), config=("cloudwatch-alarm-action-enabled-check",), security_hub=("CloudWatch.17",)),
    production_only=True,
    remedy="Leave actions_enabled out. To be silent for a while, use a mute window or an actions suppressor.",
    mend=lambda _args: {"actionsEnabled": True},
)
def alarm_actions_enabled(args: ResourceValidationArgs, report: Report) -> None:
    if args.props.get("actionsEnabled") is False:
        report(f"{args.name} tells nobody while actions_enabled is false: leave it out")


def _tells(alarm: PolicyResource) -> bool:
    """A topic of this deployment may not be known yet: that it is there is enough."""
    return has(alarm.props, "alarmActions") and _is_given(alarm)


def _is_given(alarm: PolicyResource) -> bool:
    try:
        return len(alarm.props["alarmActions"] or ()) > 0
    except UnknownValueError:
        return True


def _over(composite: PolicyResource) -> tuple[str, tuple[str, ...], bool]:
    """Its name, those of the alarms that it is made from, and whether it tells somebody itself."""
    tells = composite.props.get("actionsEnabled") is not False and _tells(composite)
    return physical_name(composite, "alarmName"), children(composite.props.get("alarmRule")) or (), tells


def _suppressor(composite: PolicyResource) -> str:
    return alarm_name(str(block(composite.props, "actionsSuppressor").get("alarm")))


def _heard(stack: Stack) -> tuple[set[str], UnknownValueError | None]:
    """Names of alarms below a composite alarm that tells somebody, at any depth, and of those that are there to suppress one."""
    composites, unknown_composite = stack.read(_over, COMPOSITE)
    suppressors, unknown_suppressor = stack.read(_suppressor, COMPOSITE)
    below = {name: names for name, names, _ in composites}
    heard = set(suppressors)
    waiting = [*suppressors, *(name for name, _, tells in composites if tells)]
    while waiting:
        new = set(below.get(waiting.pop(), ())) - heard
        heard |= new
        waiting += new
    return heard, unknown_composite or unknown_suppressor


QUIET: Final[dict[str, dict[str, Any]]] = {
    "except": {
        "type": "array",
        "items": {"type": "string"},
        "default": [],
        "description": "names of alarms that nobody has to hear of",
    }
}


@stack_rule(
    ALARM,
    name="alarm-tells-somebody",
    description="Somebody hears of an alarm, from itself or from a composite alarm over it.",
    severity=Severity.HIGH,
    known=Known(config=("cloudwatch-alarm-action-check",), security_hub=("CloudWatch.15",), guard=("CLOUDWATCH_ALARM_ACTION_CHECK",)),
    config=QUIET,
    production_only=True,
    remedy="Set alarm_actions of the alarm, or of a composite alarm above it, to a topic.",
)
def alarm_tells_somebody(alarm: PolicyResource, stack: Stack, report: Report) -> None:
    if _tells(alarm):
        return
    name = physical_name(alarm)
    heard, not_known = _heard(stack)
    if name in heard or name in stack.args.get_config().get("except", ()):
        return
    if not_known:
        raise not_known
    report(f"{alarm.name} changes its colour and tells nobody: set alarm_actions to a topic")


ELSEWHERE: Final[dict[str, dict[str, Any]]] = {
    "elsewhere": {
        "type": "array",
        "items": {"type": "string"},
        "default": [],
        "description": "names of alarms that other stacks make",
    }
}


@stack_rule(
    COMPOSITE,
    name="composite-alarm-children",
    description="A composite alarm is made from alarms that exist, and not from itself.",
    severity=Severity.HIGH,
    config=ELSEWHERE,
    remedy="Use the names of the stack's alarms in the rule; put alarms of other stacks into the configuration, `elsewhere`.",
)
def composite_alarm_children(composite: PolicyResource, stack: Stack, report: Report) -> None:
    if cycle := _cycle(composite, stack):
        report(f"{composite.name}: {cycle}. {BY_CODE['composite-cycle'].why} {BY_CODE['composite-cycle'].correction}")
    wanted = children(composite.props.get("alarmRule")) or ()
    names, unknown_name = stack.read(physical_name, ALARM)
    composites, unknown_composite = stack.read(lambda each: physical_name(each, "alarmName"), COMPOSITE)
    missing = [name for name in wanted if name not in (*names, *composites, *stack.args.get_config().get("elsewhere", ()))]
    if not missing:
        return
    if not_known := unknown_name or unknown_composite:
        raise not_known
    report(
        f"{composite.name}: its rule asks for {', '.join(missing)}, which the stack does not make, and CloudWatch refuses a rule whose "
        "alarms do not exist. Correct the name, or put an alarm of another stack into the configuration, elsewhere"
    )


def _cycle(composite: PolicyResource, stack: Stack) -> str | None:
    given = {each.urn: _given(each) for each in stack.of(COMPOSITE)}
    reviewed = next((each for each in lint(list(given.values())) if each.alarm is given[composite.urn]), None)
    found = reviewed.findings if reviewed else ()
    return next((finding.message for finding in found if finding.rule.code == "composite-cycle"), None)


def _given(alarm: PolicyResource) -> Given:
    return registered(alarm.name, plain(alarm.props, alarm.name), Place("", alarm.urn))
