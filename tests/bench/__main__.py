"""`make bench`: the promised ratios, measured here and now.

exit status:
  0  as promised
  1  slower, or with other results
"""

import argparse
import json
import sys
from collections.abc import Callable
from functools import partial

from tests.bench import backtests, charts, codec, registration
from tests.bench.outcome import Outcome


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench",
        description="Measures what promises to be fast against the straightforward way to do the same, in processor time.",
        epilog="exit status: 0 as promised; 1 slower, or with other results",
    )
    parser.add_argument("--json", action="store_true", help="as JSON")
    parser.add_argument("--whole", action="store_true", help="the straightforward backtest over all days, which takes minutes")
    options = parser.parse_args(arguments)
    measures: tuple[Callable[[], Outcome], ...] = (
        partial(backtests.measure, whole=options.whole),
        charts.measure,
        codec.measure,
        registration.measure,
        registration.growth,
    )
    outcomes: list[Outcome] = []
    for measure in measures:
        outcomes.append(measure())
        if not options.json:
            print(line(outcomes[-1]), flush=True)
    if options.json:
        print(json.dumps([as_data(each) for each in outcomes], indent=2))
    return 0 if all(each.kept for each in outcomes) else 1


def line(outcome: Outcome) -> str:
    verdict = "" if outcome.kept else "  NOT AS PROMISED"
    times = f"{outcome.ours:8.2f} s  against {outcome.other:8.2f} s"
    return f"{outcome.name:<40} {times}  {outcome.verdict}{verdict}\n  {outcome.note}"


def as_data(outcome: Outcome) -> dict[str, object]:
    return {
        "name": outcome.name,
        "seconds": round(outcome.ours, 4),
        "other_seconds": round(outcome.other, 4),
        "ratio": round(outcome.ratio, 2),
        "promised": round(outcome.least, 4),
        "kept": outcome.kept,
        "note": outcome.note,
    }


if __name__ == "__main__":
    sys.exit(main())
