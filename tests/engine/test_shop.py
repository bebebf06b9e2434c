"""The whole shop: what most users would do with it, one after another. The order of these tests is the scenario's."""

import base64
import json
from pathlib import Path

from components.configuration import load_configuration
from local.urls import ask, url_event
from tests.engine.conftest import ROOT, Stage

JSON = {"content-type": "application/json"}


def test_up_deploys_the_shop(shop: Stage) -> None:
    """up: the whole shop is created, and every output is told"""
    outputs = shop.outputs()
    assert shop.table(outputs["tableName"])["TableStatus"] == "ACTIVE"
    functions = shop.session.aws.client("lambda").list_functions()["Functions"]
    assert {function["FunctionName"] for function in functions} == {outputs["apiFunctionName"], outputs["orderEventsFunctionName"]}
    assert outputs["apiUrl"].startswith("https://")
    assert set(outputs["alarmTopicArns"]) == {"page", "ticket", "info"}


def test_a_second_preview_shows_no_difference(shop: Stage) -> None:
    """second preview: no difference"""
    shop.run("preview", "--expect-no-changes")


def test_a_refresh_of_what_nobody_touched_shows_no_difference(shop: Stage) -> None:
    """refresh: no difference where nobody touched anything, and none in the preview after it"""
    shop.run("refresh", "--yes", "--skip-preview", "--expect-no-changes")
    shop.run("preview", "--expect-no-changes")


def test_names_are_made_as_the_provider_makes_them(shop: Stage) -> None:
    """names: the table has its logical name and seven digits, and its protection is the program's"""
    name, _, digits = shop.outputs()["tableName"].rpartition("-")
    assert (name, len(digits)) == ("shop", 7)
    assert int(digits, 16) >= 0


def test_secrets_are_encrypted_in_the_state(shop: Stage) -> None:
    """secrets: the signing keys reach the function, and stand nowhere in the state in plain text"""
    name = shop.outputs()["apiFunctionName"]
    variables = shop.session.aws.client("lambda").get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    keys = variables["CURSOR_KEYS"]
    assert len(base64.b64decode(keys.partition(":")[2])) == 32
    state = shop.state()
    assert json.loads(state)["deployment"]["secrets_providers"]["type"] == "passphrase"
    written = [path.read_text(encoding="utf-8") for path in _files(shop.session.folder.parent)]
    assert all(keys not in text for text in [state, *written])
    assert any("cursorKeys" in text for text in written)


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and path.suffix in (".json", ".yaml", ".bak", ".attrs")]


def test_what_up_deployed_runs(shop: Stage) -> None:
    """after up: the deployed function answers, its write is in the table, and the stream's consumer has read it"""
    world, outputs = shop.session.world, shop.outputs()
    world.tick()
    body = json.dumps({"email": "ada@example.com", "name": "Ada", "password_hash": "none"})
    event = url_event("POST", "/users", at=world.clock.now(), body=body, headers=JSON, host="any", authorized_as=shop.session.aws.account)
    assert ask(lambda given: world.invoke(outputs["apiFunctionName"], given), event).status == 201
    world.tick()
    assert shop.session.aws.client("dynamodb").scan(TableName=outputs["tableName"])["Count"] > 0
    (mapping,) = shop.session.aws.client("lambda").list_event_source_mappings()["EventSourceMappings"]
    assert mapping["FunctionArn"].endswith(outputs["orderEventsFunctionName"])
    assert world.unexpected() == {}


def test_the_policy_pack_accepts_the_shop(shop: Stage) -> None:
    """policy pack: the shop passes `--policy-pack policy`"""
    shown = shop.run("preview", "--policy-pack", str(ROOT / "policy"))
    assert "singletable" in shown


def test_no_file_of_the_checkout_is_written(shop: Stage) -> None:
    """files: neither Pulumi.yaml nor the stack's file of the checkout is touched"""
    assert "encryptionsalt" not in (ROOT / "Pulumi.dev.yaml").read_text(encoding="utf-8")
    assert "encryptionsalt" in (shop.session.folder / "Pulumi.dev.yaml").read_text(encoding="utf-8")
    assert load_configuration(ROOT, "dev").region == "eu-west-1"


def test_destroy_leaves_nothing(shop: Stage) -> None:
    """destroy: the disposable shop goes as a whole"""
    shop.destroy()
    assert shop.tables() == []
    assert shop.session.aws.client("lambda").list_functions()["Functions"] == []
    assert shop.session.aws.client("cloudwatch").describe_alarms(AlarmTypes=["MetricAlarm", "CompositeAlarm"])["MetricAlarms"] == []
