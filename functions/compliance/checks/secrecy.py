"""Keys and secrets: alive, renewed, in the right hands."""

from collections.abc import Callable, Sequence
from functools import partial

from compliance.checks import policies
from compliance.checks.rules import each, every
from compliance.facts import read
from compliance.model import Check, JsonObject, Outcome, Severity

SHORT_DAYS = 90
"""What AWS Security Hub's control SecretsManager.4 asks for by default."""
LONG_DAYS = 365
"""NIST SP 800-57 part 1 recommends one to two years for most keys."""
STRONG = ("SYMMETRIC_DEFAULT", "RSA_3072", "RSA_4096", "ECC_NIST_P256", "ECC_NIST_P384", "ECC_NIST_P521",
          "ECC_NIST_EDWARDS25519", "ECC_SECG_P256K1", "HMAC_256", "HMAC_384", "HMAC_512",
          "ML_DSA_44", "ML_DSA_65", "ML_DSA_87")  # fmt: skip
"""At least 128 bits of strength by NIST SP 800-57; the oldest RSA size of KMS has 112."""


def _rotate(keys: Sequence[JsonObject]) -> Outcome:
    return every(
        keys,
        lambda key: read(key, "rotation") is True,
        "its material is never replaced",
        where=lambda key: read(key, "can_rotate"),
    )


def _usable(keys: Sequence[JsonObject]) -> Outcome:
    def rule(key: JsonObject) -> str | None:
        state = read(key, "state")
        if state == "Enabled":
            return None
        gone = "what it encrypted or signed goes with it" if state == "PendingDeletion" else "it cannot be used"
        return f"it is {state}: {gone}"

    return each(keys, rule)


def _strong(keys: Sequence[JsonObject]) -> Outcome:
    return each(
        keys,
        lambda key: (
            None if read(key, "spec") in STRONG else f"{read(key, 'spec')} is not known to have 128 bits of strength"
        ),
    )


def _own(items: Sequence[JsonObject]) -> Outcome:
    """For whatever has a resource policy of its own."""

    def rule(item: JsonObject) -> list[str]:
        policy = read(item, "policy")
        public = [f"{policies.label(statement)} lets everybody in" for statement in policies.public(policy)]
        return public + [f"its policy lets in {name}" for name in policies.foreign(policy, read(item, "account"))]

    return each(items, rule)


def _renewed(days: int, secrets: Sequence[JsonObject]) -> Outcome:
    def rule(secret: JsonObject) -> str | None:
        age = read(secret, "changed_days_ago")
        return None if age <= days else f"it was last changed {age} days ago, more than {days}"

    return each(secrets, rule)


def _kept(secrets: Sequence[JsonObject]) -> Outcome:
    return every(secrets, lambda secret: read(secret, "deleted") is False, "it is about to be deleted")


def _renewal(days: int, severity: Severity) -> Check:
    judge: Callable[..., Outcome] = partial(_renewed, days)
    return Check(
        id=f"secrets-renewed-{days}-days",
        title=f"Secrets are renewed within {days} days",
        severity=severity,
        evidence_type="access_control",
        needs=("secrets",),
        rationale="A secret that leaked unnoticed is good for as long as it is not changed.",
        remediation="Put a new value: aws secretsmanager put-secret-value, after making new keys at the provider.",
        judge=judge,
    )


CHECKS = (
    Check(
        id="keys-rotate",
        title="Encryption keys rotate every year",
        severity=Severity.MEDIUM,
        evidence_type="data_processing",
        needs=("keys",),
        rationale="Less is lost with one piece of key material the less it has encrypted. Asymmetric keys cannot "
        "rotate in KMS and are not asked to.",
        remediation="Set EnableKeyRotation: true on the key.",
        judge=_rotate,
    ),
    Check(
        id="keys-usable",
        title="Keys are enabled, and none is about to be deleted",
        severity=Severity.CRITICAL,
        evidence_type="data_processing",
        needs=("keys",),
        rationale="A deleted key takes with it whatever only it could decrypt or verify.",
        remediation="aws kms cancel-key-deletion and aws kms enable-key, and find out who asked for it.",
        judge=_usable,
    ),
    Check(
        id="keys-strong",
        title="Keys are strong enough",
        severity=Severity.HIGH,
        evidence_type="data_processing",
        needs=("keys",),
        rationale="Proofs and ciphertext are to outlast their makers; 128 bits is what NIST asks for beyond 2030.",
        remediation="Make a key with KeySpec SYMMETRIC_DEFAULT, ECC_NIST_P256 or RSA_3072 and better, and move to it.",
        judge=_strong,
    ),
    Check(
        id="keys-in-own-hands",
        title="Keys are used by this account alone",
        severity=Severity.CRITICAL,
        evidence_type="access_control",
        needs=("keys",),
        rationale="A key's policy alone decides who uses it; whoever signs with the sealing key can prove anything.",
        remediation="Remove the statement, or name principals of this account in the key's policy.",
        judge=_own,
    ),
    Check(
        id="secrets-in-own-hands",
        title="Secrets are read by this account alone",
        severity=Severity.CRITICAL,
        evidence_type="access_control",
        needs=("secrets",),
        rationale="A secret's own policy lets others in without a word in any role.",
        remediation="aws secretsmanager delete-resource-policy, or name principals of this account in it.",
        judge=_own,
    ),
    Check(
        id="secrets-kept",
        title="No secret is about to be deleted",
        severity=Severity.HIGH,
        evidence_type="configuration",
        needs=("secrets",),
        rationale="Without the signing keys nobody can log in; without the providers' keys no model answers.",
        remediation="aws secretsmanager restore-secret.",
        judge=_kept,
    ),
    _renewal(SHORT_DAYS, Severity.MEDIUM),
    _renewal(LONG_DAYS, Severity.HIGH),
)
