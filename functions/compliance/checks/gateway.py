"""The API: offered with limits, logs and TLS of today, and every route reaching a function of the stack."""

from collections.abc import Sequence

from compliance.checks.rules import each, every
from compliance.facts import read
from compliance.model import Check, JsonObject, Outcome, Severity

TLS_12 = ("TLS_1_2", "SecurityPolicy_TLS13_", "SecurityPolicy_TLS12_")
"""How the names begin of the policies that take TLS 1.2 and later; what begins otherwise is old, or not known here."""
OWN_ANSWERS = ("MOCK",)
"""Integrations that the gateway answers itself, and that send nothing on."""


def _access_logged(stages: Sequence[JsonObject]) -> Outcome:
    return every(stages, lambda stage: read(stage, "access_log"), "requests are not logged by the gateway")


def _throttled(stages: Sequence[JsonObject]) -> Outcome:
    def rule(stage: JsonObject) -> str | None:
        rate, burst = read(stage, "rate_limit"), read(stage, "burst_limit")
        return None if rate and burst else "it sets no rate and burst limit of its own"

    return each(stages, rule)


def _traced(stages: Sequence[JsonObject]) -> Outcome:
    return every(stages, lambda stage: read(stage, "tracing") is True, "requests are not traced")


def _no_bodies(stages: Sequence[JsonObject]) -> Outcome:
    def rule(stage: JsonObject) -> str | None:
        paths = read(stage, "logs_bodies")
        return f"whole requests and answers are written into logs ({', '.join(paths)})" if paths else None

    return each(stages, rule)


def _firewalled(stages: Sequence[JsonObject]) -> Outcome:
    return every(stages, lambda stage: read(stage, "firewall"), "no web application firewall stands before it")


def _tls(apis: Sequence[JsonObject], domains: Sequence[JsonObject]) -> Outcome:
    """An address that is switched off is not asked for; what is offered at all must be offered well."""

    def rule(offered: JsonObject) -> str | None:
        policy = str(read(offered, "security_policy"))
        return None if policy.startswith(TLS_12) else f"{policy} takes connections with TLS older than 1.2"

    open_apis = [api for api in apis if read(api, "default_endpoint")]
    return each([*open_apis, *domains], rule)


def _routes_own(routes: Sequence[JsonObject], functions: Sequence[JsonObject]) -> Outcome:
    own = {read(function, "function") for function in functions}

    def rule(route: JsonObject) -> str | None:
        kind = read(route, "integration")
        if kind in OWN_ANSWERS:
            return None
        target = str(read(route, "target"))
        name = target.partition(":function:")[2].partition("/invocations")[0].partition(":")[0]
        if kind == "AWS_PROXY" and name in own:
            return None
        return f"it is answered by {kind} {target}, which is no function of the stack"

    return each(routes, rule)


def _no_any(routes: Sequence[JsonObject]) -> Outcome:
    return every(
        routes, lambda route: not str(read(route, "name")).startswith("ANY "), "it takes every method, asked for or not"
    )


CHECKS = (
    Check(
        id="api-access-logged",
        title="The gateway logs every request",
        severity=Severity.HIGH,
        evidence_type="audit_logs",
        needs=("stages",),
        rationale="Requests that the gateway refuses reach no function; only its own log tells of them.",
        remediation="Set AccessLogSetting with a DestinationArn on the API.",
        judge=_access_logged,
    ),
    Check(
        id="api-throttled",
        title="The gateway limits how fast requests come",
        severity=Severity.MEDIUM,
        evidence_type="configuration",
        needs=("stages",),
        rationale="Without a limit of its own, one flood uses up what the whole account may do in this region.",
        remediation="Set MethodSettings for /* with ThrottlingRateLimit and ThrottlingBurstLimit on the API.",
        judge=_throttled,
    ),
    Check(
        id="api-traced",
        title="Requests are traced from the gateway on",
        severity=Severity.LOW,
        evidence_type="monitoring",
        needs=("stages",),
        rationale="A trace that begins in the function does not show what was lost before it.",
        remediation="Set TracingEnabled: true on the API.",
        judge=_traced,
    ),
    Check(
        id="api-logs-no-bodies",
        title="The gateway keeps requests and answers out of its logs",
        severity=Severity.HIGH,
        evidence_type="data_processing",
        needs=("stages",),
        rationale="Bodies hold prompts, passwords and tokens; in a log they are outside of every right to erase them.",
        remediation="Set DataTraceEnabled: false in the stage's method settings.",
        judge=_no_bodies,
    ),
    Check(
        id="api-behind-firewall",
        title="A web application firewall stands before the API",
        severity=Severity.MEDIUM,
        evidence_type="configuration",
        needs=("stages",),
        rationale="PCI DSS 6.4.2: an automated technical solution detects and prevents attacks on public applications.",
        remediation="Associate a web ACL of AWS WAF with the stage (aws wafv2 associate-web-acl).",
        judge=_firewalled,
    ),
    Check(
        id="api-tls12",
        title="The API is offered with TLS 1.2 and later only",
        severity=Severity.HIGH,
        evidence_type="data_processing",
        needs=("apis", "domains"),
        rationale="TLS 1.0 and 1.1 are broken and forbidden by PCI DSS 4.2.1.",
        remediation="Set SecurityPolicy to SecurityPolicy_TLS13_1_2_2021_06 or later on the API and its domains.",
        judge=_tls,
    ),
    Check(
        id="api-routes-reach-own-functions",
        title="Every route reaches a function of the stack",
        severity=Severity.HIGH,
        evidence_type="configuration",
        needs=("routes", "functions"),
        rationale="A route that was bent to another address sends callers' credentials and data there.",
        remediation="Deploy the template again; find out in CloudTrail who changed the integration.",
        judge=_routes_own,
    ),
    Check(
        id="api-routes-name-methods",
        title="Every route names its method",
        severity=Severity.LOW,
        evidence_type="configuration",
        needs=("routes",),
        rationale="What is open is what was meant to be: the template is the list of it.",
        remediation="Replace Method: ANY by the methods that the function serves.",
        judge=_no_any,
    ),
)
