"""Checks of the audit trail itself: whether events are sealed, and whether they are still what was sealed."""

from collections.abc import Sequence

from compliance.checks.rules import each
from compliance.facts import read
from compliance.model import Check, JsonObject, Outcome, Severity

SEALED_WITHIN_S = 60
"""What Pentarch promises; no framework is as strict."""


def _sealed(seals: Sequence[JsonObject]) -> Outcome:
    def rule(event: JsonObject) -> str | None:
        if read(event, "is_sealed"):
            return None
        return f"it is not sealed {read(event, 'age_s'):.0f} seconds after it happened"

    return _said(seals, each(seals, rule, where=lambda event: read(event, "age_s") >= SEALED_WITHIN_S))


def _verifies(seals: Sequence[JsonObject]) -> Outcome:
    outcome = each(seals, lambda event: list(read(event, "faults")), where=lambda event: bool(read(event, "is_sealed")))
    return _said(seals, outcome)


def _said(seals: Sequence[JsonObject], outcome: Outcome) -> Outcome:
    """What was examined ends with how much of the log the sample stands for."""
    total = max((int(read(event, "of")) for event in seals), default=0)
    if total <= len(seals) or not outcome.examined:
        return outcome
    return Outcome((*outcome.examined, f"a sample of {len(seals)} of {total} events"), outcome.faults)


CHECKS: tuple[Check, ...] = (
    Check(
        id="audit-trail-sealed",
        title="Events are sealed within a minute",
        severity=Severity.HIGH,
        evidence_type="audit_logs",
        needs=("seals",),
        rationale="Until it is sealed, an event can be changed unseen. The newest are asked, and some that are older.",
        remediation="Look at the sealer's dead-letter queue and errors; its sweep seals what was left out.",
        judge=_sealed,
    ),
    Check(
        id="audit-trail-verifies",
        title="Events are what was sealed, by proofs and signatures that hold",
        severity=Severity.CRITICAL,
        evidence_type="audit_logs",
        needs=("seals",),
        rationale=(
            "Each event asked is hashed as it lies in the log now, and its proof is followed up to a head whose"
            " signature is verified with the public key: an event that was changed since does not come out right."
        ),
        remediation="Treat it as an incident: export the trail, and let verify-audit name what was changed.",
        judge=_verifies,
    ),
)
