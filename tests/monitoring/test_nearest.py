"""A name that was typed wrongly is answered with the one that was probably meant."""

import pytest

from monitoring.__main__ import main
from monitoring.nearest import did_you_mean


def test_the_nearest_is_named_and_none_where_none_is_near() -> None:
    assert did_you_mean("hot-partiton", ["steady", "hot-partition"]) == ' Did you mean "hot-partition"?'
    assert did_you_mean("x", ["steady", "hot-partition"]) == ""


@pytest.mark.parametrize("command", ["render", "serve", "backtest", "explain"])
def test_a_scenario_is_one_of_them(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command, "--scenario", "hot-partiton"])
    assert ended.value.code == 2
    assert 'Did you mean "hot-partition"?' in capsys.readouterr().err


def test_a_runbook_is_one_of_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["runbooks", "hot-key-rang"]) == 2
    assert 'Did you mean "hot-key-range"?' in capsys.readouterr().err


def test_a_picture_is_called_as_what_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["render", "--scenario", "steady", "--png", "x.jpg"])
    assert ended.value.code == 2
    assert "'x.jpg': give a name that ends with .png" in capsys.readouterr().err
