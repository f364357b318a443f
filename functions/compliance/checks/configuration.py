"""Checks of what is configured. Each has bounds of its own: a value that a tenant loosened is judged by those."""

from collections.abc import Callable, Iterator, Sequence

from compliance.checks.actions import GUARDED
from compliance.checks.regions import is_in_eea
from compliance.checks.rules import each
from compliance.facts import read
from compliance.model import Check, Fault, JsonObject, Outcome, Severity
from pentarch.identity.model import Tier
from pentarch.limits.model import REQUESTS_PER_HOUR
from pentarch.llm.classification import FLOORS, UNDECLARED, Kind
from pentarch.llm.model import Sensitivity

LOG_DAYS = 365
"""PCI DSS v4.0.1, 10.5.1: the audit log of twelve months is kept."""
LONG_LOG_DAYS = 2_192
"""HIPAA, 45 CFR 164.316(b)(2)(i): documentation is kept for six years, of which one or two are leap years."""
CONTENT_DAYS = 3_653
"""Ten years: the longest that commercial and tax law in the EU commonly asks for (German HGB 257, AO 147)."""
_KEPT_CONTENT = ("sessions_days", "results_days", "files_days", "traces_days")
_CONFIGURATION = "configuration"
"""What a finding names where the fault is that none is there."""


def _of(rows: Sequence[JsonObject], *types: str) -> list[JsonObject]:
    return [row for row in rows if read(row, "type") in types]


def _own(rows: Sequence[JsonObject], config_type: str) -> list[JsonObject]:
    """Those that hold for the whole tenant."""
    return [row for row in _of(rows, config_type) if read(row, "is_own")]


def _missing(config_type: str, message: str) -> Outcome:
    resource = f"{_CONFIGURATION}:{config_type}"
    return Outcome((resource,), (Fault(resource, message),))


def _sensitivity_not_loosened(rows: Sequence[JsonObject]) -> Outcome:
    """`acknowledge_risk` lets a tenant do it; it does not make it well."""

    def rule(row: JsonObject) -> Iterator[str]:
        value = read(row, "value")
        undeclared = Sensitivity(value.get("undeclared", UNDECLARED))
        if undeclared.rank < UNDECLARED.rank:
            yield f"prompts of no declared class count as {undeclared}, less than the built-in {UNDECLARED}"
        for kind, wanted in sorted(value.get("floors", {}).items()):
            floor = FLOORS[Kind(kind)]
            if Sensitivity(wanted).rank < floor.rank:
                yield f"prompts in which {kind} is recognised count as {wanted}, less than the built-in {floor}"

    found = _of(rows, "sensitivity_policy")
    return each(found, rule) if found else Outcome(("built-in sensitivity policy",))


def _routing_policies(rows: Sequence[JsonObject]) -> list[JsonObject]:
    """What the router obeys for every caller: a roll-out is for some only, and a disabled policy for none."""
    settled = [row for row in rows if read(row, "is_own") and not read(row, "is_rollout")]
    policies = [
        {**row, "value": row["value"].get("routing", {})}
        for row in _of(settled, "policy")
        if read(row, "value").get("enabled", True)
    ]
    return [*_of(settled, "routing_policy"), *policies]


def _one_says(rows: Sequence[JsonObject], says: Callable[[JsonObject], bool], message: str) -> Outcome:
    """The router takes the stricter of all, so one is enough."""
    found = _routing_policies(rows)
    if not any(says(read(row, "value")) for row in found):
        return _missing("routing_policy", message)
    return Outcome(tuple(str(row["name"]) for row in found))


def _encryption_demanded(rows: Sequence[JsonObject]) -> Outcome:
    message = "no routing policy in force for all callers demands encryption"
    return _one_says(rows, lambda value: value.get("require_encryption") is True, message)


def _regions_demanded(rows: Sequence[JsonObject]) -> Outcome:
    message = "no routing policy in force for all callers says in which regions models may run"
    return _one_says(rows, lambda value: "allowed_regions" in value, message)


def _regions_in_eea(rows: Sequence[JsonObject]) -> Outcome:
    """Of what several policies allow, only what all allow is allowed."""
    found = [row for row in _routing_policies(rows) if "allowed_regions" in read(row, "value")]
    if not found:
        return _missing("routing_policy", "no routing policy keeps prompts in the European Economic Area")
    allowed = set.intersection(*(set(row["value"]["allowed_regions"]) for row in found))
    outside = sorted(region for region in allowed if not is_in_eea(region))
    faults = [Fault(str(row["name"]), f"it allows {', '.join(outside)}, outside the area") for row in found if outside]
    return Outcome(tuple(str(row["name"]) for row in found), tuple(faults))


def _log_kept(days: int) -> Callable[[Sequence[JsonObject]], Outcome]:
    def judge(rows: Sequence[JsonObject]) -> Outcome:
        """Without a bound the log is kept for good."""

        def rule(row: JsonObject) -> str | None:
            kept = read(row, "value").get("events_days")
            return f"events are deleted after {kept} days, before {days}" if kept is not None and kept < days else None

        found = _of(rows, "retention")
        return each(found, rule) if found else Outcome(("event log without a retention",))

    return judge


def _content_bounded(rows: Sequence[JsonObject]) -> Outcome:
    own = _own(rows, "retention")
    if not own:
        return _missing("retention", "nothing says for how long sessions, results, files and traces are kept")

    def rule(row: JsonObject) -> Iterator[str]:
        value = read(row, "value")
        for field in _KEPT_CONTENT:
            days = value.get(field)
            if days is None:
                yield f"{field} is not set"
            elif days > CONTENT_DAYS:
                yield f"{field} is {days}, over {CONTENT_DAYS}"

    return each(own, rule)


def _approval_demanded(rows: Sequence[JsonObject]) -> Outcome:
    """By the types that protect data, whatever types the tenant chose."""
    own = [row for row in _own(rows, "approval") if read(row, "value").get("required") and not row["is_rollout"]]
    covered: set[str] = set()
    for row in own:
        covered |= set(row["value"].get("config_types", GUARDED)) | {"approval"}
    missing = sorted(GUARDED - covered)
    if missing:
        return _missing("approval", f"one person alone can change: {', '.join(missing)}")
    return Outcome(tuple(str(row["name"]) for row in own))


def _rate_bounded(tenants: Sequence[JsonObject]) -> Outcome:
    def rule(tenant: JsonObject) -> str | None:
        rate = read(tenant, "requests_per_hour")
        booked = REQUESTS_PER_HOUR[Tier(read(tenant, "tier"))]
        if rate > booked and tenant["tier"] != Tier.ENTERPRISE:
            return f"{rate} requests an hour are more than the {booked} of its tier"
        return None if rate > 0 else "it has no rate limit"

    return each(tenants, rule)


def _budget_set(tenants: Sequence[JsonObject], rows: Sequence[JsonObject]) -> Outcome:
    own = [row for row in _own(rows, "budget") if not read(row, "is_rollout")]

    def rule(tenant: JsonObject) -> str | None:
        return None if read(tenant, "has_budget") or own else "what it may spend in a month has no bound"

    return each(tenants, rule)


CHECKS: tuple[Check, ...] = (
    Check(
        id="sensitivity-policy-not-loosened",
        title="No sensitivity policy goes below the built-in floors",
        severity=Severity.CRITICAL,
        evidence_type="configuration",
        needs=("configurations",),
        rationale="The floors keep card numbers, national ids and keys from models that are not cleared for them.",
        remediation="Take the lowered floors and acknowledge_risk out of the configuration.",
        judge=_sensitivity_not_loosened,
    ),
    Check(
        id="encryption-demanded",
        title="A routing policy demands encryption on the way to every model and service",
        severity=Severity.HIGH,
        evidence_type="configuration",
        needs=("configurations",),
        rationale="What a policy forbids cannot happen by a provider that was set up in a hurry.",
        remediation="Set require_encryption: true in a configuration of the type routing_policy.",
        judge=_encryption_demanded,
    ),
    Check(
        id="regions-demanded",
        title="A routing policy says in which regions data may be processed",
        severity=Severity.MEDIUM,
        evidence_type="configuration",
        needs=("configurations",),
        rationale="Where data may go is decided once and for all calls, or it is decided by each call anew.",
        remediation="Set allowed_regions in a configuration of the type routing_policy.",
        judge=_regions_demanded,
    ),
    Check(
        id="regions-within-eea",
        title="The allowed regions lie in the European Economic Area",
        severity=Severity.MEDIUM,
        evidence_type="configuration",
        needs=("configurations",),
        rationale="A region outside may be lawful, on a basis that no machine sees; so it is shown to who can judge.",
        remediation="Allow regions of the area alone, or record the legal basis of each other one.",
        judge=_regions_in_eea,
    ),
    Check(
        id="event-log-kept-a-year",
        title="The event log is kept for a year at least",
        severity=Severity.HIGH,
        evidence_type="audit_logs",
        needs=("configurations",),
        rationale="Break-ins are often found months later; what happened then can be seen only while the log is there.",
        remediation="Set events_days of the retention to 365 or more, or leave it out: the log is then kept.",
        judge=_log_kept(LOG_DAYS),
    ),
    Check(
        id="event-log-kept-six-years",
        title="The event log is kept for six years at least",
        severity=Severity.HIGH,
        evidence_type="audit_logs",
        needs=("configurations",),
        rationale="Records of actions and assessments that the Security Rule asks for are kept for six years.",
        remediation="Set events_days of the retention to 2192 or more, or leave it out: the log is then kept.",
        judge=_log_kept(LONG_LOG_DAYS),
    ),
    Check(
        id="content-retention-bounded",
        title="Sessions, results, files and traces are deleted after a time that was decided",
        severity=Severity.MEDIUM,
        evidence_type="data_processing",
        needs=("configurations",),
        rationale="Data that nobody decided to delete is kept for ever, and is there to be lost.",
        remediation="Set sessions_days, results_days, files_days and traces_days in a configuration of type retention.",
        judge=_content_bounded,
    ),
    Check(
        id="approval-demanded",
        title="Changes of what protects data need a second person",
        severity=Severity.HIGH,
        evidence_type="configuration",
        needs=("configurations",),
        rationale="With the demand in force, a single stolen credential cannot loosen a policy.",
        remediation="Create a configuration of the type approval: required true, and no config_types, which means all.",
        judge=_approval_demanded,
    ),
    Check(
        id="rate-limit-in-force",
        title="The tenant's requests are limited",
        severity=Severity.MEDIUM,
        evidence_type="configuration",
        needs=("tenant",),
        rationale="Without a limit one caller's mistake, or a stolen key, takes what all the others need.",
        remediation="Set the tenant's requests_per_hour to what its tier has booked.",
        judge=_rate_bounded,
    ),
    Check(
        id="budget-set",
        title="What may be spent in a month is bounded",
        severity=Severity.LOW,
        evidence_type="configuration",
        needs=("tenant", "configurations"),
        rationale="A budget ends what a stolen key can cost, and shows a use that nobody planned.",
        remediation="Set monthly_usd in a configuration of the type budget.",
        judge=_budget_set,
    ),
)
