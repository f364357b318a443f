"""The account around the stack: what it lacks, no setting of the stack makes up for."""

from collections.abc import Sequence

from compliance.checks.buckets import BLOCKS
from compliance.checks.rules import each, every
from compliance.facts import read
from compliance.model import Check, JsonObject, Outcome, Severity

MIN_PASSWORD = 12
"""PCI DSS 8.3.6."""


def _root_mfa(root: Sequence[JsonObject]) -> Outcome:
    return every(root, lambda user: read(user, "mfa") is True, "a password alone lets in")


def _root_keys(root: Sequence[JsonObject]) -> Outcome:
    return every(root, lambda user: read(user, "access_keys") == 0, "it has access keys, which nothing narrows")


def _passwords(items: Sequence[JsonObject]) -> Outcome:
    def rule(item: JsonObject) -> str | None:
        policy = read(item, "policy")
        if policy is None:
            return f"there is none, so passwords of 8 characters will do; at least {MIN_PASSWORD} are asked for"
        length = policy.get("MinimumPasswordLength", 0)
        return (
            None if length >= MIN_PASSWORD else f"passwords of {length} characters will do, fewer than {MIN_PASSWORD}"
        )

    return each(items, rule)


def _public_access(items: Sequence[JsonObject]) -> Outcome:
    def rule(item: JsonObject) -> str | None:
        block = read(item, "public_access_block")
        off = [name for name in BLOCKS if block.get(name) is not True]
        return f"public access is not blocked for the account: {', '.join(off)} is off" if off else None

    return each(items, rule)


def _trail(items: Sequence[JsonObject]) -> Outcome:
    return every(
        items,
        lambda item: [t for t in read(item, "trails") if read(t, "all_regions") and read(t, "logging")],
        "no trail records what is done in all regions",
    )


def _trail_validated(items: Sequence[JsonObject]) -> Outcome:
    return each(
        items,
        lambda item: [
            f"{read(trail, 'name')} is not validated: its files can be changed unseen"
            for trail in read(item, "trails")
            if read(trail, "validated") is not True
        ],
        where=lambda item: read(item, "trails"),
    )


def _threats(items: Sequence[JsonObject]) -> Outcome:
    return every(
        items,
        lambda item: [one for one in read(item, "detectors") if read(one, "status") == "ENABLED"],
        "nothing looks for threats in this region",
    )


def _changes(items: Sequence[JsonObject]) -> Outcome:
    return every(
        items, lambda item: any(read(item, "recording")), "how resources were set up in the past is not recorded"
    )


def _analysed(items: Sequence[JsonObject]) -> Outcome:
    return every(
        items,
        lambda item: [one for one in read(item, "analyzers") if read(one, "status") == "ACTIVE"],
        "nothing looks for resources that are open to others",
    )


CHECKS = (
    Check(
        id="account-root-has-mfa",
        title="The root user signs in with a second factor",
        severity=Severity.CRITICAL,
        evidence_type="access_control",
        needs=("root_user",),
        rationale="The root user may do everything, and no policy holds it.",
        remediation="Sign in as root and register a hardware key or passkey.",
        judge=_root_mfa,
    ),
    Check(
        id="account-root-has-no-keys",
        title="The root user has no access keys",
        severity=Severity.CRITICAL,
        evidence_type="access_control",
        needs=("root_user",),
        rationale="A root key that leaks is the account.",
        remediation="Sign in as root and delete the access keys.",
        judge=_root_keys,
    ),
    Check(
        id="account-passwords-long",
        title="Passwords of the account are long enough",
        severity=Severity.MEDIUM,
        evidence_type="access_control",
        needs=("password_policy",),
        rationale="PCI DSS 8.3.6: at least twelve characters.",
        remediation="aws iam update-account-password-policy --minimum-password-length 14",
        judge=_passwords,
    ),
    Check(
        id="account-blocks-public-buckets",
        title="The account blocks public access to all buckets",
        severity=Severity.HIGH,
        evidence_type="access_control",
        needs=("public_access",),
        rationale="The net under the net: it holds buckets that were made yesterday by hand, too.",
        remediation="aws s3control put-public-access-block with all four settings true.",
        judge=_public_access,
    ),
    Check(
        id="account-calls-recorded",
        title="CloudTrail records calls in all regions",
        severity=Severity.HIGH,
        evidence_type="audit_logs",
        needs=("trails",),
        rationale="Who changed what beside the API of this stack is told by CloudTrail alone.",
        remediation="aws cloudtrail create-trail --is-multi-region-trail, and start-logging.",
        judge=_trail,
    ),
    Check(
        id="account-records-validated",
        title="CloudTrail's files prove that they were not changed",
        severity=Severity.MEDIUM,
        evidence_type="audit_logs",
        needs=("trails",),
        rationale="PCI DSS 10.3.4: changes of audit files are detected.",
        remediation="aws cloudtrail update-trail --enable-log-file-validation",
        judge=_trail_validated,
    ),
    Check(
        id="account-threats-detected",
        title="GuardDuty looks for threats",
        severity=Severity.MEDIUM,
        evidence_type="monitoring",
        needs=("threat_detection",),
        rationale="Stolen credentials look like everybody else's, except to something that knows the habit.",
        remediation="aws guardduty create-detector --enable",
        judge=_threats,
    ),
    Check(
        id="account-changes-recorded",
        title="AWS Config records how resources are set up",
        severity=Severity.LOW,
        evidence_type="monitoring",
        needs=("change_recording",),
        rationale="An auditor asks about last March; only a record of the past answers.",
        remediation="Set up AWS Config with a recorder for the resource types of the stack.",
        judge=_changes,
    ),
    Check(
        id="account-access-analysed",
        title="Access Analyzer looks for what is open to others",
        severity=Severity.LOW,
        evidence_type="monitoring",
        needs=("access_analysis",),
        rationale="It reasons over every policy of the account, those outside of this stack included.",
        remediation="aws accessanalyzer create-analyzer --type ACCOUNT",
        judge=_analysed,
    ),
)
