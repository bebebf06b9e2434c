"""Alarms on what all stacks of one account and region share: made once there, never by a stack.

A stack that made them would make them again with each of its siblings, and wake as many people.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from monitoring.alarms import SEVERITIES, Alarm, Severity
from monitoring.catalogue.dynamodb import NAMESPACE as DYNAMODB
from monitoring.catalogue.functions import NAMESPACE as LAMBDA
from monitoring.errors import MonitoringError
from monitoring.measures import ACCESSES, filled_sum
from monitoring.metrics import Expression, Metric, Source
from monitoring.options import Recipe, check_number
from monitoring.recipes.draft import Words, description

LABEL: Final = "account"
"""What the names of these alarms begin with, in the place of project and stage."""
CONCURRENCY_QUOTA: Final = 1000
"""Runs at one time in an account and region. A new account may have fewer. Source: Lambda developer guide, Lambda quotas."""

ACCOUNT_RECIPES: Final[Mapping[str, Recipe]] = {
    recipe.key: recipe
    for recipe in (
        # What AWS recommends of both: above 80% for ten minutes.
        Recipe("account-capacity", "ticket", 80, "%", 2, 2, period_seconds=300),
        Recipe("account-table-capacity", "ticket", 80, "%", 2, 2, period_seconds=300),
        # Nobody's in particular, and some are always there: a hint.
        Recipe("account-user-errors", "info", 100, "requests in 5 minutes", 2, 2, period_seconds=300),
        # What AWS recommends. A page, because at the quota every function of the region is refused, whoever caused it.
        Recipe("account-concurrency", "page", 90, "% of the quota", 10, 10),
    )
}


@dataclass(frozen=True)
class AccountOptions:
    """What an account wants other than the defaults. Raises MonitoringError "invalid-option".

    severities, thresholds: by recipe. Default: those of ACCOUNT_RECIPES. disabled: recipes that are not made. Default: none.
    concurrency_quota: Lambda's, of this account and region. Default: 1,000. runbook_url: as in Options. Default: no link.
    """

    severities: Mapping[str, Severity] = field(default_factory=dict[str, Severity], hash=False)
    thresholds: Mapping[str, float] = field(default_factory=dict[str, float], hash=False)
    disabled: frozenset[str] = frozenset()
    concurrency_quota: int = CONCURRENCY_QUOTA
    runbook_url: str | None = None

    def __post_init__(self) -> None:
        for recipe in (*self.severities, *self.thresholds, *self.disabled):
            if recipe not in ACCOUNT_RECIPES:
                raise _wrong(f'no recipe of an account is called "{recipe}"; there are {", ".join(ACCOUNT_RECIPES)}')
        for recipe, severity in self.severities.items():
            if severity not in SEVERITIES:
                raise _wrong(f'{recipe}: severity "{severity}" is none of {", ".join(SEVERITIES)}')
        for recipe, value in self.thresholds.items():
            check_number(recipe, value)
        if self.concurrency_quota < 1:
            raise _wrong(f"concurrency_quota: {self.concurrency_quota} runs at one time; give the quota of the account, 1 or more")

    def threshold(self, recipe: str) -> float:
        return self.thresholds.get(recipe, ACCOUNT_RECIPES[recipe].threshold or 0)


def account_alarms(options: AccountOptions | None = None) -> tuple[Alarm, ...]:
    """All of them, for the region in which they are deployed. Default options: AccountOptions()."""
    chosen = options or AccountOptions()
    return (*_capacity(chosen), *_user_errors(chosen), *_concurrency(chosen))


def _wrong(message: str) -> MonitoringError:
    return MonitoringError("invalid-option", message)


def _of_account(name: str, statistic: str = "Maximum") -> Metric:
    return Metric(DYNAMODB, name, {}, statistic, period_seconds=300)


def _anchored(metric: Metric) -> Expression:
    """With a quota that is sent every five minutes: without provisioned tables, and without errors, there are no points otherwise."""
    return filled_sum({"found": metric}, _of_account("AccountMaxReads"))


def _capacity(options: AccountOptions) -> Iterable[Alarm]:
    for access in ACCESSES:
        percent = options.threshold("account-capacity")
        words = Words(
            clause=f"provisioned {access.lower()}s are near the account's quota",
            what=f"All provisioned tables and indexes of the region together have more than {percent:g}% of the {access.lower()} units that the "
            "account may provision, for 10 minutes. At 100% no table of any stack can be given more.",
            next_step="ask for a higher quota in Service Quotas now, it takes hours; then move tables with little use to on demand. Autoscaling "
            "does not help, it asks for more.",
        )
        yield from _draft(options, "account-capacity", words, _anchored(_of_account(f"AccountProvisioned{access}CapacityUtilization")))
        percent = options.threshold("account-table-capacity")
        words = Words(
            clause=f"provisioned {access.lower()}s of one table are near the quota for a table",
            what=f"The largest provisioned table or index of the region has more than {percent:g}% of the {access.lower()} units that one table may "
            "have, for 10 minutes. At 100% it cannot be given more.",
            next_step="find it by its provisioned capacity (the metric does not name it), and ask for a higher quota for one table in Service "
            "Quotas now. The account's quota for all tables is another and does not help.",
        )
        source = _anchored(_of_account(f"MaxProvisionedTable{access}CapacityUtilization"))
        yield from _draft(options, "account-table-capacity", words, source)


def _user_errors(options: AccountOptions) -> Iterable[Alarm]:
    """By no dimension, so never of a stack or table. By a number and not by a share: nothing counts the requests of an account."""
    errors = options.threshold("account-user-errors")
    words = Words(
        clause="callers send requests that DynamoDB cannot take",
        what=f"More than {errors:,g} requests in each of two spans of 5 minutes were answered with HTTP 400 in this account and region: badly "
        "formed, for a table that is not there, or transactions in conflict. Throttles and false conditions are not counted here.",
        next_step="see which stack was deployed when it began and look for ValidationException and ResourceNotFoundException in its logs. The "
        "metric names no table. Retries and capacity do not help.",
    )
    yield from _draft(options, "account-user-errors", words, _anchored(_of_account("UserErrors", "Sum")))


def _concurrency(options: AccountOptions) -> Iterable[Alarm]:
    """By what is claimed and not by what runs: reserves are taken from the quota also while nothing runs in them."""
    percent = options.threshold("account-concurrency")
    words = Words(
        clause="functions have nearly used up the account's concurrency",
        what=f"Functions of this region claim more than {percent:g}% of the {options.concurrency_quota:,} runs that the account may have at one "
        "time, for 10 minutes. At 100% every function without a reserve is refused runs, whoever caused it.",
        next_step="find the function whose ConcurrentExecutions rose and give it a reserve as its ceiling; ask for a higher quota where the "
        "traffic is wanted. More memory and longer timeouts do not help.",
    )
    claimed = Metric(LAMBDA, "ClaimedAccountConcurrency", {}, "Maximum")
    yield from _draft(options, "account-concurrency", words, claimed, options.concurrency_quota * percent / 100)


def _draft(options: AccountOptions, recipe: str, words: Words, source: Source, threshold: float | None = None) -> Iterable[Alarm]:
    if recipe in options.disabled:
        return
    how = ACCOUNT_RECIPES[recipe]
    severity = options.severities.get(recipe, how.severity)
    yield Alarm(
        name=f"{LABEL} {severity}: {words.clause}",
        severity=severity,
        description=description(words, recipe, options.runbook_url),
        source=source,
        threshold=float(options.threshold(recipe) if threshold is None else threshold),
        evaluation_periods=how.periods,
        datapoints_to_alarm=how.datapoints,
        missing="notBreaching",
        recipe=recipe,
    )
