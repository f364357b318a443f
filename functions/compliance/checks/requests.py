"""Checks of requests of data subjects."""

from collections.abc import Callable, Sequence

from compliance.checks.rules import each
from compliance.facts import read
from compliance.model import Check, JsonObject, Outcome, Severity


def _in_time(kind: str) -> Callable[[Sequence[JsonObject]], Outcome]:
    """GDPR, Article 12(3): within one month. A longer time has to be told to the person, which is not seen here."""

    def rule(request: JsonObject) -> str | None:
        over = read(request, "days_over")
        if over <= 0:
            return None
        done = "was answered" if read(request, "is_answered") else "still waits for its answer,"
        return f"the request {done} {over:.1f} days after the month that there is for it"

    return lambda requests: each(requests, rule, where=lambda one: read(one, "kind") == kind)


CHECKS: tuple[Check, ...] = (
    Check(
        id="erasures-in-time",
        title="Requests for erasure are answered within a month",
        severity=Severity.HIGH,
        evidence_type="data_processing",
        needs=("subject_requests",),
        rationale="A person's right is worth as much as the time in which it is fulfilled.",
        remediation="Run the erasure that waits; where a longer time was told to the person, note that.",
        judge=_in_time("erasure"),
    ),
    Check(
        id="access-requests-in-time",
        title="Requests for access are answered within a month",
        severity=Severity.HIGH,
        evidence_type="data_processing",
        needs=("subject_requests",),
        rationale="A person's right is worth as much as the time in which it is fulfilled.",
        remediation="Run the request that waits; where a longer time was told to the person, note that.",
        judge=_in_time("access"),
    ),
)
