"""A world in which nothing was deployed at its start follows what others deploy, change and delete."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from local.aws import EmbeddedAws
from local.deploy import deploy
from local.world import World
from tests.local.programs import EVERYTHING, write

PROGRAM = """
trust = {{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {{"Service": "lambda.amazonaws.com"}}}}
role = aws.iam.Role("role", assume_role_policy=json.dumps({{"Version": "2012-10-17", "Statement": [trust]}}))
code = "import os\\ndef handler(event, context):\\n    return os.environ['SAYS']\\n"
aws.lambda_.Function(
    "echo",
    name="echo",
    role=role.arn,
    runtime="python3.{minor}",
    handler="index.handler",
    code=pulumi.AssetArchive({{"index.py": pulumi.StringAsset(code)}}),
    environment={{"variables": {{"SAYS": "first"}}}},
    {more}
)
"""


def program(folder: Path, more: str = "") -> Path:
    return write(folder, PROGRAM.format(minor=13, more=more))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with World(program(tmp_path), "dev", empty=True) as made:
        yield made


def said(world: World) -> object:
    return world.invoke("echo", {}).json()


def test_nothing_is_deployed_until_somebody_does(world: World) -> None:
    assert (world.functions, world.mappings, world.deployment.resources) == ({}, (), ())
    assert world.tick() == ()


def test_a_function_runs_once_it_is_deployed_and_as_it_is_changed(world: World, tmp_path: Path) -> None:
    deployment = deploy(tmp_path, "dev", world.aws)
    world.poll()
    assert said(world) == "first"
    unchanged = world.functions["echo"]
    client = world.aws.client("lambda")
    client.update_function_configuration(FunctionName="echo", Environment={"Variables": {"SAYS": "second"}})
    assert said(world) == "first", "what runs is what was there when it was looked at last"
    world.poll()
    assert world.functions["echo"] is not unchanged
    assert said(world) == "second"
    deployment.destroy()
    world.poll()
    assert world.functions == {}


def test_what_did_not_change_goes_on_as_it_is(world: World, tmp_path: Path) -> None:
    deploy(tmp_path, "dev", world.aws)
    world.poll()
    before = world.functions["echo"]
    world.aws.client("lambda").put_function_concurrency(FunctionName="echo", ReservedConcurrentExecutions=2)
    world.aws.client("lambda").delete_function_concurrency(FunctionName="echo")
    world.poll()
    assert world.functions["echo"] is before


def test_what_cannot_run_here_is_told_and_the_world_goes_on(world: World, tmp_path: Path) -> None:
    deploy(program(tmp_path, 'layers=["arn:aws:lambda:eu-west-1:123456789012:layer:any:1"],'), "dev", _with_layer(world.aws))
    world.poll()
    assert any("echo has layers" in sentence for sentence in world.unexpected())
    assert world.functions == {}


def test_a_mapping_whose_function_is_gone_is_left_alone() -> None:
    with World(EVERYTHING, "dev", config={"keys": "any"}, empty=True) as world:
        made = deploy(EVERYTHING, "dev", world.aws, {"keys": "any"})
        world.poll()
        assert len(world.mappings) == 1
        (function,) = made.of_type("aws:lambda/function:Function")
        world.aws.client("lambda").delete_function(FunctionName=function.id)
        world.tick()
        assert (world.functions, world.mappings) == ({}, ())


def _with_layer(aws: EmbeddedAws) -> EmbeddedAws:
    aws.client("lambda").publish_layer_version(LayerName="any", Content={"ZipFile": b"PK\x05\x06" + bytes(18)})
    return aws
