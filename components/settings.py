"""The stack's configuration, typed: every value is checked before anything is registered, and the error says which, why, and what would do.

`Pulumi.yaml` declares the same keys with the same defaults for the CLI; a test holds the two together.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast, get_args

import pulumi
from pulumi.runtime.config import CONFIG, get_config_env

from components.errors import InvalidArgument, InvalidSetting
from components.functions.function_arguments import MEMORY_MB, RETENTION_DAYS, UrlAuthorization
from components.tables.billing import Billing, Capacity, Encryption
from components.tables.insights import Insights
from components.tables.table_arguments import RECOVERY_DAYS, TableClass
from monitoring import MonitoringError, Options
from monitoring.actions import LONGEST_WARM_UP, WarmUp
from monitoring.alarms import SEVERITIES
from monitoring.maintenance import Maintenance
from monitoring.mute import MuteWindow
from singletable.cursors import CursorKeys
from singletable.errors import InvalidArguments

BILLING_MODES: Mapping[str, tuple[str, ...]] = {
    "on-demand": ("maxRead", "maxWrite"),
    "provisioned": ("minimum", "maximum", "targetPercent"),
}
"""Modes, and what each may say beside the mode."""

WINDOW_KEYS = ("schedule", "duration", "timezone", "reason")
"""What a mute window may say; the first two it must."""

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


@dataclass(frozen=True)
class Settings:
    """cursor_keys: secret. emails: addresses by severity. tags: for every resource of the stack."""

    project: str
    stage: str
    disposable: bool
    billing: Billing
    recovery_days: int
    encryption: Encryption
    table_class: TableClass
    insights: Insights | None
    memory_mb: int
    log_retention_days: int
    pattern_metrics: bool
    url_authorization: UrlAuthorization
    emails: Mapping[str, tuple[str, ...]]
    owner: str | None
    alarm_options: Options
    maintenance: Maintenance
    cursor_keys: pulumi.Output[str] = field(repr=False)

    @classmethod
    def load(cls) -> "Settings":
        """Of the stack that is being deployed. Raises InvalidSetting."""
        project = pulumi.get_project()
        values = cls.read(_configuration(), project)
        secret = pulumi.Output.secret(values.pop("cursorKeys"))
        return cls(
            project=project,
            stage=pulumi.get_stack(),
            disposable=values["disposable"],
            billing=values["billing"],
            recovery_days=values["recoveryDays"],
            encryption=values["encryption"],
            table_class=values["tableClass"],
            insights=values["insights"],
            memory_mb=values["memoryMb"],
            log_retention_days=values["logRetentionDays"],
            pattern_metrics=values["patternMetrics"],
            url_authorization=values["urlAuthorization"],
            emails={severity: values[f"{severity}Emails"] for severity in SEVERITIES},
            owner=values["owner"],
            alarm_options=Options(runbook_url=values["runbookUrl"]),
            maintenance=Maintenance(windows=values["muteWindows"], warm_up=values["warmUpMinutes"]),
            cursor_keys=secret,
        )

    @staticmethod
    def read(configuration: Mapping[str, str], project: str) -> dict[str, Any]:
        """Typed values by key, defaults included. configuration: of the whole stack, texts by "namespace:key". Raises InvalidSetting."""
        prefix = f"{project}:"
        given = {key.removeprefix(prefix): text for key, text in configuration.items() if key.startswith(prefix)}
        for key in given:
            if key not in KEYS:
                raise InvalidSetting(f"{prefix}{key} is not known: allowed are {', '.join(KEYS)}")
        values: dict[str, Any] = {}
        for name, key in KEYS.items():
            if name not in given and key.default is None:
                raise InvalidSetting(f"{prefix}{name} is missing: {key.allowed}; set it with: {key.remedy(name)}")
            try:
                text = given.get(name)
                values[name] = key.convert(key.default) if text is None else key.read(text)
            except (ValueError, InvalidArgument) as error:
                shown = "a secret that is not valid" if key.secret else given.get(name, key.default)
                # The cause could hold the value: of a secret it is not shown.
                detail = "" if key.secret or not str(error) else f" ({error})"
                raise InvalidSetting(f"{prefix}{name} is {shown}: allowed is {key.allowed}{detail}") from None
        return values

    @property
    def tags(self) -> dict[str, str]:
        return {"project": self.project, "stage": self.stage}


def _configuration() -> dict[str, str]:
    """All keys and values: the SDK itself offers only look-ups of keys that are known, and a misspelt key would go unnoticed."""
    return {**cast(dict[str, str], get_config_env()), **CONFIG.get()}


@dataclass(frozen=True)
class SettingKey:
    """type: as Pulumi.yaml has it. default: None where the stack must say it. convert: from the typed value; raises ValueError.
    example: a value as a shell has it, for the command that sets it.
    """

    type: str
    allowed: str
    convert: Callable[[Any], Any]
    default: Any = None
    secret: bool = False
    example: str = "VALUE"

    def read(self, text: str) -> Any:
        return self.convert(text if self.type == "string" else _typed(self.type, text))

    def remedy(self, name: str) -> str:
        return f"pulumi config set {'--secret ' if self.secret else ''}{name} {self.example}"


_PYTHON_TYPES: Mapping[str, type] = {"boolean": bool, "integer": int, "object": dict, "array": list}


def _typed(kind: str, text: str) -> Any:
    """Of the JSON that the SDK hands over for everything but text."""
    try:
        value = json.loads(text)
    except ValueError:
        raise ValueError("") from None
    if type(value) is not _PYTHON_TYPES[kind]:
        raise ValueError("")
    return value


def _same(value: Any) -> Any:
    return value


def _one_of(*allowed: Any) -> Callable[[Any], Any]:
    def convert(value: Any) -> Any:
        if value not in allowed:
            raise ValueError("")
        return value

    return convert


def _within(allowed: range) -> Callable[[Any], Any]:
    return _one_of(*allowed)


def billing_from(value: dict[str, Any]) -> Billing:
    """Of what a configuration says, or another program: BILLING_MODES. Raises ValueError, InvalidArgument."""
    mode = value.get("mode")
    if not isinstance(mode, str) or mode not in BILLING_MODES:
        raise ValueError(f"mode is {mode!r}")
    for name, number in value.items():
        if name == "mode":
            continue
        if name not in BILLING_MODES[mode]:
            raise ValueError(f"{mode} takes no {name!r}")
        if type(number) is not int:
            raise ValueError(f"{name} is {number!r}, a whole number is needed")
    if mode == "on-demand":
        return Billing.on_demand(max_read=value.get("maxRead"), max_write=value.get("maxWrite"))
    for name in ("minimum", "maximum"):
        if name not in value:
            raise ValueError(f"{mode} needs {name}")
    if value["minimum"] == value["maximum"]:
        if "targetPercent" in value:
            raise ValueError("targetPercent belongs to a maximum above the minimum: equal ones are a fixed capacity")
        return Billing.provisioned(Capacity.fixed(value["minimum"]))
    return Billing.provisioned(Capacity.autoscaled(value["minimum"], value["maximum"], target_percent=value.get("targetPercent", 70)))


def _encryption(value: str) -> Encryption:
    match value:
        case "aws-owned":
            return Encryption.aws_owned()
        case "aws-managed":
            return Encryption.aws_managed()
        case _:
            return Encryption.customer_key(value)


def _insights(value: str) -> Insights | None:
    match value:
        case "off":
            return None
        case "throttled-keys":
            return Insights.throttled_keys()
        case "all-keys":
            return Insights.all_keys()
        case _:
            raise ValueError("")


def _emails(value: list[Any]) -> tuple[str, ...]:
    for address in value:
        if not isinstance(address, str) or not _EMAIL.fullmatch(address):
            raise ValueError(f"{address!r} is no e-mail address")
    return tuple(dict.fromkeys(value))


def _windows(value: list[Any]) -> tuple[MuteWindow, ...]:
    return tuple(map(_window, value))


def _window(value: Any) -> MuteWindow:
    if not isinstance(value, dict):
        raise ValueError(f"{value!r} is no window")
    given = cast("dict[str, Any]", value)
    for name, text in given.items():
        if name not in WINDOW_KEYS:
            raise ValueError(f"a window takes no {name!r}")
        if not isinstance(text, str):
            raise ValueError(f"{name} is {text!r}, a text is needed")
    for name in WINDOW_KEYS[:2]:
        if name not in given:
            raise ValueError(f"a window needs {name}")
    try:
        return MuteWindow(given["schedule"], given["duration"], given.get("timezone", "UTC"), reason=given.get("reason", ""))
    except MonitoringError as error:
        raise ValueError(error.message) from None


def _warm_up(value: int) -> WarmUp | None:
    if value not in range(LONGEST_WARM_UP + 1):
        raise ValueError("")
    return WarmUp(value) if value else None


def _optional(value: str) -> str | None:
    return value or None


def _url(value: str) -> str | None:
    if value and not value.startswith("https://"):
        raise ValueError("")
    return value or None


def _cursor_keys(value: str) -> str:
    try:
        CursorKeys.parse(value)
    except InvalidArguments:
        raise ValueError("") from None
    return value


KEYS: Mapping[str, SettingKey] = {
    "disposable": SettingKey("boolean", "true or false", _same, default=False),
    "billing": SettingKey(
        "object",
        "{mode: on-demand}, also with maxRead and maxWrite, or {mode: provisioned, minimum: N, maximum: M}, also with targetPercent (20 to 90)",
        billing_from,
        default={"mode": "on-demand"},
    ),
    "recoveryDays": SettingKey("integer", "1 to 35", _within(RECOVERY_DAYS), default=35),
    "encryption": SettingKey("string", "aws-owned, aws-managed or the ARN of a KMS key", _encryption, default="aws-owned"),
    "tableClass": SettingKey("string", " or ".join(get_args(TableClass)), _one_of(*get_args(TableClass)), default="STANDARD"),
    "insights": SettingKey("string", "off, throttled-keys or all-keys", _insights, default="off"),
    "memoryMb": SettingKey("integer", f"{MEMORY_MB.start} to {MEMORY_MB.stop - 1}", _within(MEMORY_MB), default=512),
    "logRetentionDays": SettingKey("integer", f"one of {', '.join(map(str, RETENTION_DAYS))}", _one_of(*RETENTION_DAYS), default=30),
    "patternMetrics": SettingKey("boolean", "true or false", _same, default=False),
    "urlAuthorization": SettingKey(
        "string", "AWS_IAM (signed requests) or NONE (everybody)", _one_of("AWS_IAM", "NONE"), default="AWS_IAM"
    ),
    **{f"{severity}Emails": SettingKey("array", "a list of e-mail addresses", _emails, default=list[str]()) for severity in SEVERITIES},
    "owner": SettingKey("string", "the name of a team", _optional, default=""),
    "muteWindows": SettingKey(
        "array",
        "a list of {schedule: cron(...) or at(...), duration: PT1M to P15D}, each also with timezone and reason",
        _windows,
        default=list[Any](),
    ),
    "warmUpMinutes": SettingKey("integer", f"0 (none) to {LONGEST_WARM_UP}", _warm_up, default=0),
    "runbookUrl": SettingKey("string", "an https:// address, or nothing", _url, default=""),
    "cursorKeys": SettingKey(
        "string",
        'signing keys as "ID:BASE64,...", the first signs, each of 32 bytes or more',
        _cursor_keys,
        secret=True,
        example='"k1:$(openssl rand -base64 32)"',
    ),
}
