"""The real program, run through Pulumi's SDK without the CLI: what the engine would do to each registration is done."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import policy
from components.configuration import Configuration, ConfigurationError, load_configuration
from local.monitor import Created, ProgramError, Registration
from local.program import Run, run
from local.properties import UNKNOWN, SecretValue, decode, encode, reveal
from tests.local.programs import write

QUEUE = "aws:sqs/queue:Queue"


def created(registration: Registration) -> Created:
    return Created(f"{registration.name}-id", {"arn": f"arn:{registration.name}", "name": registration.name})


def no_calls(token: str, _arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    raise AssertionError(f"the program called {token}")


def execute(folder: Path, program: str, *, preview: bool = False, create: Any = created, **project: Any) -> Run:
    directory = write(folder, program, **project)
    return run(directory, load_configuration(directory, "dev"), create, no_calls, preview=preview)


def by_name(result: Run) -> dict[str, Registration]:
    assert result.failures == ()
    return {registration.name: registration for registration in result.registrations}


COMPONENT = """
class Box(pulumi.ComponentResource):
    def __init__(self, name, inner=None, opts=None):
        super().__init__("sample:index:" + name.capitalize(), name, {}, opts)
        self.queue = aws.sqs.Queue(name + "-queue", opts=pulumi.ResourceOptions(parent=self))
        if inner:
            self.inner = Box(inner, opts=pulumi.ResourceOptions(parent=self))
        self.register_outputs({"arn": self.queue.arn})
"""


def test_urns_have_the_whole_chain_of_parents(tmp_path: Path) -> None:
    found = by_name(execute(tmp_path, COMPONENT + "Box('outer', inner='inner')"))
    assert found["inner-queue"].urn == ("urn:pulumi:dev::sample::sample:index:Outer$sample:index:Inner$aws:sqs/queue:Queue::inner-queue")
    assert found["outer-queue"].parent == found["outer"].urn
    assert found["inner"].outputs == {"arn": "arn:inner-queue"}
    assert found["inner-queue"].source == f"{tmp_path}/__main__.py:10"


def test_two_resources_of_one_type_and_name_are_refused(tmp_path: Path) -> None:
    result = execute(tmp_path, "aws.sqs.Queue('q')\naws.sqs.Queue('q')")
    (failure,) = result.failures
    assert isinstance(failure, ProgramError)
    assert str(failure) == (
        f"creating urn:pulumi:dev::sample::{QUEUE}::q ({tmp_path}/__main__.py:7): "
        "duplicate resource: another resource of this type has this name. Give it another"
    )


def test_the_same_name_under_two_parents_is_allowed(tmp_path: Path) -> None:
    program = COMPONENT + "a, b = Box('a'), Box('b')\nfor each in (a, b): aws.sqs.Queue('q', opts=pulumi.ResourceOptions(parent=each))"
    result = execute(tmp_path, program)
    assert result.failures == ()
    assert len([registration for registration in result.registrations if registration.name == "q"]) == 2


def test_protect_and_retain_reach_the_children_as_in_the_engine(tmp_path: Path) -> None:
    program = COMPONENT + "Box('kept', opts=pulumi.ResourceOptions(protect=True, retain_on_delete=True))\nBox('free')"
    found = by_name(execute(tmp_path, program))
    assert (found["kept-queue"].protect, found["kept-queue"].retain_on_delete) == (True, True)
    assert (found["free-queue"].protect, found["free-queue"].retain_on_delete) == (False, False)


def test_a_child_can_refuse_what_its_parent_retains(tmp_path: Path) -> None:
    program = """
parent = aws.sqs.Queue("parent", opts=pulumi.ResourceOptions(retain_on_delete=True))
aws.sqs.Queue("child", opts=pulumi.ResourceOptions(parent=parent, retain_on_delete=False))
"""
    assert by_name(execute(tmp_path, program))["child"].retain_on_delete is False


def test_dependencies_are_created_first_and_known_to_those_that_need_them(tmp_path: Path) -> None:
    order: list[str] = []

    def create(registration: Registration) -> Created:
        order.append(registration.name)
        return created(registration)

    program = """
last = pulumi.Output.concat("after ", pulumi.Output.from_input("x"))
first = aws.sqs.Queue("first")
second = aws.sqs.Queue("second", name=first.arn)
aws.sqs.Queue("third", opts=pulumi.ResourceOptions(depends_on=[second]))
pulumi.export("arn", second.arn)
"""
    result = execute(tmp_path, program, create=create)
    assert order == ["first", "second", "third"]
    found = by_name(result)
    assert found["second"].inputs == {"name": "arn:first"}
    assert found["second"].dependencies == (found["first"].urn,)
    assert found["third"].dependencies == (found["second"].urn,)
    assert result.outputs == {"arn": "arn:second"}


def test_options_are_in_the_full_request(tmp_path: Path) -> None:
    program = """
aws.sqs.Queue("q", opts=pulumi.ResourceOptions(ignore_changes=["tags"], aliases=[pulumi.Alias(name="old")],
              custom_timeouts=pulumi.CustomTimeouts(create="5m"), additional_secret_outputs=["arn"]))
"""
    registration = by_name(execute(tmp_path, program))["q"]
    assert list(registration.request.ignoreChanges) == ["tags"]
    assert registration.request.customTimeouts.create == "5m"
    assert registration.request.aliases[0].spec.name == "old"
    assert registration.outputs["arn"] == SecretValue("arn:q")


def test_transforms_of_a_resource_its_parents_and_the_stack_run_in_this_order(tmp_path: Path) -> None:
    program = """
def tag(word):
    def transform(args):
        if args.type_ != "aws:sqs/queue:Queue":
            return None
        tags = {**(args.props.get("tags") or {}), "order": ((args.props.get("tags") or {}).get("order", "") + word)}
        return pulumi.ResourceTransformResult({**args.props, "tags": tags}, pulumi.ResourceOptions.merge(args.opts, pulumi.ResourceOptions(protect=True)))
    return transform

pulumi.runtime.register_resource_transform(tag("stack"))

class Box(pulumi.ComponentResource):
    def __init__(self, name, opts=None):
        super().__init__("sample:index:Box", name, {}, opts)
        aws.sqs.Queue("q", opts=pulumi.ResourceOptions(parent=self, transforms=[tag("own ")]))

Box("box", opts=pulumi.ResourceOptions(transforms=[tag("parent ")]))
"""
    registration = by_name(execute(tmp_path, program))["q"]
    assert registration.inputs["tags"] == {"order": "own parent stack"}
    assert registration.protect is True


def test_an_asset_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    program = """
aws.lambda_.Function("f", role="arn:aws:iam::123456789012:role/r", runtime="python3.12", handler="a.b", code=pulumi.FileArchive("./nowhere"))
"""
    result = execute(tmp_path, program)
    (failure,) = result.failures
    assert str(failure) == (
        f"creating urn:pulumi:dev::sample::aws:lambda/function:Function::f ({tmp_path}/__main__.py:7): "
        f"the asset {tmp_path}/nowhere does not exist"
    )


def test_an_error_of_a_deployer_names_the_resource_and_the_line(tmp_path: Path) -> None:
    def create(registration: Registration) -> Created:
        if registration.name == "bad":
            raise ValueError("no room")
        return created(registration)

    program = "good = aws.sqs.Queue('good')\nbad = aws.sqs.Queue('bad')\naws.sqs.Queue('after', name=bad.arn)"
    result = execute(tmp_path, program, create=create)
    (failure,) = result.failures
    assert str(failure) == f"creating urn:pulumi:dev::sample::{QUEUE}::bad ({tmp_path}/__main__.py:7): ValueError: no room"
    assert [registration.name for registration in result.registrations if registration.custom] == ["good"]


def test_every_resource_that_fails_is_reported(tmp_path: Path) -> None:
    def create(registration: Registration) -> Created:
        raise ValueError(registration.name)

    result = execute(tmp_path, "aws.sqs.Queue('a')\naws.sqs.Queue('b')", create=create)
    assert [str(failure).rpartition(": ")[2] for failure in result.failures] == ["a", "b"]


def test_what_failed_is_told_once(tmp_path: Path) -> None:
    """Futures of what depends on it are collected later, in the middle of anything: asyncio then logs no traceback for each. In a process of
    its own, which collects all of them before it ends.
    """
    folder = write(tmp_path, "\n".join(f"aws.s3.Bucket('b{number}')" for number in range(9)))
    program = """
import gc, sys
from pathlib import Path
from local.deploy import DeployError, registrations
for _ in range(3):  # the SDK holds on to the last
    try:
        registrations(Path(sys.argv[1]), "dev")
    except DeployError as error:
        print(error)
    gc.collect()
"""
    done = subprocess.run([sys.executable, "-c", program, str(folder)], cwd=Path(__file__).parents[2], capture_output=True, text=True)
    assert "aws:s3/bucket:Bucket cannot be deployed here" in done.stdout
    assert done.stderr == ""


def test_what_the_program_raises_is_the_failure(tmp_path: Path) -> None:
    result = execute(tmp_path, "aws.sqs.Queue('before')\nraise LookupError('nothing')")
    assert [type(failure) for failure in result.failures] == [LookupError]
    assert [registration.name for registration in result.registrations if registration.custom] == ["before"]


def test_without_a_program_there_is_nothing_to_run(tmp_path: Path) -> None:
    with pytest.raises(ProgramError, match=r"no program here: .*/__main__\.py does not exist"):
        run(tmp_path, Configuration("sample", "dev", {}), created, no_calls)


def test_a_preview_leaves_outputs_unknown(tmp_path: Path) -> None:
    program = """
first = aws.sqs.Queue("first")
aws.sqs.Queue("second", name=first.arn, tags={"fixed": "yes"})
pulumi.export("preview", pulumi.runtime.is_dry_run())
"""
    result = execute(tmp_path, program, preview=True, create=lambda _: Created("", {}))
    assert by_name(result)["second"].inputs == {"name": UNKNOWN, "tags": {"fixed": "yes"}}
    assert result.outputs == {"preview": True}


def test_secrets_are_marked_and_never_shown(tmp_path: Path) -> None:
    program = """
queue = aws.sqs.Queue("q", tags={"open": "yes", "key": pulumi.Config().require_secret("key")})
pulumi.export("key", pulumi.Config().require_secret("key"))
"""
    config = "config:\n  key:\n    type: string\n    secret: true\n"
    directory = write(tmp_path, program, config=config)
    configuration = load_configuration(directory, "dev", {"key": "hunter2"})
    result = run(directory, configuration, created, no_calls)
    tags = by_name(result)["q"].inputs["tags"]
    assert tags == {"open": "yes", "key": SecretValue("hunter2")}
    assert reveal(tags) == {"open": "yes", "key": "hunter2"}
    assert by_name(result)["q"].outputs["tags"] == tags
    assert result.outputs == {"key": SecretValue("hunter2")}
    assert "hunter2" not in f"{result!r} {tags!s} {configuration!r}"


def test_many_runs_in_one_process_do_not_see_each_other(tmp_path: Path) -> None:
    for number in (1, 2, 3):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "helper.py").write_text(f"NAME = 'queue-{number}'\n")
        result = execute(
            folder, "import helper\naws.sqs.Queue(helper.NAME)\npulumi.export('n', pulumi.get_project())", name=f"project{number}"
        )
        assert list(by_name(result)) == [f"project{number}-dev", f"queue-{number}"]
        assert result.outputs == {"n": f"project{number}"}


def test_a_program_sees_its_own_modules_and_leaves_ours_alone(tmp_path: Path) -> None:
    (tmp_path / "policy").mkdir()
    (tmp_path / "policy" / "__init__.py").write_text("WHOSE = 'the program'\n")
    result = execute(tmp_path, "import policy\npulumi.export('whose', policy.WHOSE)")
    assert result.outputs == {"whose": "the program"}
    assert sys.modules["policy"] is policy
    assert str(tmp_path) not in sys.path


def test_warnings_of_the_sdk_are_kept(tmp_path: Path) -> None:
    result = execute(tmp_path, "pulumi.log.warn('mind the gap')\npulumi.log.info('all well')")
    assert result.warnings == ("mind the gap",)


@pytest.mark.parametrize(
    "value", [None, True, 3, 2.5, "text", [1, "a", {"b": None}], {"x": {"y": [False]}}, SecretValue({"k": "v"}), UNKNOWN]
)
def test_values_survive_the_wire(value: Any) -> None:
    assert decode(encode({"value": value}), Path()) == {"value": value}


# --- configuration ---------------------------------------------------------------------------------------------------------------------

SCHEMA = """config:
  aws:region:
    value: eu-west-1
  count:
    type: integer
    default: 3
  name:
    type: string
    default: shop
  open:
    type: boolean
    default: false
  emails:
    type: array
    items: {type: string}
    default: []
  owner:
    type: string
  key:
    type: string
    secret: true
"""
OWNED = "config:\n  sample:owner: me\n"


def configure(folder: Path, *, config: str = SCHEMA, stack: str = OWNED, **overrides: Any) -> Configuration:
    return load_configuration(write(folder, "", config=config, stack=stack), "dev", overrides, random_bytes=bytes)


def test_configuration_is_defaults_then_stack_then_overrides(tmp_path: Path) -> None:
    found = configure(tmp_path, stack=OWNED + "  sample:count: 4\n  sample:name: from-stack\n", name="from-caller", emails=["a@b.example"])
    assert found.values == {
        "aws:region": "eu-west-1",
        "sample:count": "4",
        "sample:name": "from-caller",
        "sample:open": "false",
        "sample:emails": '["a@b.example"]',
        "sample:owner": "me",
        "sample:key": "k1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    }
    assert (found.secret_keys, found.region) == ({"sample:key"}, "eu-west-1")


@pytest.mark.parametrize("value", [5, "5", "-5"])
def test_an_integer_may_be_text_as_the_cli_writes_it(tmp_path: Path, value: Any) -> None:
    assert configure(tmp_path, count=value).values["sample:count"] == str(value)


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("count", "many", "stack 'dev': sample:count must be of type integer, 'many' is of type str"),
        ("count", True, "stack 'dev': sample:count must be of type integer, True is of type bool"),
        ("name", 5, "stack 'dev': sample:name must be of type string, 5 is of type int"),
        ("open", "yes", "stack 'dev': sample:open must be of type boolean, 'yes' is of type str"),
        ("emails", "a@b.example", "stack 'dev': sample:emails must be of type array, 'a@b.example' is of type str"),
        ("key", 12345, "stack 'dev': sample:key must be of type string, the value is of type int"),
        (
            "cuont",
            5,
            "stack 'dev': unknown configuration key 'sample:cuont'. Declared in Pulumi.yaml: count, emails, key, name, open, owner",
        ),
    ],
)
def test_a_wrong_value_is_refused(tmp_path: Path, key: str, value: Any, expected: str) -> None:
    with pytest.raises(ConfigurationError) as error:
        configure(tmp_path, **{key: value})
    assert str(error.value) == expected


def test_a_missing_value_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"^stack 'dev': sample:owner has no default and no value\. Set it in Pulumi\.dev\.yaml$"):
        configure(tmp_path, stack="")


def test_an_encrypted_value_of_the_stack_file_is_replaced(tmp_path: Path) -> None:
    found = configure(tmp_path, stack=OWNED + "  sample:key:\n    secure: AAABAH==\n")
    assert found.values["sample:key"].startswith("k1:")


def test_two_runs_get_two_secrets(tmp_path: Path) -> None:
    directory = write(tmp_path, "", config=SCHEMA, stack=OWNED)
    first, second = (load_configuration(directory, "dev").values["sample:key"] for _ in range(2))
    assert first != second


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        (
            "  key: {type: string, secret: true, default: x}\n",
            "Pulumi.yaml: key is secret and has a default, which stops every stack. Remove the default",
        ),
        ("  key: {type: text}\n", "Pulumi.yaml: key has type 'text'. Allowed: string, integer, boolean, array, object"),
        ("  key: {type: integer, default: x}\n", "Pulumi.yaml: the default of key must be of type integer, it is 'x'"),
        ("  on: {type: string}\n", "`config`: the key True is not text. Put it in quotes"),
        (
            "  aws:region: {type: string, default: x}\n",
            "Pulumi.yaml: aws:region belongs to another namespace: it can only have a `value`, not a type or a default",
        ),
    ],
)
def test_a_wrong_project_file_is_refused(tmp_path: Path, config: str, expected: str) -> None:
    with pytest.raises(ConfigurationError) as error:
        configure(tmp_path, config=f"config:\n{config}", stack="")
    assert str(error.value) == expected


def test_a_folder_without_a_project_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"^no Pulumi project here: .*Pulumi\.yaml does not exist$"):
        load_configuration(tmp_path, "dev")
