"""How a rule is declared: a function with its facts above it. `rule` is asked about each resource, `stack_rule` with the stack around it.

A rule is mandatory unless it says otherwise. ADVISORY is for what a deployment may break for a while on purpose; DISABLED for what costs
money or is a matter of a company's own policy: it is there to be switched on.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, cast

from pulumi_policy import (
    EnforcementLevel,
    PolicyConfigSchema,
    PolicyResource,
    ReportViolation,
    ResourceRemediation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    Severity,
    StackValidationArgs,
    StackValidationPolicy,
)
from pulumi_policy.proxy import UnknownValueError, unknown_checking_proxy

from policy.rules.config import EVERYWHERE
from policy.rules.known import NOBODY, Known
from policy.stack import Stack
from policy.stage import is_concerned

Report = Callable[[str], None]
"""Takes the sentence that says what is wrong and what to do."""
Check = Callable[[ResourceValidationArgs, Report], None]
StackCheck = Callable[[PolicyResource, Stack, Report], None]
Mend = Callable[[ResourceValidationArgs], Mapping[str, Any]]
"""The properties that mend a resource which breaks the rule: each takes the place of what was there. Empty: it cannot be mended here."""


def rule(
    *resource_types: str,
    name: str,
    description: str,
    severity: Severity,
    remedy: str,
    level: EnforcementLevel = EnforcementLevel.MANDATORY,
    known: Known = NOBODY,
    config: Mapping[str, Any] | None = None,
    production_only: bool = False,
    mend: Mend | None = None,
) -> Callable[[Check], ResourceValidationPolicy]:
    """Makes a policy of a check, which is asked about resources of these types only. config: the schema of each property. Default: none.

    production_only: other stacks are asked only where the configuration says `everywhere`. mend: what `remediate` does. Default: nothing.
    """

    def declared(check: Check) -> ResourceValidationPolicy:
        def asked(args: ResourceValidationArgs) -> bool:
            return args.resource_type in resource_types and (not production_only or is_concerned(args.urn, args))

        schema = _schema(config, production_only=production_only)

        def validate(args: ResourceValidationArgs, report: ReportViolation) -> None:
            if asked(args):
                for sentence in _unknown_properties(args.get_config(), schema):
                    report(sentence, None)
                check(args, lambda sentence: report(sentence, None))

        def remediate(args: ResourceValidationArgs) -> Mapping[str, Any] | None:
            if mend is None or not asked(args):
                return None
            broken: list[str] = []
            seen = _with_unknowns(args)
            check(seen, broken.append)
            if not broken or not (changes := mend(seen)):
                return None
            return _changed(args.props, changes)

        return ResourceValidationPolicy(
            name=name,
            description=description,
            enforcement_level=level,
            severity=severity,
            config_schema=schema,
            validate=validate,
            # The SDK takes properties as they are too, which its type leaves out.
            remediate=cast("ResourceRemediation", remediate) if mend else None,
            remediation_steps=remedy,
            tags=known.tags(),
            framework=known.framework(),
            url=known.url(),
        )

    return declared


def stack_rule(
    *resource_types: str,
    name: str,
    description: str,
    severity: Severity,
    remedy: str,
    level: EnforcementLevel = EnforcementLevel.MANDATORY,
    known: Known = NOBODY,
    config: Mapping[str, Any] | None = None,
    production_only: bool = False,
) -> Callable[[StackCheck], StackValidationPolicy]:
    """Makes a policy of a check that is asked about each resource of these types, with the whole stack.

    What is not known yet about one resource leaves the others to be checked: it is raised after every violation that is certain.
    """

    def declared(check: StackCheck) -> StackValidationPolicy:
        schema = _schema(config, production_only=production_only)

        def validate(args: StackValidationArgs, report: ReportViolation) -> None:
            stack = Stack(args)
            for sentence in _unknown_properties(args.get_config(), schema):
                report(sentence, None)
            not_known: UnknownValueError | None = None
            for resource in stack.of(*resource_types):
                if production_only and not is_concerned(resource.urn, args):
                    continue
                try:
                    check(resource, stack, lambda sentence, urn=resource.urn: report(sentence, urn))
                except UnknownValueError as error:
                    not_known = not_known or error
            if not_known is not None:
                raise not_known  # Pulumi makes an advisory of it

        return StackValidationPolicy(
            name=name,
            description=description,
            enforcement_level=level,
            severity=severity,
            config_schema=schema,
            validate=validate,
            remediation_steps=remedy,
            tags=known.tags(),
            framework=known.framework(),
            url=known.url(),
        )

    return declared


def _schema(config: Mapping[str, Any] | None, *, production_only: bool) -> PolicyConfigSchema | None:
    properties = {**(config or {}), **(EVERYWHERE if production_only else {})}
    return PolicyConfigSchema(properties=properties) if properties else None


def _unknown_properties(config: Mapping[str, Any], schema: PolicyConfigSchema | None) -> Iterator[str]:
    """What Pulumi lets through: it holds values against the schema, and says nothing of a misspelt name."""
    known = sorted(schema.properties) if schema else []
    for name in config:
        if name not in known:
            has = f"It has: {', '.join(known)}" if known else "It has none"
            yield f"the configuration sets {name!r}, which is no property of this rule. {has}"


def _with_unknowns(args: ResourceValidationArgs) -> ResourceValidationArgs:
    """For a remediation the SDK hands out properties that keep secrets and do not refuse unknown values: here they do."""
    properties = unknown_checking_proxy(_plain(args.props))
    return ResourceValidationArgs(
        args.resource_type, properties, args.urn, args.name, args.opts, args.provider, args.get_config(), args.stack_tags
    )


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in cast("Mapping[str, Any]", value).items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(inner) for inner in cast("Sequence[Any]", value)]
    return value


def _changed(properties: Any, changes: Mapping[str, Any]) -> Mapping[str, Any]:
    """In place: that is how the SDK keeps secret what was."""
    for name, value in changes.items():
        properties[name] = value
    return properties
