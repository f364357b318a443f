"""The buckets: closed, encrypted, versioned, and the sealed ones beyond change."""

from collections.abc import Mapping, Sequence
from typing import Any

from compliance.checks import policies
from compliance.checks.rules import each, every
from compliance.facts import read
from compliance.model import Check, JsonObject, Outcome, Severity

SEALS = "SealsBucket"
"""Where batches of sealed events are kept, by its name in the template."""
SEALED_DAYS = 365
"""PCI DSS 10.5.1: twelve months of audit trail; the longest that one of the frameworks names in days or months."""
BLOCKS = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
EVERYBODY = (
    "http://acs.amazonaws.com/groups/global/AllUsers",
    "http://acs.amazonaws.com/groups/global/AuthenticatedUsers",
)
MAX_UNFINISHED_DAYS = 7


def _encrypted(buckets: Sequence[JsonObject]) -> Outcome:
    def rule(bucket: JsonObject) -> str | None:
        rules = read(bucket, "encryption")
        algorithms = [read(entry, "ApplyServerSideEncryptionByDefault", "SSEAlgorithm") for entry in rules]
        known = [algorithm for algorithm in algorithms if algorithm in ("AES256", "aws:kms", "aws:kms:dsse")]
        return None if known else "it has no default encryption"

    return each(buckets, rule)


def _blocked(buckets: Sequence[JsonObject]) -> Outcome:
    def rule(bucket: JsonObject) -> str | None:
        block = read(bucket, "public_access_block")
        off = [name for name in BLOCKS if block.get(name) is not True]
        return f"public access is not blocked: {', '.join(off)} is off" if off else None

    return each(buckets, rule)


def _not_public(buckets: Sequence[JsonObject]) -> Outcome:
    def rule(bucket: JsonObject) -> list[str]:
        wrong = [
            f"its policy lets everybody in ({policies.label(statement)}: {', '.join(policies.actions(statement))})"
            for statement in policies.public(read(bucket, "policy"))
        ]
        if read(bucket, "ownership") != ["BucketOwnerEnforced"]:
            granted = [read(grant, "right") for grant in read(bucket, "grants") if read(grant, "to") in EVERYBODY]
            wrong += [f"its access control list gives everybody {right}" for right in granted]
        return wrong

    return each(buckets, rule)


def _tls_only(buckets: Sequence[JsonObject]) -> Outcome:
    def rule(bucket: JsonObject) -> str | None:
        name = read(bucket, "name")
        denied = [s for s in policies.statements(read(bucket, "policy")) if _denies_plain_text(s, name)]
        return None if denied else "its policy does not refuse requests without TLS"

    return each(buckets, rule)


def _denies_plain_text(statement: Mapping[str, Any], bucket: str) -> bool:
    condition = {
        (operator.lower(), key.lower(), str(values[0] if isinstance(values, list) else values).lower())
        for operator, tests in (statement.get("Condition") or {}).items()
        for key, values in tests.items()
    }
    arns = [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]
    named = [
        "arn:aws:" + name.split(":", 2)[2] if name.startswith("arn:") else name
        for name in statement_resources(statement)
    ]
    return (
        statement.get("Effect") == "Deny"
        and ("AWS", "*") in policies.principals(statement)
        and "NotPrincipal" not in statement
        and any(action in ("*", "s3:*") for action in policies.actions(statement))
        and "NotAction" not in statement
        and (set(arns) <= set(named) or "*" in named)
        and condition == {("bool", "aws:securetransport", "false")}
    )


def statement_resources(statement: Mapping[str, Any]) -> list[str]:
    return [] if "NotResource" in statement else policies.resources(statement)


def _versioned(buckets: Sequence[JsonObject]) -> Outcome:
    return every(
        buckets,
        lambda bucket: read(bucket, "versioning") == "Enabled",
        "versioning is off: what is overwritten or deleted is gone",
    )


def _owner_enforced(buckets: Sequence[JsonObject]) -> Outcome:
    return every(
        buckets,
        lambda bucket: read(bucket, "ownership") == ["BucketOwnerEnforced"],
        "access control lists are in force beside its policy",
    )


def _access_logged(buckets: Sequence[JsonObject]) -> Outcome:
    """The bucket that takes the logs is not asked for logs of its own: each line would make another."""
    takers = {read(bucket, "logs_to") for bucket in buckets}
    return every(
        buckets,
        lambda bucket: read(bucket, "logs_to"),
        "requests to it are not logged",
        where=lambda bucket: read(bucket, "name") not in takers,
    )


def _uploads_end(buckets: Sequence[JsonObject]) -> Outcome:
    def rule(bucket: JsonObject) -> str | None:
        for entry in read(bucket, "lifecycle"):
            days = read(entry, "aborts_uploads_after_days")
            if (
                read(entry, "enabled")
                and read(entry, "whole_bucket")
                and days is not None
                and days <= MAX_UNFINISHED_DAYS
            ):
                return None
        return f"uploads that were never finished stay longer than {MAX_UNFINISHED_DAYS} days"

    return each(buckets, rule)


def _is_sealed(bucket: JsonObject) -> bool:
    return bool(read(bucket, "logical_id") == SEALS)


def _locked(buckets: Sequence[JsonObject]) -> Outcome:
    def rule(bucket: JsonObject) -> str | None:
        lock = read(bucket, "object_lock")
        retention = _retention(lock)
        if lock is None or lock.get("ObjectLockEnabled") != "Enabled" or not retention:
            return "Object Lock holds nothing by default: sealed batches can be overwritten or removed"
        return None

    return each(buckets, rule, where=_is_sealed)


def _locked_for_all(buckets: Sequence[JsonObject]) -> Outcome:
    return every(
        buckets,
        lambda bucket: _retention(read(bucket, "object_lock")).get("Mode") == "COMPLIANCE",
        "its lock is not in COMPLIANCE mode: whoever may bypass governance can remove sealed batches",
        where=_is_sealed,
    )


def _locked_long_enough(buckets: Sequence[JsonObject]) -> Outcome:
    def rule(bucket: JsonObject) -> str | None:
        retention = _retention(read(bucket, "object_lock"))
        days = int(retention.get("Days") or 0) + 365 * int(retention.get("Years") or 0)
        return None if days >= SEALED_DAYS else f"sealed batches are locked for {days} days, less than {SEALED_DAYS}"

    return each(buckets, rule, where=_is_sealed)


def _retention(lock: Mapping[str, Any] | None) -> Mapping[str, Any]:
    retention: Mapping[str, Any] = ((lock or {}).get("Rule") or {}).get("DefaultRetention") or {}
    return retention


CHECKS = (
    Check(
        id="buckets-encrypted",
        title="Buckets encrypt what they store",
        severity=Severity.HIGH,
        evidence_type="data_processing",
        needs=("buckets",),
        rationale="Files, exports and sealed batches hold what callers sent; at rest they must be unreadable.",
        remediation="Set BucketEncryption with SSEAlgorithm AES256 or aws:kms on the bucket.",
        judge=_encrypted,
    ),
    Check(
        id="buckets-block-public-access",
        title="Buckets block public access whatever a policy says",
        severity=Severity.CRITICAL,
        evidence_type="access_control",
        needs=("buckets",),
        rationale="The block is the net under every policy and list: with it, a wrong one opens nothing.",
        remediation="Set all four of PublicAccessBlockConfiguration to true on the bucket.",
        judge=_blocked,
    ),
    Check(
        id="buckets-not-public",
        title="No bucket lets everybody in",
        severity=Severity.CRITICAL,
        evidence_type="access_control",
        needs=("buckets",),
        rationale="A bucket that is open to everybody has lost its data already, whether or not anybody was seen.",
        remediation="Remove the statement from the bucket's policy, or name its principals; set ObjectOwnership to "
        "BucketOwnerEnforced.",
        judge=_not_public,
    ),
    Check(
        id="buckets-tls-only",
        title="Buckets refuse requests without TLS",
        severity=Severity.HIGH,
        evidence_type="data_processing",
        needs=("buckets",),
        rationale="S3 answers plain HTTP too unless a policy forbids it, and a presigned address is readable there.",
        remediation="Add a statement that denies s3:* to everybody on the bucket and its objects when "
        "aws:SecureTransport is false.",
        judge=_tls_only,
    ),
    Check(
        id="buckets-versioned",
        title="Buckets keep what is overwritten",
        severity=Severity.MEDIUM,
        evidence_type="data_processing",
        needs=("buckets",),
        rationale="With versions, a file that a fault or an intruder overwrote or deleted can be brought back.",
        remediation="Set VersioningConfiguration: {Status: Enabled}, with a lifecycle rule for old versions.",
        judge=_versioned,
    ),
    Check(
        id="buckets-owner-enforced",
        title="Access to buckets is decided by policies alone",
        severity=Severity.MEDIUM,
        evidence_type="access_control",
        needs=("buckets",),
        rationale="An access control list is a second way in that nobody reviews.",
        remediation="Set OwnershipControls to ObjectOwnership: BucketOwnerEnforced on the bucket.",
        judge=_owner_enforced,
    ),
    Check(
        id="buckets-access-logged",
        title="Requests to buckets are logged",
        severity=Severity.MEDIUM,
        evidence_type="audit_logs",
        needs=("buckets",),
        rationale="Who read which file directly, beside the API, is told by nothing else.",
        remediation="Set LoggingConfiguration on the bucket, to a bucket that only S3's log service may write.",
        judge=_access_logged,
    ),
    Check(
        id="buckets-unfinished-uploads-end",
        title="Uploads that were never finished are removed",
        severity=Severity.LOW,
        evidence_type="data_processing",
        needs=("buckets",),
        rationale="Parts of an unfinished upload are data that no listing shows and no erasure finds.",
        remediation=f"Add a lifecycle rule for the whole bucket that aborts uploads within {MAX_UNFINISHED_DAYS} days.",
        judge=_uploads_end,
    ),
    Check(
        id="seals-object-locked",
        title="Sealed batches cannot be overwritten or removed",
        severity=Severity.CRITICAL,
        evidence_type="audit_logs",
        needs=("buckets",),
        rationale="The sealed copy is the proof against the operator too; without a lock an operator can rewrite it.",
        remediation="Set ObjectLockConfiguration with a DefaultRetention on SealsBucket.",
        judge=_locked,
    ),
    Check(
        id="seals-locked-for-everybody",
        title="Nobody may bypass the lock of sealed batches",
        severity=Severity.MEDIUM,
        evidence_type="audit_logs",
        needs=("buckets",),
        rationale="In GOVERNANCE mode a right of IAM removes what is locked; in COMPLIANCE mode nothing does.",
        remediation="Deploy with the parameter DataProtection=on, which locks in COMPLIANCE mode.",
        judge=_locked_for_all,
    ),
    Check(
        id="seals-locked-365-days",
        title="Sealed batches are locked for a year",
        severity=Severity.HIGH,
        evidence_type="audit_logs",
        needs=("buckets",),
        rationale="PCI DSS 10.5.1 wants twelve months of audit trail; a shorter lock lets the proof end before it.",
        remediation=f"Deploy with the parameter SealRetentionDays of at least {SEALED_DAYS}.",
        judge=_locked_long_enough,
    ),
)
