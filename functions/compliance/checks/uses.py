"""Checks of whether those who may do something still do it."""

from collections.abc import Callable, Sequence

from compliance.checks.rules import each
from compliance.facts import read
from compliance.model import Check, JsonObject, Outcome, Severity
from pentarch.identity.roles import ADMIN

UNUSED_DAYS = 90
"""PCI DSS v4.0.1, 8.2.6."""


def _used(where: Callable[[JsonObject], bool]) -> Callable[[Sequence[JsonObject]], Outcome]:
    """Whoever is younger than the time has not had it yet."""

    def rule(one: JsonObject) -> str | None:
        window = read(one, "window_days")
        if read(one, "acts") or read(one, "age_days") < UNUSED_DAYS:
            return None
        return f"it has done nothing that is recorded for {window} days"

    return lambda uses: each(uses, rule, where=where)


def _is_admin(one: JsonObject) -> bool:
    return ADMIN in read(one, "roles")


CHECKS: tuple[Check, ...] = (
    Check(
        id="admins-in-use",
        title="Every administrator has been at work within 90 days",
        severity=Severity.HIGH,
        evidence_type="access_control",
        needs=("uses",),
        rationale=(
            "An administrator whom nobody misses is one whose misuse nobody notices. Acts that change something, model"
            " calls and logins count; looking at things leaves no event, so who only looks shows here as well."
        ),
        remediation="Revoke the credential or take the role away; it can be given again in a minute.",
        judge=_used(_is_admin),
    ),
    Check(
        id="credentials-in-use",
        title="Every other credential has been used within 90 days",
        severity=Severity.MEDIUM,
        evidence_type="access_control",
        needs=("uses",),
        rationale="What is not needed any more is a way in that nobody watches.",
        remediation="Revoke the credential; where a program only reads with it, give it an expiry instead.",
        judge=_used(lambda one: not _is_admin(one)),
    ),
)
