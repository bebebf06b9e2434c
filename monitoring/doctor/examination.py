"""All checks over one deployed table."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from monitoring.doctor.check import LEVELS, Check, Finding, Found, Level, NotKnown, Unchecked
from monitoring.doctor.checks import THEMES
from monitoring.doctor.checks.linted import findings_of_lint
from monitoring.doctor.examined import Examined
from monitoring.live import CallRefused

Told = Callable[[str], object]


@dataclass(frozen=True)
class Report:
    """findings: worst first, then in the order of the checks. unchecked: where a check could not look at everything."""

    findings: tuple[Finding, ...]
    unchecked: tuple[Unchecked, ...]

    @property
    def counts(self) -> Mapping[Level, int]:
        found = Counter(finding.level for finding in self.findings)
        return {level: found[level] for level in LEVELS}

    def at_least(self, level: Level) -> tuple[Finding, ...]:
        heard = LEVELS[: LEVELS.index(level) + 1]
        return tuple(finding for finding in self.findings if finding.level in heard)


def examine(examined: Examined, told: Told = lambda _theme: None) -> Report:
    """Reads only. told: hears which theme is looked at. A check that AWS refuses to answer is noted, and the next one goes on.

    Raises MonitoringError "no-account".
    """
    seen: list[Finding | Unchecked] = []
    for theme, checks in THEMES.items():
        told(theme)
        for check in checks:
            seen += _looked(theme, check, examined)
    seen += findings_of_lint(examined)
    findings = sorted((each for each in seen if isinstance(each, Finding)), key=lambda finding: LEVELS.index(finding.level))
    return Report(tuple(findings), tuple(each for each in seen if isinstance(each, Unchecked)))


def _looked(theme: str, check: Check, examined: Examined) -> Iterator[Finding | Unchecked]:
    """What was found before AWS refused a call counts."""
    try:
        for found in check.look(examined):
            yield _finding(theme, check, found)
    except CallRefused as error:
        yield Unchecked(check.code, error.message)
    except NotKnown as error:
        yield Unchecked(check.code, str(error))


def _finding(theme: str, check: Check, found: Found) -> Finding:
    return Finding(
        check.code,
        found.level or check.level,
        theme,
        found.about,
        found.message,
        check.why,
        check.source,
        found.fix or check.fix,
        found.call,
        check.safe and found.call is not None,
    )


def reasons(report: Report) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Reason, and codes of the checks: one missing permission stops several."""
    found: dict[str, list[str]] = {}
    for each in report.unchecked:
        found.setdefault(each.reason, []).append(each.code)
    for reason, codes in found.items():
        yield reason, tuple(codes)
