"""Checks of keys, clients and users: how old, how powerful, how used, how kept."""

from collections.abc import Iterator, Sequence
from typing import Any

from compliance.checks.rules import each
from compliance.facts import read
from compliance.model import Check, JsonObject, Outcome, Severity
from pentarch.identity.roles import ADMIN, ROLES, covers

SECRET_AGE_DAYS = 90
"""CIS AWS Foundations Benchmark, on access keys; the same as PCI DSS v4.0.1, 8.3.9, for passwords alone."""
LIFETIME_DAYS = 366
"""A key that is made for longer than a year outlives every review of who needs it."""
_EVERYTHING = "*:*"
_PROGRAMS = frozenset({"key", "client"})
_AUDITOR = "auditor"
_DOES_THE_WORK = frozenset({ADMIN, "operator", "developer"})
_LEAST_PASSES_BY_MEMORY_KIB = ((47_104, 1), (19_456, 2), (12_288, 3), (9_216, 4), (7_168, 5))
"""OWASP Password Storage Cheat Sheet: settings of argon2id that it calls equally strong, with one lane."""


def _is_usable(one: JsonObject) -> bool:
    return bool(read(one, "is_usable"))


def _is_program(one: JsonObject) -> bool:
    return _is_usable(one) and read(one, "kind") in _PROGRAMS


def _is_user(one: JsonObject) -> bool:
    return _is_usable(one) and read(one, "kind") == "user"


def _of_kind(kind: str) -> Any:  # noqa: ANN401 (a predicate)
    return lambda one: _is_usable(one) and read(one, "kind") == kind


def _rotated(kind: str) -> Any:  # noqa: ANN401 (a judge)
    def judge(principals: Sequence[JsonObject]) -> Outcome:
        def rule(one: JsonObject) -> str | None:
            age = read(one, "secret_age_days")
            return f"its secret is {age:.0f} days old" if age > SECRET_AGE_DAYS else None

        return each(principals, rule, where=_of_kind(kind))

    return judge


def _expiring(principals: Sequence[JsonObject]) -> Outcome:
    def rule(one: JsonObject) -> str | None:
        lifetime = read(one, "lifetime_days")
        if lifetime is None:
            return "it never expires"
        return f"it is good for {lifetime:.0f} days" if lifetime > LIFETIME_DAYS else None

    return each(principals, rule, where=_is_program)


def _scoped(principals: Sequence[JsonObject]) -> Outcome:
    """By what its roles and scopes come to, as the gate computes it."""

    def rule(one: JsonObject) -> str | None:
        granted = {right for role in read(one, "roles") for right in ROLES.get(role, ())}
        narrowed = read(one, "scopes")
        return "it may do everything" if _EVERYTHING in granted and _is_not_narrowed(narrowed) else None

    return each(principals, rule, where=_is_program)


def _is_not_narrowed(scopes: Sequence[str]) -> bool:
    return not scopes or any(covers(scope, _EVERYTHING) for scope in scopes)


def _duties_separated(principals: Sequence[JsonObject]) -> Outcome:
    def rule(one: JsonObject) -> str | None:
        others = sorted(set(read(one, "roles")) & _DOES_THE_WORK)
        return f"it audits, and is also {', '.join(others)}" if others else None

    return each(principals, rule, where=lambda one: _is_usable(one) and _AUDITOR in read(one, "roles"))


def _roles_known(principals: Sequence[JsonObject]) -> Outcome:
    def rule(one: JsonObject) -> Iterator[str]:
        roles = read(one, "roles")
        if not roles:
            yield "it has no role"
        for role in roles:
            if role not in ROLES:
                yield f"its role {role} is none that is defined"

    return each(principals, rule, where=_is_usable)


def _not_generic(principals: Sequence[JsonObject]) -> Outcome:
    def rule(one: JsonObject) -> str | None:
        return (
            "its name is nobody's in particular, so more than one person may use it"
            if read(one, "has_generic_name")
            else None
        )

    return each(principals, rule, where=_is_user)


def _passwords_hashed(principals: Sequence[JsonObject]) -> Outcome:
    def rule(one: JsonObject) -> str | None:
        kept = read(one, "secret")
        if kept["algorithm"] != "argon2id":
            return f"its password is kept by {kept['algorithm']}, not by argon2id"
        memory, passes = kept["memory_kib"], kept["passes"]
        strong = any(memory >= least and passes >= often for least, often in _LEAST_PASSES_BY_MEMORY_KIB)
        return None if strong else f"argon2id with {memory} KiB and {passes} passes is weaker than OWASP's settings"

    return each(principals, rule, where=_is_user)


def _secrets_hashed(principals: Sequence[JsonObject]) -> Outcome:
    def rule(one: JsonObject) -> str | None:
        algorithm = read(one, "secret", "algorithm")
        return None if algorithm == "sha256" else f"its secret is kept by {algorithm}, not as a SHA-256 digest"

    return each(principals, rule, where=_is_program)


CHECKS: tuple[Check, ...] = (
    Check(
        id="api-keys-rotated",
        title="API keys get a new secret every 90 days",
        severity=Severity.HIGH,
        evidence_type="access_control",
        needs=("principals",),
        rationale="The older a secret, the more places it has been copied to, and the fewer people who know where.",
        remediation="Rotate the key (POST .../{id}/rotate): it keeps its id, roles and expiry.",
        judge=_rotated("key"),
    ),
    Check(
        id="oauth-clients-rotated",
        title="OAuth clients are replaced every 90 days",
        severity=Severity.HIGH,
        evidence_type="access_control",
        needs=("principals",),
        rationale="A client's secret is as old as the client; who has seen it in that time can still use it.",
        remediation="Create a new client, move its users over, and revoke the old one.",
        judge=_rotated("client"),
    ),
    Check(
        id="credentials-expire",
        title="Keys and clients expire, within a year",
        severity=Severity.MEDIUM,
        evidence_type="access_control",
        needs=("principals",),
        rationale="What expires is looked at again; what does not is forgotten, and stays good.",
        remediation="Make the credential anew with expires_in_days, and revoke the old one.",
        judge=_expiring,
    ),
    Check(
        id="credentials-scoped",
        title="No key or client may do everything",
        severity=Severity.HIGH,
        evidence_type="access_control",
        needs=("principals",),
        rationale="A program needs a few rights; with all of them its secret is worth as much as an administrator's.",
        remediation="Give the program a credential with the role and scopes that it needs, and revoke this one.",
        judge=_scoped,
    ),
    Check(
        id="duties-separated",
        title="Who audits does not run the system",
        severity=Severity.MEDIUM,
        evidence_type="access_control",
        needs=("principals",),
        rationale="Nobody judges their own work well, and an auditor who can change things can hide having done so.",
        remediation="Take one of the roles away, or give the audit to another principal.",
        judge=_duties_separated,
    ),
    Check(
        id="roles-known",
        title="Every credential has roles, and all of them are defined",
        severity=Severity.LOW,
        evidence_type="access_control",
        needs=("principals",),
        rationale="An undefined role grants nothing today, and may grant something the day that it is defined.",
        remediation="Set the principal's roles to defined ones, or revoke it.",
        judge=_roles_known,
    ),
    Check(
        id="users-not-generic",
        title="Users are persons, not shared accounts",
        severity=Severity.MEDIUM,
        evidence_type="access_control",
        needs=("principals",),
        rationale="What an account like admin or support does cannot be told to be anybody's act.",
        remediation="Give each person a user of their own, and deactivate the shared one.",
        judge=_not_generic,
    ),
    Check(
        id="passwords-hashed-strongly",
        title="Passwords are kept by argon2id, at OWASP's settings or stronger",
        severity=Severity.CRITICAL,
        evidence_type="access_control",
        needs=("principals",),
        rationale="A copied table of weak hashes is a table of passwords; argon2id makes each guess dear.",
        remediation="Set a new password for the user: it is kept by the present settings, as at each next login.",
        judge=_passwords_hashed,
    ),
    Check(
        id="secrets-kept-as-digests",
        title="Secrets of keys and clients are kept as SHA-256 digests",
        severity=Severity.CRITICAL,
        evidence_type="access_control",
        needs=("principals",),
        rationale="They are random and long, so a plain digest is enough: who reads the table can use none of them.",
        remediation="Revoke the credential at once, and look for who wrote it into the table.",
        judge=_secrets_hashed,
    ),
)
