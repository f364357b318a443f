"""Roles allow what is needed and no more. Policies that AWS keeps are judged by name, all others by statement."""

from collections.abc import Iterator, Sequence

from compliance.checks import policies
from compliance.checks.rules import each
from compliance.checks.tables import EVENT_LOG
from compliance.facts import read
from compliance.model import Check, JsonObject, Outcome, Severity

SEALS_BUCKET = "SealsBucket"
SEALS_KEY = "SealsKey"
SEALING_ROLES = ("ComplianceSealerFunctionRole", "ComplianceSweepFunctionRole")
"""The sealer, and the sweep that seals what it missed; no caller reaches either."""
RETENTION_ROLE = "ComplianceSweepFunctionRole"
"""It prunes events whose retention is over, and anchors the trail anew: the one reason for which an event may go."""
PRUNING = "dynamodb:DeleteItem"

RESOURCELESS = {
    "access-analyzer:listanalyzers", "cloudtrail:describetrails", "cloudwatch:getmetricstatistics",
    "comprehend:detectdominantlanguage",
    "comprehend:detectkeyphrases", "comprehend:detectpiientities",
    "comprehend:detectsentiment", "guardduty:listdetectors", "iam:getaccountpasswordpolicy",
    "iam:getaccountsummary", "logs:describeloggroups", "rekognition:detectfaces", "rekognition:detectlabels",
    "rekognition:detecttext", "s3:getaccountpublicaccessblock", "sts:getcalleridentity",
    "textract:analyzedocument", "textract:detectdocumenttext", "xray:getsamplingrules",
    "xray:getsamplingstatisticsummaries", "xray:getsamplingtargets", "xray:puttelemetryrecords",
    "xray:puttracesegments",
}  # fmt: skip
"""Actions for which AWS's service authorization reference names no resource, so that `*` is all that IAM takes; of
those that a stack like this uses, and none that changes a setting."""

BROAD = ("AdministratorAccess", "PowerUserAccess", "IAMFullAccess", "SystemAdministrator", "DatabaseAdministrator")
"""AWS's policies by name; besides them every one that ends in FullAccess."""

ERASING = ("dynamodb:DeleteItem", "dynamodb:UpdateItem", "dynamodb:BatchWriteItem", "dynamodb:PartiQLDelete",
           "dynamodb:PartiQLUpdate", "dynamodb:DeleteTable", "dynamodb:UpdateTimeToLive")  # fmt: skip
UNSEALING = ("s3:DeleteObject", "s3:DeleteObjectVersion", "s3:BypassGovernanceRetention", "s3:PutObjectRetention",
             "s3:PutBucketObjectLockConfiguration", "s3:PutLifecycleConfiguration", "s3:PutBucketPolicy",
             "s3:PutBucketVersioning", "s3:DeleteBucket")  # fmt: skip
STORES = {"dynamodb": "tables", "s3": "buckets", "sqs": "queues", "secretsmanager": "secrets", "kms": "keys"}
"""Services that hold data, with their sections: a role reaches those of its own stack and no others."""
NAMED_BY_ARN = ("secretsmanager", "kms")
"""A secret's ARN has six characters of AWS's own behind its name; both are good."""

Statement = policies.Statement


def _allowing(role: JsonObject) -> Iterator[tuple[str, Statement]]:
    """The role's statements that allow something, each beside its policy's name."""
    for policy in read(role, "policies"):
        for statement in policies.allowing(read(policy, "document")):
            yield str(read(policy, "name")).rpartition("/")[2], statement


def _no_wildcard_actions(roles: Sequence[JsonObject]) -> Outcome:
    def rule(role: JsonObject) -> Iterator[str]:
        for name, statement in _allowing(role):
            if "NotAction" in statement:
                continue  # said by a check of its own
            wide = [action for action in policies.actions(statement) if "*" in action or "?" in action]
            if wide:
                yield f"{name} allows {', '.join(wide)}"

    return each(roles, rule)


def _no_wildcard_resources(roles: Sequence[JsonObject]) -> Outcome:
    def rule(role: JsonObject) -> Iterator[str]:
        for name, statement in _allowing(role):
            narrow = [action for action in policies.actions(statement) if action.lower() not in RESOURCELESS]
            wide = [] if "NotResource" in statement else [r for r in policies.resources(statement) if _everything(r)]
            if narrow and wide:
                yield f"{name} allows {', '.join(narrow)} on {', '.join(wide)}"

    return each(roles, rule)


def _everything(resource: str) -> bool:
    """All there is of a service, whatever its kind: `*`, `arn:aws:s3:::*`, `arn:aws:sqs:us-east-1:123456789012:*`."""
    return resource.strip("*") == "" or (resource.startswith("arn:") and resource.split(":", 5)[-1].strip("*/") == "")


def _no_exceptions(roles: Sequence[JsonObject]) -> Outcome:
    def rule(role: JsonObject) -> Iterator[str]:
        for name, statement in _allowing(role):
            yield from (f"{name} allows by {part}" for part in ("NotAction", "NotResource") if part in statement)

    return each(roles, rule)


def _not_broad(roles: Sequence[JsonObject]) -> Outcome:
    def rule(role: JsonObject) -> Iterator[str]:
        for arn in read(role, "attached"):
            name = str(arn).rpartition("/")[2]
            if str(arn).split(":")[4] == "aws" and (name in BROAD or name.endswith("FullAccess")):
                yield f"AWS's {name} is attached to it"
        for name, statement in _allowing(role):
            if "*" in policies.actions(statement) and "*" in policies.resources(statement):
                yield f"{name} allows everything"

    return each(roles, rule)


def _pass_narrow(roles: Sequence[JsonObject]) -> Outcome:
    def rule(role: JsonObject) -> Iterator[str]:
        for name, statement in _allowing(role):
            wide = [resource for resource in policies.resources(statement) if "*" in resource or "?" in resource]
            if wide and any(policies.reaches(statement, "iam:PassRole", resource) for resource in wide):
                yield f"{name} lets it hand out any role that {', '.join(wide)} names"

    return each(roles, rule)


def _trust_narrow(roles: Sequence[JsonObject]) -> Outcome:
    def rule(role: JsonObject) -> Iterator[str]:
        trust, account = read(role, "trust"), read(role, "account")
        for statement in policies.public(trust):
            yield f"everybody may take it ({policies.label(statement)})"
        for principal in policies.foreign(trust, account):
            yield f"{principal} may take it"

    return each(roles, rule)


def _log_append_only(roles: Sequence[JsonObject], tables: Sequence[JsonObject]) -> Outcome:
    """PutItem is not among them: whether it may overwrite is decided by a condition that only the code shows."""
    names = [read(table, "name") for table in tables if read(table, "logical_id") == EVENT_LOG]

    def rule(role: JsonObject) -> Iterator[str]:
        account = read(role, "account")
        for name, statement in _allowing(role):
            for action in ERASING:
                if action == PRUNING and read(role, "logical_id") == RETENTION_ROLE:
                    continue
                if any(_on_table(statement, action, account, table) for table in names):
                    yield f"{name} allows {action} on the event log"

    return each(roles if names else (), rule)


def _on_table(statement: Statement, action: str, account: str, table: str) -> bool:
    """The region is not asked for: the statement's own is as good as any."""
    regions = {_part(resource, 3) for resource in policies.resources(statement)} | {"us-east-1"}
    partitions = {_part(resource, 1) for resource in policies.resources(statement)} | {"aws"}
    return any(
        policies.reaches(statement, action, f"arn:{partition}:dynamodb:{region}:{account}:table/{table}")
        for region in regions
        for partition in partitions
    )


def _part(arn: str, place: int) -> str:
    parts = arn.split(":")
    return parts[place] if len(parts) > place else "*"


def _seals_out_of_reach(roles: Sequence[JsonObject], buckets: Sequence[JsonObject]) -> Outcome:
    names = [read(bucket, "name") for bucket in buckets if read(bucket, "logical_id") == SEALS_BUCKET]
    arns = [arn for name in names for arn in (f"arn:aws:s3:::{name}", f"arn:aws:s3:::{name}/any")]

    def rule(role: JsonObject) -> Iterator[str]:
        for name, statement in _allowing(role):
            for action in UNSEALING:
                if any(policies.reaches(statement, action, arn) for arn in arns):
                    yield f"{name} allows {action} on the sealed batches"

    return each(roles if names else (), rule)


def _sealing_alone_signs(roles: Sequence[JsonObject], keys: Sequence[JsonObject]) -> Outcome:
    arns = [read(key, "arn") for key in keys if read(key, "logical_id") == SEALS_KEY]

    def rule(role: JsonObject) -> Iterator[str]:
        if read(role, "logical_id") in SEALING_ROLES:
            return
        for name, statement in _allowing(role):
            if any(policies.reaches(statement, "kms:Sign", arn) for arn in arns):
                yield f"{name} lets it sign with the key of the audit trail"

    return each(roles if arns else (), rule)


def _own_data(roles: Sequence[JsonObject], *stores: Sequence[JsonObject]) -> Outcome:
    own = {
        service: {read(store, "name") for store in kept}
        | {_named(read(s, "arn")) for s in kept if service in NAMED_BY_ARN}
        for service, kept in zip(STORES, stores, strict=True)
    }

    def rule(role: JsonObject) -> Iterator[str]:
        for name, statement in _allowing(role):
            for resource in policies.resources(statement):
                service = _part(resource, 2)
                if resource.startswith("arn:") and service in STORES and _named(resource) not in own[service]:
                    yield f"{name} reaches {resource}, which is not of this stack"

    return each(roles, rule)


def _named(arn: str) -> str:
    """The store's name in its ARN, without what follows it: objects, streams, indexes, a key's kind."""
    service, tail = _part(arn, 2), arn.split(":", 5)[-1]
    if service in ("dynamodb", "kms"):
        return tail.split("/")[1] if "/" in tail else tail
    return tail.split("/")[0] if service == "s3" else tail.rpartition(":")[2]


CHECKS = (
    Check(
        id="roles-no-wildcard-actions",
        title="Roles name every action that they allow",
        severity=Severity.HIGH,
        evidence_type="access_control",
        needs=("roles",),
        rationale="A wildcard allows what the service learns to do next year, too.",
        remediation="Replace the wildcard in the function's Policies by the actions that its code calls.",
        judge=_no_wildcard_actions,
    ),
    Check(
        id="roles-no-wildcard-resources",
        title="Roles name what they may act on",
        severity=Severity.HIGH,
        evidence_type="access_control",
        needs=("roles",),
        rationale="A role for every resource of a service reaches other applications' data. Actions for which IAM "
        "knows no resource are excepted.",
        remediation="Name the table, bucket or queue in the statement's Resource.",
        judge=_no_wildcard_resources,
    ),
    Check(
        id="roles-no-exceptions",
        title="Roles allow by naming, not by leaving out",
        severity=Severity.HIGH,
        evidence_type="access_control",
        needs=("roles",),
        rationale="NotAction and NotResource allow everything that nobody thought of.",
        remediation="Write Action and Resource instead.",
        judge=_no_exceptions,
    ),
    Check(
        id="roles-no-administrators",
        title="No role of the stack is an administrator",
        severity=Severity.CRITICAL,
        evidence_type="access_control",
        needs=("roles",),
        rationale="Whoever takes over one function with such a role has the account.",
        remediation="aws iam detach-role-policy, and allow what the function needs by statements of its own.",
        judge=_not_broad,
    ),
    Check(
        id="roles-pass-named-roles",
        title="Roles hand out only roles that are named",
        severity=Severity.HIGH,
        evidence_type="access_control",
        needs=("roles",),
        rationale="iam:PassRole on any role lets a function give itself, by a service, the rights of the strongest.",
        remediation="Name the role's ARN in the statement that allows iam:PassRole.",
        judge=_pass_narrow,
    ),
    Check(
        id="roles-taken-by-services-only",
        title="Roles are taken by AWS's services and this account alone",
        severity=Severity.CRITICAL,
        evidence_type="access_control",
        needs=("roles",),
        rationale="Whoever may take a role has its rights from outside, past every network and key of the stack.",
        remediation="Remove the principal from the role's trust policy.",
        judge=_trust_narrow,
    ),
    Check(
        id="roles-reach-own-data-only",
        title="Roles reach tables, buckets, queues, secrets and keys of this stack alone",
        severity=Severity.MEDIUM,
        evidence_type="access_control",
        needs=("roles", *STORES.values()),
        rationale="A function that reads another application's data is outside what this assessment looks at.",
        remediation="Name a resource of the stack by !GetAtt or !Ref in the statement.",
        judge=_own_data,
    ),
    Check(
        id="event-log-append-only",
        title="No role may change or remove events, save what retention prunes",
        severity=Severity.CRITICAL,
        evidence_type="audit_logs",
        needs=("roles", "tables"),
        rationale="The event log is the audit trail: what runs in the stack adds to it and can take nothing back."
        " (One role prunes what is older than its retention, which the seals tell of.)",
        remediation="Remove the action on EventsTable from the function's Policies.",
        judge=_log_append_only,
    ),
    Check(
        id="seals-out-of-reach",
        title="No role may remove sealed batches or loosen their lock",
        severity=Severity.CRITICAL,
        evidence_type="audit_logs",
        needs=("roles", "buckets"),
        rationale="The sealed copy is worth as much as the weakest role that reaches it.",
        remediation="Remove the action on SealsBucket from the function's Policies.",
        judge=_seals_out_of_reach,
    ),
    Check(
        id="seals-signed-by-sealers",
        title="The sealing alone signs the audit trail",
        severity=Severity.HIGH,
        evidence_type="audit_logs",
        needs=("roles", "keys"),
        rationale="Whoever can sign can make a second, different trail that verifies just as well.",
        remediation="Leave kms:Sign on SealsKey to SealingPolicy, and that policy to the sealer and the sweep.",
        judge=_sealing_alone_signs,
    ),
)
