"""The functions: on supported software, without secrets in sight, for the right callers, with logs that last."""

from collections.abc import Callable, Sequence
from functools import partial

from compliance.checks import policies
from compliance.checks.rules import each, every
from compliance.facts import read
from compliance.model import Check, JsonObject, Outcome, Severity

AT_HAND_DAYS = 90
"""PCI DSS 10.5.1: at least the last three months at once available."""
YEAR_DAYS = 365
"""PCI DSS 10.5.1: twelve months kept."""
TIME_TO_MOVE_DAYS = 90
"""A quarter: one planned release in which to move to another runtime."""
OPEN = "NONE"


def _supported(functions: Sequence[JsonObject]) -> Outcome:
    def rule(function: JsonObject) -> str | None:
        runtime, left = read(function, "runtime"), read(function, "support_days_left")
        if left is None:
            return f"{runtime} is not a runtime whose support is known"
        return f"{runtime} has not been supported for {-left} days" if left < 0 else None

    return each(functions, rule, where=_managed)


def _supported_for_long(functions: Sequence[JsonObject]) -> Outcome:
    def rule(function: JsonObject) -> str | None:
        runtime, left = read(function, "runtime"), read(function, "support_days_left")
        if left is None:
            return f"{runtime} is not a runtime whose support is known"
        return f"the support of {runtime} ends in {left} days" if left < TIME_TO_MOVE_DAYS else None

    return each(functions, rule, where=_managed)


def _managed(function: JsonObject) -> bool:
    """An image brings its own runtime, of which Lambda knows nothing."""
    return bool(read(function, "packaged") == "Zip")


def _no_secrets(functions: Sequence[JsonObject]) -> Outcome:
    def rule(function: JsonObject) -> list[str]:
        return [
            f"{read(variable, 'name')} holds a secret: {variable['looks_secret']}"
            for variable in read(function, "variables")
            if read(variable, "looks_secret")
        ]

    return each(functions, rule)


def _not_public(functions: Sequence[JsonObject]) -> Outcome:
    return each(
        functions,
        lambda function: [
            f"its policy lets everybody call it ({policies.label(statement)})"
            for statement in policies.public(read(function, "policy"))
        ],
    )


def _callers_narrowed(functions: Sequence[JsonObject]) -> Outcome:
    def rule(function: JsonObject) -> list[str]:
        return [
            f"{policies.label(statement)} lets {name} call it for anybody's account"
            for statement in policies.allowing(read(function, "policy"))
            for kind, name in policies.principals(statement)
            if kind == "Service" and not policies.narrowed(statement, policies.SOURCES)
        ]

    return each(functions, rule, where=lambda function: policies.statements(read(function, "policy")))


def _urls_closed(functions: Sequence[JsonObject]) -> Outcome:
    return each(
        functions,
        lambda function: [
            "its own address answers anybody" for url in read(function, "urls") if read(url, "authorization") == OPEN
        ],
    )


def _traced(functions: Sequence[JsonObject]) -> Outcome:
    return every(functions, lambda function: read(function, "tracing") == "Active", "its calls are not traced")


def _own_roles(functions: Sequence[JsonObject], roles: Sequence[JsonObject]) -> Outcome:
    """A right that one function needs is otherwise every function's."""
    known = {read(role, "arn") for role in roles}
    used = {(read(function, "role"), read(function, "function")) for function in functions}

    def rule(function: JsonObject) -> str | None:
        role = read(function, "role")
        if role not in known:
            return f"it runs as {role}, which the stack does not define"
        sharing = [name for shared, name in used if shared == role]
        return f"it shares {role.rpartition('/')[2]} with another function" if len(sharing) > 1 else None

    return each(functions, rule)


def _failures_kept(functions: Sequence[JsonObject], schedules: Sequence[JsonObject]) -> Outcome:
    """For functions that nobody waits for: those that a schedule or rule starts."""
    targets = [read(target, "arn") for schedule in schedules for target in read(schedule, "targets")]
    started = {target.partition(":function:")[2] for target in targets}
    return every(
        functions,
        lambda function: read(function, "on_failure") or read(function, "dead_letter"),
        "a run that failed is forgotten",
        where=lambda function: read(function, "name") in started,
    )


def _logs_in_own_groups(functions: Sequence[JsonObject], groups: Sequence[JsonObject]) -> Outcome:
    there = {read(group, "name") for group in groups if read(group, "exists")}
    return each(
        functions,
        lambda function: (
            None
            if read(function, "log_group") in there
            else f"it logs to {read(function, 'log_group')}, which the stack does not keep"
        ),
    )


def _kept_for(days: int, groups: Sequence[JsonObject]) -> Outcome:
    def rule(group: JsonObject) -> str | None:
        if not read(group, "exists"):
            return "it is gone"
        kept = read(group, "retention_days")
        return None if kept is None or kept >= days else f"lines are kept for {kept} days, less than {days}"

    return each(groups, rule)


def _logs_end(groups: Sequence[JsonObject]) -> Outcome:
    return every(
        groups,
        lambda group: read(group, "retention_days") is not None,
        "its lines are kept for ever",
        where=lambda group: read(group, "exists"),
    )


def _keeping(days: int, severity: Severity, rationale: str) -> Check:
    judge: Callable[..., Outcome] = partial(_kept_for, days)
    return Check(
        id=f"logs-kept-{days}-days",
        title=f"Logs of functions are kept for {days} days",
        severity=severity,
        evidence_type="audit_logs",
        needs=("log_groups",),
        rationale=rationale,
        remediation=f"Deploy with the parameter LogRetentionDays of at least {days}.",
        judge=judge,
    )


CHECKS = (
    Check(
        id="functions-supported-runtime",
        title="Functions run on runtimes that AWS supports",
        severity=Severity.HIGH,
        evidence_type="configuration",
        needs=("functions",),
        rationale="A runtime out of support gets no security patches. (An unknown one counts as unsupported.)",
        remediation="Deploy with a newer PythonRuntime.",
        judge=_supported,
    ),
    Check(
        id="functions-runtime-lasts-90-days",
        title="No runtime's support ends within a quarter",
        severity=Severity.LOW,
        evidence_type="configuration",
        needs=("functions",),
        rationale="Moving to another runtime takes a planned release; this says so while there is time for one.",
        remediation="Deploy with a newer PythonRuntime.",
        judge=_supported_for_long,
    ),
    Check(
        id="functions-no-secrets-in-environment",
        title="No variable of a function holds a secret",
        severity=Severity.CRITICAL,
        evidence_type="access_control",
        needs=("functions",),
        rationale="Whoever may look at a function sees its variables, and so does every template and deployment log.",
        remediation="Put the value into Secrets Manager and give the function its ARN; then renew it, for it was seen.",
        judge=_no_secrets,
    ),
    Check(
        id="functions-not-public",
        title="No function can be called by everybody",
        severity=Severity.CRITICAL,
        evidence_type="access_control",
        needs=("functions",),
        rationale="A call past the API is past authentication, limits and the event log.",
        remediation="aws lambda remove-permission with the statement's id.",
        judge=_not_public,
    ),
    Check(
        id="functions-callers-narrowed",
        title="AWS's services call functions only for this account",
        severity=Severity.MEDIUM,
        evidence_type="access_control",
        needs=("functions",),
        rationale="A service that may call without a source may be made to call by anybody who uses the service.",
        remediation="Set SourceArn or SourceAccount on the AWS::Lambda::Permission.",
        judge=_callers_narrowed,
    ),
    Check(
        id="function-urls-closed",
        title="No function has an address of its own that answers anybody",
        severity=Severity.CRITICAL,
        evidence_type="access_control",
        needs=("functions",),
        rationale="A function's own address is a door beside the API, without its authentication and its log.",
        remediation="Remove FunctionUrlConfig, or set AuthType: AWS_IAM.",
        judge=_urls_closed,
    ),
    Check(
        id="functions-traced",
        title="Calls of functions are traced",
        severity=Severity.LOW,
        evidence_type="monitoring",
        needs=("functions",),
        rationale="A trace shows where a request went and where it failed, across functions.",
        remediation="Set Tracing: Active.",
        judge=_traced,
    ),
    Check(
        id="functions-have-own-roles",
        title="Every function has a role of its own, of this stack",
        severity=Severity.MEDIUM,
        evidence_type="access_control",
        needs=("functions", "roles"),
        rationale="With a shared or foreign role a function may do what another one needs, and nobody reviews it here.",
        remediation="Remove Role from the function, so that SAM makes one of its Policies.",
        judge=_own_roles,
    ),
    Check(
        id="functions-keep-failures",
        title="Functions that nobody waits for set aside what failed",
        severity=Severity.MEDIUM,
        evidence_type="monitoring",
        needs=("functions", "schedules"),
        rationale="An asynchronous call that failed three times is dropped by Lambda without a trace.",
        remediation="Set EventInvokeConfig with DestinationConfig.OnFailure.",
        judge=_failures_kept,
    ),
    Check(
        id="functions-log-to-own-groups",
        title="Functions log to groups that the stack keeps",
        severity=Severity.MEDIUM,
        evidence_type="audit_logs",
        needs=("functions", "log_groups"),
        rationale="A group that Lambda made by itself has no retention and no owner; one that is gone has no lines.",
        remediation="Set LoggingConfig.LogGroup to a log group of the template.",
        judge=_logs_in_own_groups,
    ),
    _keeping(AT_HAND_DAYS, Severity.MEDIUM, "PCI DSS 10.5.1: the last three months are at hand for analysis."),
    _keeping(YEAR_DAYS, Severity.MEDIUM, "PCI DSS 10.5.1: the audit trail's history is kept for twelve months."),
    Check(
        id="logs-end",
        title="Logs of functions end some day",
        severity=Severity.LOW,
        evidence_type="data_processing",
        needs=("log_groups",),
        rationale="GDPR Art. 5(1)(e): nothing is kept for longer than it is needed, technical logs included.",
        remediation="Set RetentionInDays on the log group.",
        judge=_logs_end,
    ),
)
