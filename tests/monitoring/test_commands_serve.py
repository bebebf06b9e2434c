"""`python -m monitoring serve` as somebody types it, and how it ends."""

import json
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from monitoring.__main__ import main

ROOT = Path(__file__).parents[2]

HEEDING = """
import runpy, signal
signal.signal(signal.SIGINT, signal.default_int_handler)
runpy.run_module("monitoring", run_name="__main__")
"""
"""A shell lets what it runs in the background ignore Ctrl-C, and that is inherited: here it is heeded again."""


@pytest.fixture
def running():
    """Started as a process, with the address that it says."""
    command = [sys.executable, "-c", HEEDING, "serve", "--scenario", "gsi-backpressure", "--port", "0", "--json"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout
    try:
        yield process, json.loads(process.stdout.readline())["url"]
    finally:
        process.kill()
        process.wait()


def test_it_serves_the_scenario_until_it_is_interrupted(running):
    process, url = running
    with urllib.request.urlopen(f"{url}state.json") as answer:
        assert json.load(answer)["scenario"] == "gsi-backpressure"
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out.strip(), err) == (0, "", "")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--port", "70000"], "'70000' is no port: give 0 to 65535"),
        (["--speed", "0"], "'0': give how many minutes pass in one, above 0 and up to 600"),
        (["--speed", "fast"], "'fast': give how many minutes pass in one"),
        (["--scenario", "nothing"], "invalid choice: 'nothing'"),
    ],
)
def test_what_cannot_be_is_named(arguments, said, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["serve", *arguments])
    assert ended.value.code == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--scenario", "steady", "--recording", "x"], "contradicting-options: --scenario plays what never happened"),
        (["--scenario", "steady", "shop-1a2b3c4"], "contradicting-options: --scenario plays what never happened"),
        (["--recording", "nowhere.recording"], "unreadable-recording: nowhere.recording: No such file or directory"),
        (["--model", "app.nothing"], "invalid-subject: there is no module app.nothing"),
    ],
)
def test_what_does_not_fit_is_refused(arguments, said, capsys):
    assert main(["serve", "--port", "0", *arguments]) == 2
    assert said in capsys.readouterr().err
