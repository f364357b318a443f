"""Checks of sessions, of the keys that sign tokens, and of issuers that are trusted."""

from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from compliance.checks.rules import each
from compliance.facts import read
from compliance.model import Check, JsonObject, Outcome, Severity
from pentarch.identity.roles import ADMIN

SESSION_DAYS = 30
"""NIST SP 800-63B: who was logged in for thirty days logs in again."""
SIGNING_KEY_DAYS = 31
"""The rotation's schedule is every thirty days; one more for its hour."""
_OPERATING = frozenset({ADMIN, "operator"})


def _is_open(session: JsonObject) -> bool:
    return bool(read(session, "is_open"))


def _bounded(sessions: Sequence[JsonObject]) -> Outcome:
    def rule(session: JsonObject) -> str | None:
        left = read(session, "days_left")
        return f"it goes on for {left:.0f} days without another login" if left > SESSION_DAYS else None

    return each(sessions, rule, where=_is_open)


def _of_present_users(sessions: Sequence[JsonObject]) -> Outcome:
    def rule(session: JsonObject) -> str | None:
        if read(session, "user_is_usable"):
            return None
        return f"it is open, and {read(session, 'user')} is deactivated or gone"

    return each(sessions, rule, where=_is_open)


def _tokens_hashed(sessions: Sequence[JsonObject]) -> Outcome:
    def rule(session: JsonObject) -> str | None:
        algorithm = read(session, "secret", "algorithm")
        return None if algorithm == "sha256" else "its refresh token is not kept as a SHA-256 digest"

    return each(sessions, rule, where=_is_open)


def _keys_rotated(keys: Sequence[JsonObject]) -> Outcome:
    def rule(key: JsonObject) -> str | None:
        age = read(key, "age_days")
        return f"it signs tokens since {age:.0f} days" if age > SIGNING_KEY_DAYS else None

    return each(keys, rule, where=lambda key: bool(read(key, "signs")))


def _keys_dropped(keys: Sequence[JsonObject]) -> Outcome:
    """The rotation drops a former key at its next run, so a month late is the latest that one may still be there."""

    def rule(key: JsonObject) -> str | None:
        overdue = read(key, "days_overdue")
        late = overdue is not None and overdue > SIGNING_KEY_DAYS
        return f"it should have been dropped {overdue:.0f} days ago, and still verifies tokens" if late else None

    return each(keys, rule, where=lambda key: not read(key, "signs"))


def _issuers_sound(issuers: Sequence[JsonObject]) -> Outcome:
    def rule(issuer: JsonObject) -> Iterator[str]:
        if any(urlsplit(read(issuer, field)).scheme != "https" for field in ("name", "jwks_uri")):
            yield "its address or that of its keys is not https: its keys can be exchanged on the way"
        if not read(issuer, "has_audience"):
            yield "it asks for no audience: tokens that it gave to others are accepted"
        if read(issuer, "default_role") in _OPERATING:
            yield f"everybody whom it knows becomes {issuer['default_role']}"

    return each(issuers, rule)


CHECKS: tuple[Check, ...] = (
    Check(
        id="sessions-bounded",
        title="A login lasts thirty days at most",
        severity=Severity.MEDIUM,
        evidence_type="access_control",
        needs=("sessions",),
        rationale="A session on a lost machine ends by itself, or it does not end.",
        remediation="Set the user a new password, which ends all sessions; find out what made a longer one.",
        judge=_bounded,
    ),
    Check(
        id="sessions-of-present-users",
        title="No session is open of a user who is gone",
        severity=Severity.CRITICAL,
        evidence_type="access_control",
        needs=("sessions",),
        rationale="Taking a person's access away is done when their sessions are over, and not before.",
        remediation="Deactivate the user again, or revoke the session: both end it within a minute.",
        judge=_of_present_users,
    ),
    Check(
        id="refresh-tokens-kept-as-digests",
        title="Refresh tokens are kept as SHA-256 digests",
        severity=Severity.HIGH,
        evidence_type="access_control",
        needs=("sessions",),
        rationale="Who reads the table shall not be able to go on with anybody's session.",
        remediation="Revoke the session, and look for who wrote it into the table.",
        judge=_tokens_hashed,
    ),
    Check(
        id="signing-keys-rotated",
        title="The key that signs tokens is replaced every thirty days",
        severity=Severity.HIGH,
        evidence_type="access_control",
        needs=("signing_keys",),
        rationale="With the signing key anybody can make tokens for anybody; a short life bounds what a copy is worth.",
        remediation='See why the rotation\'s schedule does not run, and invoke it with {"force": true}.',
        judge=_keys_rotated,
    ),
    Check(
        id="former-signing-keys-dropped",
        title="Former signing keys verify nothing any more once their time is over",
        severity=Severity.MEDIUM,
        evidence_type="access_control",
        needs=("signing_keys",),
        rationale="A key that was replaced because it leaked does harm for as long as it is still accepted.",
        remediation='Invoke the rotation; with {"compromised": true} it drops former keys at once.',
        judge=_keys_dropped,
    ),
    Check(
        id="token-issuers-sound",
        title="Trusted issuers are reached over TLS, name an audience and make nobody an administrator by default",
        severity=Severity.HIGH,
        evidence_type="access_control",
        needs=("token_issuers",),
        rationale="An external issuer decides who may call; what it says has to be authentic, and meant for here.",
        remediation="Correct the stack's parameter OidcIssuers, and deploy.",
        judge=_issuers_sound,
    ),
)
