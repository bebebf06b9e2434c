"""Deploys a Pulumi program into an embedded AWS, or checks it against nobody, and takes it down again."""

import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from components.configuration import Configuration, load_configuration
from local.aws import ACCOUNT, REGION
from local.deploy.calls import Aws, AwsCalls, ImaginedCalls
from local.deploy.handler import Calls, Properties
from local.deploy.names import automatic_name
from local.deploy.registry import answer, handler_of
from local.inputs import InputError, check_inputs
from local.monitor import Create, Created, ProgramError, Registration
from local.program import run
from local.properties import reveal

_LOCAL: Final = Path(__file__).parent.parent
_ENGINE: Final = "pulumi:"
"""Types that the engine keeps for itself: providers, and what a program stashes."""
_PROVIDER: Final = f"{_ENGINE}providers:"


class DestroyRefused(Exception):
    """A resource is protected. Nothing was deleted."""

    code = "destroy-refused"


class DeployError(ProgramError):
    """The program did not come to its end. `deployment` holds what exists: there is no rollback, as with the real engine."""

    code = "deploy-failed"

    def __init__(self, message: str, deployment: "Deployment") -> None:
        super().__init__(message)
        self.deployment = deployment


@dataclass(frozen=True)
class Deployed:
    """A resource that exists. Inputs and outputs have wire names; secrets stay `SecretValue`."""

    urn: str
    type: str
    name: str
    id: str
    inputs: Mapping[str, Any]
    outputs: Mapping[str, Any]


@dataclass(frozen=True)
class Deployment:
    """What was deployed, in the order in which it was created, and what the stack exports."""

    stack: str
    resources: tuple[Deployed, ...]
    outputs: Mapping[str, Any]
    registrations: tuple[Registration, ...] = field(repr=False)
    warnings: tuple[str, ...] = field(default=(), repr=False)
    _calls: Calls | None = field(default=None, repr=False, compare=False)

    def of_type(self, resource_type: str) -> tuple[Deployed, ...]:
        """The resources of a type, such as `aws:lambda/function:Function`."""
        return tuple(resource for resource in self.resources if resource.type == resource_type)

    def destroy(self) -> "Deployment":
        """Delete everything in reverse order and return what is left: resources registered with `retain_on_delete`.

        Raises `DestroyRefused`, before anything is deleted, where a resource is protected or a table has deletion protection.
        """
        registered = {registration.urn: registration for registration in self.registrations}
        kept = {resource.urn for resource in self.resources if registered[resource.urn].retain_on_delete}
        for resource in self.resources:
            if registered[resource.urn].protect:
                raise DestroyRefused(f"{resource.name} ({resource.type}) is protected: set `protect` to false and deploy again first")
            if resource.urn not in kept and reveal(resource.inputs.get("deletionProtectionEnabled")):
                raise DestroyRefused(
                    f"{resource.name} ({resource.type}) has deletion protection: set `deletion_protection_enabled` to false and deploy again first"
                )
        assert self._calls is not None
        for resource in reversed(self.resources):
            if resource.urn not in kept:
                handler_of(resource.type).delete(resource.id, reveal(dict(resource.outputs)), self._calls)
        left = tuple(resource for resource in self.resources if resource.urn in kept)
        remaining = tuple(registration for registration in self.registrations if registration.urn in kept)
        return Deployment(self.stack, left, {}, remaining, _calls=self._calls)


def deploy(directory: Path, stack: str, aws: Aws, config: Mapping[str, Any] | None = None) -> Deployment:
    """Run the program in `directory` with the configuration of `stack` (and `config` over it) and create in `aws` what it registers.

    Raises `ConfigurationError`, `DeployError` ("creating <urn> (<file>:<line>): ...").
    """
    return _deploy(directory, load_configuration(directory, stack, config), AwsCalls(aws))


def registrations(
    directory: Path, stack: str, config: Mapping[str, Any] | None = None, *, preview: bool = False
) -> tuple[Registration, ...]:
    """What the program registers, with every check of a deployment and made-up ids, without any AWS.

    `preview`: outputs stay unknown, as they are before the first deployment. Raises as `deploy` does.
    """
    configuration = load_configuration(directory, stack, config)
    calls = ImaginedCalls(ACCOUNT, configuration.region or REGION)
    return _deploy(directory, configuration, calls, preview=preview).registrations


def _deploy(directory: Path, configuration: Configuration, calls: Calls, *, preview: bool = False) -> Deployment:
    stack = configuration.stack
    if configuration.region not in (None, calls.region):
        raise ProgramError(f"stack {stack!r} is for {configuration.region}, the embedded AWS runs as {calls.region}: use the same region")
    create = _preview if preview else _creator(calls)
    result = run(directory, configuration, create, lambda token, _: answer(token, calls.account, calls.region), preview=preview)
    resources = tuple(
        Deployed(item.urn, item.type, item.name, item.id, item.inputs, item.outputs)
        for item in result.registrations
        if item.custom and not item.type.startswith(_ENGINE)
    )
    deployment = Deployment(stack, resources, result.outputs, result.registrations, result.warnings, calls)
    if result.failures:
        created = all(isinstance(failure, ProgramError) for failure in result.failures)
        texts = [str(failure) if created else _failed(failure, directory, stack) for failure in result.failures]
        raise DeployError("\n".join(texts), deployment) from result.failures[0]
    return deployment


def _failed(error: BaseException, directory: Path, stack: str) -> str:
    """What the program itself raised, with the innermost line of its own that led to it."""
    own = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename).is_relative_to(directory.resolve())
        and "site-packages" not in frame.filename
        and not Path(frame.filename).is_relative_to(_LOCAL)
    ]
    place = f" ({own[-1].filename}:{own[-1].lineno})" if own else ""
    return f"the program of stack {stack!r} failed{place}: {type(error).__name__}: {error}"


def _creator(calls: Calls) -> Create:
    def create(registration: Registration) -> Created:
        if registration.type.startswith(_PROVIDER):
            return _provider(registration, calls.region)
        handler = handler_of(registration.type)
        problems = check_inputs(registration.type, registration.inputs)
        if problems:
            raise InputError("inputs", problems)
        inputs = reveal(dict(registration.inputs))
        if inputs.pop("region", calls.region) != calls.region:
            raise InputError("inputs", [f"region: only {calls.region} exists here"])
        if handler.named_by and not inputs.get(handler.named_by):
            inputs[handler.named_by] = automatic_name(registration.urn, registration.name, handler.name_limit)
        if existing := registration.request.importId:
            if handler.adopt is None:
                raise InputError("inputs", [f"`import_` of {existing!r}: {registration.type} cannot be taken over here"])
            return handler.adopt(existing, Properties(inputs), calls)
        return handler.create(Properties(inputs), calls)

    return create


def _provider(registration: Registration, region: str) -> Created:
    """An explicit provider: it has to be for the region that exists; everything else about it is the real provider's business."""
    given = reveal(registration.inputs.get("region", region))
    if given != region:
        raise InputError("inputs", [f"region: the provider is for {given}, only {region} exists here"])
    return Created(registration.name, {})


def _preview(registration: Registration) -> Created:
    if not registration.type.startswith(_PROVIDER):
        handler_of(registration.type)
        problems = check_inputs(registration.type, registration.inputs)
        if problems:
            raise InputError("inputs", problems)
    return Created("", {})
