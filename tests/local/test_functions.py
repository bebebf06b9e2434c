"""Functions from their zip in their own process: what Lambda does with every way in which a handler can end.

Expected: Lambda guide ("Runtime API", "Lambda quotas", "Defined runtime environment variables"), and the error types of AWS's
runtime client, on which the standard-library child must agree.
"""

from __future__ import annotations

import io
import json
import os
import select
import threading
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from local.aws import RoleCredentials
from local.functions import Function, FunctionFailed, FunctionSettings, Outcome, Runtime, Throttled

HANDLERS = """
import decimal, json, logging, os, signal, subprocess, sys, threading

def echo(event, context):
    return event

def crash(event, context):
    raise KeyError("nothing here")

def leave(event, context):
    sys.exit(3)

def vanish(event, context):
    os._exit(4)

def fault(event, context):
    os.kill(os.getpid(), 11)

def hang(event, context):
    signal.pause()

def spin(event, context):
    while True:
        pass

def family(event, context):
    child = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"])
    with open(event["file"], "w") as file:
        file.write(str(child.pid))
    signal.pause()

def chatter(event, context):
    for _ in range(event["lines"]):
        print("x" * 1023)
    return "done"

def big(event, context):
    return "x" * event["bytes"]

def unserialisable(event, context):
    return object()

def number(event, context):
    return {"price": decimal.Decimal("1.50")}

def surroundings(event, context):
    return {"environment": dict(os.environ), "path": sys.path, "modules": sorted(sys.modules), "cwd": os.getcwd()}

def importable(event, context):
    found = {}
    for name in event:
        try:
            __import__(name)
            found[name] = True
        except ImportError:
            found[name] = False
    return found

def context_of(event, context):
    return {
        "name": context.function_name, "version": context.function_version, "arn": context.invoked_function_arn,
        "memory": context.memory_limit_in_mb, "group": context.log_group_name, "request": context.aws_request_id,
        "left": context.get_remaining_time_in_millis(), "process": os.getpid(),
    }

def write(event, context):
    print(f"printed {event}")
    logging.getLogger().warning("warned %s", event, extra={"order": event})

def pair(event, context):
    open(event["pipe"], event["end"]).close()  # opens when somebody holds the other end
    return "together"

def hoard(event, context):
    kept = bytearray(event["mb"] * 1024 * 1024)
    kept[::4096] = b"x" * len(kept[::4096])
    return len(kept)
"""

Make = Callable[..., Function]


def archive(**files: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        for name, text in files.items():
            made.writestr(f"{name}.py", text)
    return buffer.getvalue()


@pytest.fixture(scope="module", params=["aws client", "standard library"])
def runtime(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Runtime:
    return Runtime(tmp_path_factory.mktemp("runtime"), aws_client=request.param == "aws client")


@pytest.fixture
def make(runtime: Runtime) -> Iterator[Make]:
    made: list[Function] = []

    def build(handler: str, *, code: bytes | None = None, most: int = 8, observer=None, **changes: object) -> Function:
        settings = FunctionSettings(
            name="shop-api",
            arn="arn:aws:lambda:eu-west-1:123456789012:function:shop-api",
            handler=handler if "." in handler else f"handlers.{handler}",
            code=archive(handlers=HANDLERS) if code is None else code,
            region="eu-west-1",
            **changes,  # type: ignore[arg-type]
        )
        keys = RoleCredentials("arn:aws:iam::123456789012:role/shop-api", "ASIAEXAMPLE", "a secret", "a token")
        made.append(Function(settings, runtime, lambda: keys, endpoint="http://127.0.0.1:9", most=most, observer=observer))
        return made[-1]

    yield build
    for one in made:
        one.close()


def error(outcome: Outcome) -> tuple[str, str]:
    assert outcome.error is not None, outcome
    return outcome.error.type, outcome.error.message


def test_a_handler_returns_its_value_and_the_process_stays_warm(make: Make) -> None:
    function = make("echo")
    first, second = function.invoke({"a": [1, "é"]}), function.invoke({"b": None})
    assert (first.json(), second.json()) == ({"a": [1, "é"]}, {"b": None})
    assert first.start_milliseconds is not None
    assert second.start_milliseconds is None


def test_an_exception_is_an_error_with_its_type_and_the_process_stays_warm(make: Make) -> None:
    function = make("crash")
    outcome = function.invoke({})
    assert error(outcome) == ("KeyError", "'nothing here'")
    assert outcome.error is not None
    assert any("handlers.py" in frame and "crash" in frame for frame in outcome.error.stack)
    assert function.invoke({}).start_milliseconds is None
    with pytest.raises(FunctionFailed, match="shop-api failed: KeyError: 'nothing here'"):
        outcome.json()


@pytest.mark.parametrize(("handler", "how"), [("leave", "exit status 3"), ("vanish", "exit status 4"), ("fault", "signal: SIGSEGV")])
def test_a_process_that_ends_is_reported_and_replaced(make: Make, handler: str, how: str) -> None:
    function = make(handler)
    outcome = function.invoke({})
    assert error(outcome) == ("Runtime.ExitError", f"RequestId: {outcome.request_id} Error: Runtime exited with error: {how}")
    assert function.invoke({}).start_milliseconds is not None


@pytest.mark.parametrize("handler", ["hang", "spin"])
def test_a_handler_is_cut_at_its_deployed_time_limit(make: Make, handler: str) -> None:
    outcome = make(handler, timeout_seconds=0.3).invoke({})
    assert error(outcome) == ("Sandbox.Timedout", f"RequestId: {outcome.request_id} Error: Task timed out after 0.30 seconds")
    assert 300 <= outcome.milliseconds < 5000


def test_what_a_handler_started_ends_with_it(make: Make, tmp_path: Path) -> None:
    assert make("family", timeout_seconds=3).invoke({"file": str(tmp_path / "pid")}).error is not None
    try:
        process = os.pidfd_open(int((tmp_path / "pid").read_text()))
    except ProcessLookupError:
        return  # already gone
    ended, _, _ = select.select([process], [], [], 5)
    os.close(process)
    assert ended


def test_failures_leave_no_descriptor_and_no_thread_behind(make: Make) -> None:
    function = make("vanish")
    function.invoke({})
    before = len(list(Path("/proc/self/fd").iterdir())), threading.active_count()
    for _ in range(5):
        function.invoke({})
    assert (len(list(Path("/proc/self/fd").iterdir())), threading.active_count()) == before


def test_a_long_log_is_kept_in_part_and_counted(make: Make) -> None:
    outcome = make("chatter", timeout_seconds=30).invoke({"lines": 20_000})
    assert outcome.json() == "done"
    assert sum(len(line.text) + 1 for line in outcome.log[:-1]) <= 256 * 1024
    assert outcome.log[-1].text == f"[{20_000 * 1024 - 256 * 1024} bytes of log dropped]"


def test_each_event_gets_its_own_log_lines(make: Make) -> None:
    function = make("write", json_logs=True)
    for number in range(200):
        texts = [line.text for line in function.invoke(number).log]
        assert len(texts) == 2, texts
        assert texts[0] == f"printed {number}"


def test_json_log_lines_are_read(make: Make) -> None:
    function = make("write", json_logs=True)
    outcome = function.invoke("o-1")
    printed, warned = outcome.log
    assert (printed.fields, printed.level) == ({}, "")
    assert warned.level == "WARNING"
    assert {name: warned.fields[name] for name in ("message", "order", "requestId")} == {
        "message": "warned o-1",
        "order": "o-1",
        "requestId": outcome.request_id,
    }


def test_text_log_lines_stay_text(make: Make) -> None:
    _, warned = make("write").invoke("o-1").log
    assert warned.text.startswith("[WARNING]\t")
    assert warned.text.endswith("\twarned o-1")
    assert warned.fields == {}


def test_a_response_over_the_limit_is_refused_and_one_within_it_delivered(make: Make) -> None:
    function = make("big", timeout_seconds=30)
    assert len(function.invoke({"bytes": 6_000_000}).json()) == 6_000_000
    kind, message = error(function.invoke({"bytes": 7_000_000}))
    assert kind == "Function.ResponseSizeTooLarge"
    assert message == "Response payload size (7000002 bytes) exceeded maximum allowed payload size (6291556 bytes)."
    assert len(function.invoke({"bytes": 1}).json()) == 1


def test_an_event_over_the_limit_reaches_no_process(make: Make) -> None:
    outcome = make("echo").invoke("x" * (6 * 1024 * 1024))
    assert error(outcome)[0] == "RequestTooLargeException"
    assert outcome.start_milliseconds is None


@pytest.mark.parametrize(
    ("handler", "code", "kind", "words"),
    [
        ("handlers.unserialisable", None, "Runtime.MarshalError", "Unable to marshal response"),
        ("nowhere.handler", None, "Runtime.ImportModuleError", "Unable to import module 'nowhere': No module named 'nowhere'"),
        ("handlers.nothing", None, "Runtime.HandlerNotFound", "Handler 'nothing' missing on module 'handlers'"),
        ("handlers.x", archive(handlers="def x(:"), "Runtime.UserCodeSyntaxError", "Syntax error in module 'handlers'"),
        ("handlers.x", archive(handlers="import moto"), "Runtime.ImportModuleError", "No module named 'moto'"),
        ("handlers.x", archive(handlers="raise RuntimeError('at import')"), "RuntimeError", "at import"),
    ],
)
def test_what_cannot_start_or_answer_says_so(make: Make, handler: str, code: bytes | None, kind: str, words: str) -> None:
    found, message = error(make(handler, code=code).invoke({}))
    assert found == kind
    assert words in message


def test_an_import_that_hangs_is_ended_at_the_start_limit(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("local.functions.environment.START_LIMIT_SECONDS", 0.3)
    kind, message = error(make("handlers.x", code=archive(handlers="import signal; signal.pause()")).invoke({}))
    assert kind == "Sandbox.Timedout"
    assert message.endswith("Task timed out after 0.30 seconds")


def test_decimals_keep_their_digits(make: Make) -> None:
    assert make("number").invoke({}).payload == b'{"price": 1.50}'


def test_only_the_deployed_environment_is_seen(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "personal")
    monkeypatch.setenv("PYTHONPATH", str(Path.cwd()))
    monkeypatch.setenv("SECRET_OF_THE_DEVELOPER", "1")
    seen = make("surroundings", environment={"TABLE_NAME": "shop-1a2b3c4"}, memory_mb=256).invoke({}).json()["environment"]
    assert seen["TABLE_NAME"] == "shop-1a2b3c4"
    assert seen["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] == "256"
    assert (seen["AWS_ACCESS_KEY_ID"], seen["AWS_SESSION_TOKEN"]) == ("ASIAEXAMPLE", "a token")
    assert (seen["AWS_REGION"], seen["AWS_ENDPOINT_URL"]) == ("eu-west-1", "http://127.0.0.1:9")
    assert seen["TZ"] == ":UTC"
    assert not {"AWS_PROFILE", "PYTHONPATH", "SECRET_OF_THE_DEVELOPER", "VIRTUAL_ENV"} & set(seen)


def test_lambda_brings_boto3_and_nothing_of_the_developer(make: Make) -> None:
    found = (
        make("importable", timeout_seconds=20)
        .invoke(["boto3", "botocore", "moto", "pulumi", "pytest", "rich", "local", "singletable"])
        .json()
    )
    assert {name for name, there in found.items() if there} == {"boto3", "botocore"}


def test_the_context_names_the_deployed_function(make: Make) -> None:
    outcome = make("context_of", timeout_seconds=7, memory_mb=512, log_group="/shop/api").invoke({})
    context = outcome.json()
    assert 6000 < context.pop("left") <= 7000
    assert context.pop("process") > 0
    assert context == {
        "name": "shop-api",
        "version": "$LATEST",
        "arn": "arn:aws:lambda:eu-west-1:123456789012:function:shop-api",
        "memory": "512",
        "group": "/shop/api",
        "request": outcome.request_id,
    }


def test_memory_beyond_the_deployed_size_ends_the_process(make: Make) -> None:
    function = make("hoard", memory_mb=128, timeout_seconds=20)
    assert function.invoke({"mb": 10}).json() == 10 * 1024 * 1024
    outcome = function.invoke({"mb": 160})
    assert error(outcome)[0] == "Runtime.OutOfMemory"
    assert outcome.memory_mb is not None
    assert outcome.memory_mb > 128


def _both(function: Function, events: list[object]) -> list[object]:
    results: list[object] = [None] * len(events)

    def run(index: int) -> None:
        try:
            results[index] = function.invoke(events[index]).json()
        except Exception as failed:
            results[index] = failed

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(events))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_events_at_the_same_time_run_in_several_processes(make: Make, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    pair: list[object] = [{"pipe": str(pipe), "end": end} for end in ("r", "w")]
    assert _both(make("pair", timeout_seconds=10), pair) == ["together", "together"]


def test_beyond_the_cap_a_caller_waits_for_a_free_process(make: Make) -> None:
    function = make("context_of", most=1)
    processes = {result["process"] for result in _both(function, [{}] * 4)}  # type: ignore[index]
    assert len(processes) == 1


def test_beyond_the_reserved_concurrency_a_caller_is_refused(make: Make, tmp_path: Path) -> None:
    function = make("pair", reserved_concurrency=0)
    with pytest.raises(Throttled, match="TooManyRequestsException: Rate Exceeded: shop-api already runs 0 events"):
        function.invoke({})


def test_the_observer_is_told_of_every_outcome(make: Make) -> None:
    told: list[tuple[bool, int]] = []
    function = make("crash", observer=lambda outcome, running: told.append((outcome.error is None, running)))
    function.invoke({})
    function.invoke({})
    assert told == [(False, 1), (False, 1)]


def test_code_that_is_no_zip_is_refused(make: Make) -> None:
    with pytest.raises(ValueError, match=r"the function's code is not a zip file \(3 bytes"):
        make("echo", code=b"abc")


def test_secrets_are_in_no_repr(make: Make) -> None:
    function = make("echo", environment={"CURSOR_KEYS": "k1:c2VjcmV0"})
    shown = repr(function.settings) + repr(RoleCredentials("arn:aws:iam::123456789012:role/shop-api", "ASIAEXAMPLE", "a secret", "a token"))
    assert "c2VjcmV0" not in shown
    assert "a secret" not in shown
    assert "a token" not in shown
    assert json.dumps(shown)
