"""Configuration: every wrong value names its key, what was given and what is allowed; the project file says the same as the code."""

import base64
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.errors import InvalidSetting
from components.settings import KEYS, Settings
from components.tables.billing import Billing, Capacity, Encryption, Provisioned
from components.tables.insights import Insights
from monitoring.actions import WarmUp
from monitoring.mute import MuteWindow

ROOT = Path(__file__).parents[2]
KEY = "k1:" + base64.b64encode(bytes(32)).decode()
BILLING = (
    "allowed is {mode: on-demand}, also with maxRead and maxWrite, or {mode: provisioned, minimum: N, maximum: M}, "
    "also with targetPercent (20 to 90)"
)
WINDOWS = "allowed is a list of {schedule: cron(...) or at(...), duration: PT1M to P15D}, each also with timezone and reason"


def read(**given: str) -> dict[str, Any]:
    return Settings.read(
        {"aws:region": "eu-west-1", "shop:cursorKeys": KEY, **{f"shop:{key}": text for key, text in given.items()}}, "shop"
    )


def test_defaults() -> None:
    assert read() == {
        "disposable": False,
        "billing": Billing.on_demand(),
        "recoveryDays": 35,
        "encryption": Encryption.aws_owned(),
        "tableClass": "STANDARD",
        "insights": None,
        "memoryMb": 512,
        "logRetentionDays": 30,
        "patternMetrics": False,
        "urlAuthorization": "AWS_IAM",
        "pageEmails": (),
        "ticketEmails": (),
        "infoEmails": (),
        "owner": None,
        "muteWindows": (),
        "warmUpMinutes": None,
        "runbookUrl": None,
        "cursorKeys": KEY,
    }


def test_everything_given() -> None:
    key_arn = "arn:aws:kms:eu-west-1:123456789012:key/k"
    given = read(
        disposable="true",
        billing='{"mode": "provisioned", "minimum": 2, "maximum": 20, "targetPercent": 50}',
        recoveryDays="7",
        encryption=key_arn,
        tableClass="STANDARD_INFREQUENT_ACCESS",
        insights="throttled-keys",
        memoryMb="1024",
        logRetentionDays="90",
        patternMetrics="true",
        urlAuthorization="NONE",
        pageEmails='["a@example.com", "b@example.com", "a@example.com"]',
        owner="shop team",
        muteWindows='[{"schedule": "cron(0 2 * * SUN)", "duration": "PT4H", "timezone": "Europe/Berlin", "reason": "weekly"}]',
        warmUpMinutes="30",
        runbookUrl="https://example.com/runbooks",
    )
    assert given["disposable"] is True
    assert given["billing"] == Billing.provisioned(Capacity.autoscaled(2, 20, target_percent=50))
    assert given["encryption"] == Encryption.customer_key(key_arn)
    assert (given["recoveryDays"], given["memoryMb"], given["logRetentionDays"]) == (7, 1024, 90)
    assert (given["tableClass"], given["insights"]) == ("STANDARD_INFREQUENT_ACCESS", Insights.throttled_keys())
    assert read(insights="all-keys")["insights"] == Insights.all_keys()
    assert given["patternMetrics"] is True
    assert (given["urlAuthorization"], given["owner"]) == ("NONE", "shop team")
    assert given["pageEmails"] == ("a@example.com", "b@example.com")
    assert given["muteWindows"] == (MuteWindow("cron(0 2 * * SUN)", "PT4H", timezone="Europe/Berlin", reason="weekly"),)
    assert given["warmUpMinutes"] == WarmUp(30)
    assert given["runbookUrl"] == "https://example.com/runbooks"


def test_billing_forms() -> None:
    assert read(billing='{"mode": "on-demand", "maxWrite": 100}')["billing"] == Billing.on_demand(max_write=100)
    provisioned = read(billing='{"mode": "provisioned", "minimum": 1, "maximum": 9}')["billing"]
    assert isinstance(provisioned, Provisioned) and provisioned.table.write == Capacity.autoscaled(1, 9, target_percent=70)
    assert read(billing='{"mode": "provisioned", "minimum": 7, "maximum": 7}')["billing"] == Billing.provisioned(Capacity.fixed(7))
    assert read(billing='{"mode": "on-demand", "maxRead": -1}')["billing"] == Billing.on_demand(max_read=-1)


@pytest.mark.parametrize(
    ("key", "text", "message"),
    [
        ("disposable", "yes", "shop:disposable is yes: allowed is true or false"),
        ("disposable", "1", "shop:disposable is 1: allowed is true or false"),
        ("tableClass", "COLD", "shop:tableClass is COLD: allowed is STANDARD or STANDARD_INFREQUENT_ACCESS"),
        ("insights", "on", "shop:insights is on: allowed is off, throttled-keys or all-keys"),
        ("recoveryDays", "0", "shop:recoveryDays is 0: allowed is 1 to 35"),
        ("recoveryDays", "36", "shop:recoveryDays is 36: allowed is 1 to 35"),
        ("recoveryDays", "7.5", "shop:recoveryDays is 7.5: allowed is 1 to 35"),
        ("recoveryDays", "true", "shop:recoveryDays is true: allowed is 1 to 35"),
        ("recoveryDays", "many", "shop:recoveryDays is many: allowed is 1 to 35"),
        ("memoryMb", "64", "shop:memoryMb is 64: allowed is 128 to 10240"),
        (
            "logRetentionDays",
            "31",
            (
                "shop:logRetentionDays is 31: allowed is one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, "
                "2192, 2557, 2922, 3288, 3653"
            ),
        ),
        ("urlAuthorization", "none", "shop:urlAuthorization is none: allowed is AWS_IAM (signed requests) or NONE (everybody)"),
        (
            "encryption",
            "alias/mine",
            (
                "shop:encryption is alias/mine: allowed is aws-owned, aws-managed or the ARN of a KMS key (the key 'alias/mine' is not the "
                "ARN of a key: arn:aws:kms:REGION:ACCOUNT:key/ID is needed, an alias or id drifts)"
            ),
        ),
        ("pageEmails", '"a@example.com"', 'shop:pageEmails is "a@example.com": allowed is a list of e-mail addresses'),
        (
            "pageEmails",
            '["oncall"]',
            "shop:pageEmails is [\"oncall\"]: allowed is a list of e-mail addresses ('oncall' is no e-mail address)",
        ),
        ("infoEmails", "[7]", "shop:infoEmails is [7]: allowed is a list of e-mail addresses (7 is no e-mail address)"),
        ("muteWindows", "{}", f"shop:muteWindows is {{}}: {WINDOWS}"),
        ("muteWindows", '["SUN"]', f"shop:muteWindows is [\"SUN\"]: {WINDOWS} ('SUN' is no window)"),
        ("muteWindows", '[{"duration": "PT4H"}]', f'shop:muteWindows is [{{"duration": "PT4H"}}]: {WINDOWS} (a window needs schedule)'),
        (
            "muteWindows",
            '[{"schedule": "at(2026-12-23T00:00)", "hours": 4}]',
            f'shop:muteWindows is [{{"schedule": "at(2026-12-23T00:00)", "hours": 4}}]: {WINDOWS} (a window takes no \'hours\')',
        ),
        (
            "muteWindows",
            '[{"schedule": "at(2026-12-23T00:00)", "duration": 4}]',
            f'shop:muteWindows is [{{"schedule": "at(2026-12-23T00:00)", "duration": 4}}]: {WINDOWS} (duration is 4, a text is needed)',
        ),
        (
            "muteWindows",
            '[{"schedule": "cron(0 2 * * 7)", "duration": "PT4H"}]',
            (
                f'shop:muteWindows is [{{"schedule": "cron(0 2 * * 7)", "duration": "PT4H"}}]: {WINDOWS} (cron(0 2 * * 7): the day of the week is '
                "'7'; it takes SUN to SAT, *, a-b and a,b)"
            ),
        ),
        ("warmUpMinutes", "2881", "shop:warmUpMinutes is 2881: allowed is 0 (none) to 2880"),
        ("warmUpMinutes", "-1", "shop:warmUpMinutes is -1: allowed is 0 (none) to 2880"),
        ("runbookUrl", "http://x", "shop:runbookUrl is http://x: allowed is an https:// address, or nothing"),
        ("billing", '"on-demand"', f'shop:billing is "on-demand": {BILLING}'),
        ("billing", "{}", f"shop:billing is {{}}: {BILLING} (mode is None)"),
        ("billing", '{"mode": ["x"]}', f'shop:billing is {{"mode": ["x"]}}: {BILLING} (mode is [\'x\'])'),
        (
            "billing",
            '{"mode": "on-demand", "minimum": 5}',
            f'shop:billing is {{"mode": "on-demand", "minimum": 5}}: {BILLING} (on-demand takes no \'minimum\')',
        ),
        (
            "billing",
            '{"mode": "provisioned", "minimum": 5}',
            f'shop:billing is {{"mode": "provisioned", "minimum": 5}}: {BILLING} (provisioned needs maximum)',
        ),
        (
            "billing",
            '{"mode": "provisioned", "minimum": 5, "maximum": 4}',
            (
                f'shop:billing is {{"mode": "provisioned", "minimum": 5, "maximum": 4}}: {BILLING} '
                "(a maximum of 4 units under a minimum of 5: give a maximum of 5 or more)"
            ),
        ),
        (
            "billing",
            '{"mode": "provisioned", "minimum": 5, "maximum": 5, "targetPercent": 70}',
            (
                f'shop:billing is {{"mode": "provisioned", "minimum": 5, "maximum": 5, "targetPercent": 70}}: {BILLING} '
                "(targetPercent belongs to a maximum above the minimum: equal ones are a fixed capacity)"
            ),
        ),
        (
            "billing",
            '{"mode": "on-demand", "maxRead": "9"}',
            f'shop:billing is {{"mode": "on-demand", "maxRead": "9"}}: {BILLING} (maxRead is \'9\', a whole number is needed)',
        ),
    ],
)
def test_a_wrong_value(key: str, text: str, message: str) -> None:
    with pytest.raises(InvalidSetting) as caught:
        read(**{key: text})
    assert str(caught.value) == message


def test_an_unknown_key_of_this_project() -> None:
    with pytest.raises(InvalidSetting) as caught:
        read(recoverDays="7")
    assert str(caught.value) == f"shop:recoverDays is not known: allowed are {', '.join(KEYS)}"


def test_keys_of_others_are_theirs() -> None:
    assert Settings.read({"aws:anything": "x", "shop:cursorKeys": KEY, "shopping:x": "y"}, "shop")["recoveryDays"] == 35


def test_a_missing_secret_says_how_to_set_it() -> None:
    with pytest.raises(InvalidSetting) as caught:
        Settings.read({}, "shop")
    assert str(caught.value) == (
        'shop:cursorKeys is missing: signing keys as "ID:BASE64,...", the first signs, each of 32 bytes or more; '
        'set it with: pulumi config set --secret cursorKeys "k1:$(openssl rand -base64 32)"'
    )


@pytest.mark.parametrize("secret", ["hunter2", "k1:c2hvcnQ=", "hunter2:" + KEY, f"{KEY},{KEY}"])
def test_a_wrong_secret_is_not_shown(secret: str) -> None:
    with pytest.raises(InvalidSetting) as caught:
        read(cursorKeys=secret)
    error: BaseException | None = caught.value
    assert str(error) == (
        "shop:cursorKeys is a secret that is not valid: "
        'allowed is signing keys as "ID:BASE64,...", the first signs, each of 32 bytes or more'
    )
    assert error and error.__cause__ is None and error.__suppress_context__


def test_the_project_file_declares_the_same() -> None:
    """Every declared key without a default is one that the CLI demands of each stack; a secret must not have one."""
    declared = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["config"]

    assert {name: (spec["type"], spec.get("default"), spec.get("secret", False)) for name, spec in declared.items()} == {
        name: (key.type, key.default, key.secret) for name, key in KEYS.items()
    }
    assert all(len(spec["description"]) > 20 for spec in declared.values())
    items = {name: spec["items"]["type"] for name, spec in declared.items() if spec["type"] == "array"}
    assert items == {"pageEmails": "string", "ticketEmails": "string", "infoEmails": "string", "muteWindows": "object"}


def test_stack_files_hold_no_secret_in_clear() -> None:
    for path in ROOT.glob("Pulumi.*.yaml"):
        config = yaml.safe_load(path.read_text())["config"]
        for name, key in KEYS.items():
            assert not key.secret or not isinstance(config.get(f"shop:{name}"), str), path
